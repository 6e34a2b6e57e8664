/* late: indexes in random order are built when the rows of a large source are there. */
#include "config.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/mem.h"
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

struct late_index {
    struct late_index *next;
    char *name, *sql;
};

static int log2_of(uint64_t v)
{
    return 63 - __builtin_clzll(v);
}

/* The case may be a stranger's: a name is quoted, and of its SQL the first statement is run, which
 * is what SQLite itself took for the index. */
static int drop_index(struct store *s, const char *name, struct err *err)
{
    char *sql = sqlite3_mprintf("DROP INDEX IF EXISTS \"%w\"", name);
    int rc = sql ? sql_exec(s->db, sql, err) : err_set(err, ERR_SQL, "out of memory");

    sqlite3_free(sql);
    return rc;
}

static int make_index(struct store *s, const struct late_index *i, struct err *err)
{
    sqlite3_stmt *st = NULL;
    /* The first row of its kind may have made it again meanwhile (rows.c). */
    int rc = drop_index(s, i->name, err);

    if (rc == ERR_OK)
        rc = sql_prepare(s->db, i->sql, &st, err);
    if (rc == ERR_OK)
        rc = sql_run(st, err);
    sqlite3_finalize(st);
    return rc;
}

static int drop(struct store *s, struct err *err)
{
    sqlite3_stmt *st = NULL;
    struct late_index *i, **end = &s->late;
    int rc = sql_prepare(s->db, random_indexes, &st, err);

    while (!rc && (rc = sql_step(st, err)) == 1) {
        i = xcalloc(1, sizeof(*i));
        i->name = xstrdup(sql_text(st, 0));
        i->sql = xstrdup(sql_text(st, 1));
        *end = i;
        end = &i->next;
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    for (i = s->late; i && !rc; i = i->next)
        rc = drop_index(s, i->name, err);
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
    if (s->late || now == 0 || (before && log2_of(before) == log2_of(now)) ||
        !most_are_new(s, s->n_flows))
        return;
    if (drop(s, &err))
        store_fail(s, &err);
}

int late_build(struct store *s, struct err *err)
{
    const struct late_index *i;
    int rc = ERR_OK;

    for (i = s->late; i && !rc; i = i->next)
        rc = make_index(s, i, err);
    late_forget(s);
    return rc;
}

void late_forget(struct store *s)
{
    struct late_index *i;

    while ((i = s->late)) {
        s->late = i->next;
        free(i->name);
        free(i->sql);
        free(i);
    }
}
