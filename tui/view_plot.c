/*
 * plot: numbers of one conversation over time (TCP sequence, OpenVPN's window), or of a pair of
 * captures (sizes of what was lost against what arrived), in two panels above each other.
 */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "frame/pairview.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/chart.h"
#include "tui/ui.h"
#include "tui/view_plot_inside.h"

#define POINTS     8192 /* asked for */
#define LOST_CHUNK 256
#define LIVES_MAX  16   /* captures of one conversation */

static bool stop_wanted(void *user, uint64_t done, uint64_t total)
{
    (void)done;
    (void)total;
    return ui_stopped(user);
}

/* -- reading ----------------------------------------------------------------------------------- */

static void read_ends(struct ui *ui, struct plot_state *s)
{
    sqlite3_stmt *st = NULL;
    int i;

    if (sql_prepare(store_db(ui_store(ui)),
                    "SELECT a, a_port, b, b_port FROM flow WHERE source = ?1 AND id = ?2", &st,
                    NULL))
        return;
    sqlite3_bind_int64(st, 1, s->args.source);
    sqlite3_bind_int64(st, 2, s->args.flow);
    if (sql_step(st, NULL) == 1)
        for (i = 0; i < 2; i++) {
            bool has_port = sqlite3_column_type(st, i * 2 + 1) != SQLITE_NULL;
            const char *address = sql_text(st, i * 2);

            if (has_port)
                snprintf(s->end[i], sizeof(s->end[i]),
                         strchr(address, ':') ? "[%.64s]:%d" : "%.64s:%d", address,
                         sqlite3_column_int(st, i * 2 + 1));
            else
                snprintf(s->end[i], sizeof(s->end[i]), "%.64s", address);
        }
    sqlite3_finalize(st);
}

/* What is known of the conversation decides: a window of OpenVPN, else sequence numbers. */
static int read_flow(struct ui *ui, struct plot_state *s, struct err *err)
{
    struct store *store = ui_store(ui);
    struct err none = { 0 };
    int rc;

    s->what = WHAT_OPENVPN;
    s->source = s->args.source;
    read_ends(ui, s);
    if (plot_openvpn(store, s->args.source, s->args.flow, POINTS, &s->plot, &none) == ERR_OK &&
        s->plot.n)
        return ERR_OK;
    plot_free(&s->plot);
    s->what = WHAT_TCP;
    rc = plot_tcp(store, ui_frames(ui), s->args.source, s->args.flow, POINTS, &s->watch, &s->plot,
                  err);
    return rc ? err_set(err, ERR_USAGE,
                        "no graph of this conversation: it is no TCP, and shows no window of "
                        "OpenVPN")
              : ERR_OK;
}

/* In the direction that lost more, at first. */
static int read_pair(struct ui *ui, struct plot_state *s, struct err *err)
{
    struct store *store = ui_store(ui);
    struct pairview_direction d[2] = { { 0 } };
    struct pairview p;
    unsigned from, i;
    int rc = pairview_read(store, s->args.ns, &p, err);

    if (rc < 0)
        return rc;
    s->what = WHAT_SIZES;
    for (i = 0; i < 2; i++)
        pairview_direction(store, &p, i, &d[i], NULL);
    from = s->source ? p.source[1] == s->source : d[1].lost > d[0].lost;
    s->source = p.source[from];
    s->other = p.source[!from];
    for (i = 0; i < 2; i++)
        snprintf(s->end[i], sizeof(s->end[i]), "%.90s", p.name[i ? !from : from]);
    return plot_sizes(store, ui_frames(ui), s->source, s->other, POINTS, &s->watch, &s->plot, err);
}

static int plot_reload(struct ui *ui, void *state, struct err *err)
{
    struct plot_state *s = state;
    int rc;

    plot_free(&s->plot);
    rc = s->args.wait ? read_pair(ui, s, err) : read_flow(ui, s, err);
    s->from = s->plot.x_min;
    s->to = s->plot.x_max > s->plot.x_min ? s->plot.x_max : s->plot.x_min + 1;
    return rc;
}

