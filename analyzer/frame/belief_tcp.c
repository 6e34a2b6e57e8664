#include "config.h"

#include "frame/belief_tcp.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "frame/scan.h"
#include "frame/words.h"
#include "packet/packet.h"
#include "store/sql.h"
#include "store/store.h"

/* -- what the case knows ----------------------------------------------------------------------- */

/* As dissectors/tcp.c packs them. */
static void read_changes(struct bytes in, uint64_t at, struct belief_about *about)
{
    while (in.left && about->n_changes < TCP_STATES_MAX) {
        uint64_t step = 0;
        unsigned shift;
        uint8_t b = 0x80, what;

        for (shift = 0; shift < 63 && b & 0x80; shift += 7) {
            b = bytes_u8(&in);
            step |= (uint64_t)(b & 0x7f) << shift;
        }
        what = bytes_u8(&in);
        if (in.short_read || what >> 4 > 1 || (what & 15) > TCP_RESET)
            return;
        at += step;
        about->changes[about->n_changes++] =
            (struct tcp_change){ .frame_no = at & TCP_FRAMES_MAX, .end = what >> 4, .state = what & 15 };
    }
}

/*
 * A life whose SYN was sent while the other end still held the one before: that SYN belongs to the
 * older flow, and the machine starts from it as it did in ingest.
 */
static void start_from_attempt(sqlite3_stmt *st, struct belief_about *about)
{
    struct tcp_life old;
    struct tcp_attempt *a = &old.attempt;
    uint64_t first = (uint64_t)sqlite3_column_int64(st, 2);

    tcp_start(&old);
    a->pending = true;
    a->isn = (uint32_t)sqlite3_column_int64(st, 1);
    a->scale = -1;
    outstanding_send(&a->syn, first, scan_tame(sqlite3_column_int64(st, 3)));
    a->syn.last_frame = (uint64_t)sqlite3_column_int64(st, 4);
    a->syn.last_ns = scan_tame(sqlite3_column_int64(st, 5));
    a->syn.n_resent = (uint32_t)sqlite3_column_int64(st, 6);
    tcp_start_next(&about->start, &about->start_flight, &old, a->syn.last_frame, a->syn.last_ns);
    about->opened = true;
    about->opened_flow = (uint32_t)sqlite3_column_int64(st, 0);
    about->opened_frame = a->syn.last_frame;
}

static const char life_sql[] =
    "SELECT l.states, f.first_frame FROM tcp_life l JOIN flow f ON f.source = l.source"
    " AND f.id = l.flow WHERE l.source = ?1 AND l.flow = ?2";
static const char attempt_sql[] =
    "SELECT flow, isn, syn_frame, iif(frame = syn_frame, time_ns, last_syn_ns), last_syn_frame, "
    "last_syn_ns, "
    "max(n_syn - 1, 0) FROM tcp_attempt WHERE source = ?1 AND new_flow = ?2 AND flow <> ?2 "
    "AND isn IS NOT NULL AND last_syn_frame IS NOT NULL ORDER BY id LIMIT 1";

