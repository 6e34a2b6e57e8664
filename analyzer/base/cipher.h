/*
 * cipher: decryption through libcrypto, for keys that the user gave.
 */
#ifndef BASE_CIPHER_H
#define BASE_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* AES-256 in counter mode, which is its own inverse.  False: libcrypto said no. */
bool cipher_aes256_ctr(const uint8_t key[32], const uint8_t iv[16], const uint8_t *in, size_t len,
                       uint8_t *out);

#endif