/* The same conversation as the next (or previous) capture saw it.  False: no other did. */
static bool go_elsewhere(struct ui *ui, struct plot_state *s, bool back)
{
    struct pairview_life lives[LIVES_MAX];
    struct err err = { 0 };
    size_t n = 0, i;

    if (pairview_lives(ui_store(ui), s->args.source, s->args.flow, lives, LIVES_MAX, &n, &err) ||
        n < 2)
        return false;
    for (i = 0; i < n && lives[i].source != s->args.source;)
        i++;
    i = back ? (i + n - 1) % n : (i + 1) % n;
    s->args.source = lives[i].source;
    s->args.flow = lives[i].flow;
    if (plot_reload(ui, s, &err))
        ui_fail(ui, &err);
    return true;
}

/* An end that sends again what was answered here did not get the answer. */
static bool answered_in_vain(const struct plot *p)
{
    int64_t waiting[2] = { 0 };
    size_t i;

    for (i = 0; i < p->n; i++) {
        const struct plot_point *q = &p->points[i];

        if (q->kind == PLOT_FILL)
            waiting[q->end & 1] = q->y;
        else if (q->kind == PLOT_STUCK && !waiting[q->end & 1])
            return true;
    }
    return false;
}

/* args: source and flow; with `wait` the pair of captures whose id is in ns. */
static int plot_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct plot_state *s = state;
    int rc;

    if (!args->wait && (!args->source || !args->flow))
        return err_set(err, ERR_USAGE, "choose a conversation first (L lists them)");
    s->args = *args;
    s->watch = (struct watch){ .user = ui, .stop = stop_wanted };
    rc = plot_reload(ui, state, err);
    /* A window is what its end knows: where the answer was lost, the capture behind the loss shows it. */
    if (!rc && s->what == WHAT_OPENVPN && answered_in_vain(&s->plot))
        go_elsewhere(ui, s, false);
    return rc;
}

/* -- keys -------------------------------------------------------------------------------------- */

/* To the next (previous) column with something, or with something notable. */
static void next_column(struct ui *ui, struct plot_state *s, bool back, bool notable)
{
    int best = -1;
    size_t i;

    for (i = 0; i < s->plot.n; i++) {
        int col = plot_column(s, &s->plot.points[i]);

        if (col < 0 || (notable && !plot_notable(&s->plot.points[i])) ||
            (back ? col >= s->at : col <= s->at))
            continue;
        if (best < 0 || (back ? col > best : col < best))
            best = col;
    }
    if (best >= 0)
        s->at = best;
    else
        ui_say(ui, back ? "nothing to the left" : "nothing to the right");
}

/* What the cursor stands on: a point of its column, better a notable one, or the column itself. */
static int64_t under_cursor(const struct plot_state *s)
{
    int cols = s->cols > 1 ? s->cols - 1 : 1;
    int64_t x = s->from + (int64_t)(((double)s->to - (double)s->from) / cols * s->at);
    bool found = false;
    size_t i;

    for (i = 0; i < s->plot.n; i++) {
        const struct plot_point *p = &s->plot.points[i];

        if (plot_column(s, p) != s->at || (found && !plot_notable(p)))
            continue;
        x = p->x;
        found = true;
        if (plot_notable(p))
            break;
    }
    return x;
}

/* Half (or twice) as much around what the cursor stands on. */
static void zoom(struct plot_state *s, bool in)
{
    int64_t whole = s->plot.x_max - s->plot.x_min, span = s->to - s->from;
    int64_t middle = under_cursor(s);
    struct chart frame = { .cols = s->cols };
    int at;

    span = in ? span / 2 : span > whole / 2 ? whole : span * 2;
    if (span < 1)
        span = 1;
    s->from = middle - span / 2;
    if (s->from > s->plot.x_max - span)
        s->from = s->plot.x_max - span;
    if (s->from < s->plot.x_min)
        s->from = s->plot.x_min;
    s->to = s->from + span;
    frame.x_from = s->from;
    frame.x_to = s->to;
    at = chart_column(&frame, middle);
    s->at = at < 0 ? 0 : at;
}

/* A frame of a size that was lost. */
static uint64_t lost_frame(struct ui *ui, const struct plot_state *s)
{
    struct chart frame = { .cols = s->cols, .x_from = s->from, .x_to = s->to };
    struct pairview_lost lost[LOST_CHUNK];
    uint64_t after = 0;
    struct pairview p;
    size_t n = 1, i;

    if (pairview_read(ui_store(ui), s->args.ns, &p, NULL) < 0)
        return 0;
    while (n && !ui_stopped(ui)) {
        if (pairview_lost(ui_store(ui), &p, p.source[1] == s->source, after, lost, LOST_CHUNK, &n,
                          NULL))
            return 0;
        for (i = 0; i < n; i++, after = lost[i - 1].frame_no)
            if (chart_column(&frame, lost[i].size) == s->at)
                return lost[i].frame_no;
    }
    return 0;
}

