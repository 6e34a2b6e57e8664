/* log: a log or table as its file has it, from a line on. */
#include "config.h"

#include "base/str.h"
#include "store/store.h"
#include "tui/ui.h"
#include "tui/lines.h"
#include "tui/logline.h"

struct log_state {
    struct lines lines;
    uint32_t source;
    uint64_t line;
    int rows;
};

static int log_reload(struct ui *ui, void *state, struct err *err)
{
    struct log_state *s = state;

    (void)err;
    logline_all(ui, s->source, s->line, &s->lines);
    return ERR_OK;
}

static int log_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct log_state *s = state;

    s->source = args->source;
    s->line = args->line ? args->line : 1;
    if (!s->source)
        return err_set(err, ERR_USAGE, "which log? (O lists them)");
    return log_reload(ui, state, err);
}

static void log_draw(struct ui *ui, void *state, struct area a)
{
    struct log_state *s = state;

    s->rows = a.rows;
    lines_draw(&s->lines, ui_grid(ui), a);
}

static bool log_act(struct ui *ui, void *state, enum action action, int count)
{
    struct log_state *s = state;

    (void)ui;
    return lines_act(&s->lines, action, count, s->rows);
}

static bool log_search(struct ui *ui, void *state, const char *text, bool back)
{
    struct log_state *s = state;

    (void)ui;
    return lines_search(&s->lines, text, back);
}

static void log_status(struct ui *ui, void *state, struct str *out)
{
    struct log_state *s = state;
    struct source src;

    if (store_source(ui_store(ui), s->source, &src, NULL) == ERR_OK && src.name)
        str_adds(out, src.name);
}

/* The line that a view opened on it shows as this one does: the fourth. */
static bool log_place(struct ui *ui, void *state, struct view_args *out)
{
    struct log_state *s = state;

    (void)ui;
    out->source = s->source;
    out->line =
        s->lines.n_rows ? logline_first(s->line) + lines_first(&s->lines) + LOGLINE_ABOVE : s->line;
    return true;
}

static void log_copy(struct ui *ui, void *state, struct str *out)
{
    struct log_state *s = state;

    (void)ui;
    lines_copy(&s->lines, out);
}

static void log_close(void *state)
{
    struct log_state *s = state;

    lines_free(&s->lines);
}

extern const struct view_ops log_view;
const struct view_ops log_view = {
    .name = "log",
    .help = "a log as its file has it",
    .bar = { ACTION_page_down, ACTION_search },
    .state_size = sizeof(struct log_state),
    .open = log_open,
    .reload = log_reload,
    .draw = log_draw,
    .act = log_act,
    .search = log_search,
    .copy = log_copy,
    .place = log_place,
    .status = log_status,
    .close = log_close,
};
