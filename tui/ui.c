#include "config.h"

#include "tui/ui.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/times.h"
#include "frame/frame.h"
#include "frame/marks.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/bookmarks.h"
#include "tui/columns.h"
#include "tui/commands.h"
#include "tui/config_file.h"
#include "tui/keep.h"

#define POLL_MS 200 /* how often loading is looked at */

#define X(name) extern const struct view_ops name##_view;
#include "tui/views.h"
#undef X

static const struct view_ops *const all_views[] = {
#define X(name) &name##_view,
#include "tui/views.h"
#undef X
    NULL,
};

const struct view_ops *const *views_all(void)
{
    return all_views;
}

const struct view_ops *view_find(const char *name)
{
    const struct view_ops *const *v;

    for (v = all_views; *v; v++)
        if (strcmp((*v)->name, name) == 0)
            return *v;
    return NULL;
}

/* -- what views ask for
 * ----------------------------------------------------------------------------- */

struct store *ui_store(struct ui *ui)
{
    return ui->store;
}

struct frame_reader *ui_frames(struct ui *ui)
{
    return ui->frames;
}

const struct rules *ui_rules(struct ui *ui)
{
    return ui->o->rules;
}

struct grid *ui_grid(struct ui *ui)
{
    return ui->grid;
}

const char *ui_locale(struct ui *ui)
{
    return ui->o->locale ? ui->o->locale : "";
}

void ui_say(struct ui *ui, const char *fmt, ...)
{
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    str_clear(&ui->message);
    str_adds(&ui->message, text);
    ui->message_is_error = false;
}

void ui_fail(struct ui *ui, const struct err *err)
{
    ui_say(ui, "%s", err->msg);
    ui->message_is_error = true;
}

struct ui_level *ui_top(struct ui *ui)
{
    return &ui->stack[ui->n_levels - 1];
}

static void drop_level(struct ui *ui)
{
    struct ui_level *l = ui_top(ui);

    if (l->ops->close)
        l->ops->close(l->state);
    free(l->state);
    ui->n_levels--;
    ui->wake_ms = 0;
}

/* NULL: it could not be opened, and why is shown. */
static void *open_state(struct ui *ui, const struct view_ops *ops, const struct view_args *args)
{
    static const struct view_args nothing;
    void *state = xcalloc(1, ops->state_size ? ops->state_size : 1);
    struct err err = { 0 };

    if (!ops->open || ops->open(ui, state, args ? args : &nothing, &err) == ERR_OK)
        return state;
    if (ops->close)
        ops->close(state);
    free(state);
    ui_fail(ui, &err);
    return NULL;
}

static void add_level(struct ui *ui, const struct view_ops *ops, const struct view_args *args)
{
    void *state;

    if (ui->n_levels == UI_LEVELS_MAX) {
        ui_say(ui, "%d views lie on top of each other: go back first", UI_LEVELS_MAX);
        return;
    }
    state = open_state(ui, ops, args);
    if (!state)
        return;
    ui->stack[ui->n_levels++] = (struct ui_level){ ops, state };
    ui->wake_ms = 0;
}

void ui_open(struct ui *ui, const char *view, const struct view_args *args)
{
    const struct view_ops *ops = view_find(view);

    if (ops)
        add_level(ui, ops, args);
    else
        ui_say(ui, "no view '%s'", view);
}

void ui_go(struct ui *ui, const struct view_ops *ops, const struct view_args *args)
{
    int i = ui->n_levels;
    void *state;

    while (i > 0 && ui->stack[i - 1].ops != ops)
        i--;
    if (i == 0) {
        add_level(ui, ops, args);
        return;
    }
    state = open_state(ui, ops, args);
    if (!state)
        return;
    while (ui->n_levels >= i)
        drop_level(ui);
    ui->stack[ui->n_levels++] = (struct ui_level){ ops, state };
}

void ui_home(struct ui *ui)
{
    while (ui->n_levels > 1)
        drop_level(ui);
}

void ui_back(struct ui *ui)
{
    if (ui->n_levels > 1)
        drop_level(ui);
    else
        keep_leave(ui);
}

