/* sources: what was read, how far, and from where it was seen. */
#include "config.h"

#include <string.h>

#include "base/str.h"
#include "tui/ui.h"
#include "tui/view_tables.h"

struct sources {
    struct table table; /* first: view_tables.h */
};

/* clang-format off */
static const struct table_column columns[] = {
    { "status", "status", 10, SHOW_TEXT, 0 },
    { "name", "name", -20, SHOW_TEXT, 0 },
    { "format", "format", 12, SHOW_TEXT, 0 },
    { "frames", "packets", 9, SHOW_NUMBER, 0 },
    { "bytes", "size", 12, SHOW_NUMBER, 110 },
    { "first", "first_ns", 15, SHOW_TIME, 100 },
    { "seconds", "last_ns - first_ns", 10, SHOW_SECONDS, 100 },
    /* Of a pair, what the clock differs from the first one's. */
    { "clock", "(SELECT printf('%+.3f ms', offset_ns / 1e6) FROM pair_source p WHERE p.other_source "
      "= source.id)", 12, SHOW_TEXT, 130 },
    { "reason", "reason", -16, SHOW_TEXT, 0 },
    { NULL, NULL, 0, SHOW_TEXT, 0 },
};
/* clang-format on */

static const struct table_spec spec = {
    .name = "sources",
    .from = "source",
    .key = "id",
    .columns = columns,
    .style = "CASE status WHEN 'complete' THEN 11 WHEN 'partial' THEN 9 WHEN 'unreadable' THEN 8 "
             "ELSE 1 END",
};

static int sources_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct sources *s = state;

    int rc = table_open(&s->table, ui, &spec, 0, err);

    return rc || !args->source ? rc : table_go(&s->table, ui, args->source, 0, err);
}

static bool sources_act(struct ui *ui, void *state, enum action action, int count)
{
    struct sources *s = state;
    const struct table_row *r = table_row(&s->table);
    struct view_args args = { 0 };

    if (!r || action != ACTION_open)
        return table_act(&s->table, ui, action, count);
    args.source = (uint32_t)r->key;
    if (strcmp(r->cells[3], "0") != 0)
        ui_open(ui, "packets", &args);
    else if (strcmp(r->cells[0], "complete") == 0 || strcmp(r->cells[0], "partial") == 0)
        ui_open(ui, "log", &args);
    else
        ui_say(ui, "%s: %s", r->cells[1], r->cells[8][0] ? r->cells[8] : r->cells[0]);
    return true;
}

extern const struct view_ops sources_view;
const struct view_ops sources_view = {
    .name = "sources",
    .help = "what was read, how far, and why no further",
    .bar = { ACTION_open, ACTION_filter, ACTION_sort_next, ACTION_search },
    .state_size = sizeof(struct sources),
    .open = sources_open,
    .reload = tables_reload,
    .draw = tables_draw,
    .act = sources_act,
    .search = tables_search,
    .copy = tables_copy,
    .table = tables_table,
    .place = tables_place,
    .filter = tables_filter,
    .click = tables_click,
    .status = tables_status,
    .close = tables_close,
};
