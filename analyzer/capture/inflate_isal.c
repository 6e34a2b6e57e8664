#include "config.h"

#include <isa-l/igzip_lib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "capture/inflate.h"

/*
 * The header of a member (RFC 1952, 2.3) is read here, a byte at a time: ISA-L 2.30 loses its place
 * in one that comes in pieces.  Its parts in their order; a sum of the header is not looked at,
 * that of the data ISA-L checks itself.
 */
enum part { PART_FIXED, PART_EXTRA_LEN, PART_EXTRA, PART_NAME, PART_COMMENT, PART_SUM, PARTS };

struct header {
    enum part part;
    uint32_t n; /* bytes of this part so far */
    uint8_t flags;
    uint16_t extra_len;
};

static bool has(const struct header *h, enum part part)
{
    static const uint8_t flags[PARTS] = { [PART_EXTRA_LEN] = 0x04,
                                          [PART_EXTRA] = 0x04,
                                          [PART_NAME] = 0x08,
                                          [PART_COMMENT] = 0x10,
                                          [PART_SUM] = 0x02 };

    return (h->flags & flags[part]) && (part != PART_EXTRA || h->extra_len);
}

/* One byte of it; false: this is no header of gzip. */
static bool header_byte(struct header *h, uint8_t c)
{
    static const uint8_t magic[] = { 0x1f, 0x8b, 8 };
    uint32_t n = h->n++;
    bool last = false;

    switch (h->part) {
    case PART_FIXED:
        if (n < sizeof(magic) && c != magic[n])
            return false;
        if (n == 3)
            h->flags = c;
        last = n == 9;
        break;
    case PART_EXTRA_LEN:
        h->extra_len |= (uint16_t)(c << 8 * n);
        last = n == 1;
        break;
    case PART_EXTRA:
        last = h->n == h->extra_len;
        break;
    case PART_NAME:
    case PART_COMMENT:
        last = c == 0;
        break;
    case PART_SUM:
        last = n == 1;
        break;
    case PARTS:
        break;
    }
    if (last) {
        h->n = 0;
        do
            h->part++;
        while (h->part < PARTS && !has(h, h->part));
    }
    return (h->flags & 0xe0) == 0; /* reserved: what follows would be misread */
}

/* Some 85 kB without a pointer into itself: a copy is a copy of its bytes. */
struct inflate {
    struct header head;
    struct inflate_state s;
};

static void start(struct inflate *z)
{
    memset(&z->head, 0, sizeof(z->head));
    z->s.crc_flag = ISAL_GZIP_NO_HDR_VER;
}

struct inflate *inflate_new(void)
{
    struct inflate *z = xcalloc(1, sizeof(*z));

    isal_inflate_init(&z->s);
    start(z);
    return z;
}

struct inflate *inflate_copy(const struct inflate *from)
{
    struct inflate *z = xmalloc(sizeof(*z));

    memcpy(z, from, sizeof(*z));
    return z;
}

void inflate_free(struct inflate *z)
{
    free(z);
}

void inflate_again(struct inflate *z)
{
    isal_inflate_reset(&z->s);
    start(z);
}

enum inflate_result inflate_some(struct inflate *z, struct bytes *in, uint8_t *out, size_t len,
                                 size_t *got)
{
    size_t n_in, n_out = len < UINT32_MAX ? len : UINT32_MAX;
    int rc;

    *got = 0;
    while (z->head.part < PARTS) {
        if (!in->left)
            return INFLATE_MORE;
        if (!header_byte(&z->head, bytes_u8(in)))
            return INFLATE_DAMAGED;
    }
    n_in = in->left < UINT32_MAX ? in->left : UINT32_MAX;
    z->s.next_in = (uint8_t *)(uintptr_t)in->p; /* it reads only */
    z->s.avail_in = (uint32_t)n_in;
    z->s.next_out = out;
    z->s.avail_out = (uint32_t)n_out;
    rc = isal_inflate(&z->s);
    *got = n_out - z->s.avail_out;
    /* What it took of damaged data it does not tell; nobody goes on behind that. */
    if (rc != ISAL_DECOMP_OK)
        return INFLATE_DAMAGED;
    bytes_skip(in, n_in - z->s.avail_in);
    if (z->s.block_state == ISAL_BLOCK_FINISH)
        return INFLATE_END;
    /* It takes all there is, or fills the room; once it does neither, it never will. */
    return n_in && z->s.avail_in == n_in && !*got ? INFLATE_DAMAGED : INFLATE_MORE;
}
