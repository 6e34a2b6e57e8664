/* test_pipeline: generated captures through ingest into a case; the rows, by SQL. */
#include "config.h"

#include "ingest/ingest.h"
#include "support/build.h"
#include "support/case.h"
#include "support/pipe.h"
#include "tests/unit/dissectors/dtls_bytes.h"
#include "tests/unit/dissectors/quic_vectors.h"

static struct store *s;
static struct build file, f;
static uint64_t now_us;
static const char *client = "192.0.2.1", *server = "198.51.100.2";
static unsigned interface_no;

static void start(void)
{
    build_free(&file);
    now_us = 1795248000000000;
    pcapng_section(&file, false, NULL);
    pcapng_interface(&file, false, 1, 6, "wlan0");
    pcapng_interface(&file, false, 1, 6, "eth0");
}

/* The frame in `f`, `ms` after the one before, `cap` bytes of it captured. */
static void put(double ms, size_t cap, const char *comment)
{
    now_us += (uint64_t)(ms * 1000);
    pcapng_packet(&file, false, interface_no, now_us, f.p, cap < f.len ? cap : f.len, f.len,
                  comment);
}

static unsigned ip_id;

static void seg(unsigned from, double ms, unsigned flags, uint32_t seq, uint32_t ack,
                const void *payload, size_t len)
{
    struct tcp_spec t = { .src = from ? server : client,
                          .dst = from ? client : server,
                          .src_port = from ? 1883 : 40000,
                          .dst_port = from ? 40000 : 1883,
                          .seq = seq,
                          .ack = ack,
                          .flags = flags,
                          .payload = payload,
                          .payload_len = len };

    frame_tcp(&f, &t);
    build_put_be16(&f, 14 + 4, ++ip_id);
    put(ms, SIZE_MAX, NULL);
}

static uint32_t read_file(const char *name, struct source *out)
{
    char path[128];
    const char *paths[1];
    const uint32_t bundle = 1;
    struct ingest_options o = { 0 };
    struct err err = { 0 };
    uint32_t id = 0;
    FILE *h = fopen(case_path(name, path), "wb");

    if (h) {
        fwrite(file.p, 1, file.len, h);
        fclose(h);
    }
    paths[0] = path;
    if (store_register(s, paths, &bundle, 1, &id, &err) ||
        ingest_source(s, id, false, &o, out, &err))
        printf("# %s\n", err.msg);
    return id;
}

/* A number; "?" in the SQL is the source. */
static int64_t ask(uint32_t id, const char *sql)
{
    char text[1024];
    size_t n = 0;

    for (; *sql && n < sizeof(text) - 16; sql++)
        n += (size_t)(*sql == '?' ? snprintf(text + n, 16, "%u", id)
                                  : snprintf(text + n, 2, "%c", *sql));
    text[n] = '\0';
    return sql_number(store_db(s), text, -1);
}

#define CONNECT     "\x10\x1b\0\4MQTT\4\302\0\x3c\0\4dev1\0\1u\0\6secret"
#define CONNECT_LEN 29

static void set_up(void)
{
    seg(0, 10, 0x02, 6510, 0, NULL, 0);
    seg(1, 10, 0x12, 9000, 6511, NULL, 0);
    seg(0, 1, 0x10, 6511, 9001, NULL, 0);
}

