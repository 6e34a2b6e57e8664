/* test_mqtt: MQTT in clear. */
#include "config.h"

#include "support/build.h"
#include "support/dissect.h"
#include "support/tap.h"

static struct dissect_test t;

static void feed(unsigned from, const char *hex)
{
    struct build b = { 0 };

    build_hex(&b, hex);
    dissect_feed(&t, from, b.p, b.len);
    build_free(&b);
}

static void begin(void)
{
    dissect_start(&t, "mqtt");
}

/* Ends the flow; is there a row of this kind with these columns? */
static void row(const char *kind, const char *want, const char *what)
{
    if (!ok(dissect_has(&t, kind, want), "%s", what))
        printf("#   %s\n", dissect_rows(&t));
}

static void done(void)
{
    str_free(&t.rows);
}

/* MQTT 3.1.1, user "u", password "secret", keep-alive 60, client "dev1" */
#define CONNECT_4 "101b 0004 4d515454 04 c2 003c 0004 64657631 0001 75 0006 736563726574"
/* 5: receive maximum and user property; will with properties; password "pw" */
#define CONNECT_5                                                                                  \
    "1035 0004 4d515454 05 c6 001e 0c 21 0014 26 0001 61 0003 626263 0004 64657635 "               \
    "05 02 0000000a 0003 772f74 0004 676f6e65 0001 75 0002 7077"
#define CONNECT_3 "1011 0006 4d5149736470 03 02 000a 0003 6f6c64"

static void versions(void)
{
    begin();
    feed(0, CONNECT_4);
    feed(1, "2002 0000");
    feed(0, "e000");
    dissect_end(&t);
    row("mqtt_connect",
        "connect_frame=1 sent_by=a level=4 keepalive_s=60 clean=1 client_id=dev1 has_user=1 "
        "has_password=1",
        "3.1.1");
    ok(t.n_secret == 6 && strcmp(t.secret, "secret") == 0, "  the password is secret, only it");
    ok(!strstr(dissect_rows(&t), "secret"), "  and in no fact");
    row("mqtt_session",
        "level=4 client=a keepalive_s=60 connect_frame=1 connack_frame=2 connack_code=0",
        "  the session");
    row("mqtt_disconnect", "disconnect_frame=3 sent_by=a reason=0", "  DISCONNECT");
    done();

    begin();
    feed(0, CONNECT_5);
    feed(1, "2006 00 00 03 13 0014");
    feed(1, "e002 8e 00");
    dissect_end(&t);
    row("mqtt_connect", "level=5 keepalive_s=30 client_id=dev5 has_user=1 has_password=1", "5");
    is_str(t.secret, "pw", "  the password behind a will with properties");
    row("mqtt_session", "keepalive_s=20", "  Server Keep Alive overrides");
    row("mqtt_disconnect", "sent_by=b reason=142", "  session taken over");
    done();

    begin();
    feed(0, CONNECT_3);
    feed(1, "2002 0005");
    dissect_end(&t);
    row("mqtt_connect", "level=3 keepalive_s=10 client_id=old has_user=0 has_password=0", "3.1");
    row("mqtt_session", "connack_code=5", "  not authorised");
    ok(t.n_secret == 0, "  nothing is secret");
    done();

    begin();
    feed(1, CONNECT_4);
    feed(0, "2002 0000");
    feed(1, "c000");
    dissect_end(&t);
    row("mqtt_session", "client=b pings=1", "end b is the client");
    done();
}

static void pings(void)
{
    begin();
    feed(0, CONNECT_4);
    feed(1, "2002 0000");
    dissect_step(&t, 60000000000);
    feed(0, "c000");
    feed(1, "d000");
    dissect_step(&t, 60000000000);
    feed(0, "c000");
    dissect_step(&t, 60000000000);
    feed(0, "c000");
    dissect_step(&t, 10000000000);
    dissect_end(&t);
    row("mqtt_session",
        "pings=3 answered=1 ping_frame=5 ping_again=1 last_ping_frame=6 server_frame=4 "
        "client_frame=6 messages=6",
        "pings, the last ones unanswered");
    ok(t.flow.outstanding, "  outstanding at the end");
    done();

    begin();
    feed(0, CONNECT_4);
    feed(1, "2002 0000");
    feed(0, "c000");
    dissect_gap(&t, 1);
    dissect_step(&t, 60000000000);
    feed(1, "9003 0001 00");
    dissect_step(&t, 60000000000);
    feed(0, "c000");
    t.tcp.end[0].unseen_frame = 6;
    dissect_end(&t);
    row("mqtt_session", "pings=2 answered=0 ping_frame=5 ping_again=0 unseen_frame=6",
        "a hole may hold the answer: the ping after it counts");
    done();

    begin();
    feed(0, CONNECT_4);
    feed(0, "300a 0003 612f62 68656c6c6f 8206 0001 0001 61 00 c000");
    feed(1, "2002 0000 9003 0001 00 d000 4002 0001");
    dissect_end(&t);
    row("mqtt_session", "messages=8 pings=1 answered=1", "several messages in a segment");
    ok(!strstr(dissect_rows(&t), "hello"), "  no payload is kept");
    done();
}

