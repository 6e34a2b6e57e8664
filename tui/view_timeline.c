/* timeline: what happened when, over the whole case: traffic, losses, verdicts; zoomed and jumped
 * from. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "base/times.h"
#include "frame/timeline.h"
#include "store/store.h"
#include "tui/chart.h"
#include "tui/detail.h"
#include "tui/ui.h"

#define LABEL      10            /* columns before the graph */
#define SPAN_LEAST INT64_C(1000) /* ns; no closer look than this */
#define TIME_COLS  15 /* of a time, as ui_time writes it; since the start it may be cut */
#define LIST_LEAST 4  /* rows kept for the verdicts below */
#define AT_ONCE    32 /* chunks of packets that are unpacked before anything is shown */
#define LOOK_MS    35 /* for the first look; the rest is counted while nobody types */
#define LOOK_LEAST                                                                                 \
    (1u << 20)        /* packets that are counted in any case, so that screens of small            \
                       * cases do not depend on the machine */
#define REFINE_MS 100 /* without a key, before estimates are made exact */

/* The first look at a span of time: over on a key that stops, or when it takes too long. */
struct look {
    struct ui *ui;
    int64_t until_ns;
    uint64_t done, total; /* packets */
    bool late;            /* it took too long: the rest is still to be counted */
};

struct timeline_state {
    struct timeline t;
    int64_t case_from, case_to; /* all of it */
    int64_t from, to;           /* what is shown */
    uint32_t source;            /* 0: all captures */
    size_t at;                  /* the chosen bucket */
    size_t n_buckets;           /* that `t` was read with */
    bool stale;                 /* from or to have changed since */
    bool go;                    /* to the bucket of `go_ns`, once they are known */
    int64_t go_ns;
    struct look look;
};

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static bool look_over(void *user, uint64_t done, uint64_t total)
{
    struct look *l = user;

    l->done = done;
    l->total = total;
    if (ui_stopped(l->ui))
        return true;
    l->late = done >= LOOK_LEAST && now_ns() > l->until_ns;
    return l->late;
}

static int64_t bucket_start(const struct timeline_state *s, size_t i)
{
    size_t n = s->n_buckets ? s->n_buckets : 1;

    return s->from + (int64_t)((double)(s->to - s->from) / (double)n * (double)i);
}

static struct timeline_query query_of(const struct timeline_state *s, size_t n)
{
    return (struct timeline_query){ .source = s->source,
                                    .from_ns = s->from,
                                    .to_ns = s->to,
                                    .n_buckets = n,
                                    .details = true,
                                    .unpack_most = AT_ONCE };
}

static int read_buckets(struct ui *ui, struct timeline_state *s, size_t n, struct err *err)
{
    struct timeline_query q = query_of(s, n);
    struct watch watch = { .stop = look_over, .user = &s->look };
    int rc;

    s->look = (struct look){ .ui = ui, .until_ns = now_ns() + LOOK_MS * INT64_C(1000000) };
    q.watch = &watch;
    if (s->n_buckets && s->n_buckets != n && !s->go)
        s->at = s->at * n / s->n_buckets; /* a window of another size: the same moment */
    timeline_free(&s->t);
    rc = timeline_read(ui_store(ui), &q, &s->t, err);
    s->n_buckets = n;
    s->stale = false;
    if (s->go && !rc)
        s->at = timeline_bucket_of(&s->t, s->go_ns);
    s->go = false;
    if (s->at >= n)
        s->at = n ? n - 1 : 0;
    if (!rc && s->t.partial && !s->look.late)
        ui_say(ui, "stopped: what is shown is not all of it");
    return rc;
}

static bool key_waits(void *user, uint64_t done, uint64_t total)
{
    (void)done;
    (void)total;
    return ui_typed(user);
}

/*
 * Nothing was typed for a moment: counts what the first look had no time for, then makes the
 * estimates exact, unless a key comes.
 */
