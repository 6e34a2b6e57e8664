/*
 * columns: a small window over a table: which of its columns are shown, and in which order.  What
 * is chosen is seen at once behind it, and holds for all tables of that name.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "tui/columns.h"
#include "tui/table.h"
#include "tui/ui.h"

#define BOX_LEAST 30 /* columns of the window */
#define BOX_TOP   2  /* rows of the screen above it */

struct chooser {
    struct ui_level below;
    struct table *table;
    int order[TABLE_COLUMNS_MAX]; /* all columns, those that are shown first */
    bool shown[TABLE_COLUMNS_MAX];
    int at, top, rows;
};

static const struct table_column *column(const struct chooser *c, int place)
{
    return &c->table->spec->columns[c->order[place]];
}

static int chooser_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct chooser *c = state;
    int widths[TABLE_COLUMNS_MAX], i, n = 0;

    (void)args;
    c->below = ui->stack[ui->n_levels - 1];
    c->table = c->below.ops->table ? c->below.ops->table(c->below.state) : NULL;
    if (!c->table)
        return err_set(err, ERR_USAGE, "there are no columns here (only in tables)");
    table_arrange(c->table, ui);
    table_widths(c->table, ui->grid->cols, widths);
    for (i = 0; i < c->table->n_order; i++)
        c->order[n++] = c->table->order[i];
    for (i = 0; i < n; i++)
        c->shown[i] = widths[c->order[i]] > 0;
    for (i = 0; i < c->table->n_columns; i++)
        if (!table_has_column(c->table, i))
            c->order[n++] = i;
    return ERR_OK;
}

/* Writes the list down; without any column there would be no table. */
static void apply(struct ui *ui, struct chooser *c)
{
    struct str list = { 0 };
    int i;

    for (i = 0; i < c->table->n_columns; i++)
        if (c->shown[i])
            str_addf(&list, "%s%.*s", list.len ? "," : "", (int)table_column_name(column(c, i)),
                     column(c, i)->title);
    columns_set(ui->columns, c->table->spec->name, list.s);
    str_free(&list);
}

static void toggle(struct ui *ui, struct chooser *c)
{
    int i, n = 0;

    for (i = 0; i < c->table->n_columns; i++)
        n += c->shown[i];
    if (n == 1 && c->shown[c->at]) {
        ui_say(ui, "one column has to stay");
        return;
    }
    c->shown[c->at] = !c->shown[c->at];
    apply(ui, c);
}

static void shift(struct ui *ui, struct chooser *c, int by)
{
    int to = c->at + by, column;
    bool shown;

    if (to < 0 || to >= c->table->n_columns)
        return;
    column = c->order[to];
    shown = c->shown[to];
    c->order[to] = c->order[c->at];
    c->shown[to] = c->shown[c->at];
    c->order[c->at] = column;
    c->shown[c->at] = shown;
    c->at = to;
    apply(ui, c);
}

static int box_width(const struct chooser *c)
{
    int i, width = BOX_LEAST;

    for (i = 0; i < c->table->n_columns; i++) {
        int w = (int)str_width(column(c, i)->title) + 8;

        width = w > width ? w : width;
    }
    return width;
}

static void draw_edge(struct grid *g, struct area box, int row, const char *left, const char *right,
                      const char *words)
{
    grid_fill(g, row, box.col, box.cols, STYLE_RULER, "\xe2\x94\x80");
    grid_put(g, row, box.col, 1, STYLE_RULER, left);
    grid_put(g, row, box.col + box.cols - 1, 1, STYLE_RULER, right);
    grid_put(g, row, box.col + 2, box.cols - 4, STYLE_STRONG, words);
}

static void draw_column(struct grid *g, const struct chooser *c, struct area box, int i)
{
    int row = box.row + 1 + i - c->top;

    grid_fill(g, row, box.col, box.cols, STYLE_TEXT, " ");
    grid_put(g, row, box.col, 1, STYLE_RULER, "\xe2\x94\x82");
    grid_put(g, row, box.col + box.cols - 1, 1, STYLE_RULER, "\xe2\x94\x82");
    grid_put(g, row, box.col + 2, 3, c->shown[i] ? STYLE_GOOD : STYLE_DIM,
             c->shown[i] ? "[x]" : "[ ]");
    grid_put(g, row, box.col + 6, box.cols - 8, c->shown[i] ? STYLE_TEXT : STYLE_DIM,
             column(c, i)->title);
    if (i == c->at)
        grid_select(g, row, box.col + 1, box.cols - 2);
}

static void chooser_draw(struct ui *ui, void *state, struct area a)
{
    struct chooser *c = state;
    struct grid *g = ui_grid(ui);
    int n = c->table->n_columns, i;
    struct area box = { a.row + BOX_TOP, 0, n + 2, box_width(c) };

    c->below.ops->draw(ui, c->below.state, a);
    if (box.rows > a.rows - BOX_TOP)
        box.rows = a.rows - BOX_TOP;
    box.col = a.col + (a.cols - box.cols) / 2;
    c->rows = box.rows - 2;
    if (c->rows < 1)
        return;
    if (c->at < c->top)
        c->top = c->at;
    if (c->at >= c->top + c->rows)
        c->top = c->at - c->rows + 1;
    draw_edge(g, box, box.row, "\xe2\x94\x8c", "\xe2\x94\x90", " columns ");
    for (i = c->top; i < n && i < c->top + c->rows; i++)
        draw_column(g, c, box, i);
    draw_edge(g, box, box.row + box.rows - 1, "\xe2\x94\x94", "\xe2\x94\x98",
              i < n ? " more below " : " Space shows or hides ");
}

static bool chooser_act(struct ui *ui, void *state, enum action action, int count)
{
    struct chooser *c = state;
    int n = count > 0 ? count : 1, last = c->table->n_columns - 1;

    switch (action) {
    case ACTION_down:
        c->at = c->at + n < last ? c->at + n : last;
        return true;
    case ACTION_up:
        c->at = c->at > n ? c->at - n : 0;
        return true;
    case ACTION_top:
        c->at = 0;
        return true;
    case ACTION_end:
        c->at = last;
        return true;
    case ACTION_mark:
        toggle(ui, c);
        return true;
    case ACTION_move_down:
    case ACTION_move_up:
        shift(ui, c, action == ACTION_move_down ? 1 : -1);
        return true;
    case ACTION_open:
    case ACTION_columns:
        ui_back(ui);
        return true;
    case ACTION_reset:
        columns_set(ui->columns, c->table->spec->name, NULL);
        ui_back(ui);
        return true;
    default:
        return false;
    }
}

static void chooser_click(struct ui *ui, void *state, int row, int col)
{
    struct chooser *c = state;
    int at = row - BOX_TOP - 1 + c->top;

    (void)col;
    if (at < c->top || at >= c->table->n_columns || at >= c->top + c->rows)
        return;
    c->at = at;
    toggle(ui, c);
}

extern const struct view_ops columns_view;
const struct view_ops columns_view = {
    .name = "columns",
    .help = "the columns of a table: which are shown, in which order",
    .bar = { ACTION_mark, ACTION_move_down, ACTION_move_up, ACTION_reset, ACTION_open },
    .state_size = sizeof(struct chooser),
    .open = chooser_open,
    .draw = chooser_draw,
    .act = chooser_act,
    .click = chooser_click,
};
