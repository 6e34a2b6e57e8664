/*
 * inflate: one gzip member (RFC 1952), header and sums with it, as it comes.
 *
 * By ISA-L where there is one (inflate_isal.c: twice as fast), else by zlib (inflate_zlib.c); only
 * those two files know which.  A state holds no pointer to anything of the caller's between two
 * calls.
 */
#ifndef CAPTURE_INFLATE_H
#define CAPTURE_INFLATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum inflate_result {
    INFLATE_MORE,    /* more input is needed, or more room */
    INFLATE_END,     /* the member has ended, and its sums are right */
    INFLATE_DAMAGED, /* what is good has come before or with this call */
};

struct inflate;

struct inflate *inflate_new(void);
struct inflate *inflate_copy(const struct inflate *from);
void inflate_free(struct inflate *z);
/* For the next member. */
void inflate_again(struct inflate *z);

/* Takes from `in`, moving it on, and writes *got of `len` bytes.  Neither taken nor written: it
 * needs input. */
enum inflate_result inflate_some(struct inflate *z, struct bytes *in, uint8_t *out, size_t len,
                                 size_t *got);

#endif
