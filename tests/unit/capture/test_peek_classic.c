/* test_peek_classic: EtherPeek files of versions 5 to 7. */
#include "config.h"

#include "tests/unit/capture/read.h"

#define DATE    0xb0568d2eu /* 1997-09-29, since 1904 */
#define DATE_NS ((int64_t)(DATE - 2082844800u) * 1000000000)

/* The length of the file is put in by end(). */
static void head(struct build *b, unsigned version, uint32_t count, uint32_t media,
                 uint32_t subtype)
{
    build_u8(b, version);
    build_u8(b, 0);
    build_be32(b, 0);
    build_be32(b, count);
    build_be32(b, DATE);
    build_be32(b, 0xffffffff);
    build_be32(b, 0xffffffff);
    build_be32(b, media);
    build_be32(b, subtype);
    build_be32(b, 0x05000000);
    build_be32(b, 10000000);
    build_zeros(b, 12);
}

static void end(struct build *b)
{
    build_put_be16(b, 2, (unsigned)(b->len >> 16));
    build_put_be16(b, 4, (unsigned)b->len);
}

static void v7_packet(struct build *b, unsigned us, const char *p, size_t len, size_t wire_len)
{
    uint64_t time = (uint64_t)DATE * 1000000 + us;

    build_be16(b, 8);
    build_be16(b, (unsigned)wire_len);
    build_be16(b, len == wire_len ? 0 : (unsigned)len);
    build_be16(b, 1);
    build_be32(b, (uint32_t)(time >> 32));
    build_be32(b, (uint32_t)time);
    build_add(b, p, len);
    build_zeros(b, len % 2);
}

static void v5_packet(struct build *b, unsigned ms, const char *p, size_t len, size_t wire_len)
{
    build_be16(b, (unsigned)wire_len);
    build_be16(b, len == wire_len ? 0 : (unsigned)len);
    build_be16(b, 0);
    build_be32(b, ms);
    build_be32(b, 0);
    build_be16(b, 1400);
    build_add(b, "IP      ", 8);
    build_be16(b, 0);
    build_add(b, p, len);
}

static void v7(void)
{
    struct build b = { 0 };
    struct read r;

    head(&b, 7, 3, 0, 0);
    v7_packet(&b, 5, "0123456789ab....", 16, 16);
    v7_packet(&b, 6, "0123456", 7, 1514);
    v7_packet(&b, 7, "012....", 7, 7);
    end(&b);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "version 7");
    is_str(r.format, "peek-classic", "  format");
    is_str(r.title, "EtherPeek, version 7", "  title");
    is_int((int64_t)r.n_frames, 3, "  frames");
    is_int(r.frames[0].linktype, 1, "  Ethernet");
    is_int(r.frames[0].time_ns, DATE_NS + 5000, "  microseconds since 1904");
    is_int(r.frames[0].wire_len, 12, "  without check bytes");
    is_int(r.last_byte[0], 'b', "  bytes");
    is_int(r.frames[1].wire_len, 1510, "  a sliced frame");
    is_int(r.frames[1].cap_len, 7, "  keeps what is there");
    is_int(r.last_byte[2], '2', "  behind padding");
    is_str(r.comments, "0:link speed 10000000 bit/s ", "  the header's speed");
    /* The padding of the last record may be missing. */
    read_cuts(&b, 2, "  cut at every byte: complete at the end only");
    b.p[0] |= 0x80;
    read_all(b.p, b.len, &r);
    is_int((int64_t)r.n_frames, 3, "EtherHelp's bit in the version");
    build_zeros(&b, 30);
    read_all(b.p, b.len, &r);
    is_int((int64_t)r.n_frames, 3, "what stands behind the length of the file is no packet");
    is_int(r.result, CAPTURE_END, "  and no damage");
    build_free(&b);
}

static void v5(unsigned version)
{
    struct build b = { 0 };
    struct read r;

    head(&b, version, 2, 0, 0);
    v5_packet(&b, 632, "0123456789ab7", 13, 13);
    v5_packet(&b, 1001, "0123", 4, 60);
    end(&b);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, version == 5 ? "version 5" : "version 6");
    is_int((int64_t)r.n_frames, 2, "  frames");
    is_int(r.frames[0].time_ns, DATE_NS + 632000000, "  milliseconds since the date");
    is_int(r.frames[1].time_ns, DATE_NS + 1001000000, "  and more than a second");
    is_int(r.frames[0].cap_len, 13, "  an odd length without padding");
    is_int(r.last_byte[0], '7', "  its bytes");
    is_int(r.frames[1].wire_len, 60, "  a sliced frame");
    is_int(r.last_byte[1], '3', "  its bytes");
    is_int((int64_t)r.interfaces[0].ticks_per_s, 1000, "  its clock");
    read_cuts(&b, 1, "  cut at every byte: complete at the end only");
    build_free(&b);
}

static void wifi(void)
{
    struct build b = { 0 };
    struct read r;

    head(&b, 7, 2, 0, 1);
    v7_packet(&b, 0, "\x16\x06\x4d\0frame....", 13, 13);
    v7_packet(&b, 0, "\x16\x06", 2, 100);
    end(&b);
    read_all(b.p, b.len, &r);
    is_str(r.title, "AiroPeek, version 7", "802.11");
    is_int(r.frames[0].linktype, 105, "  link type");
    is_int(r.first_byte[0], 'f', "  the frame is behind four bytes about the radio");
    is_int(r.last_byte[0], 'e', "  and before the check bytes");
    is_int(r.frames[0].wire_len, 5, "  length");
    is_int(r.frames[0].radio.rate_kbps, 11000, "  rate");
    is_int(r.frames[0].radio.channel, 6, "  channel");
    is_int(r.frames[0].radio.signal_percent, 77, "  signal");
    is_int(r.frames[1].cap_len, 0, "  sliced before the frame");
    is_int(r.frames[1].radio.known, 0, "  and knows nothing");
    build_free(&b);
}

static void damage(void)
{
    struct build b = { 0 };
    struct read r;

    head(&b, 7, 2, 0, 0);
    v7_packet(&b, 5, "0123456789abcdef", 16, 16);
    v7_packet(&b, 5, "0123456789abcdef", 16, 10);
    end(&b);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_BAD, "captured more than was on the wire");
    is_int((int64_t)r.n_frames, 1, "  what came before stands");
    b.len = 0;
    head(&b, 7, 5, 1, 0);
    build_zeros(&b, 100);
    end(&b);
    read_all(b.p, b.len, &r);
    is_int(r.open_rc, ERR_FORMAT, "Token Ring");
    ok(strstr(r.err.msg, "Token Ring") != NULL, "  is named");
    build_free(&b);
}

/* What the probe refuses: the byte at `at` is another. */
static void not_one(size_t at, unsigned v, const char *what)
{
    struct build b = { 0 };
    struct read r;

    head(&b, 7, 1, 0, 0);
    v7_packet(&b, 5, "0123456789abcdef", 16, 16);
    end(&b);
    b.p[at] = (uint8_t)v;
    read_all(b.p, b.len, &r);
    ok(r.open_rc != ERR_OK, "%s", what);
    build_free(&b);
}

int main(void)
{
    v7();
    v5(5);
    v5(6);
    wifi();
    damage();
    not_one(0, 8, "another version");
    not_one(49, 1, "a reserved byte that is not zero");
    not_one(25, 7, "a medium that there is not");
    not_one(29, 3, "a kind of 802.11 that there is not");
    not_one(10, 0, "a date before 1970");
    not_one(8, 1, "more packets than the file has room for");
    return tap_done();
}
