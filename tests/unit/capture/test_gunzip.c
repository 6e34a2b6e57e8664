/*
 * test_gunzip: what zlib packed comes out, in pieces of any size; cut or damaged, everything in
 * front of it; from places kept on the way.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "capture/gunzip.h"
#include "tests/support/build.h"
#include "tests/support/tap.h"

#define PLAIN_LEN 300000u

static uint8_t plain[PLAIN_LEN], got[PLAIN_LEN * 2 + 1];
static bool with_sum = true; /* of the header */

static uint32_t next(void)
{
    static uint32_t x = 1;

    return x = x * 1103515245u + 12345;
}

/* Text, runs, and bytes that nothing can pack. */
static void make_plain(void)
{
    size_t i;

    for (i = 0; i < PLAIN_LEN; i++)
        plain[i] = i % 50000 < 20000   ? (uint8_t) "GET /index.html HTTP/1.1\r\n"[i % 26]
                   : i % 50000 < 25000 ? 0
                                       : (uint8_t)(next() >> 16);
}

static void add_member(struct build *b, const uint8_t *p, size_t len, int level, const char *name)
{
    z_stream z = { 0 };
    gz_header head = { .name = (Bytef *)(uintptr_t)name,
                       .extra = (Bytef *)(uintptr_t)name,
                       .extra_len = name ? (uInt)strlen(name) : 0,
                       .hcrc = with_sum };
    static uint8_t room[PLAIN_LEN + 10000];

    if (deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    if (name)
        deflateSetHeader(&z, &head);
    z.next_in = (Bytef *)(uintptr_t)p;
    z.avail_in = (uInt)len;
    z.next_out = room;
    z.avail_out = sizeof(room);
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    build_add(b, room, sizeof(room) - z.avail_out);
    deflateEnd(&z);
}

/* Reads all in pieces; how many bytes came, `*end`: 1 whole, 0 cut, -1 damaged. */
static size_t read_from(struct gunzip *g, struct bytes in, size_t step, size_t room, int *end)
{
    size_t n = 0;
    int64_t now = 0;

    while (in.left && now >= 0) {
        struct bytes piece = bytes_of(in.p, in.left < step ? in.left : step);
        size_t before = piece.left;

        now =
            gunzip_read(g, &piece, got + n, sizeof(got) - n < room ? sizeof(got) - n : room, NULL);
        bytes_skip(&in, before - piece.left);
        n += now > 0 ? (size_t)now : 0;
    }
    /* The input is used up: there may be more inside. */
    while (now > 0) {
        struct bytes none = bytes_of("", 0);

        now = gunzip_read(g, &none, got + n, sizeof(got) - n, NULL);
        n += now > 0 ? (size_t)now : 0;
    }
    *end = now < 0 ? -1 : gunzip_done(g);
    return n;
}

static size_t read_all(const struct build *b, size_t len, size_t step, size_t room, int *end)
{
    struct gunzip *g = gunzip_new();
    size_t n = read_from(g, bytes_of(b->p, len), step, room, end);

    gunzip_free(g);
    return n;
}

static void pieces(const struct build *b, size_t len, const char *what)
{
    static const size_t sizes[] = { 1, 2, 7, 100, 4096, 65536, 1u << 20 };
    unsigned bad = 0, i, k;
    int end;

    for (i = 0; i < 7; i++)
        for (k = 0; k < 7; k++)
            bad += read_all(b, b->len, sizes[i], sizes[k], &end) != len || end != 1 ||
                   memcmp(got, plain, len < PLAIN_LEN ? len : PLAIN_LEN) != 0;
    ok(bad == 0, "%s, in pieces of any size", what);
}

/* A header cut in two anywhere. */
static void headers(bool sum, const char *what)
{
    struct build b = { 0 };
    struct bytes in;
    unsigned bad = 0;
    size_t at;
    int end;

    with_sum = sum;
    add_member(&b, plain, 1000, 6, "a name");
    with_sum = true;
    for (at = 1; at < 40; at++) {
        struct gunzip *g = gunzip_new();
        int64_t n;

        in = bytes_of(b.p, at);
        n = gunzip_read(g, &in, got, 2000, NULL);
        bad += n < 0 || in.left ||
               n + (int64_t)read_from(g, bytes_of(b.p + at, b.len - at), 1u << 20, 2000, &end) !=
                   1000 ||
               end != 1;
        gunzip_free(g);
    }
    is_int(bad, 0, what);
    build_free(&b);
}

static void whole(void)
{
    struct build b = { 0 };

    add_member(&b, plain, PLAIN_LEN, 9, NULL);
    pieces(&b, PLAIN_LEN, "packed well");
    build_free(&b);
    add_member(&b, plain, PLAIN_LEN, 0, "a name");
    pieces(&b, PLAIN_LEN, "stored, with a name");
    build_free(&b);
    add_member(&b, plain, 70000, 1, "x");
    add_member(&b, plain, 0, 6, NULL);
    add_member(&b, plain + 70000, PLAIN_LEN - 70000, 6, "yz");
    pieces(&b, PLAIN_LEN, "three members, one of them empty");
    build_add(&b, "\0\0\0\0\0", 5);
    pieces(&b, PLAIN_LEN, "padding behind them");
    build_free(&b);
}

static void cut(void)
{
    struct build b = { 0 };
    unsigned wrong = 0, behind = 0;
    size_t len, n, last = 0;
    int end;

    add_member(&b, plain, PLAIN_LEN, 6, "name");
    for (len = 0; len < b.len; len += 1 + b.len / 700) {
        n = read_all(&b, len, 4096, 65536, &end);
        wrong += end != 0 || n > PLAIN_LEN || memcmp(got, plain, n) != 0 || n < last;
        last = n;
        behind += n != read_all(&b, len, 1, 1, &end);
    }
    is_int(wrong, 0, "cut: nothing wrong, and more the later the cut is");
    is_int(behind, 0, "  in any pieces");
    ok(last + 2000 > PLAIN_LEN, "  to the end");
    build_free(&b);
}

/* One byte is changed: what comes is right up to some place, and it is never called whole. */
static void damaged(void)
{
    struct build b = { 0 }, bad = { 0 };
    unsigned i, whole_too = 0, early = 0;
    int end;

    add_member(&b, plain, PLAIN_LEN, 6, NULL);
    for (i = 0; i < 300; i++) {
        size_t at = 10 + (next() >> 4) % (b.len - 10), n, same = 0;

        build_free(&bad);
        build_add(&bad, b.p, b.len);
        bad.p[at] ^= (uint8_t)(1u << (next() >> 20) % 8);
        n = read_all(&bad, bad.len, 5000, 65536, &end);
        whole_too += end == 1 && (n != PLAIN_LEN || memcmp(got, plain, n) != 0);
        while (same < n && got[same] == plain[same])
            same++;
        /* What a cut there would give is there, but for a block that is found bad as a whole. */
        early += same + 1000 < read_all(&b, at > 1000 ? at - 1000 : 0, 5000, 65536, &end);
    }
    is_int(whole_too, 0, "damaged: the sum tells");
    is_int(early, 0, "  and what was in front of it came");
    build_free(&bad);
    build_free(&b);
}

static void places(void)
{
    struct build b = { 0 };
    struct gunzip *g = gunzip_new();
    struct gunzip_marks *m = gunzip_marks_new();
    struct bytes in;
    uint64_t out = 0, at_in, at_out;
    unsigned i, bad = 0;
    uint8_t *piece = malloc(100000);
    int64_t n;

    for (i = 0; i < 100; i++) /* 30 MB */
        add_member(&b, plain, PLAIN_LEN, 6, NULL);
    in = bytes_of(b.p, b.len);
    while (in.left && (n = gunzip_read(g, &in, piece, 100000, NULL)) >= 0) {
        out += (uint64_t)n;
        gunzip_mark(m, g, b.len - in.left, out);
    }
    is_int((int64_t)out, 100 * (int64_t)PLAIN_LEN, "a hundred members");
    for (i = 0; i < 100; i++) {
        uint64_t want = (uint64_t)next() * 7 % out;
        struct gunzip *c = gunzip_from_mark(m, want, &at_in, &at_out);

        if (!c) {
            bad += gunzip_mark_before(m, want) != 0 || want > 5000000;
            continue;
        }
        bad += at_out > want || want - at_out > 5000000 || gunzip_mark_before(m, want) != at_out;
        in = bytes_of(b.p + at_in, b.len - at_in);
        n = gunzip_read(c, &in, piece, 1000, NULL);
        for (int64_t k = 0; k < n; k++)
            bad += piece[k] != plain[(at_out + (uint64_t)k) % PLAIN_LEN];
        bad += n < 1;
        gunzip_free(c);
    }
    is_int(bad, 0, "  read on from the places kept");
    gunzip_marks_free(m);
    gunzip_free(g);
    free(piece);
    build_free(&b);
}

int main(void)
{
    make_plain();
    headers(false, "a header that comes in two pieces");
    headers(true, "  and one with a sum");
    whole();
    cut();
    damaged();
    places();
    return tap_done();
}
