#include "config.h"

#include "flow/flow.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "flow/table_inside.h"

#define BUCKETS_LEAST 256u
#define BUCKETS_MAX   (FLOW_TABLE_MAX * 2)
#define COPY_NS       INT64_C(3000000)   /* a copy on one interface follows within 3 ms */
#define COPY_BYTES    64u                /* of the payload; a TCP checksum speaks for the rest */
#define COPY_OTHER_NS INT64_C(250000000) /* on a second interface or VLAN, queues included */

/*
 * One that was used a moment ago is spared: the last ACK of a closed connection is still on its
 * way, and a handshake among a table of idle connections must get its chance.  When there is a
 * flood of half-open ones, the moment is over soon.
 */
#define SPARED (FLOW_TABLE_MAX / 4) /* uses of the table */

struct flow_table *flow_table_new(flow_end_fn *end, void *user)
{
    struct flow_table *t = xcalloc(1, sizeof(*t));
    int i;

    t->secret = hash_key_random();
    t->end = end;
    t->user = user;
    t->n_buckets = BUCKETS_LEAST;
    t->buckets = xcalloc(t->n_buckets, sizeof(*t->buckets));
    pool_init(&t->lives, sizeof(struct flow));
    pool_init(&t->tcp_lives, sizeof(struct tcp_life));
    pool_init(&t->flights, sizeof(struct tcp_flight));
    t->dead = dead_new();
    for (i = 0; i < LRU_N; i++)
        t->lru[i].lru_next = t->lru[i].lru_prev = &t->lru[i];
    return t;
}

uint64_t flow_table_evicted(const struct flow_table *t)
{
    return t->n_evicted;
}

uint64_t flow_table_forgotten(const struct flow_table *t)
{
    return dead_forgotten(t->dead);
}

bool flow_key_of(const struct packet *p, struct flow_key *key, bool *from_lo)
{
    if (!p->src.family)
        return false;
    *from_lo = flow_key_make(key, &p->src, &p->dst, p->src_port, p->dst_port, p->ip_proto);
    return true;
}

static uint64_t hash_of(const struct flow_table *t, const struct flow_key *key)
{
    return hash_quick(&t->secret, key, sizeof(*key));
}

static struct flow **bucket(struct flow_table *t, const struct flow_key *key)
{
    return flow_bucket(t, hash_of(t, key));
}

/* Most captures are small. */
static void grow(struct flow_table *t)
{
    struct flow **old = t->buckets, *f, *next, **head;
    uint32_t i, n = t->n_buckets;

    t->n_buckets *= 2;
    t->buckets = xcalloc(t->n_buckets, sizeof(*t->buckets));
    for (i = 0; i < n; i++)
        for (f = old[i]; f; f = next) {
            next = f->chain;
            head = bucket(t, &f->key);
            f->chain = *head;
            *head = f;
        }
    free(old);
}

static bool same_key(const struct flow_key *x, const struct flow_key *y)
{
    return memcmp(x, y, sizeof(*x)) == 0;
}

struct flow *flow_find(struct flow_table *t, const struct flow_key *key)
{
    struct flow *f;

    for (f = *bucket(t, key); f; f = f->chain)
        if (same_key(&f->key, key))
            return f;
    return NULL;
}

static void lru_remove(struct flow *f)
{
    f->lru_prev->lru_next = f->lru_next;
    f->lru_next->lru_prev = f->lru_prev;
}

static enum lru lru_class(const struct flow *f)
{
    /* Datagrams that nobody follows have no end that could be missed. */
    if (f->tcp ? tcp_over(f->tcp) : !f->followed)
        return LRU_FINISHED;
    if (f->tcp ? !(f->tcp->end[0].spoke && f->tcp->end[1].spoke)
               : !(f->n_frames[0] && f->n_frames[1]))
        return LRU_HALF_OPEN;
    return LRU_LIVE;
}

static void lru_append(struct flow_table *t, struct flow *f)
{
    struct flow *list;

    f->touched = ++t->n_uses;
    f->lru_class = (uint8_t)lru_class(f);
    list = &t->lru[f->lru_class];
    f->lru_prev = list->lru_prev;
    f->lru_next = list;
    list->lru_prev->lru_next = f;
    list->lru_prev = f;
}

void flow_touch(struct flow_table *t, struct flow *f)
{
    lru_remove(f);
    lru_append(t, f);
}

static struct flow *take_flow(struct flow_table *t, bool tcp)
{
    struct flow *f = pool_take(&t->lives);

    memset(f, 0, offsetof(struct flow, recent_mark)); /* of these n_recent count */
    if (tcp) {
        f->tcp = pool_take(&t->tcp_lives);
        tcp_start(f->tcp);
    }
    return f;
}

struct tcp_flight *flow_flight(struct flow_table *t, struct flow *f, unsigned end)
{
    if (!f->flight[end])
        f->flight[end] = pool_take(&t->flights);
    return f->flight[end];
}

