/*
 * tcp: turns what the TCP machine (flow/tcp.h) saw into facts.
 *
 * Ordinary SYNs, FINs and ACKs are columns of tcp_life; a row of its own is written only for what
 * a rule or a person asks about: an attempt on a live four-tuple, something that was never or only
 * late acknowledged, a RST.
 */
#include "config.h"

#include <string.h>

#include "dissectors/dissect.h"
#include "flow/flow.h"

#define REPAIRED_MIN_NS INT64_C(1000000000) /* waits that ended well are kept from 1 s on */

/* clang-format off */
static const struct fact_column life_columns[] = {
    { "syn_frame", FACT_INT, "frame", "first SYN of the opener; NULL: not captured", FACT_CITES_ORDINARY },
    { "synack_frame", FACT_INT, "frame", "first SYN/ACK", FACT_CITES_ORDINARY },
    { "established_frame", FACT_INT, "frame", "the ACK that completed the handshake", 0 },
    { "a_isn", FACT_INT, "", "initial sequence number of a", 0 },
    { "b_isn", FACT_INT, "", "initial sequence number of b", 0 },
    { "a_fin_frame", FACT_INT, "frame", "first FIN of a", 0 },
    { "b_fin_frame", FACT_INT, "frame", "first FIN of b", 0 },
    { "rst_frame", FACT_INT, "frame", "the RST that counted, else the first one", FACT_CITES_ORDINARY },
    { "rst_by", FACT_TEXT, "", "a or b: who sent it", 0 },
    { "rst_verdict", FACT_TEXT, "", "where it goes: exact, in-window, outside, unknown (RFC 5961 section 3.2)", 0 },
    { "refused_frame", FACT_INT, "frame", "RST that answered the first SYN", FACT_CITES_ORDINARY },
    { "closed_frame", FACT_INT, "frame", "after this segment neither end holds the life", 0 },
    { "end_state", FACT_TEXT, "", "closed, reset, refused, unanswered (no SYN/ACK), open, replaced, evicted", 0 },
    { "a_state", FACT_TEXT, "", "what a believed at the end", 0 },
    { "b_state", FACT_TEXT, "", "what b believed at the end", 0 },
    { "a_data_frame", FACT_INT, "frame", "first data of a", 0 },
    { "b_data_frame", FACT_INT, "frame", "first data of b", 0 },
    { "a_acked", FACT_INT, "bytes", "of a's bytes, acknowledged by b", 0 },
    { "b_acked", FACT_INT, "bytes", "of b's bytes, acknowledged by a", 0 },
    { "a_resent", FACT_INT, "", "retransmissions of a (as tcp.analysis.retransmission)", 0 },
    { "b_resent", FACT_INT, "", "retransmissions of b", 0 },
    { "out_of_order", FACT_INT, "", "segments out of order", 0 },
    { "lost", FACT_INT, "", "segments that follow a hole in the capture", 0 },
    { "dup_acks", FACT_INT, "", "duplicate ACKs", 0 },
    { "keep_alives", FACT_INT, "", "keep-alive probes", 0 },
    { "zero_windows", FACT_INT, "", "segments with window 0", 0 },
    { "older_flow", FACT_INT, "flow", "the life of this four-tuple before this one", 0 },
    { "states", FACT_BLOB, "", "belief changes: per change varint frame distance, end * 16 + state", 0 },
};
const struct fact_kind tcp_life_fact = {
    "tcp_life", FACT_OF_FLOW, "one life (incarnation) of a TCP four-tuple, written when it ends",
    life_columns, sizeof(life_columns) / sizeof(life_columns[0]),
};

