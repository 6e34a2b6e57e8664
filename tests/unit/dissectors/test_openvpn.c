/* test_openvpn: the control channel in all wrappings, its window, its ends. */
#include "config.h"

#include "dissectors/openvpn_wire.h"
#include "support/build.h"
#include "support/dissect.h"
#include "support/tap.h"

#define NOW_S INT64_C(1700000000)
#define CLIENT 0x1111111111111111u
#define SERVER 0x2222222222222222u

static struct build b;

static void be64(struct build *out, uint64_t v)
{
    build_be32(out, (uint32_t)(v >> 32));
    build_be32(out, (uint32_t)v);
}

/* A packet in clear: op, key id, acks up to -1, id (-1: none), payload. */
static void packet(unsigned op, unsigned key_id, uint64_t sid, const int *acks, int id,
                   const char *payload, size_t len)
{
    unsigned n = 0, i;

    while (acks && acks[n] >= 0)
        n++;
    b.len = 0;
    build_u8(&b, op << 3 | key_id);
    be64(&b, sid);
    build_u8(&b, n);
    for (i = 0; i < n; i++)
        build_be32(&b, (uint32_t)acks[i]);
    if (n)
        be64(&b, sid == CLIENT ? SERVER : CLIENT);
    if (id >= 0)
        build_be32(&b, (uint32_t)id);
    if (len)
        build_add(&b, payload, len);
}

#define ACKS(...) ((const int[]){ __VA_ARGS__, -1 })

/* Puts a tls-auth or tls-crypt wrapping around what is in `b`. */
static void wrap(enum openvpn_wrap how, size_t hmac_len, uint32_t replay, uint32_t time)
{
    struct build out = { 0 };

    build_add(&out, b.p, 9);
    if (how == WRAP_TLS_AUTH) {
        size_t i;

        for (i = 0; i < hmac_len; i++)
            build_u8(&out, (unsigned)(0xa5 ^ i * 7));
    }
    build_be32(&out, replay);
    build_be32(&out, time);
    if (how != WRAP_TLS_AUTH) {
        size_t i;

        for (i = 0; i < 32; i++)
            build_u8(&out, (unsigned)(0x5a ^ i * 11));
    }
    build_add(&out, b.p + 9, b.len - 9);
    build_free(&b);
    b = out;
}

static void is_learnt(enum openvpn_wrap want, size_t hmac_len, const char *what)
{
    struct openvpn_wrapping w = { 0 };
    struct openvpn_packet p;
    struct guard g = guard_new(b.p, b.len);
    bool learnt = openvpn_learn(bytes_of(g.p, b.len), NOW_S, &w);

    ok(learnt && w.wrap == want && w.hmac_len == hmac_len && openvpn_parse(bytes_of(g.p, b.len), &w, &p),
       "%s is %s", what, openvpn_wrap_name(want));
    guard_free(&g);
}

static void wrappings(void)
{
    static const size_t hmacs[] = { 16, 20, 28, 32, 48, 64 };
    struct openvpn_wrapping w;
    size_t i;

    packet(7, 0, CLIENT, NULL, 0, NULL, 0);
    is_int((int64_t)b.len, 14, "a plain client reset has 14 bytes");
    is_learnt(WRAP_NONE, 0, "a plain client reset");
    packet(8, 0, SERVER, ACKS(0), 0, NULL, 0);
    is_int((int64_t)b.len, 26, "a plain server reset has 26");
    is_learnt(WRAP_NONE, 0, "a plain server reset");
    for (i = 0; i < 6; i++) {
        packet(7, 0, CLIENT, NULL, 0, NULL, 0);
        wrap(WRAP_TLS_AUTH, hmacs[i], 1, (uint32_t)NOW_S);
        is_learnt(WRAP_TLS_AUTH, hmacs[i], "an authenticated client reset");
    }
    packet(7, 0, CLIENT, NULL, 0, NULL, 0);
    wrap(WRAP_TLS_CRYPT, 0, 1, (uint32_t)NOW_S);
    is_int((int64_t)b.len, 54, "a tls-crypt client reset has 54 bytes, like tls-auth with SHA256");
    is_learnt(WRAP_TLS_CRYPT, 0, "and still");
    packet(7, 0, CLIENT, NULL, 0, NULL, 0);
    wrap(WRAP_TLS_CRYPT, 0, 0x0f000001, (uint32_t)NOW_S - 5 * 365 * 86400);
    is_learnt(WRAP_TLS_CRYPT, 0, "early negotiation with a clock that is off");

    /* What is no OpenVPN: a DNS query whose id looks like an opcode. */
    b.len = 0;
    build_hex(&b, "38120100000100000000000003777777076578616d706c6503636f6d0000010001");
    ok(!openvpn_learn(bytes_of(b.p, b.len), NOW_S, &w), "a DNS query is not claimed");
    packet(5, 0, CLIENT, ACKS(1), -1, NULL, 0);
    ok(!openvpn_learn(bytes_of(b.p, b.len), NOW_S, &w), "nor is a lone acknowledgement");
}

