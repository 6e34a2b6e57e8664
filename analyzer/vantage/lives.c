#include "config.h"

#include "vantage/lives.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "store/sql.h"
#include "store/store.h"

/* Lives with a mark that both ends made, the same mark next to each other. */
static const char lives_sql[] =
    "SELECT mark, source, flow FROM ("
    " SELECT printf('%d:%d', a_isn, b_isn) AS mark, l.source AS source, l.flow AS flow"
    "  FROM tcp_life l JOIN flow f ON f.source = l.source AND f.id = l.flow"
    "  WHERE a_isn IS NOT NULL AND b_isn IS NOT NULL"
    " UNION ALL"
    " SELECT hex(c.random) || hex(s.random), c.source, c.flow"
    "  FROM tls_client_hello c JOIN tls_server_hello s"
    "  ON s.source = c.source AND s.flow = c.flow AND s.lane = c.lane"
    "  WHERE s.retry = 0 AND c.again = 0)"
    " GROUP BY mark, source, flow ORDER BY mark, source, flow";

/* One capture alone has no pairs: its lives, which may be millions, need not be sorted by mark. */
bool lives_in_several(struct store *s)
{
    return sql_number(store_db(s),
                      "SELECT count(*) FROM (SELECT 1 FROM source s WHERE EXISTS"
                      " (SELECT 1 FROM tcp_life l WHERE l.source = s.id) LIMIT 2)",
                      2) == 2;
}

void lives_unrelated(struct live_pairs *out, uint32_t source)
{
    size_t low = 0, high = out->n_unrelated;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (out->unrelated[mid] < source)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < out->n_unrelated && out->unrelated[low] == source)
        return;
    VEC_PUSH(out->unrelated, out->n_unrelated, out->cap_unrelated, source);
    memmove(out->unrelated + low + 1, out->unrelated + low,
            (out->n_unrelated - 1 - low) * sizeof(*out->unrelated));
    out->unrelated[low] = source;
}

void lives_add(struct live_pairs *out, const struct live_pair *pair)
{
    if (out->n < out->max) {
        VEC_PUSH(out->all, out->n, out->cap, *pair);
        return;
    }
    lives_unrelated(out, pair->first.source);
    lives_unrelated(out, pair->other.source);
}

void lives_free(struct live_pairs *l)
{
    free(l->all);
    free(l->unrelated);
}

int lives_find(struct store *s, struct live_pairs *out, struct err *err)
{
    sqlite3 *db = store_db(s);
    sqlite3_stmt *st = NULL;
    struct live first = { 0 };
    char *mark = NULL;
    int rc;

    if (!lives_in_several(s))
        return ERR_OK;
    if (sqlite3_prepare_v2(db, lives_sql, -1, &st, NULL) != SQLITE_OK)
        return err_set(err, ERR_SQL, "vantage: %s", sqlite3_errmsg(db));
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(st, 0);
        struct live l = { (uint32_t)sqlite3_column_int64(st, 1),
                          (uint32_t)sqlite3_column_int64(st, 2) };

        if (!text)
            continue;
        if (!mark || strcmp(mark, text) != 0) {
            free(mark);
            mark = xstrdup(text);
            first = l;
        } else if (l.source != first.source) {
            lives_add(out, &(struct live_pair){ .first = first, .other = l });
        }
    }
    free(mark);
    sqlite3_finalize(st);
    if (rc != SQLITE_DONE)
        return err_set(err, ERR_SQL, "vantage: %s", sqlite3_errmsg(db));
    return ERR_OK;
}
