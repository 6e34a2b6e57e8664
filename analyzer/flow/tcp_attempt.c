#include "config.h"

#include "flow/tcp_attempt.h"

#include "packet/packet.h"

/* The first retransmission timeout, where it is longest (RFC 6298 sections 2.1, 5.7). */
#define SYN_RTO_NS INT64_C(3000000000)

unsigned tcp_attempt_syn(struct tcp_life *t, const struct tcp_segment *s)
{
    struct tcp_attempt *a = &t->attempt;
    const struct tcp_end *e = &t->end[s->from], *r = &t->end[!s->from];

    if (a->pending && a->opener == s->from) {
        outstanding_resend(&a->syn, s->frame_no, s->ns);
        a->isn = s->seq;
        if (a->rst_frame && !a->retry_frame)
            a->retry_frame = s->frame_no;
        return TCP_MARK_SYN_ON_LIVE;
    }
    *a = (struct tcp_attempt){
        .pending = true,
        .opener = s->from,
        .old_captured = true,
        .held = r->state,
        .isn = s->seq,
        .scale = s->scale,
        .old_isn_known = e->isn_known,
        .old_syn_frame = e->syn_frame,
        .old_isn = e->isn,
        .quiet_ns = s->ns - t->last_ns,
        .quiet_frame = e->last_frame > r->last_frame ? e->last_frame : r->last_frame,
    };
    outstanding_send(&a->syn, s->frame_no, s->ns);
    tcp_set_state(t, s->from, TCP_SYN_SENT, s->frame_no);
    return TCP_MARK_SYN_ON_LIVE;
}

static void challenge(struct tcp_life *t, const struct tcp_segment *s)
{
    struct tcp_attempt *a = &t->attempt;
    const struct tcp_end *r = &t->end[s->from], *opener = &t->end[!s->from];

    a->n_challenge++;
    if (a->challenge_frame)
        return;
    a->challenge_frame = s->frame_no;
    a->challenge_ns = s->ns;
    a->challenge_seq = s->seq;
    a->challenge_ack = s->ack;
    a->challenge_exact = r->nxt_known && r->ack_known && s->seq == r->nxt && s->ack == r->ack;
    /* It acknowledges the opener's FIN, and its own was acknowledged: what it held was TIME-WAIT,
     * even where the capture missed the last ACK (RFC 9293 section 3.6). */
    if (a->old_captured && r->fin_seen && opener->fin_seen && opener->ack_known &&
        tcp_diff(opener->ack, r->fin_seq) >= 0 && tcp_diff(s->ack, opener->fin_seq) >= 0)
        a->closed = true;
}

bool tcp_awaits_answer(const struct tcp_life *t)
{
    if (t->attempt.pending)
        return true;
    return t->end[0].state == TCP_SYN_SENT && !t->end[0].spoke && !t->end[1].isn_known &&
           !t->end[1].spoke;
}

void tcp_remains_of(const struct tcp_life *t, struct tcp_remains *out)
{
    unsigned i;

    *out = (struct tcp_remains){ .last_ns = t->last_ns,
                                 .reset = t->rst_frame && t->closed_frame == t->rst_frame,
                                 .over = tcp_over(t) };
    for (i = 0; i < 2; i++) {
        const struct tcp_end *e = &t->end[i];

        out->syn_frame[i] = e->syn_frame;
        if (e->last_frame > out->last_frame)
            out->last_frame = e->last_frame;
        out->nxt[i] = e->nxt;
        out->ack[i] = e->ack;
        out->isn[i] = e->isn;
        out->known[i] = e->nxt_known && e->ack_known;
        out->isn_known[i] = e->isn_known;
    }
}

void tcp_recall(struct tcp_life *t, const struct tcp_remains *before, bool swapped)
{
    struct tcp_attempt *a = &t->attempt;
    unsigned opener = a->opener != swapped, holder = !opener;

    if (!a->pending || a->old_captured || (before->over && !before->reset) ||
        !before->known[holder] || a->challenge_seq != before->nxt[holder] ||
        a->challenge_ack != before->ack[holder])
        return;
    a->old_captured = a->challenge_exact = true;
    a->held = TCP_ESTABLISHED;
    a->old_isn_known = before->isn_known[opener];
    a->old_isn = before->isn[opener];
    a->old_syn_frame = before->syn_frame[opener];
    a->quiet_frame = before->last_frame;
    a->quiet_ns = a->syn.sent_ns - before->last_ns;
}

void tcp_start_next(struct tcp_life *next, struct tcp_flight *a_flight, struct tcp_life *old,
                    uint64_t frame_no, int64_t ns)
{
    struct tcp_attempt *a = &old->attempt;
    struct tcp_end *opener = &next->end[0];

    tcp_start(next);
    opener->isn = a->isn;
    opener->isn_known = opener->nxt_known = true;
    opener->next_known = opener->acked_max_known = true;
    opener->nxt = opener->next = opener->acked_max = a->isn + 1;
    opener->next_ns = a->syn.last_ns;
    opener->scale = a->scale;
    opener->syn_frame = next->syn_frame = a->syn.last_frame;
    next->syn_ns = next->last_ns = a->syn.last_ns;
    opener->n_flight = 1;
    a_flight->piece[0] =
        (struct tcp_sent){ .seq = a->isn, .end = a->isn + 1, .o = a->syn, .flags = TCP_SYN };
    tcp_set_state(next, 0, TCP_SYN_SENT, a->syn.last_frame);
    a->pending = false;
    if (!old->closed_frame) {
        old->closed_frame = frame_no;
        old->closed_ns = ns;
    }
}

