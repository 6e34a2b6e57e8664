/* view_ladder_inside: what the two halves of the ladder share: its state; reading, keys | drawing.
 */
#ifndef TUI_VIEW_LADDER_INSIDE_H
#define TUI_VIEW_LADDER_INSIDE_H

#include "frame/ladder.h"
#include "frame/pairview.h"
#include "tui/view.h"

#define LIVES_MAX 16 /* captures of one conversation */

struct ladder_state {
    struct ladder *ladder;
    struct watch watch;
    uint64_t at, top;
    int rows;
    bool playing, pair;                    /* pair: two captures, not one conversation */
    struct view_args opened;               /* what it was opened on */
    struct pairview_life lives[LIVES_MAX]; /* the conversation in each capture that saw it */
    size_t n_lives;
    int play_ms;
    struct ladder_row row; /* the chosen one */
    bool has_row;
};

void ladder_view_draw(struct ui *ui, void *state, struct area a);
/* What an end is called. */
const char *ladder_end_name(const struct ladder_state *s, int end);

#endif
