#include "config.h"

#include "vantage/vantage.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "fact/fact.h"
#include "store/store.h"

/* clang-format off */
static const struct fact_column flow_columns[] = {
    { "first_source", FACT_INT, "", "the source with the smallest id that has this life", 0 },
    { "first_flow", FACT_INT, "flow", "its number there", 0 },
    { "other_source", FACT_INT, "", "a further source that has it", FACT_KEY },
    { "other_flow", FACT_INT, "flow", "its number there", 0 },
    { "offset_ns", FACT_INT, "ns", "clock of the other source minus the first one's, at this life's start", 0 },
};
static const struct fact_kind flow_fact = {
    "pair_flow", FACT_OF_PAIR, "one life of a connection that several sources saw", flow_columns,
    sizeof(flow_columns) / sizeof(flow_columns[0]),
};

static const struct fact_column source_columns[] = {
    { "first_source", FACT_INT, "", "`source.id`", 0 },
    { "other_source", FACT_INT, "", "`source.id`", 0 },
    { "lives", FACT_INT, "", "lives that both saw", 0 },
    { "offset_ns", FACT_INT, "ns", "median clock difference, other minus first", 0 },
    { "error_ns", FACT_INT, "ns", "half the spread of the differences", 0 },
};
static const struct fact_kind source_fact = {
    "pair_source", FACT_OF_PAIR, "two sources that are vantages of one network", source_columns,
    sizeof(source_columns) / sizeof(source_columns[0]),
};
/* clang-format on */

static const struct fact_kind *const kinds[] = { &flow_fact, &source_fact, NULL };

const struct fact_kind *const *vantage_fact_kinds(void)
{
    return kinds;
}

/*
 * Lives with a mark that both ends made, the same mark next to each other.  The SYN/ACK's time is
 * the life's start where it was captured: its place in both captures is the same segment.
 */
static const char lives_sql[] =
    "SELECT mark, source, flow, min(at) FROM ("
    " SELECT printf('%d:%d', a_isn, b_isn) AS mark, l.source AS source, l.flow AS flow,"
    "  l.time_ns AS at FROM tcp_life l WHERE a_isn IS NOT NULL AND b_isn IS NOT NULL"
    " UNION ALL"
    " SELECT hex(c.random) || hex(s.random), c.source, c.flow, s.time_ns"
    "  FROM tls_client_hello c JOIN tls_server_hello s"
    "  ON s.source = c.source AND s.flow = c.flow AND s.lane = c.lane"
    "  WHERE s.retry = 0 AND c.again = 0)"
    " GROUP BY mark, source, flow ORDER BY mark, source, flow";

struct life {
    int64_t source, flow, at_ns;
};

struct pair {
    struct life first, other;
};

struct found {
    struct pair *pairs;
    size_t n, cap;
};

static int by_pair(const void *x, const void *y)
{
    const struct pair *a = x, *b = y;
    const int64_t left[] = { a->first.source, a->other.source, a->other.flow, a->first.flow };
    const int64_t right[] = { b->first.source, b->other.source, b->other.flow, b->first.flow };
    size_t i;

    for (i = 0; i < 4; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

/* Drops what was found twice (by ISNs and by hellos). */
static void settle(struct found *f)
{
    size_t i, n = 0;

    if (f->n)
        qsort(f->pairs, f->n, sizeof(*f->pairs), by_pair);
    for (i = 0; i < f->n; i++)
        if (!n || f->pairs[n - 1].other.source != f->pairs[i].other.source ||
            f->pairs[n - 1].other.flow != f->pairs[i].other.flow)
            f->pairs[n++] = f->pairs[i];
    f->n = n;
}

static int find_pairs(struct store *s, struct found *out, struct err *err)
{
    sqlite3 *db = store_db(s);
    sqlite3_stmt *st = NULL;
    struct life first = { 0 };
    char *mark = NULL;
    int rc;

    if (sqlite3_prepare_v2(db, lives_sql, -1, &st, NULL) != SQLITE_OK)
        return err_set(err, ERR_SQL, "vantage: %s", sqlite3_errmsg(db));
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(st, 0);
        struct life l = { sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2),
                          sqlite3_column_int64(st, 3) };

        if (!text)
            continue;
        if (!mark || strcmp(mark, text) != 0) {
            free(mark);
            mark = xstrdup(text);
            first = l;
        } else if (l.source != first.source) {
            VEC_PUSH(out->pairs, out->n, out->cap, (struct pair){ first, l });
        }
    }
    free(mark);
    sqlite3_finalize(st);
    if (rc != SQLITE_DONE)
        return err_set(err, ERR_SQL, "vantage: %s", sqlite3_errmsg(db));
    settle(out);
    return ERR_OK;
}

static int by_offset(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;

    return (*a > *b) - (*a < *b);
}

/* One row per pair of sources; `p` are the n pairs of lives between two of them. */
static void emit_source(const struct fact_sink *sink, const struct pair *p, size_t n)
{
    int64_t *offsets = xcalloc(n, sizeof(*offsets)), spread;
    const struct fact_where nowhere = { 0 };
    size_t i;

    for (i = 0; i < n; i++)
        offsets[i] = p[i].other.at_ns - p[i].first.at_ns;
    qsort(offsets, n, sizeof(*offsets), by_offset);
    spread = offsets[n - 1] - offsets[0];
    sink->put(sink->user, &source_fact, &nowhere,
              (struct fact_value[]){ fact_int(p->first.source), fact_int(p->other.source),
                                     fact_int((int64_t)n), fact_int(offsets[n / 2]),
                                     fact_int(spread / 2) });
    free(offsets);
}

int vantage_find(struct store *s, struct err *err)
{
    struct fact_sink *sink = store_facts(s);
    const struct fact_where nowhere = { 0 };
    struct found found = { 0 };
    size_t i, start = 0;
    int rc = find_pairs(s, &found, err);

    if (!rc)
        rc = store_begin_pairs(s, err);
    if (rc)
        goto out;
    for (i = 0; i < found.n; i++) {
        const struct pair *p = &found.pairs[i];

        sink->put(sink->user, &flow_fact, &nowhere,
                  (struct fact_value[]){
                      fact_int(p->first.source), fact_int(p->first.flow),
                      fact_int(p->other.source), fact_int(p->other.flow),
                      fact_int(p->other.at_ns - p->first.at_ns) });
    }
    for (i = 1; i <= found.n; i++) {
        const struct pair *p = &found.pairs[start];

        if (i < found.n && found.pairs[i].first.source == p->first.source &&
            found.pairs[i].other.source == p->other.source)
            continue;
        emit_source(sink, p, i - start);
        start = i;
    }
    rc = store_commit_pairs(s, err);
out:
    free(found.pairs);
    return rc;
}
