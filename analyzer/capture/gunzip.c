#include "config.h"

#include "capture/gunzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/mem.h"

#define GZIP_WINDOW (15 + 16) /* zlib: the largest window, with a gzip header */
#define MARKS_MAX   256u      /* some 40 kB each */
#define MARK_EVERY  (UINT64_C(1) << 20)

struct gunzip {
    z_stream z;
    bool between; /* behind a member */
    bool any;     /* a member was read */
    bool over;    /* what follows the last member is no gzip: padding, as gzip(1) ignores it too */
    bool full;    /* the room was used up: there may be more inside */
    bool damaged;
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

/* One call of zlib, with what it takes and gives. */
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

/* Is there anything to go on with?  Behind the last member, only another one is. */
static bool goes_on(struct gunzip *g, struct bytes *in)
{
    if (g->between && g->any && in->left && bytes_peek(in, 0) != 0x1f)
        g->over = true;
    if (g->over)
        bytes_skip(in, in->left);
    return !g->damaged && (in->left || (g->full && !g->between));
}

int64_t gunzip_read(struct gunzip *g, struct bytes *in, uint8_t *out, size_t len, struct err *err)
{
    size_t got = 0;

    while (!got && goes_on(g, in)) {
        int rc = inflate_some(g, in, out, len, &got);

        g->between = rc == Z_STREAM_END;
        g->any |= g->between;
        g->full = got == len;
        if (g->between)
            inflateReset(&g->z);
        else if (rc != Z_OK && rc != Z_BUF_ERROR)
            g->damaged = true; /* said when what is good was taken */
    }
    if (!got && g->damaged)
        return err_set(err, ERR_FORMAT, "gzip: damaged data%s%s", g->z.msg ? ": " : "",
                       g->z.msg ? g->z.msg : "");
    return (int64_t)got;
}

bool gunzip_done(const struct gunzip *g)
{
    return g->between && g->any;
}

/* -- places to go on from -------------------------------------------------------------------------
 */

struct gunzip_marks {
    struct mark {
        struct gunzip *g;
        uint64_t in, out;
    } all[MARKS_MAX];
    size_t n;
    uint64_t every;
};

struct gunzip_marks *gunzip_marks_new(void)
{
    struct gunzip_marks *m = xcalloc(1, sizeof(*m));

    m->every = MARK_EVERY;
    return m;
}

void gunzip_marks_free(struct gunzip_marks *m)
{
    size_t i;

    for (i = 0; m && i < m->n; i++)
        gunzip_free(m->all[i].g);
    free(m);
}

static struct gunzip *copy_of(const struct gunzip *g)
{
    struct gunzip *c = xcalloc(1, sizeof(*c));

    *c = *g;
    /* zlib asks for the source without const, and does not change it. */
    if (inflateCopy(&c->z, (z_stream *)(uintptr_t)&g->z) != Z_OK)
        abort(); /* out of memory for a fixed few kilobytes */
    return c;
}

static void thin_out(struct gunzip_marks *m)
{
    size_t i, n = 0;

    for (i = 0; i < m->n; i++)
        if (i % 2)
            m->all[n++] = m->all[i];
        else
            gunzip_free(m->all[i].g);
    m->n = n;
    m->every *= 2;
}

void gunzip_mark(struct gunzip_marks *m, const struct gunzip *g, uint64_t in, uint64_t out)
{
    uint64_t last = m->n ? m->all[m->n - 1].out : 0;

    if (out < last + m->every)
        return;
    if (m->n == MARKS_MAX)
        thin_out(m);
    m->all[m->n++] = (struct mark){ copy_of(g), in, out };
}

static const struct mark *mark_before(const struct gunzip_marks *m, uint64_t offset)
{
    size_t n = m->n;

    while (n && m->all[n - 1].out > offset)
        n--;
    return n ? &m->all[n - 1] : NULL;
}

uint64_t gunzip_mark_before(const struct gunzip_marks *m, uint64_t offset)
{
    const struct mark *at = mark_before(m, offset);

    return at ? at->out : 0;
}

struct gunzip *gunzip_from_mark(const struct gunzip_marks *m, uint64_t offset, uint64_t *in,
                                uint64_t *out)
{
    const struct mark *at = mark_before(m, offset);

    if (!at)
        return NULL;
    *in = at->in;
    *out = at->out;
    return copy_of(at->g);
}
