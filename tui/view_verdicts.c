/*
 * verdicts: home: what died and why, worst first, each consequence under its cause; the chosen one
 * in words beside it.
 */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/ui.h"
#include "tui/detail.h"
#include "tui/home.h"
#include "tui/keep.h"
#include "tui/lines.h"
#include "tui/verdict_list.h"
#include "verdict/result.h"

#define TIME_LONG     17  /* columns of a time with its microseconds */
#define TIME_SHORT    10  /* without them */
#define SUBJECT_LEAST 12  /* columns; less says nothing */
#define LIST_MOST     100 /* rows of the list, below each other */
#define WIDE          130 /* columns from which a long list and detail stand side by side */
#define READ_LEAST    6   /* rows that it takes to say below a list what was read */
#define VERY_WIDE     160 /* and a short list */

struct verdicts {
    struct verdict_list list;
    size_t at, top;
    struct lines detail, read; /* the chosen one in words; what was read, */
    struct lines troubles;     /* and what of it was not, or not judged */
    bool detail_focus, zoomed;
    bool touched; /* somebody reads here; until then the worst verdict is the chosen one */
    struct case_result result;
    bool has_result;
    int list_rows, detail_rows;
};

static void choose(struct ui *ui, struct verdicts *v, size_t at)
{
    v->at = at < v->list.n ? at : v->list.n ? v->list.n - 1 : 0;
    v->detail.top = 0;
    if (v->list.n)
        detail_of(ui, v->list.items[v->at].id, false, &v->detail);
    else
        lines_clear(&v->detail);
}

static int verdicts_reload(struct ui *ui, void *state, struct err *err)
{
    struct verdicts *v = state;
    char chosen[32] = "";
    size_t i, at = 0, detail_top = 0;
    int rc;

    if (v->list.n && v->touched)
        snprintf(chosen, sizeof(chosen), "%s", v->list.items[v->at].id);
    rc = verdict_list_read(ui, &v->list, err);
    for (i = 0; i < v->list.n; i++) {
        if (strcmp(v->list.items[i].id, chosen) == 0) {
            at = i;
            detail_top = v->detail.top;
        }
    }
    choose(ui, v, at);
    v->detail.top = detail_top;
    v->has_result = verdict_result(ui_store(ui), &v->result, NULL) == ERR_OK;
    home_sources(ui, &v->read);
    home_troubles(ui, &v->troubles);
    return rc;
}

static int verdicts_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct verdicts *v = state;
    size_t i;
    int rc;

    v->detail.measure = LINES_MEASURE;
    rc = verdicts_reload(ui, state, err);
    for (i = 0; i < v->list.n && args->verdict[0]; i++)
        if (strcmp(v->list.items[i].id, args->verdict) == 0)
            choose(ui, v, i);
    return rc;
}

/* The answer in one line: what all of it comes to. */
static void draw_answer(struct ui *ui, const struct verdicts *v, struct area a)
{
    static const struct {
        const char *sign, *word;
        unsigned style;
    } looks[] = {
        [CASE_FAULT] = { "\xe2\x9c\x98", "Fault", STYLE_CRITICAL },
        [CASE_HEALTHY] = { "\xe2\x9c\x93", "Healthy", STYLE_GOOD },
        [CASE_UNKNOWN] = { "?", "Unknown", STYLE_WARNING },
    };
    struct grid *g = ui_grid(ui);
    int col = a.col + 1, i = (int)v->result.outcome;

    if (!v->has_result)
        return;
    if (ui->progress.running && !v->list.n) {
        grid_put(g, a.row, col, a.cols - 2, STYLE_DIM,
                 v->result.packets ? "reading on; nothing has been found so far"
                                   : "reading; a capture is judged when its end is read");
        return;
    }
    col += grid_put(g, a.row, col, 2, looks[i].style, looks[i].sign) + 1;
    col += grid_put(g, a.row, col, 10, looks[i].style, looks[i].word) + 2;
    grid_put(g, a.row, col, a.col + a.cols - col - 1, STYLE_TEXT, v->result.reason);
}

/* What the answer lacks; without verdicts there is room to say more of it. */
static void draw_lack(struct ui *ui, const struct verdicts *v, struct area a)
{
    struct str text = { 0 };

    home_brief(ui, &v->result, &text);
    grid_put(ui_grid(ui), a.row, a.col + 3, a.cols - 4, STYLE_WARNING, str_get(&text));
    str_free(&text);
}

