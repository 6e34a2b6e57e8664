/* test_dtls: hellos in datagrams, in whatever pieces and however often they come. */
#include "config.h"

#include "support/dissect.h"
#include "support/tap.h"
#include "tests/unit/dissectors/dtls_bytes.h"

#define SNI      "0000 0010 000e 00 000b 6578616d706c652e6e6574"
#define RANDOM_C "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"

static struct dissect_test t;
static struct build d; /* the datagram at hand */

static void start(void)
{
    dissect_start(&t, "dtls");
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

static void client(const char *random, const char *cookie, unsigned seq, uint32_t number)
{
    struct build body = { 0 };

    dtls_client_body(&body, random, cookie, SNI);
    dtls_datagram(&d, 1, seq, number, &body);
    feed(0);
    build_free(&body);
}

static void server(const char *random, unsigned seq, uint32_t number, bool v13)
{
    struct build body = { 0 };

    dtls_server_body(&body, random, v13);
    dtls_datagram(&d, 2, seq, number, &body);
    feed(1);
    build_free(&body);
}

static void verify(void)
{
    struct build body = { 0 };

    build_hex(&body, "fefd 04 c0c1c2c3");
    dtls_datagram(&d, 3, 0, 0, &body);
    feed(1);
    build_free(&body);
}

/* The client's way on: key exchange, CCS, Finished. */
static void go_on(uint32_t number)
{
    struct build body = { 0 };

    build_hex(&body, "0102030405060708");
    dtls_datagram(&d, 16, 2, number, &body);
    dtls_record(&d, 20, 0, number + 1, "\1", 1);
    dtls_record(&d, 22, 1, 0, "an encrypted Finished, 40 bytes long....", 40);
    feed(0);
    build_free(&body);
}

static void whole(void)
{
    start();
    client(RANDOM_A, "", 0, 0);
    verify();
    client(RANDOM_A, "c0c1c2c3", 1, 1);
    server(RANDOM_B, 1, 1, false);
    go_on(2);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello",
                   "hello_frame=1 carrier=dtls lane=0 sent_by=a random=" RANDOM_A
                   " sni=example.net n_suites=2 again=0 random_at=27"),
       "a ClientHello, and where its random is in the frame");
    ok(strstr(dissect_rows(&t), "version=DTLS 1.2") && strstr(dissect_rows(&t), "ja4=dd2d0201"),
       "its version and fingerprint are those of DTLS");
    ok(dissect_has(&t, "tls_client_hello", "hello_frame=3 lane=0 again=1"),
       "the hello that answers a HelloVerifyRequest is the same one again");
    ok(dissect_has(&t, "tls_server_hello",
                   "hello_frame=4 carrier=dtls lane=0 sent_by=b random=" RANDOM_B " retry=0"),
       "the ServerHello");
    is_int(t.count[COUNT_CLIENT_HELLO], 2, "both hellos count");
    str_free(&t.rows);

    start();
    client(RANDOM_A, "", 0, 0);
    server(RETRY_RANDOM, 0, 0, true);
    client(RANDOM_A, "", 1, 1);
    is_int(dissect_n(&t, "tls_client_hello"), 1, "the very same bytes are a resent hello");
    done();

    start();
    client(RANDOM_A, "c0c1c2c3", 1, 1);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello", "again=0"), "a hello whose first try is not there");
    str_free(&t.rows);
}

static void retry(void)
{
    struct build body = { 0 };

    start();
    client(RANDOM_A, "", 0, 0);
    server(RETRY_RANDOM, 0, 0, true);
    dtls_client_body(&body, RANDOM_A, "", "002c 0004 0002 0102");
    dtls_datagram(&d, 1, 1, 1, &body);
    feed(0);
    server(RANDOM_B, 1, 1, true);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_server_hello", "hello_frame=2 retry=1") &&
           dissect_has(&t, "tls_client_hello", "hello_frame=3 lane=0 again=1") &&
           dissect_has(&t, "tls_server_hello", "hello_frame=4 lane=0 retry=0"),
       "DTLS 1.3: the hello after a HelloRetryRequest");
    ok(strstr(dissect_rows(&t), "version=DTLS 1.3"), "  and its version");
    str_free(&t.rows);

    start();
    client(RANDOM_A, "", 0, 0);
    d.len = 0;
    dtls_datagram(&d, 1, 1, 1, &body);
    feed(0);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello", "hello_frame=2 lane=0 again=1"),
       "  also where the server was not captured");
    str_free(&t.rows);
    build_free(&body);
}

static void resent(void)
{
    start();
    client(RANDOM_A, "", 0, 0);
    dissect_step(&t, INT64_C(2000000000));
    client(RANDOM_A, "", 0, 1);
    server(RANDOM_B, 0, 0, false);
    server(RANDOM_B, 0, 1, false);
    dissect_step(&t, INT64_C(2000000000));
    client(RANDOM_A, "", 0, 2);
    dissect_end(&t);
    ok(dissect_n(&t, "tls_client_hello") == 1 && dissect_n(&t, "tls_server_hello") == 1,
       "resent hellos, also behind the answer, are no new ones");
    str_free(&t.rows);

    start();
    client(RANDOM_A, "", 0, 0);
    server(RANDOM_B, 0, 0, false);
    go_on(1);
    dissect_step(&t, 1000000);
    client(RANDOM_A, "", 0, 0);
    is_int(dissect_n(&t, "tls_client_hello"), 1, "a late copy of the first datagram is none");
    dissect_step(&t, INT64_C(60000000000));
    client(RANDOM_A, "", 0, 0);
    server(RANDOM_C, 0, 0, false);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello", "hello_frame=5 lane=1 again=0") &&
           dissect_has(&t, "tls_server_hello", "hello_frame=6 lane=1 random=" RANDOM_C),
       "a client that starts anew with the same random, from the same port");
    str_free(&t.rows);

    start();
    client(RANDOM_A, "", 0, 0);
    server(RANDOM_B, 0, 0, false);
    client(RANDOM_C, "", 0, 0);
    server(RANDOM_A, 0, 0, false);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello", "hello_frame=3 lane=1 again=0 random=" RANDOM_C) &&
           dissect_has(&t, "tls_server_hello", "hello_frame=4 lane=1"),
       "a client that starts anew with another random");
    str_free(&t.rows);
}

