/* test_pcapng: sections, interfaces, clocks, the three packet blocks, what is not a frame. */
#include "config.h"

#include "tests/unit/capture/read.h"

static void sections(void)
{
    struct build b = { 0 };
    struct read r;

    pcapng_section(&b, false, "first");
    pcapng_interface(&b, false, 1, 6, "eth0");
    pcapng_interface(&b, false, 127, 9, "wlan0");
    pcapng_packet(&b, false, 0, 1700000000000001, "abc", 3, 60, "look here");
    pcapng_packet(&b, false, 1, UINT64_C(1700000000000000002), "defg", 4, 4, NULL);
    pcapng_section(&b, true, "second");
    pcapng_interface(&b, true, 113, 0x80 | 10, "any");
    pcapng_packet(&b, true, 0, UINT64_C(1700000000) << 10 | 512, "h", 1, 1, NULL);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "two sections of different byte order");
    is_str(r.format, "pcapng", "  the format");
    is_int((int64_t)r.n_frames, 3, "  three frames");
    is_int(r.n_interfaces, 3, "  three interfaces");
    is_str(r.names[1], "wlan0", "  a name");
    is_int(r.interfaces[2].section_no, 1, "  of the second section");
    is_int(r.frames[2].interface_no, 2, "  interfaces count over the whole file");
    is_int((int64_t)r.frames[2].frame_no, 3, "  frames too");
    is_int(r.frames[1].linktype, 127, "  each interface has its link type");
    is_int(r.frames[0].time_ns, INT64_C(1700000000000001000), "  microseconds");
    is_int(r.frames[1].time_ns, INT64_C(1700000000000000002), "  nanoseconds");
    is_int(r.frames[2].time_ns, INT64_C(1700000000500000000), "  powers of two");
    is_int(r.last_byte[0], 'c', "  bytes");
    is_int(b.p[r.frames[1].offset], 'd', "  the offset leads to them");
    is_str(r.comments, "0:first 2:look here 0:second ", "  comments");
    is_int((int64_t)r.comment_frames, 1, "  a frame's comment knows its frame");
    read_cuts(&b, 8, "  cut at every byte: complete behind each block");
    build_free(&b);
}

