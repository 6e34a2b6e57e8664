/* test_peek: tagged Omnipeek files; blocks, attributes, check bytes, radio data, damage. */
#include "config.h"

#include "tests/unit/capture/read.h"

#define T0 INT64_C(1405448418038100000)
#define VERSION_INFO                                                                               \
    "<VersionInfo><FileVersion>9</FileVersion><AppVersion>8.0.0.1</AppVersion></VersionInfo>"

/* The two XML blocks; `more` goes into the session. */
static void head(struct build *b, int media, int subtype, const char *more)
{
    char text[1024];

    peek_xml(b, "\x7fver", VERSION_INFO);
    snprintf(text, sizeof(text),
             "<Session><MediaType>%d</MediaType><MediaSubType>%d</MediaSubType>%s</Session>", media,
             subtype, more);
    peek_xml(b, "sess", text);
}

static void ethernet(void)
{
    struct build b = { 0 };
    struct read r;
    size_t at, first;

    head(&b, 0, 0,
         "<PacketCount>3</PacketCount><Comment>before &amp; after</Comment>"
         "<Adapters><Adapter><AdapterName>inner</AdapterName></Adapter></Adapters>"
         "<AdapterName>GB1</AdapterName><AdapterAddr>02:00:00:00:00:01</AdapterAddr>"
         "<CaptureName>Capture 1</CaptureName><Host>H</Host><LinkSpeed>1000</LinkSpeed>");
    at = peek_start(&b, "pkts", 0);
    first = b.len;
    peek_packet(&b, T0, "0123456789abcd....", 18, 18);
    peek_packet(&b, T0 + 100, "0123456789", 10, 64);      /* sliced */
    peek_packet(&b, T0 - 1, "0123456789abcd...", 17, 18); /* sliced within the check bytes */
    peek_end(&b, at);
    read_all(b.p, b.len, &r);
    is_int(r.open_rc, ERR_OK, "a tagged file");
    is_int(r.result, CAPTURE_END, "  is complete");
    is_str(r.format, "peek", "  format");
    is_str(r.title, "Omnipeek, Ethernet", "  title");
    is_int((int64_t)r.n_frames, 3, "  frames");
    is_int(r.frames[0].linktype, 1, "  Ethernet");
    is_int(r.frames[0].time_ns, T0, "  nanoseconds since 1601");
    is_int(r.frames[1].time_ns, T0 + 100, "  of the second");
    is_int(r.frames[0].wire_len, 14, "  check bytes are no part of the frame");
    is_int(r.frames[0].cap_len, 14, "  nor of what was captured");
    is_int(r.last_byte[0], 'd', "  its bytes");
    is_int((int64_t)r.frames[0].offset, (int64_t)first + 30, "  their offset");
    is_int(r.frames[1].wire_len, 60, "  a sliced frame");
    is_int(r.frames[1].cap_len, 10, "  loses nothing");
    is_int(r.last_byte[1], '9', "  its bytes");
    is_int(r.frames[2].cap_len, 14, "  sliced within the check bytes");
    is_int((int64_t)r.frames[0].radio.known, 0, "  nothing of a radio");
    is_str(r.names[0], "GB1", "  the first direct adapter name");
    is_str(r.descriptions[0], "02:00:00:00:00:01", "  its address");
    is_str(r.comments,
           "0:before & after 0:capture Capture 1, host H, application version 8.0.0.1, "
           "link speed 1000 bit/s ",
           "  comments");
    read_cuts(&b, 1, "  cut at every byte: complete at the end only");
    build_free(&b);
}

