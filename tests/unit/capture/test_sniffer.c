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

static void marked(struct build *b, const char *p, uint16_t wire_len, uint64_t ticks, uint16_t mark)
{
    build_le64(b, ticks);
    build_le16(b, wire_len);
    build_le16(b, (uint16_t)strlen(p));
    build_le16(b, 0);
    build_le16(b, mark);
    build_zeros(b, 24);
    build_add(b, p, strlen(p));
}

static void packet(struct build *b, const char *p, uint16_t wire_len, uint64_t ticks)
{
    marked(b, p, wire_len, ticks, 0);
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
    build_put_le32(&b, 24, 0x7fffffff);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_CUT, "  records that begin behind the end");
    is_int((int64_t)r.offset, HEADER_LEN, "  leave the offset in the file");
    build_put_le32(&b, 24, HEADER_LEN);
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

/* One record of a million ticks. */
static void clock_of(uint8_t medium, uint8_t kind, uint8_t unit, char minor, struct read *r)
{
    struct build b = { 0 };

    head(&b, medium, kind, unit);
    b.p[10] = (uint8_t)minor;
    packet(&b, "x", 1, 5000 + 1000000);
    build_put_le32(&b, 28, (uint32_t)b.len);
    read_all(b.p, b.len, r);
    build_free(&b);
}

static void clocks(void)
{
    static const struct {
        uint8_t medium, kind, unit;
        char minor;
        int64_t ns; /* 0: not read */
    } clocks[] = {
        { 0, 0, 0, '1', 1000000000 }, { 0, 0, 1, '1', 838222967 },  { 0, 0, 2, '1', 500000000 },
        { 0, 2, 0, '1', 1000000 },    { 0, 2, 2, '1', 32000000 },   { 0, 3, 2, '1', 800000000 },
        { 0, 2, 1, '1', 0 },          { 0, 0, 3, '1', 0 },          { 0, 7, 0, '1', 0 },
        { 0, 2, 2, '2', 32160000 }, /* the start in the header is none */
        { 0, 3, 0, '3', 1005000000 }, { 0, 0, 0, '3', 1000000000 }, { 1, 0, 1, '1', 838222967 },
        { 2, 0, 0, '1', 1000000000 }, { 1, 0, 2, '1', 0 },          { 1, 2, 0, '1', 0 },
        { 2, 3, 2, '1', 0 },
    };
    struct build b = { 0 };
    struct read r;
    size_t i;

    for (i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
        clock_of(clocks[i].medium, clocks[i].kind, clocks[i].unit, clocks[i].minor, &r);
        if (clocks[i].ns)
            is_int(r.frames[0].time_ns - INT64_C(1000000000000000000), clocks[i].ns, "a clock");
        else
            ok(r.open_rc == ERR_FORMAT && strstr(r.err.msg, "clock"), "a clock that is not known");
    }
    is_int(r.n_interfaces, 0, "  no interface");
    head(&b, 0, 0, 2);
    build_put_le32(&b, 76, 1);
    packet(&b, "x", 1, UINT64_MAX);
    build_put_le32(&b, 28, (uint32_t)b.len);
    read_all(b.p, b.len, &r);
    ok(r.frames[0].time_ns > INT64_C(1000000000000000000), "an absurd time is only late");
    build_free(&b);
}

static void media(void)
{
    static const struct {
        uint8_t medium, plus;
        const char *says; /* NULL: Ethernet */
    } media[] = {
        { 9, 0, "medium 9" },    { 1, 2, NULL },          { 0, 1, "numbering 1" },
        { 2, 2, "numbering 2" }, { 0, 2, "numbering 2" },
    };
    struct build b = { 0 };
    struct read r;
    size_t i;

    for (i = 0; i < sizeof(media) / sizeof(media[0]); i++) {
        b.len = 0;
        head(&b, media[i].medium, 0, 0);
        b.p[45] = media[i].plus;
        packet(&b, "x", 1, 5000);
        build_put_le32(&b, 28, (uint32_t)b.len);
        read_all(b.p, b.len, &r);
        if (media[i].says)
            ok(r.open_rc == ERR_FORMAT && strstr(r.err.msg, media[i].says),
               "another medium is named");
        else
            ok(r.n_frames == 1 && r.frames[0].linktype == 1, "Ethernet in another numbering");
    }
    b.p[10] = '4';
    read_all(b.p, b.len, &r);
    ok(r.open_rc == ERR_FORMAT && strstr(r.err.msg, "version"), "a later version is not read");
    b.p[4] = '1';
    read_all(b.p, b.len, &r);
    ok(r.open_rc == ERR_FORMAT && strstr(r.err.msg, "Sniffer (Windows)"),
       "older versions are named");
    build_free(&b);
}

/* Four bytes that are no part of the frame. */
static void tails(void)
{
    struct build b = { 0 };
    struct read r;

    head(&b, 0, 0, 0);
    marked(&b, "frameTAIL", 9, 5000, 0xffff);
    marked(&b, "all of it", 9, 5000, 0xff00);
    marked(&b, "abc", 3, 5000, 0xffff);
    build_put_le32(&b, 28, (uint32_t)b.len);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "four bytes behind a frame");
    ok(r.frames[0].cap_len == 5 && r.frames[0].wire_len == 5 && r.last_byte[0] == 'e',
       "  are taken off");
    is_int(r.frames[0].fcs_len, 0, "  no check sequence");
    is_int(r.frames[1].cap_len, 9, "  only where the record says so");
    is_int(r.frames[2].cap_len, 0, "  and are there");
    build_put_le32(&b, 76, 1193000); /* 0x123428 */
    read_all(b.p, b.len, &r);
    is_int(r.frames[0].cap_len, 9, "a check sequence");
    is_int(r.frames[0].fcs_len, 4, "  is told of");
    build_put_le32(&b, 76, 0);
    b.p[44] = 1;
    read_all(b.p, b.len, &r);
    is_int(r.frames[0].cap_len, 9, "Token Ring: nothing is known of them");
    build_free(&b);
}

int main(void)
{
    records();
    ring();
    clocks();
    media();
    tails();
    return tap_done();
}
