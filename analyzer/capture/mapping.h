/*
 * mapping: a file as bytes in memory, which survives that the file is cut meanwhile.
 *
 * A page that is gone reads as zeros, and the mapping is called damaged.  Pages that were read can be
 * given back, so that a file of any size takes little memory.
 */
#ifndef CAPTURE_MAPPING_H
#define CAPTURE_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define MAPPINGS_MAX 1024u /* files mapped at once */

struct mapping;

/* Maps `len` bytes (not 0) of `fd`, which may be closed then; messages begin with `path`. */
int mapping_open(const char *path, int fd, uint64_t len, struct mapping **out, struct err *err);
void mapping_close(struct mapping *m);
const uint8_t *mapping_bytes(const struct mapping *m);
bool mapping_damaged(const struct mapping *m);

/*
 * Gives back the pages of [from, to).  They stay in the page cache, and whoever looks at them again
 * gets them again; but what was read does not count as memory of ours for ever.
 */
void mapping_drop(const struct mapping *m, uint64_t from, uint64_t to);

#endif