static void session(void)
{
    struct source src;
    uint32_t id;

    start();
    set_up();
    seg(0, 1, 0x18, 6511, 9001, CONNECT, CONNECT_LEN);
    seg(1, 10, 0x18, 9001, 6511 + CONNECT_LEN, "\x20\2\0\0", 4);
    seg(0, 1, 0x10, 6540, 9005, NULL, 0);
    put(0.5, SIZE_MAX, NULL); /* the same frame again */
    interface_no = 1;
    put(0.5, SIZE_MAX, "seen on eth0"); /* and on the other interface */
    interface_no = 0;
    seg(0, 60000, 0x18, 6540, 9005, "\xc0\0", 2);
    seg(0, 500, 0x18, 6540, 9005, "\xc0\0", 2);
    seg(0, 1000, 0x18, 6540, 9005, "\xc0\0", 2);
    seg(0, 20000, 0x18, 6540, 9005, "\xc0\0", 2);
    frame_udp(&f, client, 5000, server, 53, "query", 5);
    put(1, SIZE_MAX, NULL);
    id = read_file("session.pcapng", &src);
    is_int(src.status, SOURCE_COMPLETE, "a capture");
    ok(src.packets == 13 && src.counts.tcp == 12 && src.counts.udp == 1 &&
           src.counts.tcp_syn == 1 && src.counts.mqtt == 3,
       "its frames are counted, MQTT by message and not by resend");
    is_int(ask(id, "SELECT count(*) FROM packet WHERE source = ?"), 13, "one index row per frame");
    is_int(ask(id, "SELECT count(*) FROM flow WHERE source = ?"), 2, "two conversations");
    is_int(ask(id, "SELECT copies FROM flow WHERE source = ? AND proto = 'tcp'"), 2,
           "copies on one interface and on two");
    is_int(ask(id, "SELECT a_frames + b_frames FROM flow WHERE source = ? AND proto = 'tcp'"), 10,
           "  are not counted as sent");
    is_int(ask(id, "SELECT count(*) FROM packet WHERE source = ? AND marks & 65536"), 2,
           "  and are marked");
    is_int(ask(id, "SELECT outstanding FROM flow WHERE source = ? AND proto = 'tcp'"), 1,
           "a ping is outstanding");
    is_int(ask(id,
               "SELECT count(*) FROM flow WHERE source = ? AND app = 'MQTT' AND "
               "app_by = 'content' AND a = '192.0.2.1' AND b_port = 1883 AND a_opened AND set_up"),
           1, "the flow's row");
    is_int(ask(id, "SELECT resent FROM tcp_waiting WHERE source = ? AND answer_frame IS NULL"), 3,
           "data resent three times, never answered");
    is_int(ask(id, "SELECT count(*) FROM mqtt_connect WHERE source = ? AND client_id = 'dev1' AND "
                   "has_password AND connect_frame = 4"),
           1, "CONNECT");
    is_int(ask(id, "SELECT count(*) FROM exhibit WHERE source = ? AND frame = 4 AND masked = 1"), 1,
           "its frame is kept, masked");
    is_int(ask(id, "SELECT instr(bytes, 'dev1') > 0 FROM exhibit WHERE source = ? AND frame = 4"),
           1, "  the client id stays");
    is_int(ask(id, "SELECT count(*) FROM exhibit WHERE source = ? AND instr(bytes, 'secret')"), 0,
           "  the password does not");
    is_int(ask(id,
               "SELECT count(*) FROM comment WHERE source = ? AND of = 'frame' AND frame = 8 AND "
               "text = 'seen on eth0'"),
           1, "a comment");
    is_int(ask(id, "SELECT count(*) FROM interface WHERE source = ?"), 2, "two interfaces");
}

static void secrets(void)
{
    struct source src;
    uint32_t id;

    start();
    server = "198.51.100.3";
    set_up();
    seg(0, 1, 0x18, 6511, 9001, CONNECT, 26);
    seg(0, 1, 0x18, 6511 + 26, 9001, &CONNECT[26], 3);
    id = read_file("split.pcapng", &src);
    is_int(ask(id, "SELECT count(*) FROM mqtt_connect WHERE source = ? AND connect_frame = 5"), 1,
           "a CONNECT over two segments");
    is_int(ask(id, "SELECT count(*) FROM exhibit WHERE source = ? AND (instr(bytes, 'sec') OR "
                   "instr(bytes, 'ret'))"),
           0, "  neither half of the password is kept");

    start();
    server = "198.51.100.6";
    set_up();
    seg(0, 1, 0x18, 6511, 9001, CONNECT, CONNECT_LEN);
    interface_no = 1;
    put(0.1, SIZE_MAX, NULL);
    interface_no = 0;
    seg(0, 500, 0x18, 6511, 9001, CONNECT, CONNECT_LEN);
    seg(0, 1000, 0x18, 6511 + 20, 9001, &CONNECT[20], 9);
    seg(0, 2000, 0x18, 6511, 9001, CONNECT, CONNECT_LEN);
    id = read_file("resent.pcapng", &src);
    is_int(
        ask(id, "SELECT count(*) FROM exhibit WHERE source = ? AND frame IN (4, 6, 8) AND masked"),
        3, "a CONNECT and its resends");
    is_int(ask(id, "SELECT count(*) FROM exhibit WHERE source = ? AND instr(bytes, 'secret')"), 0,
           "  the password is in none of them");

    /* Resent, so that a fact cites it; but the snap length cut it. */
    start();
    server = "198.51.100.4";
    set_up();
    for (int i = 0; i < 3; i++) {
        struct tcp_spec t = { .src = client,
                              .dst = server,
                              .src_port = 40000,
                              .dst_port = 1883,
                              .seq = 6511,
                              .ack = 9001,
                              .flags = 0x18,
                              .payload = CONNECT,
                              .payload_len = CONNECT_LEN };

        frame_tcp(&f, &t);
        build_put_be16(&f, 14 + 4, ++ip_id);
        put(500 << i, 14 + 40 + 27, NULL);
    }
    id = read_file("snapped.pcapng", &src);
    is_int(ask(id, "SELECT count(*) FROM tcp_waiting WHERE source = ? AND sent_frame = 4"), 1,
           "a snapped CONNECT is cited");
    is_int(ask(id, "SELECT count(*) FROM exhibit WHERE source = ? AND frame IN (4, 5, 6)"), 3,
           "  and its resends are");
    is_int(ask(id, "SELECT count(*) FROM exhibit WHERE source = ? AND instr(bytes, 'secr')"), 0,
           "  nothing of the password is kept, in none of them");
    is_int(ask(id, "SELECT count(*) FROM mqtt_connect WHERE source = ?"), 0,
           "  no CONNECT was read");
    server = "198.51.100.2";
}

