/* test_mqtt_tls: pings by the size of their records (RFC 8446 section 5.2, RFC 5246 section 6.2.3).
 */
#include "config.h"

#include "support/dissect.h"
#include "support/tap.h"
#include "tests/unit/dissectors/tls_bytes.h"

#define S INT64_C(1000000000)

static struct dissect_test t;

/* A set-up with this suite, on this port, with or without the ALPN name. */
static void begin(unsigned version, unsigned suite, uint16_t port, bool alpn)
{
    struct build m = { 0 }, b = { 0 };

    dissect_start(&t, "tls");
    t.flow.key.hi_port = port;
    tls_client_hello(&m, RANDOM_A, "c02f", alpn ? "0010 0007 0005 04 6d717474" : NULL);
    tls_record(&b, 22, m.p, m.len);
    dissect_feed(&t, 0, b.p, b.len);
    b.len = m.len = 0;
    tls_server_hello(&m, RANDOM_B, suite, version == 0x0304);
    if (version != 0x0304)
        m.p[5] = (uint8_t)version;
    tls_record(&b, 22, m.p, m.len);
    tls_record(&b, 20, "\1", 1);
    dissect_feed(&t, 1, b.p, b.len);
    build_free(&m);
    build_free(&b);
}

static void data(unsigned from, size_t len, int64_t after)
{
    static const uint8_t zeros[2000];
    struct build b = { 0 };

    dissect_step(&t, after);
    tls_record(&b, 23, zeros, len);
    dissect_feed(&t, from, b.p, b.len);
    build_free(&b);
}

static void is_ping(unsigned version, unsigned suite, size_t len, const char *what)
{
    char text[128];
    int n;

    for (n = -1; n <= 2; n++) { /* one byte less, exactly, and two more: CONNACK, PUBACK */
        begin(version, suite, 8883, false);
        data(0, 300, 0);
        data(0, len + (size_t)n, S);
        data(1, len + (size_t)n, S / 10);
        dissect_end(&t);
        snprintf(text, sizeof(text), "%s: %+d bytes", what, n);
        ok(dissect_has(&t, "mqtt_session", n == 0 ? "pings=1 answered=1" : "pings=0 answered=0"),
           "%s", text);
        str_free(&t.rows);
        n += n == 0; /* +1 cannot be told from CBC's other sizes; +2 is what messages add */
    }
}

static void sizes(void)
{
    is_ping(0x0304, 0x1301, 0x13, "TLS 1.3 AES-128-GCM");
    is_ping(0x0304, 0x1302, 0x13, "TLS 1.3 AES-256-GCM");
    is_ping(0x0304, 0x1303, 0x13, "TLS 1.3 ChaCha20");
    is_ping(0x0304, 0x1304, 0x13, "TLS 1.3 CCM");
    is_ping(0x0304, 0x1305, 0x0b, "TLS 1.3 CCM_8");
    is_ping(0x0303, 0xc02f, 0x1a, "ECDHE-RSA AES-128-GCM");
    is_ping(0x0303, 0x009d, 0x1a, "RSA AES-256-GCM");
    is_ping(0x0303, 0x00a8, 0x1a, "PSK AES-128-GCM");
    is_ping(0x0303, 0x00aa, 0x1a, "DHE-PSK AES-128-GCM");
    is_ping(0x0303, 0xd001, 0x1a, "ECDHE-PSK AES-128-GCM");
    is_ping(0x0303, 0xc0ac, 0x1a, "ECDHE-ECDSA CCM");
    is_ping(0x0303, 0xc0a6, 0x1a, "DHE-PSK CCM");
    is_ping(0x0303, 0xc0a4, 0x1a, "PSK CCM");
    is_ping(0x0303, 0xcca8, 0x12, "ECDHE-RSA ChaCha20");
    is_ping(0x0303, 0xc0ae, 0x12, "ECDHE-ECDSA CCM_8");
    is_ping(0x0303, 0xc0a8, 0x12, "PSK CCM_8");
    is_ping(0x0303, 0xc0a0, 0x12, "RSA CCM_8");
    is_ping(0x0303, 0xc013, 0x34, "AES-CBC SHA1, EtM");
    is_ping(0x0303, 0xc013, 0x30, "AES-CBC SHA1");
    is_ping(0x0303, 0xc027, 0x40, "AES-CBC SHA256");
    is_ping(0x0303, 0xc028, 0x50, "AES-CBC SHA384");
    is_ping(0x0302, 0x002f, 0x30, "TLS 1.1 AES-CBC SHA1");
    is_ping(0x0301, 0x002f, 0x20, "TLS 1.0 AES-CBC SHA1");
}

