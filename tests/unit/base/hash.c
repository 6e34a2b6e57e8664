/* hash: every byte and the length count, and so does the key. */
#include "config.h"

#include "base/hash.h"

#include "tests/support/tap.h"

#define LEN_MAX 80u

static uint8_t some[LEN_MAX];

typedef uint64_t hash_fn(const struct hash_key *key, const void *p, size_t len);

static void each_byte(hash_fn *hash, const char *name)
{
    struct hash_key key = { 0x0123456789abcdef, 0xfedcba9876543210 }, other = key;
    uint64_t seen[LEN_MAX + 1];
    unsigned equal = 0, i, k;

    for (i = 0; i <= LEN_MAX; i++) {
        seen[i] = hash(&key, some, i);
        for (k = 0; k < i; k++)
            equal += seen[k] == seen[i];
    }
    is_int(equal, 0, "zeros of each length differ");
    for (i = 1; i <= LEN_MAX; i++)
        for (k = 0; k < i; k++) {
            some[k] ^= 0x80;
            equal += hash(&key, some, i) == seen[i];
            some[k] ^= 0x80;
        }
    is_int(equal, 0, "one bit changes it, wherever it is");
    for (i = 0; i < 64; i++) {
        other = key;
        other.k0 ^= UINT64_C(1) << i;
        equal += hash(&other, some, 40) == seen[40];
        other = key;
        other.k1 ^= UINT64_C(1) << i;
        equal += hash(&other, some, 40) == seen[40];
    }
    is_int(equal, 0, "so does a bit of the key");
    ok(hash(&key, some, 40) == seen[40], "%s: the same for the same", name);
}

/* Addresses and ports count upwards in what people capture: tables must not notice. */
static void spread(hash_fn *hash, const char *name)
{
    struct hash_key key = hash_key_random();
    static unsigned buckets[1024];
    unsigned i, worst = 0;

    memset(buckets, 0, sizeof(buckets));
    for (i = 0; i < 65536; i++) {
        uint8_t tuple[40] = { 4, 10, 0, (uint8_t)(i >> 8), (uint8_t)i, 4, 192, 0, 2, 7 };
        unsigned *n = &buckets[hash(&key, tuple, sizeof(tuple)) % 1024];

        worst = ++*n > worst ? *n : worst;
    }
    ok(worst < 128, "%s: 65536 neighbours in 1024 buckets, at most %u in one", name, worst);
}

int main(void)
{
    each_byte(hash_bytes, "SipHash");
    each_byte(hash_quick, "quick");
    spread(hash_bytes, "SipHash");
    spread(hash_quick, "quick");
    ok(hash_mix(1, some, 9) == hash_mix(1, some, 9) && hash_mix(1, some, 9) != hash_mix(2, some, 9),
       "a mix has a seed and no secret");
    return tap_done();
}