unsigned flow_apply(struct flow_table *t, struct flow *f, const struct tcp_segment *s)
{
    unsigned marks, end;

    flow_flight(t, f, s->from);
    marks = tcp_apply(f->tcp, f->flight, s);
    for (end = 0; end < 2; end++)
        if (!f->tcp->end[end].n_flight) {
            pool_give(&t->flights, f->flight[end]);
            f->flight[end] = NULL;
        }
    return marks;
}

static void give_flow(struct flow_table *t, struct flow *f)
{
    pool_give(&t->flights, f->flight[0]);
    pool_give(&t->flights, f->flight[1]);
    pool_give(&t->tcp_lives, f->tcp);
    pool_give(&t->lives, f);
}

/* A TCP life leaves; `succeeded`: its next one is there. */
static void bury(struct flow_table *t, const struct flow *f, bool succeeded)
{
    struct dead_life dead = { .hash = hash_of(t, &f->key),
                              .id = f->id,
                              .life = f->life,
                              .a_is_lo = f->a_is_lo,
                              .succeeded = succeeded };

    tcp_remains_of(f->tcp, &dead.tcp);
    dead_add(t->dead, &dead);
}

static struct dead_life *buried(const struct flow_table *t, const struct flow *f)
{
    return f->tcp ? dead_find(t->dead, hash_of(t, &f->key)) : NULL;
}

/* The life before `f` is not in memory. */
static void follow_dead(struct flow_table *t, struct flow *f, uint8_t flags)
{
    struct dead_life *d = buried(t, f);

    f->forgotten = f->tcp && !d && dead_forgotten(t->dead) > 0;
    if (!d)
        return;
    d->succeeded = true;
    if (!d->tcp.over && !(flags & TCP_SYN)) { /* it left before its end, and this is the rest of it */
        f->life = d->life;
        return;
    }
    f->older_id = d->id;
    f->life = d->life + 1;
}

bool flow_remains(const struct flow_table *t, const struct flow *f, struct tcp_remains *out,
                  bool *swapped)
{
    const struct dead_life *d = NULL;

    if (f->older && f->older->tcp) {
        tcp_remains_of(f->older->tcp, out);
        *swapped = f->older->a_is_lo != f->a_is_lo;
        return true;
    }
    if (f->older_id)
        d = buried(t, f);
    if (!d || d->id != f->older_id)
        return false;
    *out = d->tcp;
    *swapped = d->a_is_lo != f->a_is_lo;
    return true;
}

/* Takes the life out of the table, hands it to the end function, frees it (and its older life). */
static void end_life(struct flow_table *t, struct flow *f, bool evicted)
{
    struct flow **at, *other = f->older;

    if (other) {
        f->older = NULL;
        end_life(t, other, evicted);
    }
    evicted = evicted && lru_class(f) != LRU_FINISHED;
    t->n_evicted += evicted;
    at = bucket(t, &f->key);
    while (*at && *at != f)
        at = &(*at)->chain;
    if (*at) {
        *at = f->chain;
        if (f->tcp)
            bury(t, f, false);
    } else {
        /* An older life: the present one points at it. */
        other = flow_find(t, &f->key);
        if (other && other->older == f) {
            other->older = NULL;
            if (f->tcp)
                bury(t, f, true);
        }
    }
    lru_remove(f);
    t->n--;
    t->end(t->user, f, evicted);
    give_flow(t, f);
}

static struct flow *victim(struct flow_table *t)
{
    struct flow *oldest = NULL;
    int i;

    for (i = 0; i < LRU_N; i++) {
        struct flow *f = t->lru[i].lru_next;

        if (f == &t->lru[i])
            continue;
        if (t->n_uses - f->touched >= SPARED)
            return f;
        if (!oldest || f->touched < oldest->touched)
            oldest = f;
    }
    return oldest;
}

struct flow *flow_start(struct flow_table *t, const struct flow_key *key, bool a_is_lo,
                        const struct packet *p)
{
    struct flow *old, *first, *f, **head;

    while (t->n >= FLOW_TABLE_MAX) {
        struct flow *leaving = victim(t);

        end_life(t, leaving, true);
    }
    if (t->n >= t->n_buckets && t->n_buckets < BUCKETS_MAX)
        grow(t);
    old = flow_find(t, key);
    if (old && old->older) { /* nobody will ask for it */
        first = old->older;
        old->older = NULL;
        end_life(t, first, false);
    }
    f = take_flow(t, key->proto == 6);
    f->id = ++t->next_id;
    f->life = 1;
    f->key = *key;
    f->a_is_lo = a_is_lo;
    f->vlan = p->n_vlans ? p->vlans[0] : 0;
    if (p->n_tunnels)
        f->tunnel = p->tunnels[p->n_tunnels - 1];
    f->first_frame = p->frame_no;
    if (old) {
        head = bucket(t, key);
        while (*head != old)
            head = &(*head)->chain;
        *head = old->chain;
        old->chain = NULL;
        f->older = old;
        f->older_id = old->id;
        f->life = old->life + 1;
    } else {
        follow_dead(t, f, p->tcp.flags);
    }
    head = bucket(t, key);
    f->chain = *head;
    *head = f;
    lru_append(t, f);
    t->n++;
    return f;
}