/* `n` pings `interval` apart, answered. */
static void regular(unsigned n, int64_t interval)
{
    while (n--) {
        data(0, 0x13, interval);
        data(1, 0x13, S / 20);
    }
}

static void named(void)
{
    begin(0x0304, 0x1301, 8883, false);
    data(0, 200, S);
    dissect_end(&t);
    ok(dissect_n(&t, "mqtt_session") == 1, "port 8883");
    str_free(&t.rows);

    begin(0x0304, 0x1301, 443, true);
    data(0, 200, S);
    dissect_end(&t);
    ok(dissect_n(&t, "mqtt_session") == 1, "ALPN mqtt");
    str_free(&t.rows);

    begin(0x0304, 0x1301, 443, false);
    data(0, 200, S);
    regular(5, 60 * S);
    dissect_end(&t);
    ok(dissect_has(&t, "mqtt_session", "pings=5 answered=5"), "neither, but regular and answered");
    str_free(&t.rows);

    begin(0x0304, 0x1301, 443, false);
    data(0, 200, S);
    regular(2, 60 * S);
    regular(2, 40 * S);
    regular(2, 90 * S);
    dissect_end(&t);
    ok(dissect_n(&t, "mqtt_session") == 0, "neither, and not regular: nothing is said");
    str_free(&t.rows);

    begin(0x0304, 0x1301, 443, false);
    data(0, 200, S);
    regular(9, 2 * S);
    dissect_end(&t);
    ok(dissect_n(&t, "mqtt_session") == 0, "too often for a keep-alive");
    str_free(&t.rows);

    begin(0x0304, 0x1301, 443, false);
    data(0, 200, S);
    for (int i = 0; i < 6; i++)
        data(0, 0x13, 60 * S);
    dissect_end(&t);
    ok(dissect_n(&t, "mqtt_session") == 0, "never answered: not known to be pings");
    str_free(&t.rows);

    begin(0x0304, 0x1301, 443, false);
    data(0, 200, S);
    for (int i = 0; i < 5; i++) {
        data(0, 0x13, 60 * S);
        data(1, 0x13, S / 20);
        data(0, 200, (5 + 7 * i) * S); /* restarts the clock */
        data(0, 0x13, 60 * S);
        data(1, 0x13, S / 20);
    }
    dissect_end(&t);
    ok(dissect_n(&t, "mqtt_session") == 1, "only idle periods count for the interval");
    str_free(&t.rows);
}

