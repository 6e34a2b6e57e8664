/* test_tunnel: one segment inside every tunnel; what only looks like a tunnel is left alone. */
#include "config.h"

#include <string.h>

#include "tests/unit/packet/decode.h"

#define ETHER "020000000012 020000000011 0800 "

/* Outer Ethernet and IPv4 from 203.0.113.1 to .2; with a port also UDP. */
struct outer {
    unsigned proto, port;
};

static void wrap(struct build *b, const struct outer *o, const char *head, bool six)
{
    size_t ip, udp = 0;

    b->len = 0;
    build_ethernet(b, 0x0800);
    ip = build_ip4(b, "203.0.113.1", "203.0.113.2", o->port ? 17 : o->proto);
    if (o->port) {
        udp = b->len;
        build_udp(b, 50000, o->port, 0);
    }
    build_hex(b, head);
    add_hello(b, six);
    if (o->port)
        build_put_be16(b, udp + 4, (unsigned)(b->len - udp));
    build_ip4_end(b, ip);
}

static void carried(const struct outer *o, const char *head, bool six, const char *name, int64_t id)
{
    struct packet_decoder *d = packet_decoder_new();
    struct build b = { 0 };
    struct packet p;
    struct frame f;
    char src[IP_ADDR_LEN];

    wrap(&b, o, head, six);
    is_hello(&b, LINK_ETHERNET, (uint32_t)b.len, name);
    decode(d, &b, LINK_ETHERNET, &f, &p);
    is_int(p.n_tunnels, 1, "  one tunnel");
    is_str(p.tunnels[0].name, name, "  its name");
    is_int(p.tunnels[0].has_id ? (int64_t)p.tunnels[0].id : -1, id, "  its id");
    is_str(ip_addr_text(&p.tunnels[0].src, src), "203.0.113.1", "  its end");
    is_str(ip_addr_text(&p.src, src), six ? "2001:db8::1" : "192.0.2.1",
           "  who sent what is inside");
    is_int(!!(p.seen & SEEN_UDP), o->port != 0, "  outer UDP counts");
    build_free(&b);
    packet_decoder_free(d);
}

/* Not a tunnel after all: the bytes are UDP payload, of the outer conversation. */
static void refused(unsigned port, const char *head, const char *what)
{
    struct packet_decoder *d = packet_decoder_new();
    struct outer o = { 0, port };
    struct build b = { 0 };
    struct packet p;
    struct frame f;

    wrap(&b, &o, head, false);
    decode(d, &b, LINK_ETHERNET, &f, &p);
    ok(p.l4 == 17 && p.dst_port == port && p.n_tunnels == 0 && !(p.seen & SEEN_TCP), "%s", what);
    is_int(p.payload_len, (int64_t)b.len - 42, "  all of it is payload");
    build_free(&b);
    packet_decoder_free(d);
}

static void over_ip(void)
{
    struct outer gre = { 47, 0 }, ipip = { 4, 0 }, six = { 41, 0 }, etherip = { 97, 0 },
                 l2tp3 = { 115, 0 }, mpls = { 137, 0 };

    carried(&gre, "0000 0800", false, "GRE", -1);
    carried(&gre, "b000 86dd 12340000 0000002a 00000001", true, "GRE", 42);
    carried(&gre, "4000 0800 00000000 0800 00 04 c0000201 0000 00 00", false, "GRE", -1);
    carried(&gre, "0000 6558 " ETHER, false, "GRE", -1);
    carried(&gre, "0000 880b ff03 0021", false, "GRE", -1);
    carried(&gre, "0000 883e 00000000", false, "GRE", -1);
    carried(&gre, "0000 883e", false, "GRE", -1);
    carried(&gre, "3081 880b 0031 0007 00000001 00000002 ff030021", false, "PPTP", 7);
    carried(&gre, "3001 880b 0031 0008 00000001 21", false, "PPTP", 8);
    carried(&gre, "0000 88be " ETHER, false, "ERSPAN", -1);
    carried(&gre, "1000 88be 00000001 1000 0065 00000000 " ETHER, false, "ERSPAN", 0x65);
    carried(&gre, "1000 22eb 00000001 2000 0066 00000000 00000000 " ETHER, false, "ERSPAN", 0x66);
    carried(&gre, "1000 22eb 00000001 2000 0067 00000000 00000001 0000000000000000 " ETHER, false,
            "ERSPAN", 0x67);
    carried(&ipip, "", false, "IP in IP", -1);
    carried(&six, "", true, "6in4", -1);
    carried(&etherip, "3000 " ETHER, false, "EtherIP", -1);
    carried(&l2tp3, "00000009 " ETHER, false, "L2TPv3", 9);
    carried(&l2tp3, "00000009 1122334455667788 00000000 " ETHER, false, "L2TPv3", 9);
    carried(&mpls, "00065140", true, "MPLS", 0x65);
}