static void offset_and_resolution(void)
{
    static const uint8_t hour[8] = { 0x10, 0x0e },
                         back[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    struct build b = { 0 };
    struct read r;
    size_t at;

    pcapng_section(&b, false, NULL);
    at = block_start(&b, false, 1);
    build_hex(&b, "0100 0000 60000000");
    block_option(&b, false, 14, hour, 8);
    block_option(&b, false, 13, "\4", 1);
    block_option(&b, false, 1, "uplink", 6);
    block_end(&b, false, at); /* no end of options: allowed */
    pcapng_packet(&b, false, 0, 5, "a", 1, 1, NULL);
    at = block_start(&b, false, 1);
    build_hex(&b, "0100 0000 00000000");
    block_option(&b, false, 14, back, 8);
    block_end(&b, false, at);
    pcapng_packet(&b, false, 1, 0, "a", 1, 1, NULL);
    pcapng_interface(&b, false, 1, 77, NULL);
    pcapng_packet(&b, false, 2, 5, "a", 1, 1, NULL);
    pcapng_interface(&b, false, 1, 0, NULL);
    pcapng_packet(&b, false, 3, UINT64_MAX, "a", 1, 1, NULL);
    read_all(b.p, b.len, &r);
    is_int((int64_t)r.n_frames, 4, "clocks");
    is_int(r.frames[0].time_ns, INT64_C(3600000005000), "  if_tsoffset");
    is_int(r.frames[0].fcs_len, 4, "  if_fcslen");
    is_int(r.interfaces[0].snap_len, 96, "  snap length");
    is_str(r.comments, "1:uplink ", "  an interface's comment");
    is_int(r.frames[1].time_ns, -INT64_C(1000000000), "  an offset backwards");
    ok(!r.frames[2].has_time, "  10^-77 s: no time at all");
    is_int(r.frames[3].time_ns, INT64_MAX, "  the end of time saturates");
    build_free(&b);
}

static void other_blocks(bool big)
{
    struct build b = { 0 };
    struct read r;
    size_t at;
    int i;

    pcapng_section(&b, big, NULL);
    pcapng_interface(&b, big, 1, 6, NULL);
    at = block_start(&b, big, 4); /* name resolution */
    build_hex(&b, "0000 0000");
    block_end(&b, big, at);
    at = block_start(&b, big, 10);
    build_u32(&b, big, 0x544c534b);
    build_u32(&b, big, 13);
    build_add(&b, "CLIENT_RANDOM", 13);
    block_end(&b, big, at);
    at = block_start(&b, big, 3); /* simple packet */
    build_u32(&b, big, 60);
    build_add(&b, "simple", 6);
    block_end(&b, big, at);
    at = block_start(&b, big, 2); /* obsolete packet */
    build_u16(&b, big, 0);
    build_u16(&b, big, 0);
    build_u32(&b, big, 0);
    build_u32(&b, big, 1000000);
    build_u32(&b, big, 3);
    build_u32(&b, big, 3);
    build_add(&b, "old", 3);
    block_end(&b, big, at);
    for (i = 1; i <= 2; i++) {
        at = block_start(&b, big, 5); /* statistics, twice: the numbers are running totals */
        build_u32(&b, big, 0);
        build_u32(&b, big, 0);
        build_u32(&b, big, 0);
        build_u16(&b, big, 5);
        build_u16(&b, big, 8);
        build_u32(&b, big, big ? 0 : 3 * (uint32_t)i);
        build_u32(&b, big, big ? 3 * (uint32_t)i : 0);
        block_option(&b, big, 1, "stat", 4);
        block_options_end(&b);
        block_end(&b, big, at);
    }
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, big ? "other blocks, big-endian" : "other blocks");
    is_int((int64_t)r.n_frames, 2, "  simple and obsolete packets are frames");
    ok(!r.frames[0].has_time, "  a simple packet has no time");
    is_int(r.frames[0].wire_len, 60, "  but a length");
    is_int(r.frames[1].time_ns, 1000000000, "  an obsolete one has");
    is_int(r.last_byte[1], 'd', "  and bytes");
    is_str(r.secrets, "CLIENT_RANDOM", "  secrets");
    is_int(r.secrets_type, 0x544c534b, "  and their type");
    is_int((int64_t)r.dropped, 6, "  drops are not counted twice");
    is_str(r.comments, "3:stat 3:stat ", "  comments of statistics");
    read_cuts(&b, 8, "  cut at every byte: complete behind each block");
    build_free(&b);
}

/* A key log longer than what is kept of one is cut, and what lies behind it is read. */
static void long_secrets(void)
{
    static const uint8_t piece[1 << 16] = { 0 };
    struct build b = { 0 };
    struct read r;
    size_t at, i, n = CAPTURE_SECRETS_MAX / sizeof(piece) + 40;

    pcapng_section(&b, false, NULL);
    pcapng_interface(&b, false, 1, 6, NULL);
    at = block_start(&b, false, 10);
    build_u32(&b, false, 0x544c534b);
    build_u32(&b, false, (uint32_t)(n * sizeof(piece)));
    for (i = 0; i < n; i++)
        build_add(&b, piece, sizeof(piece));
    block_end(&b, false, at);
    pcapng_packet(&b, false, 0, 5, "a", 1, 1, NULL);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "a very long key log");
    is_int((int64_t)r.n_frames, 1, "  and the frame behind it");
    is_int((int64_t)r.secrets_len, CAPTURE_SECRETS_MAX, "  is cut");
    read_all(b.p, at + sizeof(piece) * (n - 1), &r);
    is_int(r.result, CAPTURE_CUT, "  where the file ends within it, it was cut");
    build_free(&b);
}

