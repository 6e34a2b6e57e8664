/* test_radio: radiotap, PPI, AVS, Prism: where the frame starts, and what the receiver noted. */
#include "config.h"

#include "tests/unit/packet/decode.h"

#define FRAME "0801 0000 020000000011 020000000022 020000000033 0000 aaaa03 000000 0800"

/* Decodes `head`, an 802.11 frame with a segment, `tail`; 802.11 and LLC are 32 bytes. */
static struct frame_radio radio_of(const char *head, unsigned linktype, const char *tail,
                                   const char *what)
{
    struct build b = { 0 };
    struct packet_decoder *d = packet_decoder_new();
    struct packet p;
    struct frame f;

    build_hex(&b, head);
    build_hex(&b, FRAME);
    add_hello(&b, false);
    build_hex(&b, tail);
    is_hello(&b, linktype, 32 + 45, what);
    decode(d, &b, linktype, &f, &p);
    build_free(&b);
    packet_decoder_free(d);
    return p.radio;
}

static void is_radio(struct frame_radio got, struct frame_radio want)
{
    if (!ok(got.known == want.known && got.channel == want.channel &&
                got.frequency_mhz == want.frequency_mhz && got.rate_kbps == want.rate_kbps &&
                got.mcs == want.mcs && got.signal_dbm == want.signal_dbm &&
                got.noise_dbm == want.noise_dbm,
            "  radio data"))
        printf("#   known %#x, channel %u, %u MHz, %u kbit/s, mcs %u, %d dBm, noise %d dBm\n",
               got.known, got.channel, got.frequency_mhz, got.rate_kbps, got.mcs, got.signal_dbm,
               got.noise_dbm);
}

#define TAP(head, what) radio_of(head, LINK_RADIOTAP, "", what)

static void radiotap(void)
{
    is_radio(TAP("0000 0800 00000000", "radiotap without fields"), (struct frame_radio){ 0 });
    /* flags, rate, channel, signal, noise */
    is_radio(TAP("0000 1000 6e000000 00 16 6c09 a000 b3 a5", "radiotap with usual fields"),
             (struct frame_radio){ .known = RADIO_CHANNEL | RADIO_FREQUENCY | RADIO_RATE |
                                            RADIO_SIGNAL | RADIO_NOISE,
                                   .channel = 1,
                                   .frequency_mhz = 2412,
                                   .rate_kbps = 11000,
                                   .signal_dbm = -77,
                                   .noise_dbm = -91 });
    /* clock, flags, channel: aligned; then MCS 15, 40 MHz, short guard interval */
    is_radio(
        TAP("0000 1900 0b000800 0102030405060708 00 00 c116 4001 07 05 0f",
            "radiotap with a clock and 802.11n"),
        (struct frame_radio){ .known = RADIO_CHANNEL | RADIO_FREQUENCY | RADIO_RATE | RADIO_MCS,
                              .channel = 165,
                              .frequency_mhz = 5825,
                              .rate_kbps = 300000,
                              .mcs = 15 });
    /* 802.11ac: 80 MHz, two streams, index 9, long guard interval */
    is_radio(
        TAP("0000 1400 00002000 4400 00 04 92 00 00 00 00 00 0000", "radiotap with 802.11ac"),
        (struct frame_radio){ .known = RADIO_RATE | RADIO_MCS, .rate_kbps = 780000, .mcs = 9 });
    /* 802.11ax: index 11 in data3 */
    is_radio(TAP("0000 1400 00008000 2000 0000 000b 0000 0000 0000", "radiotap with 802.11ax"),
             (struct frame_radio){ .known = RADIO_MCS, .mcs = 11 });
    /* Two words: signal of all, then of antenna 0; the first counts. */
    is_radio(TAP("0000 0f00 200000a0 20080000 b3 b0 00", "radiotap with an antenna's signal"),
             (struct frame_radio){ .known = RADIO_SIGNAL, .signal_dbm = -77 });
    /* A vendor's namespace before our signal in the third word. */
    is_radio(TAP("0000 1b00 000000c0 ffff00a0 20000000 001122 01 0300 aabbcc b3 00",
                 "radiotap with a vendor's namespace"),
             (struct frame_radio){ .known = RADIO_SIGNAL, .signal_dbm = -77 });
    is_radio(TAP("0000 0e00 20000080 20000000 b3 b0", "radiotap whose words go on unexplained"),
             (struct frame_radio){ .known = RADIO_SIGNAL, .signal_dbm = -77 });
    is_radio(TAP("0000 0a00 20000010 b3 00", "radiotap with fields of the future"),
             (struct frame_radio){ .known = RADIO_SIGNAL, .signal_dbm = -77 });
    is_radio(TAP("0000 0a00 6e000000 00 16", "radiotap whose fields run over its length"),
             (struct frame_radio){ .known = RADIO_RATE, .rate_kbps = 11000 });
    is_radio(TAP("0000 0c00 000000c0 20000000", "radiotap with a namespace that is not there"),
             (struct frame_radio){ 0 });
}