const char *ui_time(struct ui *ui, bool has, int64_t ns, char out[UI_TIME_LEN])
{
    char text[TIMES_LEN];

    if (!has) {
        out[0] = '\0';
    } else if (ui->times == TIMES_SINCE && ui->has_start) {
        /* Without a sign: the two may be further apart than an int64_t holds. */
        bool before = ns < ui->start_ns;
        uint64_t since =
            before ? (uint64_t)ui->start_ns - (uint64_t)ns : (uint64_t)ns - (uint64_t)ui->start_ns;

        snprintf(out, UI_TIME_LEN, "%s%llu.%06llu", before ? "-" : "+",
                 (unsigned long long)(since / NS_PER_S),
                 (unsigned long long)(since % NS_PER_S / 1000));
    } else { /* 2026-11-21T20:27:54.985435000Z: the clock, to the microsecond */
        times_format(ns, text);
        snprintf(out, UI_TIME_LEN, "%.15s", strchr(text, 'T') ? strchr(text, 'T') + 1 : text);
    }
    return out;
}

bool ui_stopped(struct ui *ui)
{
    if (ui->stopped || ui->typed_ahead != KEY_CODE_NONE)
        return ui->stopped;
    ui->typed_ahead = ui->io->key(ui->io->user, 0);
    if (ui->typed_ahead == KEY_CODE_ESC || ui->typed_ahead == KEY_CTRL('C') ||
        ui->typed_ahead == 'q') {
        ui->stopped = true;
        ui->typed_ahead = KEY_CODE_NONE;
    }
    return ui->stopped;
}

bool ui_typed(struct ui *ui)
{
    if (!ui->stopped && ui->typed_ahead == KEY_CODE_NONE)
        ui->typed_ahead = ui->io->key(ui->io->user, 0);
    return ui->stopped || ui->typed_ahead != KEY_CODE_NONE;
}

void ui_wake_after(struct ui *ui, int ms)
{
    ui->wake_ms = ms;
}

static void show(struct ui *ui)
{
    int row = -1, col = 0;

    ui_draw(ui);
    if (ui->prompt.kind != PROMPT_NONE && ui->grid->rows >= UI_ROWS_LEAST) {
        row = ui->grid->rows - 1;
        col = prompt_draw(&ui->prompt, ui->grid, row);
    }
    ui->io->show(ui->io->user, ui->grid, row, col);
}

static void reload_level(struct ui *ui, int i)
{
    struct err err = { 0 };

    if (ui->stack[i].ops->reload && ui->stack[i].ops->reload(ui, ui->stack[i].state, &err))
        ui_fail(ui, &err);
}

static void look_at_times(struct ui *ui)
{
    int64_t first = sql_number(store_db(ui->store), "SELECT min(first_ns) FROM source", INT64_MIN);

    ui->has_start = first != INT64_MIN;
    ui->start_ns = ui->has_start ? first : 0;
}

void ui_reload(struct ui *ui)
{
    int i;

    look_at_times(ui);
    for (i = 0; i < ui->n_levels; i++)
        reload_level(ui, i);
}

/* The case as the views read it. */
static int open_case(const char *path, struct store **out, struct err *err)
{
    int rc = store_open(path, STORE_READ, NULL, out, err);

    if (rc)
        return rc;
    rc = marks_extend(store_db(*out), err);
    if (rc) {
        store_close(*out);
        *out = NULL;
    }
    return rc;
}

int ui_move(struct ui *ui, const char *path, struct err *err)
{
    struct ui_level *l = ui_top(ui);
    const struct view_ops *ops = l->ops;
    struct view_args here = { 0 };
    bool placed = ops->place && ops->place(ui, l->state, &here);
    struct store *s = NULL;
    int rc = open_case(path, &s, err);

    if (rc)
        return rc;
    while (ui->n_levels)
        drop_level(ui);
    frame_reader_free(ui->frames);
    store_close(ui->store);
    ui->store = s;
    ui->frames = frame_reader_new(s, false);
    free(ui->kept);
    ui->kept = xstrdup(path);
    ui->own.path = ui->own.title = ui->kept;
    ui->own.temporary = ui->unkept = false;
    ui_open(ui, all_views[0]->name, placed && ops == all_views[0] ? &here : NULL);
    if (placed && ops != all_views[0])
        ui_open(ui, ops->name, &here);
    return ui->n_levels ? ERR_OK : err_set(err, ERR_SQL, "%s", str_get(&ui->message));
}