/* Two fragments, or three that overlap, in each order; each a datagram, or in records of one. */
static void fragments(void)
{
    struct build body = { 0 }, f = { 0 };
    size_t i, bad = 0;

    dtls_client_body(&body, RANDOM_A, "", SNI);
    for (i = 1; i < body.len * 2; i++) {
        bool second_first = i > body.len;
        size_t cut = second_first ? i - body.len : i;
        unsigned k;

        start();
        for (k = 0; k < 2; k++) {
            f.len = d.len = 0;
            if ((k == 0) == second_first)
                dtls_fragment(&f, 1, 0, &body, cut, body.len - cut);
            else
                dtls_fragment(&f, 1, 0, &body, 0, cut);
            dtls_record(&d, 22, 0, k, f.p, f.len);
            feed(0);
        }
        dissect_end(&t);
        bad += cut != 0 && cut != body.len &&
               !dissect_has(&t, "tls_client_hello", "hello_frame=2 random=" RANDOM_A);
        str_free(&t.rows);
    }
    is_int((int64_t)bad, 0, "two fragments, cut anywhere, in either order");
    start();
    f.len = d.len = 0;
    dtls_fragment(&f, 1, 0, &body, 30, body.len - 30);
    dtls_fragment(&f, 1, 0, &body, 10, 30);
    dtls_record(&d, 22, 0, 0, f.p, f.len);
    dtls_fragment(&f, 1, 0, &body, 0, 0);
    f.len = 0;
    dtls_fragment(&f, 1, 0, &body, 0, 20);
    dtls_fragment(&f, 1, 0, &body, 0, 20);
    dtls_record(&d, 22, 0, 1, f.p, f.len);
    feed(0);
    dissect_end(&t);
    ok(dissect_n(&t, "tls_client_hello") == 1 &&
           dissect_has(&t, "tls_client_hello", "hello_frame=1 random=" RANDOM_A),
       "several records and fragments in one datagram; they overlap and come twice");
    ok(!strstr(dissect_rows(&t), "random_at"), "  where the random is, is not in one piece");
    str_free(&t.rows);

    start();
    for (i = 0; i < body.len; i++) {
        f.len = d.len = 0;
        dtls_fragment(&f, 1, 0, &body, body.len - 1 - i, 1);
        dtls_record(&d, 22, 0, (uint32_t)i, f.p, f.len);
        feed(0);
    }
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello", "random=" RANDOM_A), "byte by byte, from the end");
    str_free(&t.rows);
    build_free(&body);
    build_free(&f);
}

static bool claims(const void *p, size_t len)
{
    struct guard g = guard_new(p, len);
    struct dissect_ctx ctx = { 0 };
    bool yes = dissect_by_name("dtls")->claims(&ctx, bytes_of(g.p, g.len));

    guard_free(&g);
    return yes;
}

static void strangers(void)
{
    struct build body = { 0 };
    size_t i;
    unsigned n = 0;

    dtls_client_body(&body, RANDOM_A, "", SNI);
    dtls_datagram(&d, 1, 0, 0, &body);
    for (i = 0; i < d.len; i++) {
        struct guard g = guard_new(d.p, i);
        struct dissect_ctx ctx;

        start();
        n += claims(d.p, i) && i < 40;
        ctx = dissect_context(&t, 0, t.state);
        t.dissector->packet(&ctx, bytes_of(g.p, g.len));
        n += t.rows.len != 0;
        done();
        guard_free(&g);
    }
    is_int(n, 0, "a hello that is cut is none, and nothing is read beyond it");
    ok(claims(d.p, d.len), "a hello is claimed");
    d.len = 0;
    dtls_record(&d, 23, 1, 7, RANDOM_A, 40);
    ok(claims(d.p, d.len), "so is a record that fills the datagram");
    ok(!claims(d.p, d.len - 1), "  not one that does not");
    build_u8(&d, 0);
    ok(!claims(d.p, d.len), "  nor one with a stray byte behind");
    ok(!claims("\0\1\0\0\x21\x12\xa4\x42" RANDOM_A, 20), "STUN is not DTLS");
    d.len = 0;
    tls_record(&d, 22, body.p, body.len);
    ok(!claims(d.p, d.len), "TLS is not DTLS");

    start();
    client(RANDOM_A, "", 0, 0);
    dissect_packet(&t, 0, "\0\1\0\0\x21\x12\xa4\x42" RANDOM_A, 20);
    ok(t.last == DISSECT_OK, "STUN on the flow is passed over");
    d.len = 0;
    build_hex(&d, "16 fefd 0000 000000000001 000c 01 fffff0 0000 000000 000000");
    feed(0);
    ok(t.last == DISSECT_OK, "a hello of 16 MB is not believed");
    d.len = 0;
    build_hex(&d, "16 fefd 0000 000000000001 000d 01 000000 0000 000000 000001 ff");
    feed(0);
    ok(t.last == DISSECT_BAD, "a fragment beyond its message is bad");
    is_int(dissect_n(&t, "tls_client_hello"), 1, "  neither is a hello");
    done();
    build_free(&body);
}

int main(void)
{
    whole();
    retry();
    resent();
    fragments();
    strangers();
    build_free(&d);
    return tap_done();
}
