#include "config.h"

#include "base/cipher.h"

#include <limits.h>
#include <openssl/evp.h>
#include <string.h>

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

bool cipher_aes128_block(const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int n = 0;
    bool done = c && EVP_EncryptInit_ex(c, EVP_aes_128_ecb(), NULL, key, NULL) == 1 &&
                EVP_CIPHER_CTX_set_padding(c, 0) == 1 &&
                EVP_EncryptUpdate(c, out, &n, in, 16) == 1 && n == 16;

    EVP_CIPHER_CTX_free(c);
    return done;
}

bool cipher_aes128_gcm_open(const uint8_t key[16], const uint8_t nonce[12], const uint8_t *head,
                            size_t head_len, const uint8_t *in, size_t len, uint8_t *out)
{
    EVP_CIPHER_CTX *c;
    uint8_t tag[CIPHER_TAG_LEN];
    int n = 0;
    bool done;

    if (len < sizeof(tag) || len > INT_MAX || head_len > INT_MAX)
        return false;
    len -= sizeof(tag);
    memcpy(tag, in + len, sizeof(tag));
    c = EVP_CIPHER_CTX_new();
    done = c && EVP_DecryptInit_ex(c, EVP_aes_128_gcm(), NULL, key, nonce) == 1 &&
           EVP_DecryptUpdate(c, NULL, &n, head, (int)head_len) == 1 &&
           EVP_DecryptUpdate(c, out, &n, in, (int)len) == 1 && (size_t)n == len &&
           EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, sizeof(tag), tag) == 1 &&
           EVP_DecryptFinal_ex(c, out + len, &n) == 1;
    EVP_CIPHER_CTX_free(c);
    return done;
}
