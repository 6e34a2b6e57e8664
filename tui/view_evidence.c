/* evidence: what proves a verdict, each frame or line one key away, with its bytes beside it. */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "base/vec.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/ui.h"
#include "tui/detail.h"
#include "tui/logline.h"
#include "tui/show.h"

#define PIECES_MAX 10000
#define FRAME_COLS 82 /* of a frame with its line, side by side */
#define LIST_LEAST 54 /* columns of the list beside it; else it stands above */
#define LIST_MOST  90

/* A frame that is cited, by its number in the list. */
struct piece {
    int n;
    uint32_t source;
    uint64_t frame;
};

struct evidence {
    struct piece *pieces;
    size_t n_pieces, cap_pieces;
    char verdict[32];
    struct lines list;
    struct shown_frame shown;
    int shown_n; /* the piece of evidence that is shown */
    uint32_t source, flow;
    uint64_t frame, line;
    size_t at, at_len;
    bool frame_focus, zoomed;
    int list_rows, frame_rows;
};

static void load_chosen(struct ui *ui, struct evidence *e)
{
    sqlite3_stmt *st = NULL;

    if (e->list.chosen == e->shown_n)
        return;
    e->shown_n = e->list.chosen;
    e->frame = e->line = 0;
    if (sql_prepare(
            store_db(ui_store(ui)),
            "SELECT source, frame, line, \"at\", at_len FROM verdict_evidence WHERE verdict = "
            "?1 AND n = ?2",
            &st, NULL))
        return;
    sql_bind_text(st, 1, e->verdict);
    sqlite3_bind_int(st, 2, e->shown_n);
    if (sql_step(st, NULL) == 1) {
        e->source = (uint32_t)sqlite3_column_int64(st, 0);
        e->frame = (uint64_t)sqlite3_column_int64(st, 1);
        e->line = (uint64_t)sqlite3_column_int64(st, 2);
        e->at = (size_t)sqlite3_column_int64(st, 3);
        e->at_len = (size_t)sqlite3_column_int64(st, 4);
    }
    sqlite3_finalize(st);
    if (e->frame)
        show_frame(ui, e->source, e->frame, e->at, e->at_len, &e->shown);
    else
        logline_show(ui, e->source, e->line, &e->shown.text);
}

static void read_pieces(struct ui *ui, struct evidence *e)
{
    sqlite3_stmt *st = NULL;

    e->n_pieces = 0;
    if (sql_prepare(store_db(ui_store(ui)),
                    "SELECT n, source, frame FROM verdict_evidence WHERE verdict = ?1 AND frame IS "
                    "NOT NULL",
                    &st, NULL))
        return;
    sql_bind_text(st, 1, e->verdict);
    while (e->n_pieces < PIECES_MAX && sql_step(st, NULL) == 1)
        VEC_PUSH(e->pieces, e->n_pieces, e->cap_pieces,
                 (struct piece){ sqlite3_column_int(st, 0), (uint32_t)sqlite3_column_int64(st, 1),
                                 (uint64_t)sqlite3_column_int64(st, 2) });
    sqlite3_finalize(st);
}

static int evidence_reload(struct ui *ui, void *state, struct err *err)
{
    struct evidence *e = state;
    int chosen = e->list.chosen;

    detail_of(ui, e->verdict, true, &e->list);
    if (!e->list.n)
        return err_set(err, ERR_USAGE, "this verdict has no evidence any more");
    e->list.chosen = chosen ? chosen : 1;
    read_pieces(ui, e);
    e->shown_n = 0;
    load_chosen(ui, e);
    return ERR_OK;
}

/* args: verdict; line: which piece of its evidence, 0: the first. */
static int evidence_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct evidence *e = state;

    snprintf(e->verdict, sizeof(e->verdict), "%s", args->verdict);
    e->list.chosen = (int)args->line;
    e->list.measure = e->shown.text.measure = LINES_MEASURE;
    return evidence_reload(ui, state, err);
}

/* A '*' beside the frames that the reader has marked. */
static void draw_marks(struct ui *ui, const struct evidence *e, struct area a)
{
    const struct lines *l = &e->list;
    int i;
    size_t k;

    for (i = 0; i < a.rows && l->top + (size_t)i < l->n_rows; i++) {
        const struct row *r = &l->rows[l->top + (size_t)i];

        for (k = 0; k < e->n_pieces && r->first; k++)
            if (e->pieces[k].n == l->all[r->line].tag &&
                ui_frame_marked(ui, e->pieces[k].source, e->pieces[k].frame))
                grid_put(ui_grid(ui), a.row + i, a.col + 2, 1, STYLE_CITED, "*");
    }
}