static struct mark mark_of(const struct verdict_item *x)
{
    struct mark m = { .kind = MARK_VERDICT };

    snprintf(m.verdict, sizeof(m.verdict), "%s", x->id);
    return m;
}

static int indent_of(const struct verdict_item *x)
{
    return x->place != PLACE_HEAD ? 7 : 1;
}

/* How a list is laid out: so that no title in sight is cut, and subjects stand below each other. */
struct list_room {
    int time;    /* columns for it: all of it, to the second, or none */
    int subject; /* column where subjects begin; 0: behind each title */
};

static struct list_room room_of(const struct verdicts *v, struct area a)
{
    struct list_room r = { 0 };
    int title = 0, subject = 0;
    size_t i;

    for (i = v->top; i < v->list.n && i < v->top + (size_t)a.rows; i++) {
        const struct verdict_item *x = &v->list.items[i];
        int t = indent_of(x) + 3 + (int)str_width(x->title), s = (int)str_width(x->subject) + 1;

        if (x->mark)
            t += (int)str_width(x->mark) + 2;
        title = t > title ? t : title;
        subject = s > subject ? s : subject;
    }
    r.time = title + subject + TIME_LONG <= a.cols ? TIME_LONG
             : title + TIME_SHORT <= a.cols        ? TIME_SHORT
                                                   : 0;
    if (title + SUBJECT_LEAST + 1 + r.time <= a.cols)
        r.subject = title + 1;
    return r;
}

static void draw_item(struct ui *ui, const struct verdict_item *x, struct area a, int row,
                      struct list_room r, bool selected)
{
    static const char *const places[] = {
        [PLACE_HEAD] = "", [PLACE_CAUSE] = "why", [PLACE_EFFECT] = "then", [PLACE_KIN] = "also"
    };
    struct grid *g = ui_grid(ui);
    unsigned style;
    const char *sign = detail_sign(x->severity, x->state, &style);
    bool dismissed = x->mark && strcmp(x->mark, "dismissed") == 0;
    int indent = indent_of(x), col = a.col + indent + 2, used, room,
        end = a.col + a.cols - r.time - 1;
    char when[UI_TIME_LEN], *dot;
    struct mark m = mark_of(x);

    if (ui_marked(ui, &m))
        grid_put(g, row, a.col, 1, STYLE_CITED, "*");
    grid_put(g, row, a.col + 2, 4, STYLE_DIM, places[x->place]);
    grid_put(g, row, a.col + indent, 1, dismissed ? STYLE_DIM : style, sign);
    /* What a person said of it is never cut. */
    room = end - col - (x->mark ? (int)str_width(x->mark) + 2 : 0);
    used = grid_put(g, row, col, room, dismissed ? STYLE_DIM : STYLE_STRONG, x->title);
    col += used + 2;
    if (x->mark)
        col += grid_put(g, row, col, end - col, STYLE_GOOD, x->mark) + 2;
    if (r.subject)
        col = a.col + r.subject;
    if (end - col >= SUBJECT_LEAST)
        grid_put(g, row, col, end - col, STYLE_DIM, x->subject);
    ui_time(ui, x->timed, x->ns, when);
    dot = strchr(when, '.');
    if (dot && r.time == TIME_SHORT)
        *dot = '\0';
    if (r.time)
        grid_put_right(g, row, a.col + a.cols - r.time, r.time - 1, STYLE_DIM, when);
    if (selected)
        grid_select(g, row, a.col, a.cols);
}

static void draw_list(struct ui *ui, struct verdicts *v, struct area a)
{
    struct list_room r;
    int i;

    v->list_rows = a.rows;
    if (v->at < v->top)
        v->top = v->at;
    if (a.rows > 0 && v->at >= v->top + (size_t)a.rows)
        v->top = v->at + 1 - (size_t)a.rows;
    r = room_of(v, a);
    for (i = 0; i < a.rows && v->top + (size_t)i < v->list.n; i++)
        draw_item(ui, &v->list.items[v->top + (size_t)i], a, a.row + i, r,
                  v->top + (size_t)i == v->at);
}

