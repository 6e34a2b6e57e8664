/* test_wifi: radiotap and 802.11 data frames. */
#include "config.h"

#include "tests/unit/packet/decode.h"

#define A1   "020000000011"
#define A2   "020000000022"
#define A3   "020000000033"
#define A4   "020000000044"
#define SNAP "aaaa03 000000 0800"

/* Is it the segment, and are source and destination the addresses that end in these bytes? */
static void hello(const char *head, unsigned linktype, const char *tail, uint8_t src, uint8_t dst,
                  uint32_t link_len, const char *what)
{
    struct build b = { 0 };
    struct packet_decoder *d = packet_decoder_new();
    struct packet p;
    struct frame f;

    build_hex(&b, head);
    add_hello(&b, false);
    build_hex(&b, tail);
    is_hello(&b, linktype, link_len + 45, what);
    decode(d, &b, linktype, &f, &p);
    ok(p.wifi && p.mac_src[5] == src && p.mac_dst[5] == dst && p.wifi_ta[5] == 0x22, "  addresses");
    build_free(&b);
    packet_decoder_free(d);
}

static void stopped(const char *hex, unsigned linktype, unsigned trouble, const char *what)
{
    struct build b = { 0 };
    struct packet_decoder *d = packet_decoder_new();
    struct packet p;
    struct frame f;

    build_hex(&b, hex);
    decode(d, &b, linktype, &f, &p);
    is_int(p.l4, 0, what);
    is_int(p.trouble, trouble, "  trouble");
    decode_cuts(&b, linktype, what);
    build_free(&b);
    packet_decoder_free(d);
}

static void retries(void)
{
    struct build b = { 0 };
    struct packet_decoder *d = packet_decoder_new();
    struct packet p;
    struct frame f;

    build_hex(&b, "0801 0000" A1 A2 A3 "3012" SNAP);
    add_hello(&b, false);
    decode(d, &b, LINK_WIFI, &f, &p);
    is_int(p.wifi_seq, 0x1230, "sequence control");
    ok(!p.wifi_retry && !p.link_copy, "a first try");
    decode(d, &b, LINK_WIFI, &f, &p);
    ok(!p.link_copy, "the same again without the retry bit is no copy");
    b.p[1] |= 8;
    decode(d, &b, LINK_WIFI, &f, &p);
    ok(p.wifi_retry && p.link_copy, "a retry");
    ok(p.seen & SEEN_TCP, "is counted all the same");
    b.p[22] = 0x40;
    decode(d, &b, LINK_WIFI, &f, &p);
    ok(!p.link_copy, "a retry whose first try was not captured is the only copy");
    packet_decoder_free(d);
    build_free(&b);
}

/* Two segments in one frame; the first is padded to 4 bytes, the second not. */
static void amsdu(void)
{
    struct build b = { 0 };
    struct packet_decoder *d = packet_decoder_new();
    struct packet p;
    struct frame f;

    build_hex(&b, "8801 0000" A1 A2 A3 "0000 8000 020000000066 020000000055 0035" SNAP);
    add_hello(&b, false);
    build_zeros(&b, 1);
    build_hex(&b, "020000000077 020000000055 0049" SNAP);
    add_hello(&b, true);
    b.p[b.len - 66] = 0xdd; /* ethertype IPv6 */
    b.p[b.len - 67] = 0x86;
    decode(d, &b, LINK_WIFI, &f, &p);
    ok(p.src.family == 4 && p.payload_len == 5 && p.mac_dst[5] == 0x66, "an A-MSDU's first packet");
    ok(packet_decode_next(d, &p), "it has a second");
    ok(p.src.family == 6 && p.l4 == 6 && p.payload_len == 5 && p.mac_dst[5] == 0x77,
       "  which is read");
    ok(p.payload == b.p + p.payload_at, "  and knows its place");
    is_int(p.seen, 0, "  the frame counts once");
    ok(p.wifi_ta[5] == 0x22, "  and has one transmitter");
    ok(!packet_decode_next(d, &p), "no third");
    decode_cuts(&b, LINK_WIFI, "an A-MSDU");
    decode(d, &b, LINK_WIFI, &f, &p);
    b.len = 14;
    decode(d, &b, LINK_WIFI, &f, &p);
    ok(!packet_decode_next(d, &p), "nothing is left over from the frame before");
    build_free(&b);
    packet_decoder_free(d);
}

