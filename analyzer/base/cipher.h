/*
 * cipher: decryption through libcrypto, for keys that the user gave or that everybody knows.
 */
#ifndef BASE_CIPHER_H
#define BASE_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* AES-256 in counter mode, which is its own inverse.  False: libcrypto said no. */
bool cipher_aes256_ctr(const uint8_t key[32], const uint8_t iv[16], const uint8_t *in, size_t len,
                       uint8_t *out);

/* One block of AES-128. */
bool cipher_aes128_block(const uint8_t key[16], const uint8_t in[16], uint8_t out[16]);

/*
 * AES-128-GCM: `in` is text and tag, `out` has room for the text.  False: the tag says that key,
 * nonce or bytes are not right, and `out` must not be used.
 */
#define CIPHER_TAG_LEN 16u
bool cipher_aes128_gcm_open(const uint8_t key[16], const uint8_t nonce[12], const uint8_t *head,
                            size_t head_len, const uint8_t *in, size_t len, uint8_t *out);

#endif
