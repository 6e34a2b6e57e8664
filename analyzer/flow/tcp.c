#include "config.h"

#include "flow/tcp.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "flow/tcp_attempt.h"
#include "flow/tcp_marks.h"
#include "packet/packet.h"

const char *tcp_state_name(enum tcp_state s)
{
    static const char *const names[] = {
        [TCP_UNKNOWN] = "unknown",
        [TCP_SYN_SENT] = "SYN-SENT",
        [TCP_SYN_RECEIVED] = "SYN-RECEIVED",
        [TCP_ESTABLISHED] = "ESTABLISHED",
        [TCP_FIN_WAIT] = "FIN-WAIT",
        [TCP_CLOSE_WAIT] = "CLOSE-WAIT",
        [TCP_LAST_ACK] = "LAST-ACK",
        [TCP_TIME_WAIT] = "TIME-WAIT",
        [TCP_CLOSED] = "CLOSED",
        [TCP_RESET] = "reset",
    };

    return names[s];
}

void tcp_set_state(struct tcp_life *t, unsigned end, enum tcp_state state, uint64_t frame_no)
{
    if (t->end[end].state == state)
        return;
    t->end[end].state = state;
    if (t->n_changes < TCP_STATES_MAX)
        t->changes[t->n_changes++] = (struct tcp_change){ .frame_no = frame_no & TCP_FRAMES_MAX,
                                                          .end = (uint8_t)end,
                                                          .state = (uint8_t)state };
}

/* The list is not cleared: its count is. */
void tcp_start(struct tcp_life *t)
{
    unsigned end;

    memset(t, 0, offsetof(struct tcp_life, changes));
    for (end = 0; end < 2; end++)
        t->end[end].scale = -1;
}

bool tcp_over(const struct tcp_life *t)
{
    return t->closed_frame && !t->attempt.pending;
}

uint64_t tcp_misfit(const struct tcp_life *t, const struct tcp_segment *s)
{
    const struct tcp_end *e = &t->end[s->from], *r = &t->end[!s->from];
    uint64_t miss = 0;

    if (tcp_behind_attempt(t, s)) /* the other end's new numbers are not known yet */
        return tcp_distance(s->seq, t->attempt.isn);
    if (e->nxt_known)
        miss += tcp_distance(s->seq, e->nxt);
    if (s->flags & TCP_ACK && r->nxt_known)
        miss += tcp_distance(s->ack, r->nxt);
    return miss;
}

/* -- does it belong? ------------------------------------------------------------------------- */

static enum tcp_judgement judge_syn(const struct tcp_life *t, const struct tcp_segment *s)
{
    const struct tcp_end *e = &t->end[s->from], *r = &t->end[!s->from];

    if (s->late)
        return TCP_BELONGS;
    if (t->attempt.pending)
        return s->from == t->attempt.opener ? TCP_IS_ATTEMPT : TCP_BELONGS;
    if (tcp_over(t))
        return TCP_NEXT_LIFE;
    if (e->spoke)
        return TCP_IS_ATTEMPT;
    if (e->isn_known && s->seq == e->isn)
        return TCP_BELONGS;
    /* SYN-RECEIVED is no synchronized state, but there too a SYN with another number gets a
     * challenge ACK (RFC 9293 section 3.10.7.4, first check). */
    if (e->isn_known)
        return r->state == TCP_SYN_RECEIVED ? TCP_IS_ATTEMPT : TCP_NEXT_LIFE;
    /* Only the other end was captured so far: it holds a life, and this SYN opens it again.  If
     * that end has sent nothing but a SYN itself, this is a simultaneous open. */
    return r->spoke ? TCP_IS_ATTEMPT : TCP_BELONGS;
}

static enum tcp_judgement judge_syn_ack(const struct tcp_life *t, const struct tcp_segment *s)
{
    const struct tcp_end *e = &t->end[s->from], *r = &t->end[!s->from];
    const struct tcp_attempt *a = &t->attempt;

    if (s->late)
        return TCP_BELONGS;
    if (a->pending && a->opener != s->from && tcp_diff(s->ack, a->isn) > 0 &&
        (!e->isn_known || s->seq != e->isn || s->ack != r->isn + 1))
        return TCP_NEXT_LIFE;
    if (e->isn_known && s->seq == e->isn)
        return TCP_BELONGS;
    if (tcp_over(t))
        return TCP_NEXT_LIFE;
    if (!e->isn_known && !e->spoke && !(r->spoke && r->isn_known))
        return TCP_BELONGS;
    /* A new server ISN before the opener has answered the first one (SYN cookies) is the same
     * life; after that, a SYN was missed by the capture. */
    return r->spoke || e->spoke ? TCP_NEXT_LIFE : TCP_BELONGS;
}

