#include "config.h"

#include "flow/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct stream_piece {
    struct stream_piece *next;
    uint32_t seq, len, wire_len;
    uint8_t bytes[];
};

static int32_t diff(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static void drop_ahead(struct stream *s, struct stream_budget *budget)
{
    struct stream_piece *p, *next;

    for (p = s->ahead; p; p = next) {
        next = p->next;
        free(p);
    }
    budget->used -= s->ahead_bytes;
    s->ahead = NULL;
    s->n_ahead = s->ahead_bytes = 0;
}

void stream_stop(struct stream *s, struct stream_budget *budget)
{
    drop_ahead(s, budget);
    budget->used -= s->cap;
    free(s->kept);
    s->kept = NULL;
    s->n_kept = s->cap = 0;
    s->off = true;
}

static void give_up(struct stream *s, struct stream_budget *budget)
{
    budget->n_refused++;
    stream_stop(s, budget);
}

/* Appends to what is kept; false: a limit was reached and the stream is off. */
static bool keep(struct stream *s, struct stream_budget *budget, const uint8_t *p, size_t len)
{
    size_t need = s->n_kept + len, cap = s->cap ? s->cap : 2048;

    if (need > STREAM_KEEP_MAX) {
        give_up(s, budget);
        return false;
    }
    while (cap < need)
        cap *= 2;
    if (cap != s->cap) {
        if (cap - s->cap > budget->max - budget->used) {
            give_up(s, budget);
            return false;
        }
        s->kept = xrealloc(s->kept, cap, 1);
        budget->used += cap - s->cap;
        s->cap = (uint32_t)cap;
    }
    memcpy(s->kept + s->n_kept, p, len);
    s->n_kept += (uint32_t)len;
    return true;
}

/* Hands bytes to the taker, keeps what it does not use. */
static void deliver(struct stream *s, struct stream_budget *budget, const uint8_t *p, size_t len,
                    bool after_gap, const struct stream_taker *taker)
{
    size_t used;

    if (after_gap)
        s->n_kept = 0;
    if (s->n_kept) {
        if (!keep(s, budget, p, len))
            return;
        used = taker->take(taker->user, bytes_of(s->kept, s->n_kept), false);
        if (s->off)
            return;
        if (used > s->n_kept)
            used = s->n_kept;
        memmove(s->kept, s->kept + used, s->n_kept - used);
        s->n_kept -= (uint32_t)used;
        return;
    }
    used = taker->take(taker->user, bytes_of(p, len), after_gap);
    if (!s->off && used < len)
        keep(s, budget, p + used, len - used);
}

/* No room for `len` more bytes behind a hole? */
static bool full(const struct stream *s, const struct stream_budget *budget, uint32_t len)
{
    return s->n_ahead >= STREAM_PIECES_MAX || s->ahead_bytes + len > STREAM_AHEAD_MAX ||
           len > budget->max - budget->used;
}

/* One piece between its neighbours, which it does not overlap. */
static void put_piece(struct stream *s, struct stream_budget *budget, struct stream_piece **at,
                      uint32_t seq, const uint8_t *p, uint32_t len, uint32_t wire_len)
{
    struct stream_piece *piece = xmalloc(sizeof(*piece) + len);

    *piece = (struct stream_piece){ .next = *at, .seq = seq, .len = len, .wire_len = wire_len };
    if (len)
        memcpy(piece->bytes, p, len);
    *at = piece;
    s->n_ahead++;
    s->ahead_bytes += len;
    budget->used += len;
}

/* Keeps what no waiting piece covers yet: the first copy wins.  What does not fit is dropped. */
static void put_ahead(struct stream *s, struct stream_budget *budget, uint32_t seq,
                      const uint8_t *p, uint32_t len, uint32_t wire_len)
{
    struct stream_piece **at = &s->ahead;

    while (wire_len) {
        uint32_t n = wire_len, skip;

        while (*at && diff((*at)->seq + (*at)->wire_len, seq) <= 0)
            at = &(*at)->next;
        if (*at && diff((*at)->seq, seq) <= 0) { /* covered as far as that piece reaches */
            n = (*at)->seq + (*at)->wire_len - seq;
        } else {
            if (*at && diff((*at)->seq, seq + n) < 0)
                n = (*at)->seq - seq;
            if (full(s, budget, len < n ? len : n))
                return;
            put_piece(s, budget, at, seq, p, len < n ? len : n, n);
        }
        n = n < wire_len ? n : wire_len;
        skip = n < len ? n : len;
        p += skip;
        len -= skip;
        seq += n;
        wire_len -= n;
    }
}

/* In order, or overlapping what was delivered already; no waiting piece overlaps it. */
static void push_now(struct stream *s, struct stream_budget *budget, uint32_t seq,
                     const uint8_t *p, uint32_t len, uint32_t wire_len, bool after_gap,
                     const struct stream_taker *taker)
{
    uint32_t old = s->next - seq; /* bytes that were delivered before */

    if (old >= wire_len)
        return;
    s->next = seq + wire_len;
    after_gap |= s->cut;
    s->cut = after_gap;
    if (old < len) {
        s->cut = false;
        deliver(s, budget, p + old, len - old, after_gap, taker);
    }
    if (len < wire_len) {
        s->cut = true;
        s->n_kept = 0; /* what was kept can never be completed */
    }
}

/* Delivers waiting pieces; `skip`: the hole before the first one is given up. */
static void drain(struct stream *s, struct stream_budget *budget, bool skip,
                  const struct stream_taker *taker)
{
    bool gap = false;

    while (s->ahead && !s->off) {
        struct stream_piece *p = s->ahead;

        if (diff(p->seq, s->next) > 0) {
            if (!skip)
                return;
            s->next = p->seq;
            gap = true;
            skip = false;
        }
        s->ahead = p->next;
        s->n_ahead--;
        s->ahead_bytes -= p->len;
        budget->used -= p->len;
        push_now(s, budget, p->seq, p->bytes, p->len, p->wire_len, gap, taker);
        gap = false;
        free(p);
    }
}

/* In order: up to the first waiting piece, then that piece, then what is left. */
static void push_in_order(struct stream *s, struct stream_budget *budget, uint32_t seq,
                          const uint8_t *p, uint32_t len, uint32_t wire_len,
                          const struct stream_taker *taker)
{
    while (wire_len && !s->off) {
        uint32_t n = wire_len, here;

        if (s->ahead && diff(s->ahead->seq, seq + n) < 0 && diff(s->ahead->seq, seq) > 0)
            n = s->ahead->seq - seq;
        here = len < n ? len : n;
        push_now(s, budget, seq, p, here, n, false, taker);
        drain(s, budget, false, taker);
        p += here;
        len -= here;
        seq += n;
        wire_len -= n;
    }
}

void stream_push(struct stream *s, struct stream_budget *budget, uint32_t seq, const uint8_t *p,
                 uint32_t len, uint32_t wire_len, const struct stream_taker *taker)
{
    if (s->off || wire_len == 0)
        return;
    if (!s->started) {
        s->started = true;
        s->next = seq;
    }
    /* Too much waits: holes are given up, the oldest first. */
    while (diff(seq, s->next) > 0 && s->ahead && !s->off && full(s, budget, len))
        drain(s, budget, true, taker);
    if (s->off)
        return;
    if (diff(seq, s->next) > 0 && full(s, budget, len)) {
        s->next = seq;
        s->cut = true;
        s->n_kept = 0;
    }
    if (diff(seq, s->next) <= 0)
        push_in_order(s, budget, seq, p, len, wire_len, taker);
    else
        put_ahead(s, budget, seq, p, len, wire_len);
    drain(s, budget, false, taker);
}

void stream_acked(struct stream *s, struct stream_budget *budget, uint32_t ack,
                  const struct stream_taker *taker)
{
    if (s->off || !s->started)
        return;
    while (s->ahead && !s->off && diff(ack, s->next) > 0 && diff(s->ahead->seq, s->next) > 0 &&
           diff(ack, s->ahead->seq) >= 0)
        drain(s, budget, true, taker);
}
