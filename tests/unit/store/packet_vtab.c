/* packet_vtab: one frame, ranges, order, and the number of chunks that are unpacked. */
#include "config.h"

#include "support/case.h"

#define N 10000

static void fill(struct store *s)
{
    const char *paths[] = { "a", "b" };
    const uint32_t bundles[] = { 1, 1 };
    uint32_t ids[2];

    store_register(s, paths, bundles, 2, ids, NULL);
    case_capture(s, 1, 1, N, true, false);
    case_capture(s, 2, 2, 5, true, false);
}

static void is_number(struct store *s, const char *sql, int64_t want)
{
    is_int(sql_number(store_db(s), sql, -1), want, sql);
}

/* Three frames: all of the radio, some of it, none. */
static void radio(struct store *s)
{
    const char *paths[] = { "a", "b", "c" };
    const uint32_t bundles[] = { 1, 1, 1 };
    struct source src = {
        .id = 3, .kind = SOURCE_CAPTURE, .status = SOURCE_COMPLETE, .format = "peek"
    };
    uint32_t ids[3];
    int i;

    store_register(s, paths, bundles, 3, ids, NULL);
    src.path = "c";
    store_begin(s, 3, NULL);
    for (i = 1; i <= 3; i++) {
        struct store_packet p = { .frame_no = (uint64_t)i, .wire_len = 60, .cap_len = 60 };

        if (i < 3) {
            p.radio_known = i == 1 ? 127 : 16;
            p.channel = i == 1 ? 165 : 0;
            p.frequency_mhz = i == 1 ? 5825 : 0;
            p.rate_kbps = i == 1 ? 65000 : 0;
            p.mcs = i == 1 ? 7 : 0;
            p.signal_dbm = -77;
            p.noise_dbm = i == 1 ? -91 : 0;
            p.signal_percent = i == 1 ? 44 : 0;
        }
        store_put_packet(s, &p);
    }
    store_commit(s, &src, NULL);
    is_number(s,
              "SELECT count(*) FROM packet WHERE source = 3 AND channel = 165 AND frequency_mhz = "
              "5825 AND rate_kbps = 65000 AND mcs = 7 AND signal_dbm = -77 AND noise_dbm = -91 AND "
              "signal_percent = 44",
              1);
    is_number(s, "SELECT signal_dbm FROM packet WHERE source = 3 AND frame = 2", -77);
    is_number(s, "SELECT count(*) FROM packet WHERE source = 3 AND channel IS NULL", 2);
    is_number(s, "SELECT count(*) FROM packet WHERE source = 3 AND signal_dbm IS NULL", 1);
    is_number(s, "SELECT count(signal_dbm) FROM packet WHERE source = 1", 0);
}

int main(void)
{
    char path[128];
    struct store *s = case_open(case_path("packet.case", path), STORE_WRITE);

    fill(s);
    is_number(s, "SELECT count(*) FROM packet", N + 5);
    is_number(s, "SELECT count(*) FROM packet_chunk WHERE source = 1", 3);
    is_number(s, "SELECT wire_len FROM packet WHERE source = 1 AND frame = 4096", 4156);
    is_number(s, "SELECT wire_len FROM packet WHERE source = 1 AND frame = 4097", 4157);
    is_number(s, "SELECT offset FROM packet WHERE source = 1 AND frame = 10000", 40 + N * 76);
    is_number(s, "SELECT count(*) FROM packet WHERE source = 1 AND frame = 0", 0);
    is_number(s, "SELECT count(*) FROM packet WHERE source = 1 AND frame = 10001", 0);
    is_number(s, "SELECT count(*) FROM packet WHERE frame = 3", 2);
    is_number(s, "SELECT count(*) FROM packet WHERE source = 9", 0);
    is_number(s, "SELECT count(*) FROM packet WHERE source = 1 AND frame > 4000 AND frame <= 5000",
              1000);
    is_number(s, "SELECT count(*) FROM packet WHERE source = 1 AND frame < 2.5", 2);
    is_number(s, "SELECT count(*) FROM packet WHERE source = 1 AND frame BETWEEN 4096 AND 8193",
              4098);
    is_number(s, "SELECT count(*) FROM packet WHERE time_ns > 1795248000000000000 + 9990000000000",
              10);
    is_number(s, "SELECT frame FROM packet WHERE source = 1 ORDER BY frame DESC LIMIT 1", N);
    is_number(s,
              "SELECT sum(a) FROM (SELECT frame < lag(frame, 1, 0) OVER () AS a FROM packet "
              "WHERE source = 1 ORDER BY frame)",
              0);
    is_number(s,
              "SELECT count(*) * 100000 + max(frame) FROM (SELECT frame FROM packet WHERE source = 1 "
              "AND frame < 8195 ORDER BY frame DESC LIMIT 4100)",
              4100 * INT64_C(100000) + 8194);
    is_number(s,
              "SELECT sum(a) FROM (SELECT frame > lag(frame, 1, 100000) OVER () AS a FROM (SELECT "
              "frame FROM packet WHERE source = 1 AND frame BETWEEN 10 AND 9990 ORDER BY frame DESC))",
              0);
    is_number(s,
              "SELECT sum(p.frame = e.frame) FROM test_event e JOIN packet p USING (source, frame)",
              4);
    is_number(s,
              "SELECT count(*) FROM test_event e CROSS JOIN packet p ON p.source = e.source AND "
              "(p.frame = e.frame OR p.frame = e.frame2)",
              8);
    is_number(s,
              "WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 7 FROM k WHERE n < 9990) "
              "SELECT sum(p.wire_len = n + 60) = count(*) AND count(*) > 1400 FROM k "
              "CROSS JOIN packet p ON p.source = 1 AND p.frame = n",
              1);
    is_number(s,
              "WITH RECURSIVE k(n) AS (SELECT 9990 UNION ALL SELECT n - 7 FROM k WHERE n > 10) "
              "SELECT sum(p.wire_len = n + 60 AND q.wire_len = n + 59) = count(*) AND count(*) > 1400 "
              "FROM k CROSS JOIN packet p ON p.source = 1 AND p.frame = n "
              "CROSS JOIN packet q ON q.source = 1 AND q.frame = n - 1",
              1);
    is_number(s, "SELECT count(*) FROM packet WHERE flow IS NULL", 0);
    is_int(sql_exec(store_db(s), "UPDATE packet SET flow = 1", NULL), ERR_SQL, "read only");
    radio(s);
    sql_exec(store_db(s), "UPDATE packet_chunk SET data = x'01ff' WHERE source = 2", NULL);
    is_number(s, "SELECT count(*) FROM packet WHERE source = 2", -1);
    is_number(s, "SELECT count(*) FROM packet WHERE source = 1", N);
    store_close(s);
    case_end();
    return tap_done();
}
