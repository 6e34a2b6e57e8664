/* chart: dots, steps, bars and signs in their cells; ranges as hostile as a case can make them. */
#include "config.h"

#include "tui/chart.h"

#include "support/screen.h"

static struct grid *drawn(struct chart *c, bool ascii)
{
    struct grid *g = grid_new(c->rows, c->cols, ascii);

    chart_draw(c, g, 0, 0, -1);
    chart_free(c);
    return g;
}

static void test_steps(void)
{
    struct chart *c = chart_new(2, 4, 0, 7, 0, 7);
    struct grid *g;

    chart_step(c, 0, 0, 4, 7, STYLE_A);
    chart_step(c, 4, 7, 20, 3, STYLE_A);
    chart_sign(c, 7, 0, STYLE_WARNING, "R", false);
    chart_sign(c, 0, 0, STYLE_DIM, "o", true);
    chart_sign(c, 0, 7, STYLE_DIM, "o", true);
    chart_dot(c, 8, 0, STYLE_A);
    chart_dot(c, 0, -1, STYLE_A);
    is_int(chart_column(c, 4), 2, "a column of cells");
    is_int(chart_column(c, 8), -1, "outside");
    g = drawn(c, false);
    is_row(g, 0, "o ⡏⠉", "up, and on to the edge");
    is_row(g, 1, "⣀⣀⡇R", "what yields stands only where there are no dots");
    grid_free(g);
}

static void test_bars(void)
{
    struct chart *c = chart_new(2, 3, 0, 5, 0, 7);
    struct grid *g;

    chart_bar(c, 2, 5, STYLE_GOOD);
    g = drawn(c, true);
    is_row(g, 0, " .", "a bar as wide as a cell, in ASCII");
    is_row(g, 1, " :", "from the bottom up");
    grid_free(g);
}

static void test_extremes(void)
{
    struct chart *c = chart_new(0, -5, INT64_MIN, INT64_MAX, INT64_MAX, INT64_MAX);
    struct grid *g;

    is_int(c->rows * c->cols, 1, "at least a cell");
    chart_step(c, INT64_MIN, INT64_MAX, INT64_MAX, INT64_MAX, STYLE_A);
    chart_bar(c, 0, INT64_MIN, STYLE_A);
    chart_sign(c, INT64_MAX, 0, STYLE_A, "x", false);
    ok(chart_column(c, INT64_MAX) == 0, "the widest range");
    g = drawn(c, false);
    grid_free(g);
}

int main(void)
{
    test_steps();
    test_bars();
    test_extremes();
    return tap_done();
}