int main(void)
{
    hello("0801 0000" A1 A2 A3 "0000" SNAP, LINK_WIFI, "", 0x22, 0x33, 32, "to the access point");
    hello("0802 0000" A1 A2 A3 "0000" SNAP, LINK_WIFI, "", 0x33, 0x11, 32, "from it");
    hello("0800 0000" A1 A2 A3 "0000" SNAP, LINK_WIFI, "", 0x22, 0x11, 32, "ad hoc");
    hello("0803 0000" A1 A2 A3 "0000" A4 SNAP, LINK_WIFI, "", 0x44, 0x33, 38, "four addresses");
    hello("8801 0000" A1 A2 A3 "0000 0000" SNAP, LINK_WIFI, "", 0x22, 0x33, 34, "QoS");
    hello("8881 0000" A1 A2 A3 "0000 0000 00000000" SNAP, LINK_WIFI, "", 0x22, 0x33, 38,
          "QoS with HT control");
    hello("8801 0000" A1 A2 A3 "0000 8000 020000000066 020000000055 0035" SNAP, LINK_WIFI, "", 0x55,
          0x66, 48, "the first of an A-MSDU");
    hello("0841 0000" A1 A2 A3 "0000" SNAP, LINK_WIFI, "", 0x22, 0x33, 32,
          "decrypted, with the bit left");
    hello("0841 0000" A1 A2 A3 "0000 01020304" SNAP, LINK_WIFI, "", 0x22, 0x33, 36,
          "decrypted, with the WEP header left");
    hello("0841 0000" A1 A2 A3 "0000 0102030405060708" SNAP, LINK_WIFI, "", 0x22, 0x33, 40,
          "decrypted, with the CCMP header left");
    hello("8841 0000" A1 A2 A3 "0000 8000 0102030405060708 020000000066 020000000055 0035" SNAP,
          LINK_WIFI, "", 0x55, 0x66, 56, "a decrypted A-MSDU with the CCMP header left");
    hello("8803 0000" A1 A2 A3 "0000" A4 "0000" SNAP, LINK_WIFI, "", 0x44, 0x33, 40,
          "QoS with four addresses");
    hello("8803 0000" A1 A2 A3 "0000" A4 "0001 00 1f 01020304" SNAP, LINK_WIFI, "", 0x44, 0x33, 46,
          "a mesh");
    hello("8803 0000" A1 A2 A3 "0000" A4 "0001 02 1f 01020304 020000000055 020000000066" SNAP,
          LINK_WIFI, "", 0x44, 0x33, 58, "a mesh with two addresses more");
    hello("8802 0000" A1 A2 A3 "0000 0001 01 1f 01020304 020000000055" SNAP, LINK_WIFI, "", 0x33,
          0x11, 46, "a mesh's multicast");
    hello("8802 0000" A1 A2 A3 "0000 0001" SNAP, LINK_WIFI, "", 0x33, 0x11, 34,
          "the mesh bit where it is part of a number");
    hello("00 00 0800 00000000 0801 0000" A1 A2 A3 "0000" SNAP, LINK_RADIOTAP, "", 0x22, 0x33, 32,
          "radiotap without fields");
    hello("00 00 0900 02000000 10 0801 0000" A1 A2 A3 "0000" SNAP, LINK_RADIOTAP, "deadbeef", 0x22,
          0x33, 32, "radiotap with FCS");
    hello("00 00 1900 03000080 00000000 00000000 0000000000000000 10 "
          "0801 0000" A1 A2 A3 "0000" SNAP,
          LINK_RADIOTAP, "deadbeef", 0x22, 0x33, 32, "radiotap with two words and a clock");
    hello("00 00 0900 02000000 20 8801 0000" A1 A2 A3 "0000 0000 0000" SNAP, LINK_RADIOTAP, "",
          0x22, 0x33, 36, "radiotap with padding behind the header");
    stopped("00 00 0900 02000000 50 0801 0000" A1 A2 A3 "0000" SNAP "45000000 deadbeef",
            LINK_RADIOTAP, TROUBLE_BAD_LINK, "a bad FCS");
    stopped("00 00 0400 00000000", LINK_RADIOTAP, TROUBLE_BAD_LINK, "radiotap too short");
    stopped("0841 0000" A1 A2 A3 "0000 01020320 05060708 99887766 55443322", LINK_WIFI,
            TROUBLE_ENCRYPTED, "an encrypted frame");
    stopped("4801 0000" A1 A2 A3 "0000", LINK_WIFI, 0, "null data");
    stopped("8000 0000" A1 A2 A3 "0000 1234", LINK_WIFI, 0, "a beacon");
    stopped("d400 0000" A1, LINK_WIFI, 0, "an acknowledgement");
    stopped("0801 0000" A1 A2 A3 "0100 11223344", LINK_WIFI, TROUBLE_FRAGMENT,
            "the second fragment");
    retries();
    amsdu();
    return tap_done();
}