/* What the three packet blocks have of their own. */
static void packet_blocks(bool big)
{
    struct build b = { 0 };
    struct read r;
    size_t at;
    uint32_t drops[] = { 5, 0xffff };
    int i;

    pcapng_section(&b, big, NULL);
    at = block_start(&b, big, 1);
    build_u16(&b, big, 1);
    build_u16(&b, big, 0);
    build_u32(&b, big, 4); /* snap length */
    block_end(&b, big, at);
    at = block_start(&b, big, 3); /* simple: as long as the snap length lets it be */
    build_u32(&b, big, 60);
    build_add(&b, "abcd", 4);
    block_end(&b, big, at);
    for (i = 0; i < 2; i++) {
        at = block_start(&b, big, 2); /* obsolete: drops beside the interface, options */
        build_u16(&b, big, 0);
        build_u16(&b, big, drops[i]);
        build_u32(&b, big, 0);
        build_u32(&b, big, 7);
        build_u32(&b, big, 3);
        build_u32(&b, big, 3);
        build_add(&b, "old\0", 4);
        block_option(&b, big, 1, "note", 4);
        block_end(&b, big, at);
    }
    at = block_start(&b, big, 6); /* enhanced: flags say how long the checksum is */
    build_u32(&b, big, 0);
    build_u32(&b, big, 0);
    build_u32(&b, big, 9);
    build_u32(&b, big, 4);
    build_u32(&b, big, 4);
    build_add(&b, "new!", 4);
    build_u16(&b, big, 2);
    build_u16(&b, big, 4);
    build_u32(&b, big, 4u << 5);
    block_options_end(&b);
    block_end(&b, big, at);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, big ? "packet blocks, big-endian" : "packet blocks");
    is_int((int64_t)r.n_frames, 4, "  frames");
    is_int(r.frames[0].cap_len, 4, "  a simple packet is cut at the snap length");
    is_int(r.frames[0].wire_len, 60, "  and knows how long it was");
    is_int((int64_t)r.dropped, 5, "  drops of an obsolete packet; ffff is no number");
    is_str(r.comments, "2:note 2:note ", "  its comments");
    is_int((int64_t)r.comment_frames, 5, "  of the frames 2 and 3");
    is_int(r.frames[3].fcs_len, 4, "  checksum of an enhanced packet");
    build_free(&b);
}

/* Blocks that hold no frames, whatever is in them: names, machines, those of other programs. */
static void no_frames(bool big)
{
    static const uint32_t types[] = { 4, 0x201, 0x80000001, 11 };
    struct build b = { 0 };
    struct read r;
    size_t at, i;

    pcapng_section(&b, big, NULL);
    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        at = block_start(&b, big, types[i]);
        /* A record of a name that is longer than its block: nobody looks. */
        build_hex(&b, "0100 ffff c0000201 ffffffff ffffffff");
        block_end(&b, big, at);
    }
    pcapng_interface(&b, big, 1, 6, NULL);
    pcapng_packet(&b, big, 0, 1, "x", 1, 1, NULL);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, big ? "no frames, big-endian" : "blocks without frames");
    is_int((int64_t)r.n_frames, 1, "  are passed over");
    is_str(r.comments, "", "  and say nothing");
    build_free(&b);
}

