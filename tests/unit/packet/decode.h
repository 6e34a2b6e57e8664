/* decode: decodes a generated frame, whole and cut at every byte, for the tests of packet/. */
#ifndef TESTS_UNIT_PACKET_DECODE_H
#define TESTS_UNIT_PACKET_DECODE_H

#include "capture/capture.h"
#include "packet/packet.h"
#include "tests/support/build.h"
#include "tests/support/tap.h"

enum link {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_PPP = 9,
    LINK_PPP_HDLC = 50,
    LINK_PPP_ETHER = 51,
    LINK_RAW = 101,
    LINK_C_HDLC = 104,
    LINK_WIFI = 105,
    LINK_LOOP = 108,
    LINK_SLL = 113,
    LINK_PRISM = 119,
    LINK_RADIOTAP = 127,
    LINK_AVS = 163,
    LINK_PPP_PPPD = 166,
    LINK_PPI = 192,
    LINK_PPP_WITH_DIR = 204,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_NFLOG = 239,
    LINK_SLL2 = 276,
};

/* Decodes what `b` holds; *f is filled for the borrowed pointers. */
__attribute__((unused)) static void decode(struct packet_decoder *d, const struct build *b,
                                           unsigned linktype, struct frame *f, struct packet *p)
{
    *f = (struct frame){ .frame_no = 1,
                         .has_time = true,
                         .time_ns = 1000000000,
                         .bytes = b->p,
                         .cap_len = (uint32_t)b->len,
                         .wire_len = (uint32_t)b->len,
                         .linktype = (uint16_t)linktype };
    packet_decode(d, f, p);
}

static bool inside(const struct packet *p, const struct guard *g)
{
    unsigned i;

    for (i = 0; i < p->n_layers; i++)
        if (p->layers[i].at != UINT32_MAX && (size_t)p->layers[i].at + p->layers[i].len > g->len)
            return false;
    if (p->payload_len > p->payload_wire_len)
        return false;
    return p->reassembled ||
           (p->payload >= g->p && (size_t)(p->payload - g->p) + p->payload_len <= g->len);
}

/*
 * Cut at every byte, once by the snap length and once as if no more had been on the wire, flush
 * against a page that cannot be read.
 */
__attribute__((unused)) static void decode_cuts(const struct build *b, unsigned linktype,
                                                const char *what)
{
    struct packet_decoder *d = packet_decoder_new();
    unsigned outside = 0, silent = 0;
    size_t len;
    int snap;

    for (snap = 0; snap < 2; snap++) {
        for (len = 0; len <= b->len; len++) {
            struct guard g = guard_new(b->p, len);
            struct frame f = { .bytes = g.p,
                               .cap_len = (uint32_t)len,
                               .wire_len = (uint32_t)(snap ? b->len : len),
                               .linktype = (uint16_t)linktype };
            struct packet p;

            packet_decode(d, &f, &p);
            outside += !inside(&p, &g);
            /* What was cut off may have been padding; then nothing is missing. */
            silent += snap && p.payload_len < p.payload_wire_len && !(p.trouble & TROUBLE_SNAPPED);
            while (packet_decode_next(d, &p))
                outside += !inside(&p, &g);
            guard_free(&g);
        }
    }
    ok(outside == 0 && silent == 0, "%s: cut at every byte", what);
    packet_decoder_free(d);
}

/* The frame is a TCP segment from 192.0.2.1:1000 to 198.51.100.2:443 (or IPv6) with "hello". */
__attribute__((unused)) static void is_hello(const struct build *b, unsigned linktype,
                                             uint32_t true_len, const char *what)
{
    struct packet_decoder *d = packet_decoder_new();
    struct packet p;
    struct frame f;

    decode(d, b, linktype, &f, &p);
    if (!ok(p.l4 == 6 && p.src_port == 1000 && p.dst_port == 443 && p.seen & SEEN_TCP &&
                p.payload_len == 5 && p.payload_wire_len == 5 &&
                memcmp(p.payload, "hello", 5) == 0 && p.payload == b->p + p.payload_at,
            "%s", what))
        printf("#   l4 %u, ports %u %u, payload %u, trouble %#x\n", p.l4, p.src_port, p.dst_port,
               p.payload_len, p.trouble);
    is_int(p.trouble, 0, "  no trouble");
    is_int(p.true_len, true_len, "  true length");
    packet_decoder_free(d);
    decode_cuts(b, linktype, what);
}

/* IPv4 or IPv6 with that segment: 45 or 65 bytes. */
__attribute__((unused)) static void add_hello(struct build *b, bool six)
{
    size_t at = six ? build_ip6(b, "2001:db8::1", "2001:db8::2", 6)
                    : build_ip4(b, "192.0.2.1", "198.51.100.2", 6);

    build_tcp(b, 1000, 443, 1, 2, 0x18, NULL);
    build_add(b, "hello", 5);
    build_ip_end(b, at);
}

#endif
