/*
 * lines: a text of styled, wrapped lines that can be scrolled: details, help, rules, frames.
 *
 * A line is a label and a text; the text wraps under itself.  Lines may be chosen: each carries a
 * number of its own (`tag`, 0: cannot be chosen).
 */
#ifndef TUI_LINES_H
#define TUI_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/grid.h"
#include "tui/keys.h"

#define LINES_MEASURE 100     /* what `measure` is for prose */
#define LINES_MAX     200000u /* lines of one text; more are left out, and the last one says so */

struct line {
    char *label, *text; /* label may be NULL */
    unsigned label_style, style;
    int indent; /* columns before the label */
    int hang;   /* columns from the label to the text; 0: right behind it */
    int tag;
};

struct lines {
    struct line *all;
    size_t n, cap;
    size_t top;  /* first row shown, of the wrapped rows */
    int chosen;  /* tag, 0: none */
    int measure; /* columns of text at most, as long lines are hard to read; 0: all there are */
    int width;   /* that the rows below were made for */
    struct row {
        size_t line, from, len; /* part of a line's text */
        bool first;
    } * rows;
    size_t n_rows, cap_rows;
};

void lines_clear(struct lines *l);
void lines_free(struct lines *l);

/* Copies both texts. */
void lines_add(struct lines *l, int indent, const char *label, unsigned label_style, int hang,
               const char *text, unsigned style, int tag);
/* A plain line, and an empty one. */
void lines_say(struct lines *l, int indent, unsigned style, const char *text);
void lines_gap(struct lines *l);

/* The line that the first row shown belongs to, once they were drawn; before that the first one. */
size_t lines_first(const struct lines *l);

/* Draws the part that is to be seen; the chosen line is selected. */
void lines_draw(struct lines *l, struct grid *g, struct area a);

/* Moves through the text, or from tag to tag where there are any.  False: not an action of a text.
 */
bool lines_act(struct lines *l, enum action action, int count, int rows);

/* The chosen line, or all of them, as text. */
struct str;
void lines_copy(const struct lines *l, struct str *out);

/* The next line that holds `text` (case ignored), `back`: the one before; false: none. */
bool lines_search(struct lines *l, const char *text, bool back);

#endif
