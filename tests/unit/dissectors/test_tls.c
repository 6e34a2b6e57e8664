/* test_tls: records and what is in them, however the segments fall. */
#include "config.h"

#include "support/dissect.h"
#include "support/tap.h"
#include "tests/unit/dissectors/tls_bytes.h"

#define SNI       "0000 0010 000e 00 000b 6578616d706c652e6e6574"
#define ALPN_MQTT "0010 0007 0005 04 6d717474"

static struct dissect_test t;

static void feed(unsigned from, const struct build *b)
{
    dissect_feed(&t, from, b->p, b->len);
}

static void done(void)
{
    dissect_end(&t);
    str_free(&t.rows);
}

/* Client and server of a whole TLS 1.2 set-up with one data record each; server in `down`. */
static void session(struct build *up, struct build *down)
{
    struct build m = { 0 };

    tls_client_hello(&m, RANDOM_A, "c02f 009c", SNI);
    tls_record(up, 22, m.p, m.len);
    m.len = 0;
    tls_message(&m, 16, "key exchange", 12);
    tls_record(up, 22, m.p, m.len);
    tls_record(up, 20, "\1", 1);
    tls_record(up, 22, "an encrypted Finished, 40 bytes long....", 40);
    tls_record(up, 23, "data", 4);
    tls_record(up, 21, "26 bytes of encrypted alert", 26);
    m.len = 0;
    tls_server_hello(&m, RANDOM_B, 0xc02f, false);
    tls_message(&m, 11, RANDOM_A RANDOM_B, 128);
    tls_message(&m, 14, "", 0);
    tls_record(down, 22, m.p, m.len); /* three messages in one record */
    tls_record(down, 20, "\1", 1);
    tls_record(down, 22, "an encrypted Finished, 40 bytes long....", 40);
    tls_record(down, 23, "data", 4);
    build_free(&m);
}

#define WHOLE                                                                                      \
    "tls_session @1 version=TLS 1.2 suite=49199 a_records=6 b_records=4 a_data=1 b_data=1 "

static void segments(void)
{
    struct build up = { 0 }, down = { 0 };
    size_t i, bad = 0;

    session(&up, &down);
    dissect_start(&t, "tls");
    feed(0, &up);
    feed(1, &down);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello",
                   "hello_frame=1 carrier=tls sent_by=a random=" RANDOM_A
                   " sni=example.net n_suites=2 again=0 random_at=11"),
       "a ClientHello, and where its random is in the frame");
    ok(dissect_has(&t, "tls_server_hello",
                   "hello_frame=2 sent_by=b random=" RANDOM_B " suite=49199 retry=0"),
       "a ServerHello");
    ok(dissect_n(&t, "tls_alert") == 1 && dissect_has(&t, "tls_alert", "alert_frame=1 sent_by=a"),
       "an alert");
    ok(!strstr(dissect_rows(&t), "level="), "  encrypted: nothing is said about it");
    ok(strstr(dissect_rows(&t), WHOLE), "the session");
    ok(t.count[COUNT_CLIENT_HELLO] == 1, "the hello is counted");
    str_free(&t.rows);

    for (i = 1; i < up.len; i++) { /* two segments, cut anywhere */
        dissect_start(&t, "tls");
        dissect_feed(&t, 0, up.p, i);
        dissect_feed(&t, 0, up.p + i, up.len - i);
        feed(1, &down);
        dissect_end(&t);
        bad += dissect_n(&t, "tls_client_hello") != 1 || dissect_n(&t, "tls_alert") != 1 ||
               !strstr(dissect_rows(&t), WHOLE);
        str_free(&t.rows);
    }
    is_int((int64_t)bad, 0, "split at every byte: the same facts");
    dissect_start(&t, "tls");
    for (i = 0; i < up.len; i++)
        dissect_feed(&t, 0, up.p + i, 1);
    for (i = 0; i < down.len; i++)
        dissect_feed(&t, 1, down.p + i, 1);
    dissect_end(&t);
    ok(dissect_n(&t, "tls_client_hello") == 1 && dissect_n(&t, "tls_server_hello") == 1 &&
           strstr(dissect_rows(&t), WHOLE),
       "byte by byte");
    ok(!strstr(dissect_rows(&t), "random_at"), "  the random is not in one frame");
    str_free(&t.rows);
    build_free(&up);
    build_free(&down);
}

