/* test_link_rare: one segment under links that are seldom met, and behind tags. */
#include "config.h"

#include "tests/unit/packet/decode.h"

static void hello(const char *head, bool six, unsigned linktype, uint32_t link_len,
                  const char *tail, const char *what)
{
    struct build b = { 0 };

    build_hex(&b, head);
    add_hello(&b, six);
    build_hex(&b, tail);
    is_hello(&b, linktype, link_len + (six ? 65 : 45), what);
    build_free(&b);
}

/* Read as far as its own header; nothing of ours inside. */
static void silent(const char *hex, unsigned linktype, unsigned trouble, const char *what)
{
    struct packet_decoder *d = packet_decoder_new();
    struct build b = { 0 };
    struct packet p;
    struct frame f;

    build_hex(&b, hex);
    build_zeros(&b, 40);
    decode(d, &b, linktype, &f, &p);
    ok(p.l4 == 0 && p.src.family == 0, "%s", what);
    is_int(p.trouble, trouble, "  trouble");
    decode_cuts(&b, linktype, what);
    build_free(&b);
    packet_decoder_free(d);
}

int main(void)
{
    hello("50 020000000002 020000000001 aaaa03 000000 0800", false, 10, 21, "", "FDDI");
    silent("c1 020000000002 020000000001", 10, 0, "FDDI: a token");
    hello("1040 020000000002 020000000001 aaaa03 000000 0800", false, 6, 22, "", "Token Ring");
    hello("1040 020000000002 820000000001 0630 1111 2222 aaaa03 000000 0800", false, 6, 28, "",
          "Token Ring with source routing");
    silent("1000 020000000002 020000000001", 6, 0, "Token Ring: a MAC frame");
    hello("01 02 f0", false, 7, 3, "", "ARCNET, RFC 1051");
    hello("01 02 d4 00 0001", false, 7, 6, "", "ARCNET, RFC 1201");
    hello("01 02 0000 d4 00 0001", false, 129, 8, "", "ARCNET as Linux has it");
    silent("01 02 d4 03 0001", 7, TROUBLE_FRAGMENT, "ARCNET: a later fragment");
    hello("00000000000000000000000000000000", false, 8, 16, "", "SLIP");
    hello("1841 03 cc", false, 107, 4, "", "Frame Relay, IPv4");
    hello("1841 03 8e", true, 107, 4, "", "Frame Relay, IPv6");
    hello("1841 03 00 80 000000 0800", false, 107, 10, "", "Frame Relay, SNAP");
    hello("1841 03 cf 0021", false, 107, 6, "", "Frame Relay, PPP");
    hello("1841 0800", false, 107, 4, "", "Frame Relay, Cisco");
    hello("01 1841 03 cc", false, 206, 5, "", "Frame Relay with direction");
    hello("01 0f000800", false, 205, 5, "", "Cisco HDLC with direction");
    hello("aaaa03 000000 0800", false, 100, 8, "", "ATM, RFC 2684");
    hello("aaaa03 0080c2 0007 0000 020000000002 020000000001 0800", false, 100, 24, "",
          "ATM, bridged Ethernet, padded");
    hello("", true, 106, 0, "", "classical IP over ATM, bare");
    hello("02 00 0021 aaaa03 000000 0800", false, 123, 12, "", "SunATM");
    hello("000000020000000000000000", false, 109, 12, "", "OpenBSD's enc");
    hello("3d02"
          "00000000000000000000000000000000000000000000000000000000000000"
          "000000000000000000000000000000000000000000000000000000000000 00",
          false, 117, 64, "", "pflog");
    hello("00000000020000000000000002000000 aaaa03 000000 0800", false, 122, 24, "",
          "IP over Fibre Channel");
    hello("0000000000000000 0000000000000000 0800", false, 138, 18, "", "IEEE 1394");
    hello("0000000000000000000000000000000000000000 0800 0000", false, 242, 24, "", "Infiniband");
    hello("01 00 0000 0000 020000000002 020000000001 0800", false, 143, 20, "", "DOCSIS");
    silent("c0 00 0000", 143, 0, "DOCSIS: MAC management");
    hello("0000000000000000 02 04 0050 0000 0040 0000 020000000002 020000000001 0800", false, 197,
          32, "", "ERF, Ethernet");
    hello("0000000000000000 82 04 0050 0000 0040 05000000000000ff 0000 020000000002 020000000001 "
          "0800",
          false, 197, 40, "", "ERF, Ethernet with an extension header");
    hello("0000000000000000 16 04 0050 0000 0040", false, 197, 16, "", "ERF, IPv4");
    silent("0000000000000000 1b 04 0050 0000 0040", 197, TROUBLE_UNKNOWN_LINK, "ERF: another type");
    hello("00065140", false, 219, 4, "", "MPLS");
    hello("01000000 020000000002 020000000001 0800", false, 240, 18, "", "NetAnalyzer");
    hello("0000000000000000 020000000002 020000000001 0800", false, 259, 22, "", "EPON");
    hello("10000000 01000000 01000000 00000000 020000000002 020000000001 0800", false, 258, 14, "",
          "PKTAP");
    silent("10000000 01000000 02010000 00000000", 258, TROUBLE_UNKNOWN_LINK, "PKTAP in PKTAP");
    hello("020000000002 020000000001 c0000000 0800", false, 283, 14, "", "DSA");
    hello("020000000002 020000000001 dada0000c0000000 0800", false, 284, 14, "", "EDSA");
    hello("00000000 020000000002 020000000001 0800", false, 282, 18, "", "Broadcom, before");

    hello("020000000002 020000000001 893f 000000000000 0800", false, LINK_ETHERNET, 14, "",
          "E-TAG");
    hello("020000000002 020000000001 8926 00000000 0800", false, LINK_ETHERNET, 14, "", "VN-tag");
    hello("020000000002 020000000001 88e5 00 00 00000001 0800", false, LINK_ETHERNET, 22,
          "00000000000000000000000000000000", "MACsec, integrity only");
    silent("020000000002 020000000001 88e5 2c 00 00000001 0200000000010001", LINK_ETHERNET,
           TROUBLE_ENCRYPTED, "MACsec, encrypted");
    hello("020000000002 020000000001 894f 0002 0101 0000ff00", false, LINK_ETHERNET, 14, "", "NSH");
    hello("020000000002 020000000001 22f3 0000 0001 0002 020000000012 020000000011 0800", false,
          LINK_ETHERNET, 34, "", "TRILL");
    hello("020000000002 020000000001 88e7 00000064 020000000012 020000000011 0800", false,
          LINK_ETHERNET, 32, "", "802.1ah");
    hello("020000000002 020000000001 8903 0001 020000000012 020000000011 0800", false,
          LINK_ETHERNET, 30, "", "FabricPath");
    return tap_done();
}
