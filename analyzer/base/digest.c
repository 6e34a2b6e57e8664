#include "config.h"

#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

#include "base/mem.h"

struct digest {
    EVP_MD_CTX *md;
};

struct digest *digest_new(void)
{
    struct digest *d = xcalloc(1, sizeof(*d));

    d->md = EVP_MD_CTX_new();
    if (d->md)
        EVP_DigestInit_ex(d->md, EVP_sha256(), NULL);
    return d;
}

void digest_add(struct digest *d, const void *p, size_t len)
{
    EVP_DigestUpdate(d->md, p, len);
}

void digest_end(struct digest *d, uint8_t out[SHA256_LEN])
{
    EVP_DigestFinal_ex(d->md, out, NULL);
    digest_free(d);
}

void digest_free(struct digest *d)
{
    if (!d)
        return;
    EVP_MD_CTX_free(d->md);
    free(d);
}

void sha256(const void *p, size_t len, uint8_t out[SHA256_LEN])
{
    EVP_Digest(p, len, out, NULL, EVP_sha256(), NULL);
}

void md5(const void *p, size_t len, uint8_t out[MD5_LEN])
{
    EVP_Digest(p, len, out, NULL, EVP_md5(), NULL);
}

void hmac_sha256(const void *key, size_t key_len, const void *p, size_t len,
                 uint8_t out[SHA256_LEN])
{
    HMAC(EVP_sha256(), key, (int)key_len, p, len, out, NULL);
}
