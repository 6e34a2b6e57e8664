/*
 * logtext: lines of a log as they stand in its file, decoded, control characters made harmless.
 */
#ifndef FRAME_LOGTEXT_H
#define FRAME_LOGTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;

/* Called for each line; false ends the reading. */
typedef bool logtext_line(void *user, uint64_t line_no, const char *text);

/*
 * Reads the lines from..to (1-based, both included) of a source; the file is read from its beginning,
 * at most WINDOW_MAX bytes of it where it is compressed.  ERR_IO: it cannot be read any more.
 */
int logtext_read(struct store *s, uint32_t source, uint64_t from, uint64_t to, logtext_line *line,
                 void *user, struct err *err);

#endif
