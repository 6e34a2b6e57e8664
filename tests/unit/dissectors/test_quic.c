/* test_quic: hellos in Initial packets, in whatever pieces and however often they come. */
#include "config.h"

#include "support/dissect.h"
#include "support/tap.h"
#include "tests/unit/dissectors/quic_bytes.h"
#include "tests/unit/dissectors/quic_vectors.h"

#define SNI      "0000 0010 000e 00 000b 6578616d706c652e6e6574"
#define V13      "002b 0003 02 0304"
#define RANDOM_C "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
#define DCID     "d1d2d3d4d5d6d7d8"
#define DCID_2   "e1e2e3e4e5e6e7e8e9"
#define SERVER   "515253"
#define CLIENT   "c1c2"

static struct dissect_test t;
static struct build d; /* the datagram at hand */

static void start(void)
{
    dissect_start(&t, "quic");
    t.packet.l4 = 17;
}

static void done(void)
{
    dissect_end(&t);
    str_free(&t.rows);
}

static void feed(unsigned from)
{
    dissect_packet(&t, from, d.p, d.len);
}

/* [at, at + n) of the message as a datagram. */
static void part(const struct quic_spec *s, const struct build *message, size_t at, size_t n)
{
    struct build frames = { 0 };

    quic_crypto_frame(&frames, message, at, n);
    build_zeros(&frames, 20);
    d.len = 0;
    quic_seal(&d, s, &frames);
    feed(s->of_server);
    build_free(&frames);
}

static void hello(struct quic_spec s, const char *random)
{
    struct build m = { 0 };

    tls_client_hello(&m, random, "1301", SNI V13);
    part(&s, &m, 0, m.len);
    build_free(&m);
}

static void answer(const char *random, const char *first_dcid, uint32_t number)
{
    struct quic_spec s = { .version = 1,
                           .dcid = CLIENT,
                           .scid = SERVER,
                           .keys = first_dcid,
                           .of_server = true,
                           .number = number };
    struct build m = { 0 };

    tls_server_hello(&m, random, 0x1301, true);
    part(&s, &m, 0, m.len);
    build_free(&m);
}

static const struct quic_spec one = { .version = 1, .dcid = DCID, .scid = CLIENT };

/* Behind the hellos: a Handshake packet, which nobody can read. */
static void go_on(void)
{
    d.len = 0;
    build_hex(&d, "e0 00000001 03" SERVER "02" CLIENT "1e");
    build_zeros(&d, 30);
    feed(0);
}

static void vectors(void)
{
    static const struct {
        const char *client, *server, *name;
    } of[] = { { VECTOR_CLIENT_V1, VECTOR_SERVER_V1, "RFC 9001, Appendix A" },
               { VECTOR_CLIENT_V2, VECTOR_SERVER_V2, "RFC 9369, Appendix A" } };
    size_t i;

    for (i = 0; i < 2; i++) {
        start();
        d.len = 0;
        build_hex(&d, of[i].client);
        feed(0);
        d.len = 0;
        build_hex(&d, of[i].server);
        feed(1);
        dissect_end(&t);
        ok(dissect_has(
               &t, "tls_client_hello",
               "hello_frame=1 carrier=quic sent_by=a again=0 sni=example.com alpn=alpn random="
               "ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c") &&
               dissect_has(&t, "tls_server_hello",
                           "hello_frame=2 carrier=quic sent_by=b suite=4865 retry=0 random="
                           "eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a12"),
           "%s", of[i].name);
        is_int(t.count[COUNT_CLIENT_HELLO], 1, "  the hello is counted");
        ok(!strstr(dissect_rows(&t), "random_at"), "  its random is nowhere in clear");
        str_free(&t.rows);
    }
}

