/*
 * belief_ppp: the part of belief that follows PPP's control protocols (RFC 1661 section 4) and the
 * discovery of PPPoE (RFC 2516).
 *
 * As far as frames show it: an end is in Req-Sent when its request was seen, in Ack-Sent when it has
 * acknowledged the other's last one, in Ack-Rcvd when its own was acknowledged, Opened with both.
 */
#ifndef FRAME_BELIEF_PPP_H
#define FRAME_BELIEF_PPP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dissectors/ppp_config.h"
#include "flow/outstanding.h"

struct packet;
struct store_packet;

/* One protocol at one end. */
struct belief_ppp_half {
    bool asked, acked, ack_sent, closing, closed, rejected;
    uint8_t id;            /* of its last request */
    struct outstanding o;  /* that request */
};

struct belief_ppp {
    bool no_ends;          /* frames without addresses: nobody knows who sent what */
    bool over;             /* PADT, or LCP terminated */
    uint8_t discovery[2];  /* code of the last discovery packet of each end */
    uint16_t session;
    struct belief_ppp_half half[PPP_LAYERS][2];
    uint64_t resent_frame; /* the last frame with a request that was sent before, under its id */
};

void belief_ppp_frame(struct belief_ppp *b, const struct store_packet *row, const struct packet *p,
                      int64_t ns);
void belief_ppp_state(const struct belief_ppp *b, unsigned end, char *out, size_t len);
void belief_ppp_detail(const struct belief_ppp *b, unsigned end, int64_t now_ns, char *out,
                       size_t len);

#endif
