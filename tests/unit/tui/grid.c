/* grid: widths, combining marks, what does not fit, ASCII. */
#include "config.h"

#include "tui/grid.h"

#include "support/screen.h"

static void test_wide(void)
{
    struct grid *g = grid_new(3, 10, false);

    is_int(grid_put(g, 0, 0, 10, STYLE_TEXT, "故障 x"), 6, "a wide character takes two columns");
    is_row(g, 0, "故障 x", "and is there once");
    grid_put(g, 0, 1, 1, STYLE_TEXT, "y");
    is_row(g, 0, " y障 x", "written over by half it leaves a blank");
    grid_put(g, 0, 2, 1, STYLE_TEXT, "z");
    is_row(g, 0, " yz  x", "from the left as well");
    is_int(grid_put(g, 1, 0, 5, STYLE_TEXT, "故障故障"), 5, "cut between characters");
    is_row(g, 1, "故障…", "never in the middle of one");
    is_int(grid_put(g, 2, 0, 4, STYLE_TEXT, "故障故"), 3, "half a column is left over");
    is_row(g, 2, "故…", "and stays blank");
    grid_free(g);
}

static void test_combining(void)
{
    struct grid *g = grid_new(2, 6, false);
    char many[64] = "e";
    int i;

    grid_put(g, 0, 0, 6, STYLE_TEXT, "e\xcc\x81x");
    is_row(g, 0, "e\xcc\x81x", "a mark joins the character before");
    is_int((int)strlen(g->cells[0].text), 3, "in its cell");
    grid_put(g, 0, 3, 3, STYLE_TEXT, "\xcc\x81y");
    is_row(g, 0, "e\xcc\x81x y", "a mark without a character before it is left out");
    for (i = 0; i < 20; i++)
        strcat(many, "\xcc\x81");
    grid_put(g, 1, 0, 6, STYLE_TEXT, many);
    ok(strlen(g->cells[6].text) <= GRID_CELL_TEXT, "so many marks as there is room for");
    grid_free(g);
}

static void test_clipping(void)
{
    struct grid *g = grid_new(2, 5, false);

    is_int(grid_put(g, 5, 0, 5, STYLE_TEXT, "x"), 0, "below the screen");
    is_int(grid_put(g, 0, -1, 5, STYLE_TEXT, "x"), 0, "left of it");
    is_int(grid_put(g, 0, 5, 5, STYLE_TEXT, "x"), 0, "right of it");
    grid_put(g, 0, 3, 5, STYLE_TEXT, "abcdef");
    is_row(g, 0, "   a…", "cut at the edge of the screen, with an ellipsis");
    grid_put(g, 1, 0, 5, STYLE_TEXT, "a\x1b\tb");
    is_row(g, 1, "a??b", "control characters do not reach the terminal");
    grid_put(g, 1, 0, 5, STYLE_TEXT,
             "a\xc2\x9b"
             "b\xe2\x80\xae"
             "c");
    is_row(g, 1, "a?bc", "nor those of ISO 8859, nor what turns the direction round");
    grid_put(g, 1, 0, 5, STYLE_TEXT, "a??b ");
    grid_put_right(g, 1, 0, 5, STYLE_TEXT, "12");
    is_row(g, 1, "a??12", "to the right");
    grid_resize(g, 100000, 0);
    ok(g->rows == GRID_ROWS_MAX && g->cols == 1, "sizes have limits");
    grid_free(g);
}

static void test_ascii(void)
{
    struct grid *g = grid_new(2, 20, true);

    grid_put(g, 0, 0, 20, STYLE_TEXT, "✘▲●·→│─…é");
    is_row(g, 0, "X!*.>|-~?", "our signs have twins, others are a question mark");
    grid_put(g, 1, 0, 20, STYLE_TEXT, "故 x");
    is_row(g, 1, "?  x", "and take as many columns");
    grid_put(g, 1, 0, 20, STYLE_TEXT, "\xe2\xa0\x89\xe2\xa3\x80\xe2\xa3\xbf\xe2\xa0\x80|");
    is_row(g, 1, "'.:?|", "braille by its halves");
    grid_free(g);
}

static void test_selection(void)
{
    struct grid *g = grid_new(2, 5, false);

    grid_put(g, 0, 1, 4, STYLE_GOOD, "ab");
    grid_select(g, 0, 0, 5);
    is_row(g, 0, "›ab", "what is selected has a mark");
    is_int(g->cells[1].style, STYLE_GOOD | STYLE_SELECTED, "and keeps its style");
    grid_put(g, 1, 0, 4, STYLE_GOOD, "*");
    grid_select(g, 1, 0, 5);
    is_row(g, 1, "*", "which does not hide another one");
    grid_select(g, 9, 0, 5);
    grid_free(g);
}

int main(void)
{
    test_wide();
    test_combining();
    test_clipping();
    test_ascii();
    test_selection();
    return tap_done();
}