/* A case without verdicts is an answer too: what was looked at. */
static void draw_calm(struct ui *ui, struct verdicts *v, struct area a)
{
    const struct case_result *r = &v->result;
    struct grid *g = ui_grid(ui);
    char text[200], n[32], m[32];
    int row = a.row;

    if (!v->has_result)
        return;
    if (ui->progress.frames && !r->packets)
        snprintf(text, sizeof(text), "%s frames so far", str_group(ui->progress.frames, n));
    else
        snprintf(text, sizeof(text), "%s frame%s, %s conversation%s, %llu source%s",
                 str_group(r->packets, n), r->packets == 1 ? "" : "s", str_group(r->flows, m),
                 r->flows == 1 ? "" : "s", (unsigned long long)r->sources,
                 r->sources == 1 ? "" : "s");
    grid_put(g, row++, a.col + 3, a.cols - 4, STYLE_TEXT, text);
    if (v->troubles.n)
        draw_lack(ui, v, (struct area){ row++, a.col, 1, a.cols });
    row++;
    grid_put(g, row++, a.col + 3, a.cols - 4, STYLE_DIM,
             "Enter shows the conversations, S sources, B what happened when, Y the rules");
    row++;
    if (row < a.row + a.rows)
        lines_draw(&v->troubles, g,
                   (struct area){ row, a.col + 2, a.row + a.rows - row, a.cols - 2 });
}

/* What was read, where a list beside its detail leaves room. */
static void draw_read(struct ui *ui, struct verdicts *v, struct area a)
{
    int used = (int)(v->list.n - v->top) + 1;

    if (a.rows - used < READ_LEAST)
        return;
    a.row += used;
    a.rows -= used;
    grid_fill(ui_grid(ui), a.row, a.col, a.cols, STYLE_RULER, "\xe2\x94\x80");
    grid_put(ui_grid(ui), a.row, a.col + 2, a.cols - 4, STYLE_DIM, " what was read ");
    a.row++;
    a.rows--;
    v->read.top = 0;
    lines_draw(&v->read, ui_grid(ui), a);
}

static void verdicts_draw(struct ui *ui, void *state, struct area a)
{
    struct verdicts *v = state;
    struct area list = a;
    struct split s;
    int wanted;

    draw_answer(ui, v, a);
    list.row = a.row + 2;
    list.rows = a.rows - 2;
    if (!v->list.n) {
        draw_calm(ui, v, list);
        return;
    }
    if (v->has_result)
        draw_lack(ui, v, (struct area){ a.row + 1, a.col, 1, a.cols });
    if (v->zoomed) {
        v->detail_rows = list.rows;
        lines_draw(&v->detail, ui_grid(ui), list);
        return;
    }
    wanted = (int)(v->list.n < LIST_MOST ? v->list.n : LIST_MOST);
    /* A short list stands above: its lines need the width more than it needs the height. */
    s = split_area(
        ui, list,
        &(struct split_wish){ .wide = wanted > a.rows / 3 ? WIDE : VERY_WIDE,
                              .cols = a.cols < 180 ? a.cols / 2 : a.cols - LINES_MEASURE - 4,
                              .rows = wanted < a.rows / 3 ? wanted : a.rows / 3,
                              .most = wanted,
                              .detail_focus = v->detail_focus });
    draw_list(ui, v, s.list);
    if (s.detail.row == s.list.row)
        draw_read(ui, v, s.list);
    v->detail_rows = s.detail.rows;
    lines_draw(&v->detail, ui_grid(ui), s.detail);
}

/* Writes the word down; the note that is there stays. */
static int write_word(struct ui *ui, const char *id, const char *word, struct err *err)
{
    sqlite3_stmt *st = NULL;
    char *text = NULL;
    int rc = sql_prepare(store_db(ui_store(ui)), "SELECT text FROM annotation WHERE verdict = ?1",
                         &st, err);

    if (!rc) {
        sql_bind_text(st, 1, id);
        if (sql_step(st, NULL) == 1 && sqlite3_column_type(st, 0) != SQLITE_NULL)
            text = xstrdup(sql_text(st, 0));
    }
    sqlite3_finalize(st);
    if (!rc)
        rc = ui_annotate(ui, id, word, text, err);
    free(text);
    return rc;
}

/* The chosen one, where it is so already no longer; or all that are marked. */
static void judge(struct ui *ui, struct verdicts *v, const char *word)
{
    const struct verdict_item *x = &v->list.items[v->at];
    const char *now = x->mark && strcmp(x->mark, word) == 0 ? NULL : word;
    const struct mark *m;
    struct err err = { 0 };
    int n = 0, rc = ERR_OK;

    while (!rc && (m = ui_mark_at(ui, MARK_VERDICT, n)) != NULL) {
        rc = write_word(ui, m->verdict, word, &err);
        n++;
    }
    if (!rc && !n)
        rc = write_word(ui, x->id, now, &err);
    if (!rc)
        ui_unmark(ui, MARK_VERDICT);
    if (rc || verdicts_reload(ui, v, &err))
        ui_fail(ui, &err);
    else if (n)
        ui_say(ui, "%d %s%s", n, word, keep_hint(ui));
    else
        ui_say(ui, "%s%s%s", now ? "" : "no longer ", word, keep_hint(ui));
}