static const struct fact_column attempt_columns[] = {
    { "opener", FACT_TEXT, "", "a or b of the flow: who sent the SYN", 0 },
    { "old_captured", FACT_INT, "bool", "the life it hits was captured; 0: flow is the attempt's own", 0 },
    { "held", FACT_TEXT, "", "what the other end believed of the old life", 0 },
    { "old_syn_frame", FACT_INT, "frame", "SYN of the old life", FACT_CITES },
    { "isn", FACT_INT, "", "sequence number of the new SYN", 0 },
    { "isn_delta", FACT_INT, "", "new SYN's minus the old one's, signed modulo 2^32", 0 },
    { "quiet_frame", FACT_INT, "frame", "last segment of the old life before the SYN", FACT_CITES },
    { "quiet_ns", FACT_INT, "ns", "from there to the SYN", 0 },
    { "syn_frame", FACT_INT, "frame", "first SYN of the attempt", FACT_CITES },
    { "n_syn", FACT_INT, "", "SYNs of the attempt", 0 },
    { "last_syn_frame", FACT_INT, "frame", "last SYN of the attempt", FACT_CITES },
    { "last_syn_ns", FACT_INT, "ns", "its time", 0 },
    { "challenge_frame", FACT_INT, "frame", "first challenge ACK", FACT_CITES },
    { "n_challenge", FACT_INT, "", "challenge ACKs", 0 },
    { "challenge_seq", FACT_INT, "", "its sequence number", 0 },
    { "challenge_ack", FACT_INT, "", "its acknowledgement number: of the old life", 0 },
    { "challenge_exact", FACT_INT, "bool", "both numbers are the old life's next ones", 0 },
    { "rst_frame", FACT_INT, "frame", "the opener's RST", FACT_CITES },
    { "rst_exact", FACT_INT, "bool", "its sequence number is the one that the other end accepts", 0 },
    { "n_rst", FACT_INT, "", "RSTs of the opener", 0 },
    { "retry_frame", FACT_INT, "frame", "first SYN after that RST", FACT_CITES },
    { "refused_frame", FACT_INT, "frame", "the other end's RST to the SYN", FACT_CITES },
    { "refused_by_old", FACT_INT, "bool", "that RST carries the old life's next sequence number", 0 },
    { "synack_frame", FACT_INT, "frame", "SYN/ACK that answered at last", FACT_CITES },
    { "new_flow", FACT_INT, "flow", "the life that came of it", FACT_KEY },
    { "forgotten", FACT_INT, "bool", "whether the capture has the old life is not known: memory was full", 0 },
};
static const struct fact_kind attempt_fact = {
    "tcp_attempt", FACT_OF_FRAME,
    "an end opened a four-tuple again although the other end, as far as known, still held it",
    attempt_columns, sizeof(attempt_columns) / sizeof(attempt_columns[0]),
};

static const struct fact_column waiting_columns[] = {
    { "sent_by", FACT_TEXT, "", "a or b", 0 },
    { "what", FACT_TEXT, "", "data, fin, syn, syn-ack, keep-alive", 0 },
    { "seq", FACT_INT, "", "sequence number", 0 },
    { "sent_frame", FACT_INT, "frame", "first sending", FACT_CITES },
    { "resent", FACT_INT, "", "how often it was sent again", 0 },
    { "resend_frame", FACT_INT, "frame", "first resend", FACT_CITES },
    { "last_frame", FACT_INT, "frame", "last sending", FACT_CITES },
    { "last_ns", FACT_INT, "ns", "its time", 0 },
    { "answer_frame", FACT_INT, "frame", "acknowledged by; NULL: never", FACT_CITES },
    { "waited_ns", FACT_INT, "ns", "to the answer, to the life's end or to the capture's end", 0 },
    { "window", FACT_INT, "bytes", "last window the other end advertised, not scaled", 0 },
    { "acked_before", FACT_INT, "bytes", "of this end's bytes, acknowledged before", 0 },
    { "probes_answered", FACT_INT, "", "of this end's keep-alive probes, answered before", 0 },
    { "heard_frame", FACT_INT, "frame", "last segment of the other end; NULL: it was never heard", FACT_CITES },
    { "heard_ns", FACT_INT, "ns", "its time", 0 },
    { "fin_frame", FACT_INT, "frame", "the sender closed: its FIN", FACT_CITES },
    { "peer_fin_frame", FACT_INT, "frame", "the other end closed: its FIN", FACT_CITES },
    { "rst_frame", FACT_INT, "frame", "a RST ended the life", FACT_CITES },
    { "rst_by", FACT_TEXT, "", "a or b", 0 },
    { "rst_short", FACT_INT, "bool", "that RST is the other end's own decision, and acknowledges less than this", 0 },
    { "unseen_frame", FACT_INT, "frame", "shows that the sender meanwhile heard a segment that is not in this capture", FACT_CITES },
    { "approximate", FACT_INT, "bool", "so much was in flight that sent_frame may be too early", 0 },
};
static const struct fact_kind waiting_fact = {
    "tcp_waiting", FACT_OF_FRAME,
    "something sent that was never acknowledged, or only after resends and a second or more",
    waiting_columns, sizeof(waiting_columns) / sizeof(waiting_columns[0]),
};

