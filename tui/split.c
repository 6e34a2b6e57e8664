#include "config.h"

#include "tui/split.h"

#include "tui/ui.h"

#define STEP_PARTS  20 /* a step is one part in so many */
#define STEPS_MOST  16
#define COLS_LEAST  20 /* of either part */
#define ROWS_DETAIL 3

static int within(int v, int least, int most)
{
    return v < least || most < least ? least : v > most ? most : v;
}

static struct split beside(struct ui *ui, struct area a, int cols, bool detail_focus)
{
    struct split s = { a, a };
    int i;

    s.list.cols =
        within(cols + ui->split_by * a.cols / STEP_PARTS, COLS_LEAST, a.cols - COLS_LEAST - 2);
    s.detail.col = a.col + s.list.cols + 2;
    s.detail.cols = a.cols - s.list.cols - 2;
    for (i = 0; i < a.rows; i++)
        grid_put(ui_grid(ui), a.row + i, a.col + s.list.cols, 1,
                 detail_focus ? STYLE_BAR_KEY : STYLE_RULER,
                 detail_focus ? "\xe2\x94\x83" : "\xe2\x94\x82");
    s.list.cols--; /* a blank before the line */
    return s;
}

static struct split below(struct ui *ui, struct area a, int rows, int most, bool detail_focus)
{
    struct split s = { a, a };

    if (most > a.rows - ROWS_DETAIL - 1)
        most = a.rows - ROWS_DETAIL - 1;
    s.list.rows = within(rows + ui->split_by * a.rows / STEP_PARTS, 1, most);
    s.detail.row = a.row + s.list.rows + 1;
    s.detail.rows = a.rows - s.list.rows - 1;
    grid_fill(ui_grid(ui), a.row + s.list.rows, a.col, a.cols,
              detail_focus ? STYLE_BAR_KEY : STYLE_RULER,
              detail_focus ? "\xe2\x94\x81" : "\xe2\x94\x80");
    return s;
}

struct split split_area(struct ui *ui, struct area a, const struct split_wish *w)
{
    bool side =
        ui->layout == LAYOUT_BESIDE || (ui->layout == LAYOUT_AUTOMATIC && a.cols >= w->wide);

    return side ? beside(ui, a, w->cols, w->detail_focus)
                : below(ui, a, w->rows, w->most, w->detail_focus);
}

bool split_act(struct ui *ui, enum action action)
{
    static const char *const names[LAYOUTS_N] = { "as the width allows", "below each other",
                                                  "side by side" };
    int by = action == ACTION_zoom_in ? 1 : -1;

    switch (action) {
    case ACTION_layout:
        ui->layout = (ui->layout + 1) % LAYOUTS_N;
        ui->split_by = 0;
        ui_say(ui, "layout: %s", names[ui->layout]);
        return true;
    case ACTION_zoom_in:
    case ACTION_zoom_out:
        ui->split_by = within(ui->split_by + by, -STEPS_MOST, STEPS_MOST);
        return true;
    default:
        return false;
    }
}
