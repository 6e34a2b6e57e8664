#include "config.h"

#include "base/hash.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

struct hash_key hash_key_random(void)
{
    struct hash_key key;

    if (getrandom(&key, sizeof(key), GRND_NONBLOCK) != (ssize_t)sizeof(key)) {
        key.k0 = (uint64_t)time(NULL) * 0x9e3779b97f4a7c15u;
        key.k1 = (uint64_t)getpid() * 0xc2b2ae3d27d4eb4fu;
    }
    return key;
}

static inline uint64_t rotl(uint64_t x, int n)
{
    return (x << n) | (x >> (64 - n));
}

struct sip {
    uint64_t a, b, c, d;
};

static inline void sip_round(struct sip *s)
{
    s->a += s->b;
    s->b = rotl(s->b, 13) ^ s->a;
    s->a = rotl(s->a, 32);
    s->c += s->d;
    s->d = rotl(s->d, 16) ^ s->c;
    s->a += s->d;
    s->d = rotl(s->d, 21) ^ s->a;
    s->c += s->b;
    s->b = rotl(s->b, 17) ^ s->c;
    s->c = rotl(s->c, 32);
}

static inline void sip_word(struct sip *s, uint64_t m)
{
    s->d ^= m;
    sip_round(s);
    s->a ^= m;
}

uint64_t hash_bytes(const struct hash_key *key, const void *p, size_t len)
{
    struct sip s = { key->k0 ^ 0x736f6d6570736575u, key->k1 ^ 0x646f72616e646f6du,
                     key->k0 ^ 0x6c7967656e657261u, key->k1 ^ 0x7465646279746573u };
    const uint8_t *u = p;
    uint64_t m, last = (uint64_t)len << 56;
    size_t i;

    for (i = 0; i + 8 <= len; i += 8) {
        memcpy(&m, u + i, 8);
        sip_word(&s, m);
    }
    m = 0;
    if (i < len)
        memcpy(&m, u + i, len - i);
    sip_word(&s, last | m);
    s.c ^= 0xff;
    for (i = 0; i < 3; i++)
        sip_round(&s);
    return s.a ^ s.b ^ s.c ^ s.d;
}

static inline uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t hash_quick(const struct hash_key *key, const void *p, size_t len)
{
    const uint8_t *u = p;
    uint64_t h = key->k1 ^ len, a = 0, b = 0;

    for (; len > 16; u += 16, len -= 16) {
        memcpy(&a, u, 8);
        memcpy(&b, u + 8, 8);
        h = fold(a ^ key->k0, b ^ h);
    }
    a = b = 0;
    if (len >= 8) { /* two words that overlap */
        memcpy(&a, u, 8);
        memcpy(&b, u + len - 8, 8);
    } else if (len) {
        memcpy(&a, u, len);
    }
    return fold(fold(a ^ key->k0, b ^ h), key->k1 ^ 0x9e3779b97f4a7c15u);
}

uint64_t hash_mix(uint64_t seed, const void *p, size_t len)
{
    const struct hash_key fixed = { 0x6465616477697265u, seed };

    return hash_bytes(&fixed, p, len);
}
