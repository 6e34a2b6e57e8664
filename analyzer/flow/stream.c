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

static void put_ahead(struct stream *s, struct stream_budget *budget, uint32_t seq,
                      const uint8_t *p, uint32_t len, uint32_t wire_len)
{
    struct stream_piece **at = &s->ahead, *piece;

    while (*at && diff((*at)->seq, seq) < 0)
        at = &(*at)->next;
    if (*at && (*at)->seq == seq && (*at)->len >= len)
        return;
    piece = xmalloc(sizeof(*piece) + len);
    *piece = (struct stream_piece){ .next = *at, .seq = seq, .len = len, .wire_len = wire_len };
    memcpy(piece->bytes, p, len);
    *at = piece;
    s->n_ahead++;
    s->ahead_bytes += len;
    budget->used += len;
}

/* In order, or overlapping what was delivered already. */
static void push_now(struct stream *s, struct stream_budget *budget, uint32_t seq,
                     const uint8_t *p, uint32_t len, uint32_t wire_len, bool after_gap,
                     const struct stream_taker *taker)
{
    uint32_t old = (uint32_t)-diff(seq, s->next);

    if (old >= wire_len)
        return;
    s->next = seq + wire_len;
    if (old < len)
        deliver(s, budget, p + old, len - old, after_gap, taker);
    if (len < wire_len && !s->off)
        s->n_kept = 0; /* snapped: what was kept can never be completed */
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

void stream_push(struct stream *s, struct stream_budget *budget, uint32_t seq, const uint8_t *p,
                 uint32_t len, uint32_t wire_len, const struct stream_taker *taker)
{
    if (s->off || wire_len == 0)
        return;
    if (!s->started) {
        s->started = true;
        s->next = seq;
    }
    if (diff(seq, s->next) <= 0) {
        push_now(s, budget, seq, p, len, wire_len, false, taker);
    } else {
        if (s->n_ahead >= STREAM_PIECES_MAX || s->ahead_bytes + len > STREAM_AHEAD_MAX ||
            len > budget->max - budget->used)
            drain(s, budget, true, taker);
        if (s->off)
            return;
        if (diff(seq, s->next) <= 0) {
            push_now(s, budget, seq, p, len, wire_len, false, taker);
        } else if (s->n_ahead < STREAM_PIECES_MAX && s->ahead_bytes + len <= STREAM_AHEAD_MAX &&
                   len <= budget->max - budget->used) {
            put_ahead(s, budget, seq, p, len, wire_len);
        } else {
            s->next = seq;
            push_now(s, budget, seq, p, len, wire_len, true, taker);
        }
    }
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