static void versions(void)
{
    static const uint32_t good[] = { 0xff000016, 0xff000017, 0xff00001c, 0xff00001d, 0xff000020,
                                     0xff000021, 0xff000022, 0xfaceb002, 0x1a2a3a4a };
    size_t i;
    unsigned n = 0;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct quic_spec s = one;

        start();
        s.version = good[i];
        hello(s, RANDOM_A);
        n += dissect_has(&t, "tls_client_hello", "again=0 random=" RANDOM_A);
        done();
    }
    is_int(n, (int64_t)i, "drafts, Facebook's versions and reserved ones");
    ok(!quic_version_of(0xff000015) && !quic_version_of(0xff000023) && !quic_version_of(0) &&
           !quic_version_of(0x51303530),
       "drafts before 22 and after 34, Q050 are none");

    start(); /* T051: another CRYPTO frame, behind an ACK */
    {
        struct quic_spec s = { .version = 0x54303531, .dcid = DCID, .scid = "" };
        struct build m = { 0 }, f = { 0 };

        tls_client_hello(&m, RANDOM_A, "1301", V13);
        build_hex(&f, "60 05 0000 01 03 0102 01 04 05060708");
        quic_crypto_frame(&f, &m, 0, m.len);
        f.p[f.len - m.len - 5] = 8;
        d.len = 0;
        quic_seal(&d, &s, &f);
        feed(0);
        build_free(&m);
        build_free(&f);
    }
    ok(dissect_has(&t, "tls_client_hello", "random=" RANDOM_A), "T051 with Google's frames");
    done();
}

static void pieces(void)
{
    struct build m = { 0 }, f = { 0 };
    struct quic_spec s = one;
    size_t i, bad = 0;

    tls_client_hello(&m, RANDOM_A, "1301", SNI V13);
    for (i = 1; i < m.len; i++) { /* two datagrams, the second half first */
        start();
        s.number = (uint32_t)i;
        part(&s, &m, i, m.len - i);
        s.number++;
        part(&s, &m, 0, i);
        s.number++;
        part(&s, &m, 0, m.len); /* and once more */
        dissect_end(&t);
        bad += dissect_n(&t, "tls_client_hello") != 1 ||
               !dissect_has(&t, "tls_client_hello", "hello_frame=2 random=" RANDOM_A);
        str_free(&t.rows);
    }
    is_int((int64_t)bad, 0, "two datagrams in the wrong order, cut anywhere");
    start();
    for (i = m.len; i-- > 0;) {
        quic_crypto_frame(&f, &m, i, 1);
        build_hex(&f, i % 2 ? "01" : "00");
    }
    build_hex(&f, "03 0a 00 01 02 03 04 01 02 03"); /* ACK with ECN counts and two ranges */
    d.len = 0;
    quic_seal(&d, &s, &f);
    feed(0);
    ok(dissect_has(&t, "tls_client_hello", "hello_frame=1 random=" RANDOM_A),
       "one byte a frame, from the end, with PING and PADDING between");
    ok(t.kept_block[0] == NULL, "  nothing is kept behind it");
    done();

    start();
    f.len = 0;
    build_hex(&f, "06 ffffffffffffffff 04 01020304"); /* an offset of 2^62 - 1 */
    build_hex(&f, "06 80010000 04 01020304");         /* 64 KiB */
    build_hex(&f, "06 00 7fff 01020304");             /* longer than the packet */
    d.len = 0;
    quic_seal(&d, &s, &f);
    feed(0);
    ok(t.last == DISSECT_OK && t.rows.len == 0, "offsets beyond any hello are left out");
    done();
    build_free(&m);
    build_free(&f);
}

static void again(void)
{
    struct quic_spec s = one;
    struct build m = { 0 };

    start(); /* Retry: same bytes, other keys */
    hello(s, RANDOM_A);
    d.len = 0;
    build_hex(&d, "f0 00000001 02" CLIENT "03" SERVER "746f6b656e");
    build_zeros(&d, 16);
    feed(1);
    s.dcid = SERVER;
    s.token = "746f6b656e";
    s.number = 1;
    hello(s, RANDOM_A);
    answer(RANDOM_B, SERVER, 0);
    dissect_end(&t);
    ok(dissect_n(&t, "tls_client_hello") == 1 &&
           dissect_has(&t, "tls_server_hello", "hello_frame=4 lane=0 random=" RANDOM_B),
       "the Initial behind a Retry is the same hello; the answer is read with its keys");
    str_free(&t.rows);

    start(); /* the Retry is not there */
    hello(one, RANDOM_A);
    hello(s, RANDOM_A);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello", "hello_frame=2 lane=1 again=1"),
       "  also known by its token");
    str_free(&t.rows);

    start(); /* HelloRetryRequest */
    hello(one, RANDOM_A);
    answer(RETRY_RANDOM, DCID, 0);
    tls_client_hello(&m, RANDOM_A, "1301", SNI V13);
    tls_client_hello(&m, RANDOM_A, "1301", V13 SNI "002c 0000");
    s = one;
    s.number = 1;
    part(&s, &m, m.len / 2 - 2, m.len - m.len / 2 + 2);
    part(&s, &m, m.len / 2 - 3, 1);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_server_hello", "retry=1") &&
           dissect_has(&t, "tls_client_hello", "hello_frame=3 lane=0 again=1"),
       "the hello behind a HelloRetryRequest");
    str_free(&t.rows);

    start(); /* version negotiation */
    hello(one, RANDOM_A);
    d.len = 0;
    build_hex(&d, "c0 00000000 02" CLIENT "08" DCID "6b3343cf");
    feed(1);
    s = (struct quic_spec){ .version = 0x6b3343cf, .first = 0xd3, .dcid = DCID_2, .scid = CLIENT };
    hello(s, RANDOM_A);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello", "hello_frame=3 lane=1 again=1"),
       "the hello behind a version negotiation");
    str_free(&t.rows);
    build_free(&m);
}

