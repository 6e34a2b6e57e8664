#include "config.h"

#include "base/cipher.h"

#include <limits.h>
#include <openssl/evp.h>

bool cipher_aes256_ctr(const uint8_t key[32], const uint8_t iv[16], const uint8_t *in, size_t len,
                       uint8_t *out)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n = 0;
    bool done = c && len <= INT_MAX && EVP_EncryptInit_ex(c, EVP_aes_256_ctr(), NULL, key, iv) == 1 &&
                EVP_EncryptUpdate(c, out, &n, in, (int)len) == 1 && (size_t)n == len;

    EVP_CIPHER_CTX_free(c);
    return done;
}
