#include "config.h"

#include "frame/twin.h"

#include <stdlib.h>
#include <string.h>

#include "packet/mark.h"

int twin_open(struct twin *t, const struct side *like, const struct watch *w, struct err *err)
{
    int rc = side_open(&t->side, like->store, NULL, like->source, like->flow, w, err);

    if (rc)
        return rc;
    t->side.pair = like->pair;
    t->side.pair_side = like->pair_side;
    return ERR_OK;
}

void twin_close(struct twin *t)
{
    if (t->side.source)
        side_close(&t->side);
}

void twin_seek(struct twin *t, uint64_t frame_no)
{
    t->first = t->n = 0;
    scan_seek(&t->side.scan, frame_no);
}

uint64_t twin_place(const struct twin *t)
{
    return t->n ? t->all[t->first].frame_no : t->side.scan.from;
}

static void push(struct twin *t)
{
    struct side *v = &t->side;
    struct twin_frame *f = &t->all[(t->first + t->n++) % TWIN_WINDOW];

    *f = (struct twin_frame){ .frame_no = v->row.frame_no, .from = v->row.from_b };
    f->can = v->has_packet && v->row.has_time && packet_mark(&v->packet, &f->mark);
    f->ns = v->row.has_time ? side_time(v, v->row.time_ns)
            : t->n > 1      ? t->all[(t->first + t->n - 2) % TWIN_WINDOW].ns
                            : INT64_MIN / 4;
}

/* The window is [ns - slack, ns + slack], or as much of it as has room. */
static int move(struct twin *t, int64_t ns, int64_t slack_ns, struct err *err)
{
    for (;;) {
        const struct store_packet *next;
        int rc;

        while (t->n && t->all[t->first].ns < ns - slack_ns) {
            t->first = (t->first + 1) % TWIN_WINDOW;
            t->n--;
        }
        if (t->n && t->all[(t->first + t->n - 1) % TWIN_WINDOW].ns > ns + slack_ns)
            return ERR_OK;
        if (t->n == TWIN_WINDOW) {
            /* Full: half of it before this time, half behind. */
            if (t->all[(t->first + TWIN_WINDOW / 2) % TWIN_WINDOW].ns > ns)
                return ERR_OK;
            t->first = (t->first + 1) % TWIN_WINDOW;
            t->n--;
        }
        rc = side_peek(&t->side, &next, err);
        if (rc <= 0)
            return rc;
        /* What is too early by far need not be decoded. */
        rc = side_take(&t->side,
                       !next->has_time || side_time(&t->side, next->time_ns) >= ns - slack_ns, err);
        if (rc <= 0)
            return rc;
        push(t);
    }
}

int twin_find(struct twin *t, const struct packet *p, unsigned from, int64_t ns, int64_t error_ns,
              struct twin_frame *out, struct err *err)
{
    int64_t slack_ns = TWIN_SLACK_NS + error_ns, best = INT64_MAX;
    uint64_t mark;
    size_t i;
    int rc = move(t, ns, slack_ns, err);

    if (rc)
        return rc;
    if (!packet_mark(p, &mark))
        return 0;
    for (i = 0; i < t->n; i++) {
        const struct twin_frame *f = &t->all[(t->first + i) % TWIN_WINDOW];
        int64_t off = f->ns > ns ? f->ns - ns : ns - f->ns;

        if (!f->can || f->mark != mark || (t->side.flow && f->from != from) || off > slack_ns ||
            off >= best)
            continue;
        best = off;
        *out = *f;
    }
    return best < INT64_MAX;
}