static void evidence_draw(struct ui *ui, void *state, struct area a)
{
    struct evidence *e = state;
    struct split s;
    int all, cols;

    if (e->zoomed) {
        e->frame_rows = a.rows;
        show_draw(&e->shown, ui, a);
        return;
    }
    all = (int)e->list.n + 1;
    cols = a.cols - FRAME_COLS;
    s = split_area(ui, a,
                   &(struct split_wish){ .wide = FRAME_COLS + LIST_LEAST,
                                         .cols = cols > LIST_MOST    ? LIST_MOST
                                                 : cols < a.cols / 3 ? a.cols / 3
                                                                     : cols,
                                         .rows = all < a.rows * 2 / 5 ? all : a.rows * 2 / 5,
                                         .most = all,
                                         .detail_focus = e->frame_focus });
    e->list_rows = s.list.rows;
    e->frame_rows = s.detail.rows;
    lines_draw(&e->list, ui_grid(ui), s.list);
    draw_marks(ui, e, s.list);
    show_draw(&e->shown, ui, s.detail);
}

static void open_frame(struct ui *ui, struct evidence *e)
{
    struct view_args args = { .source = e->source, .frame = e->frame };

    if (!e->frame) {
        args.line = e->line;
        ui_open(ui, "log", &args);
        return;
    }
    args.wait = true;
    args.line = e->at;
    args.ns = (int64_t)e->at_len;
    ui_open(ui, "frame", &args);
}

static void open_flow(struct ui *ui, struct evidence *e, const char *view)
{
    struct view_args args = { .source = e->source, .frame = e->frame };
    sqlite3_stmt *st = NULL;

    if (sql_prepare(store_db(ui_store(ui)),
                    "SELECT flow FROM packet WHERE source = ?1 AND frame = ?2", &st,
                    NULL) == ERR_OK) {
        sqlite3_bind_int64(st, 1, e->source);
        sqlite3_bind_int64(st, 2, (int64_t)e->frame);
        if (sql_step(st, NULL) == 1)
            args.flow = (uint32_t)sqlite3_column_int64(st, 0);
    }
    sqlite3_finalize(st);
    if (args.flow)
        ui_open(ui, view, &args);
    else
        ui_say(ui, "no conversation belongs to this");
}

static bool evidence_act(struct ui *ui, void *state, enum action action, int count)
{
    struct evidence *e = state;
    struct view_args args = { 0 };
    bool done;

    switch (action) {
    case ACTION_open:
        open_frame(ui, e);
        return true;
    case ACTION_text:
        args.source = e->source;
        args.frame = e->frame;
        if (e->frame)
            ui_open(ui, "text", &args);
        else
            ui_say(ui, "a line is text already: Enter opens its log");
        return true;
    case ACTION_ladder:
    case ACTION_plot:
        open_flow(ui, e, action_name(action));
        return true;
    case ACTION_pane:
        e->frame_focus = !e->frame_focus;
        return true;
    case ACTION_zoom:
        e->zoomed = !e->zoomed;
        return true;
    case ACTION_hex:
        e->shown.hide_hex = !e->shown.hide_hex;
        e->shown_n = 0;
        load_chosen(ui, e);
        return true;
    case ACTION_mark:
        if (e->frame)
            ui_mark(ui, &(struct mark){ MARK_FRAME, e->source, e->frame, "" });
        else
            ui_say(ui, "lines cannot be marked: only frames are compared");
        lines_act(&e->list, ACTION_down, 0, e->list_rows);
        load_chosen(ui, e);
        return true;
    case ACTION_page_down:
    case ACTION_page_up:
        return lines_act(&e->shown.text, action, count, e->frame_rows - 1);
    default:
        break;
    }
    if (split_act(ui, action))
        return true;
    if (e->frame_focus || e->zoomed)
        return lines_act(&e->shown.text, action, count, e->frame_rows);
    done = lines_act(&e->list, action, count, e->list_rows);
    load_chosen(ui, e);
    return done;
}

static bool evidence_search(struct ui *ui, void *state, const char *text, bool back)
{
    struct evidence *e = state;
    bool found = lines_search(&e->list, text, back);

    load_chosen(ui, e);
    return found || lines_search(&e->shown.text, text, back);
}

static bool evidence_place(struct ui *ui, void *state, struct view_args *out)
{
    struct evidence *e = state;

    (void)ui;
    snprintf(out->verdict, sizeof(out->verdict), "%s", e->verdict);
    out->line = (uint64_t)e->list.chosen;
    return true;
}

static void evidence_copy(struct ui *ui, void *state, struct str *out)
{
    struct evidence *e = state;

    (void)ui;
    lines_copy(e->frame_focus || e->zoomed ? &e->shown.text : &e->list, out);
}

static void evidence_close(void *state)
{
    struct evidence *e = state;

    free(e->pieces);
    lines_free(&e->list);
    show_free(&e->shown);
}

extern const struct view_ops evidence_view;
const struct view_ops evidence_view = {
    .name = "evidence",
    .help = "the frames and lines that prove a verdict, each with its bytes",
    .bar = { ACTION_open, ACTION_ladder, ACTION_hex, ACTION_zoom, ACTION_pane, ACTION_plot },
    .state_size = sizeof(struct evidence),
    .open = evidence_open,
    .reload = evidence_reload,
    .draw = evidence_draw,
    .act = evidence_act,
    .search = evidence_search,
    .copy = evidence_copy,
    .place = evidence_place,
    .close = evidence_close,
};