/* -- the window ------------------------------------------------------------------------------------ */

/*
 * A DNS message whose id, length and first label look like a reset under tls-crypt: 66 bytes, a
 * "replay id" of 5 and the time "_lda".
 */
static void dns(void)
{
    static const char question[] = "\5_ldap\4_tcp\3CLT\6_sites\2dc\6_msdcs\4corp\7example\3com";
    struct openvpn_wrapping w;
    unsigned answer;

    for (answer = 0; answer < 2; answer++) {
        b.len = 0;
        build_be16(&b, 0x10c7);
        build_be16(&b, answer ? 0x8183 : 0x0100);
        build_be16(&b, 1);
        build_zeros(&b, 6);
        build_add(&b, question, sizeof(question));
        build_be32(&b, 0x00210001); /* SRV, IN */
        is_int((int64_t)b.len, 66, "a DNS message as long as a server's reset");
        ok(!openvpn_learn(bytes_of(b.p, b.len), NOW_S, &w), "a DNS %s is no reset",
           answer ? "answer" : "query");
    }
}

static void feed(struct dissect_test *t, unsigned from, int64_t ms)
{
    struct dissect_ctx ctx;
    struct guard g = guard_new(b.p, b.len);

    dissect_step(t, ms * 1000000);
    t->frame_no++;
    t->packet.l4 = 17;
    t->from = from;
    ctx = dissect_context(t, from, t->state);
    t->last = t->dissector->packet(&ctx, bytes_of(g.p, b.len));
    guard_free(&g);
}

static void start(struct dissect_test *t)
{
    dissect_start(t, "openvpn");
    t->ns = NOW_S * INT64_C(1000000000);
    packet(7, 0, CLIENT, NULL, 0, NULL, 0);
    feed(t, 0, 0);
    packet(8, 0, SERVER, ACKS(0), 0, NULL, 0);
    feed(t, 1, 1);
    packet(4, 0, CLIENT, ACKS(0), 1, "\x16\3\1\0\5hello", 10);
    feed(t, 0, 1);
}

static void ack(struct dissect_test *t, unsigned from, int id)
{
    packet(5, 0, from ? SERVER : CLIENT, ACKS(id), -1, NULL, 0);
    feed(t, from, 1);
}

static void control(struct dissect_test *t, unsigned from, int id, int64_t ms)
{
    packet(4, 0, from ? SERVER : CLIENT, NULL, id, "\x16\3\3\0\5world", 10);
    feed(t, from, ms);
}

static void stall(void)
{
    struct dissect_test t;
    int id;

    start(&t);
    ack(&t, 1, 1);
    for (id = 1; id <= 4; id++)
        control(&t, 1, id, 1);
    for (id = 2; id <= 4; id++) /* 1 stays open, the rest is acknowledged */
        ack(&t, 0, id);
    control(&t, 1, 1, 2000);
    control(&t, 1, 1, 4000);
    control(&t, 1, 1, 8000);
    dissect_end(&t);
    ok(dissect_has(&t, "openvpn_stall", "side=server packet_id=1 window=4 resent=3 above_acked=3"),
       "an id that stays open holds a window of four");
    ok(dissect_has(&t, "openvpn_negotiation", "outcome=unfinished client=a wrap=none b_resent=3"),
       "the negotiation is not finished");
    is_int(t.count[COUNT_OPENVPN], (int64_t)t.frame_no, "every packet counts");
    ok(t.n_carried >= 4, "TLS goes on in order");
    str_free(&t.rows);

    start(&t);
    for (id = 1; id <= 4; id++)
        control(&t, 1, id, 1);
    for (id = 2; id <= 4; id++)
        ack(&t, 0, id);
    control(&t, 1, 1, 2000);
    ack(&t, 0, 1);
    control(&t, 1, 5, 10);
    dissect_end(&t);
    ok(dissect_has(&t, "openvpn_stall", "packet_id=1 recovered=1 window=4"), "it may recover");
    str_free(&t.rows);

    start(&t);
    for (id = 1; id <= 4; id++)
        control(&t, 1, id, 1);
    for (id = 1; id <= 4; id++)
        ack(&t, 0, id);
    control(&t, 1, 1, 2000); /* our acknowledgement did not get there */
    ack(&t, 0, 1);
    control(&t, 1, 1, 4000);
    dissect_end(&t);
    ok(dissect_has(&t, "openvpn_stall", "packet_id=1 after_ack=2 n_acks=2 window=4"),
       "seen from the receiver: resent although acknowledged");
    str_free(&t.rows);

    start(&t);
    for (id = 1; id <= 8; id++) {
        control(&t, 1, id, 1);
        ack(&t, 0, id);
    }
    dissect_end(&t);
    ok(!strstr(dissect_rows(&t), "openvpn_stall"), "a quick exchange has no stall");
    str_free(&t.rows);
}

