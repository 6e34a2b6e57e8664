#include "config.h"

#include "tui/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "tui/table_inside.h"
#include "tui/ui.h"

#define ACROSS_STEP 8
#define TITLE_LEN   80
#define ROWS_ABOVE  3 /* shown above a row that was gone to */

/* -- the window
 * ------------------------------------------------------------------------------------------- */

static int load_end(struct table *t, struct ui *ui, bool last, struct err *err)
{
    struct table_row page[TABLE_PAGE];
    int n = table_read_page(t, ui, last, NULL, false, page, err), i;

    if (n < 0)
        return n;
    table_free_rows(t);
    for (i = 0; i < n; i++)
        t->rows[last ? n - 1 - i : i] = page[i];
    t->n = n;
    t->at = last && n ? n - 1 : 0;
    t->top = 0;
    t->at_first = !last || n < TABLE_PAGE;
    t->at_last = last || n < TABLE_PAGE;
    return ERR_OK;
}

/* More rows behind the window; the first ones leave where there is no room. */
static void extend_down(struct table *t, struct ui *ui)
{
    struct table_row page[TABLE_PAGE];
    struct err err = { 0 };
    int n, i, leave;

    if (t->at_last || !t->n)
        return;
    n = table_read_page(t, ui, false, &t->rows[t->n - 1], false, page, &err);
    if (n < 0) {
        ui_fail(ui, &err);
        return;
    }
    t->at_last = n < TABLE_PAGE;
    leave = t->n + n > TABLE_WINDOW ? t->n + n - TABLE_WINDOW : 0;
    for (i = 0; i < leave; i++)
        table_free_row(&t->rows[i]);
    memmove(t->rows, t->rows + leave, (size_t)(t->n - leave) * sizeof(t->rows[0]));
    t->n -= leave;
    t->at -= leave;
    t->top -= leave;
    t->at_first = t->at_first && leave == 0;
    memcpy(t->rows + t->n, page, (size_t)n * sizeof(page[0]));
    t->n += n;
}

static void extend_up(struct table *t, struct ui *ui)
{
    struct table_row page[TABLE_PAGE];
    struct err err = { 0 };
    int n, i, keep;

    if (t->at_first || !t->n)
        return;
    n = table_read_page(t, ui, true, &t->rows[0], false, page, &err);
    if (n < 0) {
        ui_fail(ui, &err);
        return;
    }
    t->at_first = n < TABLE_PAGE;
    keep = t->n + n > TABLE_WINDOW ? TABLE_WINDOW - n : t->n;
    for (i = keep; i < t->n; i++)
        table_free_row(&t->rows[i]);
    t->at_last = t->at_last && keep == t->n;
    memmove(t->rows + n, t->rows, (size_t)keep * sizeof(t->rows[0]));
    for (i = 0; i < n; i++)
        t->rows[n - 1 - i] = page[i];
    t->n = keep + n;
    t->at += n;
    t->top += n;
}

/* -- moving
 * -------------------------------------------------------------------------------------------- */

static void settle(struct table *t)
{
    int rows = t->shown > 0 ? t->shown : 20;

    if (t->at >= t->n)
        t->at = t->n - 1;
    if (t->at < 0)
        t->at = 0;
    if (t->at < t->top)
        t->top = t->at;
    if (t->at >= t->top + rows)
        t->top = t->at - rows + 1;
    /* No empty rows below the last one while there are some above. */
    if (t->at_last && t->top > t->n - rows)
        t->top = t->n - rows;
    if (t->top < 0)
        t->top = 0;
}

static void move(struct table *t, struct ui *ui, int by)
{
    int steps = by < 0 ? -by : by;

    while (steps > 0) {
        int room = by < 0 ? t->at : t->n - 1 - t->at, step = steps < room ? steps : room;

        t->at += by < 0 ? -step : step;
        steps -= step;
        if (!steps || (by < 0 ? t->at_first : t->at_last) || ui_stopped(ui))
            break;
        settle(t);
        if (by < 0)
            extend_up(t, ui);
        else
            extend_down(t, ui);
        if ((by < 0 ? t->at : t->n - 1 - t->at) == 0)
            break;
    }
    settle(t);
}

