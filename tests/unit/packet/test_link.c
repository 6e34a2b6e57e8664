/* test_link: one segment under every link layer. */
#include "config.h"

#include <string.h>

#include "tests/unit/packet/decode.h"

static void hello(const char *head, bool six, unsigned linktype, uint32_t link_len,
                  const char *what)
{
    struct build b = { 0 };

    build_hex(&b, head);
    add_hello(&b, six);
    is_hello(&b, linktype, link_len + (six ? 65 : 45), what);
    build_free(&b);
}

static void ethernet(void)
{
    struct build b = { 0 };
    struct packet_decoder *d = packet_decoder_new();
    struct packet p;
    struct frame f;

    build_ethernet(&b, 0x0800);
    add_hello(&b, false);
    decode(d, &b, LINK_ETHERNET, &f, &p);
    ok(p.has_mac && p.mac_src[5] == 1 && p.mac_dst[5] == 2, "MAC addresses");
    is_int(p.ethertype, 0x0800, "ethertype");
    is_int(p.n_layers, 4, "Ethernet, IPv4, TCP, payload");
    is_int(p.layers[1].at, 14, "where IPv4 starts");
    ok(p.l3 == b.p + 14 && p.l3_len == 45, "IP packet");
    build_zeros(&b, 7);
    is_hello(&b, LINK_ETHERNET, 59, "Ethernet with padding");
    build_free(&b);

    build_ethernet(&b, 3 + 5 + 45);
    build_hex(&b, "aaaa03 000000 0800");
    add_hello(&b, false);
    build_zeros(&b, 9);
    is_hello(&b, LINK_ETHERNET, 14 + 8 + 45, "802.3 with LLC, SNAP and padding");
    build_put_be16(&b, 12, 500);
    decode(d, &b, LINK_ETHERNET, &f, &p);
    ok(p.trouble & TROUBLE_BAD_LINK, "an 802.3 length past the frame");
    ok(p.seen & SEEN_TCP, "  is read all the same");
    build_free(&b);

    build_ethernet(&b, 42);
    build_hex(&b, "ffff 0022");
    build_zeros(&b, 38);
    decode(d, &b, LINK_ETHERNET, &f, &p);
    is_int(p.l4, 0, "raw IPX is left alone");
    is_int(p.true_len, 56, "  its length is known");
    build_free(&b);

    build_ethernet(&b, 0x0806);
    build_hex(&b, "0001 0800 06 04 0001");
    build_zeros(&b, 20 + 18);
    decode(d, &b, LINK_ETHERNET, &f, &p);
    is_int(p.layers[1].kind, LAYER_ARP, "ARP");
    is_int(p.true_len, 42, "  without padding");
    decode_cuts(&b, LINK_ETHERNET, "ARP");
    build_free(&b);
    packet_decoder_free(d);
}

static void vlans(void)
{
    struct build b = { 0 };
    struct packet_decoder *d = packet_decoder_new();
    struct packet p;
    struct frame f;
    unsigned i;

    build_ethernet(&b, 0x88a8);
    build_vlan(&b, 0x6064, 0x8100);
    build_vlan(&b, 7, 0x0800);
    add_hello(&b, false);
    is_hello(&b, LINK_ETHERNET, 59, "QinQ: tags do not count");
    decode(d, &b, LINK_ETHERNET, &f, &p);
    ok(p.n_vlans == 2 && p.vlans[0] == 100 && p.vlans[1] == 7, "VIDs, outermost first");
    build_free(&b);

    build_ethernet(&b, 0x8100);
    for (i = 0; i < 9; i++)
        build_vlan(&b, i, i < 8 ? 0x8100 : 0x0800);
    add_hello(&b, false);
    decode(d, &b, LINK_ETHERNET, &f, &p);
    is_int(p.n_vlans, PACKET_VLANS_MAX, "no more tags than the limit");
    ok(p.trouble & TROUBLE_DEPTH && p.l4 == 0, "and the frame says so");
    decode_cuts(&b, LINK_ETHERNET, "nine tags");
    build_free(&b);
    packet_decoder_free(d);
}

