#include "config.h"

#include "flow/tcp_marks.h"

#include "packet/packet.h"

#define FAST_NS         INT64_C(20000000) /* a fast retransmission follows its ACKs within 20 ms */
#define DEFAULT_RTT_NS  INT64_C(3000000)  /* out of order if closer than this, RTT unknown */

/* The window `e` advertised, scaled if the scale is known from both SYNs. */
static uint64_t scaled_window(const struct tcp_life *t, const struct tcp_end *e)
{
    bool both = t->end[0].scale >= 0 && t->end[1].scale >= 0;

    return (uint64_t)e->window << (both ? e->scale : 0);
}

static bool scale_known(const struct tcp_life *t)
{
    return t->syn_frame && t->synack_frame;
}

/* Retransmission, fast, spurious, out of order: one of them, for a segment behind nxt. */
static unsigned resend_marks(const struct tcp_life *t, const struct tcp_segment *s,
                             const struct tcp_end *fwd, const struct tcp_end *rev)
{
    int64_t rtt = t->rtt_ns ? t->rtt_ns : DEFAULT_RTT_NS;
    uint32_t end = s->seq + s->len;

    if (s->len && !(s->flags & (TCP_SYN | TCP_FIN)) && rev->ack_known &&
        tcp_diff(end, rev->ack) <= 0)
        return TCP_MARK_SPURIOUS_RETRANSMISSION | TCP_MARK_RETRANSMISSION;
    if (rev->n_dup_ack >= 2 && s->seq == rev->last_ack && s->ns - rev->last_ack_ns < FAST_NS)
        return TCP_MARK_FAST_RETRANSMISSION | TCP_MARK_RETRANSMISSION;
    if (end + !!(s->flags & (TCP_SYN | TCP_FIN)) != fwd->next && s->ns - fwd->next_ns < rtt)
        return TCP_MARK_OUT_OF_ORDER;
    return TCP_MARK_RETRANSMISSION;
}

/* Marks of a segment without data. */
static unsigned empty_marks(const struct tcp_segment *s, const struct tcp_end *fwd,
                            const struct tcp_end *rev)
{
    bool same_ack = fwd->ack_known && s->ack == fwd->last_ack;
    bool in_place = fwd->next_known && s->seq == fwd->next && same_ack && fwd->window_known;

    if (!in_place || s->flags & (TCP_SYN | TCP_FIN | TCP_RST))
        return 0;
    if (s->window && s->window != fwd->window && !s->n_sack)
        return TCP_MARK_WINDOW_UPDATE;
    if (s->window && s->window == fwd->window && rev->last_marks & TCP_MARK_KEEP_ALIVE)
        return TCP_MARK_KEEP_ALIVE_ACK;
    if (!s->window && rev->last_marks & TCP_MARK_ZERO_WINDOW_PROBE)
        return TCP_MARK_ZERO_WINDOW_PROBE_ACK;
    if (s->window && (s->window == fwd->window || s->n_sack))
        return TCP_MARK_DUPLICATE_ACK;
    return 0;
}

unsigned tcp_marks(struct tcp_life *t, const struct tcp_segment *s)
{
    const struct tcp_end *fwd = &t->end[s->from], *rev = &t->end[!s->from];
    bool plain = !(s->flags & (TCP_SYN | TCP_FIN | TCP_RST));
    bool bare = s->flags & TCP_ACK && plain;
    int32_t ahead = fwd->next_known ? tcp_diff(s->seq, fwd->next) : 0;
    bool probe = false; /* supersedes what else its own direction could be */
    unsigned marks = 0;

    if (s->len == 1 && fwd->next_known && ahead == 0 && rev->window_known && rev->window == 0)
        probe = true;
    if (probe)
        marks |= TCP_MARK_ZERO_WINDOW_PROBE;
    if (s->window == 0 && plain && !probe)
        marks |= TCP_MARK_ZERO_WINDOW;
    if (fwd->next_known && ahead > 0 && !(s->flags & TCP_RST))
        marks |= TCP_MARK_LOST_SEGMENT;
    if (fwd->next_known && s->len <= 1 && ahead == -1 && bare)
        marks |= TCP_MARK_KEEP_ALIVE;
    if (s->len == 0 && bare)
        marks |= empty_marks(s, fwd, rev);
    if (s->len && !probe && rev->window_known && rev->ack_known && scale_known(t) &&
        (uint64_t)(uint32_t)(s->seq + s->len - rev->last_ack) == scaled_window(t, rev) &&
        plain)
        marks |= TCP_MARK_WINDOW_FULL;
    if (s->flags & TCP_ACK && rev->acked_max_known && tcp_diff(s->ack, rev->acked_max) > 0)
        marks |= TCP_MARK_ACK_LOST_SEGMENT;
    if (fwd->next_known && ahead < 0 && (s->len || s->flags & (TCP_SYN | TCP_FIN)) &&
        !(marks & TCP_MARK_KEEP_ALIVE) && !(s->flags & TCP_RST) && !(ahead == -1 && s->len > 1))
        marks |= resend_marks(t, s, fwd, rev);
    return marks;
}

void tcp_marks_note(struct tcp_life *t, const struct tcp_segment *s, unsigned marks)
{
    struct tcp_end *e = &t->end[s->from], *r = &t->end[!s->from];
    uint32_t end = s->seq + s->len + !!(s->flags & (TCP_SYN | TCP_FIN));

    if (marks & TCP_MARK_ACK_LOST_SEGMENT && r->next_known)
        r->acked_max = r->next; /* said once */
    if (!(marks & TCP_MARK_ZERO_WINDOW_PROBE)) { /* the window has no room for its byte */
        if (!e->next_known || tcp_diff(end, e->next) > 0) {
            e->next = end;
            e->next_known = true;
            e->next_ns = s->ns;
        }
        if (!e->acked_max_known || s->seq == e->acked_max) {
            e->acked_max = e->next;
            e->acked_max_known = true;
        }
    }
    if (!(s->flags & TCP_ACK))
        return;
    if (marks & TCP_MARK_DUPLICATE_ACK)
        e->n_dup_ack++;
    else if (s->ack != e->last_ack)
        e->n_dup_ack = 0;
    e->last_ack = s->ack;
    e->last_ack_ns = s->ns;
}
