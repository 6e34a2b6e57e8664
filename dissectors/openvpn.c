/*
 * openvpn: the control channel of OpenVPN, over UDP and TCP (OpenVPN src/openvpn/ssl_pkt.h,
 * reliable.c, ssl.c).
 *
 * Every negotiation becomes a row, every control packet id one, and every stall: the lowest id that
 * stays unacknowledged while nothing new is sent.  How large the send window is differs between
 * versions (4, 6, others), so it is read off the trace.  TLS inside goes on to the tls dissector,
 * in order of ids; a resent id is not given twice.
 */
#include "config.h"

#include <string.h>

#include "base/times.h"
#include "dissectors/dissect.h"
#include "dissectors/keys.h"
#include "dissectors/openvpn_facts.h"
#include "dissectors/openvpn_wire.h"
#include "flow/flow.h"
#include "packet/packet.h"

#define UNSENT_NS   (8 * NS_PER_S)
#define TCP_LEN_MAX 2048u /* a control or data packet over TCP is this long at most */

/*
 * The server's answer in the key exchange inside TLS has 64 bytes of random and the options string
 * (ssl.c key_method_2_write); an alert or a Finished alone is shorter than this.
 */
#define KEY_REPLY_MIN  128u
#define KEY_REPLY_TURN 4u /* hello, server's flight, client's Finished, this */

/* -- one direction of a negotiation
 * ---------------------------------------------------------------- */

static struct openvpn_id *find_id(struct openvpn_half *h, uint32_t id)
{
    unsigned i;

    for (i = 0; i < h->n_ids; i++)
        if (h->ids[i].id == id)
            return &h->ids[i];
    return NULL;
}

/* Makes room: the lowest acknowledged id leaves, else the lowest. */
static void drop_id(struct dissect_ctx *ctx, const struct openvpn_negotiation *n,
                    struct openvpn_half *h, unsigned from)
{
    unsigned i = 0;

    while (i < h->n_ids && outstanding_open(&h->ids[i].o))
        i++;
    i = i == h->n_ids ? 0 : i;
    openvpn_emit_id(ctx, n, &h->ids[i], from);
    memmove(&h->ids[i], &h->ids[i + 1], (h->n_ids - i - 1u) * sizeof(h->ids[0]));
    h->n_ids--;
}

/* Resent, and no acknowledgement that got through is known. */
static bool is_in_vain(const struct openvpn_half *h, const struct openvpn_id *s)
{
    if (outstanding_open(&s->o))
        return s->o.n_resent > 0;
    return s->n_after_ack && s->o.last_ns > h->last_new_ns;
}

/* The lowest id that holds the window: not acknowledged, or resent although acknowledged here. */
static const struct openvpn_id *stuck_id(const struct openvpn_half *h)
{
    unsigned i;

    for (i = 0; i < h->n_ids; i++) {
        const struct openvpn_id *s = &h->ids[i];
        bool open = outstanding_open(&s->o);

        if (open || (s->n_after_ack && s->o.last_ns > h->last_new_ns))
            return s;
    }
    return NULL;
}

/* A stall ends now: something new was sent, or the negotiation is over. */
static void judge_stall(struct dissect_ctx *ctx, const struct openvpn_negotiation *n,
                        struct openvpn_half *h, bool over)
{
    const struct openvpn_id *s = NULL;
    struct openvpn_stall stall;
    unsigned i;

    if (over) {
        s = stuck_id(h);
    } else {
        /* What was resent since the last new id held up what is sent now. */
        for (i = 0; i < h->n_ids && !s; i++)
            if (h->ids[i].o.n_resent && h->ids[i].o.last_ns > h->last_new_ns)
                s = &h->ids[i];
    }
    /* Stock timers resend after 2 s; an id that is not resent for long is a sender that hangs. */
    if (!s || (!s->o.n_resent && n->last_ns - s->o.sent_ns < UNSENT_NS))
        return;
    stall = (struct openvpn_stall){
        .id = *s, .window = h->next - s->id, .recovered = !over, .seen = true
    };
    stall.stalled_ns = (over ? n->last_ns : ctx->now_ns) - s->o.sent_ns;
    if (s->o.answer_frame && !s->n_after_ack)
        stall.stalled_ns = s->o.answer_ns - s->o.sent_ns;
    for (i = 0; i < h->n_ids; i++)
        stall.n_above_acked += h->ids[i].id > s->id && h->ids[i].o.answer_frame;
    if (!h->stall.seen || !stall.recovered || stall.stalled_ns > h->stall.stalled_ns)
        h->stall = stall;
}

