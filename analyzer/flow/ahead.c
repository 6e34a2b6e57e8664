/* ahead: what the next frame will need is fetched while the present one is worked on. */
#include "config.h"

#include <stddef.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "flow/flow.h"
#include "flow/table_inside.h"
#include "packet/packet.h"

#define MANY 1024u /* lives; fewer lie in the caches anyway */

#define LINK_ETHERNET 1u
#define ETHER_IPV4    0x0800u
#define ETHER_IPV6    0x86ddu

/*
 * The key of a frame that is no more than TCP or UDP in IP in Ethernet; anything else comes without
 * a look ahead.  Whatever is read wrong here is found out when the frame is decoded.
 */
static bool guess_key(uint16_t linktype, struct bytes b, struct flow_key *key)
{
    struct ip_addr src = { 0 }, dst = { 0 };
    unsigned type, options = 0, src_port, dst_port;
    uint8_t proto;

    if (linktype != LINK_ETHERNET)
        return false;
    bytes_skip(&b, 12);
    type = bytes_be16(&b);
    if (type == ETHER_IPV4) {
        unsigned words = bytes_u8(&b) & 15u;

        options = words > 5 ? (words - 5) * 4 : 0;
        bytes_skip(&b, 8);
        proto = bytes_u8(&b);
        bytes_skip(&b, 2);
        src.family = dst.family = 4;
    } else if (type == ETHER_IPV6) {
        bytes_skip(&b, 6);
        proto = bytes_u8(&b);
        bytes_skip(&b, 1);
        src.family = dst.family = 6;
    } else {
        return false;
    }
    bytes_copy(&b, src.b, src.family == 4 ? 4 : 16);
    bytes_copy(&b, dst.b, src.family == 4 ? 4 : 16);
    bytes_skip(&b, options);
    src_port = bytes_be16(&b);
    dst_port = bytes_be16(&b);
    if (b.short_read || (proto != 6 && proto != 17))
        return false;
    flow_key_make(key, &src, &dst, (uint16_t)src_port, (uint16_t)dst_port, proto);
    return true;
}

static void fetch(const void *p, size_t len)
{
    size_t i;

    for (i = 0; i < len; i += MEM_CACHE_LINE)
        __builtin_prefetch((const char *)p + i);
}

struct flow_ahead flow_ahead_bucket(const struct flow_table *t, uint16_t linktype,
                                    struct bytes next)
{
    struct flow_ahead a = { 0 };
    struct flow_key key;

    if (t->n < MANY || !guess_key(linktype, next, &key))
        return a;
    a.hash = hash_quick(&t->secret, &key, sizeof(key));
    fetch(flow_bucket(t, a.hash), 1);
    return a;
}

/* Of several lives in one bucket, the first is most often the one. */
void flow_ahead_life(const struct flow_table *t, const struct flow_ahead *a)
{
    const struct flow *f = a->hash ? *flow_bucket(t, a->hash) : NULL;

    if (!f)
        return;
    fetch(f, offsetof(struct flow, first_frame));
    fetch(f->recent_mark, sizeof(f->recent_mark));
    fetch(f->recent_ns, sizeof(f->recent_ns));
}

void flow_ahead_tcp(const struct flow_table *t, const struct flow_ahead *a)
{
    const struct flow *f = a->hash ? *flow_bucket(t, a->hash) : NULL;
    int end;

    if (!f)
        return;
    fetch(&f->lru_prev->lru_next, 1); /* it will be taken out from between them */
    fetch(&f->lru_next->lru_prev, 1);
    if (!f->tcp)
        return;
    for (end = 0; end < 2; end++) {
        fetch(&f->tcp->end[end], offsetof(struct tcp_end, unseen_frame));
        if (f->flight[end])
            fetch(&f->flight[end]->piece[0], sizeof(struct tcp_sent));
    }
    fetch(&f->tcp->attempt.pending, 1);
    fetch(&f->tcp->last_ns, 1);
}
