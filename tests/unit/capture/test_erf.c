/* test_erf: records, extension headers, interfaces, losses, types that are no frames. */
#include "config.h"

#include "tests/unit/capture/read.h"

/* `front`: what stands between the record's header and the frame. */
static void record(struct build *b, uint8_t type, uint8_t flags, uint16_t lost, uint16_t wire_len,
                   const char *front, size_t front_len, const char *frame, size_t len)
{
    build_le32(b, 0x80000000u); /* half a second */
    build_le32(b, 1000000000u);
    build_u8(b, type);
    build_u8(b, flags);
    build_be16(b, (uint16_t)(16 + front_len + len));
    build_be16(b, lost);
    build_be16(b, wire_len);
    build_add(b, front, front_len);
    build_add(b, frame, len);
}

static void records(void)
{
    struct build b = { 0 };
    struct read r;

    record(&b, 2, 0x04, 0, 64, "\0", 2, "hello\0\0\0", 8);
    record(&b, 2, 0x05, 7, 7, "\0", 2, "abcd", 4);
    record(&b, 0x80 | 16, 0x05, 9, 60, "\x8c......\0\x0d......\0\0", 18, "xy", 2);
    record(&b, 22, 0x04, 0, 20, "", 0, "E", 1);
    record(&b, 48, 0, 0, 1, "", 0, "pad", 3);
    record(&b, 27, 0, 0, 9, "", 0, "about", 5);
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "an ERF file");
    is_str(r.format, "erf", "  format");
    is_int((int64_t)r.n_frames, 5, "  frames, padding is none");
    is_int(r.frames[0].time_ns, INT64_C(1000000000500000000), "  time");
    is_int(r.frames[0].linktype, 1, "  Ethernet");
    is_int(r.frames[0].wire_len, 60, "  on the wire, without the check sequence");
    is_int(r.frames[0].cap_len, 8, "  captured");
    is_int((int64_t)r.frames[0].offset, 18, "  offset");
    is_int(r.frames[1].cap_len, 3, "  records are filled up");
    is_int((int64_t)r.dropped, 7, "  losses; a colour is none");
    is_int(r.first_byte[2], 'x', "  extension headers");
    is_int(r.frames[3].linktype, 101, "  IPv4 without a link");
    is_int(r.frames[4].linktype, 197, "  what is no frame keeps its record");
    is_int((int64_t)r.n_interfaces, 2, "  interfaces are numbered as they are met");
    is_int(r.frames[1].interface_no, 1, "  the second one");
    is_str(r.names[1], "B", "  is B");
    build_free(&b);
}

/* Records about the card say nothing of a link. */
static void links(void)
{
    struct build b = { 0 };
    struct read r;

    record(&b, 27, 0, 0, 9, "", 0, "about", 5);
    record(&b, 27, 1, 0, 9, "", 0, "about", 5);
    record(&b, 1, 2, 0, 9, "", 0, "hdlc", 4);
    record(&b, 2, 0, 0, 64, "\0", 2, "hello", 5);
    read_all(b.p, b.len, &r);
    is_int((int64_t)r.n_frames, 4, "records about the card");
    is_int((int64_t)r.n_interfaces, 3, "  interfaces");
    is_int(r.interfaces[0].linktype, 1, "  the link of the first frame, though it comes later");
    is_int(r.interfaces[1].linktype, 197, "  none came");
    is_int(r.interfaces[2].linktype, 197, "  a frame that is not read");
    is_int(r.first_byte[0], 0x00, "  the record itself is kept");
    build_free(&b);
}

static void cuts(void)
{
    struct build b = { 0 };
    struct read r;

    record(&b, 2, 4, 0, 64, "\0", 2, "hello", 5);
    record(&b, 2, 4, 0, 64, "\0", 2, "again", 5);
    record(&b, 2, 4, 0, 64, "\0", 2, "third", 5);
    read_cuts(&b, 2, "cut at every byte: complete behind the second and the third record");
    b.p[23 + 23 + 8] = 99;
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_BAD, "a type that there is not");
    is_int((int64_t)r.n_frames, 2, "  what came before stands");
    b.p[23 + 23 + 8] = 0x82;
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_BAD, "an extension header that is not there");
    build_free(&b);
}

static void no_magic(void)
{
    struct build b = { 0 };
    struct read r;

    record(&b, 2, 4, 0, 64, "\0", 2, "hello", 5);
    record(&b, 2, 4, 0, 64, "\0", 2, "again", 5);
    b.p[23 + 6] ^= 0x40; /* a day is some 0x15180 seconds */
    read_all(b.p, b.len, &r);
    is_int(r.open_rc, ERR_FOREIGN, "times that are far apart");
    b.p[23 + 6] ^= 0x40;
    b.p[8] = 0;
    read_all(b.p, b.len, &r);
    is_int(r.open_rc, ERR_FOREIGN, "a type that is none");
    build_free(&b);
}

int main(void)
{
    records();
    links();
    cuts();
    no_magic();
    return tap_done();
}