/* Does a ClientHello begin here, behind a ChangeCipherSpec or not (RFC 8446 section 4.1.2)? */
static bool is_client_hello(struct bytes in)
{
    if (bytes_peek(&in, 0) == 0x14)
        bytes_skip(&in, 6);
    return bytes_peek(&in, 0) == 0x16 && bytes_peek(&in, 5) == 1;
}

/*
 * Whose turn it is in the TLS handshake and the key exchange behind it.  An end says all it has and
 * waits for the other one; a second ClientHello (HelloRetryRequest) starts again.
 */
static void count_turn(const struct dissect_ctx *ctx, struct openvpn_negotiation *n,
                       const struct openvpn_packet *p)
{
    /* Of less than the head of a record and of its message nobody can say what it is. */
    if (!p->payload.left || (p->cut && p->payload.left < 6))
        return;
    if (!n->n_turns || n->turn_of != ctx->from) {
        if (n->n_turns < UINT8_MAX)
            n->n_turns++;
        n->turn_of = (uint8_t)ctx->from;
        n->turn_bytes = 0;
    }
    if (ctx->from == n->by && is_client_hello(p->payload))
        n->n_turns = 1;
    n->turn_bytes += (uint32_t)p->payload.left + p->missing;
    if (ctx->from != n->by && n->n_turns >= KEY_REPLY_TURN && n->turn_bytes >= KEY_REPLY_MIN &&
        !n->agreed_frame)
        n->agreed_frame = ctx->frame_no;
}

static void sent_id(struct dissect_ctx *ctx, struct openvpn_negotiation *n, unsigned from,
                    const struct openvpn_packet *p)
{
    struct openvpn_half *h = &n->half[from];
    struct openvpn_id *s = find_id(h, p->id);
    unsigned in_flight = 0, i;

    h->n_sent++;
    if (s) {
        h->n_resent++;
        s->n_after_ack += s->o.answer_frame != 0;
        outstanding_resend(&s->o, ctx->frame_no, ctx->now_ns);
        return;
    }
    if (h->next && p->id < h->next) /* an id that is forgotten already */
        return;
    judge_stall(ctx, n, h, false);
    count_turn(ctx, n, p);
    if (h->n_ids == OPENVPN_IDS_MAX)
        drop_id(ctx, n, h, from);
    s = &h->ids[h->n_ids++];
    *s = (struct openvpn_id){ .id = p->id, .size = ctx->packet ? ctx->packet->true_len : 0 };
    outstanding_send(&s->o, ctx->frame_no, ctx->now_ns);
    h->next = p->id + 1;
    h->last_new_ns = ctx->now_ns;
    for (i = 0; i < h->n_ids; i++)
        in_flight += outstanding_open(&h->ids[i].o);
    s->in_flight = (uint8_t)in_flight;
    /* From the lowest unacknowledged id on, acknowledged ones in between count as well. */
    for (i = 0; i < h->n_ids && !outstanding_open(&h->ids[i].o);)
        i++;
    if (i < h->n_ids && h->next - h->ids[i].id > h->window)
        h->window = h->next - h->ids[i].id;
}

static void acked_id(struct dissect_ctx *ctx, struct openvpn_negotiation *n, unsigned end, uint32_t id)
{
    struct openvpn_half *h = &n->half[end];
    struct openvpn_id *s = find_id(h, id);

    if (!s && id >= h->next)
        n->unseen_frame = ctx->frame_no;
    if (!s)
        return;
    if (!s->o.answer_frame)
        outstanding_answer(&s->o, ctx->frame_no, ctx->now_ns);
    s->last_ack_frame = ctx->frame_no;
    s->n_acks++;
}

/* -- TLS inside
 * ------------------------------------------------------------------------------------ */

/* Hands on what has become the next piece in order. */
static void deliver_ahead(struct dissect_ctx *ctx, const struct openvpn_negotiation *n,
                          struct openvpn_half *h)
{
    unsigned i = 0;

    while (i < OPENVPN_AHEAD_MAX) {
        struct openvpn_ahead *a = &h->ahead[i];

        if (a->len && a->id == h->deliver) {
            h->deliver++;
            dissect_carried_stream(ctx, "tls", n->number, bytes_of(a->bytes, a->len));
            a->len = 0;
            i = 0;
        } else {
            i++;
        }
    }
}

