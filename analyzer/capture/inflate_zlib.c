#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/mem.h"
#include "capture/inflate.h"

#define GZIP_WINDOW (15 + 16) /* zlib: the largest window, with a gzip header */

struct inflate {
    z_stream z;
};

struct inflate *inflate_new(void)
{
    struct inflate *z = xcalloc(1, sizeof(*z));

    if (inflateInit2(&z->z, GZIP_WINDOW) != Z_OK)
        abort(); /* out of memory for a fixed few kilobytes */
    return z;
}

struct inflate *inflate_copy(const struct inflate *from)
{
    struct inflate *z = xcalloc(1, sizeof(*z));

    /* zlib asks for the source without const, and does not change it. */
    if (inflateCopy(&z->z, (z_stream *)(uintptr_t)&from->z) != Z_OK)
        abort(); /* out of memory for a fixed few kilobytes */
    return z;
}

void inflate_free(struct inflate *z)
{
    if (z)
        inflateEnd(&z->z);
    free(z);
}

void inflate_again(struct inflate *z)
{
    inflateReset(&z->z);
}

enum inflate_result inflate_some(struct inflate *z, struct bytes *in, uint8_t *out, size_t len,
                                 size_t *got)
{
    size_t n_in = in->left < UINT_MAX ? in->left : UINT_MAX;
    size_t n_out = len < UINT_MAX ? len : UINT_MAX;
    int rc;

    z->z.next_in = (Bytef *)(uintptr_t)in->p; /* zlib reads only */
    z->z.avail_in = (uInt)n_in;
    z->z.next_out = out;
    z->z.avail_out = (uInt)n_out;
    rc = inflate(&z->z, Z_NO_FLUSH);
    bytes_skip(in, n_in - z->z.avail_in);
    *got = n_out - z->z.avail_out;
    if (rc == Z_STREAM_END)
        return INFLATE_END;
    return rc == Z_OK || rc == Z_BUF_ERROR ? INFLATE_MORE : INFLATE_DAMAGED;
}
