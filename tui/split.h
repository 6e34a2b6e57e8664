/*
 * split: a screen of two parts: a list, and what is chosen in it; below each other, or side by side
 * where there is room.  How the reader wants it holds for all such screens.
 */
#ifndef TUI_SPLIT_H
#define TUI_SPLIT_H

#include <stdbool.h>

#include "tui/grid.h"
#include "tui/keys.h"

struct ui;

enum split_layout { LAYOUT_AUTOMATIC, LAYOUT_BELOW, LAYOUT_BESIDE, LAYOUTS_N };

struct split {
    struct area list, detail;
};

/* What a screen wants by itself. */
struct split_wish {
    int wide;       /* columns from which the parts stand side by side */
    int cols;       /* of the list then */
    int rows, most; /* of the list below each other, and as many as it can use */
    bool detail_focus;
};

/* Divides the area, and draws the line between: a heavy one while the detail has the keys. */
struct split split_area(struct ui *ui, struct area a, const struct split_wish *w);
/* The keys for it; false: another one. */
bool split_act(struct ui *ui, enum action action);

#endif
