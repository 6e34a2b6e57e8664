/* ladder: rows of samples as text; long flows, backwards, without the capture. */
#include "config.h"

#include "support/build.h"
#include "support/rows.h"

static void is_rows(struct store *s, uint32_t source, uint32_t flow, uint64_t from, uint64_t to,
                    bool details, const char *want, const char *what)
{
    char *got = rows_of(s, source, flow, from, to, details);

    is_str(got, want, what);
    free(got);
}

static struct ladder *open_ladder(struct store *s, struct frame_reader *r, uint32_t source,
                                  uint32_t flow)
{
    struct err err = { 0 };
    struct ladder *l = ladder_open(s, r, source, flow, &err);

    if (!l) {
        printf("Bail out! %s\n", err.msg);
        exit(1);
    }
    return l;
}

/* -- a device that reboots --------------------------------------------------------------------- */

static const char reboot_rows[] =
    "22 <- PSH ACK 43 bytes, TLS application data | ESTABLISHED | ESTABLISHED\n"
    "23 -> ACK | ESTABLISHED | ESTABLISHED (cited)\n"
    "24 -> SYN seq 6509 | SYN-SENT | ESTABLISHED (SYN on a live connection, cited)\n"
    "25 <- ACK seq 3365065683 ack 7007 | SYN-SENT | ESTABLISHED (duplicate ACK, challenge ACK, "
    "cited)\n"
    "26 -> RST ACK seq 7007 ack 3365065683 | SYN-SENT | CLOSED (reset) (resets the other end, "
    "cited)\n"
    "27 -> SYN seq 6509 | SYN-SENT | CLOSED (reset) (SYN on a live connection, cited)\n";

/* Behind the loss: the device gives up, the broker never learns of it. */
static const char zombie_rows[] =
    "28 <- SYN ACK seq 3662821760 ack 6510 | SYN-SENT | SYN-RECEIVED [SYN ACK unanswered for 2 "
    "\xc2\xb5s, window 64240] (cited)\n";
static const char lost_rows[] =
    "48 -> PSH ACK 31 bytes, TLS application data, PINGREQ, never answered (by size) | "
    "ESTABLISHED [31 bytes in flight, window 5174, ping sent (by record size)] | ESTABLISHED "
    "[window 63958] (lost, cited)\n"
    "49 -> PSH ACK 31 bytes, TLS application data | ESTABLISHED [31 bytes unanswered for 2.5 s, "
    "sent 2 times, window 5174, ping waits 2.5 s (by record size)] | ESTABLISHED [window 63958] "
    "(lost, resent, cited)\n"
    "50 -> FIN ACK seq 7007 | FIN-WAIT-1 [31 bytes and FIN unanswered for 6.0 s, sent 2 times, "
    "window 5174, ping waits 6.0 s (by record size)] | ESTABLISHED [window 63958] (lost, cited)\n";