static void timeline_tick(struct ui *ui, void *state)
{
    struct timeline_state *s = state;
    struct timeline_query q = query_of(s, s->n_buckets);
    struct watch watch = { .stop = key_waits, .user = ui };
    struct timeline better;
    struct err err = { 0 };
    int rc;

    ui_wake_after(ui, 0);
    if (s->stale || (!s->look.late && !s->t.n_shared))
        return;
    q.watch = &watch;
    q.unpack_most = s->look.late ? AT_ONCE : 0;
    rc = timeline_read(ui_store(ui), &q, &better, &err);
    if (rc)
        ui_fail(ui, &err);
    if (!rc && better.partial && ui_typed(ui)) {
        timeline_free(&better);
        return;
    }
    s->look.late = false;
    if (rc) { /* is not tried again */
        s->t.n_shared = 0;
        timeline_free(&better);
        return;
    }
    timeline_free(&s->t);
    s->t = better;
}

/* What was zoomed to stays, also while a case grows. */
static int timeline_reload(struct ui *ui, void *state, struct err *err)
{
    struct timeline_state *s = state;
    bool whole = s->from == s->case_from && s->to >= s->case_to;
    int rc = timeline_range(ui_store(ui), s->source, &s->case_from, &s->case_to, err);

    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(err, ERR_USAGE, "nothing in this case has a time");
    if (s->n_buckets && s->at && !s->go) {
        s->go = true; /* the chosen moment may lie in another column now */
        s->go_ns = bucket_start(s, s->at);
    }
    if (whole) {
        s->from = s->case_from;
        s->to = s->case_to > s->case_from ? s->case_to : s->case_from + SPAN_LEAST;
    }
    s->stale = true;
    return ERR_OK;
}

static int timeline_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct timeline_state *s = state;

    s->source = args->source;
    s->go = args->wait;
    s->go_ns = args->ns;
    return timeline_reload(ui, state, err);
}

/* -- drawing
 * ------------------------------------------------------------------------------------------- */

/* A column of eighths: full blocks below, a part of one on top. */
static void draw_column(struct grid *g, int bottom, int col, int rows, uint64_t value,
                        uint64_t most, unsigned style)
{
    static const char *const eighths[] = { " ",
                                           "\xe2\x96\x81",
                                           "\xe2\x96\x82",
                                           "\xe2\x96\x83",
                                           "\xe2\x96\x84",
                                           "\xe2\x96\x85",
                                           "\xe2\x96\x86",
                                           "\xe2\x96\x87",
                                           "\xe2\x96\x88" };
    uint64_t height = most ? (uint64_t)((double)value / (double)most * rows * 8 + 0.5) : 0;
    int i;

    if (value && height == 0)
        height = 1; /* something is not nothing */
    for (i = 0; i < rows && height; i++) {
        unsigned part = height > 8 ? 8 : (unsigned)height;

        grid_put(g, bottom - i, col, 1, style, eighths[part]);
        height -= part;
    }
}

static const char *sign_of(unsigned severity, unsigned *style)
{
    static const struct {
        const char *sign;
        unsigned style;
    } signs[] = { [TIMELINE_NONE] = { " ", STYLE_TEXT },
                  [TIMELINE_INFO] = { "\xc2\xb7", STYLE_NOTICE },
                  [TIMELINE_NOTICE] = { "\xe2\x97\x8f", STYLE_NOTICE },
                  [TIMELINE_WARNING] = { "\xe2\x96\xb2", STYLE_WARNING },
                  [TIMELINE_CRITICAL] = { "\xe2\x9c\x98", STYLE_CRITICAL } };

    *style = signs[severity <= TIMELINE_CRITICAL ? severity : 0].style;
    return signs[severity <= TIMELINE_CRITICAL ? severity : 0].sign;
}

static void draw_graph(struct ui *ui, struct timeline_state *s, struct area a)
{
    struct grid *g = ui_grid(ui);
    int bottom = a.row + a.rows - 1, i, n = (int)s->t.n_buckets;
    uint64_t most = s->t.max_frames;
    char text[40];

    snprintf(text, sizeof(text), "%llu", (unsigned long long)most);
    grid_put_right(g, a.row, a.col, LABEL - 1, STYLE_DIM, text);
    grid_put_right(g, a.row + 1, a.col, LABEL - 1, STYLE_DIM, "frames");
    if (s->look.late && s->look.total && a.rows > 3) {
        snprintf(text, sizeof(text), "%d %%", (int)(s->look.done * 100 / s->look.total));
        grid_put_right(g, a.row + 2, a.col, LABEL - 1, STYLE_WARNING, text);
    }
    if (a.rows > 2)
        grid_put_right(g, bottom, a.col, LABEL - 1, STYLE_DIM, "0");
    for (i = 0; i < n; i++) {
        const struct timeline_bucket *b = &s->t.buckets[i];

        draw_column(g, bottom, a.col + LABEL + i, a.rows, b->frames, most,
                    (size_t)i == s->at ? STYLE_STRONG : STYLE_NOTICE);
    }
}

