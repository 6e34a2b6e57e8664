#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "tui/chart.h"
#include "tui/ui.h"
#include "tui/view_plot_inside.h"

#define MIDDLE_LEAST 7 /* rows, and steps, from which the middle of a scale is named */
#define LIST_LEAST   4 /* rows for the values at the cursor */

/* Acknowledgements stand with what they acknowledge. */
static int panel_of(const struct plot_point *p)
{
    switch (p->kind) {
    case PLOT_ACK:
        return !p->end;
    case PLOT_LOST:
        return 0;
    case PLOT_DELIVERED:
        return 1;
    default:
        return p->end;
    }
}

bool plot_notable(const struct plot_point *p)
{
    return p->kind == PLOT_RESENT || p->kind == PLOT_LOST || p->kind == PLOT_STUCK;
}

static void y_range(const struct plot_state *s, int panel, int64_t *low, int64_t *high)
{
    size_t i;

    *low = 0;
    *high = 1;
    for (i = 0; i < s->plot.n; i++) {
        const struct plot_point *p = &s->plot.points[i];

        if (panel_of(p) != panel || p->kind == PLOT_STUCK)
            continue;
        *low = p->y < *low ? p->y : *low;
        *high = p->y > *high ? p->y : *high;
    }
}

static void add_points(const struct plot_state *s, int panel, struct chart *c)
{
    unsigned style = panel ? STYLE_B : STYLE_A;
    const struct plot_point *before = NULL;
    size_t i;

    for (i = 0; i < s->plot.n; i++) {
        const struct plot_point *p = &s->plot.points[i];
        int64_t level = before ? before->y : 0;

        if (panel_of(p) != panel)
            continue;
        if (p->kind == PLOT_DATA || p->kind == PLOT_FILL) {
            if (before)
                chart_step(c, before->x, before->y, p->x, p->y, style);
            chart_dot(c, p->x, p->y, style);
            before = p;
        } else if (p->kind == PLOT_RESENT) {
            chart_sign(c, p->x, p->y, STYLE_WARNING, "R", false);
        } else if (p->kind == PLOT_ACK) {
            chart_sign(c, p->x, p->y, STYLE_DIM, "\xe2\x97\x8b", true);
        } else if (p->kind == PLOT_STUCK) {
            chart_sign(c, p->x, level, STYLE_CRITICAL, "\xe2\x97\x86", false);
        } else {
            chart_bar(c, p->x, p->y, p->kind == PLOT_LOST ? STYLE_WARNING : STYLE_GOOD);
        }
    }
    /* A window stays as full as it is. */
    if (before && before->kind == PLOT_FILL)
        chart_step(c, before->x, before->y, s->plot.x_max, before->y, style);
}

static const char *number(int64_t n, char out[32])
{
    if (n >= 10000000)
        snprintf(out, 32, "%.4g M", (double)n / 1e6);
    else if (n < 0)
        snprintf(out, 32, "%" PRId64, n);
    else
        str_group((uint64_t)n, out);
    return out;
}

/* Values beside the rows: the ends, and the middle where there is one worth a row. */
static void draw_scale(struct grid *g, struct area a, int64_t low, int64_t high, const char *what)
{
    int n_rows = a.rows - 1, middle = n_rows / 2;
    char n[32];

    grid_put_right(g, a.row + 1, a.col, PLOT_LABEL - 1, STYLE_DIM, number(high, n));
    if (a.rows > 3)
        grid_put_right(g, a.row + 2, a.col, PLOT_LABEL - 1, STYLE_DIM, what);
    if (a.rows > 2)
        grid_put_right(g, a.row + a.rows - 1, a.col, PLOT_LABEL - 1, STYLE_DIM, number(low, n));
    if (n_rows < MIDDLE_LEAST || high - low < MIDDLE_LEAST)
        return;
    number(high - (int64_t)((double)(high - low) / (n_rows - 1) * middle + 0.5), n);
    grid_put_right(g, a.row + 1 + middle, a.col, PLOT_LABEL - 1, STYLE_DIM, n);
}

