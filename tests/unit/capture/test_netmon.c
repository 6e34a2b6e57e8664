/* test_netmon: versions 1 to 2.3, the table's order, media of records, files without a table. */
#include "config.h"

#include <unistd.h>
#include <zlib.h>

#include "tests/support/pipe.h"
#include "tests/unit/capture/read.h"

#define HEADER_LEN 128u

struct file {
    struct build b;
    uint32_t places[8];
    unsigned n;
    uint8_t major, minor;
};

static struct file begin(uint8_t major, uint8_t minor, uint16_t medium)
{
    static const uint16_t time[8] = { 2023, 11, 2, 14, 22, 13, 20, 250 }; /* 1700000000.250 */
    struct file f = { .major = major, .minor = minor };
    int i;

    build_add(&f.b, major == 1 ? "RTSS" : "GMBU", 4);
    build_u8(&f.b, minor);
    build_u8(&f.b, major);
    build_le16(&f.b, medium);
    for (i = 0; i < 8; i++)
        build_le16(&f.b, time[i]);
    build_zeros(&f.b, HEADER_LEN - f.b.len);
    return f;
}

static void frame(struct file *f, uint16_t medium, const char *p, uint32_t wire_len, uint64_t delta,
                  uint64_t filetime)
{
    size_t len = strlen(p);

    f->places[f->n++] = (uint32_t)f->b.len;
    if (f->major == 1) {
        build_le32(&f->b, (uint32_t)delta);
        build_le16(&f->b, (uint16_t)wire_len);
        build_le16(&f->b, (uint16_t)len);
    } else {
        build_le64(&f->b, delta);
        build_le32(&f->b, wire_len);
        build_le32(&f->b, (uint32_t)len);
    }
    build_add(&f->b, p, len);
    if (f->major == 1 || !f->minor)
        return;
    build_le16(&f->b, medium);
    if (f->minor >= 2)
        build_le32(&f->b, 7);
    if (f->minor >= 3) {
        build_le64(&f->b, filetime);
        build_u8(&f->b, 0);
    }
}

/* The table, and its place in the header. */
static void end(struct file *f)
{
    unsigned i;

    build_put_le32(&f->b, 24, (uint32_t)f->b.len);
    build_put_le32(&f->b, 28, 4 * f->n);
    for (i = 0; i < f->n; i++)
        build_le32(&f->b, f->places[i]);
}

static struct read read_file(const struct file *f)
{
    struct read r;

    read_all(f->b.p, f->b.len, &r);
    return r;
}

static void versions(void)
{
    struct file f = begin(2, 0, 1);
    struct read r;

    frame(&f, 0, "hello", 60, 1500000, 0);
    frame(&f, 0, "world!", 6, UINT64_MAX - 249999, 0); /* -250 ms */
    end(&f);
    r = read_file(&f);
    is_int(r.result, CAPTURE_END, "version 2.0");
    is_str(r.format, "netmon", "  format");
    is_int((int64_t)r.n_frames, 2, "  frames");
    is_int(r.frames[0].time_ns, INT64_C(1700000001750000000),
           "  microseconds since the header's time");
    is_int(r.frames[1].time_ns, INT64_C(1700000000000000000), "  or before it");
    is_int(r.frames[0].cap_len, 5, "  captured");
    is_int(r.frames[0].wire_len, 60, "  on the wire");
    is_int(r.last_byte[1], '!', "  bytes");
    is_int(r.frames[0].linktype, 1, "  Ethernet");
    read_cuts(&f.b, 1, "  cut at every byte: only the whole file is complete");
    build_free(&f.b);

    f = begin(1, 1, 2);
    frame(&f, 0, "hello", 60, 1500, 0);
    end(&f);
    r = read_file(&f);
    is_int(r.frames[0].time_ns, INT64_C(1700000001750000000), "version 1 counts milliseconds");
    is_int(r.frames[0].linktype, 6, "  Token Ring");
    build_free(&f.b);
}