enum tcp_judgement tcp_judge(const struct tcp_life *t, const struct tcp_segment *s)
{
    const struct tcp_end *r = &t->end[!s->from];
    const struct tcp_attempt *a = &t->attempt;

    if (s->flags & TCP_RST)
        return TCP_BELONGS;
    if (s->flags & TCP_SYN)
        return s->flags & TCP_ACK ? judge_syn_ack(t, s) : judge_syn(t, s);
    /* The opener goes on behind its new SYN: the SYN/ACK was not captured.  Further behind it, the
     * other end's number must be a new one, too: the old life's may lie there. */
    if (tcp_behind_attempt(t, s) && s->flags & TCP_ACK &&
        ((s->seq == a->isn + 1 && s->ack != r->nxt && s->ack != a->challenge_seq) ||
         (a->old_captured && r->nxt_known && tcp_distance(s->ack, r->nxt) > TCP_FAR_AWAY)))
        return TCP_NEXT_LIFE;
    if (tcp_over(t) && s->len && !(s->flags & TCP_FIN) && !s->late && tcp_misfit(t, s) > TCP_FAR_AWAY)
        return TCP_NEXT_LIFE;
    return TCP_BELONGS;
}

/* -- what is in flight ------------------------------------------------------------------------- */

static void flight_push(struct tcp_end *e, struct tcp_flight *f, uint32_t seq, uint32_t end,
                        const struct tcp_segment *s)
{
    struct tcp_sent *p;

    if (e->n_flight == TCP_FLIGHT_MAX) {
        p = &f->piece[TCP_FLIGHT_MAX - 1];
        p->end = end;
        p->flags |= s->flags & (TCP_SYN | TCP_FIN);
        e->flight_joined = true;
        return;
    }
    p = &f->piece[e->n_flight++];
    *p = (struct tcp_sent){ .seq = seq, .end = end, .flags = s->flags & (TCP_SYN | TCP_FIN) };
    outstanding_send(&p->o, s->frame_no, s->ns);
}

static void flight_resend(const struct tcp_end *e, struct tcp_flight *f, uint32_t seq, uint32_t end,
                          const struct tcp_segment *s)
{
    unsigned i;

    for (i = 0; i < e->n_flight; i++)
        if (tcp_diff(seq, f->piece[i].end) < 0 && tcp_diff(end, f->piece[i].seq) > 0)
            outstanding_resend(&f->piece[i].o, s->frame_no, s->ns);
}

/* The other end has everything of `e` before `ack`. */
static void flight_ack(struct tcp_end *e, struct tcp_flight *f, uint32_t ack,
                       const struct tcp_segment *s)
{
    unsigned n = 0;

    while (n < e->n_flight && tcp_diff(f->piece[n].end, ack) <= 0) {
        struct outstanding *o = &f->piece[n].o;

        outstanding_answer(o, s->frame_no, s->ns);
        if (o->n_resent && outstanding_waited_ns(o, 0) > outstanding_waited_ns(&e->repaired, 0)) {
            e->repaired = *o;
            e->repaired_seq = f->piece[n].seq;
        }
        n++;
    }
    if (n)
        memmove(f->piece, f->piece + n, (e->n_flight - n) * sizeof(f->piece[0]));
    e->n_flight = (uint8_t)(e->n_flight - n);
    if (e->n_flight && tcp_diff(ack, f->piece[0].seq) > 0)
        f->piece[0].seq = ack;
}

/*
 * A keep-alive (RFC 1122 section 4.2.3.6).  In a capture that began while only probes went by, none
 * of them has the mark, as Wireshark gives it by what the sender sent before; but its peer says
 * what that is.
 */
static bool is_probe(const struct tcp_end *e, const struct tcp_segment *s, unsigned marks)
{
    return marks & TCP_MARK_KEEP_ALIVE ||
           (!s->len && !(s->flags & (TCP_SYN | TCP_FIN)) && e->nxt_known && s->seq + 1 == e->nxt &&
            !e->isn_known && !e->first_data_frame);
}

