/* test_frag: fragments in order, out of order, twice, overlapping, too many, too late. */
#include "config.h"

#include "packet/frag.h"
#include "tests/unit/packet/decode.h"

static uint8_t pattern[FRAG_LEN_MAX];

static struct frag_piece piece(uint32_t id, uint32_t at, uint32_t len, bool more)
{
    return (struct frag_piece){ .src = { 4, { 192, 0, 2, 1 } },
                                .dst = { 4, { 192, 0, 2, 2 } },
                                .proto = 17,
                                .id = id,
                                .at = at,
                                .more = more,
                                .next_proto = 17,
                                .bytes = pattern + at,
                                .len = len };
}

static enum frag_result add(struct frag_table *t, struct frag_piece p, struct frag_done *done,
                            bool *lost)
{
    return frag_add(t, &p, done, lost);
}

static void orders(void)
{
    static const unsigned order[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 }, { 1, 0, 2 } };
    struct frag_table *t = frag_table_new();
    struct frag_done done;
    bool lost;
    unsigned i, k;

    for (i = 0; i < 4; i++) {
        enum frag_result rc = FRAG_STORED;

        for (k = 0; k < 3; k++)
            rc = add(t, piece(i, order[i][k] * 8, 8, order[i][k] < 2), &done, &lost);
        ok(rc == FRAG_DONE && done.len == 24 && memcmp(done.bytes, pattern, 24) == 0 && !lost,
           "order %u%u%u", order[i][0], order[i][1], order[i][2]);
    }
    add(t, piece(9, 0, 8, true), &done, &lost);
    is_int(add(t, piece(9, 0, 8, true), &done, &lost), FRAG_STORED, "the same fragment twice");
    ok(!lost, "  loses nothing");
    is_int(add(t, piece(9, 8, 8, false), &done, &lost), FRAG_DONE, "  and is complete at the end");
    frag_table_free(t);
    frag_table_free(NULL);
}

static void overlap(void)
{
    struct frag_table *t = frag_table_new();
    struct frag_done done;
    struct frag_piece other = piece(1, 0, 16, true);
    uint8_t liar[16];
    bool lost;

    memset(liar, 0xee, sizeof(liar));
    other.bytes = liar;
    add(t, piece(1, 8, 8, true), &done, &lost);
    add(t, other, &done, &lost);
    ok(lost, "an overlap is told");
    is_int(add(t, piece(1, 16, 4, false), &done, &lost), FRAG_DONE, "and the datagram comes");
    ok(done.bytes[0] == 0xee && memcmp(done.bytes + 8, pattern + 8, 12) == 0,
       "with the bytes that came first");
    is_int(add(t, piece(2, 0, 0, true), &done, &lost), FRAG_STORED, "an empty fragment");
    ok(lost, "is dropped");
    other = piece(2, 0, 100, true);
    other.at = FRAG_LEN_MAX - 50;
    add(t, other, &done, &lost);
    ok(lost, "one past the largest datagram is dropped");
    frag_table_free(t);
}

static void limits(void)
{
    struct frag_table *t = frag_table_new();
    struct frag_done done;
    struct frag_piece late;
    unsigned i;
    bool lost = false;

    for (i = 0; i < FRAG_DATAGRAMS_MAX; i++)
        add(t, piece(i, 0, 8, true), &done, &lost);
    ok(!lost, "as many datagrams as the limit says");
    add(t, piece(1000, 0, 8, true), &done, &lost);
    ok(lost, "one more");
    is_int(add(t, piece(1, 8, 8, false), &done, &lost), FRAG_DONE, "the second is still there");
    is_int(add(t, piece(0, 8, 8, false), &done, &lost), FRAG_STORED, "the oldest left");
    late = piece(2, 8, 8, false);
    late.time_ns = FRAG_TIMEOUT_NS + 1;
    is_int(add(t, late, &done, &lost), FRAG_STORED, "what is too old does not count");
    frag_table_free(t);

    t = frag_table_new();
    for (i = 0; i < FRAG_PIECES_MAX; i++)
        add(t, piece(5, i * 16, 8, true), &done, &lost);
    ok(!lost, "as many holes as the limit says");
    add(t, piece(5, i * 16, 8, true), &done, &lost);
    ok(lost, "one more");
    frag_table_free(t);
}