static void media(void)
{
    /* version 2, 4 bytes long, then the frame */
    static const char wifi[] = "\x02\x04\x01\x01";
    struct file f = begin(2, 3, 1);
    struct read r;

    frame(&f, 1, "a", 1, 0, UINT64_C(133444736005000000)); /* 1700000000.5 */
    frame(&f, 0xfffd, "no frame", 8, 0, 0);
    frame(&f, 0xffe0, "event", 5, 0, 0);
    frame(&f, 0xe069, "b", 1, 0, 0);
    frame(&f, 9, "c", 1, 0, 0);
    frame(&f, 6, wifi, 4, 0, 0);
    frame(&f, 99, "d", 1, 0, 0);
    end(&f);
    r = read_file(&f);
    is_int(r.result, CAPTURE_END, "version 2.3");
    is_int((int64_t)r.n_frames, 6, "  what Wireshark does not number is no frame");
    is_int(r.frames[0].time_ns, INT64_C(1700000000500000000), "  a time of its own, in UTC");
    is_int(r.frames[1].linktype, CAPTURE_NO_LINK, "  an event is numbered, and no frame");
    is_int(r.frames[2].linktype, 105, "  LINKTYPE_");
    is_int(r.frames[3].linktype, 101, "  raw IP");
    is_int(r.frames[4].linktype, 147, "  a receiver's header that is longer than its frame");
    is_int(r.frames[5].linktype, 147, "  a medium that nobody knows");
    build_free(&f.b);

    f = begin(2, 2, 1);
    build_zeros(&f.b, 3); /* a gap, which only the table knows */
    f.places[f.n++] = (uint32_t)f.b.len;
    build_le64(&f.b, 0);
    build_le32(&f.b, 6);
    build_le32(&f.b, 6);
    build_add(&f.b, "\x02\x04\0\0wx", 6);
    build_le16(&f.b, 6);
    build_le32(&f.b, 0);
    end(&f);
    r = read_file(&f);
    is_int(r.frames[0].linktype, 105, "802.11 behind a receiver's header");
    is_int(r.frames[0].cap_len, 2, "  which is taken off");
    is_int(r.first_byte[0], 'w', "  bytes");
    build_free(&f.b);
}

/* Network Monitor 2 writes a ring as it lies. */
static void ring(void)
{
    struct file f = begin(2, 0, 1);
    uint32_t first;
    struct read r;
    int i;

    frame(&f, 0, "late", 4, 9, 0);
    frame(&f, 0, "early", 5, 1, 0);
    first = f.places[0];
    f.places[0] = f.places[1];
    f.places[1] = first;
    end(&f);
    r = read_file(&f);
    is_int(r.first_byte[0], 'e', "the table decides on the order");
    is_int(r.result, CAPTURE_END, "  complete");
    build_free(&f.b);

    f = begin(2, 0, 1);
    frame(&f, 0, "one", 3, 1, 0);
    end(&f);
    build_put_le32(&f.b, 28, 4 * 5000);
    for (i = 1; i < 5000; i++)
        build_le32(&f.b, f.places[0]);
    r = read_file(&f);
    is_int(r.result, CAPTURE_BAD, "a table that says one frame again and again");
    ok(r.n_frames < 4000, "  is not believed for long");
    ok(strstr(r.err.msg, "twice"), "  which is said");
    build_free(&f.b);
}

/* `n` records of `len` bytes, the second half of them in front: the table goes to and fro. */
static struct build build_halves(unsigned n, uint32_t len)
{
    struct build b = { 0 };
    struct file f = begin(2, 0, 1);
    uint32_t table_at = HEADER_LEN + n * (16 + len), half = n / 2;
    unsigned i;

    build_add(&b, f.b.p, HEADER_LEN);
    build_put_le32(&b, 24, table_at);
    build_put_le32(&b, 28, 4 * n);
    for (i = 0; i < n; i++) {
        build_le64(&b, i);
        build_le32(&b, len);
        build_le32(&b, len);
        build_zeros(&b, len);
    }
    for (i = 0; i < n; i++)
        build_le32(&b, HEADER_LEN + (i % 2 * half + i / 2) * (16 + len));
    build_free(&f.b);
    return b;
}

/* The same from a compressed file; how many frames. */
static unsigned read_packed(const struct build *b, enum capture_result *result)
{
    struct capture *c = NULL;
    struct input *in = NULL;
    struct err err = { 0 };
    struct frame f;
    char path[] = "/tmp/deadwire-test-XXXXXX";
    gzFile g = gzdopen(mkstemp(path), "wb1");
    unsigned n = 0;

    *result = CAPTURE_FRAME;
    if (g) {
        gzwrite(g, b->p, (unsigned)b->len);
        gzclose(g);
    }
    if (g && !input_open(path, &in, &err))
        capture_open(in, NULL, &c, &err);
    unlink(path);
    while (c && (*result = capture_next(c, &f, &err)) == CAPTURE_FRAME)
        n++;
    capture_close(c);
    input_close(in);
    return n;
}