static void splits(void)
{
    static const char hex[] = CONNECT_5 "300a 0003 612f62 68656c6c6f c000 e000";
    struct build b = { 0 };
    size_t i, bad = 0;

    build_hex(&b, hex);
    for (i = 1; i < b.len; i++) {
        begin();
        dissect_feed(&t, 0, b.p, i);
        dissect_feed(&t, 0, b.p + i, b.len - i);
        dissect_end(&t);
        bad += !dissect_has(&t, "mqtt_connect", "client_id=dev5") ||
               !dissect_has(&t, "mqtt_session", "messages=4 pings=1") ||
               dissect_n(&t, "mqtt_disconnect") != 1 || strcmp(t.secret, "pw") != 0;
        done();
    }
    is_int((int64_t)bad, 0, "split at every byte: the same facts");
    begin();
    for (i = 0; i < b.len; i++)
        dissect_feed(&t, 0, b.p + i, 1);
    dissect_end(&t);
    row("mqtt_session", "messages=4 pings=1", "byte by byte");
    done();
    build_free(&b);
}

/* What is never completed keeps its secret all the same. */
static void cut_secrets(void)
{
    struct build b = { 0 };
    size_t i;

    begin();
    build_hex(&b, CONNECT_4);
    dissect_feed(&t, 0, b.p, b.len - 3);
    is_str(t.secret, "sec", "a CONNECT cut within its password: what there is of it is secret");
    dissect_end(&t);
    ok(dissect_n(&t, "mqtt_connect") == 0, "  but no CONNECT");
    done();

    begin();
    b.len = 0;
    build_hex(&b, "10 c5ea01 0004 4d515454 04 c2 003c 0004 64657631 0001 75 7530");
    for (i = 0; i < 30000; i++)
        build_u8(&b, 'x');
    dissect_feed(&t, 0, b.p, b.len);
    dissect_end(&t);
    row("mqtt_connect", "client_id=dev1 has_password=1", "a token of 30000 bytes");
    ok(t.n_secret == 30000, "  is secret");
    done();

    begin();
    b.len = 0;
    build_hex(&b, "10 c0843d 0004 4d515454 04 c2 003c 0004 64657631 0001 75 ffff");
    for (i = 0; i < 5000; i++)
        build_u8(&b, 'x');
    dissect_feed(&t, 0, b.p, b.len);
    ok(t.n_secret >= 5000, "a CONNECT longer than any is secret as a whole");
    dissect_end(&t);
    done();
    build_free(&b);
}

static void odd(void)
{
    begin();
    dissect_feed(&t, 0, "GET / HTTP/1.1\r\n", 16);
    ok(t.over, "HTTP is not MQTT");
    dissect_end(&t);
    done();

    begin();
    feed(0, CONNECT_4);
    feed(0, "c100");
    ok(t.last == DISSECT_BAD, "reserved flags that must be 0");
    feed(0, "c000");
    dissect_end(&t);
    row("mqtt_session", "pings=1", "  the next message is found again");
    done();

    begin();
    feed(0, CONNECT_4);
    dissect_gap(&t, 0);
    feed(0, "c000 ff 00 e000 6566"); /* the middle of a payload, by chance */
    feed(0, "c000");
    dissect_end(&t);
    row("mqtt_session", "pings=1", "behind a gap bytes of a payload are no messages");
    ok(dissect_n(&t, "mqtt_disconnect") == 0, "  and no DISCONNECT");
    done();

    begin();
    feed(0, "30ffffff7f 0001 61");
    for (int i = 0; i < 10; i++)
        feed(0, "c000 c000");
    dissect_end(&t);
    ok(dissect_n(&t, "mqtt_session") == 0, "a PUBLISH of 256 MB swallows what follows");
    done();
    begin();
    feed(0, "30ffffffff01");
    ok(t.over, "a length of five bytes is none");
    dissect_end(&t);
    done();
    begin();
    feed(0, "c005");
    ok(t.over, "a PINGREQ has no body");
    dissect_end(&t);
    done();
}

static void claims(void)
{
    struct build b = { 0 };
    struct dissect_ctx ctx = { 0 };
    const struct dissector *d = dissect_by_name("mqtt");
    size_t i, claimed = 0;

    build_hex(&b, CONNECT_4);
    for (i = 0; i <= b.len; i++) {
        struct guard g = guard_new(b.p, i);

        claimed += d->claims(&ctx, bytes_of(g.p, g.len));
        guard_free(&g);
    }
    is_int((int64_t)claimed, (int64_t)b.len - 8, "claimed from the protocol level on");
    b.len = 0;
    build_hex(&b, "101b 0004 4d515454 09 c2 003c 0004");
    ok(!d->claims(&ctx, bytes_of(b.p, b.len)), "level 9 is none");
    build_free(&b);
}

int main(void)
{
    versions();
    pings();
    splits();
    cut_secrets();
    odd();
    claims();
    return tap_done();
}
