/*
 * ladder: one conversation as arrows between its ends, with what each end must believe after the
 * chosen frame; played forwards it is the stepper.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "frame/ladder.h"
#include "frame/pairview.h"
#include "store/store.h"
#include "tui/ui.h"

#define LEFT         25  /* columns before the lifeline of a: mark, frame, gap */
#define WIDE         120 /* columns from which the states stand beside the lifelines */
#define STATE        18  /* columns of them there */
#define ARROW_MOST   84  /* columns of an arrow; more room goes to the states */
#define DETAIL_LEAST 10
#define PANEL        6   /* rows below: the chosen row in words */
#define LIVES_MAX    16  /* captures of one conversation */
#define PLAY_MS      600 /* between two frames when played */
#define PLAY_LEAST   20
#define PLAY_MOST    5000
#define GAP_LIT      INT64_C(1000000000) /* a pause of so many ns is shown in bold */

extern const struct view_ops ladder_view;

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

static bool stop_wanted(void *user, uint64_t done, uint64_t total)
{
    (void)done;
    (void)total;
    return ui_stopped(user);
}

static void choose(struct ui *ui, struct ladder_state *s, uint64_t index)
{
    struct err err = { 0 };
    struct ladder_row row;
    int rc = ladder_row(s->ladder, index, &row, &err);

    /* Behind the last row: the last one, which is known by now. */
    if (rc == 0) {
        bool exact;
        uint64_t n = ladder_len(s->ladder, &exact);

        if (n && index != n - 1 && exact)
            rc = ladder_row(s->ladder, n - 1, &row, &err);
    }
    if (rc < 0) {
        ui_fail(ui, &err);
    } else if (rc > 0) {
        s->row = row;
        s->at = row.index;
        s->has_row = true;
    }
}

/* Beside the capture whose source is in `line`, or else the first that saw it, too. */
static void open_flow(struct ui *ui, struct ladder_state *s, const struct view_args *args,
                      struct err *err)
{
    const struct pairview_life *beside = NULL;
    size_t i;

    if (pairview_lives(ui_store(ui), args->source, args->flow, s->lives, LIVES_MAX, &s->n_lives,
                       NULL))
        s->n_lives = 0;
    for (i = 0; i < s->n_lives; i++)
        if (args->line && s->lives[i].source == args->line && args->line != args->source)
            beside = &s->lives[i];
    s->ladder =
        ladder_open_beside(ui_store(ui), ui_frames(ui), args->source, args->flow, beside, err);
}

/* args: source, flow, frame (0: the first), line (of which other capture); with `wait` all of a
 * pair of captures, whose id is in ns. */
static int ladder_view_open(struct ui *ui, void *state, const struct view_args *args,
                            struct err *err)
{
    struct ladder_state *s = state;
    uint64_t index = 0;

    if (!args->wait && (!args->source || !args->flow))
        return err_set(err, ERR_USAGE, "choose a conversation first (L lists them)");
    if (args->wait)
        s->ladder = ladder_open_pair(ui_store(ui), ui_frames(ui), args->ns, err);
    else
        open_flow(ui, s, args, err);
    s->pair = args->wait;
    s->opened = *args;
    if (!s->ladder)
        return err->code ? err->code : ERR_SQL;
    s->watch = (struct watch){ .user = ui, .stop = stop_wanted };
    ladder_watch(s->ladder, &s->watch);
    s->play_ms = PLAY_MS;
    if (args->frame && ladder_find(s->ladder, args->frame, &index, NULL) != 1)
        index = 0;
    choose(ui, s, index);
    s->top = index > 3 ? index - 3 : 0;
    return ERR_OK;
}

static const char *end_name(const struct ladder_state *s, int end)
{
    const struct ladder_head *h = ladder_head(s->ladder);

    return !s->pair ? h->end[end] : end ? h->other_name : h->source_name;
}

/* -- drawing
 * ------------------------------------------------------------------------------------------- */

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
    draw_end(g, a, a.row + 1, STYLE_A, end_name(s, 0), r, 0);
    draw_end(g, a, a.row + 2, STYLE_B, end_name(s, 1), r, 1);
    str_clear(&line);
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