static void annotate(struct ui *ui, struct verdicts *v)
{
    sqlite3_stmt *st = NULL;
    char *text = NULL;

    if (sql_prepare(store_db(ui_store(ui)), "SELECT text FROM annotation WHERE verdict = ?1", &st,
                    NULL) == ERR_OK) {
        sql_bind_text(st, 1, v->list.items[v->at].id);
        if (sql_step(st, NULL) == 1)
            text = xstrdup(sql_text(st, 0));
    }
    sqlite3_finalize(st);
    ui_ask_note(ui, v->list.items[v->at].id, text);
    free(text);
}

static bool is_finding(const struct verdict_item *x, enum action which)
{
    return strcmp(x->state, "unknown") != 0 &&
           (strcmp(x->severity, "warning") == 0 ||
            (which != ACTION_next_warning && strcmp(x->severity, "critical") == 0));
}

static void next_finding(struct ui *ui, struct verdicts *v, enum action which)
{
    bool back = which == ACTION_prev_finding;
    size_t i, at = v->at;

    for (i = 0; i < v->list.n; i++) {
        at = back ? (at + v->list.n - 1) % v->list.n : (at + 1) % v->list.n;
        if (is_finding(&v->list.items[at], which)) {
            choose(ui, v, at);
            return;
        }
    }
    ui_say(ui, which == ACTION_next_warning ? "no verdict is a warning"
                                            : "no verdict is a warning or worse");
}

static void open_flow(struct ui *ui, struct verdicts *v, const char *view)
{
    struct view_args args = { 0 };
    sqlite3_stmt *st = NULL;

    if (sql_prepare(store_db(ui_store(ui)),
                    "SELECT subject_source, subject_id, frame FROM verdict WHERE id = ?1 AND "
                    "subject_kind = 'flow' UNION ALL SELECT e.source, p.flow, e.frame FROM "
                    "verdict_evidence e JOIN packet p ON p.source = e.source AND p.frame = e.frame "
                    "WHERE e.verdict = ?1 AND p.flow IS NOT NULL LIMIT 1",
                    &st, NULL) == ERR_OK) {
        sql_bind_text(st, 1, v->list.items[v->at].id);
        if (sql_step(st, NULL) == 1) {
            args.source = (uint32_t)sqlite3_column_int64(st, 0);
            args.flow = (uint32_t)sqlite3_column_int64(st, 1);
            args.frame = (uint64_t)sqlite3_column_int64(st, 2);
        }
    }
    sqlite3_finalize(st);
    if (args.flow)
        ui_open(ui, view, &args);
    else
        ui_say(ui, "this verdict is about no conversation");
}

static bool move(struct ui *ui, struct verdicts *v, enum action action, int count)
{
    size_t n = count > 0 ? (size_t)count : 1, page = v->list_rows > 1 ? (size_t)v->list_rows : 1;
    struct mark m;

    switch (action) {
    case ACTION_down:
        choose(ui, v, v->at + n);
        return true;
    case ACTION_up:
        choose(ui, v, v->at > n ? v->at - n : 0);
        return true;
    case ACTION_half_down:
        choose(ui, v, v->at + (page + 1) / 2);
        return true;
    case ACTION_half_up:
        choose(ui, v, v->at > (page + 1) / 2 ? v->at - (page + 1) / 2 : 0);
        return true;
    case ACTION_top:
        choose(ui, v, 0);
        return true;
    case ACTION_end:
        choose(ui, v, count > 0 ? n - 1 : v->list.n);
        return true;
    case ACTION_page_down: /* the words are what one wants to read on */
    case ACTION_page_up:
        return lines_act(&v->detail, action, count, v->detail_rows - 1);
    case ACTION_mark:
        m = mark_of(&v->list.items[v->at]);
        ui_mark(ui, &m);
        choose(ui, v, v->at + 1);
        return true;
    default:
        return false;
    }
}

