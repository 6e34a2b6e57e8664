/*
 * stream: the bytes of one direction of a TCP life, in order, within a budget.
 *
 * Bytes that arrive in order go straight to the taker; what it does not use yet is kept.  Segments
 * ahead of a hole wait, bounded; when the bound is reached, or the other end acknowledges what was
 * not captured, the hole is skipped and the taker is told; so it is behind a segment that the snap
 * length cut.  First copy wins: a retransmission with other bytes changes nothing, whether the first
 * copy was delivered already or waits behind a hole.
 */
#ifndef FLOW_STREAM_H
#define FLOW_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define STREAM_KEEP_MAX    (96u * 1024)  /* unused bytes kept for one direction */
#define STREAM_AHEAD_MAX   (64u * 1024)  /* bytes waiting behind a hole */
#define STREAM_PIECES_MAX  64u           /* pieces waiting behind a hole */
#define STREAM_BUDGET      (64u << 20)   /* bytes over all flows of a capture */

struct stream_piece;

struct stream {
    bool started, off;
    bool cut;      /* the bytes before `next` were sent but not captured */
    uint32_t next; /* sequence number expected */
    uint8_t *kept;
    uint32_t n_kept, cap;
    struct stream_piece *ahead; /* sorted by sequence number */
    uint32_t n_ahead, ahead_bytes;
};

struct stream_budget {
    size_t used, max;
    uint64_t n_refused; /* streams given up for want of memory */
};

/*
 * Takes bytes in order, returns how many were used; the rest comes again with more behind it.
 * `after_gap`: bytes before these are missing.
 */
typedef size_t stream_take_fn(void *user, struct bytes in, bool after_gap);

struct stream_taker {
    stream_take_fn *take;
    void *user;
};

/* A segment's payload: `len` captured bytes of `wire_len`. */
void stream_push(struct stream *s, struct stream_budget *budget, uint32_t seq, const uint8_t *p,
                 uint32_t len, uint32_t wire_len, const struct stream_taker *taker);

/* The other end has everything before `ack`: holes before it will never be filled. */
void stream_acked(struct stream *s, struct stream_budget *budget, uint32_t ack,
                  const struct stream_taker *taker);

/* Frees what is kept; the stream takes nothing more. */
void stream_stop(struct stream *s, struct stream_budget *budget);

#endif
