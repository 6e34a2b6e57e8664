/* tcp_frame: which life of its four-tuple a segment belongs to, and what follows from that. */
#include "config.h"

#include "ingest/exhibit.h"
#include "ingest/lanes.h"
#include "ingest/pipeline.h"

static struct tcp_segment segment_of(const struct pipeline *p, const struct flow *f, bool from_lo)
{
    const struct tcp_view *t = &p->packet.tcp;

    return (struct tcp_segment){
        .frame_no = p->frame->frame_no,
        .ns = p->now_ns,
        .seq = t->seq,
        .ack = t->flags & TCP_ACK ? t->ack : 0,
        .len = p->packet.payload_wire_len,
        .flags = t->flags,
        .window = t->window,
        .scale = t->window_scale,
        .has_ts = t->has_timestamps,
        .ts_val = t->ts_val,
        .ts_ecr = t->ts_ecr,
        .n_sack = t->n_sack,
        .from = (uint8_t)flow_from(f, from_lo),
        .late = p->now_ns < f->tcp->last_ns,
    };
}

/* A first life: a SYN says who opened it, a SYN/ACK too; else whoever was seen first counts as a. */
static struct flow *first_life(struct pipeline *p, const struct flow_key *key, bool from_lo)
{
    uint8_t flags = p->packet.tcp.flags;
    bool synack = flags & TCP_SYN && flags & TCP_ACK;
    struct flow *f = flow_start(p->flows, key, synack ? !from_lo : from_lo, &p->packet);

    f->a_opened = flags & TCP_SYN && !(flags & TCP_RST);
    return f;
}

/* The next life of the tuple; if it answers a pending attempt, the opener of that is its a. */
static struct flow *next_life(struct pipeline *p, struct flow *old, const struct flow_key *key,
                              bool from_lo)
{
    struct tcp_attempt answered = old->tcp->attempt;
    struct flow *f;

    if (!answered.pending)
        return first_life(p, key, from_lo);
    flow_touch(p->flows, old); /* it must not be the one that leaves to make room */
    f = flow_start(p->flows, key, (answered.opener == 0) == old->a_is_lo, &p->packet);
    f->a_opened = true;
    tcp_start_next(f->tcp, flow_flight(p->flows, f, 0), old->tcp, p->frame->frame_no, p->now_ns);
    f->stream[0].started = true;
    f->stream[0].next = answered.isn + 1;
    return f;
}

struct taker_user {
    struct pipeline *p;
    struct flow *flow;
    unsigned from;
};

static size_t take(void *user, struct bytes in, bool after_gap)
{
    struct taker_user *u = user;

    return lanes_stream(u->p, u->flow, u->from, in, after_gap);
}

/* `new_isn`: a SYN that says where the stream begins, before any byte of it. */
static void feed_streams(struct pipeline *p, struct flow *f, const struct tcp_segment *s,
                         bool new_isn)
{
    struct taker_user user = { p, f, s->from };
    struct stream_taker taker = { take, &user };
    struct stream *mine = &f->stream[s->from], *other = &f->stream[!s->from];

    if (new_isn) {
        mine->started = true;
        mine->next = s->seq + 1;
    }
    if (s->len && !(s->flags & TCP_RST))
        stream_push(mine, &p->streams, s->seq + !!(s->flags & TCP_SYN), p->packet.payload,
                    p->packet.payload_len, s->len, &taker);
    if (s->flags & TCP_ACK && other->n_ahead) {
        user.from = p->from = !s->from;
        stream_acked(other, &p->streams, s->ack, &taker);
        p->from = s->from;
    }
    if (!lanes_want_stream(f)) {
        stream_stop(mine, &p->streams);
        stream_stop(other, &p->streams);
    }
}

/*
 * What facts about waiting and attempts will cite (dissectors/tcp.c), while it is at hand; whatever
 * is forgotten here is found again in the second pass.
 */
