/*
 * digest: SHA-256, HMAC-SHA256 and MD5, through libcrypto.
 *
 * SHA-256 names sources and verdicts; HMAC tells two secrets apart without keeping them; MD5 is
 * only what JA3 asks for.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_LEN 32
#define MD5_LEN    16

/* SHA-256 over pieces.  digest_end frees; digest_free drops an unfinished one. */
struct digest;
struct digest *digest_new(void);
void digest_add(struct digest *d, const void *p, size_t len);
void digest_end(struct digest *d, uint8_t out[SHA256_LEN]);
void digest_free(struct digest *d);

void sha256(const void *p, size_t len, uint8_t out[SHA256_LEN]);
void md5(const void *p, size_t len, uint8_t out[MD5_LEN]);
void hmac_sha256(const void *key, size_t key_len, const void *p, size_t len,
                 uint8_t out[SHA256_LEN]);

#endif
