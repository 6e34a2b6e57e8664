#include "config.h"

#include "store/sql.h"

#include <sqlite3.h>
#include <string.h>

#include "base/str.h"

int sql_error(struct sqlite3 *db, struct err *err)
{
    return err_set(err, ERR_SQL, "%s", sqlite3_errmsg(db));
}

int sql_exec(struct sqlite3 *db, const char *sql, struct err *err)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? ERR_OK : sql_error(db, err);
}

int sql_prepare(struct sqlite3 *db, const char *sql, struct sqlite3_stmt **out, struct err *err)
{
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) == SQLITE_OK)
        return ERR_OK;
    *out = NULL;
    return sql_error(db, err);
}

int sql_step(struct sqlite3_stmt *st, struct err *err)
{
    switch (sqlite3_step(st)) {
    case SQLITE_ROW:
        return 1;
    case SQLITE_DONE:
        return 0;
    default:
        return sql_error(sqlite3_db_handle(st), err);
    }
}

int sql_run(struct sqlite3_stmt *st, struct err *err)
{
    int rc;

    do
        rc = sql_step(st, err);
    while (rc == 1);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return rc;
}

const char *sql_text(struct sqlite3_stmt *st, int column)
{
    const char *s = (const char *)sqlite3_column_text(st, column);

    return s ? s : "";
}

void sql_bind_text(struct sqlite3_stmt *st, int at, const char *s)
{
    if (s)
        sqlite3_bind_text(st, at, s, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(st, at);
}

void sql_bind_int_if(struct sqlite3_stmt *st, int at, bool known, int64_t v)
{
    if (known)
        sqlite3_bind_int64(st, at, v);
    else
        sqlite3_bind_null(st, at);
}

/* Most text is plain ASCII and needs no copy of its own. */
static bool is_plain(const unsigned char *p, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (p[i] < 0x20 || p[i] >= 0x7f)
            return false;
    return true;
}

void sql_bind_foreign(struct sqlite3_stmt *st, int at, const void *p, size_t n)
{
    struct str s = { 0 };

    if (!p) {
        sqlite3_bind_null(st, at);
    } else if (is_plain(p, n)) {
        sqlite3_bind_text64(st, at, p, n, SQLITE_STATIC, SQLITE_UTF8);
    } else {
        str_add_foreign(&s, p, n);
        sqlite3_bind_text64(st, at, str_get(&s), s.len, SQLITE_TRANSIENT, SQLITE_UTF8);
        str_free(&s);
    }
}

void sql_result_foreign(struct sqlite3_context *ctx, const void *p, size_t n)
{
    struct str s = { 0 };

    if (is_plain(p, n)) {
        sqlite3_result_text64(ctx, p, n, SQLITE_STATIC, SQLITE_UTF8);
    } else {
        str_add_foreign(&s, p, n);
        sqlite3_result_text64(ctx, str_get(&s), s.len, SQLITE_TRANSIENT, SQLITE_UTF8);
        str_free(&s);
    }
}

int64_t sql_number(struct sqlite3 *db, const char *sql, int64_t otherwise)
{
    sqlite3_stmt *st = NULL;
    int64_t v = otherwise;

    if (sql_prepare(db, sql, &st, NULL) == ERR_OK && sql_step(st, NULL) == 1 &&
        sqlite3_column_type(st, 0) != SQLITE_NULL)
        v = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return v;
}

bool sql_has_column(sqlite3 *db, const char *table, const char *column)
{
    return sqlite3_table_column_metadata(db, "main", table, column, NULL, NULL, NULL, NULL, NULL) ==
           SQLITE_OK;
}
