/* lines: the logs and tables beside the captures; each opens as its file has it. */
#include "config.h"

#include "tui/ui.h"
#include "tui/view_tables.h"

struct logs {
    struct table table; /* first: view_tables.h */
};

/* clang-format off */
static const struct table_column columns[] = {
    { "kind", "kind", 7, SHOW_TEXT, 0 },
    { "name", "name", -20, SHOW_TEXT, 0 },
    { "format", "format", 16, SHOW_TEXT, 0 },
    { "bytes", "size", 12, SHOW_NUMBER, 0 },
    { "status", "status", 10, SHOW_TEXT, 90 },
    { NULL, NULL, 0, SHOW_TEXT, 0 },
};
/* clang-format on */

static const struct table_spec spec = {
    .name = "lines",
    .from = "source",
    .where = "?1 IS ?1 AND kind IN ('log', 'table')",
    .key = "id",
    .columns = columns,
};

static int logs_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct logs *l = state;

    int rc = table_open(&l->table, ui, &spec, 0, err);

    return rc || !args->source ? rc : table_go(&l->table, ui, args->source, 0, err);
}

static bool logs_act(struct ui *ui, void *state, enum action action, int count)
{
    struct logs *l = state;
    const struct table_row *r = table_row(&l->table);
    struct view_args args = { 0 };

    if (!r || action != ACTION_open)
        return table_act(&l->table, ui, action, count);
    args.source = (uint32_t)r->key;
    args.line = 1;
    ui_open(ui, "log", &args);
    return true;
}

extern const struct view_ops lines_view;
const struct view_ops lines_view = {
    .name = "lines",
    .help = "logs and tables beside the captures",
    .bar = { ACTION_open, ACTION_search },
    .state_size = sizeof(struct logs),
    .open = logs_open,
    .reload = tables_reload,
    .draw = tables_draw,
    .act = logs_act,
    .search = tables_search,
    .copy = tables_copy,
    .table = tables_table,
    .place = tables_place,
    .filter = tables_filter,
    .click = tables_click,
    .status = tables_status,
    .close = tables_close,
};