static void ppi(void)
{
    const struct frame_radio common = { .known = RADIO_CHANNEL | RADIO_FREQUENCY | RADIO_RATE |
                                                 RADIO_SIGNAL | RADIO_NOISE,
                                        .channel = 11,
                                        .frequency_mhz = 2462,
                                        .rate_kbps = 11000,
                                        .signal_dbm = -77,
                                        .noise_dbm = -91 };

    is_radio(radio_of("0000 2000 69000000 0200 1400 0102030405060708 0100 1600 9e09 a000 00 00 b3 "
                      "a5",
                      LINK_PPI, "deadbeef", "PPI with a checksum"),
             common);
    is_radio(radio_of("0000 2000 69000000 0200 1400 0102030405060708 0000 1600 9e09 a000 00 00 b3 "
                      "a5",
                      LINK_PPI, "", "PPI without one"),
             common);
    is_radio(radio_of("0001 2800 69000000 0700 0100 ff000000 0200 1400 0102030405060708 0000 1600 "
                      "9e09 a000 00 00 b3 a5",
                      LINK_PPI, "", "PPI with padded fields"),
             common);
    is_radio(radio_of("0000 0c00 69000000 0200 1400", LINK_PPI, "", "PPI whose field is cut"),
             (struct frame_radio){ 0 });
}

#define CLOCKS "0000000000000000 0000000000000000"

static void avs(void)
{
    is_radio(radio_of("80211001 00000040" CLOCKS "00000004 00000006 0000006e 00000000 00000000 "
                      "00000002 ffffffb3 ffffffa5 00000001 00000001",
                      LINK_AVS, "", "AVS"),
             (struct frame_radio){ .known = RADIO_CHANNEL | RADIO_RATE | RADIO_SIGNAL | RADIO_NOISE,
                                   .channel = 6,
                                   .rate_kbps = 11000,
                                   .signal_dbm = -77,
                                   .noise_dbm = -91 });
    is_radio(radio_of("80211001 00000040" CLOCKS "00000008 00001671 00000000 00000000 00000000 "
                      "00000001 00000030 00000000 00000001 00000001",
                      LINK_PRISM, "", "AVS under Prism's number, with a frequency"),
             (struct frame_radio){
                 .known = RADIO_CHANNEL | RADIO_FREQUENCY, .channel = 149, .frequency_mhz = 5745 });
}

static void add_item(struct build *b, bool big, uint32_t id, unsigned unset, int32_t v)
{
    build_u32(b, big, id);
    build_u16(b, big, unset);
    build_u16(b, big, 4);
    build_u32(b, big, (uint32_t)v);
}

static void prism(bool big, bool wlan_ng)
{
    struct build b = { 0 };
    struct packet_decoder *d = packet_decoder_new();
    uint32_t i;
    const int32_t values[] = { 1, 2, 6, 4, 5, -77, -91, 22, 0, 100 };
    struct packet p;
    struct frame f;

    build_u32(&b, big, wlan_ng ? 0x41 : 0x44);
    build_u32(&b, big, 144);
    build_add(&b, "wlan0\0\0\0\0\0\0\0\0\0\0\0", 16);
    for (i = 1; i <= 10; i++)
        add_item(&b, big, wlan_ng ? i << 12 | 0x41 : i << 16 | 0x44, i == 7, values[i - 1]);
    build_hex(&b, FRAME);
    add_hello(&b, false);
    is_hello(&b, LINK_PRISM, 77, big ? "Prism, big-endian" : "Prism");
    decode(d, &b, LINK_PRISM, &f, &p);
    is_radio(p.radio, (struct frame_radio){ .known = RADIO_CHANNEL | RADIO_RATE | RADIO_SIGNAL,
                                            .channel = 6,
                                            .rate_kbps = 11000,
                                            .signal_dbm = -77 });
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

/* What the reader of the file knew stays, unless the frame itself says more. */
static void from_record(void)
{
    struct build b = { 0 };
    struct packet_decoder *d = packet_decoder_new();
    struct packet p;
    struct frame f = { .linktype = LINK_WIFI, .radio = { .known = RADIO_CHANNEL, .channel = 36 } };

    build_hex(&b, FRAME);
    f.bytes = b.p;
    f.cap_len = f.wire_len = (uint32_t)b.len;
    packet_decode(d, &f, &p);
    is_int(p.radio.channel, 36, "radio data of the record");
    build_free(&b);
    packet_decoder_free(d);
}

int main(void)
{
    radiotap();
    ppi();
    avs();
    prism(false, false);
    prism(true, false);
    prism(false, true);
    stopped("0000 0400 00000000", LINK_RADIOTAP, TROUBLE_BAD_LINK, "radiotap too short");
    stopped("0000 2000 69000000 0200 1400 0102030405060708 0500 1600 9e09 a000 00 00 b3 a5" FRAME
            "45000000 deadbeef",
            LINK_PPI, TROUBLE_BAD_LINK, "PPI: a wrong checksum");
    stopped("0000 0800 c0000000", LINK_PPI, TROUBLE_UNKNOWN_LINK, "PPI in PPI");
    stopped("80211001 00000004", LINK_AVS, TROUBLE_BAD_LINK, "AVS too short");
    stopped("80211001 7fffffff", LINK_AVS, TROUBLE_BAD_LINK, "AVS too long");
    stopped("12345678 00000090", LINK_PRISM, TROUBLE_BAD_LINK, "no Prism");
    from_record();
    return tap_done();
}
