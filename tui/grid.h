/*
 * grid: the screen as text: rows of cells, each one character with a style.
 *
 * Views draw here and know nothing of terminals; terminal.c shows it, the tests print it.  Widths
 * are those of a terminal (wide characters take two cells), text that does not fit ends in an
 * ellipsis, and with `ascii` every sign of ours has a plain twin.
 */
#ifndef TUI_GRID_H
#define TUI_GRID_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tui/theme.h"

#define GRID_CELL_TEXT 15 /* bytes of one character with its combining marks */
#define GRID_ROWS_MAX  500
#define GRID_COLS_MAX  1000

struct cell {
    char text[GRID_CELL_TEXT + 1];
    uint8_t width; /* 1 or 2; 0: covered by the wide character before */
    uint8_t style; /* enum style, with STYLE_SELECTED */
};

struct grid {
    int rows, cols;
    bool ascii;
    struct cell *cells;
};

/* A part of the grid. */
struct area {
    int row, col, rows, cols;
};

/* Sizes are brought into the limits. */
struct grid *grid_new(int rows, int cols, bool ascii);
void grid_free(struct grid *g);
void grid_resize(struct grid *g, int rows, int cols);
void grid_clear(struct grid *g);

/*
 * Writes UTF-8 text from (row, col) on, at most `cols` columns; returns the columns used.  What
 * lies outside of the grid is left out.
 */
int grid_put(struct grid *g, int row, int col, int cols, unsigned style, const char *text);
/* The same, with the text at the right end of the columns. */
void grid_put_right(struct grid *g, int row, int col, int cols, unsigned style, const char *text);
/* `cols` times the one character `text`. */
void grid_fill(struct grid *g, int row, int col, int cols, unsigned style, const char *text);
/* Some cells become those of what is selected: by their style, and by a mark in a first cell that is blank. */
void grid_select(struct grid *g, int row, int col, int cols);

/* The text of one row without blanks at its end; `out` is cleared before. */
struct str;
void grid_row(const struct grid *g, int row, struct str *out);

#endif
