/* frame: one frame alone on the screen: layers, facts, bytes; n and p of its capture a key away. */
#include "config.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/str.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/ui.h"
#include "tui/show.h"

struct frame_state {
    struct shown_frame shown;
    uint32_t source, flow;
    uint64_t frame;
    size_t mark_at, mark_len;
    int rows;
};

static void load(struct ui *ui, struct frame_state *s)
{
    sqlite3_stmt *st = NULL;

    show_frame(ui, s->source, s->frame, s->mark_at, s->mark_len, &s->shown);
    s->flow = 0;
    if (sql_prepare(store_db(ui_store(ui)),
                    "SELECT flow FROM packet WHERE source = ?1 AND frame = ?2", &st, NULL))
        return;
    sqlite3_bind_int64(st, 1, s->source);
    sqlite3_bind_int64(st, 2, (int64_t)s->frame);
    if (sql_step(st, NULL) == 1)
        s->flow = (uint32_t)sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
}

/* args: source (0: the first capture), frame; line and ns are where the marked bytes are. */
static int frame_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct frame_state *s = state;

    s->shown.text.measure = LINES_MEASURE;
    s->source = args->source;
    s->frame = args->frame ? args->frame : 1;
    if (args->wait) {
        s->mark_at = (size_t)args->line;
        s->mark_len = (size_t)args->ns;
    }
    if (!s->source)
        s->source = (uint32_t)sql_number(store_db(ui_store(ui)),
                                         "SELECT min(id) FROM source WHERE kind = 'capture'", 0);
    if (!s->source)
        return err_set(err, ERR_USAGE, "there is no capture in this case");
    load(ui, s);
    return ERR_OK;
}

static int frame_reload(struct ui *ui, void *state, struct err *err)
{
    (void)err;
    load(ui, state);
    return ERR_OK;
}

static void frame_draw(struct ui *ui, void *state, struct area a)
{
    struct frame_state *s = state;

    s->rows = a.rows;
    show_draw(&s->shown, ui, a);
}

static bool frame_act(struct ui *ui, void *state, enum action action, int count)
{
    struct frame_state *s = state;
    struct view_args args = { .source = s->source, .flow = s->flow, .frame = s->frame };

    switch (action) {
    case ACTION_hex:
        s->shown.hide_hex = !s->shown.hide_hex;
        load(ui, s);
        return true;
    case ACTION_right:
        s->frame += count > 0 ? (uint64_t)count : 1;
        load(ui, s);
        return true;
    case ACTION_left:
        if (s->frame > 1)
            s->frame -= count > 0 && (uint64_t)count < s->frame ? (uint64_t)count : 1;
        load(ui, s);
        return true;
    case ACTION_end:
        if (count <= 0)
            return lines_act(&s->shown.text, action, count, s->rows);
        s->frame = (uint64_t)count;
        load(ui, s);
        return true;
    case ACTION_text:
        ui_open(ui, "text", &args);
        return true;
    case ACTION_ladder:
    case ACTION_plot:
        if (s->flow)
            ui_open(ui, action_name(action), &args);
        else
            ui_say(ui, "this frame belongs to no conversation");
        return true;
    default:
        return lines_act(&s->shown.text, action, count, s->rows);
    }
}

static bool frame_search(struct ui *ui, void *state, const char *text, bool back)
{
    struct frame_state *s = state;

    (void)ui;
    return lines_search(&s->shown.text, text, back);
}

static bool frame_place(struct ui *ui, void *state, struct view_args *out)
{
    struct frame_state *s = state;

    (void)ui;
    out->source = s->source;
    out->frame = s->frame;
    return true;
}

static void frame_copy(struct ui *ui, void *state, struct str *out)
{
    struct frame_state *s = state;

    (void)ui;
    lines_copy(&s->shown.text, out);
}

static void frame_close(void *state)
{
    struct frame_state *s = state;

    show_free(&s->shown);
}

extern const struct view_ops frame_view;
const struct view_ops frame_view = {
    .name = "frame",
    .help = "one frame: its layers, its facts, its bytes; left and right go through the capture",
    .bar = { ACTION_left, ACTION_right, ACTION_ladder, ACTION_text, ACTION_hex },
    .state_size = sizeof(struct frame_state),
    .open = frame_open,
    .reload = frame_reload,
    .draw = frame_draw,
    .act = frame_act,
    .search = frame_search,
    .copy = frame_copy,
    .place = frame_place,
    .close = frame_close,
};
