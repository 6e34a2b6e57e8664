/*
 * chart: points and lines in cells of 2 by 4 braille dots, with signs in between, for views that
 * draw numbers.
 *
 * What is rare is a sign, so that it is seen among many dots and read without colour.  Without
 * Unicode a cell of dots is one of ' . and : by the halves that are set.
 */
#ifndef TUI_CHART_H
#define TUI_CHART_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/grid.h"

struct chart {
    int rows, cols;       /* cells */
    int64_t x_from, x_to; /* the range that is shown, ends included */
    int64_t y_from, y_to;
    struct chart_cell *cells;
};

/* At least one cell; ranges of one value are widened. */
struct chart *chart_new(int rows, int cols, int64_t x_from, int64_t x_to, int64_t y_from,
                        int64_t y_to);
void chart_free(struct chart *c);

/* The column of cells that x falls into; -1: outside. */
int chart_column(const struct chart *c, int64_t x);

/* What lies outside of the ranges is left out. */
void chart_dot(struct chart *c, int64_t x, int64_t y, unsigned style);
/* y0 from x0 on, then up or down to y1 at x1; cut at the ranges. */
void chart_step(struct chart *c, int64_t x0, int64_t y0, int64_t x1, int64_t y1, unsigned style);
/* From the bottom up to y, a whole cell wide. */
void chart_bar(struct chart *c, int64_t x, int64_t y, unsigned style);
/* A sign (borrowed) instead of dots; with `yields` only where there are none. */
void chart_sign(struct chart *c, int64_t x, int64_t y, unsigned style, const char *sign,
                bool yields);

/* Draws it at a place; the chosen column (-1: none) is lit. */
void chart_draw(const struct chart *c, struct grid *g, int row, int col, int chosen);

/*
 * The line below a graph of `cols` columns: a sign where it is divided into quarters, and at the
 * chosen column (-1: none).
 */
void chart_axis(struct grid *g, int row, int col, int cols, int chosen);
/* A column whose value is written below the axis: i of CHART_TICKS - 1; -1: there is no room. */
#define CHART_TICKS 4
int chart_tick(int cols, int i);
/* "0.978 s", "5000 s": three digits that count, and no powers of ten. */
#define CHART_SPAN_LEN 32
const char *chart_span(double seconds, char out[CHART_SPAN_LEN]);

#endif
