/* test_pcap: both clocks, both byte orders, odd lengths, and a cut at every byte. */
#include "config.h"

#include "tests/unit/capture/read.h"

static void orders(bool big, bool ns, const char *title)
{
    struct build b = { 0 };
    struct read r;

    pcap_header(&b, big, ns, 1);
    pcap_record(&b, big, 1700000000, 123456, "hello", 5, 60);
    pcap_record(&b, big, 1700000001, 7, "", 0, 0);
    read_all(b.p, b.len, &r);
    is_str(r.format, "pcap", title);
    is_str(r.title, title, "  the title says what kind");
    is_int(r.result, CAPTURE_END, "  is complete");
    is_int((int64_t)r.n_frames, 2, "  two frames");
    is_int(r.frames[0].time_ns, 1700000000 * INT64_C(1000000000) + 123456 * (ns ? 1 : 1000),
           "  time");
    ok(r.frames[0].has_time, "  has a time");
    is_int(r.frames[0].cap_len, 5, "  captured length");
    is_int(r.frames[0].wire_len, 60, "  length on the wire");
    is_int((int64_t)r.frames[0].offset, 40, "  offset of the bytes");
    is_int(r.last_byte[0], 'o', "  bytes");
    is_int((int64_t)r.frames[1].frame_no, 2, "  frames count from 1");
    is_int(r.frames[1].cap_len, 0, "  an empty frame");
    is_int(r.n_interfaces, 1, "  one interface");
    is_int((int64_t)r.interfaces[0].ticks_per_s, ns ? 1000000000 : 1000000, "  its clock");
    read_cuts(&b, 3, "  cut at every byte: complete behind the header and behind each record");
    build_free(&b);
}

static void header_only(void)
{
    struct build b = { 0 };
    struct read r;

    pcap_header(&b, false, false, 1u << 26 | 2u << 28 | 113);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "a header without frames is complete");
    is_int(r.interfaces[0].linktype, 113, "the link type is 16 bits");
    pcap_record(&b, false, 1, 0, "abcdef", 6, 6);
    read_all(b.p, b.len, &r);
    is_int(r.frames[0].fcs_len, 4, "FCS length from the upper bits, in words");
    read_all(b.p, 10, &r);
    is_str(r.err.msg, "cut within its file header (10 of 24 bytes)", "a cut header");
    b.p[4] = 7;
    read_all(b.p, b.len, &r);
    is_str(r.err.msg, "pcap version 7.4 is not known", "an unknown version");
    build_free(&b);
}

static void lengths(void)
{
    struct build b = { 0 };
    struct read r;

    pcap_header(&b, false, false, 1);
    pcap_record(&b, false, 1, 0, "abcdef", 6, 2);
    read_all(b.p, b.len, &r);
    is_int(r.frames[0].wire_len, 6, "shorter on the wire than captured: the larger counts");
    build_le32(&b, 2);
    build_le32(&b, 0);
    build_le32(&b, CAPTURE_FRAME_MAX + 1);
    build_le32(&b, CAPTURE_FRAME_MAX + 1);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_BAD, "an absurd length is damage");
    ok(strstr(r.err.msg, "offset 46"), "the reason names the offset");
    is_int((int64_t)r.offset, 46, "reading stands before it");
    is_int((int64_t)r.n_frames, 1, "what came before stands");
    b.len -= 8;
    build_le32(&b, 300);
    build_le32(&b, 300);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_CUT, "a usual length that runs over the end is a cut");
    build_free(&b);
}

/* Alexey's 24-byte record headers, with his magic and (Red Hat 6.1) with the usual one. */
static void modified(bool magic)
{
    struct build b = { 0 };
    struct read r;
    int i;

    pcap_header(&b, false, false, 1);
    if (magic)
        b.p[0] = 0x34, b.p[1] = 0xcd;
    for (i = 0; i < 3; i++) {
        build_le32(&b, 900000000);
        build_le32(&b, 5);
        build_le32(&b, 60);
        build_le32(&b, 60);
        build_hex(&b, "02000000 0800 00 00");
        build_hex(&b, "ffffffffffff");
        build_zeros(&b, 54);
    }
    read_all(b.p, b.len, &r);
    is_int((int64_t)r.n_frames, 3, magic ? "modified pcap" : "modified pcap under the usual magic");
    is_str(r.title, "modified pcap", "  says so");
    is_int(r.first_byte[2], 0xff, "  bytes");
    build_free(&b);
}

static void zeros(void)
{
    struct build b = { 0 };
    struct read r;

    pcap_header(&b, false, false, 1);
    pcap_record(&b, false, 0, 0, "", 0, 0);
    pcap_record(&b, false, 5, 0, "a", 1, 1);
    read_all(b.p, b.len, &r);
    is_int((int64_t)r.n_frames, 2, "an empty frame of 1970");
    build_zeros(&b, 4096);
    read_all(b.p, b.len, &r);
    is_int((int64_t)r.n_frames, 2, "a tail of zeros holds no frames");
    is_int(r.result, CAPTURE_BAD, "  and is damage");
    build_free(&b);
}

/* Before 2.4 the two lengths could be the other way round. */
static void old_version(void)
{
    struct build b = { 0 };
    struct read r;

    pcap_header(&b, false, false, 1);
    b.p[6] = 3;
    build_le32(&b, 1);
    build_le32(&b, 0);
    build_le32(&b, 60);
    build_le32(&b, 4);
    build_add(&b, "abcd", 4);
    read_all(b.p, b.len, &r);
    is_int((int64_t)r.n_frames, 1, "version 2.3 with swapped lengths");
    is_int(r.frames[0].wire_len, 60, "  length on the wire");
    build_free(&b);
}

int main(void)
{
    orders(false, false, "pcap");
    orders(true, false, "pcap, big-endian");
    orders(false, true, "pcap, nanoseconds");
    orders(true, true, "pcap, nanoseconds, big-endian");
    header_only();
    lengths();
    modified(true);
    modified(false);
    old_version();
    zeros();
    return tap_done();
}
