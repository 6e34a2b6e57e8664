/*
 * openvpn_wire: one OpenVPN packet, and which wrapping its control channel has.
 *
 * Sources: OpenVPN src/openvpn/ssl_pkt.h, reliable.c, tls_crypt.h (v2.6.14); the wrapping is not
 * announced anywhere, so it is learnt from the opening packets: tls-crypt before plain, since a
 * tls-crypt packet read as plain often parses and the reverse does not.
 */
#ifndef DISSECTORS_OPENVPN_WIRE_H
#define DISSECTORS_OPENVPN_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define OPENVPN_TEXT_MAX 4096u /* bytes of a sealed packet; more is not opened */
#define OPENVPN_ACKS_MAX 8u  /* reliable.h RELIABLE_ACK_SIZE */
#define OPENVPN_ID_MAX   (1u << 20) /* packet ids of one negotiation; larger ones are no ids */

#define OPENVPN_NO_PEER  0xffffffu  /* P_DATA_V2 before an id is assigned; here also: no P_DATA_V2 */

enum openvpn_op {
    OPENVPN_HARD_RESET_CLIENT_V1 = 1,
    OPENVPN_HARD_RESET_SERVER_V1 = 2,
    OPENVPN_SOFT_RESET_V1 = 3,
    OPENVPN_CONTROL_V1 = 4,
    OPENVPN_ACK_V1 = 5,
    OPENVPN_DATA_V1 = 6,
    OPENVPN_HARD_RESET_CLIENT_V2 = 7,
    OPENVPN_HARD_RESET_SERVER_V2 = 8,
    OPENVPN_DATA_V2 = 9,
    OPENVPN_HARD_RESET_CLIENT_V3 = 10,
    OPENVPN_WKC_V1 = 11,
};

enum openvpn_wrap { WRAP_UNKNOWN, WRAP_NONE, WRAP_TLS_AUTH, WRAP_TLS_CRYPT, WRAP_TLS_CRYPT_V2 };

struct openvpn_wrapping {
    enum openvpn_wrap wrap;
    uint8_t hmac_len; /* tls-auth: 16, 20, 28, 32, 48, 64 */
};

struct openvpn_packet {
    uint8_t op, key_id;
    bool control;   /* control channel; the fields below are then set */
    bool encrypted; /* ids and payload cannot be read */
    bool cut;       /* not all of it was captured; `encrypted` says whether the ids were */
    uint32_t missing; /* bytes at its end that were not */
    uint64_t sid;
    uint8_t n_acks;
    uint32_t acks[OPENVPN_ACKS_MAX];
    uint64_t remote_sid; /* if n_acks */
    bool has_id;
    uint32_t id;
    uint32_t peer_id; /* of P_DATA_V2 */
    struct bytes payload;
    struct bytes sealed; /* tls-crypt: what was encrypted; payload stays empty until it is opened */
    const uint8_t *tag, *header; /* tls-crypt: 32 bytes; the 17 bytes before it */
};

const char *openvpn_wrap_name(enum openvpn_wrap w);

static inline bool openvpn_is_data(uint8_t op)
{
    return op == OPENVPN_DATA_V1 || op == OPENVPN_DATA_V2;
}

static inline bool openvpn_is_client_reset(uint8_t op)
{
    return op == OPENVPN_HARD_RESET_CLIENT_V1 || op == OPENVPN_HARD_RESET_CLIENT_V2 ||
           op == OPENVPN_HARD_RESET_CLIENT_V3;
}

static inline bool openvpn_is_server_reset(uint8_t op)
{
    return op == OPENVPN_HARD_RESET_SERVER_V1 || op == OPENVPN_HARD_RESET_SERVER_V2;
}

/* Reads a whole packet under a known wrapping.  False: it does not parse so. */
bool openvpn_parse(struct bytes in, const struct openvpn_wrapping *w, struct openvpn_packet *out);

/*
 * Reads what every wrapping has in front, op and session id, of a control packet of `wire_len`
 * bytes that the capture cut short.  `known`: other packets said that this is OpenVPN; otherwise it
 * must be a reset of the right size.  False: it is none.
 */
bool openvpn_parse_cut(struct bytes in, size_t wire_len, bool known, struct openvpn_packet *out);

/*
 * Opens a tls-crypt packet with a static key (256 bytes; whose direction it is, the tag says).
 * `out` takes the text, p->sealed.left bytes.  False: not this key.
 */
bool openvpn_open(struct openvpn_packet *p, const uint8_t *key, uint8_t *out);

/*
 * Learns the wrapping from one control packet; `now_s` is the capture's time (the wrappings carry
 * the sender's clock).  False: this is no control packet that could be recognised by content.
 */
bool openvpn_learn(struct bytes in, int64_t now_s, struct openvpn_wrapping *out);

#endif
