/* view_ladder_draw: the arrows, what each end believes beside them, the chosen row in words below.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "tui/ui.h"
#include "tui/view_ladder_inside.h"

#define LEFT         25  /* columns before the lifeline of a: mark, frame, gap */
#define WIDE         120 /* columns from which the states stand beside the lifelines */
#define STATE        18  /* columns of them there */
#define ARROW_MOST   84  /* columns of an arrow; more room goes to the states */
#define DETAIL_LEAST 10
#define PANEL        6                   /* rows below: the chosen row in words */
#define PANEL_LEAST  3                   /* on a low screen: what both ends believe */
#define ROWS_LEAST   4                   /* of the conversation, before the panel is cut */
#define GAP_LIT      INT64_C(1000000000) /* a pause of so many ns is shown in bold */

const char *ladder_end_name(const struct ladder_state *s, int end)
{
    const struct ladder_head *h = ladder_head(s->ladder);

    return !s->pair ? h->end[end] : end ? h->other_name : h->source_name;
}

static void gap_text(const struct ladder_row *r, char out[24])
{
    if (!r->has_gap)
        out[0] = '\0';
    else
        snprintf(out, 24, "%+.6f", (double)r->gap_ns / 1e9);
}

static unsigned arrow_style(const struct ladder_row *r)
{
    if (r->flags & LADDER_CITED)
        return STYLE_CITED;
    if (r->flags & (LADDER_RESENT | LADDER_COPY | LADDER_OUTSIDE | LADDER_OLD_LIFE))
        return STYLE_DIM;
    return r->from ? STYLE_B : STYLE_A;
}

/*
 * The arrow between two lifelines: its words in the middle of the line.  A lost one ends in the
 * middle with a cross; what only the other vantage has is dotted.
 */
static void draw_arrow(struct grid *g, int row, int from, int to, const struct ladder_row *r)
{
    bool lost = r->flags & LADDER_LOST, right = r->from == 0;
    const char *line =
        r->flags & (LADDER_LOST | LADDER_ELSEWHERE) ? "\xe2\x94\x84" : "\xe2\x94\x80";
    int width = to - from - 1, words = (int)str_width(r->label), start;
    unsigned style = arrow_style(r);

    if (width < 4)
        return;
    grid_fill(g, row, from + 1, width, style, line);
    if (words > width - 4)
        words = width - 4;
    start = from + 1 + (width - words) / 2;
    grid_put(g, row, start - 1, 1, style, " ");
    grid_put(g, row, start, words, style, r->label);
    grid_put(g, row, start + words, 1, style, " ");
    if (lost)
        grid_put(g, row, right ? to - 3 : from + 3, 1, STYLE_CRITICAL, "\xe2\x9c\x97");
    if (lost)
        grid_fill(g, row, right ? to - 2 : from + 1, 2, STYLE_TEXT, " ");
    else
        grid_put(g, row, right ? to - 1 : from + 1, 1, style,
                 right ? "\xe2\x96\xb6" : "\xe2\x97\x80");
}

/* Columns of the states on either side; 0: they stand below only.  Arrows do not become longer for
 * ever. */
static int state_cols(int cols)
{
    int spare = cols - LEFT - ARROW_MOST - 2 * (STATE + 2) - 3;

    return cols < WIDE ? 0 : spare > 0 ? STATE + spare / 2 : STATE;
}

/* What an end believes, next to its lifeline; where there is room, with what is to be said of it.
 */
static void draw_state(struct grid *g, int row, int col, int cols, const struct ladder_row *r,
                       int end)
{
    int used = (int)str_width(r->state[end]), rest = cols - used - 2;

    if (rest < DETAIL_LEAST || !r->detail[end][0]) {
        if (end)
            grid_put(g, row, col, cols, STYLE_DIM, r->state[end]);
        else
            grid_put_right(g, row, col, cols, STYLE_DIM, r->state[end]);
    } else if (end) {
        grid_put(g, row, col, used, STYLE_TEXT, r->state[end]);
        grid_put(g, row, col + used + 2, rest, STYLE_DIM, r->detail[end]);
    } else {
        grid_put_right(g, row, col, rest, STYLE_DIM, r->detail[end]);
        grid_put(g, row, col + rest + 2, used, STYLE_TEXT, r->state[end]);
    }
}

static void draw_row(struct ui *ui, const struct ladder_row *r, struct area a, int screen_row,
                     int from, int to)
{
    struct grid *g = ui_grid(ui);
    char frame[24], gap[24];
    bool pause = r->has_gap && r->gap_ns >= GAP_LIT;

    snprintf(frame, sizeof(frame), "%llu", (unsigned long long)r->frame_no);
    gap_text(r, gap);
    if (r->flags & (LADDER_RESENT | LADDER_COPY))
        grid_put(g, screen_row, a.col + 10, 1, STYLE_DIM, r->flags & LADDER_RESENT ? "r" : "c");
    if (ui_frame_marked(ui, r->source, r->frame_no))
        grid_put(g, screen_row, a.col + 1, 1, STYLE_CITED, "*");
    if (r->flags & LADDER_CITED)
        grid_put(g, screen_row, a.col, 1, STYLE_CITED, "\xe2\x97\x86");
    grid_put_right(g, screen_row, a.col + 2, 7, r->flags & LADDER_CITED ? STYLE_CITED : STYLE_TEXT,
                   frame);
    grid_put_right(g, screen_row, a.col + 10, 13, pause ? STYLE_STRONG : STYLE_DIM, gap);
    grid_put(g, screen_row, from, 1, STYLE_RULER, "\xe2\x94\x82");
    grid_put(g, screen_row, to, 1, STYLE_RULER, "\xe2\x94\x82");
    draw_arrow(g, screen_row, from, to, r);
    if (a.cols < WIDE)
        return;
    draw_state(g, screen_row, from - state_cols(a.cols) - 1, state_cols(a.cols), r, 0);
    draw_state(g, screen_row, to + 2, state_cols(a.cols), r, 1);
}