static void keep_exhibits(struct pipeline *p, const struct flow *f, unsigned from)
{
    const struct tcp_end *e = &f->tcp->end[from], *r = &f->tcp->end[!from];
    const struct tcp_sent *waiting = flow_waiting(f, from);
    const struct outstanding *o = outstanding_open(&e->keep_alive) ? &e->keep_alive
                                  : waiting                        ? &waiting->o
                                                                   : NULL;
    uint64_t now = p->frame->frame_no;

    if (p->packet.tcp.flags & (TCP_SYN | TCP_RST))
        exhibits_keep(p->exhibits, p->frame, true);
    if (p->marks & (TCP_MARK_SYN_ON_LIVE | TCP_MARK_CHALLENGE_ACK)) {
        exhibits_keep(p->exhibits, p->frame, false);
        exhibits_keep_past(p->exhibits, f->tcp->attempt.quiet_frame);
    } else if (o && o->n_resent && o->last_frame == now) {
        exhibits_keep(p->exhibits, p->frame, false);
        if (o->n_resent > 1)
            return;
        exhibits_keep_past(p->exhibits, o->sent_frame);
        exhibits_keep_past(p->exhibits, r->last_frame);
        exhibits_keep_past(p->exhibits, e->fin_frame);
        exhibits_keep_past(p->exhibits, r->fin_frame);
    } else if ((o && o->n_resent) || r->repaired.answer_frame == now ||
               f->tcp->attempt.rst_frame == now ||
               (p->packet.tcp.flags & TCP_FIN && (e->repaired.n_resent || r->repaired.n_resent))) {
        exhibits_keep(p->exhibits, p->frame, false);
    }
}

void pipeline_tcp(struct pipeline *p, const struct flow_key *key, bool from_lo)
{
    struct flow *f = flow_find(p->flows, key), *old = NULL;
    struct tcp_attempt answered = { 0 };
    struct tcp_segment s;
    struct tcp_remains before;
    unsigned old_mark = 0;
    bool new_isn, swapped;

    if (!f)
        f = first_life(p, key, from_lo);
    s = segment_of(p, f, from_lo);
    if (flow_is_copy(p->flows, f, &p->packet, s.from)) {
        f->n_copies++;
        p->flow = f;
        p->from = s.from;
        p->marks = TCP_MARK_COPY;
        lanes_mask(p, f, s.from);
        return;
    }
    /* A bare ACK or a RST while a SYN is unanswered is about that SYN, whatever its numbers: a
     * challenge ACK carries those of the older life. */
    if (f->older && !(s.flags & TCP_SYN) &&
        !(tcp_awaits_answer(f->tcp) && !s.len && !(s.flags & TCP_FIN))) {
        struct tcp_segment to_older = segment_of(p, f->older, from_lo);

        if (tcp_misfit(f->older->tcp, &to_older) < tcp_misfit(f->tcp, &s)) {
            f = f->older;
            s = to_older;
            old_mark = TCP_MARK_OLD_LIFE;
        }
    }
    if (!old_mark && tcp_judge(f->tcp, &s) == TCP_NEXT_LIFE) {
        old = f;
        answered = old->tcp->attempt;
        f = next_life(p, old, key, from_lo);
        s = segment_of(p, f, from_lo);
        flow_is_copy(p->flows, f, &p->packet, s.from); /* remembers it for the new life */
    }
    p->flow = f;
    p->from = s.from;
    /* A SYN sent again, on a live connection or out of time order changes nothing. */
    new_isn = s.flags & TCP_SYN && !s.late && !f->tcp->end[s.from].spoke &&
              tcp_judge(f->tcp, &s) == TCP_BELONGS &&
              !(f->tcp->end[s.from].isn_known && f->tcp->end[s.from].isn == s.seq);
    p->marks = flow_apply(p->flows, f, &s) | old_mark;
    if (p->marks & TCP_MARK_CHALLENGE_ACK && flow_remains(p->flows, f, &before, &swapped))
        tcp_recall(f->tcp, &before, swapped);
    keep_exhibits(p, f, s.from);
    if (answered.pending)
        lanes_attempt(p, old, f, &answered);
    lanes_mask(p, f, s.from);
    feed_streams(p, f, &s, new_isn);
}