static const struct fact_column half_open_columns[] = {
    { "sent_by", FACT_TEXT, "", "a or b: who sent the RST", 0 },
    { "what", FACT_TEXT, "", "what it answers: data, keep-alive", 0 },
    { "sent_frame", FACT_INT, "frame", "first sending of that", FACT_CITES },
    { "sent_ns", FACT_INT, "ns", "its time", 0 },
    { "resent", FACT_INT, "", "how often it was sent again", 0 },
    { "asked_frame", FACT_INT, "frame", "last segment before the RST of the end that it goes to", FACT_CITES },
    { "asked_ns", FACT_INT, "ns", "its time", 0 },
    { "heard_frame", FACT_INT, "frame", "last segment before the RST of the end that sent it", FACT_CITES },
    { "heard_ns", FACT_INT, "ns", "its time", 0 },
    { "unseen", FACT_INT, "bool", "that end had sent more than this capture has: a FIN, perhaps", 0 },
    { "denied_frame", FACT_INT, "frame", "that end sends other segments a second later: the RST is a forgery", FACT_CITES },
};
static const struct fact_kind half_open_fact = {
    "tcp_half_open", FACT_OF_FRAME,
    "a RST without acknowledgement answered an open connection: the end it comes from does not know it",
    half_open_columns, sizeof(half_open_columns) / sizeof(half_open_columns[0]),
};
/* clang-format on */

static const struct fact_kind *const kinds[] = { &tcp_life_fact, &attempt_fact, &waiting_fact,
                                                 &half_open_fact, NULL };

static struct fact_value frame_value(uint64_t frame_no)
{
    return fact_int_if(frame_no, (int64_t)frame_no);
}

static const char *rst_name(enum tcp_rst v)
{
    static const char *const names[] = {
        [RST_NONE] = NULL,
        [RST_EXACT] = "exact",
        [RST_IN_WINDOW] = "in-window",
        [RST_OUTSIDE] = "outside",
        [RST_UNKNOWN] = "unknown",
    };

    return names[v];
}

static const char *end_state(const struct flow *f)
{
    const struct tcp_life *t = f->tcp;

    if (t->refused_frame)
        return "refused";
    if (t->rst_frame && t->closed_frame == t->rst_frame)
        return "reset";
    if (t->closed_frame)
        return "closed";
    if (t->syn_frame && !t->synack_frame && !t->end[1].spoke)
        return "unanswered";
    return "open";
}

/* Frame distances and states, a few bytes for the usual life. */
static size_t pack_changes(const struct flow *f, uint8_t *out)
{
    uint64_t at = f->first_frame;
    size_t n = 0;
    unsigned i;

    for (i = 0; i < f->tcp->n_changes; i++) {
        const struct tcp_change *c = &f->tcp->changes[i];
        uint64_t step = c->frame_no > at ? c->frame_no - at : 0;

        at += step;
        for (; step >= 0x80; step >>= 7)
            out[n++] = (uint8_t)(step | 0x80);
        out[n++] = (uint8_t)step;
        out[n++] = (uint8_t)(c->end << 4 | c->state);
    }
    return n;
}

static void emit_life(struct dissect_ctx *ctx)
{
    const struct flow *f = ctx->flow;
    const struct tcp_life *t = f->tcp;
    const struct tcp_end *a = &t->end[0], *b = &t->end[1];
    uint8_t states[TCP_STATES_MAX * 11];
    size_t n = pack_changes(f, states);

    fact_emit_at(ctx, &tcp_life_fact, f->first_frame, f->first_ns,
                 (struct fact_value[]){
                     frame_value(t->syn_frame),
                     frame_value(t->synack_frame),
                     frame_value(t->established_frame),
                     fact_int_if(a->isn_known, a->isn),
                     fact_int_if(b->isn_known, b->isn),
                     frame_value(a->fin_frame),
                     frame_value(b->fin_frame),
                     frame_value(t->rst_frame),
                     t->rst_frame ? fact_end(t->rst_by) : fact_null(),
                     fact_text(rst_name(t->rst_verdict)),
                     frame_value(t->refused_frame),
                     frame_value(t->closed_frame),
                     fact_text(end_state(f)),
                     fact_text(tcp_state_name(a->state)),
                     fact_text(tcp_state_name(b->state)),
                     frame_value(a->first_data_frame),
                     frame_value(b->first_data_frame),
                     fact_int((int64_t)a->acked_bytes),
                     fact_int((int64_t)b->acked_bytes),
                     fact_int(a->n_retransmission),
                     fact_int(b->n_retransmission),
                     fact_int(a->n_out_of_order + b->n_out_of_order),
                     fact_int(a->n_lost + b->n_lost),
                     fact_int(a->n_dup_acks + b->n_dup_acks),
                     fact_int(a->n_keep_alive + b->n_keep_alive),
                     fact_int(a->n_zero_window + b->n_zero_window),
                     fact_int_if(f->older_id, f->older_id),
                     fact_blob(states, n),
                 });
}

