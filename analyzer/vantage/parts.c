#include "config.h"

#include "vantage/parts.h"

#include <sqlite3.h>

#include "fact/fact.h"
#include "store/sql.h"
#include "store/store.h"
#include "vantage/lives.h"

/* clang-format off */
static const struct fact_column part_columns[] = {
    { "earlier_source", FACT_INT, "", "a source that ended while the life was open", 0 },
    { "earlier_flow", FACT_INT, "flow", "its number there", FACT_KEY },
    { "later_source", FACT_INT, "", "the source where it goes on", 0 },
    { "later_flow", FACT_INT, "flow", "its number there", FACT_KEY },
};
const struct fact_kind part_fact = {
    "pair_part", FACT_OF_PAIR, "a TCP life that goes on in the next capture", part_columns,
    sizeof(part_columns) / sizeof(part_columns[0]),
};
/* clang-format on */

/* Of each four-tuple, the lives that were open at the end or begin in their middle, by time. */
static const char parts_sql[] =
    "SELECT before_source, before_flow, source, flow FROM ("
    " SELECT source, flow, began, from_ns, lag(source) OVER w AS before_source,"
    "  lag(flow) OVER w AS before_flow, lag(ended) OVER w AS before_ended,"
    "  lag(until_ns) OVER w AS before_ns"
    " FROM (SELECT l.source, l.flow, l.syn_frame IS NOT NULL OR l.synack_frame IS NOT NULL AS "
    "began,"
    "   l.closed_frame IS NOT NULL AS ended, s.first_ns AS from_ns, s.last_ns AS until_ns, "
    "f.first_ns,"
    "   min(endpoint(f.a, f.a_port), endpoint(f.b, f.b_port)) AS low,"
    "   max(endpoint(f.a, f.a_port), endpoint(f.b, f.b_port)) AS high"
    "  FROM tcp_life l JOIN flow f ON f.source = l.source AND f.id = l.flow"
    "  JOIN source s ON s.id = l.source"
    "  WHERE (l.syn_frame IS NULL AND l.synack_frame IS NULL) OR l.closed_frame IS NULL)"
    " WINDOW w AS (PARTITION BY low, high ORDER BY first_ns, source, flow))"
    " WHERE NOT began AND NOT before_ended AND before_source <> source"
    "  AND from_ns - before_ns BETWEEN -1000000000 AND ?1"
    " ORDER BY source, flow";

int parts_write(struct store *s, const struct fact_sink *sink, struct err *err)
{
    const struct fact_where nowhere = { 0 };
    sqlite3_stmt *st = NULL;
    int rc;

    if (!lives_in_several(s))
        return ERR_OK;
    rc = sql_prepare(store_db(s), parts_sql, &st, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(st, 1, PART_GAP_MAX_NS);
    while ((rc = sql_step(st, err)) == 1) {
        struct fact_value v[4];
        int i;

        for (i = 0; i < 4; i++)
            v[i] = fact_int(sqlite3_column_int64(st, i));
        sink->put(sink->user, &part_fact, &nowhere, v);
    }
    sqlite3_finalize(st);
    return rc;
}