static void test_zombie(void)
{
    struct store *s = rows_analyze("zombie", "lwip-reboot/zombie");
    struct frame_reader *r = frame_reader_new(s, false);
    struct ladder *l = open_ladder(s, r, 2, 2);
    const struct ladder_head *h = ladder_head(l);
    struct ladder_row row;
    struct err err = { 0 };
    uint64_t index = 0;
    bool exact;

    is_str(h->end[0], "10.66.0.2:58311", "the name of a");
    is_str(h->end[1], "10.77.0.2:8883", "the name of b");
    is_int(h->life, 2, "the second life");
    is_int((int64_t)h->opened_frame, 27, "its SYN is a frame of the first life");
    is_int(h->other_source, 3, "the other vantage");
    is_int((int64_t)h->n_lost[0], 11, "frames that never got there");
    is_int(h->near[0], 2, "this capture is nearer to a");
    is_int(h->near[1], 3, "the other one to b");
    is_int((int64_t)ladder_len(l, &exact), 41, "as many rows as frames");
    ok(!exact, "the end was not read yet");
    is_int(ladder_row(l, 41, &row, &err), 0, "no row 41");
    ladder_len(l, &exact);
    ok(exact, "now the end is known");
    is_int(ladder_find(l, 48, &index, &err), 1, "frame 48 is found");
    is_int((int64_t)index, 20, "at its index");
    is_int(ladder_find(l, 94, &index, &err), 0, "frame 94 is none of this flow");
    is_int(ladder_next(l, 20, -1, LADDER_CITED, &index, &err), 1, "a cited row before it");
    is_int((int64_t)index, 18, "is this one");
    is_int(ladder_row(l, 20, &row, &err), 1, "row 20");
    ok(row.n_cites >= 1 && row.cites[0].what[0], "says what it proves: %s", row.cites[0].what);
    is_int((int64_t)row.other_frame, 0, "a lost frame has no twin");
    is_int(ladder_row(l, 24, &row, &err), 1, "row 24 is frame 66");
    is_int((int64_t)row.other_frame, 63, "which is frame 63 there");
    ok(row.other_ns - row.time_ns < 1000000 && row.time_ns - row.other_ns < 1000000,
       "at nearly the same time");
    ladder_close(l);
    is_rows(s, 2, 1, 21, 30, false, reboot_rows, "the first life ends with the attempt");
    is_rows(s, 2, 2, 0, 1, true, zombie_rows, "the second life begins with SYN-SENT");
    is_rows(s, 2, 2, 20, 23, true, lost_rows, "what was lost is believed by its sender only");
    ok(!ladder_open(s, r, 2, 99, &err) && err.code == ERR_USAGE, "there is no flow 99");
    frame_reader_free(r);
    store_close(s);
}

/* -- PPPoE: the Configure-Ack is lost ---------------------------------------------------------- */

static const char ack_lost_rows[] =
    "17 -> IPCP Configure-Ack id 1 | LCP Opened, IPCP Ack-Sent, IPV6CP Ack-Rcvd | LCP IPV6CP "
    "Opened, IPCP Req-Sent [IPCP request id 1 unanswered for 259 \xc2\xb5s] (lost, cited)\n"
    "18 -> IPV6CP Configure-Ack id 1 | LCP IPV6CP Opened, IPCP Ack-Sent | LCP IPV6CP Opened, IPCP "
    "Req-Sent [IPCP request id 1 unanswered for 265 \xc2\xb5s]\n"
    "19 -> IPCP Configure-Request id 2 | LCP IPV6CP Opened, IPCP Ack-Sent [IPCP request id 2 in "
    "flight] | LCP IPV6CP Opened, IPCP Req-Sent [IPCP request id 1 unanswered for 271 "
    "\xc2\xb5s]\n"
    "20 <- IPCP Configure-Ack id 2 | LCP IPCP IPV6CP Opened | LCP IPV6CP Opened, IPCP Ack-Sent "
    "[IPCP request id 1 unanswered for 393 \xc2\xb5s]\n"
    "27 <- IPCP Configure-Request id 1 | LCP IPV6CP Opened, IPCP Ack-Rcvd | LCP IPV6CP Opened, "
    "IPCP Ack-Sent [IPCP request id 1 unanswered for 3.0 s, sent 2 times] (resent, cited)\n";
static const char padt_rows[] = "195 -> LCP Terminate-Request id 2 | LCP Closing | LCP Closed\n"
                                "196 <- LCP Terminate-Ack id 2 | terminated | terminated\n"
                                "197 -> PPPoE PADT session 0x0a17 | terminated | terminated\n";

static void test_pppoe(void)
{
    struct store *s = rows_analyze("pppoe", "pppoe-tap/fault");

    is_rows(s, 2, 3, 13, 18, true, ack_lost_rows, "each end believes what reached it");
    is_rows(s, 2, 3, 71, 99, false, padt_rows, "and the end of the session");
    store_close(s);
}

/* -- OpenVPN: the window stands on id 8 -------------------------------------------------------- */

