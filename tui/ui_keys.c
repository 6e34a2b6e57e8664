/* ui_keys: what a key does where the view does not take it; searching, filtering, leaving. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/bookmarks.h"
#include "tui/commands.h"
#include "tui/hints.h"
#include "tui/keep.h"
#include "tui/marks.h"
#include "tui/notes.h"
#include "tui/ui.h"

#define COUNT_MAX 99999999

static void search(struct ui *ui, bool back)
{
    struct ui_level *l = ui_top(ui);

    if (!ui->search || !ui->search[0]) {
        ui_say(ui, "nothing to search for: / asks");
        return;
    }
    ui->stopped = false;
    if (!l->ops->search)
        ui_say(ui, "nothing to search in here");
    else if (!l->ops->search(ui, l->state, ui->search, back))
        ui_say(ui, ui->stopped ? "stopped" : "not found: %.200s", ui->search);
}

static void filter(struct ui *ui, const char *text)
{
    struct ui_level *l = ui_top(ui);
    struct err err = { 0 };

    ui->stopped = false;
    if (!l->ops->filter)
        ui_say(ui, "nothing to filter here");
    else if (l->ops->filter(ui, l->state, text && text[0] ? text : NULL, &err))
        ui_fail(ui, &err);
}

static void prompt_done(struct ui *ui)
{
    enum prompt_kind kind = ui->prompt.kind;
    char *text = xstrdup(str_get(&ui->prompt.text));
    struct view_args args = { 0 };

    prompt_end(&ui->prompt);
    if (kind == PROMPT_SEARCH) {
        if (text[0]) {
            free(ui->search);
            ui->search = xstrdup(text);
        }
        search(ui, false);
    } else if (kind == PROMPT_FILTER) {
        filter(ui, text);
    } else if (kind == PROMPT_COMMAND) {
        command_run(ui, text);
    } else if (kind == PROMPT_SQL && text[0]) {
        snprintf(args.text, sizeof(args.text), "%s", text);
        ui_open(ui, "sql", &args);
    } else if (kind == PROMPT_NOTE) {
        note_typed(ui, text);
    } else if (kind == PROMPT_SAVE && text[0]) {
        command_save(ui, text, false);
    }
    free(text);
}

static bool opens_view(struct ui *ui, enum action action)
{
    const char *view = action == ACTION_compare ? marks_compared_by(ui) : NULL;

    if (!view)
        view = action_view(action);
    if (view && strcmp(ui_top(ui)->ops->name, view) != 0)
        ui_open(ui, view, NULL);
    return view != NULL;
}

/* What every view understands without doing anything for it. */
static void common_act(struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_back:
        ui_back(ui);
        break;
    case ACTION_quit:
        keep_leave(ui);
        break;
    case ACTION_leave:
        if (!ui->half_left)
            ui_say(ui, "the same key again leaves");
        else
            keep_leave(ui);
        ui->half_left = true;
        break;
    case ACTION_unmark:
        marks_clear(ui);
        break;
    case ACTION_copy:
        marks_copy(ui);
        break;
    case ACTION_bookmark:
    case ACTION_jump:
        bookmark_ask(ui, action);
        break;
    case ACTION_next_bookmark:
    case ACTION_prev_bookmark:
        bookmark_step(ui, action == ACTION_prev_bookmark);
        break;
    case ACTION_verdicts:
        ui_home(ui);
        break;
    case ACTION_search:
        prompt_start(&ui->prompt, PROMPT_SEARCH, "");
        break;
    case ACTION_search_next:
    case ACTION_search_prev:
        search(ui, action == ACTION_search_prev);
        break;
    case ACTION_filter:
        prompt_start(&ui->prompt, PROMPT_FILTER, "");
        break;
    case ACTION_command:
        prompt_start(&ui->prompt, PROMPT_COMMAND, "");
        break;
    case ACTION_sql:
        prompt_start(&ui->prompt, PROMPT_SQL, "");
        break;
    case ACTION_save:
        prompt_start(&ui->prompt, PROMPT_SAVE, "");
        break;
    case ACTION_time_format:
        ui->times = (ui->times + 1) % TIMES_N;
        ui_reload(ui);
        ui_say(ui, ui->times == TIMES_CLOCK ? "times: UTC" : "times: seconds since the start");
        break;
    case ACTION_reload:
        ui_reload(ui);
        break;
    case ACTION_stop:
        if (ui->progress.running && ui->o->host && ui->o->host->stop)
            ui->o->host->stop(ui->o->host->user);
        if (ui->progress.running)
            ui_say(ui, "stopping: what has been read will be judged and shown");
        else
            ui_say(ui, "q goes back, Q leaves");
        break;
    default:
        hint_say(ui, action);
        break;
    }
}

