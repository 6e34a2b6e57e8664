#include "config.h"

#include "frame/facts.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/times.h"
#include "base/vec.h"
#include "store/sql.h"
#include "store/store.h"

#define BLOB_SHOWN   16                          /* bytes of a blob */
#define YEAR_2000_NS INT64_C(946684800000000000) /* no wait is that long */

/* Columns that every fact has, and that say where it stands rather than what it is. */
static bool is_place(const char *name)
{
    static const char *const places[] = { "source", "id", "flow", "frame", "time_ns" };
    size_t i;

    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (strcmp(places[i], name) == 0)
            return true;
    return false;
}

/* Columns of nanoseconds: a time of ours, or how long something took. */
static bool add_ns(const char *name, int64_t ns, struct str *s)
{
    size_t len = strlen(name);
    char when[TIMES_LEN];

    if (len < 3 || strcmp(name + len - 3, "_ns") != 0)
        return false;
    if (ns > YEAR_2000_NS)
        str_adds(s, times_format(ns, when));
    else
        str_addf(s, "%.6f s", (double)ns / 1e9);
    return true;
}

static void add_value(sqlite3_stmt *st, int column, struct str *s)
{
    int n = sqlite3_column_bytes(st, column);

    if (sqlite3_column_type(st, column) == SQLITE_INTEGER &&
        add_ns(sqlite3_column_name(st, column), sqlite3_column_int64(st, column), s))
        return;
    if (sqlite3_column_type(st, column) == SQLITE_BLOB) {
        str_add_hex(s, sqlite3_column_blob(st, column), (size_t)(n < BLOB_SHOWN ? n : BLOB_SHOWN));
        if (n > BLOB_SHOWN)
            str_adds(s, "\xe2\x80\xa6");
    } else {
        str_adds(s, sql_text(st, column));
    }
}

static void add_rows(sqlite3_stmt *st, const char *kind, struct frame_facts *out)
{
    while (out->n < FRAME_FACTS_MAX && sql_step(st, NULL) == 1) {
        struct str text = { 0 };
        int i;

        for (i = 0; i < sqlite3_column_count(st); i++) {
            if (is_place(sqlite3_column_name(st, i)) || sqlite3_column_type(st, i) == SQLITE_NULL ||
                !sqlite3_column_bytes(st, i))
                continue;
            str_addf(&text, "%s%s ", text.len ? ", " : "", sqlite3_column_name(st, i));
            add_value(st, i, &text);
        }
        VEC_PUSH(out->lines, out->n, out->cap,
                 (struct frame_fact_line){ xstrdup(kind), str_take(&text) });
    }
}

/* The tables that have the columns of a fact of a frame, or (1) are keyed by flow: a flow's fact
 * is shown with its first frame. */
static const char kinds_sql[] =
    "SELECT name, of_flow FROM (SELECT m.name AS name,"
    " EXISTS (SELECT 1 FROM pragma_table_xinfo(m.name) WHERE name = 'frame') AS of_frame,"
    " EXISTS (SELECT 1 FROM pragma_table_xinfo(m.name) WHERE name = 'flow') AS has_flow,"
    " EXISTS (SELECT 1 FROM pragma_table_xinfo(m.name) WHERE name = 'flow' AND pk = 2) AS of_flow"
    " FROM sqlite_schema m WHERE m.type = 'table'"
    " AND m.name NOT IN ('exhibit', 'comment', 'packet_chunk', 'sketch'))"
    " WHERE has_flow AND (of_frame OR of_flow) ORDER BY name";

static const char of_frame_sql[] =
    "SELECT * FROM \"%w\" WHERE source = ?1 AND frame = ?2 ORDER BY id";
static const char of_flow_sql[] =
    "SELECT * FROM \"%w\" WHERE source = ?1 AND flow = (SELECT f.id FROM packet p JOIN flow f"
    " ON f.source = p.source AND f.id = p.flow"
    " WHERE p.source = ?1 AND p.frame = ?2 AND f.first_frame = ?2)";

void frame_facts_of(struct store *s, uint32_t source, uint64_t frame_no, struct frame_facts *out)
{
    sqlite3_stmt *kinds = NULL;

    *out = (struct frame_facts){ 0 };
    if (sql_prepare(store_db(s), kinds_sql, &kinds, NULL))
        return;
    while (sql_step(kinds, NULL) == 1) {
        const char *kind = sql_text(kinds, 0);
        sqlite3_stmt *st = NULL;
        char *sql =
            sqlite3_mprintf(sqlite3_column_int(kinds, 1) ? of_flow_sql : of_frame_sql, kind);

        if (sql && sql_prepare(store_db(s), sql, &st, NULL) == ERR_OK) {
            sqlite3_bind_int64(st, 1, source);
            sqlite3_bind_int64(st, 2, (int64_t)frame_no);
            add_rows(st, kind, out);
        }
        sqlite3_finalize(st);
        sqlite3_free(sql);
    }
    sqlite3_finalize(kinds);
}

void frame_facts_free(struct frame_facts *f)
{
    size_t i;

    for (i = 0; i < f->n; i++) {
        free(f->lines[i].kind);
        free(f->lines[i].text);
    }
    free(f->lines);
    *f = (struct frame_facts){ 0 };
}