/* Attributes in another order, unknown ones, and those of a radio. */
static void wifi(int subtype)
{
    struct build b = { 0 };
    struct read r;
    size_t at;
    uint64_t ns = (uint64_t)T0 + UINT64_C(11644473600) * 1000000000;

    head(&b, 0, subtype, "");
    at = peek_start(&b, "pkts", 0);
    peek_attribute(&b, 0x0d, 5825);
    peek_attribute(&b, 2, (uint32_t)(ns >> 32));
    peek_attribute(&b, 1, (uint32_t)ns);
    peek_attribute(&b, 4, 165);
    peek_attribute(&b, 5, 130);
    peek_attribute(&b, 6, 44);
    peek_attribute(&b, 7, (uint32_t)-77);
    peek_attribute(&b, 9, (uint32_t)-91);
    peek_attribute(&b, 0x15, 0x13);
    peek_attribute(&b, 0x7777, 1);
    peek_attribute(&b, 0, 9);
    peek_attribute(&b, 0xffff, 9);
    build_add(&b, "wlan!\0\0\0\0", 9);
    peek_attribute(&b, 0, 9);
    peek_attribute(&b, 1, 0);
    peek_attribute(&b, 2, 0);
    peek_attribute(&b, 4, 70000);
    peek_attribute(&b, 5, 7);
    peek_attribute(&b, 6, 101);
    peek_attribute(&b, 7, (uint32_t)-32767);
    peek_attribute(&b, 9, 0);
    peek_attribute(&b, 0x15, 0x113);
    peek_attribute(&b, 0xffff, 0); /* then all of it is there */
    build_add(&b, "wlan?\0\0\0\0", 9);
    peek_end(&b, at);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "802.11");
    is_str(r.title, "Omnipeek, 802.11", "  title");
    is_int(r.frames[0].linktype, 105, "  link type");
    is_int(r.frames[0].cap_len, 5, "  four zeros are no checksum");
    is_int(r.frames[0].fcs_len, 0, "  and no other is there");
    is_int(r.frames[0].radio.known,
           RADIO_CHANNEL | RADIO_FREQUENCY | RADIO_RATE | RADIO_SIGNAL | RADIO_NOISE |
               RADIO_PERCENT,
           "  radio data");
    is_int(r.frames[0].radio.channel, 165, "  channel");
    is_int(r.frames[0].radio.frequency_mhz, 5825, "  frequency");
    is_int(r.frames[0].radio.rate_kbps, 65000, "  rate");
    is_int(r.frames[0].radio.signal_percent, 44, "  signal in percent");
    is_int(r.frames[0].radio.signal_dbm, -77, "  signal");
    is_int(r.frames[0].radio.noise_dbm, -91, "  noise");
    is_int(r.frames[1].radio.known, RADIO_MCS, "  what makes no sense is not known");
    is_int(r.frames[1].radio.mcs, 7, "  a rate that is an index");
    is_int(r.frames[1].time_ns, INT64_MIN, "  the year 1601 is earlier than we can say");
    is_int(r.frames[1].cap_len, 5, "  no captured length: all of it");
    build_free(&b);
}

static void blocks(void)
{
    struct build b = { 0 };
    struct read r;
    size_t at;

    peek_xml(&b, "\x7fver", VERSION_INFO);
    at = peek_start(&b, "gpsi", 1); /* compressed, but nobody reads it */
    build_zeros(&b, 64);
    peek_end(&b, at);
    peek_xml(&b, "sess",
             "<Session><Comment>pkts</Comment><PacketCount>1</PacketCount>"
             "<MediaType>0</MediaType></Session>");
    at = peek_start(&b, "pkts", 0);
    peek_packet(&b, T0, "a....", 5, 5);
    peek_end(&b, at);
    at = peek_start(&b, "cpid", 0x200);
    build_add(&b, "<CaptureId/>", 12);
    peek_end(&b, at);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "blocks that are not known, and the word pkts in a comment");
    is_int((int64_t)r.n_frames, 1, "  one frame");
    read_cuts(&b, 2, "  cut at every byte: complete behind the packets, and at the end");
    at = peek_start(&b, "pkts", 0);
    peek_packet(&b, T0, "b....", 5, 5);
    read_all(b.p, b.len, &r);
    is_int((int64_t)r.n_frames, 2, "a second block of packets, up to the end");
    is_int(r.result, CAPTURE_END, "  more than the file says: complete");
    ok(strstr(r.comments, "0:the file says 1 packets, 2 were read ") != NULL, "  and noted");
    build_free(&b);
}

static void counts(void)
{
    struct build b = { 0 };
    struct read r;

    head(&b, 0, 0, "<PacketCount>2</PacketCount>");
    peek_start(&b, "pkts", 0); /* length 0: up to the end */
    peek_packet(&b, T0, "a....", 5, 5);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_CUT, "fewer packets than the file says");
    is_str(r.err.msg, "the file says 2 packets, 1 were read", "  says so");
    is_int((int64_t)r.n_frames, 1, "  what is there is read");
    peek_packet(&b, T0, "a....", 5, 5);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "as many: complete");
    read_cuts(&b, 1, "  cut at every byte: complete at the end only");
    build_free(&b);
}