static void deliver(struct dissect_ctx *ctx, struct openvpn_negotiation *n, unsigned from,
                    const struct openvpn_packet *p)
{
    struct openvpn_half *h = &n->half[from];
    unsigned i;

    if (p->op != OPENVPN_CONTROL_V1 && p->op != OPENVPN_WKC_V1) {
        if (p->id == 0 && h->deliver == 0)
            h->deliver = 1;
        return;
    }
    if (p->cut) /* and nothing behind it either */
        return;
    if (p->id == h->deliver) {
        h->deliver++;
        dissect_carried_stream(ctx, "tls", n->number, p->payload);
        deliver_ahead(ctx, n, h);
        return;
    }
    if (p->id < h->deliver || p->payload.left > sizeof(h->ahead[0].bytes))
        return;
    for (i = 0; i < OPENVPN_AHEAD_MAX; i++)
        if (h->ahead[i].len && h->ahead[i].id == p->id)
            return;
    for (i = 0; i < OPENVPN_AHEAD_MAX && h->ahead[i].len;)
        i++;
    if (i == OPENVPN_AHEAD_MAX)
        return;
    h->ahead[i].id = p->id;
    h->ahead[i].len = (uint16_t)p->payload.left;
    memcpy(h->ahead[i].bytes, p->payload.p, p->payload.left);
}

/* -- negotiations
 * ---------------------------------------------------------------------------------- */

static void end_negotiation(struct dissect_ctx *ctx, struct openvpn_state *st, bool superseded)
{
    struct openvpn_negotiation *n = &st->now;
    unsigned end;

    if (!n->number)
        return;
    for (end = 0; end < 2; end++) {
        struct openvpn_half *h = &n->half[end];

        if (!n->done_frame)
            judge_stall(ctx, n, h, true);
        while (h->n_ids) {
            n->n_waiting += is_in_vain(h, &h->ids[0]);
            openvpn_emit_id(ctx, n, &h->ids[0], end);
            memmove(&h->ids[0], &h->ids[1], (h->n_ids - 1u) * sizeof(h->ids[0]));
            h->n_ids--;
        }
        if (h->stall.seen)
            openvpn_emit_stall(ctx, st, n, end);
    }
    openvpn_emit_negotiation(ctx, st, n, superseded);
    n->number = 0;
}

static void start_negotiation(struct dissect_ctx *ctx, struct openvpn_state *st, unsigned by,
                              uint8_t key_id, bool mid)
{
    end_negotiation(ctx, st, true);
    memset(&st->now, 0, sizeof(st->now));
    st->now = (struct openvpn_negotiation){
        .number = ++st->n_negotiations,
        .key_id = key_id,
        .by = (uint8_t)by,
        .mid = mid,
        .start_frame = ctx->frame_no,
        .start_ns = ctx->now_ns,
        .last_ns = ctx->now_ns,
    };
}

/* The tunnel was up, and one end starts from the beginning: this session is over. */
static void restart(struct dissect_ctx *ctx, struct openvpn_state *st)
{
    if (st->session.up_frame) {
        st->session.restart_frame = ctx->frame_no;
        st->session.restart_ns = ctx->now_ns;
        openvpn_doubt_silence(ctx, &st->session);
        openvpn_emit_session(ctx, st);
    }
    memset(&st->session, 0, sizeof(st->session));
}

/* The negotiation that a control packet belongs to; starts one where it must. */
static struct openvpn_negotiation *negotiation_of(struct dissect_ctx *ctx, struct openvpn_state *st,
                                                  const struct openvpn_packet *p)
{
    struct openvpn_negotiation *n = &st->now;
    struct openvpn_half *mine = &n->half[ctx->from];

    if (openvpn_is_client_reset(p->op)) {
        st->client = (uint8_t)ctx->from;
        st->client_known = true;
        if (!n->number || mine->sid != p->sid || n->key_id != 0) {
            restart(ctx, st);
            start_negotiation(ctx, st, ctx->from, 0, false);
        }
    } else if (openvpn_is_server_reset(p->op)) {
        st->client = !ctx->from;
        st->client_known = true;
        if (!n->number || n->key_id != 0 || (mine->sid_known && mine->sid != p->sid))
            start_negotiation(ctx, st, !ctx->from, 0, true);
    } else if (!n->number || (p->op == OPENVPN_SOFT_RESET_V1 && n->key_id != p->key_id)) {
        start_negotiation(ctx, st, ctx->from, p->key_id, p->op != OPENVPN_SOFT_RESET_V1);
    } else if (n->key_id != p->key_id) {
        return NULL; /* the old key's last words */
    }
    return n;
}

