/*
 * inflate: one gzip member (RFC 1952) after the other, by the library that is there.
 *
 * inflate_zlib.c is built, or with --with-isal inflate_isal.c, which takes half the time but does
 * not pass all of the tests that both share.  Only gunzip.c asks for it.
 */
#ifndef CAPTURE_INFLATE_H
#define CAPTURE_INFLATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct inflater;

enum inflated {
    INFLATED_SOME,    /* the input is used up, or the room is */
    INFLATED_MEMBER,  /* a member ended, its sum is right; the next call begins another */
    INFLATED_DAMAGED, /* there is nothing behind this */
};

struct inflater *inflater_new(void);
/* As it stands now. */
struct inflater *inflater_copy(const struct inflater *f);
void inflater_free(struct inflater *f);

/* Inflates from `in`, moving it on, into `out`; `*got` bytes came, which are good in any case. */
enum inflated inflater_run(struct inflater *f, struct bytes *in, uint8_t *out, size_t len,
                           size_t *got);

#endif