static void anew(void)
{
    struct quic_spec s = one;

    start();
    hello(one, RANDOM_A);
    answer(RANDOM_B, DCID, 0);
    go_on();
    hello(one, RANDOM_A);
    is_int(dissect_n(&t, "tls_client_hello"), 1, "a late copy is no new hello");
    dissect_step(&t, INT64_C(60000000000));
    hello(one, RANDOM_A);
    answer(RANDOM_C, DCID, 0);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello", "hello_frame=5 lane=1 again=0") &&
           dissect_has(&t, "tls_server_hello", "hello_frame=6 lane=1 random=" RANDOM_C),
       "a client that starts anew with the same connection id and random");
    str_free(&t.rows);

    start();
    hello(one, RANDOM_A);
    answer(RANDOM_B, DCID, 0);
    s.dcid = DCID_2;
    hello(s, RANDOM_A);
    answer(RANDOM_C, DCID_2, 0);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello", "hello_frame=3 lane=1 again=0") &&
           dissect_has(&t, "tls_server_hello", "hello_frame=4 lane=1 random=" RANDOM_C),
       "one with another connection id");
    is_int(t.count[COUNT_CLIENT_HELLO], 2, "  both are counted");
    str_free(&t.rows);
}

/* A packet number is sent without its upper bytes (RFC 9000 appendix A). */
static void numbers(void)
{
    struct build m = { 0 };
    struct quic_spec s = one;

    tls_client_hello(&m, RANDOM_A, "1301", SNI V13);
    start();
    s.number = 0xfffffffe;
    part(&s, &m, 10, m.len - 10);
    s.number = 0xffffffff;
    part(&s, &m, 0, 5);
    s.number = 0xfffffffe; /* a copy */
    part(&s, &m, 5, 5);
    ok(dissect_has(&t, "tls_client_hello", "hello_frame=3 lane=0"),
       "numbers that go back and forth");
    done();
    build_free(&m);
}

static bool claims(const void *p, size_t len)
{
    struct guard g = guard_new(p, len);
    struct dissect_ctx ctx = { 0 };
    bool yes = dissect_by_name("quic")->claims(&ctx, bytes_of(g.p, g.len));

    guard_free(&g);
    return yes;
}

static void strangers(void)
{
    struct build whole = { 0 };
    size_t i, n = 0;

    build_hex(&whole, VECTOR_SERVER_V1);
    build_hex(&whole, VECTOR_CLIENT_V1);
    for (i = 0; i < whole.len; i++) {
        struct guard g = guard_new(whole.p, i);
        struct dissect_ctx ctx;

        start();
        n += claims(whole.p, i) && i < 135; /* the first packet is whole then */
        ctx = dissect_context(&t, 0, t.state);
        t.dissector->packet(&ctx, bytes_of(g.p, g.len));
        n += t.rows.len != 0;
        done();
        guard_free(&g);
    }
    start();
    dissect_packet(&t, 0, whole.p, whole.len);
    is_int(dissect_n(&t, "tls_client_hello"), 1, "coalesced packets");
    done();
    start();
    whole.p[whole.len - 1] ^= 1;
    dissect_packet(&t, 0, whole.p, whole.len);
    ok(t.rows.len == 0, "a packet whose tag is wrong is not read");
    done();
    ok(!claims("\xc0\0\0\0\0\0\0", 7), "a version negotiation alone is not claimed");
    ok(!claims("\x40 a short header", 16), "nor is a short header");
    is_int((int64_t)n, 0, "what is cut anywhere is not claimed, and nothing is read beyond it");
    build_free(&whole);
}

int main(void)
{
    vectors();
    versions();
    pieces();
    again();
    anew();
    numbers();
    strangers();
    build_free(&d);
    return tap_done();
}
