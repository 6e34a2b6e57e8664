/* table_inside: the table of lives as flow.c keeps it and ahead.c looks into it; nobody else. */
#ifndef FLOW_TABLE_INSIDE_H
#define FLOW_TABLE_INSIDE_H

#include <string.h>

#include "base/hash.h"
#include "base/pool.h"
#include "flow/dead.h"
#include "flow/flow.h"

/* Lives that leave first come first. */
enum lru { LRU_FINISHED, LRU_HALF_OPEN, LRU_LIVE, LRU_N };

struct flow_table {
    struct hash_key secret;
    flow_end_fn *end;
    void *user;
    struct flow **buckets; /* present lives, by key; a power of two of them */
    uint32_t n_buckets;
    struct flow lru[LRU_N]; /* sentinels: lru_next is the one quiet for longest */
    struct pool lives, tcp_lives, flights;
    struct dead_lives *dead;
    uint32_t n, next_id;
    uint64_t n_evicted, n_uses;
};

static inline struct flow **flow_bucket(const struct flow_table *t, uint64_t hash)
{
    return &t->buckets[hash & (t->n_buckets - 1)];
}

/* True: the lower end sent it. */
static inline bool flow_key_make(struct flow_key *key, const struct ip_addr *src,
                                 const struct ip_addr *dst, uint16_t src_port, uint16_t dst_port,
                                 uint8_t proto)
{
    int order = memcmp(src, dst, sizeof(*src));
    bool from_lo;

    if (order == 0)
        order = src_port < dst_port ? -1 : src_port > dst_port;
    from_lo = order <= 0;
    memset(key, 0, sizeof(*key));
    key->lo = from_lo ? *src : *dst;
    key->hi = from_lo ? *dst : *src;
    key->lo_port = from_lo ? src_port : dst_port;
    key->hi_port = from_lo ? dst_port : src_port;
    key->proto = proto;
    return from_lo;
}

#endif