static void death(void)
{
    begin(0x0304, 0x1301, 8883, false);
    data(0, 200, S);
    regular(3, 60 * S);
    data(0, 0x13, 60 * S);
    data(0, 0x13, 60 * S);
    dissect_step(&t, 30 * S);
    dissect_end(&t);
    ok(dissect_has(&t, "mqtt_session", "pings=5 answered=3 ping_frame=10 ping_again=1"),
       "unanswered pings");
    str_free(&t.rows);

    begin(0x0304, 0x1301, 8883, false);
    data(0, 200, S);
    regular(3, 60 * S);
    data(0, 0x13, 5 * S);
    t.flow.tcp->end[0].fin_frame = 11;
    t.flow.tcp->end[0].fin_ns = t.ns + S / 100;
    dissect_end(&t);
    ok(dissect_has(&t, "mqtt_session", "pings=3 answered=3 disconnect_frame=10"),
       "the last one before a FIN is a DISCONNECT");
    ok(!strstr(dissect_rows(&t), "ping_frame="), "  and nothing is unanswered");
    str_free(&t.rows);

    begin(0x0304, 0x1301, 8883, false);
    data(0, 200, S);
    data(0, 0x13, 60 * S);
    t.flow.tcp->end[0].fin_frame = 11;
    t.flow.tcp->end[0].fin_ns = t.ns + 30 * S;
    dissect_end(&t);
    ok(dissect_has(&t, "mqtt_session", "pings=1 answered=0 ping_frame=4"),
       "a FIN 30 s later: the client gave up on a ping");
    str_free(&t.rows);

    begin(0x0304, 0x1301, 8883, false);
    data(0, 200, S);
    regular(2, 60 * S);
    data(0, 0x13, 60 * S);
    data(1, 100, S / 10);
    data(0, 0x13, 10 * S);
    data(0, 0x13, S / 1000);
    t.flow.tcp->end[1].fin_frame = 12;
    t.flow.tcp->end[1].fin_ns = t.ns + 3 * S;
    dissect_end(&t);
    ok(dissect_has(&t, "mqtt_session",
                   "pings=3 answered=2 ping_frame=8 ping_again=0 heard_frame=9 disconnect_frame=10"),
       "DISCONNECT, close_notify and the server's FIN; a longer record may hold the answer");
    str_free(&t.rows);

    begin(0x0304, 0x1301, 8883, false);
    data(0, 200, S);
    data(0, 0x13, 60 * S);
    data(1, 100, S / 10);
    data(0, 0x13, 60 * S);
    data(0, 0x13, 60 * S);
    dissect_step(&t, 30 * S);
    dissect_end(&t);
    ok(dissect_has(&t, "mqtt_session", "pings=3 ping_frame=6 ping_again=1"),
       "what may have been answered is no witness; the ping after it is");
    ok(!strstr(dissect_rows(&t), "heard_frame="), "  and nothing came after that");
    str_free(&t.rows);

    begin(0x0304, 0x1301, 8883, false);
    data(0, 200, S);
    data(0, 0x13, 60 * S);
    data(0, 0x13, 20 * S);
    t.flow.tcp->end[0].fin_frame = 6;
    t.flow.tcp->end[0].fin_ns = t.ns + S / 100;
    dissect_end(&t);
    ok(dissect_has(&t, "mqtt_session", "pings=1 answered=0 ping_frame=4 ping_again=0"),
       "a lone close_notify: the client gave up on the ping");
    ok(!strstr(dissect_rows(&t), "disconnect_frame="), "  that was no DISCONNECT");
    str_free(&t.rows);

    begin(0x0304, 0x1301, 8883, false);
    data(0, 200, S);
    data(1, 0x13, 60 * S);
    data(0, 0x13, -S / 1000);
    dissect_step(&t, 30 * S);
    dissect_end(&t);
    ok(dissect_has(&t, "mqtt_session", "pings=1 answered=1"), "captured out of order");
    str_free(&t.rows);
}

/* The capture begins after the handshake, which alone would say what a size means. */
static void late(void)
{
    dissect_start(&t, "tls");
    t.flow.key.hi_port = 8883;
    data(0, 0x40, S); /* may be a message as well as CBC's two bytes */
    regular(6, 60 * S);
    data(0, 0x13, 60 * S);
    dissect_step(&t, 30 * S);
    dissect_end(&t);
    ok(dissect_has(&t, "mqtt_session", "pings=7 answered=6"), "begun late, regular and answered");
    str_free(&t.rows);

    dissect_start(&t, "tls");
    t.flow.key.hi_port = 8883;
    regular(2, 60 * S);
    data(0, 0x13, 60 * S);
    dissect_end(&t);
    ok(dissect_n(&t, "mqtt_session") == 0, "begun late, too few");
    str_free(&t.rows);

    dissect_start(&t, "tls");
    t.flow.key.hi_port = 443;
    regular(6, 60 * S);
    data(0, 0x13, 60 * S);
    dissect_end(&t);
    ok(dissect_n(&t, "mqtt_session") == 0, "begun late, another port");
    str_free(&t.rows);
}

int main(void)
{
    sizes();
    named();
    late();
    death();
    return tap_done();
}