static void sent(struct tcp_life *t, struct tcp_flight *f, const struct tcp_segment *s,
                 unsigned marks)
{
    struct tcp_end *e = &t->end[s->from];
    uint32_t end = s->seq + s->len + !!(s->flags & TCP_SYN) + !!(s->flags & TCP_FIN);
    bool is_new = !e->nxt_known || tcp_diff(end, e->nxt) > 0;

    if (is_probe(e, s, marks)) {
        if (outstanding_open(&e->keep_alive))
            outstanding_resend(&e->keep_alive, s->frame_no, s->ns);
        else
            outstanding_send(&e->keep_alive, s->frame_no, s->ns);
        e->n_keep_alive += !!(marks & TCP_MARK_KEEP_ALIVE);
        return;
    }
    if (end != s->seq) {
        if (e->nxt_known && tcp_diff(s->seq, e->nxt) < 0)
            flight_resend(e, f, s->seq, end, s);
        if (is_new)
            flight_push(e, f, e->nxt_known && tcp_diff(s->seq, e->nxt) < 0 ? e->nxt : s->seq, end,
                        s);
    }
    if (is_new) {
        e->nxt = end;
        e->nxt_known = true;
    }
    if (s->len && !e->first_data_frame)
        e->first_data_frame = s->frame_no;
}

/*
 * Did the sender hear a segment that is not in this capture?  It acknowledges bytes, or echoes a
 * time stamp (RFC 7323 section 3.2), that were never seen.  What seems unanswered may be answered.
 */
static bool heard_unseen(const struct tcp_life *t, const struct tcp_segment *s)
{
    const struct tcp_end *r = &t->end[!s->from];

    if (s->late || !(s->flags & TCP_ACK))
        return false;
    if (r->nxt_known && tcp_diff(s->ack, r->nxt) > 0)
        return true;
    return s->has_ts && s->ts_ecr && r->has_ts && tcp_diff(s->ts_ecr, r->ts_val) > 0;
}

static void acknowledged(struct tcp_life *t, struct tcp_flight *others, const struct tcp_segment *s)
{
    struct tcp_end *e = &t->end[s->from], *r = &t->end[!s->from];
    int32_t ahead = e->ack_known ? tcp_diff(s->ack, e->ack) : 1;

    if (outstanding_open(&r->keep_alive) && !t->closed_frame) {
        outstanding_answer(&r->keep_alive, s->frame_no, s->ns);
        r->n_probes_answered++;
    }
    if (ahead <= 0)
        return;
    if (e->ack_known) {
        bool fin =
            r->fin_seen && tcp_diff(s->ack, r->fin_seq) >= 0 && tcp_diff(e->ack, r->fin_seq) < 0;

        r->acked_bytes += (uint32_t)ahead - fin; /* a FIN takes a number, but is no byte */
        r->last_advance_ns = s->ns;
        r->last_advance_frame = s->frame_no;
    }
    e->ack = s->ack;
    e->ack_known = true;
    flight_ack(r, others, s->ack, s);
    if (!r->nxt_known || tcp_diff(s->ack, r->nxt) > 0) {
        r->nxt = s->ack;
        r->nxt_known = true;
    }
}

/* -- states ------------------------------------------------------------------------------------ */

static void closed(struct tcp_life *t, const struct tcp_segment *s)
{
    if (t->closed_frame)
        return;
    t->closed_frame = s->frame_no;
    t->closed_ns = s->ns;
}

static void on_syn(struct tcp_life *t, const struct tcp_segment *s)
{
    struct tcp_end *e = &t->end[s->from];
    bool again = e->isn_known && e->isn == s->seq;

    e->scale = s->scale;
    if (!again) {
        e->isn = s->seq;
        e->isn_known = true;
        e->syn_frame = s->frame_no;
        if (s->flags & TCP_ACK && e->n_flight) { /* SYN cookies: the first answer is void */
            e->n_flight = 0;
            e->nxt_known = e->next_known = e->acked_max_known = false;
        }
    }
    if (s->flags & TCP_ACK) {
        if (!t->synack_frame) {
            t->synack_frame = s->frame_no;
            t->synack_ns = s->ns;
        }
        if (e->state == TCP_UNKNOWN || e->state == TCP_SYN_SENT)
            tcp_set_state(t, s->from, TCP_SYN_RECEIVED, s->frame_no);
    } else {
        if (!t->syn_frame) {
            t->syn_frame = s->frame_no;
            t->syn_ns = s->ns;
        }
        if (e->state == TCP_UNKNOWN)
            tcp_set_state(t, s->from, TCP_SYN_SENT, s->frame_no);
    }
}

