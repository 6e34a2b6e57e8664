/*
 * gunzip: gzip data as it comes (RFC 1952), member after member, each through inflate.h.
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
 * Inflates from `in`, moving it on, into `out`.  Returns how many bytes came, of which some may have
 * been inside; 0 with `in` used up: more input is needed, or, where gunzip_done says so, the last member has ended.  Negative:
 * damaged, and what was good has come before.
 */
int64_t gunzip_read(struct gunzip *g, struct bytes *in, uint8_t *out, size_t len, struct err *err);

/* The data may end here: behind a whole member. */
bool gunzip_done(const struct gunzip *g);

/*
 * Places to go on from: copies of the state, evenly spread over what was inflated so far, so that
 * going back costs the way from the last of them, not from the first byte.  Bounded: with more data
 * they lie further apart.
 */
struct gunzip_marks;
struct gunzip_marks *gunzip_marks_new(void);
void gunzip_marks_free(struct gunzip_marks *m);
/* `g` has read `in` bytes and given `out`.  Keeps a copy if the last one is far behind. */
void gunzip_mark(struct gunzip_marks *m, const struct gunzip *g, uint64_t in, uint64_t out);
/* Where the last mark at or before `offset` stands; 0: there is none. */
uint64_t gunzip_mark_before(const struct gunzip_marks *m, uint64_t offset);
/* A copy from the last mark at or before `offset`, with where it stands; NULL: there is none. */
struct gunzip *gunzip_from_mark(const struct gunzip_marks *m, uint64_t offset, uint64_t *in,
                                uint64_t *out);

#endif
