/*
 * label_app: which messages of an application a payload begins with.
 */
#ifndef FRAME_LABEL_APP_H
#define FRAME_LABEL_APP_H

#include <stddef.h>

#include "base/bytes.h"

/* Each adds words to `out`, or nothing where the bytes are not at the start of a message. */
void label_tls(struct bytes in, char *out, size_t len);
void label_mqtt(struct bytes in, char *out, size_t len);

#endif
