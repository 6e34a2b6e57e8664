/* view_plot_inside: what the two halves of the plot view share: its state; reading, keys | drawing.
 */
#ifndef TUI_VIEW_PLOT_INSIDE_H
#define TUI_VIEW_PLOT_INSIDE_H

#include "frame/plot.h"
#include "tui/view.h"

#define PLOT_LABEL 10 /* columns before the panels */

enum what { WHAT_TCP, WHAT_OPENVPN, WHAT_SIZES };

struct plot_state {
    enum what what;
    struct view_args args;
    uint32_t source, other; /* sizes: from source to other */
    struct plot plot;
    struct watch watch;
    char end[2][96];  /* of the conversation; sizes: names of the two captures */
    int64_t from, to; /* what is shown of x */
    int at, cols;     /* the cursor, of so many columns */
};

void plot_draw(struct ui *ui, void *state, struct area a);
/* The column of a point; -1: not shown. */
int plot_column(const struct plot_state *s, const struct plot_point *p);
/* Sent again, lost, stuck: what a reader looks for. */
bool plot_notable(const struct plot_point *p);

#endif