int belief_tcp_learn(struct store *s, uint32_t source, uint32_t flow, struct belief_about *about,
                     struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = ERR_OK;

    if (sql_prepare(store_db(s), life_sql, &st, NULL) == ERR_OK) {
        sqlite3_bind_int64(st, 1, source);
        sqlite3_bind_int64(st, 2, flow);
        rc = sql_step(st, err);
        if (rc == 1)
            read_changes(bytes_of(sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0)),
                         (uint64_t)sqlite3_column_int64(st, 1), about);
    }
    sqlite3_finalize(st);
    st = NULL;
    if (rc >= 0 && sql_prepare(store_db(s), attempt_sql, &st, NULL) == ERR_OK) {
        sqlite3_bind_int64(st, 1, source);
        sqlite3_bind_int64(st, 2, flow);
        rc = sql_step(st, err);
        if (rc == 1)
            start_from_attempt(st, about);
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

/* -- frames ------------------------------------------------------------------------------------ */

void belief_tcp_frame(struct belief *b, const struct store_packet *row, const struct packet *p)
{
    const struct tcp_view *t = &p->tcp;
    struct tcp_segment s = {
        .frame_no = row->frame_no,
        .ns = row->has_time ? row->time_ns : b->now_ns,
        .seq = t->seq,
        .ack = t->flags & TCP_ACK ? t->ack : 0,
        .len = p->payload_wire_len,
        .flags = t->flags,
        .window = t->window,
        .scale = t->window_scale,
        .has_ts = t->has_timestamps,
        .ts_val = t->ts_val,
        .n_sack = t->n_sack,
        .from = row->from_b,
    };

    if (row->marks & TCP_MARK_COPY)
        return;
    s.late = s.ns < b->tcp.last_ns;
    tcp_apply(&b->tcp, (struct tcp_flight *[]){ &b->flight[0], &b->flight[1] }, &s);
}

/* -- text -------------------------------------------------------------------------------------- */

/* What ingest wrote down of this end at this frame. */
static enum tcp_state noted_state(const struct belief_about *about, unsigned end, uint64_t frame_no)
{
    enum tcp_state state = TCP_UNKNOWN;
    unsigned i;

    for (i = 0; i < about->n_changes && about->changes[i].frame_no <= frame_no; i++)
        if (about->changes[i].end == end)
            state = (enum tcp_state)about->changes[i].state;
    return state;
}

void belief_tcp_state(const struct belief *b, const struct belief_about *about, unsigned end,
                      char *out, size_t len)
{
    const struct tcp_end *e = &b->tcp.end[end], *other = &b->tcp.end[!end];
    enum tcp_state state = b->blind ? noted_state(about, end, b->frame_no) : e->state;
    bool fin_acked = e->fin_seen && other->ack_known && tcp_diff(other->ack, e->fin_seq) >= 0;

    if (state == TCP_UNKNOWN)
        snprintf(out, len, "?");
    else if (state == TCP_FIN_WAIT && !b->blind)
        snprintf(out, len, "FIN-WAIT-%d", fin_acked ? 2 : 1);
    else if (state == TCP_RESET)
        snprintf(out, len, "CLOSED (reset)");
    else
        snprintf(out, len, "%s", tcp_state_name(state));
}

static uint32_t waiting_bytes(const struct tcp_end *e, const struct tcp_flight *in, uint8_t *flags)
{
    uint32_t bytes = 0;
    unsigned i;

    *flags = 0;
    for (i = 0; i < e->n_flight; i++) {
        uint8_t f = in->piece[i].flags;

        bytes += in->piece[i].end - in->piece[i].seq - !!(f & TCP_SYN) - !!(f & TCP_FIN);
        *flags |= f;
    }
    return bytes;
}

static void add_window(const struct tcp_life *t, unsigned end, char *out, size_t len)
{
    const struct tcp_end *e = &t->end[end];
    bool scaled = e->scale >= 0 && t->end[!end].scale >= 0;
    unsigned shift = scaled ? (unsigned)e->scale : 0;

    if (!e->window_known)
        return;
    words_add(out, len, "%swindow %u", *out ? ", " : "",
              e->spoke ? (unsigned)e->window << (shift < 15 ? shift : 14) : e->window);
    /* A SYN's own window is never scaled; later ones are, and without both SYNs nobody knows how.
     */
    if (e->spoke && (!e->isn_known || !t->end[!end].isn_known))
        words_add(out, len, " (unscaled)");
}

void belief_tcp_detail(const struct belief *b, unsigned end, int64_t now_ns, char *out, size_t len)
{
    const struct tcp_life *t = &b->tcp;
    const struct tcp_end *e = &t->end[end];
    const struct tcp_sent *w = tcp_waiting(e, &b->flight[end]);
    uint8_t flags;
    uint32_t bytes = waiting_bytes(e, &b->flight[end], &flags);

    if (b->blind || e->state == TCP_UNKNOWN || e->state == TCP_RESET || e->state == TCP_CLOSED)
        return;
    if (t->attempt.pending && t->attempt.opener == end) {
        words_add(out, len, "SYN");
        belief_wait(&t->attempt.syn, now_ns, out, len);
        return;
    }
    if (w) {
        if (flags & TCP_SYN)
            words_add(out, len, e->state == TCP_SYN_RECEIVED ? "SYN ACK" : "SYN");
        else if (bytes)
            words_add(out, len, "%u bytes%s", bytes, flags & TCP_FIN ? " and FIN" : "");
        else
            words_add(out, len, "FIN");
        belief_wait(&w->o, now_ns, out, len);
    } else if (outstanding_open(&e->keep_alive)) {
        words_add(out, len, "keep-alive");
        belief_wait(&e->keep_alive, now_ns, out, len);
    }
    add_window(t, end, out, len);
}