static void order(void)
{
    struct dissect_test t;
    unsigned carried;

    start(&t);
    carried = t.n_carried;
    control(&t, 1, 2, 1);
    is_int(t.n_carried, carried, "a piece ahead of its turn waits");
    control(&t, 1, 1, 1);
    is_int(t.n_carried, carried + 2, "and comes right after the one it waited for");
    control(&t, 1, 1, 1);
    is_int(t.n_carried, carried + 2, "a resent piece is not given twice");
    dissect_end(&t);
    str_free(&t.rows);
}

static void data(struct dissect_test *t, unsigned from, int64_t ms)
{
    b.len = 0;
    build_hex(&b, "48000000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    feed(t, from, ms);
}

static void sessions(void)
{
    struct dissect_test t;

    start(&t);
    data(&t, 0, 10);
    data(&t, 1, 10);
    data(&t, 0, 10);
    data(&t, 0, 5000);
    data(&t, 0, 5000);
    packet(7, 0, 0x3333333333333333u, NULL, 0, NULL, 0);
    feed(&t, 0, 5000);
    dissect_end(&t);
    ok(dissect_has(&t, "openvpn_negotiation", "negotiation=1 outcome=done"), "data both ways: done");
    ok(dissect_has(&t, "openvpn_session", "a_since=3 restart_frame=9"),
       "a reset with a new session id ends a tunnel that was up");
    ok(dissect_has(&t, "openvpn_negotiation", "negotiation=2 outcome=unfinished"),
       "and starts a negotiation");
    str_free(&t.rows);

    /* Dynamic tls-crypt: key id 1 is wrapped although key id 0 was plain. */
    start(&t);
    data(&t, 0, 10);
    data(&t, 1, 10);
    packet(3, 1, SERVER, NULL, 0, NULL, 0);
    wrap(WRAP_TLS_CRYPT, 0, 1, (uint32_t)NOW_S);
    feed(&t, 1, 1000);
    dissect_end(&t);
    ok(dissect_has(&t, "openvpn_negotiation", "key_id=1 encrypted=1 wrap=tls-crypt started_by=b"),
       "a renegotiation is wrapped otherwise");
    str_free(&t.rows);
}

static void tls(struct dissect_test *t, unsigned from, int id, const char *head, size_t len)
{
    uint8_t text[1024] = { 0 };

    memcpy(text, head, 6);
    packet(4, 0, from ? SERVER : CLIENT, NULL, id, (const char *)text, len);
    feed(t, from, 1);
}

#define HELLO "\x16\3\1\0\5\1"
#define DATA  "\x17\3\3\0\5\0"

static void completion(void)
{
    struct dissect_test t;

    start(&t);
    tls(&t, 1, 1, DATA, 900);
    tls(&t, 0, 2, DATA, 600);
    tls(&t, 1, 2, DATA, 300);
    dissect_end(&t);
    ok(dissect_has(&t, "openvpn_negotiation", "agreed_frame=6 waiting=0 went_on_frame=3"),
       "the server's answer in the key exchange");
    ok(!strstr(dissect_rows(&t), "own_data_frame="), "  no data was sent");
    str_free(&t.rows);

    start(&t);
    tls(&t, 1, 1, DATA, 900);
    tls(&t, 0, 2, DATA, 600);
    tls(&t, 1, 2, DATA, 24);
    control(&t, 1, 2, 2000);
    dissect_end(&t);
    ok(!strstr(dissect_rows(&t), "agreed_frame="), "an alert is none");
    ok(dissect_has(&t, "openvpn_negotiation", "waiting=1"), "  resent in vain");
    str_free(&t.rows);

    start(&t);
    tls(&t, 1, 1, DATA, 100);
    tls(&t, 0, 2, HELLO, 300);
    tls(&t, 1, 2, DATA, 900);
    dissect_end(&t);
    ok(!strstr(dissect_rows(&t), "agreed_frame="), "HelloRetryRequest: the flight comes later");
    str_free(&t.rows);

    dissect_start(&t, "openvpn");
    t.ns = NOW_S * INT64_C(1000000000);
    packet(7, 0, CLIENT, NULL, 0, NULL, 0);
    feed(&t, 0, 0);
    feed(&t, 0, 2000);
    ack(&t, 0, 0);
    data(&t, 0, 10);
    dissect_end(&t);
    ok(dissect_has(&t, "openvpn_negotiation", "resets=2 went_on_frame=3 own_data_frame=4"),
       "one direction: the client went on, so it was answered");
    ok(!strstr(dissect_rows(&t), "answer_frame="), "  but not here");
    str_free(&t.rows);
}

static void waits(void)
{
    struct dissect_test t;

    start(&t);
    data(&t, 0, 10);
    data(&t, 1, 10);
    data(&t, 1, 1000);
    data(&t, 1, 1000);
    data(&t, 0, 58000);
    data(&t, 1, 1000);
    data(&t, 0, 20000);
    data(&t, 1, 300000);
    data(&t, 1, 1000);
    dissect_end(&t);
    ok(dissect_has(&t, "openvpn_session", "a_rhythm_ns=20000000000 a_peer_id=0 b_since=2"),
       "the longest but one that the server waited");
    ok(dissect_has(&t, "openvpn_session", "a_gap_ns=21000000000 b_gap_ns=59000000000"),
       "and the longest but one between two packets of an end");
    ok(dissect_has(&t, "openvpn_session", "b_since_gap_ns=1000000000"),
       "and the longest while the other end was silent");
    str_free(&t.rows);

    start(&t);
    data(&t, 0, 10);
    data(&t, 1, 10);
    data(&t, 0, 1000);
    data(&t, 0, 1000);
    t.tcp.end[1].next_known = true;
    t.tcp.end[1].next_ns = t.ns - 500000000;
    dissect_end(&t);
    ok(dissect_has(&t, "openvpn_session", "a_since=0"), "over TCP: bytes that were not read");
    ok(!strstr(dissect_rows(&t), "b_gap_ns"), "once is no rhythm");
    str_free(&t.rows);

    start(&t);
    data(&t, 0, 10);
    data(&t, 1, 10);
    data(&t, 0, 1000);
    data(&t, 0, 1000);
    t.tcp.end[0].unseen_frame = t.frame_no;
    dissect_end(&t);
    ok(dissect_has(&t, "openvpn_session", "a_since=0"), "  or not captured");
    str_free(&t.rows);
}

/* The opening of a tunnel over TCP, every way to cut it in two. */
static void stream(void)
{
    struct build all = { 0 };
    struct dissect_test t;
    size_t cut;
    bool same = true;

    packet(7, 0, CLIENT, NULL, 0, NULL, 0);
    build_be16(&all, (unsigned)b.len);
    build_add(&all, b.p, b.len);
    packet(4, 0, CLIENT, NULL, 1, "\x16\3\1\0\5hello", 10);
    build_be16(&all, (unsigned)b.len);
    build_add(&all, b.p, b.len);
    for (cut = 0; cut <= all.len; cut++) {
        dissect_start(&t, "openvpn");
        t.ns = NOW_S * INT64_C(1000000000);
        t.packet.l4 = 6;
        dissect_feed(&t, 0, all.p, cut);
        dissect_feed(&t, 0, all.p + cut, all.len - cut);
        same = same && t.count[COUNT_OPENVPN] == 2 && t.n_carried == 1;
        dissect_end(&t);
        str_free(&t.rows);
    }
    ok(same, "over TCP, cut anywhere");
    build_free(&all);
}

/* Every packet cut at every byte, flush against an unreadable page. */
static void cuts(void)
{
    struct dissect_test t;
    struct build whole = { 0 };
    size_t cut;

    packet(4, 0, SERVER, ACKS(1, 2, 3), 9, "\x16\3\3\0\5world", 10);
    build_add(&whole, b.p, b.len);
    start(&t);
    for (cut = 0; cut < whole.len; cut++) {
        b.len = 0;
        build_add(&b, whole.p, cut);
        feed(&t, 1, 1);
    }
    dissect_end(&t);
    ok(true, "cut at every byte");
    str_free(&t.rows);
    build_free(&whole);
}

int main(void)
{
    wrappings();
    dns();
    stall();
    order();
    sessions();
    completion();
    waits();
    stream();
    cuts();
    build_free(&b);
    return tap_done();
}