/* Rows of signs below the graph: what was resent, what was lost, what verdicts cite. */
static void draw_signs(struct ui *ui, struct timeline_state *s, struct area a)
{
    struct grid *g = ui_grid(ui);
    int i, n = (int)s->t.n_buckets;

    grid_put_right(g, a.row, a.col, LABEL - 1, STYLE_DIM, "resent");
    grid_put_right(g, a.row + 1, a.col, LABEL - 1, STYLE_DIM, "lost");
    grid_put_right(g, a.row + 2, a.col, LABEL - 1, STYLE_DIM, "verdicts");
    for (i = 0; i < n; i++) {
        const struct timeline_bucket *b = &s->t.buckets[i];
        unsigned style;
        const char *sign = sign_of(b->worst, &style);

        if (b->resent || b->resets)
            grid_put(g, a.row, a.col + LABEL + i, 1, b->resets ? STYLE_WARNING : STYLE_DIM,
                     b->resets ? "R" : "r");
        if (b->lost)
            grid_put(g, a.row + 1, a.col + LABEL + i, 1, STYLE_WARNING, "\xe2\x9c\x97");
        grid_put(g, a.row + 2, a.col + LABEL + i, 1, style, sign);
    }
}

static void draw_scale(struct ui *ui, struct timeline_state *s, struct area a)
{
    struct grid *g = ui_grid(ui);
    int i, n = (int)s->t.n_buckets, left = a.col + LABEL, width;
    char text[UI_TIME_LEN], span[80], all[CHART_SPAN_LEN], one[CHART_SPAN_LEN];

    chart_axis(g, a.row, left, n, (int)s->at);
    if (a.rows < 2) /* a low screen has no room for times */
        return;
    grid_put(g, a.row + 1, left, TIME_COLS, STYLE_DIM, ui_time(ui, true, s->from, text));
    if (n > 2 * TIME_COLS)
        grid_put_right(g, a.row + 1, left + n - TIME_COLS, TIME_COLS, STYLE_DIM,
                       ui_time(ui, true, s->to, text));
    for (i = 1; i < CHART_TICKS; i++) {
        int at = chart_tick(n, i);

        if (at < 0 || i * 2 == CHART_TICKS)
            continue; /* how long it is stands in the middle */
        width = (int)strlen(ui_time(ui, true, bucket_start(s, (size_t)at), text));
        grid_put(g, a.row + 1, left + at - width / 2, width, STYLE_DIM, text);
    }
    snprintf(span, sizeof(span), "%s, %s a column",
             chart_span((double)(s->to - s->from) / 1e9, all),
             chart_span((double)(s->to - s->from) / 1e9 / (n ? n : 1), one));
    width = (int)strlen(span);
    if (n >= width + 2 * TIME_COLS + 2)
        grid_put(g, a.row + 1, left + (n - width) / 2, width, STYLE_DIM, span);
}

/* What the chosen column holds, and the pieces of evidence from there on. */
static void draw_list(struct ui *ui, struct timeline_state *s, struct area a)
{
    const struct timeline_bucket *b = &s->t.buckets[s->at];
    struct grid *g = ui_grid(ui);
    struct str head = { 0 };
    char when[UI_TIME_LEN];
    int row = a.row + 1;
    size_t i;

    str_addf(&head, " %s: %s%llu frames, %llu bytes",
             ui_time(ui, true, bucket_start(s, s->at), when), b->shared ? "about " : "",
             (unsigned long long)b->frames, (unsigned long long)b->bytes);
    if (b->resent)
        str_addf(&head, ", %llu resent", (unsigned long long)b->resent);
    if (b->resets)
        str_addf(&head, ", %llu resets", (unsigned long long)b->resets);
    if (b->lost)
        str_addf(&head, ", %llu lost", (unsigned long long)b->lost);
    str_addc(&head, ' ');
    grid_fill(g, a.row, a.col, a.cols, STYLE_RULER, "\xe2\x94\x80");
    grid_put(g, a.row, a.col + 2, a.cols - 4, STYLE_STRONG, str_get(&head));
    str_free(&head);
    for (i = 0; i < s->t.n_marks && row < a.row + a.rows; i++) {
        const struct timeline_mark *m = &s->t.marks[i];
        unsigned style;
        const char *sign = sign_of(m->severity, &style);
        char frame[32];

        if (m->time_ns < bucket_start(s, s->at))
            continue;
        snprintf(frame, sizeof(frame), m->frame_no ? "frame %llu" : "line %llu",
                 (unsigned long long)(m->frame_no ? m->frame_no : m->line));
        grid_put(g, row, a.col + 1, 1, style, sign);
        grid_put(g, row, a.col + 3, 16, STYLE_DIM, ui_time(ui, true, m->time_ns, when));
        grid_put(g, row, a.col + 20, 14, STYLE_TEXT, frame);
        grid_put(g, row, a.col + 35, a.cols - 36, m->first ? STYLE_STRONG : STYLE_TEXT, m->title);
        row++;
    }
    if (row == a.row + 1)
        grid_put(g, row, a.col + 1, a.cols - 2, STYLE_DIM,
                 "no verdict cites anything from here on");
}