static void ladder_draw(struct ui *ui, void *state, struct area a)
{
    struct ladder_state *s = state;
    struct area panel = { a.row + a.rows - PANEL, a.col, PANEL, a.cols };
    int side = a.cols >= WIDE ? state_cols(a.cols) + 2 : 0;
    int from = a.col + LEFT + side, to = a.col + a.cols - 3 - side;
    struct grid *g = ui_grid(ui);
    int i, half = (to - from) / 2;

    s->rows = a.rows - PANEL - 1;
    keep_in_sight(s);
    grid_put(g, a.row, a.col + 4, 5, STYLE_DIM, "frame");
    grid_put(g, a.row, a.col + 20, 3, STYLE_DIM, "gap");
    grid_put(g, a.row, from, half - 1, STYLE_A, end_name(s, 0));
    grid_put_right(g, a.row, from + half + 1, half, STYLE_B, end_name(s, 1));
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

/* -- keys
 * -----------------------------------------------------------------------------------------------
 */

static void jump(struct ui *ui, struct ladder_state *s, int step, unsigned flags, const char *none)
{
    uint64_t found;
    struct err err = { 0 };
    int rc = ladder_next(s->ladder, s->at, step, flags, &found, &err);

    if (rc < 0)
        ui_fail(ui, &err);
    else if (rc == 0)
        ui_say(ui, "%s", none);
    else
        choose(ui, s, found);
}

static bool warns(const struct ladder_row *r)
{
    return r->n_cites && strcmp(r->cites[0].severity, "warning") == 0;
}

/* The next row that proves a warning and nothing worse; behind the last one the first. */
static void next_warning(struct ui *ui, struct ladder_state *s)
{
    struct ladder_row r;
    uint64_t at = s->at, found;
    bool round = false;

    while (!ui_stopped(ui)) {
        if (ladder_next(s->ladder, at, 1, LADDER_CITED, &found, NULL) == 1) {
            at = found;
        } else if (round) {
            break;
        } else {
            round = true;
            at = 0;
        }
        if (ladder_row(s->ladder, at, &r, NULL) != 1 || (round && at > s->at))
            break;
        if (warns(&r)) {
            choose(ui, s, at);
            return;
        }
    }
    ui_say(ui, "no frame here proves a warning");
}

static void play(struct ui *ui, struct ladder_state *s, bool on)
{
    s->playing = on;
    ui_wake_after(ui, on ? s->play_ms : 0);
    if (on)
        ui_say(ui, "playing, %d ms a frame; p stops, . is faster, , slower", s->play_ms);
}

static bool speed(struct ui *ui, struct ladder_state *s, bool faster)
{
    s->play_ms = faster ? s->play_ms / 2 : s->play_ms * 2;
    if (s->play_ms < PLAY_LEAST)
        s->play_ms = PLAY_LEAST;
    if (s->play_ms > PLAY_MOST)
        s->play_ms = PLAY_MOST;
    ui_say(ui, "%d ms a frame", s->play_ms);
    if (s->playing)
        ui_wake_after(ui, s->play_ms);
    return true;
}

static void go_end(struct ui *ui, struct ladder_state *s, int count)
{
    bool exact;
    uint64_t n = ladder_len(s->ladder, &exact), before;

    if (count > 0) {
        if (ladder_find(s->ladder, (uint64_t)count, &n, NULL) == 1)
            choose(ui, s, n);
        return;
    }
    /* The length may be a guess: go on until it is none. */
    do {
        before = s->at;
        choose(ui, s, n ? n - 1 : 0);
        n = ladder_len(s->ladder, &exact);
    } while (!exact && s->at != before && !ui_stopped(ui));
    if (exact && n)
        choose(ui, s, n - 1);
}

/* Where the ladder of a capture beside another one stands in the round of all such. */
static size_t round_place(const struct ladder_state *s)
{
    const struct ladder_head *h = ladder_head(s->ladder);
    size_t here = 0, there = 0, i;

    for (i = 0; i < s->n_lives; i++) {
        if (s->lives[i].source == h->source)
            here = i;
        if (s->lives[i].source == h->other_source)
            there = i;
    }
    return here * s->n_lives + there;
}

/* The frame that is chosen, as another capture knows it; 0: not known there. */
static uint64_t frame_in(const struct ladder_state *s, uint32_t source)
{
    const struct ladder_head *h = ladder_head(s->ladder);

    if (!s->has_row || (source != h->source && source != h->other_source))
        return 0;
    return s->row.source == source ? s->row.frame_no : s->row.other_frame;
}

/* Every capture of the conversation in turn, beside each other one that has a common clock with it.
 */
static void go_capture(struct ui *ui, struct ladder_state *s, bool back)
{
    size_t n = s->n_lives * s->n_lives, at = n ? round_place(s) : 0, i;
    struct view_args args = { 0 };

    for (i = 1; i < n; i++) {
        size_t next = back ? (at + n - i) % n : (at + i) % n;
        const struct pairview_life *here = &s->lives[next / s->n_lives],
                                   *there = &s->lives[next % s->n_lives];
        struct pairview p;

        if (here == there || pairview_of(ui_store(ui), here->source, there->source, &p, NULL) != 1)
            continue;
        args.source = here->source;
        args.flow = here->flow;
        args.line = there->source;
        args.frame = frame_in(s, here->source);
        ui_go(ui, &ladder_view, &args);
        return;
    }
    ui_say(ui, "no other capture saw this conversation");
}

static bool open_frame(struct ui *ui, struct ladder_state *s, const char *view)
{
    struct view_args args = { .source = s->row.source, .frame = s->row.frame_no };

    if (s->has_row)
        ui_open(ui, view, &args);
    return true;
}

static bool ladder_act(struct ui *ui, void *state, enum action action, int count)
{
    struct ladder_state *s = state;
    uint64_t n = count > 0 ? (uint64_t)count : 1, page = s->rows > 1 ? (uint64_t)s->rows - 1 : 1;

    switch (action) {
    case ACTION_down:
        choose(ui, s, s->at + n);
        return true;
    case ACTION_up:
        choose(ui, s, s->at > n ? s->at - n : 0);
        return true;
    case ACTION_page_down:
    case ACTION_half_down:
        choose(ui, s, s->at + (action == ACTION_page_down ? page : page / 2 + 1));
        return true;
    case ACTION_page_up:
    case ACTION_half_up:
        n = action == ACTION_page_up ? page : page / 2 + 1;
        choose(ui, s, s->at > n ? s->at - n : 0);
        return true;
    case ACTION_top:
        choose(ui, s, 0);
        return true;
    case ACTION_end:
        go_end(ui, s, count);
        return true;
    case ACTION_open:
    case ACTION_text:
        return open_frame(ui, s, action == ACTION_open ? "frame" : "text");
    case ACTION_mark:
        if (s->has_row)
            ui_mark(ui, &(struct mark){ MARK_FRAME, s->row.source, s->row.frame_no, "" });
        choose(ui, s, s->at + 1);
        return true;
    case ACTION_plot:
        ui_open(ui, "plot", &s->opened);
        return true;
    case ACTION_next_finding:
        jump(ui, s, 1, LADDER_CITED, "no verdict cites a frame behind this one");
        return true;
    case ACTION_prev_finding:
        jump(ui, s, -1, LADDER_CITED, "no verdict cites a frame before this one");
        return true;
    case ACTION_next_warning:
        next_warning(ui, s);
        return true;
    case ACTION_play:
        play(ui, s, !s->playing);
        return true;
    case ACTION_faster:
    case ACTION_slower:
        return speed(ui, s, action == ACTION_faster);
    case ACTION_next_file:
    case ACTION_prev_file:
        go_capture(ui, s, action == ACTION_prev_file);
        return true;
    default:
        return false;
    }
}

static void ladder_tick(struct ui *ui, void *state)
{
    struct ladder_state *s = state;
    uint64_t before = s->at;

    if (!s->playing)
        return;
    choose(ui, s, s->at + 1);
    if (s->at == before)
        play(ui, s, false);
}

static bool ladder_search(struct ui *ui, void *state, const char *text, bool back)
{
    struct ladder_state *s = state;
    struct ladder_row r;
    uint64_t i = s->at;

    while (!ui_stopped(ui) && (back ? i-- > 0 : true)) {
        if (!back)
            i++;
        if (ladder_row(s->ladder, i, &r, NULL) != 1)
            return false;
        if (strcasestr(r.label, text) || strcasestr(r.state[0], text) ||
            strcasestr(r.state[1], text)) {
            choose(ui, s, i);
            return true;
        }
    }
    return false;
}

static void ladder_click(struct ui *ui, void *state, int row, int col)
{
    struct ladder_state *s = state;

    (void)col;
    if (row >= 1 && row - 1 < s->rows)
        choose(ui, s, s->top + (uint64_t)(row - 1));
}

static void ladder_copy(struct ui *ui, void *state, struct str *out)
{
    struct ladder_state *s = state;
    char when[UI_TIME_LEN];

    if (s->has_row)
        str_addf(out, "frame %llu\t%s\t%s\t%s", (unsigned long long)s->row.frame_no,
                 ui_time(ui, s->row.has_time, s->row.time_ns, when), end_name(s, (int)s->row.from),
                 s->row.label);
}

static bool ladder_place(struct ui *ui, void *state, struct view_args *out)
{
    struct ladder_state *s = state;

    (void)ui;
    *out = s->opened;
    /* A row of the other capture has no frame of this one. */
    if (s->has_row && s->row.source == ladder_head(s->ladder)->source)
        out->frame = s->row.frame_no;
    return true;
}

static void ladder_status(struct ui *ui, void *state, struct str *out)
{
    struct ladder_state *s = state;
    const struct ladder_head *h = ladder_head(s->ladder);
    bool exact;
    uint64_t n = ladder_len(s->ladder, &exact);

    (void)ui;
    str_addf(out, "%llu of %s%llu  ", (unsigned long long)s->at + 1, exact ? "" : "about ",
             (unsigned long long)n);
    if (h->life > 1)
        str_addf(out, "life %u  ", h->life);
    str_adds(out, h->source_name);
    if (h->other_flow)
        str_addf(out, " and %s", h->other_name);
}

static void ladder_view_close(void *state)
{
    struct ladder_state *s = state;

    ladder_close(s->ladder);
}

const struct view_ops ladder_view = {
    .name = "ladder",
    .help = "one conversation as arrows, with what each end must believe; p plays it",
    .bar = { ACTION_open, ACTION_next_finding, ACTION_play, ACTION_plot, ACTION_next_file,
             ACTION_text, ACTION_faster, ACTION_slower },
    .state_size = sizeof(struct ladder_state),
    .open = ladder_view_open,
    .draw = ladder_draw,
    .act = ladder_act,
    .search = ladder_search,
    .click = ladder_click,
    .copy = ladder_copy,
    .place = ladder_place,
    .status = ladder_status,
    .tick = ladder_tick,
    .close = ladder_view_close,
};
