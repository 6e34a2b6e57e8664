/*
 * test_unpack: what is compressed reads as what was compressed, through a small window, twice over,
 * cut anywhere; members are found by name.
 */
#include "config.h"

#include "base/digest.h"
#include "capture/unpack.h"
#include "capture/window.h"
#include "tests/support/pack.h"
#include "tests/unit/capture/read.h"

#define N_FRAMES 4000u

static const struct {
    int filter;
    const char *name;
} filters[] = {
    { ARCHIVE_FILTER_GZIP, "gzip" }, { ARCHIVE_FILTER_BZIP2, "bzip2" },
    { ARCHIVE_FILTER_XZ, "xz" },     { ARCHIVE_FILTER_LZMA, "lzma" },
    { ARCHIVE_FILTER_LZIP, "lzip" }, { ARCHIVE_FILTER_ZSTD, "zstd" },
    { ARCHIVE_FILTER_LZ4, "lz4" },   { ARCHIVE_FILTER_COMPRESS, "compress (.Z)" },
};

/* A capture of `n` frames, each of other bytes. */
static struct build capture_of(unsigned n)
{
    struct build b = { 0 };
    uint8_t bytes[1200];
    uint32_t x = 1;
    unsigned i, k;

    pcap_header(&b, false, false, 1);
    for (i = 0; i < n; i++) {
        for (k = 0; k < sizeof(bytes); k++) {
            x = x * 1103515245u + 12345;
            bytes[k] = (uint8_t)(x >> 16);
        }
        pcap_record(&b, false, 1 + i, 0, bytes, sizeof(bytes), sizeof(bytes));
    }
    return b;
}

/* One pass; returns the number of frames whose bytes are those of the file. */
static unsigned frames_of(struct input *in, const struct build *plain, enum capture_result *result)
{
    struct capture *c = NULL;
    struct err err = { 0 };
    struct frame f;
    unsigned n = 0;

    *result = CAPTURE_BAD;
    if (capture_open(in, NULL, &c, &err))
        return 0;
    while ((*result = capture_next(c, &f, &err)) == CAPTURE_FRAME)
        n += f.offset + f.cap_len <= plain->len &&
             memcmp(f.bytes, plain->p + f.offset, f.cap_len) == 0;
    capture_close(c);
    return n;
}

static void each_filter(void)
{
    struct build plain = capture_of(N_FRAMES);
    uint8_t sum[SHA256_LEN];
    size_t i;

    sha256(plain.p, plain.len, sum);
    for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        struct build packed = pack_alone(filters[i].filter, plain.p, plain.len);
        struct input *outer = input_of(packed.p, packed.len), *in = NULL;
        enum capture_result result;
        struct err err = { 0 };

        ok(unpack_probe(outer), "%s is known by its first bytes", filters[i].name);
        is_int(input_open_member(outer, NULL, &in, &err), ERR_OK, "  opened");
        is_str(input_packing(in), filters[i].name, "  its name");
        is_int(frames_of(in, &plain, &result), N_FRAMES, "  every frame, byte for byte");
        is_int(result, CAPTURE_END, "  complete");
        is_int(frames_of(in, &plain, &result), N_FRAMES, "  and all of them once more");
        ok(memcmp(input_sha256(in), sum, sizeof(sum)) == 0, "  the hash of what was compressed");
        is_int((int64_t)input_len(in), (int64_t)plain.len, "  its length");
        ok(!input_cut(in, NULL), "  whole");
        input_close(in);
        input_close(outer);
        build_free(&packed);
    }
    build_free(&plain);
}

/* The hash before a pass, in the middle of one, and after a step back. */
static void hash_any_time(void)
{
    struct build plain = capture_of(N_FRAMES), packed;
    uint8_t sum[SHA256_LEN];
    int way;

    sha256(plain.p, plain.len, sum);
    packed = pack_alone(ARCHIVE_FILTER_GZIP, plain.p, plain.len);
    for (way = 0; way < 3; way++) {
        struct input *outer = input_of(packed.p, packed.len), *in = NULL;
        struct bytes b;

        if (input_open_member(outer, NULL, &in, NULL))
            abort();
        if (way > 0)
            input_at(in, 3000000, 10);
        if (way > 1)
            input_at(in, 5, 10);
        ok(memcmp(input_sha256(in), sum, sizeof(sum)) == 0, "the hash, way %d", way);
        b = input_at(in, plain.len - 3, 10);
        is_int((int64_t)b.left, 3, "  the end is the end");
        ok(b.left == 3 && memcmp(b.p, plain.p + plain.len - 3, 3) == 0, "  with its bytes");
        is_int((int64_t)input_at(in, plain.len + 100, 1).left, 0, "  nothing lies behind it");
        b = input_at(in, 24, 4000000);
        ok(b.left >= 4000000 && memcmp(b.p, plain.p + 24, 4000000) == 0, "  a long piece at once");
        input_close(in);
        input_close(outer);
    }
    build_free(&plain);
    build_free(&packed);
}