/* No packets, but numbered as if they were: custom blocks, journals, system calls. */
static void records(bool big)
{
    static const uint32_t types[] = { 0xbad, 0x40000bad, 9, 0x204 };
    struct build b = { 0 };
    struct read r;
    size_t at, i;

    pcapng_section(&b, big, NULL);
    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        at = block_start(&b, big, types[i]);
        build_hex(&b, "00007ed9 01020304");
        block_end(&b, big, at);
    }
    pcapng_interface(&b, big, 1, 6, NULL);
    pcapng_packet(&b, big, 0, 1, "x", 1, 1, NULL);
    read_all(b.p, b.len, &r);
    is_int((int64_t)r.n_frames, 5, "records that are no packets are numbered");
    is_int(r.frames[0].linktype, CAPTURE_NO_LINK, "  without a link");
    is_int(r.frames[0].interface_no, CAPTURE_NO_INTERFACE, "  without an interface");
    ok(!r.frames[0].has_time, "  without a time");
    is_int(r.frames[0].cap_len, 8, "  with their bytes");
    is_int((int64_t)r.frames[4].frame_no, 5, "  the packet behind them counts on");
    build_free(&b);
}

static void bad(const struct build *good, size_t at, const char *hex, const char *says,
                const char *what)
{
    struct build b = { 0 }, patch = { 0 };
    struct read r;

    build_add(&b, good->p, good->len);
    build_hex(&patch, hex);
    memcpy(b.p + at, patch.p, patch.len);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_BAD, what);
    if (!ok(strstr(r.err.msg, says) != NULL, "  says why"))
        printf("#   got %s\n", r.err.msg);
    is_int((int64_t)r.n_frames, 0, "  no frame");
    build_free(&patch);
    build_free(&b);
}

static void damage(void)
{
    struct build b = { 0 };
    size_t interface, packet;
    struct read r;

    pcapng_section(&b, false, NULL);
    interface = b.len;
    pcapng_interface(&b, false, 1, 6, NULL);
    packet = b.len;
    pcapng_packet(&b, false, 0, 1, "abcd", 4, 4, NULL);
    bad(&b, packet + 8, "05", "not described", "an unknown interface");
    bad(&b, packet + 4, "08", "impossible length", "a block shorter than its lengths");
    bad(&b, packet + 4, "20", "differ", "two lengths that differ");
    bad(&b, packet + 20, "05", "too short for its frame", "a frame longer than its block");
    bad(&b, packet + 20, "00000002", "absurd", "a frame longer than any");
    bad(&b, packet + 4, "00000070", "longer than any frame", "a block longer than any");
    bad(&b, interface, "06000000", "offset 28", "the offset of the block is named");
    read_all(b.p, packet, &r);
    is_int(r.result, CAPTURE_END, "no frames: complete");
    b.p[8] = 0;
    read_all(b.p, b.len, &r);
    is_int(r.open_rc, ERR_FOREIGN, "no byte-order magic: no pcapng");
    build_free(&b);
}

static void many_interfaces(void)
{
    struct build b = { 0 };
    struct read r;
    uint32_t i;

    pcapng_section(&b, false, NULL);
    for (i = 0; i <= CAPTURE_INTERFACES_MAX; i++) {
        size_t at = block_start(&b, false, 1);

        build_zeros(&b, 8);
        block_end(&b, false, at);
    }
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_BAD, "one interface too many");
    is_int(r.n_interfaces, CAPTURE_INTERFACES_MAX, "  the others were told");
    ok(strstr(r.err.msg, "65536") != NULL, "  names the limit");
    build_free(&b);
}

/* A length that leaves the padding out, as the first pcapng writer did. */
static void unpadded_length(void)
{
    struct build b = { 0 };
    struct read r;

    pcapng_section(&b, false, NULL);
    pcapng_interface(&b, false, 1, 6, NULL);
    build_hex(&b, "06000000 23000000 00000000 00000000 00000000 03000000 03000000 61626300");
    build_hex(&b, "23000000");
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "a block length without its padding");
    is_int(r.last_byte[0], 'c', "  its frame");
    build_free(&b);
}

int main(void)
{
    sections();
    offset_and_resolution();
    other_blocks(false);
    other_blocks(true);
    long_secrets();
    packet_blocks(false);
    packet_blocks(true);
    no_frames(false);
    no_frames(true);
    records(false);
    records(true);
    damage();
    many_interfaces();
    unpadded_length();
    return tap_done();
}
