/* test_ip: IPv4 and IPv6 headers, extension headers, ICMP, IP in IP. */
#include "config.h"

#include "tests/unit/packet/decode.h"

static struct packet_decoder *d;
static struct frame f;
static struct packet p;

static void ip4(void)
{
    struct build b = { 0 };

    add_hello(&b, false);
    decode(d, &b, LINK_RAW, &f, &p);
    is_int(p.ip_id, 0x1234, "identification");
    ok(p.has_ip_id && p.ip_ttl == 64 && p.ip_proto == 6, "TTL and protocol");
    b.p[3] = 0;
    is_hello(&b, LINK_RAW, 59, "total length 0 (offload)");
    b.p[3] = 99;
    decode(d, &b, LINK_RAW, &f, &p);
    ok(p.trouble & TROUBLE_BAD_IP && p.l4 == 6, "total length past the frame");
    b.p[3] = 10;
    decode(d, &b, LINK_RAW, &f, &p);
    ok(p.trouble & TROUBLE_BAD_IP && p.l4 == 0, "total length within the header");
    b.p[3] = 45;
    b.p[0] = 0x44;
    decode(d, &b, LINK_RAW, &f, &p);
    ok(p.trouble & TROUBLE_BAD_IP && p.src.family == 0, "a header of 16 bytes");
    b.p[0] = 0x55;
    decode(d, &b, LINK_RAW, &f, &p);
    is_int(p.trouble, TROUBLE_BAD_IP, "version 5");
    build_free(&b);

    build_hex(&b, "46000031 12340000 40060000 c0000201 c6336402 94040000");
    build_tcp(&b, 1000, 443, 1, 2, 0x18, NULL);
    build_add(&b, "hello", 5);
    is_hello(&b, LINK_RAW, 63, "IPv4 options");
    build_free(&b);
}

static void ip6(void)
{
    struct build b = { 0 };
    size_t at;
    int i;

    at = build_ip6(&b, "2001:db8::1", "2001:db8::2", 0);
    build_hex(&b, "2b000104 00000000"); /* hop-by-hop, then routing */
    build_hex(&b, "3c010000 00000000 00000000 00000000");
    build_hex(&b, "2c000104 00000000"); /* destination, then an atomic fragment */
    build_hex(&b, "33000000 00000009");
    build_hex(&b, "06040000 00000001 00000001 000000000000000000000000"); /* AH */
    build_tcp(&b, 1000, 443, 1, 2, 0x18, NULL);
    build_add(&b, "hello", 5);
    build_ip6_end(&b, at);
    is_hello(&b, LINK_RAW, 14 + (uint32_t)b.len, "extension headers");
    decode(d, &b, LINK_RAW, &f, &p);
    ok(p.has_ip_id && p.ip_id == 9 && p.ip_proto == 6, "what they say");
    build_free(&b);

    at = build_ip6(&b, "2001:db8::1", "2001:db8::2", 60);
    for (i = 0; i < 20; i++)
        build_hex(&b, "3c000104 00000000");
    build_ip6_end(&b, at);
    decode(d, &b, LINK_RAW, &f, &p);
    ok(p.trouble & TROUBLE_DEPTH, "more extension headers than the limit");
    decode_cuts(&b, LINK_RAW, "extension headers without end");
    build_free(&b);

    add_hello(&b, true);
    b.p[5] = 0;
    is_hello(&b, LINK_RAW, 79, "payload length 0 (offload)");
    b.p[6] = 59;
    decode(d, &b, LINK_RAW, &f, &p);
    ok(p.l4 == 0 && p.trouble == 0, "no next header");
    b.p[6] = 50;
    decode(d, &b, LINK_RAW, &f, &p);
    is_int(p.layers[1].kind, LAYER_ESP, "ESP ends it");
    build_free(&b);
}

static void icmp(void)
{
    struct build b = { 0 };
    size_t at;

    at = build_ip4(&b, "198.51.100.9", "192.0.2.1", 1);
    build_hex(&b, "03010000 00000000");
    add_hello(&b, false);
    b.p[28 + 20 + 13] = TCP_SYN;
    build_ip4_end(&b, at);
    decode(d, &b, LINK_RAW, &f, &p);
    is_int(p.l4, 1, "ICMP");
    is_int(p.seen, SEEN_TCP | SEEN_TCP_SYN, "  counts what it quotes");
    ok(p.src.b[3] == 9 && p.src_port == 0, "  but is not from there");
    is_int(p.payload_len, 45, "  the quote is the payload");
    decode_cuts(&b, LINK_RAW, "ICMP with a quote");
    b.p[20] = 8;
    decode(d, &b, LINK_RAW, &f, &p);
    is_int(p.seen, 0, "an echo quotes nothing");
    build_free(&b);

    at = build_ip6(&b, "2001:db8::9", "2001:db8::1", 58);
    build_hex(&b, "02000000 00000500");
    add_hello(&b, true);
    build_ip6_end(&b, at);
    decode(d, &b, LINK_RAW, &f, &p);
    is_int(p.l4, 58, "ICMPv6");
    is_int(p.seen, SEEN_TCP, "  counts what it quotes");
    decode_cuts(&b, LINK_RAW, "ICMPv6 with a quote");
    build_free(&b);
}

static void nested(void)
{
    struct build b = { 0 };
    size_t at = build_ip4(&b, "192.0.2.9", "192.0.2.8", 41);
    int i;

    add_hello(&b, true);
    build_ip4_end(&b, at);
    is_hello(&b, LINK_RAW, 99, "IPv6 in IPv4");
    decode(d, &b, LINK_RAW, &f, &p);
    is_int(p.src.family, 6, "the inner address counts");
    build_free(&b);

    for (i = 0; i < 60; i++)
        build_hex(&b, "4500ffff 00000000 40040000 c0000209 c0000208");
    decode(d, &b, LINK_RAW, &f, &p);
    ok(p.trouble & TROUBLE_DEPTH, "IP in IP without end");
    decode_cuts(&b, LINK_RAW, "IP in IP without end");
    build_free(&b);
}

int main(void)
{
    d = packet_decoder_new();
    ip4();
    ip6();
    icmp();
    nested();
    packet_decoder_free(d);
    return tap_done();
}