int table_go(struct table *t, struct ui *ui, int64_t key, int64_t key2, struct err *err)
{
    struct table_row place = { .key = key, .key2 = key2 }, page[TABLE_PAGE];
    int n = t->sort >= 0 ? 0 : table_read_page(t, ui, false, &place, true, page, err);

    if (n < 0)
        return n;
    if (n == 0)
        return load_end(t, ui, t->sort < 0, err);
    table_free_rows(t);
    memcpy(t->rows, page, (size_t)n * sizeof(page[0]));
    t->n = n;
    t->at = t->top = 0;
    t->at_first = false;
    t->at_last = n < TABLE_PAGE;
    extend_up(t, ui); /* so that what is before can be seen */
    t->top = t->at - ROWS_ABOVE;
    settle(t);
    return ERR_OK;
}

int table_reload(struct table *t, struct ui *ui, struct err *err)
{
    int64_t key = t->n ? t->rows[t->at].key : 0, key2 = t->n ? t->rows[t->at].key2 : 0;
    bool home = !t->n || (t->at == 0 && t->at_first);

    return home || t->sort >= 0 ? load_end(t, ui, false, err) : table_go(t, ui, key, key2, err);
}

int table_open(struct table *t, struct ui *ui, const struct table_spec *spec, int64_t fixed,
               struct err *err)
{
    *t = (struct table){ .spec = spec, .fixed = fixed, .sort = -1 };
    while (spec->columns[t->n_columns].title && t->n_columns < TABLE_COLUMNS_MAX)
        t->n_columns++;
    table_arrange(t, ui);
    return load_end(t, ui, false, err);
}

void table_close(struct table *t)
{
    table_free_rows(t);
    free(t->filter);
    t->filter = NULL;
}

const struct table_row *table_row(const struct table *t)
{
    return t->n ? &t->rows[t->at] : NULL;
}

static void sort_by(struct table *t, struct ui *ui, int column, bool reverse)
{
    struct err err = { 0 };
    int before = t->sort;
    bool was = t->reverse;

    t->sort = column;
    t->reverse = reverse;
    if (load_end(t, ui, false, &err)) {
        t->sort = before;
        t->reverse = was;
        if (ui_stopped(ui))
            ui_say(ui, "sorting was stopped");
        else
            ui_fail(ui, &err);
    }
}

/* The wanted column behind (or before) the one that sorts; -1, the plain order, is between the last
 * and the first. */
static int neighbour(const struct table *t, int step)
{
    int i, at = -1;

    for (i = 0; i < t->n_order; i++)
        if (t->order[i] == t->sort)
            at = i;
    at += step;
    if (at == -2)
        at = t->n_order - 1;
    return at < 0 || at >= t->n_order ? -1 : t->order[at];
}

static void go_end(struct table *t, struct ui *ui, int count)
{
    struct err err = { 0 };
    bool plain = t->spec->numbered && t->sort < 0 && !t->reverse && !t->filter;
    int rc =
        count > 0 && plain ? table_go(t, ui, count, 0, &err) : load_end(t, ui, count <= 0, &err);

    if (rc)
        ui_fail(ui, &err);
    else if (count > 0 && !plain)
        move(t, ui, count - 1);
    settle(t);
}

bool table_act(struct table *t, struct ui *ui, enum action action, int count)
{
    int n = count > 0 ? count : 1, rows = t->shown > 1 ? t->shown - 1 : 1;
    struct err err = { 0 };

    switch (action) {
    case ACTION_down:
        move(t, ui, n);
        return true;
    case ACTION_up:
        move(t, ui, -n);
        return true;
    case ACTION_page_down:
        move(t, ui, rows * n);
        return true;
    case ACTION_page_up:
        move(t, ui, -rows * n);
        return true;
    case ACTION_half_down:
        move(t, ui, rows / 2 + 1);
        return true;
    case ACTION_half_up:
        move(t, ui, -rows / 2 - 1);
        return true;
    case ACTION_top:
        if (load_end(t, ui, false, &err))
            ui_fail(ui, &err);
        return true;
    case ACTION_end:
        go_end(t, ui, count);
        return true;
    case ACTION_right:
        t->across += ACROSS_STEP;
        return true;
    case ACTION_left:
        t->across = t->across > ACROSS_STEP ? t->across - ACROSS_STEP : 0;
        return true;
    case ACTION_sort_next:
    case ACTION_sort_prev:
        table_arrange(t, ui);
        sort_by(t, ui, neighbour(t, action == ACTION_sort_next ? 1 : -1), t->reverse);
        return true;
    case ACTION_sort_reverse:
        sort_by(t, ui, t->sort, !t->reverse);
        return true;
    default:
        return false;
    }
}

static bool row_has(const struct table *t, const struct table_row *r, const char *text)
{
    int i;

    for (i = 0; i < t->n_columns; i++)
        if (r->cells[i] && strcasestr(r->cells[i], text))
            return true;
    return false;
}