static const char stall_rows[] =
    "+24 -> P_ACK acks 8 | key 0 negotiating | window 1/4 on id 8 [id 8 unanswered for 9 "
    "\xc2\xb5s] (lost, only at the other vantage, cited)\n"
    "24 <- P_CONTROL id 9 | key 0 negotiating | window 2/4 on id 8 [id 8 unanswered for 167 "
    "\xc2\xb5s]\n";
static const char full_rows[] =
    "30 <- P_CONTROL id 8 | key 0 negotiating | window 4/4 on id 8 [id 8 unanswered for 6.1 s, "
    "sent 2 times] (resent)\n"
    "+32 -> P_ACK acks 8 | key 0 negotiating | window 4/4 on id 8 [id 8 unanswered for 6.1 s, sent "
    "2 times] (lost, only at the other vantage)\n";

static void test_openvpn(void)
{
    struct store *s = rows_analyze("stall", "openvpn-stall/acklost");

    is_rows(s, 3, 1, 23, 25, true, stall_rows, "the ACK of id 8 is a row of the other vantage");
    is_rows(s, 3, 1, 30, 32, true, full_rows, "the window is full");
    store_close(s);
}

/* -- captures that are gone -------------------------------------------------------------------- */

static const char gone_rows[] =
    "24 -> SYN | SYN-SENT | ESTABLISHED (SYN on a live connection, cited, bytes are gone)\n"
    "25 <- ACK | SYN-SENT | ESTABLISHED (duplicate ACK, challenge ACK, cited, bytes are gone)\n"
    "26 -> RST | SYN-SENT | ESTABLISHED (resets the other end, cited, bytes are gone)\n"
    "27 -> SYN | SYN-SENT | CLOSED (reset) (SYN on a live connection, cited, bytes are gone)\n";

/* The frames are known from the index, the facts, and what ingest wrote down of the states. */
static void test_gone(void)
{
    struct store *s = rows_analyze("gone", "lwip-reboot/zombie");
    char path[128];

    store_close(s);
    s = case_open(case_path("gone", path), STORE_WRITE);
    sql_exec(store_db(s), "UPDATE source SET path = 'gone.pcap' || id; DELETE FROM exhibit", NULL);
    is_rows(s, 2, 1, 23, 27, true, gone_rows, "what remains without bytes");
    store_close(s);
}

/* -- the same rows, whichever way one comes ---------------------------------------------------- */

static bool same_row(const struct ladder_row *a, const struct ladder_row *b)
{
    return a->index == b->index && a->source == b->source && a->frame_no == b->frame_no &&
           a->other_frame == b->other_frame && a->flags == b->flags && a->gap_ns == b->gap_ns &&
           strcmp(a->label, b->label) == 0 && strcmp(a->state[0], b->state[0]) == 0 &&
           strcmp(a->state[1], b->state[1]) == 0 && strcmp(a->detail[0], b->detail[0]) == 0 &&
           strcmp(a->detail[1], b->detail[1]) == 0;
}

/* Every `step`th row, from the last to the first, against a ladder that only went forwards. */
static void is_same_backwards(struct store *s, uint32_t source, uint32_t flow, uint64_t step,
                              const char *what)
{
    struct frame_reader *r = frame_reader_new(s, false), *q = frame_reader_new(s, false);
    struct ladder *forwards = open_ladder(s, r, source, flow);
    struct ladder *backwards = open_ladder(s, q, source, flow);
    struct ladder_row a, *rows = NULL;
    uint64_t n = 0, i, wrong = 0;
    struct err err = { 0 };

    while (ladder_row(forwards, n * step, &a, &err) == 1) {
        rows = realloc(rows, (n + 1) * sizeof(*rows));
        if (!rows)
            abort();
        rows[n++] = a;
    }
    for (i = n; i-- > 0;)
        wrong += ladder_row(backwards, i * step, &a, &err) != 1 || !same_row(&a, &rows[i]);
    ok(n > 0 && wrong == 0, "%s: %llu rows, %llu differ", what, (unsigned long long)n,
       (unsigned long long)wrong);
    free(rows);
    ladder_close(forwards);
    ladder_close(backwards);
    frame_reader_free(r);
    frame_reader_free(q);
}