/*
 * A RST that an end sends by itself acknowledges what it had received, no more and no less.  One that
 * answers a segment carries no acknowledgement (RFC 9293 section 3.10.7.1), or one of that segment, as
 * lwIP's does (tcp_in.c: seqno + tcplen).  Of a probe the two cannot be told apart.
 */
static bool rst_is_short(const struct tcp_life *t, unsigned end, const char *what, uint32_t seq)
{
    const struct tcp_end *r = &t->end[!end];

    return t->rst_frame && t->rst_by != end && t->rst_has_ack && r->ack_known &&
           t->rst_ack == r->ack && tcp_diff(t->rst_ack, seq) <= 0 &&
           strcmp(what, "keep-alive") != 0;
}

static void emit_waiting(struct dissect_ctx *ctx, unsigned end, const char *what, uint32_t seq,
                         const struct outstanding *o)
{
    const struct tcp_life *t = ctx->flow->tcp;
    const struct tcp_end *e = &t->end[end], *r = &t->end[!end];
    int64_t until = t->closed_frame ? t->closed_ns : ctx->now_ns;

    fact_emit_at(ctx, &waiting_fact, o->sent_frame, o->sent_ns,
                 (struct fact_value[]){
                     fact_end(end),
                     fact_text(what),
                     fact_int(seq),
                     frame_value(o->sent_frame),
                     fact_int(o->n_resent),
                     frame_value(o->resend_frame),
                     frame_value(o->last_frame),
                     fact_int(o->last_ns),
                     frame_value(o->answer_frame),
                     fact_int(outstanding_waited_ns(o, until)),
                     fact_int_if(r->window_known, r->window),
                     fact_int((int64_t)e->acked_bytes),
                     fact_int(e->n_probes_answered),
                     frame_value(r->last_frame),
                     fact_int_if(r->last_frame, r->last_ns),
                     frame_value(e->fin_frame),
                     frame_value(r->fin_frame),
                     frame_value(t->rst_frame),
                     t->rst_frame ? fact_end(t->rst_by) : fact_null(),
                     fact_int(rst_is_short(t, end, what, seq)),
                     frame_value(e->unseen_frame > o->sent_frame ? e->unseen_frame : 0),
                     fact_int(e->flight_joined),
                 });
}

static const char *piece_name(const struct tcp_sent *p, unsigned end)
{
    if (p->flags & TCP_SYN)
        return end ? "syn-ack" : "syn";
    return p->flags & TCP_FIN && p->end - p->seq == 1 ? "fin" : "data";
}

static void emit_waits(struct dissect_ctx *ctx)
{
    const struct tcp_life *t = ctx->flow->tcp;
    unsigned end;

    for (end = 0; end < 2; end++) {
        const struct tcp_end *e = &t->end[end];
        const struct tcp_sent *p = flow_waiting(ctx->flow, end);

        if (e->repaired.sent_frame && outstanding_waited_ns(&e->repaired, 0) >= REPAIRED_MIN_NS)
            emit_waiting(ctx, end, "data", e->repaired_seq, &e->repaired);
        if (p)
            emit_waiting(ctx, end, piece_name(p, end), p->seq, &p->o);
        if (outstanding_open(&e->keep_alive))
            emit_waiting(ctx, end, "keep-alive", e->nxt - 1, &e->keep_alive);
    }
}

/*
 * An end that does not know a connection answers its segments with a RST that has no
 * acknowledgement, and whose sequence number is the one they ask for (RFC 9293 sections 3.5.1
 * and 3.10.7.1).  A program that aborts a connection sends one with an acknowledgement
 * (section 3.10.5); so does lwIP, whatever it answers, so that of lwIP nothing is said.
 */
