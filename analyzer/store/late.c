/* late: indexes in random order are built when the rows of a large source are there. */
#include "config.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/vec.h"
#include "store/inside.h"
#include "store/sql.h"

#define LATE_FROM 20000u /* flows of a source */

/*
 * An index that begins with the source grows at its end; one of addresses or client randoms is
 * written all over, page by page, again and again.  Sorted at once it costs half of the time and
 * two thirds of the space.  Both happen inside the transaction of the source: whoever kills us
 * leaves the case with its indexes.
 */
static const char random_indexes[] =
    "SELECT m.name, m.sql FROM sqlite_schema m WHERE m.type = 'index' AND m.sql IS NOT NULL AND "
    "(SELECT i.name FROM pragma_index_info(m.name) i WHERE i.seqno = 0) <> 'source' ORDER BY "
    "m.name";

static int log2_of(uint64_t v)
{
    return 63 - __builtin_clzll(v);
}

static int drop(struct store *s, struct err *err)
{
    sqlite3_stmt *st = NULL;
    struct str sql = { 0 };
    int rc = sql_prepare(s->db, random_indexes, &st, err);

    while (!rc && (rc = sql_step(st, err)) == 1) {
        str_addf(&sql, "DROP INDEX \"%s\";", sql_text(st, 0));
        /* The first row of a kind may make its index again meanwhile (rows.c). */
        str_addf(&s->late, "DROP INDEX IF EXISTS \"%s\";", sql_text(st, 0));
        str_addf(&s->late, "%s;", sql_text(st, 1));
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    if (!rc && sql.len)
        rc = sql_exec(s->db, sql.s, err);
    str_free(&sql);
    return rc;
}

/* Are there more rows by now than were there before?  Only then all of them may be sorted again. */
static bool most_are_new(struct store *s, uint64_t n)
{
    return sql_number(s->db, "SELECT total(lives) FROM source", 0) <= (int64_t)n;
}

/* Asked again when the source has twice as many flows: by then most of the case may be its own. */
void late_flows(struct store *s, size_t n)
{
    uint64_t before = s->n_flows / LATE_FROM, now = (s->n_flows + n) / LATE_FROM;
    struct err err = { 0 };

    s->n_flows += n;
    if (s->late.len || now == 0 || (before && log2_of(before) == log2_of(now)) ||
        !most_are_new(s, s->n_flows))
        return;
    if (drop(s, &err))
        store_fail(s, &err);
}

int late_build(struct store *s, struct err *err)
{
    int rc = s->late.len ? sql_exec(s->db, s->late.s, err) : ERR_OK;

    late_forget(s);
    return rc;
}

void late_forget(struct store *s)
{
    str_free(&s->late);
}