bool table_search(struct table *t, struct ui *ui, const char *text, bool back)
{
    int at = t->at, before;

    do {
        before = t->at;
        move(t, ui, back ? -1 : 1);
        if (t->at == before && (back ? t->at_first : t->at_last))
            break;
        if (t->n && row_has(t, &t->rows[t->at], text))
            return true;
    } while (!ui_stopped(ui));
    if (at < t->n)
        settle(t);
    return false;
}

int table_filter(struct table *t, struct ui *ui, const char *text, struct err *err)
{
    char *before = t->filter;
    int rc;

    t->filter = text ? xstrdup(text) : NULL;
    rc = load_end(t, ui, false, err);
    if (rc) {
        free(t->filter);
        t->filter = before;
        return rc;
    }
    free(before);
    return ERR_OK;
}

void table_click(struct table *t, int row)
{
    if (row >= 1 && t->top + row - 1 < t->n)
        t->at = t->top + row - 1;
}

void table_status(const struct table *t, struct str *out)
{
    if (t->sort >= 0)
        str_addf(out, "by %s%s  ", t->spec->columns[t->sort].title,
                 t->reverse ? ", backwards" : "");
    else if (t->reverse)
        str_adds(out, "backwards  ");
    if (t->filter)
        str_addf(out, "only '%s'  ", t->filter);
}

void table_copy(const struct table *t, struct str *out)
{
    const struct table_row *r = table_row(t);
    int i;

    for (i = 0; r && i < t->n_order; i++)
        str_addf(out, "%s%s", i ? "\t" : "", r->cells[t->order[i]]);
}

/* -- drawing
 * ------------------------------------------------------------------------------------------- */

static void put_cell(struct ui *ui, const struct table *t, struct area a, int screen_row, int col,
                     int width, int i, unsigned style, const char *text)
{
    const struct table_column *c = &t->spec->columns[i];

    if (width <= 0)
        return;
    if (c->show == SHOW_TEXT || c->show == SHOW_TIME)
        grid_put(ui_grid(ui), a.row + screen_row, a.col + col, width, style, text);
    else
        grid_put_right(ui_grid(ui), a.row + screen_row, a.col + col, width, style, text);
}

/* With an arrow where the rows are sorted by it. */
static const char *title_of(const struct table *t, int column, char out[TITLE_LEN])
{
    const char *arrow = t->reverse ? " \xe2\x86\x93" : " \xe2\x86\x91";

    snprintf(out, TITLE_LEN, "%.60s%s", t->spec->columns[column].title,
             t->sort == column ? arrow : "");
    return out;
}

void table_draw(struct table *t, struct ui *ui, struct area a)
{
    struct grid *g = ui_grid(ui);
    int widths[TABLE_COLUMNS_MAX], i, k, n, col;
    char title[TITLE_LEN];

    t->shown = a.rows - 1;
    if (t->shown < 1)
        return;
    while (t->n - t->top < t->shown && !t->at_last) {
        int before = t->n;

        extend_down(t, ui);
        if (t->n == before)
            break;
    }
    settle(t);
    table_arrange(t, ui);
    table_widths(t, a.cols, widths);
    for (k = -1; k < t->shown && t->top + k < t->n; k++) {
        const struct table_row *r = k >= 0 ? &t->rows[t->top + k] : NULL;

        if (!r)
            grid_fill(g, a.row, a.col, a.cols, STYLE_HEAD, " ");
        for (n = 0, col = 1 - t->across; n < t->n_order; n++) {
            i = t->order[n];
            if (!widths[i])
                continue;
            if (col >= 0)
                put_cell(ui, t, a, k + 1, col, widths[i] < a.cols - col ? widths[i] : a.cols - col,
                         i,
                         !r       ? STYLE_HEAD
                         : i == 0 ? r->style /* of what the row is */
                                  : STYLE_TEXT,
                         !r ? title_of(t, i, title) : r->cells[i]);
            col += widths[i] + 2;
        }
        if (r && t->marked && t->marked(ui, t, r))
            grid_put(g, a.row + k + 1, a.col, 1, STYLE_CITED, "*");
        if (r && t->top + k == t->at)
            grid_select(g, a.row + k + 1, a.col, a.cols);
    }
    if (!t->n)
        grid_put(g, a.row + 2, a.col + 1, a.cols - 2, STYLE_DIM,
                 t->filter              ? "no row with that text (f and Enter show all again)"
                 : ui->progress.running ? "nothing here so far"
                                        : "nothing here");
}
