/*
 * belief: what each end of a conversation must believe, as far as one capture shows it.
 *
 * A plain record that grows with each frame and can be copied: a copy is a place to go on from.  It
 * holds the TCP machine of flow/tcp.h and small ones for PPP (RFC 1661 section 4), for the control
 * channel of OpenVPN and for the pings of MQTT.  Frames whose bytes are gone end what is known from
 * headers; then only the states that ingest wrote down (tcp_life.states) are told.
 */
#ifndef FRAME_BELIEF_H
#define FRAME_BELIEF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "flow/tcp.h"
#include "frame/belief_openvpn.h"
#include "frame/belief_ppp.h"

struct packet;
struct store;
struct store_packet;

enum belief_kind { BELIEF_NONE, BELIEF_TCP, BELIEF_PPP, BELIEF_OPENVPN };

/* What the case knows of the flow beforehand; the same for all its frames. */
struct belief_about {
    enum belief_kind kind;
    bool mqtt, openvpn; /* inside TCP */
    bool no_ends;       /* PPP without addresses */
    struct tcp_change changes[TCP_STATES_MAX];
    uint8_t n_changes;
    bool opened;        /* the life began with a SYN on the life before: `start` holds it */
    struct tcp_life start;
    struct tcp_flight start_flight; /* of end a */
    uint32_t opened_flow;
    uint64_t opened_frame;
    uint32_t window[2]; /* OpenVPN: widest send window of each end, as the trace shows it; 0: unknown */
    uint8_t ping_end;   /* MQTT inside TLS: a PINGREQ that was never answered ... */
    uint64_t ping_frame; /* ... in this frame; 0: none */
    int64_t ping_ns;
};

struct belief {
    uint64_t frame_no; /* the last one */
    int64_t now_ns;
    bool blind;        /* bytes were missing */
    struct tcp_life tcp;
    struct tcp_flight flight[2]; /* of its ends */
    struct belief_ppp ppp;
    struct belief_openvpn openvpn;
    struct outstanding ping; /* MQTT in clear */
    uint8_t ping_end;
};

/*
 * Fills *about of a flow; what a case does not have stays unknown.  `no_ends`: both ends have the same
 * address, so nobody knows who sent what.
 */
int belief_learn(struct store *s, uint32_t source, uint32_t flow, const char *proto,
                 const char *app, bool no_ends, struct belief_about *about, struct err *err);

void belief_start(struct belief *b, const struct belief_about *about);

/* A frame of the flow.  `p` NULL: its bytes are gone. */
void belief_frame(struct belief *b, const struct belief_about *about,
                  const struct store_packet *row, const struct packet *p);

/* The last frame sent again what its end had sent before: OpenVPN, PPP.  Of TCP the marks tell. */
bool belief_resent(const struct belief *b);

/* What `end` (0 a, 1 b) must believe at `now_ns`. */
void belief_state(const struct belief *b, const struct belief_about *about, unsigned end,
                  char *out, size_t len);
void belief_detail(const struct belief *b, const struct belief_about *about, unsigned end,
                   int64_t now_ns, char *out, size_t len);

/* Adds " in flight", or " unanswered for 3.2 s, sent 4 times". */
void belief_wait(const struct outstanding *o, int64_t now_ns, char *out, size_t len);

#endif