/* One datagram of 8 + 3000 bytes in fragments of 1480, as frames. */
static void frames(bool six)
{
    struct packet_decoder *d = packet_decoder_new();
    struct build whole = { 0 }, b = { 0 };
    struct packet p;
    struct frame f;
    uint32_t at;
    size_t ip;

    build_udp(&whole, 53, 5353, 3000);
    build_add(&whole, pattern, 3000);
    for (at = 0; at < 3008; at += 1480) {
        uint32_t len = 3008 - at < 1480 ? 3008 - at : 1480;
        bool more = at + len < 3008;

        b.len = 0;
        if (six) {
            ip = build_ip6(&b, "2001:db8::1", "2001:db8::2", 44);
            build_hex(&b, "1100");
            build_be16(&b, at | more);
            build_be32(&b, 77);
        } else {
            ip = build_ip4(&b, "192.0.2.1", "192.0.2.2", 17);
            build_put_be16(&b, ip + 6, at / 8 | (more ? 0x2000u : 0));
        }
        build_add(&b, whole.p + at, len);
        build_ip_end(&b, ip);
        decode(d, &b, LINK_RAW, &f, &p);
        if (more) {
            is_int(p.trouble, TROUBLE_FRAGMENT, six ? "an IPv6 fragment" : "an IPv4 fragment");
            is_int(p.seen, 0, "  does not count");
        }
        if (at == 1480)
            decode_cuts(&b, LINK_RAW, "  a fragment");
    }
    ok(p.reassembled && p.l4 == 17 && p.dst_port == 5353 && p.seen == SEEN_UDP,
       "  the last one completes it");
    ok(p.payload_len == 3000 && memcmp(p.payload, pattern, 3000) == 0, "  with all its bytes");
    is_int(p.payload_at, UINT32_MAX, "  which are not in this frame");
    build_free(&b);
    build_free(&whole);
    packet_decoder_free(d);
}

/* The table still holds the outer datagram: what is inside it is not put together again. */
static void nested(void)
{
    struct packet_decoder *d = packet_decoder_new();
    struct build inner = { 0 }, b = { 0 };
    struct packet p = { 0 };
    struct frame f;
    size_t ip;
    int i;

    ip = build_ip4(&inner, "192.0.2.3", "192.0.2.4", 17);
    build_put_be16(&inner, ip + 6, 0x2000);
    build_udp(&inner, 1, 2, 100);
    build_add(&inner, pattern, 12);
    build_ip_end(&inner, ip);
    for (i = 0; i < 2; i++) {
        b.len = 0;
        ip = build_ip4(&b, "192.0.2.1", "192.0.2.2", 4);
        build_put_be16(&b, ip + 6, i ? 2 : 0x2000);
        build_add(&b, inner.p + (i ? 16 : 0), i ? inner.len - 16 : 16);
        build_ip_end(&b, ip);
        decode(d, &b, LINK_RAW, &f, &p);
    }
    ok(p.reassembled && p.trouble & TROUBLE_FRAGMENT, "a fragment in a reassembled datagram");
    is_int(p.src_port, 1, "  the first one still has ports");
    build_free(&inner);
    build_free(&b);
    packet_decoder_free(d);
}

int main(void)
{
    size_t i;

    for (i = 0; i < sizeof(pattern); i++)
        pattern[i] = (uint8_t)(i * 7 + i / 256);
    orders();
    overlap();
    limits();
    frames(false);
    frames(true);
    nested();
    return tap_done();
}
