/*
 * tcp_attempt: an end opens a four-tuple again that the other end still holds (RFC 5961 section 4,
 * RFC 9293 section 3.10.7.4).  The part of the TCP machine (flow/tcp.h) that knows SYNs on live
 * connections, challenge ACKs and what follows; called by tcp.c only.
 */
#ifndef FLOW_TCP_ATTEMPT_H
#define FLOW_TCP_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/tcp.h"

#define TCP_FAR_AWAY (1u << 26) /* a segment with numbers this far off cannot be of the same life */

static inline uint64_t tcp_distance(uint32_t a, uint32_t b)
{
    int64_t d = tcp_diff(a, b);

    return (uint64_t)(d < 0 ? -d : d);
}

/* A SYN that tcp_judge calls an attempt; returns marks. */
unsigned tcp_attempt_syn(struct tcp_life *t, const struct tcp_segment *s);

/* A segment while an attempt is pending.  True: it was about the attempt. */
bool tcp_attempt_segment(struct tcp_life *t, const struct tcp_segment *s, unsigned *marks);

/* A SYN on what looks like a fresh four-tuple was answered by a bare ACK: starts the attempt. */
bool tcp_stale_peer(struct tcp_life *t, const struct tcp_flight *others,
                    const struct tcp_segment *s);

/* The opener of an attempt sends what comes behind its SYN. */
bool tcp_behind_attempt(const struct tcp_life *t, const struct tcp_segment *s);

/* The opener goes on, so that there is no attempt: its SYN was somebody else's, or was answered. */
bool tcp_goes_on(const struct tcp_life *t, const struct tcp_segment *s);

/* tcp.c: what an end must believe from this frame on. */
void tcp_set_state(struct tcp_life *t, unsigned end, enum tcp_state state, uint64_t frame_no);

#endif
