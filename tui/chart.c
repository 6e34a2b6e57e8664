#include "config.h"

#include "tui/chart.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define DOTS_ACROSS 2
#define DOTS_DOWN   4
#define TICKS_FROM  40 /* columns; in fewer they are noise */
#define TICK_LEAST  26 /* columns of each quarter whose value is written */

struct chart_cell {
    uint8_t dots; /* as in U+2800 */
    uint8_t style, sign_style;
    bool yields;
    const char *sign;
};

struct chart *chart_new(int rows, int cols, int64_t x_from, int64_t x_to, int64_t y_from,
                        int64_t y_to)
{
    struct chart *c = xcalloc(1, sizeof(*c));

    c->rows = rows < 1 ? 1 : rows > GRID_ROWS_MAX ? GRID_ROWS_MAX : rows;
    c->cols = cols < 1 ? 1 : cols > GRID_COLS_MAX ? GRID_COLS_MAX : cols;
    c->x_from = x_from;
    c->x_to = x_to > x_from ? x_to : x_from < INT64_MAX ? x_from + 1 : x_from;
    c->y_from = y_from;
    c->y_to = y_to > y_from ? y_to : y_from < INT64_MAX ? y_from + 1 : y_from;
    c->cells = xcalloc((size_t)c->rows * (size_t)c->cols, sizeof(*c->cells));
    return c;
}

void chart_free(struct chart *c)
{
    if (!c)
        return;
    free(c->cells);
    free(c);
}

/* In floating point: a difference of two 64-bit numbers from a case may not fit into one. */
static int place(int64_t v, int64_t from, int64_t to, int dots)
{
    double span = (double)to - (double)from, at = (double)v - (double)from;

    if (v < from || v > to || span <= 0)
        return -1;
    return (int)(at / span * (dots - 1) + 0.5);
}

static int across(const struct chart *c, int64_t x)
{
    return place(x, c->x_from, c->x_to, c->cols * DOTS_ACROSS);
}

/* Dots from the bottom. */
static int up(const struct chart *c, int64_t y)
{
    return place(y, c->y_from, c->y_to, c->rows * DOTS_DOWN);
}

int chart_column(const struct chart *c, int64_t x)
{
    int dot = across(c, x);

    return dot < 0 ? -1 : dot / DOTS_ACROSS;
}

static struct chart_cell *cell_of(const struct chart *c, int dot_x, int dot_y)
{
    int row = c->rows - 1 - dot_y / DOTS_DOWN;

    return &c->cells[(size_t)row * (size_t)c->cols + (size_t)(dot_x / DOTS_ACROSS)];
}

static void set(struct chart *c, int dot_x, int dot_y, unsigned style)
{
    static const uint8_t bits[DOTS_ACROSS][DOTS_DOWN] = { { 0x40, 0x04, 0x02, 0x01 },
                                                          { 0x80, 0x20, 0x10, 0x08 } };
    struct chart_cell *cell = cell_of(c, dot_x, dot_y);

    cell->dots |= bits[dot_x % DOTS_ACROSS][dot_y % DOTS_DOWN];
    cell->style = (uint8_t)style;
}

void chart_dot(struct chart *c, int64_t x, int64_t y, unsigned style)
{
    int dot_x = across(c, x), dot_y = up(c, y);

    if (dot_x >= 0 && dot_y >= 0)
        set(c, dot_x, dot_y, style);
}

static void column(struct chart *c, int dot_x, int from, int to, unsigned style)
{
    int low = from < to ? from : to, high = from < to ? to : from;

    for (; low <= high; low++)
        if (low >= 0)
            set(c, dot_x, low, style);
}

void chart_step(struct chart *c, int64_t x0, int64_t y0, int64_t x1, int64_t y1, unsigned style)
{
    int64_t left = x0 > c->x_from ? x0 : c->x_from, right = x1 < c->x_to ? x1 : c->x_to;
    int level = up(c, y0), i, end;

    if (left > right)
        return;
    end = across(c, right);
    for (i = across(c, left); i <= end && level >= 0; i++)
        set(c, i, level, style);
    if (x1 <= c->x_to && x1 >= c->x_from && level >= 0 && up(c, y1) >= 0)
        column(c, end, level, up(c, y1), style);
}

void chart_bar(struct chart *c, int64_t x, int64_t y, unsigned style)
{
    int dot_x = across(c, x), top = up(c, y);

    if (dot_x < 0 || top < 0)
        return;
    column(c, dot_x & ~1, 0, top, style);
    column(c, dot_x | 1, 0, top, style);
}

void chart_sign(struct chart *c, int64_t x, int64_t y, unsigned style, const char *sign,
                bool yields)
{
    int dot_x = across(c, x), dot_y = up(c, y);
    struct chart_cell *cell;

    if (dot_x < 0 || dot_y < 0)
        return;
    cell = cell_of(c, dot_x, dot_y);
    if (cell->sign && yields)
        return;
    cell->sign = sign;
    cell->sign_style = (uint8_t)style;
    cell->yields = yields;
}

void chart_draw(const struct chart *c, struct grid *g, int row, int col, int chosen)
{
    int r, k;

    for (r = 0; r < c->rows; r++) {
        for (k = 0; k < c->cols; k++) {
            const struct chart_cell *cell = &c->cells[(size_t)r * (size_t)c->cols + (size_t)k];
            char braille[4] = { (char)0xe2, (char)(0xa0 | cell->dots >> 6),
                                (char)(0x80 | (cell->dots & 0x3f)), '\0' };

            if (cell->sign && !(cell->yields && cell->dots))
                grid_put(g, row + r, col + k, 1, cell->sign_style, cell->sign);
            else if (cell->dots)
                grid_put(g, row + r, col + k, 1, k == chosen ? STYLE_STRONG : cell->style, braille);
            else if (k == chosen)
                grid_put(g, row + r, col + k, 1, STYLE_RULER, "\xe2\x94\x82");
        }
    }
}

void chart_axis(struct grid *g, int row, int col, int cols, int chosen)
{
    int i;

    grid_fill(g, row, col, cols, STYLE_RULER, "\xe2\x94\x80");
    for (i = 1; i < CHART_TICKS && cols >= TICKS_FROM; i++)
        grid_put(g, row, col + cols * i / CHART_TICKS, 1, STYLE_DIM, "\xe2\x94\xb4");
    if (chosen >= 0 && chosen < cols)
        grid_put(g, row, col + chosen, 1, STYLE_BAR_KEY, "\xe2\x96\xb2");
}

int chart_tick(int cols, int i)
{
    return cols >= CHART_TICKS * TICK_LEAST ? cols * i / CHART_TICKS : -1;
}

const char *chart_span(double seconds, char out[CHART_SPAN_LEN])
{
    snprintf(out, CHART_SPAN_LEN, seconds < 999.5 ? "%.3g s" : "%.0f s", seconds);
    return out;
}
