/*
 * split: a screen of two parts: a list, and what is chosen in it; below each other, or side by side
 * where there is room.  How the reader wants it holds for all such screens.
 */
#ifndef TUI_SPLIT_H
#define TUI_SPLIT_H

#include <stdbool.h>

#include "tui/grid.h"
#include "tui/keys.h"

#define SPLIT_WIDE 120 /* columns from which the parts stand side by side by themselves */

struct ui;

enum split_layout { LAYOUT_AUTOMATIC, LAYOUT_BELOW, LAYOUT_BESIDE, LAYOUTS_N };

struct split {
    struct area list, detail;
};

/*
 * Divides the area, and draws the line between: a heavy one while the detail has the keys.  The
 * list takes `cols` of them side by side; below each other `rows`, and more only if asked for,
 * `most` at the utmost.
 */
struct split split_area(struct ui *ui, struct area a, int cols, int rows, int most,
                        bool detail_focus);
/* The keys for it; false: another one. */
bool split_act(struct ui *ui, enum action action);

#endif