static void refused(const struct build *b, const char *says)
{
    struct read r;

    read_all(b->p, b->len, &r);
    is_int(r.open_rc, ERR_FORMAT, says);
    if (!ok(strstr(r.err.msg, says) != NULL, "  in these words"))
        printf("#   got %s\n", r.err.msg);
}

static void not_read(void)
{
    static const struct {
        int media, subtype;
        const char *says;
    } media[] = {
        { 1, 0, "capture of Token Ring" },
        { 2, 0, "capture of FDDI" },
        { 0, 4, "capture of PPP" },
        { 12, 10, "capture of WAN" },
        { 99, 0, "an unknown medium (medium 99, 0)" },
    };
    struct build b = { 0 };
    size_t i;

    for (i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
        b.len = 0;
        head(&b, media[i].media, media[i].subtype, "");
        peek_start(&b, "pkts", 0);
        refused(&b, media[i].says);
    }
    b.len = 0;
    peek_xml(&b, "\x7fver", "<VersionInfo><FileVersion>10</FileVersion></VersionInfo>");
    peek_start(&b, "pkts", 0);
    refused(&b, "of version 10, which is not supported yet");
    b.len = 0;
    peek_xml(&b, "\x7fver", "<VersionInfo></VersionInfo>");
    peek_start(&b, "pkts", 0);
    refused(&b, "does not say its version");
    b.len = 0;
    peek_xml(&b, "\x7fver", VERSION_INFO);
    refused(&b, "ends before its packets");
    peek_start(&b, "pkts", 0);
    refused(&b, "no session block");
    b.len = 0;
    head(&b, 0, 0, "");
    peek_start(&b, "pkts", 1);
    refused(&b, "'pkts' block at offset");
    refused(&b, "is compressed, which is not supported yet");
    memcpy(b.p + b.len - 12, "pktz", 4);
    refused(&b, "'pktz' block");
    refused(&b, "of a newer kind that is not supported yet");
    build_free(&b);
}

/* One packet record, read after a good one. */
static void bad_record(const struct build *record, const char *says, const char *what)
{
    struct build b = { 0 };
    struct read r;

    head(&b, 0, 0, "");
    peek_start(&b, "pkts", 0);
    peek_packet(&b, T0, "a....", 5, 5);
    build_add(&b, record->p, record->len);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_BAD, what);
    if (!ok(strstr(r.err.msg, says) != NULL, "  says why"))
        printf("#   got %s\n", r.err.msg);
    is_int((int64_t)r.n_frames, 1, "  what came before stands");
    build_free(&b);
}

static void damage(void)
{
    struct build b = { 0 };
    struct read r;
    size_t at;
    int i;

    peek_packet(&b, T0, "abc", 3, 2);
    bad_record(&b, "more bytes than", "captured more than was on the wire");
    b.len = 0;
    peek_packet(&b, T0, "abc", 3, 0x7fffffff);
    build_put_le32(&b, 26, 0x7fffffff);
    bad_record(&b, "more bytes than", "an absurd length");
    b.len = 0;
    peek_attribute(&b, 0, 5);
    peek_attribute(&b, 0, 5);
    bad_record(&b, "twice", "a length twice");
    b.len = 0;
    peek_attribute(&b, 0, 5);
    peek_attribute(&b, 0xffff, 0);
    bad_record(&b, "no length or no time", "no time");
    b.len = 0;
    for (i = 0; i < 300; i++)
        peek_attribute(&b, 5, 1);
    bad_record(&b, "has no end", "attributes without an end");
    b.len = 0;
    head(&b, 0, 0, "");
    at = peek_start(&b, "pkts", 0);
    peek_packet(&b, T0, "a....", 5, 5);
    peek_end(&b, at);
    b.p[at + 4]--;
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_BAD, "a packet that runs over the end of its block");
    b.p[at + 4] += 2;
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_CUT, "a block that is longer than the file");
    is_int((int64_t)r.n_frames, 1, "  what is there is read");
    build_free(&b);
}

int main(void)
{
    ethernet();
    wifi(3);
    wifi(1);
    blocks();
    counts();
    not_read();
    damage();
    return tap_done();
}