static void draw_panel(struct ui *ui, const struct plot_state *s, int panel, struct area a)
{
    static const char *const words[] = { "sent", "window", "" };
    unsigned style = panel ? STYLE_B : STYLE_A;
    struct grid *g = ui_grid(ui);
    struct str title = { 0 };
    int64_t low, high;
    struct chart *c;

    y_range(s, panel, &low, &high);
    c = chart_new(a.rows - 1, s->cols, s->from, s->to, low, high);
    add_points(s, panel, c);
    chart_draw(c, g, a.row + 1, a.col + PLOT_LABEL, s->at);
    chart_free(c);
    if (s->what == WHAT_SIZES) {
        style = panel ? STYLE_GOOD : STYLE_WARNING;
        str_adds(&title, panel ? "frames delivered, by size" : "frames lost, by size");
    } else {
        str_addf(&title, "%s %s %s", s->end[panel], "\xe2\x86\x92", s->end[!panel]);
    }
    grid_put(g, a.row, a.col + PLOT_LABEL, s->cols, style, str_get(&title));
    str_free(&title);
    draw_scale(g, a, low, high, words[s->what]);
}

static int legend(struct grid *g, int row, int col, unsigned style, const char *sign,
                  const char *word)
{
    col += grid_put(g, row, col, 2, style, sign) + 1;
    return col + grid_put(g, row, col, g->cols - col, STYLE_DIM, word) + 3;
}

static void draw_legend(struct ui *ui, const struct plot_state *s, struct area a)
{
    struct grid *g = ui_grid(ui);
    int col = a.col + PLOT_LABEL;

    if (s->what == WHAT_TCP) {
        col = legend(g, a.row, col, STYLE_TEXT, "\xe2\xa0\xa4", "sequence number sent");
        col = legend(g, a.row, col, STYLE_WARNING, "R", "sent again");
        col = legend(g, a.row, col, STYLE_DIM, "\xe2\x97\x8b", "acknowledged");
    } else if (s->what == WHAT_OPENVPN) {
        col = legend(g, a.row, col, STYLE_TEXT, "\xe2\xa0\xa4", "control packets unanswered");
        col = legend(g, a.row, col, STYLE_CRITICAL, "\xe2\x97\x86", "stuck: sent again in vain");
    }
    if (s->plot.partial)
        grid_put(g, a.row, col, a.cols - (col - a.col), STYLE_WARNING, "not all of it");
    else if (s->plot.approximate)
        grid_put(g, a.row, col, a.cols - (col - a.col), STYLE_DIM,
                 "sizes of delivered frames as on the wire");
}

static const char *x_text(struct ui *ui, const struct plot_state *s, int64_t x,
                          char out[UI_TIME_LEN])
{
    if (s->what != WHAT_SIZES)
        return ui_time(ui, true, s->plot.origin_ns + x, out);
    snprintf(out, UI_TIME_LEN, "%" PRId64 " bytes", x);
    return out;
}

static void draw_axis(struct ui *ui, const struct plot_state *s, struct area a)
{
    struct grid *g = ui_grid(ui);
    char text[UI_TIME_LEN], end[UI_TIME_LEN], span[CHART_SPAN_LEN];
    int i, width;

    chart_axis(g, a.row, a.col + PLOT_LABEL, s->cols, s->at);
    if (a.rows < 2) /* a low screen has no room for numbers */
        return;
    x_text(ui, s, s->from, text);
    x_text(ui, s, s->to, end);
    chart_span((double)(s->to - s->from) / 1e9, span);
    if (strlen(text) + 2 + strlen(end) > (size_t)s->cols) /* no room for both */
        snprintf(end, sizeof(end), "+%s", span);
    grid_put(g, a.row + 1, a.col + PLOT_LABEL, 20, STYLE_DIM, text);
    grid_put_right(g, a.row + 1, a.col + PLOT_LABEL + s->cols - 20, 20, STYLE_DIM, end);
    for (i = 1; i < CHART_TICKS; i++) {
        int at = chart_tick(s->cols, i);

        if (at < 0 || (i * 2 == CHART_TICKS && s->what != WHAT_SIZES))
            continue; /* how long it is stands in the middle */
        x_text(ui, s, s->from + (int64_t)((double)(s->to - s->from) / s->cols * at), text);
        width = (int)strlen(text);
        grid_put(g, a.row + 1, a.col + PLOT_LABEL + at - width / 2, width, STYLE_DIM, text);
    }
    if (s->what == WHAT_SIZES || a.cols < 70)
        return;
    grid_put(g, a.row + 1, a.col + PLOT_LABEL + (s->cols - (int)strlen(span)) / 2, 16, STYLE_DIM,
             span);
}

