#include "config.h"

#include "frame/belief.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "frame/belief_tcp.h"
#include "frame/scan.h"
#include "frame/words.h"
#include "packet/packet.h"
#include "store/sql.h"
#include "store/store.h"

static const char ping_sql[] =
    "SELECT ping_frame, ping_ns, client FROM mqtt_session WHERE source = ?1 AND flow = ?2 "
    "AND read_by <> 'content' AND ping_frame IS NOT NULL ORDER BY id LIMIT 1";

/* A PINGREQ inside TLS that was never answered. */
static int learn_ping(struct store *s, uint32_t source, uint32_t flow, struct belief_about *about,
                      struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc;

    if (sql_prepare(store_db(s), ping_sql, &st, NULL))
        return ERR_OK; /* a case without such facts */
    sqlite3_bind_int64(st, 1, source);
    sqlite3_bind_int64(st, 2, flow);
    rc = sql_step(st, err);
    if (rc == 1) {
        about->ping_frame = (uint64_t)sqlite3_column_int64(st, 0);
        about->ping_ns = scan_tame(sqlite3_column_int64(st, 1));
        about->ping_end = strcmp(sql_text(st, 2), "b") == 0;
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

int belief_learn(struct store *s, uint32_t source, uint32_t flow, const char *proto,
                 const char *app, bool no_ends, struct belief_about *about, struct err *err)
{
    int rc = ERR_OK;

    *about = (struct belief_about){ .no_ends = no_ends };
    about->openvpn = strcmp(app, "OpenVPN") == 0;
    about->mqtt = strcmp(app, "MQTT") == 0;
    if (strcmp(proto, "tcp") == 0) {
        about->kind = BELIEF_TCP;
        rc = belief_tcp_learn(s, source, flow, about, err);
        if (!rc)
            rc = learn_ping(s, source, flow, about, err);
    } else if (strcmp(proto, "pppoe") == 0) {
        about->kind = BELIEF_PPP;
    } else if (about->openvpn) {
        about->kind = BELIEF_OPENVPN;
    }
    if (!rc && about->openvpn)
        rc = belief_openvpn_learn(s, source, flow, about, err);
    return rc;
}

void belief_start(struct belief *b, const struct belief_about *about)
{
    memset(b, 0, sizeof(*b));
    b->ppp.no_ends = about->no_ends;
    if (about->opened) {
        b->tcp = about->start;
        b->flight[0] = about->start_flight;
    } else {
        tcp_start(&b->tcp);
    }
}

/* -- frames ------------------------------------------------------------------------------------ */

/* PINGREQ and PINGRESP are segments of their own: two bytes (MQTT 3.1.1 section 3.12). */
static void mqtt(struct belief *b, const struct store_packet *row, const struct packet *p)
{
    if (p->payload_len != 2 || p->payload_wire_len != 2 || p->payload[1] != 0)
        return;
    if (p->payload[0] == 0xc0) {
        b->ping_end = row->from_b;
        if (outstanding_open(&b->ping))
            outstanding_resend(&b->ping, row->frame_no, b->now_ns);
        else
            outstanding_send(&b->ping, row->frame_no, b->now_ns);
    } else if (p->payload[0] == 0xd0 && outstanding_open(&b->ping)) {
        outstanding_answer(&b->ping, row->frame_no, b->now_ns);
    }
}

static void tcp(struct belief *b, const struct belief_about *about, const struct store_packet *row,
                const struct packet *p)
{
    bool again = row->marks & (TCP_MARK_COPY | TCP_MARKS_RESENT);

    if (p->l4 != 6) {
        b->blind = b->blind || !(row->marks & TCP_MARK_COPY);
        return;
    }
    belief_tcp_frame(b, row, p);
    if (about->mqtt && !again)
        mqtt(b, row, p);
    if (about->openvpn && !again && p->payload_len)
        belief_openvpn_segment(&b->openvpn, row, bytes_of(p->payload, p->payload_len), b->now_ns);
}

void belief_frame(struct belief *b, const struct belief_about *about,
                  const struct store_packet *row, const struct packet *p)
{
    b->frame_no = row->frame_no;
    if (row->has_time)
        b->now_ns = row->time_ns;
    if (about->kind == BELIEF_NONE || b->blind)
        return;
    if (!p) {
        b->blind = !(row->marks & TCP_MARK_COPY);
        return;
    }
    if (about->kind == BELIEF_TCP)
        tcp(b, about, row, p);
    else if (about->kind == BELIEF_PPP)
        belief_ppp_frame(&b->ppp, row, p, b->now_ns);
    else if (p->l4 == 17 && p->payload_len && !(row->marks & TCP_MARK_COPY))
        belief_openvpn_packet(&b->openvpn, row, bytes_of(p->payload, p->payload_len), b->now_ns);
}

bool belief_resent(const struct belief *b)
{
    return b->frame_no &&
           (b->openvpn.resent_frame == b->frame_no || b->ppp.resent_frame == b->frame_no);
}

/* -- text -------------------------------------------------------------------------------------- */

void belief_state(const struct belief *b, const struct belief_about *about, unsigned end, char *out,
                  size_t len)
{
    *out = '\0';
    if (about->kind == BELIEF_TCP)
        belief_tcp_state(b, about, end, out, len);
    else if (about->kind != BELIEF_NONE && b->blind)
        words_add(out, len, "?");
    else if (about->kind == BELIEF_PPP)
        belief_ppp_state(&b->ppp, end, out, len);
    else if (about->kind == BELIEF_OPENVPN)
        belief_openvpn_state(&b->openvpn, end, about->window[end], out, len);
}

void belief_wait(const struct outstanding *o, int64_t now_ns, char *out, size_t len)
{
    int64_t waited = outstanding_waited_ns(o, now_ns);
    char span[WORDS_SPAN_LEN];

    if (!waited && !o->n_resent)
        words_add(out, len, " in flight");
    else
        words_add(out, len, " unanswered for %s", words_span(waited, span));
    if (o->n_resent)
        words_add(out, len, ", sent %u times", o->n_resent + 1);
}

static void add_ping(const struct belief *b, const struct belief_about *about, unsigned end,
                     int64_t now_ns, char *out, size_t len)
{
    struct outstanding guessed = { .sent_frame = about->ping_frame, .sent_ns = about->ping_ns };
    bool clear = outstanding_open(&b->ping) && b->ping_end == end;
    bool inside = about->ping_frame && b->frame_no >= about->ping_frame && about->ping_end == end;
    char span[WORDS_SPAN_LEN];
    int64_t waited;

    if (!clear && !inside)
        return;
    waited = outstanding_waited_ns(clear ? &b->ping : &guessed, now_ns);
    words_add(out, len, "%sping %s%s%s", *out ? ", " : "", waited ? "waits " : "sent",
              waited ? words_span(waited, span) : "", clear ? "" : " (by record size)");
}

void belief_detail(const struct belief *b, const struct belief_about *about, unsigned end,
                   int64_t now_ns, char *out, size_t len)
{
    *out = '\0';
    if (b->blind)
        return;
    switch (about->kind) {
    case BELIEF_TCP:
        belief_tcp_detail(b, end, now_ns, out, len);
        if (b->tcp.end[end].state != TCP_RESET && b->tcp.end[end].state != TCP_CLOSED)
            add_ping(b, about, end, now_ns, out, len);
        if (about->openvpn && b->openvpn.end[end].heard) {
            words_add(out, len, "%s", *out ? "; " : "");
            belief_openvpn_state(&b->openvpn, end, about->window[end], out, len);
        }
        break;
    case BELIEF_PPP:
        belief_ppp_detail(&b->ppp, end, now_ns, out, len);
        break;
    case BELIEF_OPENVPN:
        belief_openvpn_detail(&b->openvpn, end, now_ns, out, len);
        break;
    default:
        break;
    }
}