static int by_id(const void *x, const void *y)
{
    const struct flow *const *a = x, *const *b = y;

    return ((*a)->id > (*b)->id) - ((*a)->id < (*b)->id);
}

void flow_table_free(struct flow_table *t)
{
    struct flow **all, *f;
    uint32_t n = 0, i;

    if (!t)
        return;
    all = xcalloc(t->n, sizeof(*all));
    for (i = 0; i < LRU_N; i++)
        for (f = t->lru[i].lru_next; f != &t->lru[i]; f = f->lru_next)
            all[n++] = f;
    assert(n == t->n);
    if (n)
        qsort(all, n, sizeof(*all), by_id);
    for (i = 0; i < n; i++)
        t->end(t->user, all[i], false);
    for (i = 0; i < n; i++)
        give_flow(t, all[i]);
    pool_free(&t->lives);
    pool_free(&t->tcp_lives);
    pool_free(&t->flights);
    dead_free(t->dead);
    free(all);
    free(t->buckets);
    free(t);
}

/*
 * Where a frame was met: the same packet in another VLAN, on another interface, or once bare and
 * once inside a mirror's tunnel is one packet.
 */
static uint32_t place_of(const struct packet *p)
{
    /* A VLAN has 12 bits, and a file fewer interfaces than the rest (CAPTURE_INTERFACES_MAX). */
    uint64_t mix = (uint64_t)p->interface_no << 12 ^ (p->n_vlans ? p->vlans[0] & 0xfffu : 0);
    unsigned i;

    if (!p->n_tunnels)
        return (uint32_t)mix;
    for (i = 0; i < p->n_tunnels; i++) {
        const struct packet_tunnel *t = &p->tunnels[i];

        mix = hash_mix(mix + t->id, t->name, strlen(t->name));
        mix = hash_mix(mix, t->src.b, sizeof(t->src.b));
    }
    return (uint32_t)(mix ^ mix >> 32);
}

static uint64_t mark_of(const struct flow_table *t, const struct packet *p, unsigned from)
{
    size_t len = p->payload_len < COPY_BYTES ? p->payload_len : COPY_BYTES;
    struct {
        uint64_t payload;
        uint32_t ip_id, seq, ack, ts, wire_len;
        uint16_t window, sum;
        uint8_t flags, from, pad[6];
    } head = { .payload = hash_quick(&t->secret, p->payload, len),
               .ip_id = p->has_ip_id ? p->ip_id : 0,
               .from = (uint8_t)from };

    _Static_assert(sizeof(head) == 40, "no padding");
    if (p->l4 == 6) {
        head.seq = p->tcp.seq;
        head.ack = p->tcp.ack;
        head.ts = p->tcp.ts_val;
        head.wire_len = p->payload_wire_len;
        head.window = p->tcp.window;
        head.sum = p->tcp.checksum;
        head.flags = p->tcp.flags;
    }
    return hash_quick(&t->secret, &head, sizeof(head));
}

/*
 * Equal IP payload and IP ID within milliseconds.  Many stacks leave the ID at 0 on atomic
 * datagrams (RFC 6864) and IPv6 has none: then only a frame with data, SYN or FIN can be told from
 * a second sending, since no stack repeats those this fast; a pure ACK cannot.
 */
bool flow_is_copy(const struct flow_table *t, struct flow *f, const struct packet *p, unsigned from)
{
    uint64_t mark;
    size_t i, slot;
    uint32_t place;
    bool copy = p->link_copy;

    if (!p->l3 || !p->has_time)
        return copy;
    place = place_of(p);
    mark = mark_of(t, p, from);
    for (i = 0; i < f->n_recent && !copy; i++) {
        bool other = f->recent_place[i] != place;
        int64_t gap = p->time_ns - f->recent_ns[i];
        bool told = p->l4 == 6 && (p->payload_wire_len || p->tcp.flags & (TCP_SYN | TCP_FIN));

        if (f->recent_mark[i] == mark && gap >= 0 && gap <= (other ? COPY_OTHER_NS : COPY_NS))
            copy = other || told || (p->has_ip_id && p->ip_id);
    }
    if (copy)
        return true;
    slot = f->next_recent;
    f->next_recent = (uint8_t)((slot + 1) % FLOW_RECENT);
    if (f->n_recent < FLOW_RECENT)
        f->n_recent++;
    f->recent_mark[slot] = mark;
    f->recent_ns[slot] = p->time_ns;
    f->recent_place[slot] = place;
    return false;
}