/* -- a long flow, whose beginning was not captured --------------------------------------------- */

#define LONG_SEGMENTS 200000u

/* A pcap of one connection: a sends 100 bytes, b acknowledges, for ever. */
static void write_long(const char *path)
{
    static const uint8_t payload[100];
    struct build frame = { 0 }, record = { 0 };
    FILE *out = fopen(path, "w");
    uint32_t i;

    if (!out)
        abort();
    pcap_header(&record, false, false, 1);
    for (i = 0; i < LONG_SEGMENTS; i++) {
        bool b = i & 1;
        uint32_t seq = 1000 + i / 2 * 100;

        frame_tcp(&frame, &(struct tcp_spec){ .src = b ? "192.0.2.2" : "192.0.2.1",
                                              .dst = b ? "192.0.2.1" : "192.0.2.2",
                                              .src_port = b ? 443 : 40000,
                                              .dst_port = b ? 40000 : 443,
                                              .seq = b ? 7 : seq,
                                              .ack = b ? seq + 100 : 7,
                                              .flags = 0x10,
                                              .payload = payload,
                                              .payload_len = b ? 0 : sizeof(payload) });
        pcap_record(&record, false, 1700000000 + i / 1000, i % 1000 * 1000, frame.p, frame.len,
                    frame.len);
        if (fwrite(record.p, 1, record.len, out) != record.len)
            abort();
        record.len = 0;
    }
    fclose(out);
    build_free(&frame);
    build_free(&record);
}

static const char middle_rows[] =
    "1 -> ACK 100 bytes | ESTABLISHED [100 bytes in flight, window 64240 (unscaled)] | ?\n"
    "2 <- ACK | ESTABLISHED [window 64240 (unscaled)] | ESTABLISHED [window 64240 (unscaled)]\n";

static bool stop_soon(void *user, uint64_t done, uint64_t total)
{
    (void)done, (void)total;
    return ++*(int *)user > 5;
}

static void test_long(void)
{
    char path[128], command[512];
    struct frame_reader *r;
    struct ladder_row row;
    struct ladder *l;
    struct err err = { 0 };
    struct store *s;
    uint64_t index = 0;
    int calls = 0;
    struct watch w = { stop_soon, &calls };
    bool exact;

    write_long(case_path("long.pcap", path));
    snprintf(command, sizeof(command), "'%s' analyze -o '%s.case' '%s' >/dev/null 2>&1",
             getenv("DEADWIRE"), path, path);
    if (system(command) == -1)
        abort();
    s = case_open(case_path("long.pcap.case", path), STORE_READ);
    r = frame_reader_new(s, false);
    l = open_ladder(s, r, 1, 1);
    is_int((int64_t)ladder_len(l, &exact), LONG_SEGMENTS, "200000 rows");
    ladder_watch(l, &w);
    is_int(ladder_row(l, LONG_SEGMENTS - 1, &row, &err), ERR_STOPPED, "a key stops the reading");
    ladder_watch(l, NULL);
    is_int(ladder_row(l, LONG_SEGMENTS - 1, &row, &err), 1, "which then goes on to the last row");
    is_int((int64_t)row.frame_no, LONG_SEGMENTS, "frame 200000");
    is_int(ladder_row(l, LONG_SEGMENTS, &row, &err), 0, "behind it is none");
    is_int(ladder_find(l, 77777, &index, &err), 1, "a frame is found going back");
    is_int((int64_t)index, 77776, "at its index");
    ladder_close(l);
    frame_reader_free(r);
    is_rows(s, 1, 1, 0, 2, true, middle_rows, "what was not captured is not known");
    is_same_backwards(s, 1, 1, 1777, "a long flow backwards");
    store_close(s);
}

/* -- a case from a stranger -------------------------------------------------------------------- */