static void reuse(void)
{
    struct source src;
    uint32_t id;

    start();
    set_up();
    seg(0, 1, 0x18, 6511, 9001, CONNECT, CONNECT_LEN);
    seg(1, 10, 0x18, 9001, 6540, "\x20\2\0\0", 4);
    seg(0, 1, 0x10, 6540, 9005, NULL, 0);
    seg(0, 9000, 0x02, 6510, 0, NULL, 0);
    seg(1, 10, 0x10, 9005, 6540, NULL, 0);
    seg(0, 0.1, 0x14, 6540, 9005, NULL, 0);
    seg(0, 0.1, 0x02, 6510, 0, NULL, 0);
    seg(1, 10, 0x12, 777000, 6511, NULL, 0);
    seg(0, 1, 0x10, 6511, 777001, NULL, 0);
    seg(0, 1, 0x18, 6511, 777001, CONNECT, CONNECT_LEN);
    seg(1, 10, 0x10, 777001, 6540, NULL, 0);
    id = read_file("reuse.pcapng", &src);
    is_int(ask(id, "SELECT count(*) FROM flow WHERE source = ?"), 2, "reboot: two lives");
    is_int(ask(id, "SELECT count(*) FROM tcp_attempt WHERE source = ? AND syn_frame = 7 AND "
                   "challenge_frame = 8 AND challenge_exact AND rst_frame = 9 AND rst_exact AND "
                   "retry_frame = 10 AND synack_frame = 11 AND new_flow = 2 AND isn_delta = 0"),
           1, "  the attempt between them");
    is_int(ask(id, "SELECT count(*) FROM mqtt_connect WHERE source = ?"), 2,
           "  a CONNECT in each, although the numbers are the same");
    is_int(
        ask(id, "SELECT count(*) FROM flow WHERE source = ? AND id = 1 AND \"end\" = 'replaced'"),
        1, "  the first was replaced");
}

/* A SYN/ACK sent again late, and a blind SYN, must not disturb the stream. */
static void streams(void)
{
    struct source src;
    uint32_t id;

    start();
    server = "198.51.100.5";
    set_up();
    seg(0, 1, 0x18, 6511, 9001, CONNECT, CONNECT_LEN);
    seg(1, 10, 0x18, 9001, 6540, "\x20\2\0\0", 4);
    seg(1, 1, 0x12, 9000, 6511, NULL, 0);
    seg(0, 1, 0x02, 123456, 0, NULL, 0);
    seg(1, 1, 0x10, 9005, 6540, NULL, 0);
    seg(0, 1000, 0x18, 6540, 9005, "\xc0\0", 2);
    seg(1, 10, 0x18, 9005, 6542, "\xd0\0", 2);
    seg(0, 1, 0x10, 6542, 9007, NULL, 0);
    id = read_file("blind.pcapng", &src);
    is_int(ask(id, "SELECT count(*) FROM mqtt_session WHERE source = ? AND pings = 1 AND "
                   "answered = 1 AND connack_frame = 5"),
           1, "a SYN/ACK again and a blind SYN leave the streams as they are");
    is_int(ask(id, "SELECT count(*) FROM tcp_attempt WHERE source = ?"), 0, "  and no attempt");
    is_int(ask(id, "SELECT outstanding FROM flow WHERE source = ?"), 0, "  nothing is outstanding");
    server = "198.51.100.2";
}

