/*
 * ahead: bytes that are made on another thread while those before them are used.
 *
 * For what is unpacked slower than it is read.  The bytes, their order and the error at their end
 * are those of the source; only when they are made differs.
 */
#ifndef CAPTURE_AHEAD_H
#define CAPTURE_AHEAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ahead;

/* Up to `len` bytes: 0 at the end, negative: damaged.  Runs on the other thread. */
typedef int64_t ahead_source_fn(void *user, uint8_t *p, size_t len, struct err *err);

/* NULL: no thread could be had; the caller goes on without. */
struct ahead *ahead_start(ahead_source_fn *source, void *user);
/* As the source would have answered. */
int64_t ahead_read(struct ahead *a, uint8_t *p, size_t len, struct err *err);
/* Ends the thread; what it made and nobody read is lost.  The source is the caller's again. */
void ahead_stop(struct ahead *a);

#endif
