/* table_read: the rows of a table, a page at a time, from a place on. */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/table_inside.h"
#include "tui/ui.h"

#define STOP_STEPS 20000 /* steps of SQLite between two looks at the keyboard */
#define CELL_MAX   4096u /* bytes of a cell; no screen is wider */

void table_free_row(struct table_row *r)
{
    int i;

    for (i = 0; i < TABLE_COLUMNS_MAX; i++)
        free(r->cells[i]);
    free(r->sort_text);
    *r = (struct table_row){ 0 };
}

void table_free_rows(struct table *t)
{
    int i;

    for (i = 0; i < t->n; i++)
        table_free_row(&t->rows[i]);
    t->n = 0;
}

static int stop_wanted(void *user)
{
    return ui_stopped(user);
}

/* What the rows are ordered by before their key; NULL: the key alone. */
static const char *sort_sql(const struct table *t)
{
    return t->sort < 0 ? NULL : t->spec->columns[t->sort].sql;
}

/*
 * The statement for a page.  ?1 is the fixed value, ?2.. the place to start from: sort value, key,
 * key2. `back`: rows before the place, nearest first.  Ends are told by `placed`.
 */
static void build(const struct table *t, bool back, bool placed, bool inclusive, struct str *sql)
{
    const struct table_spec *s = t->spec;
    const char *sort = sort_sql(t), *word = t->reverse != back ? "DESC" : "ASC";
    const char *op = t->reverse != back ? (inclusive ? "<=" : "<") : (inclusive ? ">=" : ">");
    int i;

    str_adds(sql, "SELECT ");
    for (i = 0; i < t->n_columns; i++)
        str_addf(sql, "%s, ", s->columns[i].sql);
    str_addf(sql, "%s, %s, %s", s->key, s->key2 ? s->key2 : "0", s->style ? s->style : "0");
    if (sort)
        str_addf(sql, ", ifnull(%s, '')", sort);
    str_addf(sql, " FROM %s WHERE (%s)", s->from, s->where ? s->where : "?1 IS ?1");
    if (t->filter) {
        str_adds(sql, " AND (");
        for (i = 0; i < t->n_columns; i++)
            str_addf(sql, "%sinstr(lower(ifnull(%s, '')), lower(?5)) > 0", i ? " OR " : "",
                     s->columns[i].sql);
        str_adds(sql, ")");
    }
    if (placed && !sort && !s->key2)
        str_addf(sql, " AND %s %s ?3", s->key, op);
    else if (placed && !sort)
        str_addf(sql, " AND (%s, %s) %s (?3, ?4)", s->key, s->key2, op);
    else if (placed)
        str_addf(sql, " AND (ifnull(%s, ''), %s, %s) %s (?2, ?3, ?4)", sort, s->key,
                 s->key2 ? s->key2 : "0", op);
    str_adds(sql, " ORDER BY ");
    if (sort)
        str_addf(sql, "ifnull(%s, '') %s, ", sort, word);
    str_addf(sql, "%s %s", s->key, word);
    if (s->key2)
        str_addf(sql, ", %s %s", s->key2, word);
    str_addf(sql, " LIMIT %d", TABLE_PAGE);
}

static void take_cell(struct ui *ui, const struct table_column *c, sqlite3_stmt *st, int i,
                      char **out)
{
    bool known = sqlite3_column_type(st, i) != SQLITE_NULL;
    char text[64];

    if (!known) {
        *out = xstrdup("");
    } else if (c->show == SHOW_TIME) {
        *out = xstrdup(ui_time(ui, true, sqlite3_column_int64(st, i), text));
    } else if (c->show == SHOW_SECONDS) {
        snprintf(text, sizeof(text), "%.3f", (double)sqlite3_column_int64(st, i) / 1e9);
        *out = xstrdup(text);
    } else if (sqlite3_column_type(st, i) == SQLITE_BLOB) {
        struct str hex = { 0 };
        int n = sqlite3_column_bytes(st, i);

        str_add_hex(&hex, sqlite3_column_blob(st, i), (size_t)(n < 32 ? n : 32));
        *out = str_take(&hex);
    } else {
        struct str safe = { 0 };
        const unsigned char *s = sqlite3_column_text(st, i);
        size_t n = s ? (size_t)sqlite3_column_bytes(st, i) : 0;

        if (n > CELL_MAX) /* not in the middle of a character */
            for (n = CELL_MAX; n && (s[n] & 0xc0) == 0x80;)
                n--;
        str_add_foreign(&safe, s, n);
        *out = str_take(&safe);
    }
}

static void take_row(struct table *t, struct ui *ui, sqlite3_stmt *st, struct table_row *r)
{
    int i, n = t->n_columns;

    *r = (struct table_row){ 0 };
    for (i = 0; i < n; i++) {
        int width;

        take_cell(ui, &t->spec->columns[i], st, i, &r->cells[i]);
        width = (int)str_width(r->cells[i]);
        t->need[i] = width > t->need[i] ? width : t->need[i];
    }
    r->key = sqlite3_column_int64(st, n);
    r->key2 = sqlite3_column_int64(st, n + 1);
    r->style = (unsigned)sqlite3_column_int(st, n + 2);
    if (r->style >= STYLE_N)
        r->style = STYLE_TEXT;
    if (t->sort < 0)
        return;
    if (sqlite3_column_type(st, n + 3) == SQLITE_INTEGER) {
        r->sort_is = SORTED_BY_INTEGER;
        r->sort_integer = sqlite3_column_int64(st, n + 3);
    } else if (sqlite3_column_type(st, n + 3) == SQLITE_FLOAT) {
        r->sort_is = SORTED_BY_REAL;
        r->sort_real = sqlite3_column_double(st, n + 3);
    } else {
        r->sort_text = xstrdup(sql_text(st, n + 3));
    }
}

static void bind_place(const struct table *t, sqlite3_stmt *st, const struct table_row *place)
{
    sqlite3_bind_int64(st, 1, t->fixed);
    if (place) {
        if (place->sort_is == SORTED_BY_INTEGER)
            sqlite3_bind_int64(st, 2, place->sort_integer);
        else if (place->sort_is == SORTED_BY_REAL)
            sqlite3_bind_double(st, 2, place->sort_real);
        else
            sql_bind_text(st, 2, place->sort_text);
        sqlite3_bind_int64(st, 3, place->key);
        sqlite3_bind_int64(st, 4, place->key2);
    }
    if (t->filter)
        sql_bind_text(st, 5, t->filter);
}

int table_read_page(struct table *t, struct ui *ui, bool back, const struct table_row *place,
                    bool inclusive, struct table_row *rows, struct err *err)
{
    struct sqlite3 *db = store_db(ui_store(ui));
    sqlite3_stmt *st = NULL;
    struct str sql = { 0 };
    int n = 0, rc;

    build(t, back, place != NULL, inclusive, &sql);
    rc = sql_prepare(db, str_get(&sql), &st, err);
    if (!rc) {
        bind_place(t, st, place);
        sqlite3_progress_handler(db, STOP_STEPS, stop_wanted, ui);
        while (n < TABLE_PAGE && (rc = sql_step(st, err)) == 1)
            take_row(t, ui, st, &rows[n++]);
        sqlite3_progress_handler(db, 0, NULL, NULL);
    }
    sqlite3_finalize(st);
    str_free(&sql);
    if (rc < 0 && n == 0)
        return rc;
    return n;
}
