/*
 * outstanding: something was sent and waits for its answer.
 *
 * TCP bytes, OpenVPN packet ids, PPP requests and MQTT pings all have this one shape: sent at a
 * frame, sent again n times, answered at a frame or never.
 */
#ifndef FLOW_OUTSTANDING_H
#define FLOW_OUTSTANDING_H

#include <stdbool.h>
#include <stdint.h>

struct outstanding {
    uint64_t sent_frame; /* 0: nothing is outstanding */
    int64_t sent_ns;
    uint64_t resend_frame; /* the first resend; 0: none */
    uint64_t last_frame;   /* the last (re)send */
    int64_t last_ns;
    uint32_t n_resent;
    uint64_t answer_frame; /* 0: never */
    int64_t answer_ns;
};

void outstanding_send(struct outstanding *o, uint64_t frame_no, int64_t ns);
/* Counts one more sending of the same thing. */
void outstanding_resend(struct outstanding *o, uint64_t frame_no, int64_t ns);
void outstanding_answer(struct outstanding *o, uint64_t frame_no, int64_t ns);
bool outstanding_open(const struct outstanding *o);

/* From the first sending to the answer, or to `end_ns` if there is none; never negative. */
int64_t outstanding_waited_ns(const struct outstanding *o, int64_t end_ns);

#endif
