/* test_snoop: RFC 1761, its data links, drops and odd lengths. */
#include "config.h"

#include "tests/unit/capture/read.h"

static void head(struct build *b, uint32_t version, uint32_t datalink)
{
    build_add(b, "snoop\0\0\0", 8);
    build_be32(b, version);
    build_be32(b, datalink);
}

static void packet(struct build *b, const char *p, size_t len, size_t wire_len, size_t pad,
                   uint32_t dropped)
{
    build_be32(b, (uint32_t)wire_len);
    build_be32(b, (uint32_t)len);
    build_be32(b, (uint32_t)(24 + len + pad));
    build_be32(b, dropped);
    build_be32(b, 900000000);
    build_be32(b, 123456);
    build_add(b, p, len);
    build_zeros(b, pad);
}

static void records(void)
{
    struct build b = { 0 };
    struct read r;

    head(&b, 2, 4);
    packet(&b, "hello", 5, 60, 3, 0);
    packet(&b, "abcdefgh", 8, 8, 0, 7);
    packet(&b, "x", 1, 1, 3, 9);
    packet(&b, "y", 1, 1, 3, 2);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "a snoop file");
    is_str(r.format, "snoop", "  format");
    is_int((int64_t)r.n_frames, 4, "  frames");
    is_int(r.frames[0].linktype, 1, "  Ethernet");
    is_int(r.frames[0].time_ns, INT64_C(900000000123456000), "  time");
    is_int(r.frames[0].cap_len, 5, "  captured");
    is_int(r.frames[0].wire_len, 60, "  on the wire");
    is_int((int64_t)r.frames[0].offset, 40, "  offset");
    is_int(r.last_byte[1], 'h', "  bytes behind padding");
    is_int((int64_t)r.dropped, 9, "  drops are running totals");
    read_cuts(&b, 5, "  cut at every byte: complete behind the header and behind each record");
    build_free(&b);
}

static void links(void)
{
    static const struct {
        uint32_t datalink;
        int linktype;
        const char *says;
    } links[] = {
        { 0, 1, NULL },   { 2, 6, NULL },         { 8, 10, NULL },           { 18, 123, NULL },
        { 5, 0, "HDLC" }, { 3, 0, "IEEE 802.6" }, { 99, 0, "data link 99" },
    };
    struct build b = { 0 };
    struct read r;
    size_t i;

    for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        b.len = 0;
        head(&b, 2, links[i].datalink);
        packet(&b, "hello", 5, 60, 3, 0);
        read_all(b.p, b.len, &r);
        if (links[i].says)
            ok(r.open_rc == ERR_FORMAT && strstr(r.err.msg, links[i].says), "refused: %s",
               links[i].says);
        else
            is_int(r.frames[0].linktype, links[i].linktype, "link type");
    }
    b.p[11] = 3;
    read_all(b.p, b.len, &r);
    ok(r.open_rc == ERR_FORMAT && strstr(r.err.msg, "Shomiti"), "Shomiti's versions are named");
    build_free(&b);
}

static void damage(size_t at, uint32_t v, const char *what)
{
    struct build b = { 0 }, word = { 0 };
    struct read r;

    head(&b, 2, 4);
    packet(&b, "hello", 5, 60, 3, 0);
    packet(&b, "hello", 5, 60, 3, 0);
    build_be32(&word, v);
    memcpy(b.p + 48 + at, word.p, 4);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_BAD, what);
    is_int((int64_t)r.n_frames, 1, "  what came before stands");
    is_int((int64_t)r.offset, 48, "  reading stands before it");
    build_free(&word);
    build_free(&b);
}

int main(void)
{
    records();
    links();
    damage(8, 28, "a record shorter than its frame");
    damage(4, 0xffffffff, "an absurd captured length");
    damage(8, 0xffffffff, "an absurd record length");
    return tap_done();
}