static bool verdicts_act(struct ui *ui, void *state, enum action action, int count)
{
    struct verdicts *v = state;
    struct view_args args = { 0 };

    v->touched = true;
    if (!v->list.n && action == ACTION_open) { /* nothing died: what there is */
        ui_open(ui, "lives", NULL);
        return true;
    }
    if (!v->list.n)
        return false;
    switch (action) {
    case ACTION_pane:
        v->detail_focus = !v->detail_focus;
        return true;
    case ACTION_zoom:
        v->zoomed = !v->zoomed;
        return true;
    case ACTION_open:
        snprintf(args.verdict, sizeof(args.verdict), "%s", v->list.items[v->at].id);
        ui_open(ui, "evidence", &args);
        return true;
    case ACTION_accept:
        judge(ui, v, "accepted");
        return true;
    case ACTION_dismiss:
        judge(ui, v, "dismissed");
        return true;
    case ACTION_annotate:
        annotate(ui, v);
        return true;
    case ACTION_next_finding:
    case ACTION_prev_finding:
    case ACTION_next_warning:
        next_finding(ui, v, action);
        return true;
    case ACTION_ladder:
    case ACTION_plot:
        open_flow(ui, v, action_name(action));
        return true;
    default:
        break;
    }
    if (split_act(ui, action))
        return true;
    if (v->detail_focus || v->zoomed)
        return lines_act(&v->detail, action, count, v->detail_rows);
    return move(ui, v, action, count);
}

static bool verdicts_search(struct ui *ui, void *state, const char *text, bool back)
{
    struct verdicts *v = state;
    size_t i, at = v->at;

    for (i = 0; i < v->list.n; i++) {
        at = back ? (at + v->list.n - 1) % v->list.n : (at + 1) % v->list.n;
        if (strcasestr(v->list.items[at].title, text) ||
            strcasestr(v->list.items[at].subject, text)) {
            choose(ui, v, at);
            return true;
        }
    }
    return v->list.n && lines_search(&v->detail, text, back);
}

static void verdicts_click(struct ui *ui, void *state, int row, int col)
{
    struct verdicts *v = state;

    (void)col;
    v->touched = true;
    if (row >= 2 && row - 2 < v->list_rows && v->top + (size_t)(row - 2) < v->list.n)
        choose(ui, v, v->top + (size_t)(row - 2));
}

/* Title and sentence: what one tells somebody else. */
static void verdicts_copy(struct ui *ui, void *state, struct str *out)
{
    struct verdicts *v = state;
    sqlite3_stmt *st = NULL;

    if (!v->list.n ||
        sql_prepare(store_db(ui_store(ui)), "SELECT because FROM verdict WHERE id = ?1", &st, NULL))
        return;
    str_addf(out, "%s\n%s\n", v->list.items[v->at].title, v->list.items[v->at].subject);
    sql_bind_text(st, 1, v->list.items[v->at].id);
    if (sql_step(st, NULL) == 1)
        detail_words(ui, v->list.items[v->at].id, "because", sql_text(st, 0), out);
    sqlite3_finalize(st);
}

static bool verdicts_place(struct ui *ui, void *state, struct view_args *out)
{
    struct verdicts *v = state;

    (void)ui;
    if (v->list.n)
        snprintf(out->verdict, sizeof(out->verdict), "%s", v->list.items[v->at].id);
    return v->list.n > 0;
}

static void verdicts_status(struct ui *ui, void *state, struct str *out)
{
    struct verdicts *v = state;

    (void)ui;
    if (v->list.n)
        str_addf(out, "%zu of %zu%s  ", v->at + 1, v->list.n, v->list.more ? "+" : "");
    str_adds(out, ui->o->title ? ui->o->title : "");
}

static void verdicts_close(void *state)
{
    struct verdicts *v = state;

    verdict_list_free(&v->list);
    lines_free(&v->detail);
    lines_free(&v->read);
    lines_free(&v->troubles);
}

extern const struct view_ops verdicts_view;
const struct view_ops verdicts_view = {
    .name = "verdicts",
    .help = "what died and why, worst first; what follows from it stands under it",
    .bar = { ACTION_open, ACTION_ladder, ACTION_lives, ACTION_packets, ACTION_sources,
             ACTION_timeline, ACTION_compare, ACTION_accept, ACTION_dismiss, ACTION_annotate },
    .state_size = sizeof(struct verdicts),
    .open = verdicts_open,
    .reload = verdicts_reload,
    .draw = verdicts_draw,
    .act = verdicts_act,
    .search = verdicts_search,
    .click = verdicts_click,
    .copy = verdicts_copy,
    .place = verdicts_place,
    .status = verdicts_status,
    .close = verdicts_close,
};
