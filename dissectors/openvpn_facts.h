/*
 * openvpn_facts: what a tunnel's control channel leaves, and the state it is gathered in.
 */
#ifndef DISSECTORS_OPENVPN_FACTS_H
#define DISSECTORS_OPENVPN_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "dissectors/openvpn_wire.h"
#include "flow/outstanding.h"

#define OPENVPN_IDS_MAX   16u   /* ids of one direction that are watched at once */
#define OPENVPN_AHEAD_MAX 4u    /* pieces of TLS that wait for an earlier one */
#define OPENVPN_PIECE_MAX 1400u /* bytes of such a piece; longer ones are not kept */

struct dissect_ctx;
struct fact_kind;

/* One control packet id in one direction. */
struct openvpn_id {
    uint32_t id, size;       /* size: of the first frame */
    struct outstanding o;    /* answered: acknowledged for the first time */
    uint32_t n_acks, n_after_ack; /* acknowledgements; sendings after the first of them */
    uint64_t last_ack_frame;
    uint8_t in_flight;       /* unacknowledged ids when it was first sent, itself included */
};

struct openvpn_stall {
    bool seen, recovered;
    struct openvpn_id id;
    uint32_t window, n_above_acked;
    int64_t stalled_ns;
};

struct openvpn_ahead {
    uint32_t id;
    uint16_t len;
    uint8_t bytes[OPENVPN_PIECE_MAX];
};

struct openvpn_half {
    bool sid_known;
    uint64_t sid;
    uint32_t next, deliver; /* first id not sent yet; next id to hand on */
    uint32_t window, n_sent, n_resent;
    int64_t last_new_ns;
    struct openvpn_id ids[OPENVPN_IDS_MAX]; /* in order of ids */
    uint8_t n_ids;
    struct openvpn_stall stall;
    struct openvpn_ahead ahead[OPENVPN_AHEAD_MAX];
};

struct openvpn_negotiation {
    uint32_t number;  /* 1-based per flow, also the lane of its TLS; 0: none */
    uint8_t key_id, by;
    bool mid;         /* its start was not captured */
    bool encrypted, data[2];
    uint64_t start_frame, last_frame, answer_frame, done_frame;
    uint64_t went_on_frame, own_data_frame, agreed_frame, unseen_frame;
    uint64_t cut_frame;       /* first control packet that was not captured whole */
    uint32_t n_own_controls;  /* P_CONTROL packets of the end that began */
    uint8_t n_turns, turn_of; /* how often the word passed between the ends; who has it */
    uint32_t turn_bytes;      /* of TLS in the present turn */
    int64_t start_ns, last_ns, done_ns, answer_ns;
    uint32_t n_resets, n_waiting; /* waiting: ids resent in vain, counted at the end */
    struct openvpn_half half[2];
};

/* The longest of some times, and the longest but one: what happened once is no rhythm. */
struct openvpn_longest {
    int64_t one_ns, two_ns;
};

/* A tunnel from its first packet to its end or restart, on one flow. */
struct openvpn_session {
    uint64_t n_data[2], up_frame, restart_frame;
    int64_t up_ns, restart_ns;
    uint64_t last_frame[2], since_frame[2], since[2]; /* since: packets after the other end's last */
    int64_t last_ns[2], since_ns[2], since_gap_ns[2]; /* gap: the longest between two of these */
    struct openvpn_longest wait[2]; /* that packets of the other end waited for one of this end */
    struct openvpn_longest gap[2];  /* between two packets of this end */
    uint32_t peer_id[2];   /* of the last P_DATA_V2; OPENVPN_NO_PEER: none */
};

struct openvpn_state {
    struct openvpn_wrapping wrapping[2]; /* key id 0; key ids above */
    uint64_t n_packets;
    uint32_t n_negotiations;
    bool client_known;
    uint8_t client;
    struct openvpn_session session;
    struct openvpn_negotiation now;
};

extern const struct fact_kind *const openvpn_fact_kinds[];

void openvpn_emit_id(struct dissect_ctx *ctx, const struct openvpn_negotiation *n,
                     const struct openvpn_id *s, unsigned from);
void openvpn_emit_stall(struct dissect_ctx *ctx, const struct openvpn_state *st,
                        const struct openvpn_negotiation *n, unsigned from);
void openvpn_emit_negotiation(struct dissect_ctx *ctx, const struct openvpn_state *st,
                              const struct openvpn_negotiation *n, bool superseded);
/* The other end of `from` speaks again, and so ends what `from` said into the silence. */
void openvpn_emit_silence(struct dissect_ctx *ctx, const struct openvpn_session *s, unsigned from);
void openvpn_emit_session(struct dissect_ctx *ctx, const struct openvpn_state *st);

/* One end of the tunnel speaks: who spoke last, and how much the other end has said since
 * (openvpn_silence.c). */
void openvpn_heard(struct dissect_ctx *ctx, struct openvpn_session *s);
/* To be called before what is unanswered is told. */
void openvpn_doubt_silence(const struct dissect_ctx *ctx, struct openvpn_session *s);

#endif