static void records(void)
{
    struct build m = { 0 }, b = { 0 };
    size_t i, bad = 0;

    tls_client_hello(&m, RANDOM_A, "c02f", SNI);
    for (i = 1; i < m.len; i++) {
        b.len = 0;
        tls_record(&b, 22, m.p, i);
        tls_record(&b, 22, m.p + i, m.len - i);
        dissect_start(&t, "tls");
        feed(0, &b);
        dissect_end(&t);
        bad += !dissect_has(&t, "tls_client_hello", "random=" RANDOM_A " sni=example.net");
        str_free(&t.rows);
    }
    is_int((int64_t)bad, 0, "a hello split over two records at every byte");
    b.len = 0;
    for (i = 0; i < m.len; i++)
        tls_record(&b, 22, m.p + i, 1);
    dissect_start(&t, "tls");
    feed(0, &b);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello", "random=" RANDOM_A), "in records of one byte");
    str_free(&t.rows);

    b.len = 0;
    tls_record(&b, 22, m.p, 2);
    tls_record(&b, 21, "\2\50", 2);
    dissect_start(&t, "tls");
    feed(0, &b);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_alert", "level=2 description=40 name=handshake_failure"),
       "a hello broken off by an alert (RFC 8446 section 5.1)");
    str_free(&t.rows);
    b.len = 0;
    tls_record(&b, 22, m.p, m.len - 9);
    tls_record(&b, 21, "\1\0", 2);
    dissect_start(&t, "tls");
    feed(0, &b);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_alert", "level=1 description=0 name=close_notify") &&
           dissect_n(&t, "tls_client_hello") == 0,
       "in its middle");
    str_free(&t.rows);
    build_free(&m);
    build_free(&b);
}

static void retry(void)
{
    struct build m = { 0 }, b = { 0 };

    dissect_start(&t, "tls");
    tls_client_hello(&m, RANDOM_A, "1301", "002b0003 02 0304");
    tls_record(&b, 22, m.p, m.len);
    feed(0, &b);
    b.len = m.len = 0;
    tls_server_hello(&m, RETRY_RANDOM, 0x1301, true);
    tls_record(&b, 22, m.p, m.len);
    tls_record(&b, 20, "\1", 1);
    feed(1, &b);
    b.len = m.len = 0;
    tls_record(&b, 20, "\1", 1);
    tls_client_hello(&m, RANDOM_A, "1301", "002b0003 02 0304");
    tls_record(&b, 22, m.p, m.len);
    feed(0, &b);
    b.len = m.len = 0;
    tls_server_hello(&m, RANDOM_B, 0x1301, true);
    tls_record(&b, 22, m.p, m.len);
    tls_record(&b, 23, RANDOM_A, 50);
    feed(1, &b);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello", "hello_frame=1 again=0") &&
           dissect_has(&t, "tls_client_hello", "hello_frame=3 again=1"),
       "the hello after a HelloRetryRequest is the same one again");
    ok(dissect_has(&t, "tls_server_hello", "hello_frame=2 retry=1") &&
           dissect_has(&t, "tls_server_hello", "hello_frame=4 retry=0"),
       "both ServerHellos are read, although CCS came before");
    is_int(t.n_carried, 1, "data records go on to mqtt_tls");
    str_free(&t.rows);
    build_free(&m);
    build_free(&b);
}

/* Client and server of TLS 1.3; the client's encrypted records are of these sizes.  How many alerts
 * are told by size. */
static int alerts_by_size(unsigned first, unsigned second, bool tls13)
{
    struct build m = { 0 }, b = { 0 };
    int n;

    dissect_start(&t, "tls");
    tls_client_hello(&m, RANDOM_A, "1301", "002b0003 02 0304");
    tls_record(&b, 22, m.p, m.len);
    feed(0, &b);
    b.len = m.len = 0;
    tls_server_hello(&m, RANDOM_B, 0x1301, tls13);
    tls_record(&b, 22, m.p, m.len);
    tls_record(&b, 23, RANDOM_A, 19); /* of the server that says nothing */
    feed(1, &b);
    b.len = 0;
    tls_record(&b, 20, "\1", 1);
    tls_record(&b, 23, RANDOM_A, first);
    tls_record(&b, 23, RANDOM_A, second);
    feed(0, &b);
    dissect_end(&t);
    n = (int)dissect_n(&t, "tls_alert");
    if (n && !dissect_has(&t, "tls_alert", "sent_by=a by_size=1"))
        n = 99;
    str_free(&t.rows);
    build_free(&m);
    build_free(&b);
    return n;
}

static void sizes(void)
{
    is_int(alerts_by_size(19, 19, true), 1, "TLS 1.3: the client begins with an alert");
    is_int(alerts_by_size(53, 19, true), 0,
           "  with its Finished: what comes at its end may be close_notify");
    is_int(alerts_by_size(20, 19, true), 0, "  with something else");
    is_int(alerts_by_size(19, 19, false), 0, "  in TLS 1.2 it is data");
}

