/* ui_draw: the frame around a view: title, bar of keys, progress, message. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tui/bookmarks.h"
#include "tui/ui.h"

static void draw_title(struct ui *ui)
{
    struct grid *g = ui->grid;
    struct str crumbs = { 0 }, status = { 0 };
    struct ui_level *l = ui_top(ui);
    int i, used, right;

    for (i = 0; i < ui->n_levels; i++)
        str_addf(&crumbs, "%s%s", i ? " \xe2\x80\xba " : "", ui->stack[i].ops->name);
    if (l->ops->status)
        l->ops->status(ui, l->state, &status);
    if (!status.len)
        str_adds(&status, ui->o->title ? ui->o->title : "");
    grid_put(g, 0, 0, g->cols, STYLE_BAR_KEY, "deadwire");
    used = 10 + grid_put(g, 0, 10, g->cols - 10, STYLE_TITLE, str_get(&crumbs));
    right = (int)str_width(str_get(&status));
    if (used + 2 + right > g->cols)
        right = g->cols - used - 2;
    if (right > 0)
        grid_put(g, 0, g->cols - right, right, STYLE_DIM, str_get(&status));
    str_free(&crumbs);
    str_free(&status);
}

static int item_width(struct ui *ui, const char *view, enum action action)
{
    char key[16];
    const char *k = keys_of(ui->keys, view, action, key);

    return k[0] ? (int)(str_width(k) + 1 + str_width(action_name(action)) + 2) : 0;
}

static int draw_item(struct ui *ui, int row, int col, const char *view, enum action action)
{
    struct grid *g = ui->grid;
    const char *name = action_name(action);
    char key[16];
    int used =
        grid_put(g, row, col, g->cols - col, STYLE_BAR_KEY, keys_of(ui->keys, view, action, key)) +
        1;

    for (; *name; name++) /* names of actions have '_' for a blank */
        used += grid_put(g, row, col + used, 1, STYLE_BAR,
                         *name == '_' ? " " : (char[]){ *name, '\0' });
    return used + 2;
}

/* "Enter open  a accept": as many of the view's own actions as leave room for those that always
 * hold. */
static void draw_bar(struct ui *ui, int row)
{
    static const enum action everywhere[] = { ACTION_back, ACTION_help, ACTION_quit };
    const struct view_ops *ops = ui_top(ui)->ops;
    int room = ui->grid->cols, col = 0, i;

    for (i = 0; i < 3; i++)
        room -= item_width(ui, ops->name, everywhere[i]);
    for (i = 0; i < 10 && ops->bar[i] != ACTION_NONE; i++) {
        int width = item_width(ui, ops->name, ops->bar[i]);

        if (width && col + width <= room)
            col += draw_item(ui, row, col, ops->name, ops->bar[i]);
    }
    for (i = 0; i < 3; i++)
        if (item_width(ui, ops->name, everywhere[i]) && col < ui->grid->cols)
            col += draw_item(ui, row, col, ops->name, everywhere[i]);
}

/* A key of two: what may come now. */
static void draw_hint(struct ui *ui, int row)
{
    struct str hint = { 0 };

    bookmark_hint(ui, &hint);
    grid_put(ui->grid, row, 0, ui->grid->cols, STYLE_PROMPT, str_get(&hint));
    str_free(&hint);
}

static void draw_progress(struct ui *ui, int row)
{
    const struct tui_progress *p = &ui->progress;
    struct grid *g = ui->grid;
    char text[400], key[16], n[32];
    int percent = p->of ? (int)(p->done * 100 / p->of) : 0, width = g->cols / 5;

    grid_fill(g, row, 0, g->cols, STYLE_BAR, " ");
    grid_fill(g, row, 0, width, STYLE_RULER, "\xe2\x96\x91");
    grid_fill(g, row, 0, width * (percent > 100 ? 100 : percent) / 100, STYLE_NOTICE,
              "\xe2\x96\x88");
    if (p->judging)
        snprintf(text, sizeof(text), "        judging what was read");
    else
        snprintf(text, sizeof(text), " %3d %%  %s%s   (%s stops)   %s",
                 percent > 100 ? 100 : percent, p->frames ? str_group(p->frames, n) : "reading",
                 p->frames ? " frames" : "", keys_of(ui->keys, NULL, ACTION_stop, key), p->what);
    grid_put(g, row, width, g->cols - width, STYLE_BAR, text);
}

void ui_draw(struct ui *ui)
{
    struct grid *g = ui->grid;
    struct ui_level *l = ui_top(ui);
    int last = g->rows - 1;

    grid_clear(g);
    if (g->rows < UI_ROWS_LEAST || g->cols < UI_COLS_LEAST) {
        grid_put(g, 0, 0, g->cols, STYLE_WARNING, "too small a screen");
        return;
    }
    draw_title(ui);
    ui->body = (struct area){ .row = 1, .col = 0, .rows = g->rows - 2, .cols = g->cols };
    if (ui->progress.running)
        ui->body.rows--;
    l->ops->draw(ui, l->state, ui->body);
    grid_fill(g, last, 0, g->cols, STYLE_TEXT, " "); /* what a view has no room for ends here */
    if (ui->progress.running)
        draw_progress(ui, last - 1);
    if (ui->prompt.kind != PROMPT_NONE)
        return; /* show() draws it, for the cursor */
    if (ui->pending != ACTION_NONE)
        draw_hint(ui, last);
    else if (ui->message.len)
        grid_put(g, last, 0, g->cols, ui->message_is_error ? STYLE_ERROR : STYLE_STRONG,
                 str_get(&ui->message));
    else
        draw_bar(ui, last);
}