static void pppoe(void)
{
    struct build b = { 0 };
    struct packet_decoder *d = packet_decoder_new();
    struct packet p;
    struct frame f;

    build_ethernet(&b, 0x8864);
    build_pppoe(&b, 0, 0x11, 47);
    build_be16(&b, 0x0021);
    add_hello(&b, false);
    build_zeros(&b, 3);
    is_hello(&b, LINK_ETHERNET, 14 + 6 + 47, "PPPoE session with padding");
    decode(d, &b, LINK_ETHERNET, &f, &p);
    ok(p.seen & SEEN_PPPOE, "counts as PPPoE");
    ok(p.pppoe_session == 0x11 && p.ppp_protocol == 0x21, "session and protocol");
    b.p[19] = 200;
    decode(d, &b, LINK_ETHERNET, &f, &p);
    ok(p.trouble & TROUBLE_BAD_LINK && p.seen & SEEN_TCP, "a length past the frame");
    build_free(&b);

    build_ethernet(&b, 0x8863);
    build_pppoe(&b, 9, 0, 4);
    build_hex(&b, "01010000");
    build_zeros(&b, 30);
    decode(d, &b, LINK_ETHERNET, &f, &p);
    is_int(p.layers[1].kind, LAYER_PPPOE_DISCOVERY, "PPPoE discovery");
    is_int(p.payload_len, 4, "  tags, no padding");
    is_int(p.pppoe_code, 9, "  code");
    is_int(p.seen, SEEN_PPPOE, "  counts");
    decode_cuts(&b, LINK_ETHERNET, "PPPoE discovery");
    build_free(&b);

    build_ethernet(&b, 0x8864);
    build_pppoe(&b, 0, 1, 8);
    build_hex(&b, "c021 09 01 0008 0000");
    build_zeros(&b, 32);
    decode(d, &b, LINK_ETHERNET, &f, &p);
    is_int(p.ppp_protocol, 0xc021, "LCP");
    is_int(p.payload_len, 6, "  its bytes without padding");
    is_int(p.true_len, 28, "  true length");
    build_free(&b);
    packet_decoder_free(d);
}

static void odd_ones(void)
{
    struct build b = { 0 };
    struct packet_decoder *d = packet_decoder_new();
    struct packet p;
    struct frame f;

    build_zeros(&b, 40);
    decode(d, &b, 189, &f, &p);
    is_int(p.trouble, TROUBLE_UNKNOWN_LINK, "an unknown link type");
    is_int(p.payload_len, 40, "  all of it is payload");
    b.len = 0;
    build_hex(&b, "00000063");
    add_hello(&b, false);
    decode(d, &b, LINK_NULL, &f, &p);
    is_int(p.trouble, TROUBLE_UNKNOWN_LINK, "an unknown address family");
    b.len = 0;
    build_hex(&b, "0000 0338 0000 0000000000000000 0000");
    build_zeros(&b, 20);
    decode(d, &b, LINK_SLL, &f, &p);
    is_int(p.trouble, TROUBLE_UNKNOWN_LINK, "netlink in SLL");
    b.p[3] = 1;
    b.p[15] = 12;
    decode(d, &b, LINK_SLL, &f, &p);
    ok(p.n_layers == 2 && p.trouble == 0, "CAN in SLL is no 802.3 length");
    b.len = 0;
    build_ethernet(&b, 0x0800);
    add_hello(&b, false);
    build_zeros(&b, 4);
    f = (struct frame){ .bytes = b.p, .cap_len = 63, .wire_len = 63, .linktype = 1, .fcs_len = 4 };
    packet_decode(d, &f, &p);
    is_int(p.payload_len, 5, "the frame check sequence is no payload");
    build_free(&b);
    packet_decoder_free(d);
}

