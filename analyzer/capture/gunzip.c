#include "config.h"

#include "capture/gunzip.h"

#include <stdlib.h>

#include "base/mem.h"
#include "capture/inflate.h"

#define METHOD_DEFLATE 8    /* RFC 1952, 2.3.1: CM */
#define MARKS_MAX      128u /* some 85 kB each */
#define MARK_EVERY     (UINT64_C(1) << 20)

struct gunzip {
    struct inflate *z;
    bool between; /* behind a member */
    bool any;     /* a member was read */
    bool over;    /* what follows the last member is no gzip: padding, as gzip(1) ignores it too */
    bool full;    /* the room was used up: there may be more inside */
    bool damaged;
};

bool gunzip_probe(struct bytes head)
{
    return bytes_peek(&head, 0) == 0x1f && bytes_peek(&head, 1) == 0x8b &&
           bytes_peek(&head, 2) == METHOD_DEFLATE && head.left >= 10;
}

struct gunzip *gunzip_new(void)
{
    struct gunzip *g = xcalloc(1, sizeof(*g));

    g->z = inflate_new();
    g->between = true;
    return g;
}

void gunzip_free(struct gunzip *g)
{
    if (!g)
        return;
    inflate_free(g->z);
    free(g);
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
        enum inflate_result now = inflate_some(g->z, in, out, len, &got);

        g->between = now == INFLATE_END;
        g->any |= g->between;
        g->full = got == len;
        if (g->between)
            inflate_again(g->z);
        g->damaged = now == INFLATE_DAMAGED; /* said when what is good was taken */
    }
    if (!got && g->damaged)
        return err_set(err, ERR_FORMAT, "gzip: damaged data");
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
    c->z = inflate_copy(g->z);
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
