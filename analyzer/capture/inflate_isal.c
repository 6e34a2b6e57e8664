#include "config.h"

#include <isa-l/igzip_lib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "capture/inflate.h"

/* Has no pointers but those to the input and the output of a call: a copy is a copy. */
struct inflater {
    struct inflate_state s;
    bool damaged;
};

struct inflater *inflater_new(void)
{
    struct inflater *f = xcalloc(1, sizeof(*f));

    isal_inflate_init(&f->s);
    f->s.crc_flag = ISAL_GZIP;
    return f;
}

struct inflater *inflater_copy(const struct inflater *f)
{
    struct inflater *c = xmalloc(sizeof(*c));

    *c = *f;
    return c;
}

void inflater_free(struct inflater *f)
{
    free(f);
}

/* What was inflated in front of damage, and not handed out yet. */
static size_t take_rest(struct inflate_state *s, uint8_t *out, size_t len)
{
    size_t n = s->tmp_out_valid > s->tmp_out_processed
                   ? (size_t)(s->tmp_out_valid - s->tmp_out_processed)
                   : 0;

    if (n > len)
        n = len;
    if (n)
        memcpy(out, s->tmp_out_buffer + s->tmp_out_processed, n);
    s->tmp_out_processed += (int32_t)n;
    return n;
}

static bool in_header(const struct inflate_state *s)
{
    return (s->block_state == ISAL_BLOCK_NEW_HDR && !s->wrapper_flag) ||
           (s->block_state >= ISAL_GZIP_EXTRA_LEN && s->block_state <= ISAL_GZIP_HCRC);
}

/*
 * ISA-L 2.30 loses count of the sum of a header (RFC 1952, FHCRC) that comes in pieces.  It says
 * nothing about the data, which have a sum of their own: it is passed over.
 */
static int run(struct inflate_state *s)
{
    int rc = isal_inflate(s);

    if (rc != ISAL_INCORRECT_CHECKSUM || (s->block_state != ISAL_BLOCK_NEW_HDR && !in_header(s)))
        return rc;
    s->block_state = ISAL_BLOCK_NEW_HDR;
    s->wrapper_flag = 1;
    return isal_inflate(s);
}

/* One call of ISA-L, with what it takes and gives. */
static int give(struct inflate_state *s, struct bytes *in, uint8_t *out, size_t len, size_t *got)
{
    size_t n_in = in->left < UINT32_MAX ? in->left : UINT32_MAX;
    size_t n_out = len < UINT32_MAX ? len : UINT32_MAX;
    int rc;

    /* ISA-L 2.30 misses the end of a name that comes in two pieces, but not byte by byte. */
    if (in_header(s) && n_in)
        n_in = 1;
    s->next_in = (uint8_t *)(uintptr_t)in->p; /* read only */
    s->avail_in = (uint32_t)n_in;
    s->next_out = out;
    s->avail_out = (uint32_t)n_out;
    rc = run(s);
    bytes_skip(in, n_in - s->avail_in);
    *got = n_out - s->avail_out;
    return rc;
}

enum inflated inflater_run(struct inflater *f, struct bytes *in, uint8_t *out, size_t len,
                           size_t *got)
{
    struct inflate_state *s = &f->s;

    *got = 0;
    if (!f->damaged)
        f->damaged = give(s, in, out, len, got) < 0;
    if (f->damaged) {
        *got += take_rest(s, out + *got, len - *got);
        return *got == len ? INFLATED_SOME : INFLATED_DAMAGED;
    }
    if (s->block_state != ISAL_BLOCK_FINISH)
        return INFLATED_SOME;
    isal_inflate_reset(s);
    s->crc_flag = ISAL_GZIP;
    return INFLATED_MEMBER;
}
