/* test_sniffer: times by adapter, the ring, what is not read. */
#include "config.h"

#include "tests/unit/capture/read.h"

#define HEADER_LEN 128u

static void head(struct build *b, uint8_t medium, uint8_t kind, uint8_t unit)
{
    build_add(b,
              "XCP\0"
              "002.001",
              12);
    build_le32(b, 1000000000u);
    build_zeros(b, HEADER_LEN - b->len);
    build_put_le32(b, 24, HEADER_LEN);
    build_put_le32(b, 52, 5000); /* ticks of the start */
    build_put_le32(b, 76, 2000000);
    b->p[44] = medium;
    b->p[48] = unit;
    b->p[84] = kind;
}

static void packet(struct build *b, const char *p, uint16_t wire_len, uint32_t ticks)
{
    build_le64(b, ticks);
    build_le16(b, wire_len);
    build_le16(b, (uint16_t)strlen(p));
    build_zeros(b, 28);
    build_add(b, p, strlen(p));
}

static void records(void)
{
    struct build b = { 0 };
    struct read r;

    head(&b, 0, 0, 0);
    packet(&b, "hello", 60, 5000 + 1500000);
    packet(&b, "world!", 6, 4000);
    build_put_le32(&b, 28, (uint32_t)b.len);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "a Sniffer file");
    is_str(r.format, "sniffer", "  format");
    is_int((int64_t)r.n_frames, 2, "  frames");
    is_int(r.frames[0].time_ns, INT64_C(1000000001500000000), "  time");
    is_int(r.frames[1].time_ns, INT64_C(1000000000000000000), "  never before the start");
    is_int(r.frames[0].wire_len, 60, "  on the wire");
    is_int(r.last_byte[1], '!', "  bytes");
    is_int(r.frames[0].linktype, 1, "  Ethernet");
    read_cuts(&b, 1, "  cut at every byte: only the whole file is complete");
    build_put_le32(&b, 28, (uint32_t)b.len - 1);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_BAD, "  a record that goes beyond the end");
    build_put_le32(&b, 28, 4);
    read_all(b.p, b.len, &r);
    is_int(r.open_rc, ERR_FORMAT, "  an end inside the header");
    build_free(&b);
}

static void ring(void)
{
    struct build b = { 0 };
    struct read r;

    head(&b, 0, 0, 0);
    packet(&b, "late", 4, 9000);
    build_put_le32(&b, 28, (uint32_t)b.len);
    build_put_le32(&b, 24, (uint32_t)b.len);
    packet(&b, "early", 5, 6000);
    build_put_le32(&b, 24, HEADER_LEN + 44);
    build_put_le32(&b, 28, HEADER_LEN + 44);
    read_all(b.p, b.len, &r);
    is_int((int64_t)r.n_frames, 0, "an end that is the start: nothing");
    build_free(&b);

    head(&b, 0, 0, 0);
    packet(&b, "late", 4, 9000);
    packet(&b, "lost", 4, 9000);
    packet(&b, "early", 5, 6000);
    build_put_le32(&b, 24, HEADER_LEN + 88);
    build_put_le32(&b, 28, HEADER_LEN + 44);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "a ring");
    is_int((int64_t)r.n_frames, 2, "  goes on behind the header");
    is_int(r.first_byte[0], 'e', "  first");
    is_int(r.first_byte[1], 'l', "  last");
    build_free(&b);
}

static void clocks(void)
{
    static const struct {
        uint8_t kind, unit;
        int64_t ns; /* of a million ticks; 0: not read */
    } clocks[] = {
        { 0, 1, 838222967 }, { 0, 2, 500000000 }, { 2, 0, 1000000 }, { 2, 2, 32000000 },
        { 3, 2, 800000000 }, { 2, 1, 0 },         { 0, 3, 0 },       { 7, 0, 0 },
    };
    struct build b = { 0 };
    struct read r;
    size_t i;

    for (i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
        b.len = 0;
        head(&b, 1, clocks[i].kind, clocks[i].unit);
        packet(&b, "x", 1, 5000 + 1000000);
        build_put_le32(&b, 28, (uint32_t)b.len);
        read_all(b.p, b.len, &r);
        if (clocks[i].ns)
            is_int(r.frames[0].time_ns - INT64_C(1000000000000000000), clocks[i].ns, "a clock");
        else
            ok(r.open_rc == ERR_FORMAT && strstr(r.err.msg, "clock"), "a clock that is not known");
    }
    is_int(r.n_interfaces, 0, "  no interface");
    b.p[44] = 9;
    b.p[84] = b.p[48] = 0;
    read_all(b.p, b.len, &r);
    ok(r.open_rc == ERR_FORMAT && strstr(r.err.msg, "medium 9"), "another medium is named");
    b.p[4] = '1';
    read_all(b.p, b.len, &r);
    ok(r.open_rc == ERR_FORMAT && strstr(r.err.msg, "Sniffer (Windows)"),
       "older versions are named");
    build_free(&b);
}

int main(void)
{
    records();
    ring();
    clocks();
    return tap_done();
}