static void queues(void)
{
    struct build b = build_halves(200, 60);
    enum capture_result result;
    struct read r;
    unsigned n;

    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "two queues, one behind the other");
    is_int((int64_t)r.n_frames, 200, "  are read however often the table goes back");
    is_int(read_packed(&b, &result), 200, "  also compressed");
    is_int(result, CAPTURE_END, "  to the end");
    build_free(&b);
    b = build_halves(400, 100000); /* 40 MB */
    read_all(b.p, b.len, &r);
    is_int(r.result, CAPTURE_END, "  and however far");
    is_int((int64_t)r.n_frames, 400, "  where all is at hand");
    n = read_packed(&b, &result);
    is_int(result, CAPTURE_BAD, "  compressed, this would be unpacked again and again");
    ok(n > 8 && n < 100, "  and ends before");
    build_free(&b);
}

static void damage(void)
{
    struct file f = begin(2, 0, 1);
    struct read r;

    end(&f);
    r = read_file(&f);
    is_int(r.result, CAPTURE_END, "no frames");
    build_zeros(&f.b, 40);
    r = read_file(&f);
    is_int(r.result, CAPTURE_END, "  and something behind the table");
    read_all(f.b.p, 100, &r);
    is_int((int64_t)r.offset, 72, "  cut: the offset stays in the file");
    build_free(&f.b);

    f = begin(2, 0, 1);
    frame(&f, 0, "hello", 5, 1, 0);
    end(&f);
    build_put_le32(&f.b, 28, 0);
    r = read_file(&f);
    is_int(r.result, CAPTURE_CUT, "a table without entries behind frames is none");
    is_int((int64_t)r.n_frames, 1, "  they are read as they lie");
    build_put_le32(&f.b, 28, 3);
    r = read_file(&f);
    is_int(r.result, CAPTURE_CUT, "  nor is one of less than an entry");
    build_free(&f.b);

    f = begin(2, 0, 1);
    frame(&f, 0, "hello", 5, 1, 0);
    frame(&f, 0, "again", 5, 1, 0);
    r = read_file(&f);
    is_int(r.result, CAPTURE_CUT, "no table");
    is_int((int64_t)r.n_frames, 2, "  the frames are read as they lie");
    end(&f);
    build_put_le32(&f.b, HEADER_LEN + 12, 0xffffffff);
    r = read_file(&f);
    is_int(r.result, CAPTURE_BAD, "an absurd length");
    build_put_le32(&f.b, f.b.len - 4, 3);
    build_put_le32(&f.b, HEADER_LEN + 12, 5);
    r = read_file(&f);
    is_int(r.result, CAPTURE_BAD, "a frame inside the header");
    ok(strstr(r.err.msg, "inside the file header"), "  which is said");
    build_put_le32(&f.b, f.b.len - 4, 0xfffffff0);
    r = read_file(&f);
    is_int(r.result, CAPTURE_CUT, "a frame behind the end");
    is_int((int64_t)r.n_frames, 1, "  what came before stands");
    build_free(&f.b);

    f = begin(2, 0, 4);
    frame(&f, 0, "hello", 5, 1, 0);
    end(&f);
    r = read_file(&f);
    ok(r.open_rc == ERR_FORMAT && strstr(r.err.msg, "medium 4"), "another medium is named");
    build_free(&f.b);
}

/* What is no frame may bear the time of another moment: through the pipeline. */
static void clock_stays(void)
{
    struct file f = begin(2, 2, 1);
    struct store *s = pipe_store();
    struct source src = { .id = 1, .path = "memory" };
    struct err err = { 0 };
    struct input *in;

    frame(&f, 1, "hello", 5, 600000000, 0);
    frame(&f, 0xfffb, "filter", 6, 0, 0);
    frame(&f, 1, "again", 5, 601000000, 0);
    end(&f);
    in = input_of(f.b.p, f.b.len);
    is_int(store_begin(s, 1, &err), ERR_OK, "a record of another time that is no frame");
    is_int(pipe_capture(s, in, &src), SOURCE_COMPLETE, "  is read");
    is_int((int64_t)src.packets, 3, "  is numbered");
    is_int(src.clock_back_ns, 0, "  sets no clock back");
    is_int(src.last_ns - src.first_ns, INT64_C(1000000000), "  makes the capture no longer");
    input_close(in);
    store_close(s);
    build_free(&f.b);
}

int main(void)
{
    versions();
    media();
    ring();
    queues();
    damage();
    clock_stays();
    return tap_done();
}
