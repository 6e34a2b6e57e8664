/*
 * gunzip: gzip data as it comes, through zlib (RFC 1952).
 *
 * libarchive reads gzip too, but throws away up to 64 KiB of good data in front of a cut; a capture
 * whose writer was killed is the common case here, and often not longer than that.
 */
#ifndef CAPTURE_GUNZIP_H
#define CAPTURE_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

struct gunzip;

bool gunzip_probe(struct bytes head);
struct gunzip *gunzip_new(void);
void gunzip_free(struct gunzip *g);

/*
 * Inflates from `in`, moving it on, into `out`.  Returns how many bytes came; 0 with `in` used up:
 * more input is needed, or, where gunzip_done says so, the last member has ended.  Negative:
 * damaged.
 */
int64_t gunzip_read(struct gunzip *g, struct bytes *in, uint8_t *out, size_t len, struct err *err);

/* The data may end here: behind a whole member. */
bool gunzip_done(const struct gunzip *g);

#endif
