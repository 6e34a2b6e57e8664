#include "config.h"

#include "frame/plot.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "flow/tcp.h"
#include "frame/plot_inside.h"
#include "frame/vantage_side.h"
#include "store/store.h"

#define COLLECT_FACTOR 8u  /* points collected before they are thinned */
#define SERIES         16u /* kinds times ends, rounded up */

/* -- thinning ---------------------------------------------------------------------------------- */

static int by_x(const void *a, const void *b)
{
    const struct plot_point *p = a, *q = b;

    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    if (p->frame_no != q->frame_no)
        return p->frame_no < q->frame_no ? -1 : 1;
    if (p->kind != q->kind)
        return p->kind - q->kind;
    if (p->end != q->end)
        return p->end - q->end;
    return (p->y > q->y) - (p->y < q->y);
}

static unsigned series_of(const struct plot_point *p)
{
    return ((unsigned)p->kind << 1 | p->end) % SERIES;
}

/* Keeps, of each series in each of `slices` slices of x, the first lowest and the first highest. */
static void thin(struct plot *p, size_t slices)
{
    size_t at[SERIES][2], i, n = 0;
    uint64_t span = (uint64_t)(p->x_max - p->x_min) + 1;
    uint64_t width = span / slices + 1, slice = UINT64_MAX;
    bool *keep = xcalloc(p->n, sizeof(*keep));

    for (i = 0; i < p->n; i++) {
        uint64_t now = (uint64_t)(p->points[i].x - p->x_min) / width;
        size_t *best = at[series_of(&p->points[i])];
        int k;

        if (now != slice)
            memset(at, 0xff, sizeof(at));
        slice = now;
        for (k = 0; k < 2; k++) {
            bool better = best[k] == SIZE_MAX || (k ? p->points[i].y > p->points[best[k]].y
                                                    : p->points[i].y < p->points[best[k]].y);

            if (!better)
                continue;
            if (best[k] != SIZE_MAX && best[k] != best[!k])
                keep[best[k]] = false;
            best[k] = i;
            keep[i] = true;
        }
    }
    for (i = 0; i < p->n; i++)
        if (keep[i])
            p->points[n++] = p->points[i];
    p->thinned = p->thinned || n < p->n;
    p->n = n;
    free(keep);
}

/* At most `max` points; each round has half the slices of the one before. */
void plot_settle(struct plot *p, size_t max)
{
    size_t slices = max / 2;

    if (p->n)
        qsort(p->points, p->n, sizeof(p->points[0]), by_x);
    for (; p->n > max && slices; slices /= 2)
        thin(p, slices);
    if (p->n > max) {
        p->n = max;
        p->thinned = true;
    }
}

void plot_add(struct plot *p, size_t max, struct plot_point point)
{
    bool first = p->n == 0 && !p->thinned;

    if (first || point.x < p->x_min)
        p->x_min = point.x;
    if (first || point.x > p->x_max)
        p->x_max = point.x;
    if (first || point.y < p->y_min)
        p->y_min = point.y;
    if (first || point.y > p->y_max)
        p->y_max = point.y;
    if (p->n == max * COLLECT_FACTOR)
        plot_settle(p, max * COLLECT_FACTOR / 2);
    VEC_PUSH(p->points, p->n, p->cap, point);
}

size_t plot_bounded(size_t max)
{
    return max < 16 ? 16 : max > PLOT_POINTS_MAX ? PLOT_POINTS_MAX : max;
}

void plot_free(struct plot *p)
{
    free(p->points);
    *p = (struct plot){ 0 };
}

/* -- TCP --------------------------------------------------------------------------------------- */

/* Sequence numbers of one end, unrolled to 64 bits from the first one seen. */
struct unrolled {
    bool known;
    uint32_t last;
    int64_t at;
};

static int64_t unroll(struct unrolled *u, uint32_t number)
{
    if (!u->known) {
        u->known = true;
        u->last = number;
    }
    u->at += tcp_diff(number, u->last);
    u->last = number;
    return u->at;
}

static void add_segment(struct plot *out, size_t max, const struct side *v, struct unrolled u[2])
{
    const struct tcp_view *t = &v->packet.tcp;
    unsigned from = v->row.from_b;
    uint32_t len = v->packet.payload_wire_len + !!(t->flags & TCP_SYN) + !!(t->flags & TCP_FIN);
    bool again = v->row.marks & TCP_MARKS_RESENT;
    struct plot_point p = { .x = v->row.time_ns - out->origin_ns, .frame_no = v->row.frame_no };

    if (len && !(t->flags & TCP_RST)) {
        p.kind = again ? PLOT_RESENT : PLOT_DATA;
        p.end = (uint8_t)from;
        unroll(&u[from], t->seq);
        p.y = unroll(&u[from], t->seq + len);
        plot_add(out, max, p);
    }
    /* Before anything of the other end was seen, its numbers begin with this one. */
    if (t->flags & TCP_ACK && !(t->flags & TCP_RST)) {
        struct unrolled copy;

        if (!u[!from].known)
            unroll(&u[!from], t->ack);
        copy = u[!from];
        p.kind = PLOT_ACK;
        p.end = (uint8_t)from;
        p.y = unroll(&copy, t->ack);
        plot_add(out, max, p);
    }
}

int plot_tcp(struct store *s, struct frame_reader *r, uint32_t source, uint32_t flow, size_t max,
             const struct watch *w, struct plot *out, struct err *err)
{
    struct unrolled u[2] = { { 0 } };
    struct err why = { 0 };
    struct side v;
    int rc;

    *out = (struct plot){ 0 };
    max = plot_bounded(max);
    if (!flow)
        return err_set(err, ERR_USAGE, "a plot needs a flow");
    rc = side_open(&v, s, r, source, flow, w, err);
    if (!rc && strcmp(v.head.proto, "tcp") != 0)
        rc = err_set(err, ERR_USAGE, "flow %u is not TCP", flow);
    out->origin_ns = v.head.has_time ? v.head.first_ns : 0;
    while (!rc && (rc = side_take(&v, true, &why)) == 1) {
        rc = ERR_OK;
        if (v.row.marks & TCP_MARK_COPY || !v.row.has_time)
            continue;
        if (v.has_packet && v.packet.l4 == 6)
            add_segment(out, max, &v, u);
        else
            out->partial = true;
    }
    side_close(&v);
    plot_settle(out, max);
    if (rc == ERR_STOPPED) {
        out->partial = true;
        return ERR_OK;
    }
    return rc && why.code ? err_set(err, why.code, "%s", why.msg) : rc;
}
