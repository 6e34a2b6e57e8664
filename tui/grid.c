#include "config.h"

#include "tui/grid.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plain.h"
#include "base/str.h"

static int within(int v, int least, int most)
{
    return v < least ? least : v > most ? most : v;
}

struct grid *grid_new(int rows, int cols, bool ascii)
{
    struct grid *g = xcalloc(1, sizeof(*g));

    g->ascii = ascii;
    grid_resize(g, rows, cols);
    return g;
}

void grid_free(struct grid *g)
{
    if (!g)
        return;
    free(g->cells);
    free(g);
}

void grid_resize(struct grid *g, int rows, int cols)
{
    g->rows = within(rows, 1, GRID_ROWS_MAX);
    g->cols = within(cols, 1, GRID_COLS_MAX);
    free(g->cells);
    g->cells = xcalloc((size_t)g->rows * (size_t)g->cols, sizeof(*g->cells));
    grid_clear(g);
}

static struct cell *at(struct grid *g, int row, int col)
{
    return &g->cells[(size_t)row * (size_t)g->cols + (size_t)col];
}

static void blank(struct cell *c, unsigned style)
{
    *c = (struct cell){ .text = " ", .width = 1, .style = (uint8_t)style };
}

void grid_clear(struct grid *g)
{
    int row, col;

    for (row = 0; row < g->rows; row++)
        for (col = 0; col < g->cols; col++)
            blank(at(g, row, col), STYLE_TEXT);
}

/* Half of a wide character must not stay when the other half is written over. */
static void free_cell(struct grid *g, int row, int col)
{
    if (at(g, row, col)->width == 0 && col > 0)
        blank(at(g, row, col - 1), at(g, row, col - 1)->style);
    if (at(g, row, col)->width == 2 && col + 1 < g->cols)
        blank(at(g, row, col + 1), at(g, row, col + 1)->style);
}

static void set(struct grid *g, int row, int col, unsigned style, const char *s, size_t n,
                uint32_t code, int width)
{
    struct cell *c = at(g, row, col);

    free_cell(g, row, col);
    if (width == 2)
        free_cell(g, row, col + 1);
    *c = (struct cell){ .width = (uint8_t)width, .style = (uint8_t)style };
    if (g->ascii) {
        c->text[0] = plain_of(code);
        if (width == 2)
            c->text[1] = ' ';
    } else {
        memcpy(c->text, s, n < GRID_CELL_TEXT ? n : GRID_CELL_TEXT);
    }
    if (width == 2)
        *at(g, row, col + 1) = (struct cell){ .width = 0, .style = (uint8_t)style };
}

static void combine(struct grid *g, int row, int col, const char *s, size_t n)
{
    struct cell *c = at(g, row, col);
    size_t have;

    if (c->width == 0 && col > 0)
        c = at(g, row, col - 1);
    have = strlen(c->text);
    if (!g->ascii && have + n <= GRID_CELL_TEXT)
        memcpy(c->text + have, s, n);
}

/* Columns of one character: str_width of it alone. */
static int width_of(const char *s, size_t n)
{
    char one[8] = { 0 };

    memcpy(one, s, n < sizeof(one) ? n : sizeof(one) - 1);
    return (int)str_width(one);
}

/* Control characters, also those of ISO 8859. */
static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* Marks that turn the direction of what follows: they would let a text rearrange the screen. */
static bool turns_round(uint32_t code)
{
    return code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

int grid_put(struct grid *g, int row, int col, int cols, unsigned style, const char *text)
{
    int used = 0;
    bool cut = (int)str_width(text) > cols;

    if (row < 0 || row >= g->rows || col < 0 || cols <= 0)
        return 0;
    if (col + cols > g->cols)
        cols = g->cols - col;
    while (*text) {
        uint32_t code = 0;
        size_t n = str_utf8(text, strlen(text), &code);
        int width = is_control(code) ? 1 : width_of(text, n);

        if (turns_round(code)) {
            /* left out */
        } else if (width == 0) {
            if (used)
                combine(g, row, col + used - 1, text, n);
        } else if (used + width > cols - (cut ? 1 : 0)) {
            break;
        } else if (is_control(code)) {
            set(g, row, col + used, style, "?", 1, '?', 1);
            used++;
        } else {
            set(g, row, col + used, style, text, n, code, width);
            used += width;
        }
        text += n;
    }
    if (cut && used < cols) {
        set(g, row, col + used, style, "\xe2\x80\xa6", 3, 0x2026, 1);
        used++;
    }
    return used;
}

void grid_put_right(struct grid *g, int row, int col, int cols, unsigned style, const char *text)
{
    int width = (int)str_width(text), skip = cols > width ? cols - width : 0;

    grid_put(g, row, col + skip, cols - skip, style, text);
}

void grid_fill(struct grid *g, int row, int col, int cols, unsigned style, const char *text)
{
    uint32_t code = 0;
    size_t n = str_utf8(text, strlen(text), &code);
    int i;

    if (row < 0 || row >= g->rows)
        return;
    for (i = 0; i < cols && col + i < g->cols; i++)
        if (col + i >= 0)
            set(g, row, col + i, style, text, n, code, 1);
}

void grid_select(struct grid *g, int row, int col, int cols)
{
    int i;

    if (row < 0 || row >= g->rows)
        return;
    if (col >= 0 && col < g->cols && strcmp(at(g, row, col)->text, " ") == 0)
        grid_put(g, row, col, 1, STYLE_BAR_KEY, "\xe2\x80\xba");
    for (i = col < 0 ? 0 : col; i < col + cols && i < g->cols; i++)
        at(g, row, i)->style |= STYLE_SELECTED;
}

void grid_row(const struct grid *g, int row, struct str *out)
{
    int col;

    str_clear(out);
    for (col = 0; col < g->cols; col++)
        str_adds(out, g->cells[(size_t)row * (size_t)g->cols + (size_t)col].text);
    while (out->len && out->s[out->len - 1] == ' ')
        out->s[--out->len] = '\0';
}
