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
#include "tui/view_ladder_inside.h"

#define PLAY_MS    600 /* between two frames when played */
#define PLAY_LEAST 20
#define PLAY_MOST  5000

extern const struct view_ops ladder_view;

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
                 ui_time(ui, s->row.has_time, s->row.time_ns, when),
                 ladder_end_name(s, (int)s->row.from), s->row.label);
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
    .draw = ladder_view_draw,
    .act = ladder_act,
    .search = ladder_search,
    .click = ladder_click,
    .copy = ladder_copy,
    .place = ladder_place,
    .status = ladder_status,
    .tick = ladder_tick,
    .close = ladder_view_close,
};