static void mouse(struct ui *ui)
{
    struct ui_level *l = ui_top(ui);
    int row = 0, col = 0, wheel = 0;
    bool twice = false;

    if (!ui->io->mouse)
        return;
    ui->io->mouse(ui->io->user, &row, &col, &wheel, &twice);
    if (wheel)
        l->ops->act(ui, l->state, wheel < 0 ? ACTION_up : ACTION_down, 3);
    else if (l->ops->click && row >= ui->body.row && row < ui->body.row + ui->body.rows)
        l->ops->click(ui, l->state, row - ui->body.row, col);
    if (twice && ui->n_levels)
        ui_top(ui)->ops->act(ui, ui_top(ui)->state, ACTION_open, 0);
}

static void resize(struct ui *ui)
{
    int rows = 0, cols = 0;

    ui->io->size(ui->io->user, &rows, &cols);
    grid_resize(ui->grid, rows, cols);
}

/* What one may want to come back from. */
static bool is_jump(enum action action)
{
    return action == ACTION_top || action == ACTION_end || action == ACTION_verdicts ||
           action == ACTION_search || action == ACTION_search_next || action == ACTION_search_prev;
}

/* Pasted text is for prompts; elsewhere its letters would be keys that nobody pressed. */
static void paste_key(struct ui *ui, int key)
{
    if (ui->prompt.kind != PROMPT_NONE)
        prompt_key(&ui->prompt, key < 0x20 || key == 0x7f ? ' ' : key);
    else
        ui_say(ui, "pasted text is taken by prompts only");
}

void ui_key(struct ui *ui, int key)
{
    struct ui_level *l = ui_top(ui);
    enum action action;
    int count;

    if (key == KEY_CODE_RESIZE) {
        resize(ui);
        return;
    }
    if (key & KEY_PASTED) {
        paste_key(ui, key & ~KEY_PASTED);
        return;
    }
    if (ui->prompt.kind != PROMPT_NONE) {
        enum prompt_result r = prompt_key(&ui->prompt, key);

        if (r == PROMPT_DONE)
            prompt_done(ui);
        else if (r == PROMPT_GIVEN_UP)
            prompt_end(&ui->prompt);
        return;
    }
    str_clear(&ui->message);
    if (ui->pending != ACTION_NONE) {
        bookmark_key(ui, key);
        return;
    }
    if (key == KEY_CODE_MOUSE) {
        mouse(ui);
        return;
    }
    if ((key >= '1' && key <= '9') || (key == '0' && ui->count)) {
        if (ui->count < COUNT_MAX / 10)
            ui->count = ui->count * 10 + key - '0';
        return;
    }
    count = ui->count;
    ui->count = 0;
    action = keys_action(ui->keys, l->ops->name, key);
    if (action == ACTION_back && key == KEY_CODE_ESC && ui->n_levels == 1) {
        ui_say(ui, "this is the first screen: q leaves"); /* one Esc too many is no farewell */
        return;
    }
    if (action != ACTION_leave)
        ui->half_left = false;
    if (is_jump(action))
        bookmark_leave_from(ui);
    if (action == ACTION_NONE || (l->ops->act && l->ops->act(ui, l->state, action, count)) ||
        opens_view(ui, action))
        return;
    common_act(ui, action);
}
