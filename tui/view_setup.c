/* setup: what can be set, each with its name in the config and its present value. */
#include "config.h"

#include <string.h>

#include "base/str.h"
#include "tui/columns.h"
#include "tui/config_file.h"
#include "tui/lines.h"
#include "tui/ui.h"

#define NAME_HANG  12
#define VALUE_COLS 11

struct setup {
    struct lines lines;
    int rows;
};

static void add_settings(struct ui *ui, struct lines *out)
{
    const struct setting *s;
    size_t i;

    for (i = 0; (s = config_setting(i)) != NULL; i++) {
        struct str text = { 0 };
        const char *value = s->values[s->get(ui)];

        str_adds(&text, value);
        str_pad(&text, VALUE_COLS - strlen(value), ' ');
        str_adds(&text, s->help);
        lines_add(out, 1, s->name, STYLE_BAR_KEY, NAME_HANG, str_get(&text), STYLE_TEXT,
                  (int)i + 1);
        str_free(&text);
    }
}

static void add_columns(struct ui *ui, struct lines *out)
{
    const char *table;
    size_t i;

    for (i = 0; (table = columns_table(ui->columns, i)) != NULL; i++) {
        struct str text = { 0 };

        str_addf(&text, "%s %s", table, columns_of(ui->columns, table));
        lines_add(out, 1, "columns", STYLE_BAR_KEY, NAME_HANG, str_get(&text), STYLE_TEXT, 0);
        str_free(&text);
    }
    if (!i)
        lines_add(out, 1, "columns", STYLE_BAR_KEY, NAME_HANG,
                  "those that fit the screen, in every table", STYLE_TEXT, 0);
}

static int setup_reload(struct ui *ui, void *state, struct err *err)
{
    struct setup *s = state;
    struct str text = { 0 };
    char key[16];

    (void)err;
    lines_clear(&s->lines);
    add_settings(ui, &s->lines);
    lines_gap(&s->lines);
    add_columns(ui, &s->lines);
    lines_gap(&s->lines);
    str_adds(&text, "Enter and Space change a value for this session; ");
    if (ui->o->config)
        str_addf(&text, "%s writes what was changed to %s.",
                 keys_of(ui->keys, "setup", ACTION_save, key), ui->o->config);
    else
        str_adds(&text, "there is no config folder to keep it in.");
    lines_say(&s->lines, 1, STYLE_DIM, str_get(&text));
    str_clear(&text);
    str_addf(&text, "Columns are chosen in the tables themselves (%s), ",
             keys_of(ui->keys, "lives", ACTION_columns, key));
    str_adds(&text, "keys by lines 'bind KEY ACTION' in that file.");
    lines_say(&s->lines, 1, STYLE_DIM, str_get(&text));
    str_free(&text);
    if (!s->lines.chosen)
        s->lines.chosen = 1;
    return ERR_OK;
}

static int setup_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct setup *s = state;

    (void)args;
    s->lines.measure = LINES_MEASURE;
    return setup_reload(ui, state, err);
}

static void setup_draw(struct ui *ui, void *state, struct area a)
{
    struct setup *s = state;

    s->rows = a.rows;
    lines_draw(&s->lines, ui_grid(ui), a);
}

static void change(struct ui *ui, struct setup *s, int by)
{
    const struct setting *x = config_setting((size_t)s->lines.chosen - 1);
    int n = 0;

    if (!x)
        return;
    while (x->values[n])
        n++;
    x->set(ui, (x->get(ui) + by + n) % n);
    setup_reload(ui, s, NULL);
}

static void write_down(struct ui *ui)
{
    struct err err = { 0 };

    if (config_write(ui, &err))
        ui_fail(ui, &err);
    else
        ui_say(ui, "written: %.200s", ui->o->config);
}

static bool setup_act(struct ui *ui, void *state, enum action action, int count)
{
    struct setup *s = state;

    switch (action) {
    case ACTION_open:
    case ACTION_mark:
    case ACTION_right:
        change(ui, s, 1);
        return true;
    case ACTION_left:
        change(ui, s, -1);
        return true;
    case ACTION_save:
        write_down(ui);
        return true;
    default:
        return lines_act(&s->lines, action, count, s->rows);
    }
}

static void setup_click(struct ui *ui, void *state, int row, int col)
{
    struct setup *s = state;

    (void)ui;
    (void)col;
    if (config_setting((size_t)row))
        s->lines.chosen = row + 1;
}

static void setup_close(void *state)
{
    struct setup *s = state;

    lines_free(&s->lines);
}

extern const struct view_ops setup_view;
const struct view_ops setup_view = {
    .name = "setup",
    .help = "what can be set: colours, characters, times, layout, columns",
    .bar = { ACTION_open, ACTION_save },
    .state_size = sizeof(struct setup),
    .open = setup_open,
    .reload = setup_reload,
    .draw = setup_draw,
    .act = setup_act,
    .click = setup_click,
    .close = setup_close,
};
