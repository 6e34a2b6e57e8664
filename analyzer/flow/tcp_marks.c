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
    if (end != fwd->nxt && s->ns - fwd->last_ns < rtt && !(s->flags & TCP_SYN))
        return TCP_MARK_OUT_OF_ORDER;
    return TCP_MARK_RETRANSMISSION;
}

/* Marks of a segment without data. */
static unsigned empty_marks(const struct tcp_segment *s, const struct tcp_end *fwd,
                            const struct tcp_end *rev)
{
    bool same_ack = fwd->ack_known && s->ack == fwd->last_ack;
    bool in_place = fwd->nxt_known && s->seq == fwd->nxt && same_ack && fwd->window_known;

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
    int32_t ahead = fwd->nxt_known ? tcp_diff(s->seq, fwd->nxt) : 0;
    unsigned marks = 0;

    if (s->len == 1 && fwd->nxt_known && ahead == 0 && rev->window_known && rev->window == 0)
        marks |= TCP_MARK_ZERO_WINDOW_PROBE;
    if (s->window == 0 && plain)
        marks |= TCP_MARK_ZERO_WINDOW;
    if (fwd->nxt_known && ahead > 0 && !(s->flags & TCP_RST))
        marks |= TCP_MARK_LOST_SEGMENT;
    if (fwd->nxt_known && s->len <= 1 && ahead == -1 && bare)
        marks |= TCP_MARK_KEEP_ALIVE;
    if (s->len == 0 && bare)
        marks |= empty_marks(s, fwd, rev);
    if (s->len && rev->window_known && rev->ack_known && scale_known(t) && rev->window &&
        (uint64_t)(uint32_t)(s->seq + s->len - rev->ack) == scaled_window(t, rev) &&
        !(s->flags & (TCP_SYN | TCP_RST)))
        marks |= TCP_MARK_WINDOW_FULL;
    if (s->flags & TCP_ACK && rev->nxt_known && tcp_diff(s->ack, rev->nxt) > 0)
        marks |= TCP_MARK_ACK_LOST_SEGMENT;
    if (fwd->nxt_known && ahead < 0 && (s->len || s->flags & (TCP_SYN | TCP_FIN)) &&
        !(marks & TCP_MARK_KEEP_ALIVE) && !(s->flags & TCP_RST))
        marks |= resend_marks(t, s, fwd, rev);
    return marks;
}
