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
    for (i = 0; i < 2; i++)
        if (l->side[i].source)
            scan_seek(&l->side[i].scan, w->next[i]);
}

/* -- one row ------------------------------------------------------------------------------------
 */

static const struct {
    unsigned mark, flag;
} flag_of_mark[] = {
    { TCP_MARK_COPY, LADDER_COPY },
    { TCP_MARK_RETRANSMISSION | TCP_MARK_FAST_RETRANSMISSION | TCP_MARK_SPURIOUS_RETRANSMISSION,
      LADDER_RESENT },
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

/*
 * Was only one of them capturing at this time?  `margin_ns` widens the overlap: near its edges
 * nobody knows.
 */
static bool is_outside(const struct ladder *l, int64_t ns, int64_t margin_ns)
{
    const struct pairview *p = &l->pair;
    int64_t from = p->from_ns, to = p->to_ns;

    if (l->side[1].pair_side == 0) { /* the overlap is on the other one's clock */
        from = pairview_to_other(p, from);
        to = pairview_to_other(p, to);
    }
    return ns < from - margin_ns || ns > to + margin_ns;
}

static int fill(struct ladder *l, unsigned which, int64_t ns, struct ladder_row *row,
                struct err *err)
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
    if (which)
        row->flags |= LADDER_ELSEWHERE;
    if (side_is_lost(v, v->row.frame_no))
        row->flags |= LADDER_LOST;
    else if (l->side[1].source && row->has_time && is_outside(l, ns, 0))
        row->flags |= LADDER_OUTSIDE;
    if (!p)
        row->flags |= LADDER_NO_BYTES;
    label_of(&about, &v->row, p, row->label, sizeof(row->label));
    add_states(l, row);
    return find_cites(l, row, err);
}

/* -- the order of rows --------------------------------------------------------------------------
 */

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

int ladder_step(struct ladder *l, struct ladder_row *out, struct err *err)
{
    for (;;) {
        int which = choose(l, err), rc;
        struct side *v;
        int64_t ns;
        bool is_row;

        if (which < 0)
            return which + 1;
        v = &l->side[which];
        rc = side_take(v, out || v->about.kind != BELIEF_NONE, err);
        if (rc <= 0)
            return rc;
        l->now.next[which] = v->row.frame_no + 1;
        belief_frame(&l->now.belief[which], &v->about, &v->row, v->has_packet ? &v->packet : NULL);
        ns = v->row.has_time ? side_time(v, v->row.time_ns) : 0;
        is_row = which == 0 || side_is_lost(v, v->row.frame_no) ||
                 (v->row.has_time && is_outside(l, ns, l->pair.error_ns));
        if (!is_row)
            continue;
        rc = out ? fill(l, (unsigned)which, ns, out, err) : ERR_OK;
        if (rc)
            return rc;
        l->now.index++;
        if (v->row.has_time) {
            l->now.has_before = true;
            l->now.before_ns = ns;
        }
        return 1;
    }
}
