/*
 * lanes: the dissectors at work on a flow.
 *
 * Lane 0 is the conversation itself; carried messages get lanes of their own.  A dissector is found
 * by content; where nothing claims the first bytes, by port, and the flow says so.
 */
#ifndef INGEST_LANES_H
#define INGEST_LANES_H

#include <stdbool.h>

#include "base/bytes.h"

struct flow;
struct pipeline;
struct tcp_attempt;

/* Stream bytes of p->flow in direction `from`, in order; a stream_take_fn's work. */
size_t lanes_stream(struct pipeline *p, struct flow *f, unsigned from, struct bytes in,
                    bool after_gap);

/* A datagram's payload. */
void lanes_packet(struct pipeline *p, struct flow *f, unsigned from, struct bytes in);

/* Masks what this segment of p->packet holds of a secret that was sent on the flow before: a copy or
 * a retransmission never reaches a dissector again. */
void lanes_mask(struct pipeline *p, const struct flow *f, unsigned from);

/* A message of a link-level protocol, which needs no guessing: `name` is its dissector. */
void lanes_link(struct pipeline *p, struct flow *f, unsigned from, const char *name,
                struct bytes in);

/* Does anything still want this flow's stream bytes? */
bool lanes_want_stream(const struct flow *f);

/* Tells every dissector of the flow, and tcp, that the life leaves; frees the lanes. */
void lanes_end(struct pipeline *p, struct flow *f);

/* An attempt on `old` was answered by the life `next`. */
void lanes_attempt(struct pipeline *p, struct flow *old, const struct flow *next,
                   const struct tcp_attempt *a);

#endif
