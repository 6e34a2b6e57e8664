/* facts: the kinds of fact that the case holds, and the rows of each. */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/ui.h"
#include "tui/view_tables.h"

#define NAME_WIDTH 24

struct facts {
    struct table table; /* first: view_tables.h */
    struct table_spec spec;
    struct table_column columns[TABLE_COLUMNS_MAX + 1];
    char *titles[TABLE_COLUMNS_MAX], *names[TABLE_COLUMNS_MAX];
    char *from, *where;
    char kind[64]; /* "": the list of kinds */
    int frame_column;
};

/* clang-format off */
static const struct table_column kind_columns[] = {
    { "kind", "name", NAME_WIDTH, SHOW_TEXT, 0 },
    { "columns", "(SELECT group_concat(c.name, ', ') FROM pragma_table_xinfo(m.name) c WHERE c.name "
      "NOT IN ('source', 'id', 'flow', 'frame', 'line', 'time_ns'))", -30, SHOW_TEXT, 0 },
    { NULL, NULL, 0, SHOW_TEXT, 0 },
};

/* clang-format on */

static const char kinds_sql[] =
    "SELECT name FROM sqlite_schema m WHERE type = 'table' AND EXISTS (SELECT 1 FROM "
    "pragma_table_xinfo(m.name) WHERE name = 'id') AND instr(name, '_') AND name NOT LIKE "
    "'sqlite_%' "
    "AND name NOT LIKE 'verdict_%' ORDER BY name";

/* Kinds without rows say nothing, so they are left out: one row of each is looked for. */
static int open_kinds(struct ui *ui, struct facts *f, struct err *err)
{
    struct sqlite3 *db = store_db(ui_store(ui));
    struct str where = { 0 };
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(db, kinds_sql, &st, err);

    str_adds(&where, "?1 IS ?1 AND type = 'table' AND name IN (''");
    while (!rc && sql_step(st, NULL) == 1) {
        char *one = sqlite3_mprintf("SELECT 1 FROM \"%w\" LIMIT 1", sql_text(st, 0));
        char *name = sqlite3_mprintf(", %Q", sql_text(st, 0));

        if (one && name && sql_number(db, one, 0) == 1)
            str_adds(&where, name);
        sqlite3_free(one);
        sqlite3_free(name);
    }
    str_adds(&where, ")");
    sqlite3_finalize(st);
    f->where = str_take(&where);
    f->spec = (struct table_spec){ .name = "facts",
                                   .from = "sqlite_schema m",
                                   .where = f->where,
                                   .key = "rowid",
                                   .columns = kind_columns };
    return rc ? rc : table_open(&f->table, ui, &f->spec, 0, err);
}

static char *quoted(const char *name)
{
    char *sql = sqlite3_mprintf("\"%w\"", name), *copy = xstrdup(sql ? sql : "\"\"");

    sqlite3_free(sql);
    return copy;
}

/* Columns as the table has them; times and lengths of time are shown as such. */
static int find_columns(struct ui *ui, struct facts *f, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int n = 0,
        rc = sql_prepare(store_db(ui_store(ui)),
                         "SELECT name FROM pragma_table_xinfo(?1) WHERE name NOT IN ('source', "
                         "'id')",
                         &st, err);

    if (rc)
        return rc;
    sql_bind_text(st, 1, f->kind);
    f->frame_column = -1;
    while (n < TABLE_COLUMNS_MAX && sql_step(st, NULL) == 1) {
        const char *name = sql_text(st, 0);
        int width = (int)strlen(name) < 8 ? 8 : (int)strlen(name);

        f->titles[n] = xstrdup(name);
        f->names[n] = quoted(name);
        if (strcmp(name, "frame") == 0)
            f->frame_column = n;
        f->columns[n] =
            (struct table_column){ f->titles[n], f->names[n],
                                   strcmp(name, "time_ns") == 0 ? 15 : width,
                                   strcmp(name, "time_ns") == 0 ? SHOW_TIME : SHOW_TEXT, 0 };
        n++;
    }
    sqlite3_finalize(st);
    if (!n)
        return err_set(err, ERR_USAGE, "no kind of fact '%.60s'", f->kind);
    f->columns[n] = (struct table_column){ NULL, NULL, 0, SHOW_TEXT, 0 };
    return ERR_OK;
}

/* Beside the source, what the table is ordered by: of some kinds there is one to a flow. */
static const char *second_key(struct ui *ui, const char *kind)
{
    sqlite3_stmt *st = NULL;
    bool by_flow = false;

    if (!sql_prepare(store_db(ui_store(ui)),
                     "SELECT name = 'flow' FROM pragma_table_xinfo(?1) WHERE pk = 2", &st, NULL)) {
        sql_bind_text(st, 1, kind);
        by_flow = sql_step(st, NULL) == 1 && sqlite3_column_int(st, 0);
    }
    sqlite3_finalize(st);
    return by_flow ? "flow" : "id";
}