/* What a UDP flow is for may show late: STUN first, or the end of an earlier connection. */
static void late(void)
{
    struct build body = { 0 }, d = { 0 };
    struct source src;
    unsigned i;
    uint32_t id;

    start();
    for (i = 0; i < 100; i++) {
        build_hex(&d, "0001 0000 2112a442 000102030405060708090a0b");
        frame_udp(&f, client, 5000, server, 6000, d.p, d.len);
        put(1, SIZE_MAX, NULL);
        frame_udp(&f, client, 5001, server, 443, "\x40 a short header", 16);
        put(1, SIZE_MAX, NULL);
        d.len = 0;
    }
    dtls_client_body(&body, RANDOM_A, "", "");
    dtls_datagram(&d, 1, 0, 0, &body);
    frame_udp(&f, client, 5000, server, 6000, d.p, d.len);
    put(1, SIZE_MAX, NULL);
    d.len = 0;
    build_hex(&d, VECTOR_CLIENT_V1);
    frame_udp(&f, client, 5001, server, 443, d.p, d.len);
    put(1, SIZE_MAX, NULL);
    id = read_file("late.pcapng", &src);
    is_int(ask(id, "SELECT count(*) FROM tls_client_hello WHERE source = ? AND "
                   "(frame, carrier) IN ((201, 'dtls'), (202, 'quic'))"),
           2, "hellos of DTLS and QUIC behind a hundred other datagrams");
    is_int(ask(id, "SELECT count(*) FROM flow WHERE source = ? AND app_by = 'content' AND "
                   "app IN ('DTLS', 'QUIC')"),
           2, "  their flows have a name");
    build_free(&body);
    build_free(&d);
}

static void statuses(void)
{
    struct source src;
    uint32_t id, again;
    struct err err = { 0 };
    struct ingest_options o = { 0 };

    start();
    set_up();
    seg(0, 1, 0x18, 6511, 9001, "other", 5);
    id = read_file("known.pcapng", &src);
    is_int(src.status, SOURCE_COMPLETE, "a source");
    sql_exec(store_db(s), "UPDATE source SET packets = 99 WHERE name LIKE '%known.pcapng'", &err);
    again = read_file("known.pcapng", &src);
    ok(again == id && src.packets == 99, "known: not read again");
    o.again = true;
    ingest_source(s, id, false, &o, &src, &err);
    ok(src.packets == 4, "unless it is asked for");
    read_file("twin.pcapng", &src);
    is_int(src.status, SOURCE_SKIPPED, "the same content under another path is skipped");
    ok(src.reason && strncmp(src.reason, "same as ", 8) == 0, "  and says why");
    seg(0, 1, 0x18, 6516, 9001, "more", 4);
    file.len -= 7;
    id = read_file("cut.pcapng", &src);
    is_int(src.status, SOURCE_PARTIAL, "a cut file is partial");
    is_int(ask(id, "SELECT count(*) FROM packet WHERE source = ?"), 4, "  with what was whole");
    ok(src.reason && src.stopped_at < file.len, "  and says where");
    file.len = 0;
    read_file("empty.pcapng", &src);
    is_int(src.status, SOURCE_UNREADABLE, "an empty file is unreadable");
    build_add(&file, "hello, world, not a capture at all", 34);
    read_file("text.txt", &src);
    is_int(src.status, SOURCE_UNREADABLE, "so is one that is no capture");
    file.len = 0;
    build_add(&file, "CLIENT_RANDOM ", 14);
    for (int i = 0; i < 32; i++)
        build_add(&file, "ab", 2);
    build_add(&file, " 0011\nrubbish\n", 14);
    id = read_file("keys.log", &src);
    ok(src.kind == SOURCE_KEYLOG || src.status == SOURCE_UNREADABLE, "a key log with a bad line");
}

int main(void)
{
    static const struct fact_kind *kinds[PIPE_KINDS_MAX + 1];
    struct err err = { 0 };
    char path[128];

    kinds[ingest_fact_kinds(kinds, PIPE_KINDS_MAX)] = NULL;
    if (store_open(case_path("case.db", path), STORE_WRITE, kinds, &s, &err)) {
        printf("Bail out! %s\n", err.msg);
        return 1;
    }
    session();
    secrets();
    reuse();
    streams();
    late();
    statuses();
    store_close(s);
    build_free(&file);
    build_free(&f);
    case_end();
    return tap_done();
}
