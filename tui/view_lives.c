/* lives: the conversations, each life of a four-tuple on its own. */
#include "config.h"

#include <sqlite3.h>
#include <stddef.h>

#include "store/sql.h"
#include "store/store.h"
#include "tui/ui.h"
#include "tui/view_tables.h"

struct lives {
    struct table table; /* first: view_tables.h */
};

/* clang-format off */
static const struct table_column columns[] = {
    { "source", "(SELECT s.name FROM source s WHERE s.id = flow.source)", 20, SHOW_TEXT, 92 },
    { "id", "id", 5, SHOW_NUMBER, 0 },
    { "proto", "proto", 5, SHOW_TEXT, 0 },
    { "a", "endpoint(a, a_port)", -16, SHOW_TEXT, 0 },
    { "b", "endpoint(b, b_port)", -16, SHOW_TEXT, 0 },
    { "life", "life", 4, SHOW_NUMBER, 100 },
    { "app", "app", 8, SHOW_TEXT, 90 },
    { "start", "first_ns", 15, SHOW_TIME, 110 },
    { "seconds", "last_ns - first_ns", 9, SHOW_SECONDS, 96 },
    { "frames", "a_frames + b_frames", 7, SHOW_NUMBER, 0 },
    { "bytes", "a_bytes + b_bytes", 11, SHOW_NUMBER, 130 },
    { "end", "CASE WHEN outstanding THEN 'waiting' ELSE \"end\" END", 8, SHOW_TEXT, 0 },
    { NULL, NULL, 0, SHOW_TEXT, 0 },
};
/* clang-format on */

static const struct table_spec spec = {
    .name = "lives",
    .from = "flow",
    .key = "source",
    .key2 = "id",
    .columns = columns,
};

static struct mark mark_of(const struct table_row *r)
{
    return (struct mark){ MARK_LIFE, (uint32_t)r->key, (uint64_t)r->key2, "" };
}

static bool is_marked(struct ui *ui, const struct table *t, const struct table_row *r)
{
    struct mark m = mark_of(r);

    (void)t;
    return ui_marked(ui, &m);
}

static int lives_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct lives *l = state;

    int rc = table_open(&l->table, ui, &spec, 0, err);

    l->table.marked = is_marked;
    return rc || !args->flow ? rc : table_go(&l->table, ui, args->source, args->flow, err);
}

/* To the next conversation that a verdict is about. */
static void go_judged(struct ui *ui, struct lives *l, enum action which)
{
    static const char *const sql[] = {
        "SELECT subject_source, subject_id FROM verdict WHERE subject_kind = 'flow' AND state != "
        "'unknown' AND severity IN ('critical', 'warning') AND (subject_source, subject_id) > (?1, "
        "?2) ORDER BY 1, 2 LIMIT 1",
        "SELECT subject_source, subject_id FROM verdict WHERE subject_kind = 'flow' AND state != "
        "'unknown' AND severity IN ('critical', 'warning') AND (subject_source, subject_id) < (?1, "
        "?2) ORDER BY 1 DESC, 2 DESC LIMIT 1",
        "SELECT subject_source, subject_id FROM verdict WHERE subject_kind = 'flow' AND state != "
        "'unknown' AND severity = 'warning' ORDER BY (subject_source, subject_id) <= (?1, ?2), 1, "
        "2 LIMIT 1",
    };
    const struct table_row *r = table_row(&l->table);
    int i = which == ACTION_next_finding ? 0 : which == ACTION_prev_finding ? 1 : 2;
    sqlite3_stmt *st = NULL;
    struct err err = { 0 };
    int rc = sql_prepare(store_db(ui_store(ui)), sql[i], &st, &err), found = 0;

    if (!rc) {
        sqlite3_bind_int64(st, 1, r ? r->key : 0);
        sqlite3_bind_int64(st, 2, r ? r->key2 : 0);
        found = sql_step(st, &err) == 1;
    }
    if (!rc && !found)
        ui_say(ui, "no verdict is about a conversation %s",
               i == 0   ? "behind this one"
               : i == 1 ? "before this one"
                        : "and a warning");
    else if (!rc && (l->table.sort >= 0 || l->table.reverse || l->table.filter))
        ui_say(ui, "conversation %lld is judged (sorted or filtered, it is not gone to)",
               (long long)sqlite3_column_int64(st, 1));
    else if (!rc)
        rc =
            table_go(&l->table, ui, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), &err);
    if (rc)
        ui_fail(ui, &err);
    sqlite3_finalize(st);
}

static bool lives_act(struct ui *ui, void *state, enum action action, int count)
{
    struct lives *l = state;
    const struct table_row *r = table_row(&l->table);
    struct view_args args = { 0 };

    if (r && (action == ACTION_open || action == ACTION_ladder || action == ACTION_plot ||
              action == ACTION_packets || action == ACTION_text)) {
        args.source = (uint32_t)r->key;
        args.flow = (uint32_t)r->key2;
        ui_open(ui,
                action == ACTION_packets ? "packets"
                : action == ACTION_plot  ? "plot"
                : action == ACTION_text  ? "text"
                                         : "ladder",
                &args);
        return true;
    }
    if (action == ACTION_next_finding || action == ACTION_prev_finding ||
        action == ACTION_next_warning) {
        go_judged(ui, l, action);
        return true;
    }
    if (r && action == ACTION_mark) {
        struct mark m = mark_of(r);

        ui_mark(ui, &m);
        return table_act(&l->table, ui, ACTION_down, 0);
    }
    return table_act(&l->table, ui, action, count);
}

/* A narrow screen has no column for the capture; two of one path have the same conversations. */
static void lives_status(struct ui *ui, void *state, struct str *out)
{
    struct lives *l = state;
    const struct table_row *r = table_row(&l->table);
    struct source src;

    table_status(&l->table, out);
    if (r && store_source(ui_store(ui), (uint32_t)r->key, &src, NULL) == ERR_OK && src.name)
        str_adds(out, src.name);
    else
        str_adds(out, ui->o->title ? ui->o->title : "");
}

extern const struct view_ops lives_view;
const struct view_ops lives_view = {
    .name = "lives",
    .help = "the conversations, each life of a four-tuple on its own",
    .bar = { ACTION_open, ACTION_packets, ACTION_text, ACTION_plot, ACTION_filter, ACTION_sort_next,
             ACTION_sort_reverse, ACTION_search },
    .state_size = sizeof(struct lives),
    .open = lives_open,
    .reload = tables_reload,
    .draw = tables_draw,
    .act = lives_act,
    .search = tables_search,
    .copy = tables_copy,
    .table = tables_table,
    .place = tables_place,
    .filter = tables_filter,
    .click = tables_click,
    .status = lives_status,
    .close = tables_close,
};