static void control(struct dissect_ctx *ctx, struct openvpn_state *st,
                    const struct openvpn_packet *p)
{
    struct openvpn_negotiation *n = negotiation_of(ctx, st, p);
    struct openvpn_half *mine, *other;
    unsigned i;

    if (!n)
        return;
    mine = &n->half[ctx->from];
    other = &n->half[!ctx->from];
    mine->sid = p->sid;
    mine->sid_known = true;
    n->last_ns = ctx->now_ns;
    n->last_frame = ctx->frame_no;
    n->encrypted = n->encrypted || p->encrypted;
    if (openvpn_is_client_reset(p->op))
        n->n_resets++;
    if (ctx->from != n->by && !n->answer_frame) {
        n->answer_frame = ctx->frame_no;
        n->answer_ns = ctx->now_ns;
    }
    if (ctx->from == n->by && (p->op == OPENVPN_CONTROL_V1 || p->op == OPENVPN_WKC_V1))
        n->n_own_controls++;
    if (p->cut && !n->cut_frame)
        n->cut_frame = ctx->frame_no;
    if (ctx->from == n->by && !openvpn_is_client_reset(p->op) && p->op != OPENVPN_SOFT_RESET_V1 &&
        !n->went_on_frame)
        n->went_on_frame = ctx->frame_no;
    if (p->encrypted) {
        mine->n_sent++;
        return;
    }
    if (p->n_acks && (!other->sid_known || p->remote_sid == other->sid))
        for (i = 0; i < p->n_acks; i++)
            acked_id(ctx, n, !ctx->from, p->acks[i]);
    if (p->has_id) {
        sent_id(ctx, n, ctx->from, p);
        deliver(ctx, n, ctx->from, p);
    }
}

static void data(struct dissect_ctx *ctx, struct openvpn_state *st, const struct openvpn_packet *p)
{
    struct openvpn_negotiation *n = &st->now;
    struct openvpn_session *s = &st->session;

    s->n_data[ctx->from]++;
    s->peer_id[ctx->from] = p->peer_id;
    if (n->number && n->key_id == p->key_id && ctx->from == n->by && !n->own_data_frame)
        n->own_data_frame = ctx->frame_no;
    if (n->number && n->key_id == p->key_id && !n->done_frame) {
        n->data[ctx->from] = true;
        if (n->data[0] && n->data[1]) {
            n->done_frame = ctx->frame_no;
            n->done_ns = ctx->now_ns;
        }
    }
    if (s->n_data[0] && s->n_data[1] && !s->up_frame) {
        s->up_frame = ctx->frame_no;
        s->up_ns = ctx->now_ns;
    }
}

/* With the right static key, tls-crypt reads like plain. */
static void open_sealed(struct dissect_ctx *ctx, struct openvpn_packet *p)
{
    uint8_t *text =
        ctx->keys && ctx->keys->n_openvpn ? dissect_scratch(ctx, OPENVPN_TEXT_MAX) : NULL;
    size_t i;

    for (i = 0; text && i < ctx->keys->n_openvpn && p->encrypted; i++)
        openvpn_open(p, ctx->keys->openvpn[i], text);
}

/* The ids were captured, and not all of what comes behind them. */
static void note_cut(const struct dissect_ctx *ctx, struct bytes in, struct openvpn_packet *p)
{
    const struct packet *k = ctx->packet;

    if (k && in.p == k->payload && in.left < k->payload_wire_len && p->control) {
        p->cut = true;
        p->missing = k->payload_wire_len - (uint32_t)in.left;
    }
}

/* A control packet that was cut short says who it is from and what it is, no more. */
static bool parse_cut(const struct dissect_ctx *ctx, struct bytes in, struct openvpn_packet *p)
{
    const struct packet *k = ctx->packet;
    const struct openvpn_state *st = dissect_state(ctx);

    return k && in.p == k->payload && in.left < k->payload_wire_len &&
           openvpn_parse_cut(in, k->payload_wire_len, st->n_packets > 0, p);
}

static enum dissect_result one_packet(struct dissect_ctx *ctx, struct bytes in)
{
    struct openvpn_state *st = dissect_state(ctx);
    struct openvpn_wrapping *w;
    struct openvpn_packet p;
    uint8_t first = bytes_peek(&in, 0);