static void timeline_draw(struct ui *ui, void *state, struct area a)
{
    struct timeline_state *s = state;
    size_t n = a.cols > LABEL + 2 ? (size_t)(a.cols - LABEL - 1) : 1;
    int graph = (a.rows - 5) / 2;
    struct err err = { 0 };

    if (n > TIMELINE_BUCKETS_MAX)
        n = TIMELINE_BUCKETS_MAX;
    if (graph < 2)
        graph = 2;
    if (a.rows - graph - 5 < LIST_LEAST && graph > 4)
        graph = a.rows - 5 - LIST_LEAST;
    if ((s->stale || s->n_buckets != n) && read_buckets(ui, s, n, &err))
        ui_fail(ui, &err);
    if (!s->t.n_buckets)
        return;
    if (s->look.late || s->t.n_shared)
        ui_wake_after(ui, s->look.late ? 1 : REFINE_MS);
    draw_graph(ui, s, (struct area){ a.row, a.col, graph, a.cols });
    draw_signs(ui, s, (struct area){ a.row + graph, a.col, 3, a.cols });
    draw_scale(ui, s, (struct area){ a.row + graph + 3, a.col, a.rows - graph - 3, a.cols });
    if (a.rows > graph + 5)
        draw_list(ui, s, (struct area){ a.row + graph + 5, a.col, a.rows - graph - 5, a.cols });
}

/* -- keys
 * -----------------------------------------------------------------------------------------------
 */

/* Half (or twice) as much time around the chosen column. */
static void zoom(struct timeline_state *s, bool in)
{
    int64_t middle = bucket_start(s, s->at), span = s->to - s->from;

    span = in ? span / 2 : span > INT64_MAX / 4 ? span : span * 2;
    if (span < SPAN_LEAST)
        span = SPAN_LEAST;
    if (span > s->case_to - s->case_from && s->case_to > s->case_from)
        span = s->case_to - s->case_from;
    s->from = middle - span / 2;
    if (s->from < s->case_from)
        s->from = s->case_from;
    s->to = s->from + span;
    if (s->to > s->case_to && s->case_to > s->case_from) {
        s->to = s->case_to;
        s->from = s->to - span;
    }
    s->at = (size_t)((double)(middle - s->from) / (double)span * (double)s->n_buckets);
    s->stale = true;
}

static void pan(struct timeline_state *s, bool right)
{
    int64_t span = s->to - s->from, by = right ? span / 2 : -span / 2;

    if (right && s->to + by > s->case_to)
        by = s->case_to > s->to ? s->case_to - s->to : 0;
    if (!right && s->from + by < s->case_from)
        by = s->case_from - s->from;
    s->from += by;
    s->to += by;
    s->stale = true;
}

/* To the next column with evidence of a warning, behind the last one the first; worse may be there.
 */
static bool next_warning(struct ui *ui, struct timeline_state *s)
{
    size_t i, n = s->t.n_buckets, least = n + 1;

    for (i = 0; i < s->t.n_marks; i++) {
        size_t at = timeline_bucket_of(&s->t, s->t.marks[i].time_ns), ahead;

        if (s->t.marks[i].severity != TIMELINE_WARNING || at >= n)
            continue;
        ahead = at > s->at ? at - s->at : at + n - s->at;
        least = ahead < least ? ahead : least;
    }
    if (least <= n)
        s->at = (s->at + least) % n;
    else
        ui_say(ui, "no warning on this timeline");
    return true;
}

