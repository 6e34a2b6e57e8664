#include "config.h"

#include "vantage/pairs.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/vec.h"
#include "store/store.h"

/*
 * Marks that two sources hold exactly once each.  What very many sources hold (the hello of a
 * switch, say) tells nothing about two of them.
 */
static const char shared_sql[] =
    "SELECT x.source, y.source, x.time_ns, y.time_ns, x.sender FROM sketch x JOIN sketch y"
    " ON y.mark = x.mark AND y.source > x.source AND y.n = 1"
    " WHERE x.n = 1 AND x.mark IN"
    "  (SELECT mark FROM sketch GROUP BY mark HAVING count(*) BETWEEN 2 AND 8)"
    " ORDER BY x.source, y.source, x.time_ns, y.time_ns";

struct points {
    struct clock_point *all;
    size_t n, cap;
    int64_t sender;
    bool senders_differ;
};

struct found {
    struct vantage_pair *all;
    size_t n, cap;
};

/*
 * Frames of both ends must agree: a device that reboots repeats its own bytes at the same distances
 * in time, but it cannot make its peer repeat the peer's.
 */
static void judge(struct points *p, uint32_t a, uint32_t b, struct found *out)
{
    struct vantage_pair pair = { .a = a, .b = b, .n_shared = p->n };

    if (p->senders_differ && out->n < PAIRS_MAX && clock_fit(p->all, p->n, &pair.clock))
        VEC_PUSH(out->all, out->n, out->cap, pair);
    p->n = 0;
    p->senders_differ = false;
}

int pairs_find(struct store *s, struct vantage_pair **out, size_t *n, struct err *err)
{
    sqlite3 *db = store_db(s);
    struct points points = { 0 };
    struct found found = { 0 };
    sqlite3_stmt *st = NULL;
    uint32_t a = 0, b = 0;
    int rc;

    if (sqlite3_prepare_v2(db, shared_sql, -1, &st, NULL) != SQLITE_OK)
        return err_set(err, ERR_SQL, "vantage: %s", sqlite3_errmsg(db));
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        uint32_t x = (uint32_t)sqlite3_column_int64(st, 0);
        uint32_t y = (uint32_t)sqlite3_column_int64(st, 1);
        int64_t sender = sqlite3_column_int64(st, 4);

        if (x != a || y != b)
            judge(&points, a, b, &found);
        a = x;
        b = y;
        if (!points.n)
            points.sender = sender;
        points.senders_differ = points.senders_differ || sender != points.sender;
        VEC_PUSH(points.all, points.n, points.cap,
                 (struct clock_point){ sqlite3_column_int64(st, 2), sqlite3_column_int64(st, 3) });
    }
    judge(&points, a, b, &found);
    free(points.all);
    sqlite3_finalize(st);
    *out = found.all;
    *n = found.n;
    return rc == SQLITE_DONE ? ERR_OK : err_set(err, ERR_SQL, "vantage: %s", sqlite3_errmsg(db));
}