static void open_frame(struct ui *ui, struct plot_state *s)
{
    struct view_args args = { .source = s->source };
    bool notable = false;
    size_t i;

    for (i = 0; i < s->plot.n && !notable; i++) {
        const struct plot_point *p = &s->plot.points[i];

        if (plot_column(s, p) != s->at || !p->frame_no || (args.frame && !plot_notable(p)))
            continue;
        args.frame = p->frame_no;
        notable = plot_notable(p);
    }
    if (s->what == WHAT_SIZES)
        args.frame = lost_frame(ui, s);
    if (args.frame)
        ui_open(ui, "frame", &args);
    else
        ui_say(ui, s->what == WHAT_SIZES ? "no lost frame in this column"
                                         : "no frame in this column: j and k go to one");
}

static void turn_round(struct ui *ui, struct plot_state *s, bool back)
{
    struct err err = { 0 };

    if (s->what != WHAT_SIZES) {
        if (!go_elsewhere(ui, s, back))
            ui_say(ui, "no other capture of the case saw this conversation");
        return;
    }
    s->source = s->other;
    if (plot_reload(ui, s, &err))
        ui_fail(ui, &err);
}

static bool plot_act(struct ui *ui, void *state, enum action action, int count)
{
    struct plot_state *s = state;
    int n = count > 0 ? count : 1;
    struct view_args args = s->args;

    switch (action) {
    case ACTION_right:
        s->at = n < s->cols - 1 - s->at ? s->at + n : s->cols - 1;
        return true;
    case ACTION_left:
        s->at = s->at > n ? s->at - n : 0;
        return true;
    case ACTION_top:
        s->at = 0;
        return true;
    case ACTION_end:
        s->at = s->cols - 1;
        return true;
    case ACTION_down:
    case ACTION_up:
        next_column(ui, s, action == ACTION_up, false);
        return true;
    case ACTION_next_finding:
    case ACTION_prev_finding:
        next_column(ui, s, action == ACTION_prev_finding, true);
        return true;
    case ACTION_zoom_in:
    case ACTION_zoom_out:
        zoom(s, action == ACTION_zoom_in);
        return true;
    case ACTION_next_file:
    case ACTION_prev_file:
        turn_round(ui, s, action == ACTION_prev_file);
        return true;
    case ACTION_ladder:
        ui_open(ui, "ladder", &args);
        return true;
    case ACTION_open:
        open_frame(ui, s);
        return true;
    default:
        return false;
    }
}

static void plot_click(struct ui *ui, void *state, int row, int col)
{
    struct plot_state *s = state;

    (void)ui;
    (void)row;
    if (col >= PLOT_LABEL && col - PLOT_LABEL < s->cols)
        s->at = col - PLOT_LABEL;
}

static bool plot_place(struct ui *ui, void *state, struct view_args *out)
{
    struct plot_state *s = state;

    (void)ui;
    *out = s->args;
    return true;
}

static void plot_status(struct ui *ui, void *state, struct str *out)
{
    struct plot_state *s = state;
    struct source src;

    if (s->what == WHAT_SIZES)
        str_addf(out, "%s \xe2\x86\x92 %s", s->end[0], s->end[1]);
    else if (store_source(ui_store(ui), s->source, &src, NULL) == ERR_OK && src.name)
        str_adds(out, src.name);
}

static void plot_close(void *state)
{
    struct plot_state *s = state;

    plot_free(&s->plot);
}

extern const struct view_ops plot_view;
const struct view_ops plot_view = {
    .name = "plot",
    .help = "TCP sequence, OpenVPN's window, or sizes of what was lost, as a graph",
    .bar = { ACTION_open, ACTION_left, ACTION_right, ACTION_next_finding, ACTION_zoom_in,
             ACTION_zoom_out, ACTION_ladder, ACTION_next_file },
    .state_size = sizeof(struct plot_state),
    .open = plot_open,
    .reload = plot_reload,
    .draw = plot_draw,
    .act = plot_act,
    .click = plot_click,
    .place = plot_place,
    .status = plot_status,
    .close = plot_close,
};