int plot_column(const struct plot_state *s, const struct plot_point *p)
{
    struct chart frame = { .cols = s->cols, .x_from = s->from, .x_to = s->to };

    return chart_column(&frame, p->x);
}

static void words_of(const struct plot_state *s, const struct plot_point *p, struct str *out)
{
    char n[32];

    number(p->y, n);
    switch (p->kind) {
    case PLOT_DATA:
        str_addf(out, "%s sent up to %s", s->end[p->end], n);
        break;
    case PLOT_RESENT:
        str_addf(out, "%s sent again up to %s", s->end[p->end], n);
        break;
    case PLOT_ACK:
        str_addf(out, "%s acknowledged up to %s", s->end[p->end], n);
        break;
    case PLOT_FILL:
        str_addf(out, "%s waits for the answer to %s", s->end[p->end], n);
        break;
    case PLOT_STUCK:
        str_addf(out, "%s sent id %s again, in vain", s->end[p->end], n);
        break;
    default:
        str_addf(out, "%s frame%s %s", n, p->y == 1 ? "" : "s",
                 p->kind == PLOT_LOST ? "lost" : "delivered");
    }
}

static void draw_point(struct ui *ui, const struct plot_state *s, const struct plot_point *p,
                       struct area a)
{
    struct grid *g = ui_grid(ui);
    struct str words = { 0 };
    char text[UI_TIME_LEN];
    unsigned style = plot_notable(p) ? STYLE_WARNING : panel_of(p) ? STYLE_B : STYLE_A;

    grid_put(g, a.row, a.col + 1, 16, STYLE_DIM, x_text(ui, s, p->x, text));
    if (p->frame_no) {
        snprintf(text, sizeof(text), "frame %" PRIu64, p->frame_no);
        grid_put(g, a.row, a.col + 18, 14, STYLE_TEXT, text);
    }
    words_of(s, p, &words);
    grid_put(g, a.row, a.col + (s->what == WHAT_SIZES ? 18 : 33), a.cols - 34, style,
             str_get(&words));
    str_free(&words);
}

/* The values at the cursor. */
static void draw_list(struct ui *ui, const struct plot_state *s, struct area a)
{
    struct grid *g = ui_grid(ui);
    int row = a.row, more = 0;
    char text[80];
    size_t i;

    for (i = 0; i < s->plot.n; i++) {
        if (plot_column(s, &s->plot.points[i]) != s->at)
            continue;
        if (row < a.row + a.rows)
            draw_point(ui, s, &s->plot.points[i], (struct area){ row++, a.col, 1, a.cols });
        else
            more++;
    }
    if (row == a.row)
        grid_put(g, row, a.col + 1, a.cols - 2, STYLE_DIM,
                 "nothing in this column; j and k go to columns with something");
    if (more) {
        snprintf(text, sizeof(text), " %d more ", more + 1);
        grid_fill(g, row - 1, a.col, a.cols, STYLE_TEXT, " ");
        grid_put(g, row - 1, a.col + 1, a.cols - 2, STYLE_DIM, "and more here: + looks closer");
    }
}

void plot_draw(struct ui *ui, void *state, struct area a)
{
    struct plot_state *s = state;
    int list = LIST_LEAST + (a.rows > 22 ? (a.rows - 22) / 4 : 0), panel;

    if (a.rows < 12)
        list = 1;
    panel = (a.rows - 3 - list) / 2;
    if (panel < 2)
        panel = 2;
    s->cols = a.cols - PLOT_LABEL - 1;
    if (s->at >= s->cols)
        s->at = s->cols - 1;
    if (!s->plot.n) {
        grid_put(ui_grid(ui), a.row + 1, a.col + 1, a.cols - 2, STYLE_DIM,
                 s->what == WHAT_SIZES ? "nothing was lost in this direction (] the other one)"
                                       : "no frame of this conversation has anything to draw");
        return;
    }
    draw_legend(ui, s, a);
    draw_panel(ui, s, 0, (struct area){ a.row + 1, a.col, panel, a.cols });
    draw_panel(ui, s, 1, (struct area){ a.row + 1 + panel, a.col, panel, a.cols });
    draw_axis(ui, s, (struct area){ a.row + 1 + 2 * panel, a.col, a.rows - 1 - 2 * panel, a.cols });
    if (a.rows > 3 + 2 * panel)
        draw_list(ui, s,
                  (struct area){ a.row + 3 + 2 * panel, a.col, a.rows - 3 - 2 * panel, a.cols });
}