/* To the next (or previous) column with a sign of a verdict. */
static bool next_mark(struct ui *ui, struct timeline_state *s, bool back)
{
    size_t i = s->at;

    while (back ? i-- > 0 : ++i < s->t.n_buckets) {
        if (s->t.buckets[i].worst) {
            s->at = i;
            return true;
        }
    }
    ui_say(ui, back ? "no verdict before this" : "no verdict behind this");
    return true;
}

/* The first frame of the chosen column, in its capture. */
static bool jump(struct ui *ui, struct timeline_state *s)
{
    struct view_args args = { .source = s->source };
    uint32_t flow = 0, id;
    size_t i;

    for (i = 0; i < s->t.n_marks; i++) {
        const struct timeline_mark *m = &s->t.marks[i];

        if (timeline_bucket_of(&s->t, m->time_ns) != s->at)
            continue;
        snprintf(args.verdict, sizeof(args.verdict), "%s", m->verdict);
        ui_open(ui, "evidence", &args);
        return true;
    }
    for (id = s->source ? s->source : 1; id <= (s->source ? s->source : 100000u); id++) {
        struct source src;

        if (store_source(ui_store(ui), id, &src, NULL))
            break;
        if (timeline_frame_at(ui_store(ui), id, bucket_start(s, s->at), &args.frame, &flow, NULL) ==
                1 &&
            args.frame) {
            args.source = id;
            ui_open(ui, "packets", &args);
            return true;
        }
    }
    ui_say(ui, "no frame behind this");
    return true;
}

static bool timeline_act(struct ui *ui, void *state, enum action action, int count)
{
    struct timeline_state *s = state;
    size_t n = count > 0 ? (size_t)count : 1;

    switch (action) {
    case ACTION_right:
        s->at = s->at + n < s->t.n_buckets ? s->at + n : s->t.n_buckets ? s->t.n_buckets - 1 : 0;
        return true;
    case ACTION_left:
        s->at = s->at > n ? s->at - n : 0;
        return true;
    case ACTION_top:
        s->at = 0;
        return true;
    case ACTION_end:
        s->at = s->t.n_buckets ? s->t.n_buckets - 1 : 0;
        return true;
    case ACTION_zoom_in:
    case ACTION_zoom_out:
        zoom(s, action == ACTION_zoom_in);
        return true;
    case ACTION_page_down:
    case ACTION_page_up:
        pan(s, action == ACTION_page_down);
        return true;
    case ACTION_next_warning:
        return next_warning(ui, s);
    case ACTION_next_finding:
    case ACTION_prev_finding:
    case ACTION_down:
    case ACTION_up:
        return next_mark(ui, s, action == ACTION_prev_finding || action == ACTION_up);
    case ACTION_open:
        return jump(ui, s);
    default:
        return false;
    }
}

static void timeline_click(struct ui *ui, void *state, int row, int col)
{
    struct timeline_state *s = state;

    (void)ui;
    (void)row;
    if (col >= LABEL && (size_t)(col - LABEL) < s->t.n_buckets)
        s->at = (size_t)(col - LABEL);
}

static bool timeline_place(struct ui *ui, void *state, struct view_args *out)
{
    struct timeline_state *s = state;

    (void)ui;
    out->source = s->source;
    out->wait = true;
    out->ns = bucket_start(s, s->at);
    return true;
}

static void timeline_close(void *state)
{
    struct timeline_state *s = state;

    timeline_free(&s->t);
}

extern const struct view_ops timeline_view;
const struct view_ops timeline_view = {
    .name = "timeline",
    .help = "what happened when: traffic, what was resent or lost, what verdicts cite",
    .bar = { ACTION_open, ACTION_left, ACTION_right, ACTION_next_finding, ACTION_zoom_in,
             ACTION_zoom_out },
    .state_size = sizeof(struct timeline_state),
    .open = timeline_open,
    .reload = timeline_reload,
    .draw = timeline_draw,
    .act = timeline_act,
    .click = timeline_click,
    .place = timeline_place,
    .tick = timeline_tick,
    .close = timeline_close,
};