/* -- the program
 * --------------------------------------------------------------------------------------- */

static const char *complete(void *user, enum prompt_kind kind, const char *word, int n)
{
    return command_candidate(user, kind, word, n);
}

int ui_new(const struct tui_options *o, const struct ui_io *io, bool ascii, struct ui **out,
           struct err *err)
{
    struct ui *ui = xcalloc(1, sizeof(*ui));
    struct err trouble = { 0 };
    int rows = 0, cols = 0, rc;

    *out = ui;
    ui->own = *o;
    ui->o = &ui->own;
    ui->io = io;
    ui->look = o->look;
    ui->no_color = o->no_color;
    ui->ascii_only = ascii;
    ui->keys = keys_new();
    ui->bookmarks = bookmarks_new();
    ui->columns = columns_new();
    ui->typed_ahead = KEY_CODE_NONE;
    ui->prompt.candidate = complete;
    ui->prompt.user = ui;
    io->size(io->user, &rows, &cols);
    ui->grid = grid_new(rows, cols, ascii || io->plain);
    rc = open_case(o->path, &ui->store, err);
    if (rc)
        return rc;
    ui->frames = frame_reader_new(ui->store, false);
    look_at_times(ui);
    bookmarks_read(ui);
    ui_poll(ui);
    ui_open(ui, all_views[0]->name, NULL);
    if (!ui->n_levels)
        return err_set(err, ERR_SQL, "%s", str_get(&ui->message));
    if (config_read(ui, &trouble))
        ui_fail(ui, &trouble);
    config_remember(ui);
    return ERR_OK;
}

void ui_free(struct ui *ui)
{
    if (!ui)
        return;
    while (ui->n_levels)
        drop_level(ui);
    frame_reader_free(ui->frames);
    store_close(ui->store);
    keys_free(ui->keys);
    bookmarks_free(ui->bookmarks);
    columns_free(ui->columns);
    grid_free(ui->grid);
    prompt_free(&ui->prompt);
    str_free(&ui->message);
    free(ui->search);
    free(ui->kept);
    free(ui);
}

void ui_poll(struct ui *ui)
{
    struct tui_progress now = { 0 };
    bool ended;

    if (!ui->o->host || !ui->o->host->progress)
        return;
    ui->o->host->progress(ui->o->host->user, &now);
    ended = ui->progress.running && !now.running;
    if (ui->n_levels && (now.generation != ui->progress.generation || ended))
        ui_reload(ui);
    if (now.failed[0] && !ui->progress.failed[0]) {
        ui_say(ui, "%s", now.failed);
        ui->message_is_error = true;
    }
    ui->progress = now;
}

int ui_run(const struct tui_options *o, const struct ui_io *io, bool ascii, struct err *err)
{
    struct ui *ui = NULL;
    int rc = ui_new(o, io, ascii, &ui, err);

    while (!rc && !ui->leaving) {
        int wait, key;

        show(ui);
        wait = ui->progress.running ? POLL_MS : -1;
        if (ui->wake_ms && (wait < 0 || ui->wake_ms < wait))
            wait = ui->wake_ms;
        key = ui->typed_ahead != KEY_CODE_NONE ? ui->typed_ahead : io->key(io->user, wait);
        ui->typed_ahead = KEY_CODE_NONE;
        ui->stopped = false;
        if (key != KEY_CODE_NONE)
            ui_key(ui, key);
        else if (ui->wake_ms && ui_top(ui)->ops->tick)
            ui_top(ui)->ops->tick(ui, ui_top(ui)->state);
        ui_poll(ui);
    }
    ui_free(ui);
    return rc;
}
