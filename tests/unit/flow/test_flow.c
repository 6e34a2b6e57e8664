/* test_flow: the table of lives. */
#include "config.h"

#include <stdlib.h>

#include "capture/capture.h"
#include "flow/flow.h"
#include "flow/table_inside.h"
#include "packet/packet.h"
#include "support/build.h"
#include "support/tap.h"

static uint32_t ended[FLOW_TABLE_MAX + 16];
static size_t n_ended, n_evicted;
static struct frame frame;
static int64_t clock_ns = 1;
static struct packet packet;

static void on_end(void *user, struct flow *f, bool evicted)
{
    (void)user;
    if (n_ended < sizeof(ended) / sizeof(ended[0]))
        ended[n_ended] = f->id;
    n_ended++;
    n_evicted += evicted;
}

/* A segment of 10.x.y.z to 192.0.2.1. */
static const struct packet *segment(uint32_t host, unsigned flags, uint32_t seq)
{
    packet = (struct packet){
        .frame = &frame,
        .src = { 4, { 10, (uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host } },
        .dst = { 4, { 192, 0, 2, 1 } },
        .src_port = 40000,
        .dst_port = 443,
        .ip_proto = 6,
        .l4 = 6,
        .l3 = (const uint8_t *)"",
        .has_ip_id = true,
        .ip_id = 7
    };
    packet.tcp.seq = seq;
    packet.tcp.flags = (uint8_t)flags;
    return &packet;
}

static struct flow *start(struct flow_table *t, uint32_t host)
{
    struct flow_key key;
    bool from_lo;

    flow_key_of(segment(host, TCP_SYN, 1), &key, &from_lo);
    return flow_start(t, &key, from_lo, &packet);
}

static void keys(void)
{
    struct flow_key there, back;
    bool from_lo, other;

    flow_key_of(segment(1, TCP_SYN, 1), &there, &from_lo);
    packet.src = packet.dst;
    packet.dst = (struct ip_addr){ 4, { 10, 0, 0, 1 } };
    packet.src_port = 443;
    packet.dst_port = 40000;
    flow_key_of(&packet, &back, &other);
    ok(memcmp(&there, &back, sizeof(there)) == 0 && from_lo != other, "one key for both ways");
    packet.dst = packet.src;
    flow_key_of(&packet, &there, &from_lo);
    packet.src_port = 40000;
    packet.dst_port = 443;
    flow_key_of(&packet, &back, &other);
    ok(memcmp(&there, &back, sizeof(there)) == 0 && from_lo != other, "the same address: by port");
    packet.src.family = 0;
    ok(!flow_key_of(&packet, &there, &from_lo), "no address, no key");
}

static void lives(void)
{
    struct flow_table *t = flow_table_new(on_end, NULL);
    struct flow *f, *g, *h;

    n_ended = 0;
    f = start(t, 1);
    is_int(f->life, 1, "the first life");
    ok(flow_find(t, &f->key) == f, "  is found");
    g = start(t, 1);
    ok(g->life == 2 && g->older == f && g->older_id == f->id, "the second one knows the first");
    ok(flow_find(t, &g->key) == g && n_ended == 0, "  and is the present one");
    h = start(t, 1);
    ok(h->life == 3 && h->older == g && n_ended == 1 && ended[0] == 1, "a third ends the first");
    ok(!g->older, "  which is gone");
    start(t, 2);
    flow_table_free(t);
    ok(n_ended == 4 && ended[1] == 2 && ended[2] == 3 && ended[3] == 4, "the end comes by id");
}

/* A conversation of datagrams that a dissector keeps state of. */
static struct flow *start_followed(struct flow_table *t, uint32_t host)
{
    struct flow_key key;
    struct flow *f;
    bool from_lo;

    segment(host, 0, 0);
    packet.l4 = packet.ip_proto = 17;
    flow_key_of(&packet, &key, &from_lo);
    f = flow_start(t, &key, from_lo, &packet);
    f->followed = true;
    flow_touch(t, f);
    return f;
}

static void eviction(void)
{
    struct flow_table *t = flow_table_new(on_end, NULL);
    struct flow *f, *first, *live;
    uint32_t i, bad = 0;

    n_ended = n_evicted = 0;
    first = start_followed(t, 1);
    for (i = 2; i <= FLOW_TABLE_MAX; i++)
        start_followed(t, i);
    is_int((int64_t)flow_table_evicted(t), 0, "full");
    flow_touch(t, first);
    f = start_followed(t, i++);
    ok(n_ended == 1 && ended[0] == 2 && n_evicted == 1,
       "the one that was quiet for longest leaves");
    f = flow_find(t, &f->key);
    ok(f && f->id == FLOW_TABLE_MAX + 1, "  for the new one");

    live = start_followed(
        t, 3); /* life 2 of host 3, older than it: the table ends another one first */
    is_int((int64_t)flow_table_evicted(t), 2, "another life needs room too");
    ok(!live->tcp, "datagrams have no TCP state");
    live->n_frames[0] = live->n_frames[1] = 1;
    flow_touch(t, live);
    for (i = 0; i < 10; i++) {
        size_t before = n_ended;

        start(t, 0x100000 + i);
        bad += n_ended != before + 1;
    }
    is_int(bad, 0, "one leaves for each that comes");
    flow_table_free(t);
    is_int((int64_t)n_ended, FLOW_TABLE_MAX + 12, "all have ended, each once");

    t = flow_table_new(on_end, NULL);
    n_ended = n_evicted = 0;
    for (i = 1; i <= FLOW_TABLE_MAX; i++) {
        f = start(t, i);
        f->tcp->end[0].spoke = f->tcp->end[1].spoke = i != 5;
        if (i == 9)
            f->tcp->closed_frame = 1;
        flow_touch(t, f);
    }
    start(t, i++);
    is_int(ended[0], 9, "a finished one leaves before others");
    start(t, i++);
    is_int(ended[1], 5, "then a half-open one");
    start(t, i++);
    is_int(ended[2], 1, "then the oldest");
    flow_table_free(t);
}

/* Starts a life that is over at once. */
static struct flow *start_over(struct flow_table *t, uint32_t host)
{
    struct flow *f = start(t, host);

    f->tcp->closed_frame = f->tcp->rst_frame = host;
    f->tcp->end[0].nxt = 1000 + host;
    flow_touch(t, f);
    return f;
}

/* What has left memory is known to the next life of its tuple, until there are too many. */
static void dead(void)
{
    struct flow_table *t = flow_table_new(on_end, NULL);
    struct tcp_remains before;
    struct flow *f;
    uint32_t i, bad = 0;
    bool swapped;

    n_ended = n_evicted = 0;
    for (i = 1; i <= FLOW_TABLE_MAX + 2000; i++)
        start_over(t, i);
    is_int((int64_t)n_ended, 2000, "lives that are over leave");
    for (i = 1; i <= 1000; i++) {
        f = start_over(t, i);
        bad += f->life != 2 || f->older_id != i || f->older ||
               !flow_remains(t, f, &before, &swapped) || swapped || before.nxt[0] != 1000 + i ||
               !before.reset;
    }
    is_int(bad, 0, "the next life of each tuple knows the first one");
    f = start_over(t, FLOW_TABLE_MAX);
    ok(f->older && f->life == 2 && flow_remains(t, f, &before, &swapped) &&
           before.nxt[0] == 1000 + FLOW_TABLE_MAX,
       "  as it knows one that is in memory");
    f = start(t, 2000000);
    ok(!flow_remains(t, f, &before, &swapped) && f->life == 1, "  a new tuple knows none");
    f = start_followed(t, 1500);
    ok(f->life == 1 && !f->older_id, "  nor do datagrams");
    is_int((int64_t)flow_table_forgotten(t), 0, "nothing is forgotten");
    for (i = 1000000; i < 1000000 + DEAD_LIVES_MAX; i++)
        start_over(t, i);
    ok(flow_table_forgotten(t) > 0, "until there are too many");
    f = start(t, 1500);
    ok(f->life == 1 && !f->older_id && f->forgotten, "  then a tuple is new again");
    f = start(t, 1000000);
    ok(f->life == 2 && f->older_id && !f->forgotten, "  and a later one is not");
    is_int((int64_t)n_evicted, 0, "  nobody left before the end");
    flow_table_free(t);
}

/* Others come until nothing of before is in memory. */
static void drive_out(struct flow_table *t, uint32_t from)
{
    uint32_t i;

    for (i = from; i < from + FLOW_TABLE_MAX + 10; i++)
        start_over(t, i);
}

/* A tuple whose lives leave in other ways. */
static void dead_others(void)
{
    struct flow_table *t = flow_table_new(on_end, NULL);
    struct tcp_remains before;
    struct flow *f, *older;
    struct flow_key key;
    uint32_t i, bad = 0;
    bool from_lo, swapped;

    /* The older one of two in memory leaves alone. */
    older = start_over(t, 1);
    f = start(t, 1);
    f->tcp->end[0].spoke = f->tcp->end[1].spoke = true;
    flow_touch(t, f);
    for (i = 100; f->older; i++) {
        start_over(t, i);
        flow_touch(t, f);
    }
    ok(flow_remains(t, f, &before, &swapped) && before.nxt[0] == 1001 && f->older_id == 1,
       "the older life left alone, and is known");
    drive_out(t, 1000000);
    flow_touch(t, f);

    /* One leaves before its end; what follows is the rest of it, or its successor. */
    for (i = 0; i < FLOW_TABLE_MAX + 10; i++) {
        older = start(t, 2000000 + i);
        older->tcp->end[0].spoke = older->tcp->end[1].spoke = true;
        older->tcp->end[0].nxt = 77;
        flow_touch(t, older);
    }
    ok(flow_table_evicted(t) > 0, "lives leave before their end");
    f = start(t, 2000000);
    ok(f->life == 2 && f->older_id && flow_remains(t, f, &before, &swapped) && !before.over &&
           before.nxt[0] == 77,
       "  the next life knows what was left of them");
    flow_key_of(segment(2000001, TCP_ACK, 5), &key, &from_lo);
    f = flow_start(t, &key, from_lo, &packet);
    ok(f->life == 1 && !f->older_id, "  a segment in the middle is the same life");
    flow_key_of(segment(2000002, TCP_SYN, 5), &key, &from_lo);
    f = flow_start(t, &key, !from_lo, &packet);
    ok(flow_remains(t, f, &before, &swapped) && swapped, "  the other end may open the next one");
    flow_table_free(t);

    /* Who had a successor is not missed. */
    t = flow_table_new(on_end, NULL);
    for (i = 0; i < 6; i++) {
        uint32_t k;

        for (k = 0; k < FLOW_TABLE_MAX; k++)
            bad += start_over(t, 1 + k)->life != i + 1;
    }
    is_int(bad, 0, "the same tuples again and again");
    is_int((int64_t)flow_table_forgotten(t), 0, "  and none is forgotten");
    flow_table_free(t);
}

/* What is in flight takes memory only while it is. */
static void flights(void)
{
    struct flow_table *t = flow_table_new(on_end, NULL);
    struct flow *f = start(t, 1);
    struct tcp_segment syn = { .frame_no = 1, .ns = 1, .seq = 9, .flags = TCP_SYN, .scale = -1 };
    struct tcp_segment syn_ack = { .frame_no = 2, .ns = 2, .seq = 30, .ack = 10,
                                   .flags = TCP_SYN | TCP_ACK, .scale = -1, .from = 1 };

    ok(!f->flight[0] && !f->flight[1] && !flow_waiting(f, 0), "of a new life nothing is in flight");
    flow_apply(t, f, &syn);
    ok(f->flight[0] && !f->flight[1], "its SYN is");
    ok(flow_waiting(f, 0) && flow_waiting(f, 0)->o.sent_frame == 1, "  and waits");
    flow_apply(t, f, &syn_ack);
    ok(!f->flight[0] && f->flight[1] && !flow_waiting(f, 0), "it is answered, and what answered waits");
    ok(flow_flight(t, f, 1) == f->flight[1], "the place is found again");
    flow_table_free(t);
}

static struct packet mirrored; /* copies come through a tunnel while it has addresses */

static struct flow_table *table;

static bool copy(struct flow *f, double ms, uint32_t interface_no, unsigned flags, uint32_t seq,
                 uint32_t ip_id, uint32_t len)
{
    static const uint8_t payload[64];

    segment(1, flags, seq);
    packet.ip_id = ip_id;
    packet.payload = payload;
    packet.payload_len = packet.payload_wire_len = len;
    clock_ns += (int64_t)(ms * 1e6);
    packet.has_time = true;
    packet.time_ns = clock_ns;
    packet.interface_no = interface_no;
    packet.n_tunnels = mirrored.src.family != 0;
    packet.tunnels[0] = (struct packet_tunnel){ "ERSPAN", true, 1, mirrored.src, mirrored.dst };
    return flow_is_copy(table, f, &packet, 0);
}

static void copies(void)
{
    struct flow_table *t = flow_table_new(on_end, NULL);
    struct flow *f = start(t, 1);

    table = t;
    ok(!copy(f, 0, 0, TCP_ACK, 100, 7, 10), "a segment");
    ok(copy(f, 0.1, 0, TCP_ACK, 100, 7, 10), "again after 0.1 ms: a copy");
    ok(!copy(f, 300, 0, TCP_ACK, 100, 7, 10),
       "after 300 ms: a retransmission, although its IP ID is equal");
    ok(!copy(f, 0.1, 0, TCP_ACK, 100, 8, 10), "another IP ID: a retransmission");
    ok(copy(f, 20, 1, TCP_ACK, 100, 8, 10), "20 ms later on another interface: a copy");
    ok(!copy(f, 20, 0, TCP_ACK, 100, 8, 10), "on the same one: not");
    ok(!copy(f, 100, 0, TCP_SYN, 100, 0, 0), "a SYN without IP ID");
    ok(copy(f, 0.2, 0, TCP_SYN, 100, 0, 0), "  again within 0.2 ms: a copy");
    ok(!copy(f, 1000, 0, TCP_SYN, 100, 0, 0), "  again after 1 s: a SYN of its own");
    ok(!copy(f, 100, 0, TCP_ACK, 100, 0, 0), "a bare ACK without IP ID");
    ok(!copy(f, 0.2, 0, TCP_ACK, 100, 0, 0), "  again: a duplicate ACK, not a copy");
    ok(copy(f, 0.2, 1, TCP_ACK, 100, 0, 0), "  on another interface: a copy");
    ok(!copy(f, 1000, 0, TCP_ACK, 100, 9, 10), "a segment on the wire");
    segment(1, TCP_ACK, 100);
    mirrored = packet;
    ok(copy(f, 20, 0, TCP_ACK, 100, 9, 10), "20 ms later in a mirror's tunnel: a copy");
    mirrored = (struct packet){ 0 };
    ok(!copy(f, -5, 0, TCP_ACK, 100, 9, 10), "out of time order");
    segment(1, TCP_ACK, 555);
    packet.link_copy = true;
    ok(flow_is_copy(table, f, &packet, 0), "an 802.11 retry is a copy");
    packet.link_copy = packet.has_time = false;
    ok(!flow_is_copy(table, f, &packet, 0), "without time nothing is");
    flow_table_free(t);
}

static uint64_t hash_ahead(struct flow_table *t, const void *p, size_t len)
{
    struct flow_ahead a = flow_ahead_bucket(t, 1, bytes_of(p, len));

    flow_ahead_life(t, &a);
    flow_ahead_tcp(t, &a);
    return a.hash;
}

/* What is guessed from the bytes of a frame is the key that it has when it is decoded. */
static void ahead(void)
{
    static const struct tcp_spec specs[] = {
        { .src = "10.0.0.9",
          .dst = "192.0.2.1",
          .src_port = 5000,
          .dst_port = 443,
          .flags = TCP_SYN },
        { .src = "192.0.2.1",
          .dst = "10.0.0.9",
          .src_port = 443,
          .dst_port = 5000,
          .flags = TCP_ACK },
        { .src = "2001:db8::9",
          .dst = "2001:db8::1",
          .src_port = 7,
          .dst_port = 7,
          .flags = TCP_ACK },
    };
    struct flow_table *t = flow_table_new(on_end, NULL);
    struct packet_decoder *d = packet_decoder_new();
    unsigned i, wrong = 0, early = 0;

    for (i = 0; i < 3; i++) {
        struct build b = { 0 };

        frame_tcp(&b, &specs[i]);
        early += hash_ahead(t, b.p, b.len) != 0;
        build_free(&b);
    }
    is_int(early, 0, "a look ahead: not with a few lives");
    n_ended = 0;
    for (i = 0; i < 2000; i++)
        start(t, i);
    for (i = 0; i < 3; i++) {
        struct build b = { 0 };
        struct frame f = { .linktype = 1, .frame_no = 1 };
        struct packet p;
        struct flow_key key;
        bool from_lo;
        size_t len;

        frame_tcp(&b, &specs[i]);
        f.bytes = b.p;
        f.cap_len = f.wire_len = (uint32_t)b.len;
        packet_decode(d, &f, &p);
        wrong += !flow_key_of(&p, &key, &from_lo) ||
                 hash_ahead(t, b.p, b.len) != hash_quick(&t->secret, &key, sizeof(key));
        for (len = 0; len < 54; len++) { /* cut: nothing behind it is read */
            struct guard g = guard_new(b.p, len);

            hash_ahead(t, g.p, g.len);
            guard_free(&g);
        }
        build_free(&b);
    }
    is_int(wrong, 0, "  the key is that of the decoded frame");
    packet_decoder_free(d);
    flow_table_free(t);
}

int main(void)
{
    keys();
    lives();
    eviction();
    dead();
    dead_others();
    flights();
    copies();
    ahead();
    return tap_done();
}
