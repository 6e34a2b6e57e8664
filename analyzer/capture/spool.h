/*
 * spool: what comes out of a pipe, as a file: a second pass reads the same bytes again.
 */
#ifndef CAPTURE_SPOOL_H
#define CAPTURE_SPOOL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * Waits for whoever writes, and copies everything to an unlinked temporary file within
 * INPUT_SPOOL_MAX: *out, which the caller closes, and *len.  ERR_STOPPED: *stop (may be NULL) was
 * set meanwhile.
 */
int spool(const char *path, int fd, const volatile sig_atomic_t *stop, int *out, uint64_t *len,
          struct err *err);
/* A FIFO that was opened without waiting: nothing came, and nobody is there who writes. */
bool spool_is_dry(int fd);

#endif