static const char *const hostile[] = {
    "UPDATE flow SET first_frame = -5, last_frame = 9223372036854775807, a_frames = "
    "9223372036854775807, b_frames = -1, first_ns = -9223372036854775807, a_port = -70000",
    "UPDATE flow SET proto = char(27) || '[2J', app = zeroblob(3000000)",
    "UPDATE tcp_life SET states = zeroblob(100000), syn_frame = -1",
    "UPDATE tcp_life SET states = x'ffffffffffffffffffffff30' || randomblob(40)",
    "UPDATE pair_flow SET other_flow = 4000000000, first_flow = 1",
    "UPDATE pair_source SET offset_ns = -9223372036854775807, drift_ppb = 9223372036854775807, "
    "error_ns = -9223372036854775807, from_ns = 9223372036854775807",
    "UPDATE pair_lost SET frame = abs(random() % 100), flow = 2, from_source = 3, to_source = 2",
    "UPDATE tcp_attempt SET new_flow = 2, n_syn = -9223372036854775807, isn = -1, last_syn_ns = "
    "9223372036854775807, time_ns = -9223372036854775807, last_syn_frame = -9",
    "UPDATE verdict_evidence SET what = char(27) || printf('%.*c', 100000, 'x')",
    "UPDATE packet_chunk SET first_frame = first_frame - 100",
    "UPDATE packet_chunk SET data = substr(data, 1, length(data) - 3)",
};

static void test_hostile(void)
{
    char path[128];
    size_t i;
    struct store *s = rows_analyze("hostile", "lwip-reboot/zombie");

    store_close(s);
    s = case_open(case_path("hostile", path), STORE_WRITE);
    for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        unsigned flow;

        sql_exec(store_db(s), hostile[i], NULL);
        for (flow = 1; flow <= 3; flow++) {
            char *text = rows_of(s, 2 + flow % 2, flow, 0, 300, true);

            ok(!strchr(text, 27), "%.40s... leaves no escape", hostile[i]);
            free(text);
        }
    }
    store_close(s);
}

static bool stop_often(void *user, uint64_t done, uint64_t total)
{
    (void)done, (void)total;
    return ++*(unsigned *)user % 3;
}

/* Stopped again and again, in the middle of rows too, and gone on with. */
static void is_same_stopped(struct store *s, uint32_t source, uint32_t flow, const char *what)
{
    struct frame_reader *r = frame_reader_new(s, false), *q = frame_reader_new(s, false);
    struct ladder *plain = open_ladder(s, r, source, flow);
    struct ladder *stopped = open_ladder(s, q, source, flow);
    unsigned calls = 0, stops = 0;
    struct watch w = { stop_often, &calls };
    struct ladder_row a, b;
    struct err err = { 0 };
    uint64_t i, wrong = 0;
    int rc = 1;

    ladder_watch(stopped, &w);
    for (i = 0; ladder_row(plain, i, &a, &err) == 1; i++) {
        while ((rc = ladder_row(stopped, i, &b, &err)) == ERR_STOPPED && stops < 1000)
            stops++;
        wrong += rc != 1 || !same_row(&a, &b);
    }
    ok(i > 0 && stops > 2 && wrong == 0, "%s: %u stops, %llu rows differ", what, stops,
       (unsigned long long)wrong);
    ladder_close(plain);
    ladder_close(stopped);
    frame_reader_free(r);
    frame_reader_free(q);
}

static void test_both_ways(void)
{
    struct store *s = rows_analyze("ways", "lwip-reboot/zombie");

    is_same_backwards(s, 2, 2, 1, "from the client");
    is_same_backwards(s, 3, 2, 1, "from the server");
    is_same_stopped(s, 2, 2, "stopped on the way");
    store_close(s);
    s = rows_analyze("ways2", "pppoe-tap/fault");
    is_same_backwards(s, 3, 3, 1, "PPP");
    store_close(s);
}

int main(void)
{
    test_zombie();
    test_pppoe();
    test_openvpn();
    test_gone();
    test_both_ways();
    test_long();
    test_hostile();
    case_end();
    return tap_done();
}
