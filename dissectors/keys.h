/*
 * keys: what the user gave to open encrypted traffic.  Kept in memory only, never stored.
 */
#ifndef DISSECTORS_KEYS_H
#define DISSECTORS_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define OPENVPN_KEYS_MAX 16u  /* static key files of one run */
#define OPENVPN_KEY_LEN  256u /* bytes: two directions of a cipher and an HMAC key, 64 each */

struct dissect_keys {
    uint8_t openvpn[OPENVPN_KEYS_MAX][OPENVPN_KEY_LEN];
    size_t n_openvpn;
};

/* Adds the static key of an OpenVPN key file (--tls-auth, --tls-crypt). */
int keys_add_openvpn(struct dissect_keys *k, const char *path, struct err *err);

/* SHA-256 over all keys, whatever the order of the files: part of what makes a source known. */
void keys_hash(const struct dissect_keys *k, uint8_t out[32]);

#endif