static void over_udp(void)
{
    struct outer vxlan = { 0, 4789 }, gpe = { 0, 4790 }, geneve = { 0, 6081 }, gtp = { 0, 2152 },
                 l2tp = { 0, 1701 }, teredo = { 0, 3544 }, gre = { 0, 4754 }, capwap = { 0, 5247 },
                 tzsp = { 0, 37008 };

    carried(&vxlan, "08000000 00002a00 " ETHER, false, "VXLAN", 42);
    carried(&vxlan, "08ffffff 00002a07 " ETHER, false, "VXLAN", 42);
    carried(&gpe, "0c000001 00002b00", false, "VXLAN-GPE", 43);
    carried(&gpe, "0c000003 00002b00 " ETHER, false, "VXLAN-GPE", 43);
    carried(&geneve, "0240 6558 00002c00 01020300 00000000 " ETHER, false, "Geneve", 44);
    carried(&geneve, "0000 86dd 00002c00", true, "Geneve", 44);
    carried(&gtp, "30ff 002d 0000002d", false, "GTP-U", 45);
    carried(&gtp, "34ff 0031 0000002d 00000085 01000000", true, "GTP-U", 45);
    carried(&gtp, "32ff 0031 0000002d 00010000", false, "GTP-U", 45);
    carried(&l2tp, "0002 0005 0006 ff03 0021", false, "L2TP", 6);
    carried(&l2tp, "4a02 0000 0005 0006 00010002 0002 ffff 0057", true, "L2TP", 6);
    carried(&teredo, "", true, "Teredo", -1);
    carried(&teredo, "0001 0000 0000000000000000 00 0000 ffff ffffffff", true, "Teredo", -1);
    carried(&gre, "2000 0800 0000002e", false, "GRE", 46);
    carried(&capwap, "00 100200 00000000 " ETHER, false, "CAPWAP", -1);
    carried(&tzsp, "0100 0001 0a01c8 00 01 " ETHER, false, "TZSP", -1);
}

static void none(void)
{
    refused(4789, "00000000 00002a00 " ETHER, "VXLAN without a VNI");
    refused(4789, "08000000 00002a00 020000000012 020000000011 1234", "VXLAN around nothing known");
    refused(6081, "c000 6558 00002c00 " ETHER, "a Geneve of another version");
    refused(2152, "3001 002d 0000002d", "a GTP echo");
    refused(2152, "30ff 002d 0000002d 99", "GTP around no IP");
    refused(1701, "c802 002d 0005 0006 0000 0000", "L2TP control");
    refused(3544, "", "IPv4 on Teredo's port");
    refused(5247, "01 100200 00000000 " ETHER, "CAPWAP inside DTLS");
    refused(53, "08000000 00002a00 " ETHER, "another port");
}

/* A PPPoE session in a tunnel is a conversation of its own: not that of the tunnel's ends. */
static void pppoe(const char *head, bool macs, const char *what)
{
    static const uint8_t sender[6] = { 2, 0, 0, 0, 0, 0x11 }, nobody[6];
    struct packet_decoder *d = packet_decoder_new();
    struct build b = { 0 };
    struct packet p;
    struct frame f;
    size_t ip;
    char src[IP_ADDR_LEN];

    build_ethernet(&b, 0x0800);
    ip = build_ip4(&b, "203.0.113.1", "203.0.113.2", 47);
    build_hex(&b, head);
    build_hex(&b, "1100 0708 000c c021 0101 000a 0506 00000007");
    build_ip4_end(&b, ip);
    decode(d, &b, LINK_ETHERNET, &f, &p);
    ok(p.seen & SEEN_PPPOE && p.pppoe_session == 0x0708 && p.ppp_protocol == 0xc021, "%s", what);
    is_int(p.pppoe_len, 12, "  its length");
    ok(!p.src.family && !p.dst.family && !p.l4, "  no IP address is its own");
    is_str(ip_addr_text(&p.tunnels[0].src, src), "203.0.113.1", "  the tunnel has those");
    is_int(p.has_mac, macs, "  whether MACs are known");
    ok(memcmp(p.mac_src, macs ? sender : nobody, 6) == 0, "  whose they are");
    decode_cuts(&b, LINK_ETHERNET, what);
    build_free(&b);
    packet_decoder_free(d);
}