/* The server was not captured: its HelloRetryRequest shows in what the client does. */
static void retry_unseen(void)
{
    struct build m = { 0 }, b = { 0 };

    tls_client_hello(&m, RANDOM_A, "1301", "002b0003 02 0304");
    tls_record(&b, 22, m.p, m.len);
    tls_record(&b, 20, "\1", 1);
    tls_record(&b, 22, m.p, m.len);
    tls_record(&b, 22, "an encrypted Finished, 40 bytes long....", 40);
    dissect_start(&t, "tls");
    feed(0, &b);
    dissect_end(&t);
    ok(dissect_n(&t, "tls_client_hello") == 2 && dissect_has(&t, "tls_client_hello", "again=1"),
       "a hello behind ChangeCipherSpec, with the random of the first");
    str_free(&t.rows);
    dissect_start(&t, "tls");
    dissect_feed(&t, 0, b.p, b.len - 45 - m.len);
    dissect_feed(&t, 0, b.p + b.len - 45 - m.len, m.len + 45);
    dissect_end(&t);
    is_int(dissect_n(&t, "tls_client_hello"), 2, "  also where a segment ends at its header");
    str_free(&t.rows);
    build_free(&m);
    build_free(&b);
}

static void odd_hellos(void)
{
    struct build m = { 0 }, b = { 0 };
    struct dissect_ctx ctx = { 0 };
    size_t i, n = 0;

    build_hex(&m, "0303 " RANDOM_A " 00 00ff 1301 0100"); /* more suites than bytes */
    tls_message(&b, 1, m.p, m.len);
    m.len = 0;
    tls_record(&m, 22, b.p, b.len);
    dissect_start(&t, "tls");
    feed(0, &m);
    dissect_end(&t);
    ok(t.count[COUNT_CLIENT_HELLO] == 1 && dissect_n(&t, "tls_client_hello") == 0,
       "a hello that cannot be read is counted, and no fact");
    str_free(&t.rows);

    b.len = 0;
    build_hex(&b, "802b 01 0301 0012 0000 0010 00002f 000005 010080 07 00c0 0000ff 0000 0a"
                  "000102030405060708090a0b0c0d0e0f");
    for (i = 0; i < b.len; i++) {
        struct guard g = guard_new(b.p, i);

        n += dissect_by_name("tls")->claims(&ctx, bytes_of(g.p, g.len));
        guard_free(&g);
    }
    is_int((int64_t)n, 0, "an SSL 2.0 hello that is cut is not claimed");
    ok(dissect_by_name("tls")->claims(&ctx, bytes_of(b.p, b.len)), "a whole one is");
    tls_record(&b, 21, "\2\50", 2);
    dissect_start(&t, "tls");
    feed(0, &b);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_client_hello",
                   "hello_frame=1 n_suites=6 again=0 random="
                   "00000000000000000000000000000000000102030405060708090a0b0c0d0e0f") &&
           strstr(dissect_rows(&t), "version=TLS 1.0"),
       "  its challenge is the random");
    ok(!strstr(dissect_rows(&t), "ja3="), "  it has no fingerprint");
    ok(dissect_has(&t, "tls_alert", "level=2 description=40"), "  records of TLS follow it");
    str_free(&t.rows);
    build_free(&m);
    build_free(&b);
}

static void strangers(void)
{
    struct build up = { 0 }, down = { 0 }, b = { 0 };

    dissect_start(&t, "tls");
    dissect_feed(&t, 0, "SSH-2.0-OpenSSH_9.2\r\n", 21);
    ok(t.over, "SSH is not TLS");
    done();

    dissect_start(&t, "tls");
    session(&up, &down);
    feed(0, &up);
    dissect_feed(&t, 0, "GET / HTTP/1.1\r\n", 16);
    ok(!t.over && t.last == DISSECT_BAD, "what is no record after some were");
    tls_record(&b, 23, RANDOM_A, 20);
    feed(0, &b);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_session", "a_records=7 incomplete=0"),
       "  the next record is found again");
    str_free(&t.rows);

    dissect_start(&t, "tls");
    feed(0, &up);
    dissect_gap(&t, 0);
    dissect_feed(&t, 0, RANDOM_A RANDOM_B, 128);
    feed(0, &b);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_session", "a_records=7"),
       "a gap: records start again where one is seen");
    str_free(&t.rows);

    dissect_start(&t, "tls");
    feed(0, &b);
    dissect_end(&t);
    ok(dissect_has(&t, "tls_session", "a_records=1 a_data=1") &&
           !strstr(dissect_rows(&t), "version="),
       "mid-stream: no version is known");
    str_free(&t.rows);
    build_free(&b);

    tls_record(&b, 22, "\1\377\377\377", 4);
    dissect_start(&t, "tls");
    feed(0, &b);
    tls_record(&b, 22, up.p, 60);
    feed(0, &b);
    dissect_end(&t);
    ok(dissect_n(&t, "tls_client_hello") == 0, "a hello of 16 MB is not believed");
    str_free(&t.rows);

    for (size_t i = 0; i < up.len; i++) {
        struct guard g = guard_new(up.p, i);
        struct dissect_ctx ctx = { 0 };

        dissect_by_name("tls")->claims(&ctx, bytes_of(g.p, g.len));
        guard_free(&g);
    }
    ok(true, "claims reads no byte too far");
    build_free(&up);
    build_free(&down);
    build_free(&b);
}

int main(void)
{
    segments();
    records();
    retry();
    retry_unseen();
    sizes();
    odd_hellos();
    strangers();
    return tap_done();
}
