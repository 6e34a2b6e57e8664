/* ladder_walk: the rows of a ladder, one after the other. */
#include "config.h"

#include <sqlite3.h>
#include <string.h>

#include "frame/label.h"
#include "frame/ladder_inside.h"
#include "frame/words.h"
#include "store/sql.h"

void ladder_restore(struct ladder *l, const struct walk *w)
{
    unsigned i;

    l->now = *w;
    l->torn = false;
    for (i = 0; i < 2; i++)
        if (l->side[i].source)
            scan_seek(&l->side[i].scan, w->next[i]);
    if (l->side[1].source)
        twin_seek(&l->twin, w->ahead);
}

/* -- one row ----------------------------------------------------------------------------------- */

static const struct {
    unsigned mark, flag;
} flag_of_mark[] = {
    { TCP_MARK_COPY, LADDER_COPY },
    { TCP_MARKS_RESENT, LADDER_RESENT },
    { TCP_MARK_OUT_OF_ORDER | TCP_MARK_LATE, LADDER_OUT_OF_ORDER },
    { TCP_MARK_LOST_SEGMENT | TCP_MARK_ACK_LOST_SEGMENT, LADDER_GAP },
    { TCP_MARK_KEEP_ALIVE | TCP_MARK_KEEP_ALIVE_ACK, LADDER_KEEP_ALIVE },
    { TCP_MARK_ZERO_WINDOW | TCP_MARK_ZERO_WINDOW_PROBE | TCP_MARK_ZERO_WINDOW_PROBE_ACK,
      LADDER_ZERO_WINDOW },
    { TCP_MARK_DUPLICATE_ACK, LADDER_DUPLICATE_ACK },
    { TCP_MARK_SYN_ON_LIVE, LADDER_SYN_ON_LIVE },
    { TCP_MARK_CHALLENGE_ACK, LADDER_CHALLENGE_ACK },
    { TCP_MARK_RST_ACCEPTED, LADDER_RESET },
    { TCP_MARK_RST_IGNORED, LADDER_RESET_IGNORED },
    { TCP_MARK_OLD_LIFE, LADDER_OLD_LIFE },
};

static const char cites_sql[] =
    "SELECT e.verdict, v.rule, v.severity, v.title, e.what FROM verdict_evidence e JOIN verdict v "
    "ON v.id = e.verdict WHERE e.source = ?1 AND e.frame = ?2 ORDER BY v.rank, e.n LIMIT ?3";

