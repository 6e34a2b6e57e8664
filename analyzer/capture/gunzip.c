#include "config.h"

#include "capture/gunzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/mem.h"

#define GZIP_WINDOW (15 + 16) /* zlib: the largest window, with a gzip header */

struct gunzip {
    z_stream z;
    bool between; /* behind a member */
    bool any;     /* a member was read */
    bool over;    /* what follows the last member is no gzip: padding, as gzip(1) ignores it too */
};

bool gunzip_probe(struct bytes head)
{
    return bytes_peek(&head, 0) == 0x1f && bytes_peek(&head, 1) == 0x8b &&
           bytes_peek(&head, 2) == Z_DEFLATED && head.left >= 10;
}

struct gunzip *gunzip_new(void)
{
    struct gunzip *g = xcalloc(1, sizeof(*g));

    if (inflateInit2(&g->z, GZIP_WINDOW) != Z_OK)
        abort(); /* out of memory for a fixed few kilobytes */
    g->between = true;
    return g;
}

void gunzip_free(struct gunzip *g)
{
    if (!g)
        return;
    inflateEnd(&g->z);
    free(g);
}

/* One call of zlib; true if it got on. */
static int inflate_some(struct gunzip *g, struct bytes *in, uint8_t *out, size_t len, size_t *got)
{
    size_t n_in = in->left < UINT_MAX ? in->left : UINT_MAX;
    size_t n_out = len < UINT_MAX ? len : UINT_MAX;
    int rc;

    g->z.next_in = (Bytef *)(uintptr_t)in->p; /* zlib reads only */
    g->z.avail_in = (uInt)n_in;
    g->z.next_out = out;
    g->z.avail_out = (uInt)n_out;
    rc = inflate(&g->z, Z_NO_FLUSH);
    bytes_skip(in, n_in - g->z.avail_in);
    *got = n_out - g->z.avail_out;
    return rc;
}

int64_t gunzip_read(struct gunzip *g, struct bytes *in, uint8_t *out, size_t len, struct err *err)
{
    size_t got = 0;

    while (!got && in->left) {
        int rc;

        if (g->between && g->any && bytes_peek(in, 0) != 0x1f)
            g->over = true;
        if (g->over) {
            bytes_skip(in, in->left);
            break;
        }
        g->between = false;
        rc = inflate_some(g, in, out, len, &got);
        if (rc == Z_STREAM_END) {
            inflateReset(&g->z);
            g->between = g->any = true;
        } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
            return err_set(err, ERR_FORMAT, "gzip: damaged data%s%s", g->z.msg ? ": " : "",
                           g->z.msg ? g->z.msg : "");
        }
    }
    return (int64_t)got;
}

bool gunzip_done(const struct gunzip *g)
{
    return g->between && g->any;
}
