/*
 * quic_crypto: opens Initial packets, whose keys are no secret (RFC 9001 section 5.2): they follow
 * from the version and from the connection id that the client chose first.
 *
 * The versions are those of RFC 9000 and RFC 9369, the drafts since 22 with their offspring at
 * Facebook and Google, and the reserved ones that only provoke a negotiation.  Google's Q050 is
 * none of them: what it carries is not TLS.
 */
#ifndef DISSECTORS_QUIC_CRYPTO_H
#define DISSECTORS_QUIC_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define QUIC_CID_MAX 20u

enum quic_type { QUIC_INITIAL, QUIC_ZERO_RTT, QUIC_HANDSHAKE, QUIC_RETRY };

struct quic_cid {
    uint8_t len;
    uint8_t id[QUIC_CID_MAX];
};

struct quic_version; /* salt and labels; constant */

/* NULL: not a version of ours. */
const struct quic_version *quic_version_of(uint32_t number);

/* What the two type bits of a long header mean; v2 shifted them (RFC 9369 section 3.2). */
enum quic_type quic_type_of(const struct quic_version *v, uint8_t first);

/* Google's T050 and T051: packets are as in the drafts, frames are as in Q043. */
bool quic_has_google_frames(const struct quic_version *v);

struct quic_keys {
    uint8_t key[16], iv[12], hp[16];
};

/* The keys with which the client, or the server, protects its Initial packets. */
void quic_initial_keys(const struct quic_version *v, const struct quic_cid *first_dcid,
                       bool of_server, struct quic_keys *out);

/*
 * Takes both protections off an Initial packet.  `packet` is the whole packet, `number_at` where its
 * packet number starts, `largest` the largest number opened so far on this side; *number is that of
 * this packet.  `scratch` has room for twice the packet; the text lies in it.  False: other keys, or
 * bytes were changed or cut.
 */
bool quic_open(const struct quic_keys *k, struct bytes packet, size_t number_at, uint64_t largest,
               uint8_t *scratch, uint64_t *number, struct bytes *text);

/* A variable-length integer (RFC 9000 section 16). */
uint64_t quic_varint(struct bytes *in);

#endif