static uint64_t frame_of(const struct facts *f, const struct table_row *r)
{
    return f->frame_column >= 0 ? strtoull(r->cells[f->frame_column], NULL, 10) : 0;
}

/* A fact's mark is that of its frame. */
static bool is_marked(struct ui *ui, const struct table *t, const struct table_row *r)
{
    /* the table is the first member of it */
    const struct facts *f = (const struct facts *)(const void *)t;

    return ui_frame_marked(ui, (uint32_t)r->key, frame_of(f, r));
}

/* The row of the list of kinds with this name. */
static int go_kind(struct ui *ui, struct facts *f, const char *name, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(store_db(ui_store(ui)), "SELECT rowid FROM sqlite_schema WHERE name = ?1",
                         &st, err);

    if (!rc) {
        sql_bind_text(st, 1, name);
        if (sql_step(st, NULL) == 1)
            rc = table_go(&f->table, ui, sqlite3_column_int64(st, 0), 0, err);
    }
    sqlite3_finalize(st);
    return rc;
}

/* args.text: a kind, or "" for the list; source and line: the fact with this id; with `wait` the
 * list. */
static int facts_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct facts *f = state;
    int rc;

    if (!args->text[0] || args->wait) {
        rc = open_kinds(ui, f, err);
        return rc || !args->wait ? rc : go_kind(ui, f, args->text, err);
    }
    snprintf(f->kind, sizeof(f->kind), "%.63s", args->text);
    rc = find_columns(ui, f, err);
    if (rc)
        return rc;
    f->from = quoted(f->kind);
    f->spec = (struct table_spec){
        .name = f->kind, .from = f->from, .key = "source", .key2 = second_key(ui, f->kind),
        .columns = f->columns
    };
    rc = table_open(&f->table, ui, &f->spec, 0, err);
    f->table.marked = is_marked;
    return rc || !args->line ? rc : table_go(&f->table, ui, args->source, (int64_t)args->line, err);
}

/* A fact by its source and id; `wait`: the list of kinds, at this one. */
static bool facts_place(struct ui *ui, void *state, struct view_args *out)
{
    struct facts *f = state;
    const struct table_row *r = table_row(&f->table);

    (void)ui;
    if (!r)
        return false;
    out->wait = !f->kind[0];
    snprintf(out->text, sizeof(out->text), "%s", f->kind[0] ? f->kind : r->cells[0]);
    out->source = f->kind[0] ? (uint32_t)r->key : 0;
    out->line = f->kind[0] ? (uint64_t)r->key2 : 0;
    return true;
}

static bool facts_act(struct ui *ui, void *state, enum action action, int count)
{
    struct facts *f = state;
    const struct table_row *r = table_row(&f->table);
    struct view_args args = { 0 };

    if (r && f->kind[0] && action == ACTION_mark && frame_of(f, r)) {
        ui_mark(ui, &(struct mark){ MARK_FRAME, (uint32_t)r->key, frame_of(f, r), "" });
        return table_act(&f->table, ui, ACTION_down, 0);
    }
    if (!r || action != ACTION_open)
        return table_act(&f->table, ui, action, count);
    if (!f->kind[0]) {
        snprintf(args.text, sizeof(args.text), "%s", r->cells[0]);
        ui_open(ui, "facts", &args);
        return true;
    }
    args.source = (uint32_t)r->key;
    args.frame = frame_of(f, r);
    args.flow = f->frame_column < 0 && strcmp(f->spec.key2, "flow") == 0 ? (uint32_t)r->key2 : 0;
    if (args.frame)
        ui_open(ui, "frame", &args);
    else if (args.flow)
        ui_open(ui, "ladder", &args);
    else
        ui_say(ui, "this fact belongs to no single frame");
    return true;
}

static void facts_status(struct ui *ui, void *state, struct str *out)
{
    struct facts *f = state;

    if (f->kind[0])
        str_addf(out, "%s  ", f->kind);
    tables_status(ui, state, out);
}

static void facts_close(void *state)
{
    struct facts *f = state;
    int i;

    table_close(&f->table);
    for (i = 0; i < TABLE_COLUMNS_MAX; i++) {
        free(f->titles[i]);
        free(f->names[i]);
    }
    free(f->from);
    free(f->where);
}

extern const struct view_ops facts_view;
const struct view_ops facts_view = {
    .name = "facts",
    .help = "the facts that the rules judge, by kind",
    .bar = { ACTION_open, ACTION_left, ACTION_right, ACTION_filter, ACTION_sort_next,
             ACTION_search },
    .state_size = sizeof(struct facts),
    .open = facts_open,
    .reload = tables_reload,
    .draw = tables_draw,
    .act = facts_act,
    .search = tables_search,
    .copy = tables_copy,
    .table = tables_table,
    .place = facts_place,
    .filter = tables_filter,
    .click = tables_click,
    .status = facts_status,
    .close = facts_close,
};