static void draw_end(struct grid *g, struct area a, int row, unsigned style, const char *name,
                     const struct ladder_row *r, int end)
{
    int col = a.col + 1;

    col += grid_put(g, row, col, 30, style, name) + 2;
    col += grid_put(g, row, col, a.cols - (col - a.col) - 1, STYLE_STRONG, r->state[end]) + 2;
    grid_put(g, row, col, a.cols - (col - a.col) - 1, STYLE_TEXT, r->detail[end]);
}

/* The chosen row in words: what each end believes, what is to be said of the frame, what it proves.
 */
static void draw_panel(struct ui *ui, struct ladder_state *s, struct area a)
{
    const struct ladder_head *h = ladder_head(s->ladder);
    const struct ladder_row *r = &s->row;
    struct grid *g = ui_grid(ui);
    struct str line = { 0 };
    char words[160], when[UI_TIME_LEN];

    grid_fill(g, a.row, a.col, a.cols, STYLE_RULER, "\xe2\x94\x80");
    str_addf(&line, " after frame %llu, %s ", (unsigned long long)r->frame_no,
             ui_time(ui, r->has_time, r->time_ns, when));
    grid_put(g, a.row, a.col + 2, a.cols - 4, STYLE_DIM, str_get(&line));
    draw_end(g, a, a.row + 1, STYLE_A, ladder_end_name(s, 0), r, 0);
    draw_end(g, a, a.row + 2, STYLE_B, ladder_end_name(s, 1), r, 1);
    str_clear(&line);
    if (a.rows < PANEL) {
        str_free(&line);
        return;
    }
    str_addf(&line, "%u bytes", r->wire_len);
    if (ladder_flag_words(r->flags, words, sizeof(words))[0])
        str_addf(&line, ", %s", words);
    if (r->other_frame)
        str_addf(&line, "; frame %llu of %s", (unsigned long long)r->other_frame, h->other_name);
    grid_put(g, a.row + 3, a.col + 1, a.cols - 2, STYLE_TEXT, str_get(&line));
    if (r->n_cites) {
        str_clear(&line);
        str_addf(&line, "%s: %s", r->cites[0].title, r->cites[0].what);
        grid_put(g, a.row + 4, a.col + 1, a.cols - 2, STYLE_CITED, str_get(&line));
    }
    str_free(&line);
}

static void keep_in_sight(struct ladder_state *s)
{
    bool exact;
    uint64_t rows = s->rows > 0 ? (uint64_t)s->rows : 1, n = ladder_len(s->ladder, &exact);

    if (s->at < s->top)
        s->top = s->at;
    if (s->at >= s->top + rows)
        s->top = s->at - rows + 1;
    /* No empty rows below the last one while there are some above. */
    if (exact && s->top + rows > n)
        s->top = n > rows ? n - rows : 0;
}

void ladder_view_draw(struct ui *ui, void *state, struct area a)
{
    struct ladder_state *s = state;
    int below = a.rows >= PANEL + 1 + ROWS_LEAST ? PANEL : PANEL_LEAST;
    struct area panel = { a.row + a.rows - below, a.col, below, a.cols };
    int side = a.cols >= WIDE ? state_cols(a.cols) + 2 : 0;
    int from = a.col + LEFT + side, to = a.col + a.cols - 3 - side;
    struct grid *g = ui_grid(ui);
    int i, half = (to - from) / 2;

    s->rows = a.rows - below - 1;
    keep_in_sight(s);
    grid_put(g, a.row, a.col + 4, 5, STYLE_DIM, "frame");
    grid_put(g, a.row, a.col + 20, 3, STYLE_DIM, "gap");
    grid_put(g, a.row, from, half - 1, STYLE_A, ladder_end_name(s, 0));
    grid_put_right(g, a.row, from + half + 1, half, STYLE_B, ladder_end_name(s, 1));
    for (i = 0; i < s->rows; i++) {
        struct ladder_row r;

        if (ladder_row(s->ladder, s->top + (uint64_t)i, &r, NULL) != 1)
            break;
        draw_row(ui, &r, a, a.row + 1 + i, from, to);
        if (r.index == s->at)
            grid_select(g, a.row + 1 + i, a.col, a.cols);
    }
    if (s->has_row)
        draw_panel(ui, s, panel);
    else
        grid_put(g, a.row + 2, a.col + 2, a.cols - 4, STYLE_DIM, "no frame of it is known");
}