/* Who sent a cooked frame stands there, and whether that is this machine; not who gets it. */
static void cooked(const char *head, unsigned link, int direction, const char *what)
{
    static const uint8_t sender[6] = { 2, 0, 0, 0, 0, 1 };
    struct packet_decoder *d = packet_decoder_new();
    struct build b = { 0 };
    struct packet p;
    struct frame f;

    build_hex(&b, head);
    build_hex(&b, "1100 0708 000c c021 0101 000a 0506 00000007");
    decode(d, &b, link, &f, &p);
    is_int(p.direction, direction, what);
    ok(!p.has_mac && (!direction || memcmp(p.mac_src, sender, 6) == 0), "  and its sender");
    is_int(p.ppp_protocol, 0xc021, "  PPP");
    build_free(&b);
    packet_decoder_free(d);
}

int main(void)
{
    ethernet();
    cooked("0004 0001 0006 0200000000010000 8864", LINK_SLL, DIRECTION_OUT, "SLL, sent");
    cooked("0000 0001 0006 0200000000010000 8864", LINK_SLL, DIRECTION_IN, "SLL, received");
    cooked("0003 0001 0006 0200000000010000 8864", LINK_SLL, DIRECTION_UNKNOWN, "SLL, overheard");
    cooked("0000 0200 0000 0000000000000000 8864", LINK_SLL, DIRECTION_UNKNOWN, "SLL, no address");
    cooked("8864 0000 00000003 0001 04 06 0200000000010000", LINK_SLL2, DIRECTION_OUT,
           "SLL2, sent");
    vlans();
    pppoe();
    hello("0000 0001 0006 0200000000010000 0800", false, LINK_SLL, 14, "SLL");
    hello("0000 0001 0006 0200000000010000 86dd", true, LINK_SLL, 14, "SLL with IPv6");
    hello("0000 0001 0006 0200000000010000 0004 aaaa03 000000 0800", false, LINK_SLL, 22,
          "SLL with LLC");
    hello("0800 0000 00000003 0001 00 06 0200000000010000", false, LINK_SLL2, 14, "SLL2");
    hello("02000000", false, LINK_NULL, 14, "NULL, little-endian");
    hello("00000002", false, LINK_NULL, 14, "NULL, big-endian");
    hello("1e000000", true, LINK_NULL, 14, "NULL with macOS's IPv6");
    hello("00000018", true, LINK_LOOP, 14, "LOOP with OpenBSD's IPv6");
    hello("", false, LINK_RAW, 14, "RAW with IPv4");
    hello("", true, LINK_RAW, 14, "RAW with IPv6");
    hello("", false, LINK_IPV4, 14, "IPV4");
    hello("", true, LINK_IPV6, 14, "IPV6");
    hello("0021", false, LINK_PPP, 2, "PPP");
    hello("21", false, LINK_PPP, 1, "PPP, compressed protocol");
    hello("ff030057", true, LINK_PPP_HDLC, 4, "PPP in HDLC framing");
    hello("0f000800", false, LINK_PPP_HDLC, 4, "Cisco HDLC where PPP was promised");
    hello("8f0086dd", true, LINK_C_HDLC, 4, "Cisco HDLC");
    hello("1100 0001 002f 0021", false, LINK_PPP_ETHER, 8, "PPPoE without Ethernet");
    hello("01 0021", false, LINK_PPP_PPPD, 3, "pppd");
    hello("00 ff030021", false, LINK_PPP_WITH_DIR, 5, "PPP with direction");
    hello("020000000002020000000001 8847 00064040 00065140", false, LINK_ETHERNET, 22, "MPLS");
    hello("02 00 0000 0500 0a00 61000000 3100 0900", false, LINK_NFLOG, 0, "NFLOG");
    hello("0a 00 0000 4500 0900", true, LINK_NFLOG, 0, "NFLOG with IPv6");
    hello("00 00 0c00 01000000 ffff0000 020000000002 020000000001 0800", false, LINK_PPI, 14,
          "PPI with Ethernet");
    odd_ones();
    return tap_done();
}