/* The holder's number is none of the life that the capture has. */
static bool far_from_old(const struct tcp_life *t, const struct tcp_segment *s)
{
    const struct tcp_end *holder = &t->end[s->from];

    return t->attempt.old_captured && holder->nxt_known &&
           tcp_distance(s->seq, holder->nxt) > TCP_FAR_AWAY;
}

/* A segment while an attempt is pending.  True: it was about the attempt. */
bool tcp_attempt_segment(struct tcp_life *t, const struct tcp_segment *s, unsigned *marks)
{
    struct tcp_attempt *a = &t->attempt;
    unsigned holder = !a->opener;
    bool exact;

    if (s->from == a->opener) {
        if (!(s->flags & TCP_RST))
            return false;
        a->n_rst++;
        exact = a->challenge_frame ? s->seq == a->challenge_ack
                                   : t->end[holder].ack_known && s->seq == t->end[holder].ack;
        if (!a->rst_frame || (exact && !a->rst_exact)) {
            a->rst_frame = s->frame_no;
            a->rst_ns = s->ns;
            a->rst_exact = exact;
        }
        *marks |= exact ? TCP_MARK_RST_ACCEPTED : TCP_MARK_RST_IGNORED;
        if (exact)
            tcp_set_state(t, holder, TCP_RESET, s->frame_no);
        return true;
    }
    if (s->flags & TCP_RST) {
        bool to_syn = s->flags & TCP_ACK && s->ack == a->isn + 1;

        bool by_old = t->end[holder].nxt_known && s->seq == t->end[holder].nxt;

        if (!a->refused_frame && (to_syn || by_old)) {
            a->refused_frame = s->frame_no;
            a->refused_by_old = by_old;
        }
        tcp_set_state(t, holder, TCP_RESET, s->frame_no);
        return true;
    }
    /* A bare ACK is never an answer that accepts a SYN.  It may acknowledge ISN + 1 by chance (same
     * ISN, nothing sent before); then its own number tells that it is of the old life. */
    if (s->flags & TCP_ACK && !(s->flags & (TCP_SYN | TCP_FIN)) && s->len == 0 &&
        (s->ack != a->isn + 1 || (t->end[holder].nxt_known && s->seq == t->end[holder].nxt)) &&
        !(far_from_old(t, s) && s->ns - a->syn.last_ns > SYN_RTO_NS)) {
        challenge(t, s);
        *marks |= TCP_MARK_CHALLENGE_ACK;
        return true;
    }
    return false;
}

/*
 * A SYN on what looks like a fresh four-tuple is answered by a bare ACK: the other end holds a life
 * that the capture does not have (RFC 9293 3.10.7.4 allows this answer only in a synchronized
 * state, TIME-WAIT included).  An ACK of the SYN's own sequence number acknowledges nothing at all
 * and proves nothing; nor does one that comes when an opener without an answer would long have sent
 * its SYN again: in between something is missing here.
 */
bool tcp_stale_peer(struct tcp_life *t, const struct tcp_flight *others,
                    const struct tcp_segment *s)
{
    struct tcp_end *e = &t->end[s->from], *r = &t->end[!s->from];
    const struct tcp_sent *syn = tcp_waiting(r, others);

    if (!syn || s->ns - syn->o.last_ns > SYN_RTO_NS || t->attempt.pending || s->late ||
        r->state != TCP_SYN_SENT || r->spoke || e->isn_known || e->spoke || s->len ||
        (s->flags & (TCP_ACK | TCP_SYN | TCP_RST | TCP_FIN)) != TCP_ACK || s->ack == r->nxt ||
        s->ack == r->isn)
        return false;
    t->attempt = (struct tcp_attempt){
        .pending = true,
        .opener = !s->from,
        .held = TCP_UNKNOWN,
        .isn = r->isn,
        .scale = r->scale,
    };
    t->attempt.syn = syn->o;
    challenge(t, s);
    return true;
}

/*
 * The opener of an attempt goes on in the old life: it sends new data or its FIN there, in place at
 * both ends, or acknowledges more of it.  The SYN was none of its (a blind one, RFC 5961 section 1.2,
 * or an old duplicate), and the life was never left: who sent a SYN and waits for its answer is in
 * SYN-SENT, and sends nothing but that SYN and RSTs (RFC 9293 section 3.10.7.3).
 */
static bool goes_on_in_old_life(const struct tcp_life *t, const struct tcp_segment *s)
{
    const struct tcp_end *e = &t->end[s->from], *r = &t->end[!s->from];
    int32_t more = tcp_diff(s->ack, e->ack);

    return e->nxt_known && r->nxt_known && s->seq == e->nxt && tcp_diff(s->ack, r->nxt) <= 0 &&
           (s->len || s->flags & TCP_FIN ? more >= 0 : more > 0);
}

bool tcp_behind_attempt(const struct tcp_life *t, const struct tcp_segment *s)
{
    const struct tcp_attempt *a = &t->attempt;

    return a->pending && a->opener == s->from && tcp_diff(s->seq, a->isn) > 0 &&
           tcp_distance(s->seq, a->isn) <= TCP_FAR_AWAY;
}

bool tcp_goes_on(const struct tcp_life *t, const struct tcp_segment *s)
{
    const struct tcp_attempt *a = &t->attempt;

    if (!a->pending || a->opener != s->from || s->late ||
        (s->flags & (TCP_SYN | TCP_RST | TCP_ACK)) != TCP_ACK)
        return false;
    /* What tcp_stale_peer took for an attempt was answered, only not in this capture. */
    return a->old_captured ? goes_on_in_old_life(t, s) : tcp_behind_attempt(t, s);
}
