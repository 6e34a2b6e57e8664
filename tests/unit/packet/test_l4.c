/* test_l4: TCP options, lengths that lie, and what is left of a header that was cut. */
#include "config.h"

#include "tests/unit/packet/decode.h"

static struct packet_decoder *d;
static struct frame f;
static struct packet p;

static const struct tcp_spec syn = { .src = "192.0.2.1",
                                     .dst = "198.51.100.2",
                                     .src_port = 1000,
                                     .dst_port = 443,
                                     .seq = 0x01020304,
                                     .ack = 0x05060708,
                                     .flags = TCP_SYN,
                                     .options = "020405b4 0402080a 00000007 00000009 01030309" };

static void segment(struct build *b, unsigned flags, const char *options)
{
    struct tcp_spec t = syn;

    t.flags = flags;
    t.options = options;
    frame_tcp(b, &t);
    decode(d, b, LINK_ETHERNET, &f, &p);
}

static void options(struct build *b)
{
    segment(b, TCP_SYN, syn.options);
    is_int(p.tcp.mss, 1460, "MSS");
    is_int(p.tcp.window_scale, 9, "window scale");
    ok(p.tcp.sack_permitted, "SACK permitted");
    ok(p.tcp.has_timestamps && p.tcp.ts_val == 7 && p.tcp.ts_ecr == 9, "timestamps");
    is_int(p.tcp.header_len, 40, "header length");
    is_int(p.tcp.seq, 0x01020304, "sequence number");
    is_int(p.tcp.ack, 0x05060708, "acknowledgement number");
    is_int(p.tcp.window, 64240, "window");
    ok(!p.tcp.options_cut, "options are whole");
    is_int(p.seen, SEEN_TCP | SEEN_TCP_SYN, "a SYN counts");
    decode_cuts(b, LINK_ETHERNET, "a SYN with options");

    segment(b, TCP_ACK, "0101050a 00000001 00000002 00000000");
    is_int(p.tcp.n_sack, 1, "SACK");
    ok(p.tcp.sack[0].left == 1 && p.tcp.sack[0].right == 2, "its edges");
    is_int(p.tcp.window_scale, -1, "no window scale");
    segment(b, TCP_ACK,
            "01010522 00000001 00000002 00000003 00000004 00000005 00000006 00000007 "
            "00000008");
    is_int(p.tcp.n_sack, 4, "four SACK blocks");
    segment(b, TCP_SYN, "030320 00");
    is_int(p.tcp.window_scale, 14, "a scale beyond 14 is 14");
    segment(b, TCP_SYN, "02ff0000");
    ok(p.tcp.options_cut && p.l4 == 6, "an option past the header");
    segment(b, TCP_SYN, "02010000");
    ok(p.tcp.options_cut, "an option shorter than itself");
    segment(b, TCP_SYN, "00ff0000");
    ok(!p.tcp.options_cut, "behind the end of options nothing counts");
}

static void flags(struct build *b)
{
    segment(b, TCP_SYN | TCP_ACK, NULL);
    is_int(p.seen, SEEN_TCP, "a SYN/ACK is no SYN");
    segment(b, TCP_RST | TCP_ACK, NULL);
    is_int(p.seen, SEEN_TCP | SEEN_TCP_RST, "a RST");
    segment(b, TCP_ACK, NULL);
    b->p[14 + 20 + 12] = 0x40;
    decode(d, b, LINK_ETHERNET, &f, &p);
    ok(p.trouble & TROUBLE_BAD_L4 && p.l4 == 0, "a header of 16 bytes");
    is_int(p.src_port, 1000, "  its ports stand");
    b->p[14 + 20 + 12] = 0xf0;
    decode(d, b, LINK_ETHERNET, &f, &p);
    ok(p.trouble & TROUBLE_BAD_L4 && p.l4 == 0, "a header past the packet");
}

static void snapped(struct build *b)
{
    struct tcp_spec t = syn;

    t.payload = "hello";
    t.payload_len = 5;
    frame_tcp(b, &t);
    f = (struct frame){ .bytes = b->p, .cap_len = 34 + 14, .wire_len = 79, .linktype = 1 };
    packet_decode(d, &f, &p);
    is_int(p.l4, 6, "14 bytes of TCP are enough");
    ok(p.tcp.options_cut && p.tcp.flags == TCP_SYN, "  flags, but no options");
    ok(p.trouble & TROUBLE_SNAPPED, "  snapped");
    is_int(p.payload_len, 0, "  nothing captured of the payload");
    is_int(p.payload_wire_len, 5, "  whose length is known");
    is_int(p.true_len, 79, "  true length");
    f.cap_len = 34 + 13;
    packet_decode(d, &f, &p);
    is_int(p.l4, 0, "13 are not");
    is_int(p.dst_port, 443, "  but the ports are there");
    is_int(p.seen, SEEN_TCP, "  and it counts");
}

static void udp(struct build *b)
{
    frame_udp(b, "2001:db8::1", 53, "2001:db8::2", 5353, "query", 5);
    decode(d, b, LINK_ETHERNET, &f, &p);
    ok(p.l4 == 17 && p.src_port == 53 && p.dst_port == 5353, "UDP");
    is_int(p.payload_len, 5, "  payload");
    is_int(p.seen, SEEN_UDP, "  counts");
    decode_cuts(b, LINK_ETHERNET, "UDP");
    b->p[14 + 40 + 5] = 10;
    decode(d, b, LINK_ETHERNET, &f, &p);
    ok(p.payload_len == 2 && p.trouble == 0, "UDP's own length counts");
    b->p[14 + 40 + 5] = 99;
    decode(d, b, LINK_ETHERNET, &f, &p);
    ok(p.payload_len == 5 && p.trouble & TROUBLE_BAD_L4, "a length past the packet");
    b->p[14 + 40 + 5] = 0;
    decode(d, b, LINK_ETHERNET, &f, &p);
    ok(p.payload_len == 5 && p.trouble == 0, "length 0: all there is");
}

int main(void)
{
    struct build b = { 0 };

    d = packet_decoder_new();
    options(&b);
    flags(&b);
    snapped(&b);
    udp(&b);
    packet_decoder_free(d);
    build_free(&b);
    return tap_done();
}
