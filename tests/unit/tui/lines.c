/* lines: wrapping, also of Chinese; tags; search; copying. */
#include "config.h"

#include "tui/lines.h"

#include "support/screen.h"

static void draw(struct lines *l, struct grid *g)
{
    grid_clear(g);
    lines_draw(l, g, (struct area){ 0, 0, g->rows, g->cols });
}

static void test_wrapping(void)
{
    struct grid *g = grid_new(8, 24, false);
    struct lines l = { 0 };

    lines_add(&l, 1, "why", STYLE_DIM, 6, "the first words, and more", STYLE_TEXT, 0);
    lines_say(&l, 1, STYLE_TEXT, "连接在第二十四帧之后再也没有得到确认");
    lines_say(&l, 0, STYLE_TEXT, "0123456789012345678901234567890");
    draw(&l, g);
    is_row(g, 0, " why   the first words,", "at a blank");
    is_row(g, 1, "       and more", "under itself");
    is_row(g, 2, " 连接在第二十四帧之后再", "Chinese anywhere");
    is_row(g, 3, " 也没有得到确认", "and on");
    is_row(g, 4, "012345678901234567890123", "a word that is too long");
    is_row(g, 5, "4567890", "is cut");
    grid_resize(g, 3, 8);
    draw(&l, g);
    ok(l.n_rows > 6, "narrow screens have more rows");
    lines_free(&l);
    grid_free(g);
}

static void test_tags(void)
{
    struct grid *g = grid_new(3, 20, false);
    struct lines l = { 0 };
    struct str copy = { 0 };
    int i;

    lines_say(&l, 1, STYLE_DIM, "head");
    for (i = 1; i <= 9; i++) {
        char text[16];

        snprintf(text, sizeof(text), "piece %d", i);
        lines_add(&l, 2, "frame", STYLE_TEXT, 8, text, STYLE_TEXT, i);
    }
    l.chosen = 1;
    draw(&l, g);
    is_row(g, 1, "› frame   piece 1", "the chosen one");
    lines_act(&l, ACTION_down, 4, 3);
    is_int(l.chosen, 5, "four further");
    draw(&l, g);
    is_row(g, 2, "› frame   piece 5", "comes into sight");
    lines_act(&l, ACTION_end, 0, 3);
    is_int(l.chosen, 9, "the last one");
    lines_act(&l, ACTION_down, 0, 3);
    is_int(l.chosen, 9, "and no further");
    ok(lines_search(&l, "PIECE 3", false), "a search finds");
    is_int(l.chosen, 3, "and chooses");
    ok(!lines_search(&l, "nothing", true), "or not");
    lines_copy(&l, &copy);
    is_str(str_get(&copy), "frame  piece 3", "the chosen one is copied");
    lines_act(&l, ACTION_top, 0, 3);
    is_int(l.chosen, 1, "the first one");
    ok(!lines_act(&l, ACTION_sort_next, 0, 3), "what it does not know");
    str_free(&copy);
    lines_free(&l);
    grid_free(g);
}

static void test_scrolling(void)
{
    struct grid *g = grid_new(4, 20, false);
    struct lines l = { 0 };
    char text[16];
    int i;

    for (i = 0; i < 20; i++) {
        snprintf(text, sizeof(text), "line %d", i);
        lines_say(&l, 0, STYLE_TEXT, text);
    }
    draw(&l, g);
    lines_act(&l, ACTION_mark, 0, 4);
    draw(&l, g);
    is_row(g, 0, "line 4", "Space pages in a text");
    lines_act(&l, ACTION_end, 0, 4);
    draw(&l, g);
    is_row(g, 3, "line 19", "the end fills the screen");
    lines_act(&l, ACTION_end, 8, 4);
    draw(&l, g);
    is_row(g, 0, "line 7", "a number goes there");
    lines_free(&l);
    draw(&l, g);
    is_row(g, 0, "", "no text");
    lines_free(&l);
    grid_free(g);
}

int main(void)
{
    test_wrapping();
    test_tags();
    test_scrolling();
    return tap_done();
}