/* Cut anywhere: never more frames than there are, and never a word of "complete". */
#define LARGE (48u << 20)

/* Enough for a second thread and for places to go on from: any offset, in any order, is right. */
static void large_gzip(void)
{
    struct build plain = { 0 }, packed;
    struct input *outer, *in = NULL;
    uint8_t sum[SHA256_LEN];
    uint64_t x = 1, taken;
    uint32_t i, bad = 0;

    for (i = 0; i < LARGE / 4; i++)
        build_be32(&plain, i * 7);
    sha256(plain.p, plain.len, sum);
    packed = pack_alone(ARCHIVE_FILTER_GZIP, plain.p, plain.len);
    outer = input_of(packed.p, packed.len);
    if (input_open_member(outer, NULL, &in, NULL))
        abort();
    for (i = 0; i < LARGE; i += 1000000) { /* some is read, then back, on and on */
        struct bytes b = input_at(in, i, 3000);

        bad += b.left < 3000 || memcmp(b.p, plain.p + i, 3000) != 0;
        b = input_at(in, i / 2, 3000);
        bad += b.left < 3000 || memcmp(b.p, plain.p + i / 2, 3000) != 0;
    }
    is_int(bad, 0, "48 MiB: reading on and going back");
    {
        struct bytes b = input_at(in, 20000000, 3000), same = input_peek(in, 20001000);

        ok(same.p == b.p + 1000 && same.left == b.left - 1000, "  a peek gives what is at hand");
        ok(!input_peek(in, 0).left && !input_peek(in, LARGE - 8).left &&
               !memcmp(b.p, plain.p + 20000000, 3000),
           "  and moves nothing for what is not");
    }
    ok(memcmp(input_sha256(in), sum, sizeof(sum)) == 0, "  the hash is that of one pass");
    for (i = 0; i < 300; i++) {
        uint64_t at = (x = x * UINT64_C(6364136223846793005) + 1442695040888963407) % (LARGE - 64);
        struct bytes b = input_at(in, at, 64);

        bad += b.left < 64 || memcmp(b.p, plain.p + at, 64) != 0;
    }
    is_int(bad, 0, "  any offset");
    input_at(in, LARGE - 8, 8);
    taken = input_done(in, 0);
    input_at(in, 10, 8);
    input_at(in, LARGE - 8, 8);
    ok(taken == packed.len && input_done(in, 0) == taken, "  to the end and back and to the end");
    ok(input_at(in, LARGE, 8).left == 0 && !input_cut(in, NULL), "  which is one");
    input_close(in);
    input_close(outer);

    /* Cut behind what two threads read ahead. */
    outer = input_of(packed.p, packed.len - 1000);
    if (input_open_member(outer, NULL, &in, NULL))
        abort();
    for (i = 0; input_at(in, i, 4096).left >= 4096; i += 4096)
        ;
    ok(input_cut(in, NULL) && i > LARGE - (8u << 20), "  cut near its end");
    ok(input_at(in, 100, 64).left >= 64 && !memcmp(input_at(in, 100, 64).p, plain.p + 100, 64),
       "  and read from the start again");
    input_close(in);
    input_close(outer);
    build_free(&packed);
    build_free(&plain);
}

static void cuts(void)
{
    struct build plain = capture_of(40);
    size_t i, len;

    /* compress has neither length nor check: its cuts cannot be known, and it is last in the list.
     */
    for (i = 0; i + 1 < sizeof(filters) / sizeof(filters[0]); i++) {
        struct build packed = pack_alone(filters[i].filter, plain.p, plain.len);
        unsigned complete = 0, wrong = 0;

        for (len = 0; len < packed.len; len += 1 + len / 64) {
            struct guard g = guard_new(packed.p, len);
            struct input *outer = input_of(g.p, g.len), *in = NULL;
            enum capture_result result = CAPTURE_BAD;

            if (input_open_member(outer, NULL, &in, NULL) == ERR_OK)
                wrong += frames_of(in, &plain, &result) > 40;
            complete += result == CAPTURE_END && !input_cut(in, NULL) && input_len(in) != plain.len;
            input_close(in);
            input_close(outer);
            guard_free(&g);
        }
        is_int(wrong, 0, "cut: no frame too many");
        is_int(complete, 0, "  and none is called complete");
        build_free(&packed);
    }
    build_free(&plain);
}

static struct build archive_of(int format, const struct build *capture)
{
    struct pack k = { 0 };

