/* compare: the pairs of captures that saw one network: clocks, losses, what the lost have in
 * common. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "frame/pairview.h"
#include "store/store.h"
#include "tui/lines.h"
#include "tui/ui.h"

#define PAIRS_MAX 200 /* pairs that are listed */
#define ROWS_MAX  12  /* kinds and findings of a direction */
#define HANG      14

struct compare {
    struct lines lines;
    int64_t pairs[PAIRS_MAX]; /* by tag - 1 */
    int n, rows;
};

static void add_clock(const struct pairview *p, struct lines *out)
{
    struct str s = { 0 };

    str_addf(&s, "%+.6f s, gains %+.3f ppm, known to %.6f s", (double)p->offset_ns / 1e9,
             (double)p->drift_ppb / 1e3, (double)p->error_ns / 1e9);
    lines_add(out, 3, "its clock", STYLE_DIM, HANG, str_get(&s), STYLE_TEXT, 0);
    str_clear(&s);
    if (!p->compared)
        str_addf(&s, "not compared: %s", p->reason);
    else
        str_addf(&s,
                 "%" PRIu64 " in both, %" PRIu64 " only here, %" PRIu64 " only there, %" PRIu64
                 " outside the time that both captured",
                 p->both, p->only[0], p->only[1], p->outside);
    lines_add(out, 3, "frames", STYLE_DIM, HANG, str_get(&s),
              p->compared ? STYLE_TEXT : STYLE_WARNING, 0);
    str_free(&s);
}

static void add_findings(struct store *store, const struct pairview *p, unsigned from,
                         struct lines *out)
{
    struct pairview_finding found[ROWS_MAX];
    struct pairview_kind kinds[ROWS_MAX];
    const char *label = "they share";
    size_t n = 0, i;

    if (pairview_findings(store, p, from, found, ROWS_MAX, &n, NULL) == ERR_OK)
        for (i = 0; i < n; i++, label = "")
            lines_add(out, 5, label, STYLE_DIM, HANG - 2, found[i].text, STYLE_STRONG, 0);
    n = 0;
    label = "lost";
    if (pairview_kinds(store, p, from, kinds, ROWS_MAX, &n, NULL) != ERR_OK)
        return;
    for (i = 0; i < n; i++, label = "") {
        struct str s = { 0 };

        str_addf(&s, "%" PRIu64 " x %s, %u to %u bytes", kinds[i].lost, kinds[i].kind,
                 kinds[i].size_min, kinds[i].size_max);
        lines_add(out, 5, label, STYLE_DIM, HANG - 2, str_get(&s), STYLE_TEXT, 0);
        str_free(&s);
    }
}

static void add_direction(struct store *store, const struct pairview *p, unsigned from,
                          struct lines *out)
{
    struct pairview_direction d;
    struct str s = { 0 };

    if (pairview_direction(store, p, from, &d, NULL) < 0)
        return;
    str_addf(&s, "%s \xe2\x86\x92 %s: ", p->name[from], p->name[!from]);
    str_addf(&s, "%" PRIu64 " of %" PRIu64 " lost", d.lost, d.lost + d.delivered);
    lines_gap(out);
    lines_say(out, 3, d.lost ? STYLE_WARNING : STYLE_GOOD, str_get(&s));
    str_free(&s);
    if (d.lost)
        add_findings(store, p, from, out);
}

static int compare_reload(struct ui *ui, void *state, struct err *err)
{
    struct compare *c = state;
    struct pairview p;
    int64_t after = 0;
    int rc;

    lines_clear(&c->lines);
    c->n = 0;
    while (c->n < PAIRS_MAX && (rc = pairview_next(ui_store(ui), after, &p, err)) > 0) {
        struct str s = { 0 };

        after = p.id;
        c->pairs[c->n++] = p.id;
        str_addf(&s, "%s and %s saw the same traffic", p.name[0], p.name[1]);
        if (c->n > 1)
            lines_gap(&c->lines);
        lines_say(&c->lines, 1, STYLE_STRONG, str_get(&s));
        c->lines.all[c->lines.n - 1].tag = c->n;
        str_free(&s);
        add_clock(&p, &c->lines);
        if (!p.compared)
            continue;
        add_direction(ui_store(ui), &p, 0, &c->lines);
        add_direction(ui_store(ui), &p, 1, &c->lines);
    }
    if (c->n && !c->lines.chosen)
        c->lines.chosen = 1;
    if (!c->n)
        lines_say(
            &c->lines, 1, STYLE_DIM,
            "No two captures of this case saw the same traffic. Give deadwire both: captures of "
            "the two ends of a path, taken at the same time, recognise each other.");
    return ERR_OK;
}

static int compare_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct compare *c = state;
    int rc, i;

    c->lines.measure = LINES_MEASURE;
    rc = compare_reload(ui, state, err);

    for (i = 0; i < c->n && args->wait; i++)
        if (c->pairs[i] == args->ns)
            c->lines.chosen = i + 1;
    return rc;
}

static void compare_draw(struct ui *ui, void *state, struct area a)
{
    struct compare *c = state;

    c->rows = a.rows;
    lines_draw(&c->lines, ui_grid(ui), a);
}

static bool compare_act(struct ui *ui, void *state, enum action action, int count)
{
    struct compare *c = state;
    struct view_args args = { .wait = true };

    if ((action == ACTION_open || action == ACTION_ladder || action == ACTION_plot) &&
        c->lines.chosen) {
        args.ns = c->pairs[c->lines.chosen - 1];
        ui_open(ui, action == ACTION_plot ? "plot" : "ladder", &args);
        return true;
    }
    return lines_act(&c->lines, action, count, c->rows);
}

static bool compare_search(struct ui *ui, void *state, const char *text, bool back)
{
    struct compare *c = state;

    (void)ui;
    return lines_search(&c->lines, text, back);
}

static bool compare_place(struct ui *ui, void *state, struct view_args *out)
{
    struct compare *c = state;

    (void)ui;
    out->wait = true;
    out->ns = c->lines.chosen ? c->pairs[c->lines.chosen - 1] : 0;
    return c->lines.chosen;
}

static void compare_close(void *state)
{
    struct compare *c = state;

    lines_free(&c->lines);
}

extern const struct view_ops compare_view;
const struct view_ops compare_view = {
    .name = "compare",
    .help = "two captures of the same traffic: clocks, losses, what the lost have in common",
    .bar = { ACTION_open, ACTION_plot, ACTION_page_down, ACTION_search },
    .state_size = sizeof(struct compare),
    .open = compare_open,
    .reload = compare_reload,
    .draw = compare_draw,
    .act = compare_act,
    .search = compare_search,
    .place = compare_place,
    .close = compare_close,
};