static int find_cites(struct ladder *l, struct ladder_row *row, struct err *err)
{
    int rc = l->cites ? ERR_OK : sql_prepare(store_db(l->store), cites_sql, &l->cites, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(l->cites, 1, row->source);
    sqlite3_bind_int64(l->cites, 2, (int64_t)row->frame_no);
    sqlite3_bind_int64(l->cites, 3, LADDER_CITES_MAX);
    while (row->n_cites < LADDER_CITES_MAX && (rc = sql_step(l->cites, err)) == 1) {
        struct ladder_cite *c = &row->cites[row->n_cites++];

        words_column(c->verdict, sizeof(c->verdict), l->cites, 0);
        words_column(c->rule, sizeof(c->rule), l->cites, 1);
        words_column(c->severity, sizeof(c->severity), l->cites, 2);
        words_column(c->title, sizeof(c->title), l->cites, 3);
        words_column(c->what, sizeof(c->what), l->cites, 4);
        rc = ERR_OK;
    }
    sqlite3_reset(l->cites);
    if (row->n_cites)
        row->flags |= LADDER_CITED;
    return rc < 0 ? rc : ERR_OK;
}

static void add_states(struct ladder *l, struct ladder_row *row)
{
    unsigned end;

    for (end = 0; end < 2; end++) {
        unsigned i = l->near[end];
        const struct side *v = &l->side[i];
        const struct belief *b = &l->now.belief[i];

        belief_state(b, &v->about, end, row->state[end], LADDER_STATE_LEN);
        belief_detail(b, &v->about, end, side_own_time(v, row->time_ns), row->detail[end],
                      LADDER_DETAIL_LEN);
    }
}

/* Was only one of them capturing at this time?  As far as the clocks may be off nobody knows. */
static bool is_outside(const struct ladder *l, int64_t ns)
{
    const struct pairview *p = &l->pair;
    int64_t from = p->from_ns, to = p->to_ns;

    if (l->side[1].pair_side == 0) { /* the overlap is on the other one's clock */
        from = pairview_to_other(p, from);
        to = pairview_to_other(p, to);
    }
    return ns < from - p->error_ns || ns > to + p->error_ns;
}

/* `twin`: the same frame at the other vantage; without a number there is none. */
static int fill(struct ladder *l, unsigned which, int64_t ns, const struct twin_frame *twin,
                struct ladder_row *row, struct err *err)
{
    struct side *v = &l->side[which];
    const struct packet *p = v->has_packet ? &v->packet : NULL;
    struct label_about about = { .proto = v->head.proto,
                                 .app = v->head.app,
                                 .addresses = v->flow == 0,
                                 .notes = &v->notes,
                                 .belief = &l->now.belief[which] };
    size_t i;

    memset(row, 0, sizeof(*row));
    row->index = l->now.index;
    row->source = v->source;
    row->frame_no = v->row.frame_no;
    row->has_time = v->row.has_time;
    row->time_ns = ns;
    row->has_gap = l->now.has_before && row->has_time;
    row->gap_ns = row->has_gap ? ns - l->now.before_ns : 0;
    row->from = v->row.from_b;
    row->wire_len = v->row.wire_len;
    row->cap_len = v->row.cap_len;
    row->payload_len = p ? p->payload_wire_len : 0;
    for (i = 0; i < sizeof(flag_of_mark) / sizeof(flag_of_mark[0]); i++)
        if (v->row.marks & flag_of_mark[i].mark)
            row->flags |= flag_of_mark[i].flag;
    if (belief_resent(&l->now.belief[which]))
        row->flags |= LADDER_RESENT;
    if (which)
        row->flags |= LADDER_ELSEWHERE;
    if (side_is_lost(v, v->row.frame_no))
        row->flags |= LADDER_LOST;
    else if (l->side[1].source && row->has_time && !twin->frame_no && is_outside(l, ns))
        row->flags |= LADDER_OUTSIDE;
    row->other_frame = twin->frame_no;
    row->other_ns = twin->ns;
    if (!p)
        row->flags |= LADDER_NO_BYTES;
    label_of(&about, &v->row, p, row->label, sizeof(row->label));
    add_states(l, row);
    return find_cites(l, row, err);
}

/* -- the order of rows ------------------------------------------------------------------------- */

/* The side whose frame comes next; -1: no more, else an error below that. */
static int choose(struct ladder *l, struct err *err)
{
    const struct store_packet *here, *there;
    int a = side_peek(&l->side[0], &here, err), b = 0;

    if (a >= 0 && l->side[1].source)
        b = side_peek(&l->side[1], &there, err);
    if (a < 0 || b < 0)
        return a < 0 ? a - 1 : b - 1;
    if (!a && !b)
        return -1;
    if (!b || (a && !here->has_time))
        return 0;
    if (!a || !there->has_time)
        return 1;
    return side_time(&l->side[1], there->time_ns) <= here->time_ns;
}

/* Takes the next frame of a side, and has both ends believe what they must. */
static int take(struct ladder *l, unsigned which, bool decode, struct err *err)
{
    struct side *v = &l->side[which];
    int rc = side_take(v, decode || v->about.kind != BELIEF_NONE, err);

    if (rc <= 0)
        return rc;
    l->now.next[which] = v->row.frame_no + 1;
    belief_frame(&l->now.belief[which], &v->about, &v->row, v->has_packet ? &v->packet : NULL);
    return 1;
}

/* Frames of the other vantage are rows if this one cannot have them. */
static bool is_row(const struct ladder *l, unsigned which, const struct store_packet *row)
{
    const struct side *v = &l->side[which];

    return which == 0 || side_is_lost(v, row->frame_no) ||
           (row->has_time && is_outside(l, side_time(v, row->time_ns)));
}

/* A frame of this side has its twin at the other one: the frame has arrived, so that is read, too.
 */
static int arrive(struct ladder *l, const struct twin_frame *twin, struct err *err)
{
    struct side *v = &l->side[1];
    const struct store_packet *next;
    int rc;

    while ((rc = side_peek(v, &next, err)) == 1 && next->frame_no <= twin->frame_no) {
        /* A row of its own keeps its place in time. */
        if (is_row(l, 1, next))
            return ERR_OK;
        rc = take(l, 1, true, err);
        if (rc <= 0)
            return rc;
    }
    return rc < 0 ? rc : ERR_OK;
}

/* Which frame of the other vantage is the one just taken here, if any.  `out` NULL: nobody asks. */
static int meet(struct ladder *l, int64_t ns, struct twin_frame *twin, bool asked, struct err *err)
{
    struct side *v = &l->side[0];
    int rc;

    if (!l->side[1].source || (!asked && v->about.kind == BELIEF_NONE)) {
        if (l->now.next[1] > l->now.ahead + TWIN_WINDOW)
            l->now.ahead = l->now.next[1] - TWIN_WINDOW;
        return 0;
    }
    if (twin_place(&l->twin) < l->now.ahead)
        twin_seek(&l->twin, l->now.ahead);
    if (!v->has_packet || !v->row.has_time || side_is_lost(v, v->row.frame_no))
        return 0;
    rc = twin_find(&l->twin, &v->packet, v->row.from_b, ns, l->pair.error_ns, twin, err);
    l->now.ahead = twin_place(&l->twin);
    return rc;
}

/* One frame of the side chosen.  1: it is a row, 2: it is none. */
static int one(struct ladder *l, unsigned which, struct ladder_row *out, struct err *err)
{
    struct side *v = &l->side[which];
    struct twin_frame twin = { 0 };
    int64_t ns;
    int rc = take(l, which, out != NULL, err);

    if (rc <= 0)
        return rc;
    if (which && !is_row(l, 1, &v->row))
        return 2;
    l->torn = true;
    ns = v->row.has_time ? side_time(v, v->row.time_ns) : 0;
    rc = which ? 0 : meet(l, ns, &twin, out != NULL, err);
    if (rc == 1 && v->about.kind != BELIEF_NONE)
        rc = arrive(l, &twin, err);
    if (rc < 0)
        return rc;
    if (out) {
        rc = fill(l, which, ns, &twin, out, err);
        if (rc)
            return rc;
    }
    l->torn = false;
    l->now.index++;
    if (v->row.has_time) {
        l->now.has_before = true;
        l->now.before_ns = ns;
    }
    return 1;
}

int ladder_step(struct ladder *l, struct ladder_row *out, struct err *err)
{
    int rc;

    do {
        int which = choose(l, err);

        if (which < 0)
            return which + 1;
        rc = one(l, (unsigned)which, out, err);
    } while (rc == 2);
    return rc;
}
