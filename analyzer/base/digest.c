#include "config.h"

#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"

/* EVP_sha256() looks its implementation up at each use, which takes longer than a short digest. */
static const EVP_MD *sha256_md, *md5_md;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static const EVP_MD *fetch(const char *name, const EVP_MD *otherwise)
{
    const EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);

    return md ? md : otherwise;
}

static void fetch_all(void)
{
    sha256_md = fetch("SHA256", EVP_sha256());
    md5_md = fetch("MD5", EVP_md5());
}

struct digest {
    EVP_MD_CTX *md;
};

struct digest *digest_new(void)
{
    struct digest *d = xcalloc(1, sizeof(*d));

    pthread_once(&fetched, fetch_all);
    d->md = EVP_MD_CTX_new();
    if (d->md)
        EVP_DigestInit_ex(d->md, sha256_md, NULL);
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
    pthread_once(&fetched, fetch_all);
    EVP_Digest(p, len, out, NULL, sha256_md, NULL);
}

void md5(const void *p, size_t len, uint8_t out[MD5_LEN])
{
    pthread_once(&fetched, fetch_all);
    EVP_Digest(p, len, out, NULL, md5_md, NULL);
}

void hmac_sha256(const void *key, size_t key_len, const void *p, size_t len,
                 uint8_t out[SHA256_LEN])
{
    HMAC(EVP_sha256(), key, (int)key_len, p, len, out, NULL);
}
