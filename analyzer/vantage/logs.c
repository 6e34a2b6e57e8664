#include "config.h"

#include "vantage/logs.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/times.h"
#include "base/vec.h"
#include "fact/fact.h"
#include "store/store.h"
#include "vantage/clock.h"

#define ZONE_NS    (900 * NS_PER_S)           /* time zones are whole quarter hours */
#define ZONE_MAX   (14 * 3600 * NS_PER_S)     /* UTC-12 to UTC+14 */
#define SPREAD_MAX (2 * NS_PER_S)             /* events that agree lie this close together */
#define GRAIN_NS   NS_PER_S                   /* logs write whole seconds */

/* clang-format off */
static const struct fact_column columns[] = {
    { "log_source", FACT_INT, "", "the log", FACT_KEY },
    { "capture_source", FACT_INT, "", "the capture whose clock it was put on", 0 },
    { "offset_ns", FACT_INT, "ns", "the log's clock minus the capture's: zone and skew", 0 },
    { "zone_s", FACT_INT, "s", "the log's time zone, east of UTC", 0 },
    { "error_ns", FACT_INT, "ns", "how far the offset can be off", 0 },
    { "events", FACT_INT, "", "events that both have", 0 },
};
/* clang-format on */
const struct fact_kind log_clock_fact = {
    "pair_clock", FACT_OF_PAIR, "a log whose clock was found from events that a capture has too",
    columns, sizeof(columns) / sizeof(columns[0]),
};

/*
 * The nth first packet of a peer in the log is the nth negotiation with that peer in the capture, if
 * both have as many; the peer is the client in a server's log and the server in a client's.
 */
static const char events_sql[] =
    "WITH logged AS (SELECT source, peer, clock_ns,"
    "  row_number() OVER (PARTITION BY source, peer ORDER BY line) AS n,"
    "  count(*) OVER (PARTITION BY source, peer) AS total"
    " FROM log_openvpn_event WHERE event = 'initial packet' AND peer IS NOT NULL"
    "  AND clock_ns IS NOT NULL AND time_ns IS NULL),"
    "seen AS (SELECT n.source, n.time_ns, endpoint(f.a, f.a_port) AS peer FROM openvpn_negotiation n"
    "  JOIN flow f ON f.source = n.source AND f.id = n.flow WHERE n.key_id = 0 AND n.mid = 0"
    " UNION ALL SELECT n.source, n.time_ns, endpoint(f.b, f.b_port) FROM openvpn_negotiation n"
    "  JOIN flow f ON f.source = n.source AND f.id = n.flow WHERE n.key_id = 0 AND n.mid = 0),"
    "counted AS (SELECT *, row_number() OVER (PARTITION BY source, peer ORDER BY time_ns) AS n,"
    "  count(*) OVER (PARTITION BY source, peer) AS total FROM seen)"
    "SELECT l.source, c.source, l.clock_ns - c.time_ns AS d FROM logged l JOIN counted c"
    "  ON c.peer = l.peer AND c.n = l.n AND c.total = l.total"
    " ORDER BY 1, 2, 3";

struct group {
    int64_t log, capture;
    int64_t *d; /* sorted differences */
    size_t n, cap;
    int64_t done; /* the last log that has its clock */
};

static void judge(struct group *g, const struct fact_sink *sink)
{
    const struct fact_where nowhere = { 0 };
    int64_t median, zone, skew;
    uint64_t spread; /* of any two times, without overflow */

    if (!g->n || g->log == g->done)
        return;
    median = g->d[g->n / 2];
    spread = (uint64_t)g->d[g->n - 1] - (uint64_t)g->d[0];
    if (spread > SPREAD_MAX || median > 2 * ZONE_MAX || median < -2 * ZONE_MAX)
        return;
    zone = (median + (median < 0 ? -ZONE_NS / 2 : ZONE_NS / 2)) / ZONE_NS * ZONE_NS;
    skew = median - zone;
    if (llabs(zone) > ZONE_MAX || llabs(skew) > CLOCK_APART_MAX_NS)
        return;
    sink->put(sink->user, &log_clock_fact, &nowhere,
              (struct fact_value[]){ fact_int(g->log), fact_int(g->capture), fact_int(median),
                                     fact_int(zone / NS_PER_S),
                                     fact_int((int64_t)spread / 2 + GRAIN_NS),
                                     fact_int((int64_t)g->n) });
    g->done = g->log;
}

int logs_put_on_clock(struct store *s, const struct fact_sink *sink, struct err *err)
{
    sqlite3 *db = store_db(s);
    struct group g = { 0 };
    sqlite3_stmt *st = NULL;
    int rc;

    if (sqlite3_prepare_v2(db, events_sql, -1, &st, NULL) != SQLITE_OK)
        return err_set(err, ERR_SQL, "vantage: %s", sqlite3_errmsg(db));
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        int64_t log = sqlite3_column_int64(st, 0), capture = sqlite3_column_int64(st, 1);

        if (log != g.log || capture != g.capture) {
            judge(&g, sink);
            g.n = 0;
            g.log = log;
            g.capture = capture;
        }
        VEC_PUSH(g.d, g.n, g.cap, sqlite3_column_int64(st, 2));
    }
    judge(&g, sink);
    free(g.d);
    sqlite3_finalize(st);
    return rc == SQLITE_DONE ? ERR_OK : err_set(err, ERR_SQL, "vantage: %s", sqlite3_errmsg(db));
}