static void on_ack_states(struct tcp_life *t, const struct tcp_segment *s)
{
    unsigned me = s->from, you = !s->from;
    struct tcp_end *e = &t->end[me], *r = &t->end[you];

    if (!(s->flags & TCP_SYN)) {
        e->spoke = true;
        if (e->state == TCP_UNKNOWN || e->state == TCP_SYN_RECEIVED ||
            (e->state == TCP_SYN_SENT && (r->isn_known || s->ack)))
            tcp_set_state(t, me, TCP_ESTABLISHED, s->frame_no);
        if (r->state == TCP_SYN_RECEIVED && r->isn_known && tcp_diff(s->ack, r->isn) > 0) {
            tcp_set_state(t, you, TCP_ESTABLISHED, s->frame_no);
            if (!t->established_frame) {
                int64_t rtt = s->ns - (t->syn_frame ? t->syn_ns : t->synack_ns);

                t->established_frame = s->frame_no;
                t->rtt_ns = rtt <= 0 ? 0 : rtt > UINT32_MAX ? UINT32_MAX : (uint32_t)rtt;
            }
        }
    }
    if (!r->fin_seen || tcp_diff(s->ack, r->fin_seq) < 0)
        return;
    /* This end has the other's FIN. */
    if (e->state == TCP_ESTABLISHED)
        tcp_set_state(t, me, TCP_CLOSE_WAIT, s->frame_no);
    else if (e->state == TCP_FIN_WAIT)
        tcp_set_state(t, me, TCP_TIME_WAIT, s->frame_no);
    if (r->state == TCP_LAST_ACK)
        tcp_set_state(t, you, TCP_CLOSED, s->frame_no);
}

static void on_fin(struct tcp_life *t, const struct tcp_segment *s)
{
    struct tcp_end *e = &t->end[s->from];

    if (e->fin_seen)
        return;
    e->fin_seen = true;
    e->fin_seq = s->seq + s->len + 1;
    e->fin_frame = s->frame_no;
    e->fin_ns = s->ns;
    tcp_set_state(t, s->from, e->state == TCP_CLOSE_WAIT ? TCP_LAST_ACK : TCP_FIN_WAIT,
                  s->frame_no);
}

/* RFC 5961 section 3.2 as far as the capture shows the receiver's window. */
static enum tcp_rst judge_rst(const struct tcp_life *t, const struct tcp_flight *f,
                              const struct tcp_segment *s)
{
    const struct tcp_end *e = &t->end[s->from], *r = &t->end[!s->from];
    const struct tcp_sent *waiting = tcp_waiting(e, f);
    int32_t ahead;

    /* RFC 9293 section 3.10.7.3: it must acknowledge the SYN; without ACK it is dropped. */
    if (r->state == TCP_SYN_SENT)
        return s->flags & TCP_ACK && s->ack == r->nxt ? RST_EXACT : RST_OUTSIDE;
    if (!r->ack_known)
        return e->nxt_known && s->seq == e->nxt ? RST_EXACT : RST_UNKNOWN;
    ahead = tcp_diff(s->seq, r->ack);
    if (ahead == 0)
        return RST_EXACT;
    /* Behind data that is on its way; but data that had to be resent did not arrive. */
    if (e->nxt_known && s->seq == e->nxt && !(waiting && waiting->o.n_resent))
        return RST_EXACT;
    /* Linux accepts RCV.NXT - 1 once it has the FIN (tcp_reset_check). */
    if (ahead == -1 && e->fin_seen)
        return RST_EXACT;
    if (ahead > 0 && r->window_known &&
        (uint64_t)ahead < ((uint64_t)r->window << (r->scale > 0 ? r->scale : 0)))
        return RST_IN_WINDOW;
    return RST_OUTSIDE;
}

/* So long behind its RST, what an end sends was not on the way already. */
#define DENIED_NS INT64_C(1000000000)

static unsigned on_rst(struct tcp_life *t, const struct tcp_flight *f, const struct tcp_segment *s)
{
    enum tcp_rst verdict = judge_rst(t, f, s);
    struct tcp_end *e = &t->end[s->from], *r = &t->end[!s->from];
    bool taken = verdict == RST_EXACT || verdict == RST_UNKNOWN;

    if (!e->rst_frame)
        e->rst_frame = s->frame_no;
    if (!t->rst_frame || (taken && t->rst_verdict != RST_EXACT && !t->closed_frame)) {
        t->rst_frame = s->frame_no;
        t->rst_ns = s->ns;
        t->rst_by = s->from;
        t->rst_verdict = (uint8_t)verdict;
        t->rst_has_ack = s->flags & TCP_ACK;
        t->rst_unseen = !e->next_known || e->next != s->seq;
        t->rst_seq = s->seq;
        t->rst_ack = s->ack;
        t->rst_heard_frame = e->last_frame;
        t->rst_heard_ns = e->last_ns;
        t->rst_asked_frame = r->last_frame;
        t->rst_asked_ns = r->last_ns;
    }
    if (r->state == TCP_SYN_SENT && !e->spoke && taken && !t->refused_frame)
        t->refused_frame = s->frame_no;
    tcp_set_state(t, s->from, TCP_RESET, s->frame_no);
    if (!taken)
        return TCP_MARK_RST_IGNORED;
    if (r->state != TCP_CLOSED && r->state != TCP_TIME_WAIT)
        tcp_set_state(t, !s->from, TCP_RESET, s->frame_no);
    closed(t, s);
    return TCP_MARK_RST_ACCEPTED;
}

