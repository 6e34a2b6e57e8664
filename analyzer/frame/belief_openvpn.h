/*
 * belief_openvpn: the part of belief that follows OpenVPN's control channel: which packet ids each
 * end has in flight (reliable.c), so how full its send window is.
 */
#ifndef FRAME_BELIEF_OPENVPN_H
#define FRAME_BELIEF_OPENVPN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "dissectors/openvpn_wire.h"
#include "flow/outstanding.h"

#define BELIEF_IDS_MAX 16u /* ids of one end watched at once */

struct belief_about;
struct store;
struct store_packet;

struct belief_openvpn_end {
    bool heard, sid_known, data;
    uint64_t sid;
    uint32_t next; /* first id not sent yet */
    struct {
        uint32_t id;
        struct outstanding o;
        bool again; /* sent again although its acknowledgement was seen here */
    } ids[BELIEF_IDS_MAX]; /* in order of ids */
    uint8_t n_ids;
};

struct belief_openvpn {
    struct openvpn_wrapping wrapping[2]; /* of key id 0, of those above */
    bool sealed, started;
    uint8_t key_id;
    struct belief_openvpn_end end[2];
    uint64_t resent_frame; /* the last frame with an id that was sent before */
};

int belief_openvpn_learn(struct store *s, uint32_t source, uint32_t flow,
                         struct belief_about *about, struct err *err);
/* One packet of the tunnel. */
void belief_openvpn_packet(struct belief_openvpn *b, const struct store_packet *row,
                           struct bytes in, int64_t ns);
/* The same of a TCP segment's payload, where each packet has its length in front. */
void belief_openvpn_segment(struct belief_openvpn *b, const struct store_packet *row,
                            struct bytes in, int64_t ns);
/* `window`: how many ids the end may have in flight, 0: not known. */
void belief_openvpn_state(const struct belief_openvpn *b, unsigned end, uint32_t window,
                          char *out, size_t len);
void belief_openvpn_detail(const struct belief_openvpn *b, unsigned end, int64_t now_ns, char *out,
                           size_t len);

#endif