/* Tunnels in tunnels: to the limit, and no further. */
static void nested(void)
{
    struct packet_decoder *d = packet_decoder_new();
    struct build b = { 0 };
    struct packet p;
    struct frame f;
    unsigned i;

    build_ethernet(&b, 0x8847);
    build_hex(&b, "00065140");
    for (i = 0; i < 3; i++) {
        size_t at = build_ip4(&b, "203.0.113.1", "203.0.113.2", i == 2 ? 47 : 4);

        build_put_be16(&b, at + 2, 24 + 45 + 20 * (3 - i));
    }
    build_hex(&b, "00000800");
    add_hello(&b, false);
    decode(d, &b, LINK_ETHERNET, &f, &p);
    is_int(p.n_tunnels, 4, "MPLS, IP in IP twice, GRE");
    ok(p.l4 == 6 && p.src_port == 1000, "and the segment inside");
    is_str(p.tunnels[0].name, "MPLS", "outermost first");
    is_int(p.tunnels[0].id, 0x65, "the bottom label");
    is_int(p.tunnels[0].src.family, 0, "on a bare link");
    decode_cuts(&b, LINK_ETHERNET, "four tunnels");
    b.len = 0;
    build_ethernet(&b, 0x0800);
    for (i = 0; i < 12; i++)
        build_ip4(&b, "203.0.113.1", "203.0.113.2", 4);
    for (i = 0; i < 12; i++)
        build_put_be16(&b, 14 + 20 * i + 2, 20 * (12 - i));
    decode(d, &b, LINK_ETHERNET, &f, &p);
    is_int(p.n_tunnels, PACKET_TUNNELS_MAX, "no more than the limit");
    ok(p.trouble & TROUBLE_DEPTH, "and the frame says so");
    build_free(&b);
    packet_decoder_free(d);
}

/* What was read of the outer UDP header is not taken for the packet inside. */
static void icmp_inside(void)
{
    struct packet_decoder *d = packet_decoder_new();
    struct build b = { 0 };
    struct packet p;
    struct frame f;
    size_t outer, inner;

    build_ethernet(&b, 0x0800);
    outer = build_ip4(&b, "203.0.113.1", "203.0.113.2", 17);
    build_udp(&b, 50000, 4789, 8 + 14 + 28);
    build_hex(&b, "08000000 00002a00 " ETHER);
    inner = build_ip4(&b, "192.0.2.1", "198.51.100.2", 1);
    build_hex(&b, "0800 0000 0001 0001");
    build_ip4_end(&b, inner);
    build_ip4_end(&b, outer);
    decode(d, &b, LINK_ETHERNET, &f, &p);
    ok(p.l4 == 1 && p.src_port == 0 && p.dst_port == 0, "a ping has no ports");
    build_free(&b);
    packet_decoder_free(d);
}

static void pseudowire(const char *control, const char *what)
{
    struct packet_decoder *d = packet_decoder_new();
    struct build b = { 0 };
    struct packet p;
    struct frame f;

    build_ethernet(&b, 0x8847);
    build_hex(&b, "00065140");
    build_hex(&b, control);
    build_hex(&b, ETHER);
    add_hello(&b, false);
    decode(d, &b, LINK_ETHERNET, &f, &p);
    ok(p.l4 == 6 && p.n_tunnels == 1, "%s", what);
    decode_cuts(&b, LINK_ETHERNET, what);
    build_free(&b);
    packet_decoder_free(d);
}

int main(void)
{
    over_ip();
    over_udp();
    none();
    pppoe("0000 6558 020000000012 020000000011 8864", true, "PPPoE in an Ethernet tunnel");
    pppoe("0000 8864", false, "PPPoE in a tunnel without Ethernet");
    nested();
    icmp_inside();
    pseudowire("00000001", "Ethernet over MPLS with a control word");
    pseudowire("", "Ethernet over MPLS without one");
    return tap_done();
}
