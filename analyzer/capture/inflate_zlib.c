#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/mem.h"
#include "capture/inflate.h"

#define GZIP_WINDOW (15 + 16) /* zlib: the largest window, with a gzip header */

struct inflater {
    z_stream z;
};

struct inflater *inflater_new(void)
{
    struct inflater *f = xcalloc(1, sizeof(*f));

    if (inflateInit2(&f->z, GZIP_WINDOW) != Z_OK)
        abort(); /* out of memory for a fixed few kilobytes */
    return f;
}

struct inflater *inflater_copy(const struct inflater *f)
{
    struct inflater *c = xcalloc(1, sizeof(*c));

    /* zlib asks for the source without const, and does not change it. */
    if (inflateCopy(&c->z, (z_stream *)(uintptr_t)&f->z) != Z_OK)
        abort();
    return c;
}

void inflater_free(struct inflater *f)
{
    if (!f)
        return;
    inflateEnd(&f->z);
    free(f);
}

enum inflated inflater_run(struct inflater *f, struct bytes *in, uint8_t *out, size_t len,
                           size_t *got)
{
    size_t n_in = in->left < UINT_MAX ? in->left : UINT_MAX;
    size_t n_out = len < UINT_MAX ? len : UINT_MAX;
    int rc;

    f->z.next_in = (Bytef *)(uintptr_t)in->p; /* zlib reads only */
    f->z.avail_in = (uInt)n_in;
    f->z.next_out = out;
    f->z.avail_out = (uInt)n_out;
    rc = inflate(&f->z, Z_NO_FLUSH);
    bytes_skip(in, n_in - f->z.avail_in);
    *got = n_out - f->z.avail_out;
    if (rc == Z_OK || rc == Z_BUF_ERROR)
        return INFLATED_SOME;
    if (rc != Z_STREAM_END)
        return INFLATED_DAMAGED;
    inflateReset(&f->z);
    return INFLATED_MEMBER;
}