    pack_start(&k, format, ARCHIVE_FILTER_NONE);
    pack_file(&k, "x.pcap", "no capture", 10);
    pack_file(&k, "../up/a.pcap", capture->p, capture->len);
    pack_file(&k, "x.pcap", capture->p, capture->len);
    pack_end(&k);
    return k.out;
}

static void members(void)
{
    static const int formats[] = { ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FORMAT_ZIP,
                                   ARCHIVE_FORMAT_7ZIP, ARCHIVE_FORMAT_CPIO_SVR4_NOCRC };
    static const char *const names[] = { "tar", "zip", "7z", "cpio" };
    struct build plain = capture_of(300);
    size_t i;

    for (i = 0; i < 4; i++) {
        struct build a = archive_of(formats[i], &plain);
        struct input *outer = input_of(a.p, a.len), *in = NULL;
        enum capture_result result;
        struct err err = { 0 };

        ok(unpack_probe(outer), "%s is known", names[i]);
        is_int(input_open_member(outer, "../up/a.pcap", &in, &err), ERR_OK, "  a member");
        is_int(frames_of(in, &plain, &result), 300, "  all of it");
        input_close(in);
        is_int(input_open_member(outer, "x.pcap#2", &in, &err), ERR_OK, "  the second of a name");
        is_int(frames_of(in, &plain, &result), 300, "  all of it");
        input_close(in);
        is_int(input_open_member(outer, "x.pcap#3", &in, &err), ERR_FORMAT, "  there is no third");
        is_str(err.msg, "is not in the archive", "  and it says so");
        input_close(outer);
        build_free(&a);
    }
    build_free(&plain);
}

static void searches(void)
{
    struct window_search s = { .wanted = "a.zip!b!c" };
    const char *inner;

    ok(!window_search_next(&s, "b", &inner), "another name");
    ok(!window_search_next(&s, "a", &inner), "a beginning is not the name");
    ok(window_search_next(&s, "a.zip", &inner), "an archive inside");
    is_str(inner, "b!c", "  and what is wanted there");
    s = (struct window_search){ .wanted = "x#2!y" };
    ok(!window_search_next(&s, "x", &inner), "the first of two");
    ok(window_search_next(&s, "x", &inner), "the second");
    is_str(inner, "y", "  and what is wanted there");
    s = (struct window_search){ .wanted = "x#2" };
    ok(window_search_next(&s, "x#2", &inner) && !inner, "a name that only looks numbered");
}

/* An archive inside an archive is a stream: no seeking there. */
static void nested(void)
{
    struct build plain = capture_of(3), inner = { 0 };
    struct pack k = { 0 };
    struct input *outer, *middle = NULL, *in = NULL;
    enum capture_result result;

    inner = archive_of(ARCHIVE_FORMAT_ZIP, &plain);
    pack_start(&k, ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ);
    pack_file(&k, "in.zip", inner.p, inner.len);
    pack_end(&k);
    outer = input_of(k.out.p, k.out.len);
    is_int(input_open_member(outer, "in.zip", &middle, NULL), ERR_OK, "a zip in a tar.xz");
    is_int(input_open_member(middle, "x.pcap#2", &in, NULL), ERR_OK, "  a member of that");
    is_int(frames_of(in, &plain, &result), 3, "  all of it");
    is_str(input_packing(in), "zip", "  what it was in");
    input_close(in);
    input_close(middle);
    input_close(outer);
    build_free(&plain);
    build_free(&inner);
    build_free(&k.out);
}

/* Far more comes out of a few bytes than any real capture holds. */
static void bomb(void)
{
    struct pack k = { 0 };
    struct input *outer, *in = NULL;
    struct err err = { 0 };
    static uint8_t same[1 << 20];
    struct archive_entry *e = archive_entry_new();
    unsigned i;

    pack_start(&k, ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_ZSTD);
    memset(same, 'a', sizeof(same)); /* zeros would be an empty tar */
    archive_entry_set_pathname(e, "data");
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_size(e, INT64_C(100) << 20);
    archive_write_header(k.a, e);
    archive_entry_free(e);
    for (i = 0; i < 100; i++)
        archive_write_data(k.a, same, sizeof(same));
    pack_end(&k);
    outer = input_of(k.out.p, k.out.len);
    is_int(input_open_member(outer, NULL, &in, &err), ERR_OK, "100 MiB of one letter");
    input_sha256(in);
    ok(input_cut(in, &err), "a bomb is given up");
    ok(strstr(err.msg, "a bomb") != NULL, "and called one");
    input_close(in);
    input_close(outer);
    build_free(&k.out);
}

int main(void)
{
    each_filter();
    hash_any_time();
    large_gzip();
    cuts();
    members();
    searches();
    nested();
    bomb();
    return tap_done();
}