/* -- one segment ---------------------------------------------------------------------------------
 */

#define ABOUT_ATTEMPT (TCP_MARK_SYN_ON_LIVE | TCP_MARK_CHALLENGE_ACK)

static void bookkeep(struct tcp_life *t, const struct tcp_segment *s, unsigned marks)
{
    struct tcp_end *e = &t->end[s->from];

    e->n_retransmission += !!(marks & TCP_MARK_RETRANSMISSION);
    e->n_out_of_order += !!(marks & TCP_MARK_OUT_OF_ORDER);
    e->n_dup_acks += !!(marks & TCP_MARK_DUPLICATE_ACK);
    e->n_lost += !!(marks & TCP_MARK_LOST_SEGMENT);
    e->n_zero_window += !!(marks & TCP_MARK_ZERO_WINDOW);
    if (!(marks & ABOUT_ATTEMPT) && !s->late)
        tcp_marks_note(t, s, marks);
    if (!(s->flags & TCP_RST)) {
        e->window = s->window;
        e->window_known = true;
        if (s->window || s->flags & TCP_SYN)
            e->zero_window_frame = 0;
        else if (!e->zero_window_frame)
            e->zero_window_frame = s->frame_no;
    }
    if (s->has_ts && (!e->has_ts || tcp_diff(s->ts_val, e->ts_val) > 0)) {
        e->ts_val = s->ts_val;
        e->has_ts = true;
    }
    e->last_marks = marks;
    e->last_frame = s->frame_no;
    if (s->late)
        return;
    e->last_ns = s->ns;
    t->last_ns = s->ns;
}

unsigned tcp_apply(struct tcp_life *t, struct tcp_flight *const flight[2],
                   const struct tcp_segment *s)
{
    struct tcp_end *e = &t->end[s->from];
    unsigned marks;

    assert(s->from <= 1);
    e->n_segments++;
    e->n_bytes += s->len;
    if (s->late && s->flags & TCP_SYN) {
        /* Out of time order: it may fill in an ISN, but it opens nothing. */
        if (!e->isn_known) {
            e->isn = s->seq;
            e->isn_known = true;
        }
        return TCP_MARK_LATE;
    }
    if (s->flags & TCP_SYN && !(s->flags & (TCP_ACK | TCP_RST)) &&
        tcp_judge(t, s) == TCP_IS_ATTEMPT) {
        marks = tcp_attempt_syn(t, s);
        bookkeep(t, s, marks);
        return marks;
    }
    marks = s->late ? TCP_MARK_LATE : tcp_marks(t, s);
    if (tcp_goes_on(t, s)) {
        t->attempt = (struct tcp_attempt){ 0 };
        tcp_set_state(t, s->from, TCP_ESTABLISHED, s->frame_no);
    }
    if (tcp_stale_peer(t, flight[!s->from], s) ||
        (t->attempt.pending && !s->late && tcp_attempt_segment(t, s, &marks))) {
        if (!t->attempt.old_captured && s->flags & TCP_ACK)
            marks |= TCP_MARK_CHALLENGE_ACK;
        bookkeep(t, s, marks);
        return marks;
    }
    if (s->flags & TCP_RST) {
        marks |= on_rst(t, flight[s->from], s);
    } else {
        if (e->state == TCP_RESET && s->from == t->rst_by && !t->rst_denied_frame &&
            s->ns - t->rst_ns >= DENIED_NS)
            t->rst_denied_frame = s->frame_no;
        if (s->flags & TCP_SYN)
            on_syn(t, s);
        sent(t, flight[s->from], s, marks);
        if (heard_unseen(t, s))
            e->unseen_frame = s->frame_no;
        if (s->flags & TCP_ACK) {
            acknowledged(t, flight[!s->from], s);
            on_ack_states(t, s);
        }
        if (s->flags & TCP_FIN)
            on_fin(t, s);
        if (t->end[0].fin_seen && t->end[1].fin_seen && t->end[1].ack_known &&
            t->end[0].ack_known && tcp_diff(t->end[1].ack, t->end[0].fin_seq) >= 0 &&
            tcp_diff(t->end[0].ack, t->end[1].fin_seq) >= 0)
            closed(t, s);
    }
    bookkeep(t, s, marks);
    return marks;
}