    if (in.left == 0)
        return DISSECT_SHORT;
    w = &st->wrapping[(first & 7) != 0];
    if (!openvpn_is_data(first >> 3)) {
        struct openvpn_wrapping learnt;

        /* A renegotiation may be wrapped otherwise (dynamic tls-crypt), a new session anyhow. */
        if ((w->wrap == WRAP_UNKNOWN || openvpn_is_client_reset(first >> 3) ||
             (first >> 3) == OPENVPN_SOFT_RESET_V1) &&
            openvpn_learn(in, ctx->now_ns / NS_PER_S, &learnt))
            *w = learnt;
        if (w->wrap == WRAP_UNKNOWN)
            *w = st->wrapping[0];
    }
    if (openvpn_parse(in, w, &p))
        note_cut(ctx, in, &p);
    else if (!parse_cut(ctx, in, &p))
        return st->n_packets ? DISSECT_BAD : DISSECT_NOT_MINE;
    if (p.encrypted)
        open_sealed(ctx, &p);
    st->n_packets++;
    dissect_count(ctx, COUNT_OPENVPN);
    if (p.control)
        control(ctx, st, &p);
    else
        data(ctx, st, &p);
    openvpn_heard(ctx, &st->session);
    return DISSECT_OK;
}

static bool openvpn_claims(const struct dissect_ctx *ctx, struct bytes in)
{
    struct openvpn_wrapping w;

    if (ctx->packet && ctx->packet->l4 == 6) {
        uint16_t len = bytes_be16(&in);

        if (len < 14 || len > TCP_LEN_MAX || in.left < len)
            return false;
        in.left = len;
    }
    return openvpn_learn(in, ctx->now_ns / NS_PER_S, &w);
}

static enum dissect_result openvpn_packet(struct dissect_ctx *ctx, struct bytes in)
{
    return one_packet(ctx, in);
}

/* Over TCP each packet has its length in front. */
static enum dissect_result openvpn_stream(struct dissect_ctx *ctx, struct bytes in, size_t *used)
{
    size_t total = in.left;

    while (in.left >= 2) {
        struct bytes next = in;
        uint16_t len = bytes_be16(&next);

        if (len == 0 || len > TCP_LEN_MAX)
            return DISSECT_NOT_MINE;
        if (next.left < len)
            break;
        bytes_skip(&in, 2u + len);
        next.left = len;
        if (one_packet(ctx, next) == DISSECT_NOT_MINE)
            return DISSECT_NOT_MINE;
    }
    *used = total - in.left;
    return in.left ? DISSECT_MORE : DISSECT_OK;
}

/* Of an unfinished negotiation some id is not acknowledged, or the key exchange, whose turns can be
 * followed, stopped half-way, for longer than a moment. */
static bool is_waiting(const struct openvpn_negotiation *n, int64_t now_ns)
{
    unsigned end, i;

    if (!n->number || n->done_frame)
        return false;
    /* Nobody could follow it; of a renegotiation the old key's data says that the tunnel is up. */
    if (n->cut_frame && n->key_id == 0 && !n->own_data_frame && !n->agreed_frame)
        return true;
    if (n->n_turns && !n->agreed_frame && !n->own_data_frame && !n->unseen_frame &&
        now_ns - n->last_ns >= FLOW_PATIENCE_NS)
        return true;
    for (end = 0; end < 2; end++)
        for (i = 0; i < n->half[end].n_ids; i++)
            if (outstanding_open(&n->half[end].ids[i].o) &&
                now_ns - n->half[end].ids[i].o.sent_ns >= FLOW_PATIENCE_NS)
                return true;
    return false;
}

static void openvpn_end(struct dissect_ctx *ctx)
{
    struct openvpn_state *st = dissect_state(ctx);

    if (!st->n_packets)
        return;
    if (is_waiting(&st->now, ctx->now_ns) &&
        !(ctx->flow->tcp && ctx->flow->tcp->closed_frame))
        ctx->flow->outstanding = true;
    end_negotiation(ctx, st, false);
    openvpn_doubt_silence(ctx, &st->session);
    openvpn_emit_session(ctx, st);
}

const struct dissector openvpn_dissector = {
    .name = "openvpn",
    .app = "OpenVPN",
    .spec = "OpenVPN src/openvpn/ssl_pkt.h, reliable.c (v2.1 to v2.6)",
    .bind = { { KEY_UDP_PORT, 1194 } },
    .facts = openvpn_fact_kinds,
    .state_size = sizeof(struct openvpn_state),
    .claims = openvpn_claims,
    .packet = openvpn_packet,
    .stream = openvpn_stream,
    .end = openvpn_end,
};
