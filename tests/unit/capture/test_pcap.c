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

/*
 * Longer record headers: Alexey's 24 bytes (with his magic, or with the usual one as in Red
 * Hat 6.1), 28 bytes of Suse 6.3, 20 bytes of Nokia.
 */
static void modified(bool magic, bool big, size_t header_len, const char *what)
{
    struct build b = { 0 };
    struct read r;
    int i;

    pcap_header(&b, big, false, 1);
    if (magic) {
        b.p[big ? 3 : 0] = 0x34;
        b.p[big ? 2 : 1] = 0xcd;
    }
    for (i = 0; i < 3; i++) {
        build_u32(&b, big, 900000000);
        build_u32(&b, big, 5);
        build_u32(&b, big, 60);
        build_u32(&b, big, 60);
        build_u32(&b, big, 2); /* interface */
        build_hex(&b, "0800 00 00 01020304");
        b.len -= 28 - header_len;
        build_hex(&b, "ffffffffffff");
        build_zeros(&b, 54);
    }
    read_all(b.p, b.len, &r);
    is_int((int64_t)r.n_frames, 3, what);
    is_str(r.title, big ? "modified pcap, big-endian" : "modified pcap", "  says so");
    is_int(r.first_byte[2], 0xff, "  bytes");
    is_int(r.result, CAPTURE_END, "  complete");
    if (magic && header_len == 24)
        read_cuts(&b, 4, "  cut at every byte: complete behind the header and behind each record");
    build_free(&b);
}

static void aix(void)
{
    struct build b = { 0 };
    struct read r;

    pcap_header(&b, true, false, 6);
    b.p[7] = 2;
    pcap_record(&b, true, 900000000, 123456789, "abcd", 4, 60);
    read_all(b.p, b.len, &r);
    is_str(r.title, "pcap of AIX, nanoseconds, big-endian", "AIX");
    is_int(r.frames[0].linktype, 1, "  an interface type");
    is_int(r.frames[0].time_ns, INT64_C(900000000123456789), "  nanoseconds");
    is_int((int64_t)r.interfaces[0].ticks_per_s, 1000000000, "  its clock");
    b.p[23] = 1;
    read_all(b.p, b.len, &r);
    is_str(r.title, "pcap, big-endian", "an old pcap with a link type is no AIX");
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
static void old_version(unsigned minor)
{
    struct build b = { 0 };
    struct read r;

    pcap_header(&b, false, false, 1);
    b.p[6] = (uint8_t)minor;
    build_le32(&b, 1);
    build_le32(&b, 0);
    build_le32(&b, 60);
    build_le32(&b, 4);
    build_add(&b, "abcd", 4);
    read_all(b.p, b.len, &r);
    is_int((int64_t)r.n_frames, 1, "an old version with swapped lengths");
    is_int(r.frames[0].wire_len, 60, "  length on the wire");
    is_int(r.frames[0].cap_len, 4, "  length in the file");
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
    modified(true, false, 24, "modified pcap");
    modified(true, true, 24, "modified pcap, big-endian");
    modified(true, false, 28, "modified pcap with 28 bytes");
    modified(true, true, 28, "modified pcap with 28 bytes, big-endian");
    modified(false, false, 24, "24 bytes under the usual magic");
    modified(false, true, 24, "24 bytes under the usual magic, big-endian");
    modified(false, false, 20, "20 bytes under the usual magic");
    aix();
    old_version(0);
    old_version(1);
    old_version(2);
    old_version(3);
    zeros();
    return tap_done();
}
