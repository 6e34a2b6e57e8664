/* sql: the rows of a SELECT that was typed. */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/lines.h"
#include "tui/ui.h"

#define ROWS_MAX    2000 /* rows of an answer that are shown */
#define COLUMNS_MAX 64
#define CELL_MAX    60    /* columns of a cell, but for the last one */
#define STEPS       20000 /* of SQLite between two looks at the keyboard */

struct sql_state {
    struct lines lines;
    char sql[512];
    int n_rows, rows;
    bool more;
};

static int stop_wanted(void *user)
{
    return ui_stopped(user);
}

struct answer {
    int n_columns, n_rows;
    char **cells; /* n_rows * n_columns */
    int widths[COLUMNS_MAX];
};

static char *cell_of(sqlite3_stmt *st, int i)
{
    struct str s = { 0 };

    if (sqlite3_column_type(st, i) == SQLITE_BLOB)
        str_add_hex(&s, sqlite3_column_blob(st, i),
                    (size_t)(sqlite3_column_bytes(st, i) < 64 ? sqlite3_column_bytes(st, i) : 64));
    else if (sqlite3_column_type(st, i) != SQLITE_NULL)
        str_add_foreign(&s, sqlite3_column_text(st, i), (size_t)sqlite3_column_bytes(st, i));
    return str_take(&s);
}

static void widen(struct answer *a, int i, const char *text, bool last)
{
    int w = (int)str_width(text);

    if (!last && w > CELL_MAX)
        w = CELL_MAX;
    if (w > a->widths[i])
        a->widths[i] = w;
}

static void add_line(struct lines *out, const struct answer *a, char *const *cells, unsigned style,
                     int tag)
{
    struct str s = { 0 };
    int i;

    for (i = 0; i < a->n_columns; i++) {
        size_t fit = str_fit(cells[i], (size_t)a->widths[i]), width;

        str_addn(&s, cells[i], fit);
        width = fit == strlen(cells[i]) ? str_width(cells[i]) : (size_t)a->widths[i];
        if (i + 1 < a->n_columns)
            str_pad(&s, (size_t)a->widths[i] - width + 2, ' ');
    }
    lines_add(out, 1, NULL, STYLE_TEXT, 0, str_get(&s), style, tag);
    str_free(&s);
}

static int ask(struct sql_state *s, sqlite3_stmt *st, struct err *err)
{
    struct answer a = { .n_columns = sqlite3_column_count(st) };
    char *heads[COLUMNS_MAX];
    int i, k, rc = 0;

    if (a.n_columns > COLUMNS_MAX)
        a.n_columns = COLUMNS_MAX;
    a.cells = xcalloc((size_t)ROWS_MAX * (size_t)a.n_columns, sizeof(char *));
    for (i = 0; i < a.n_columns; i++) {
        heads[i] = xstrdup(sqlite3_column_name(st, i));
        widen(&a, i, heads[i], i + 1 == a.n_columns);
    }
    while (a.n_rows < ROWS_MAX && (rc = sql_step(st, err)) == 1) {
        for (i = 0; i < a.n_columns; i++) {
            char *cell = cell_of(st, i);

            a.cells[a.n_rows * a.n_columns + i] = cell;
            widen(&a, i, cell, i + 1 == a.n_columns);
        }
        a.n_rows++;
    }
    s->more = a.n_rows == ROWS_MAX;
    s->n_rows = a.n_rows;
    add_line(&s->lines, &a, heads, STYLE_HEAD, 0);
    for (k = 0; k < a.n_rows; k++)
        add_line(&s->lines, &a, a.cells + k * a.n_columns, STYLE_TEXT, 0);
    for (i = 0; i < a.n_rows * a.n_columns; i++)
        free(a.cells[i]);
    for (i = 0; i < a.n_columns; i++)
        free(heads[i]);
    free(a.cells);
    return rc < 0 && !a.n_rows ? rc : ERR_OK;
}

static int sql_reload(struct ui *ui, void *state, struct err *err)
{
    struct sql_state *s = state;
    struct sqlite3 *db = store_db(ui_store(ui));
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(db, s->sql, &st, err);

    if (!rc && (!st || !sqlite3_stmt_readonly(st)))
        rc = err_set(err, ERR_USAGE, "only a SELECT is run here");
    lines_clear(&s->lines);
    if (!rc) {
        sqlite3_progress_handler(db, STEPS, stop_wanted, ui);
        rc = ask(s, st, err);
        sqlite3_progress_handler(db, 0, NULL, NULL);
    }
    sqlite3_finalize(st);
    return rc;
}

static int sql_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct sql_state *s = state;

    snprintf(s->sql, sizeof(s->sql), "%s", args->text);
    return sql_reload(ui, state, err);
}

static void sql_draw(struct ui *ui, void *state, struct area a)
{
    struct sql_state *s = state;

    s->rows = a.rows;
    lines_draw(&s->lines, ui_grid(ui), a);
}

static bool sql_act(struct ui *ui, void *state, enum action action, int count)
{
    struct sql_state *s = state;

    (void)ui;
    return lines_act(&s->lines, action, count, s->rows);
}

static bool sql_search(struct ui *ui, void *state, const char *text, bool back)
{
    struct sql_state *s = state;

    (void)ui;
    return lines_search(&s->lines, text, back);
}

static bool sql_place(struct ui *ui, void *state, struct view_args *out)
{
    struct sql_state *s = state;

    (void)ui;
    snprintf(out->text, sizeof(out->text), "%s", s->sql);
    return true;
}

static void sql_status(struct ui *ui, void *state, struct str *out)
{
    struct sql_state *s = state;

    (void)ui;
    str_addf(out, "%d row%s%s", s->n_rows, s->n_rows == 1 ? "" : "s", s->more ? " and more" : "");
}

static void sql_close(void *state)
{
    struct sql_state *s = state;

    lines_free(&s->lines);
}

extern const struct view_ops sql_view;
const struct view_ops sql_view = {
    .name = "sql",
    .help = "the rows of a SELECT (; asks for it, Tab completes names)",
    .bar = { ACTION_sql, ACTION_page_down, ACTION_search },
    .state_size = sizeof(struct sql_state),
    .open = sql_open,
    .reload = sql_reload,
    .draw = sql_draw,
    .act = sql_act,
    .search = sql_search,
    .place = sql_place,
    .status = sql_status,
    .close = sql_close,
};