static void emit_half_open(struct dissect_ctx *ctx)
{
    const struct tcp_life *t = ctx->flow->tcp;
    unsigned end = !t->rst_by; /* who still knows it */
    const struct tcp_end *e = &t->end[end], *r = &t->end[t->rst_by];
    const struct tcp_sent *p = flow_waiting(ctx->flow, end);
    bool probe = !p && outstanding_open(&e->keep_alive);
    /* Of a capture that begins later nobody knows whether it had said goodbye, unless it still
     * sends. */
    bool begun_later = !t->established_frame && !r->first_data_frame;
    const struct outstanding *o = probe ? &e->keep_alive : p ? &p->o : NULL;

    if (!t->rst_frame || t->closed_frame != t->rst_frame || t->rst_has_ack || !e->ack_known ||
        t->rst_seq != e->ack || !o || o->sent_frame > t->rst_frame ||
        (p && p->flags & (TCP_SYN | TCP_FIN)))
        return;
    /* It is over for who has said goodbye. */
    if ((r->fin_seen && r->fin_frame < t->rst_frame) ||
        (e->fin_seen && e->fin_frame < t->rst_frame))
        return;
    /* It had worked; and it did not go on, as it does if the RST was a forgery and came to nothing.
     */
    if (!t->rst_heard_frame || e->acked_bytes + r->acked_bytes == 0 ||
        e->last_advance_frame > t->rst_frame || r->last_advance_frame > t->rst_frame ||
        (tcp_diff(r->nxt, t->rst_seq) > 0 && !t->rst_denied_frame))
        return;
    fact_emit_at(ctx, &half_open_fact, t->rst_frame, t->rst_ns,
                 (struct fact_value[]){
                     fact_end(t->rst_by),
                     fact_text(probe ? "keep-alive" : "data"),
                     frame_value(o->sent_frame),
                     fact_int(o->sent_ns),
                     fact_int(o->n_resent),
                     frame_value(t->rst_asked_frame),
                     fact_int(t->rst_asked_ns),
                     frame_value(t->rst_heard_frame),
                     fact_int(t->rst_heard_ns),
                     fact_int(t->rst_unseen || begun_later),
                     frame_value(t->rst_denied_frame),
                 });
}

static void tcp_attempt_done(struct dissect_ctx *ctx, const struct tcp_attempt *a)
{
    const struct tcp_life *next = ctx->next_life ? ctx->next_life->tcp : NULL;
    bool old = a->old_captured;

    /* A half-open life is given up within a minute or so; only a challenge shows that it was held. */
    if (a->held == TCP_SYN_RECEIVED && !a->challenge_frame)
        return;
    /* To open it again is what TIME-WAIT allows (RFC 9293 section 3.10.7.4), if the SYN was
     * answered. */
    if (a->closed && next)
        return;
    fact_emit_at(ctx, &attempt_fact, a->syn.sent_frame, a->syn.sent_ns,
                 (struct fact_value[]){
                     fact_end(a->opener),
                     fact_int(old),
                     fact_text(tcp_state_name(a->held)),
                     frame_value(old ? a->old_syn_frame : 0),
                     fact_int(a->isn),
                     fact_int_if(old && a->old_isn_known, tcp_diff(a->isn, a->old_isn)),
                     frame_value(a->quiet_frame),
                     fact_int_if(a->quiet_frame, a->quiet_ns),
                     frame_value(a->syn.sent_frame),
                     fact_int((int64_t)a->syn.n_resent + 1),
                     frame_value(a->syn.last_frame),
                     fact_int(a->syn.last_ns),
                     frame_value(a->challenge_frame),
                     fact_int(a->n_challenge),
                     fact_int_if(a->challenge_frame, a->challenge_seq),
                     fact_int_if(a->challenge_frame, a->challenge_ack),
                     fact_int_if(a->challenge_frame, a->challenge_exact),
                     frame_value(a->rst_frame),
                     fact_int_if(a->rst_frame, a->rst_exact),
                     fact_int(a->n_rst),
                     frame_value(a->retry_frame),
                     frame_value(a->refused_frame),
                     fact_int_if(a->refused_frame, a->refused_by_old),
                     frame_value(next ? next->synack_frame : 0),
                     fact_int_if(next, next ? ctx->next_life->id : 0),
                     fact_int(ctx->flow->forgotten && !old),
                 });
}

static void tcp_end_life(struct dissect_ctx *ctx)
{
    struct flow *f = ctx->flow;
    const struct tcp_life *t = f->tcp;

    if (t->attempt.pending)
        tcp_attempt_done(ctx, &t->attempt);
    emit_life(ctx);
    if (!f->tcp->refused_frame) {
        emit_waits(ctx);
        emit_half_open(ctx);
    }
}

const struct dissector tcp_dissector = {
    .name = "tcp",
    .spec = "RFC 9293, RFC 5961, RFC 6191",
    .facts = kinds,
    .attempt = tcp_attempt_done,
    .end = tcp_end_life,
};
