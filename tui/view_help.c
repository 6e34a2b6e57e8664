/* help: every key, made from the table of keys, and what the other screens are for. */
#include "config.h"

#include <string.h>

#include "base/str.h"
#include "tui/ui.h"
#include "tui/lines.h"

#define KEYS_HANG 24

struct help {
    struct lines lines;
    int rows;
};

/* Where a topic begins, in the order of the actions. */
static void add_topic(struct lines *out, enum action a)
{
    static const struct {
        enum action first;
        const char *title;
    } topics[] = {
        { ACTION_down, "Moving" },
        { ACTION_open, "Opening, going back, leaving" },
        { ACTION_verdicts, "Screens" },
        { ACTION_ladder, "What is chosen" },
        { ACTION_bookmark, "Bookmarks (kept in the case)" },
        { ACTION_search, "Finding, sorting, columns" },
        { ACTION_next_finding, "Findings and captures" },
        { ACTION_accept, "Triage (kept in the case)" },
        { ACTION_pane, "How much is shown" },
        { ACTION_play, "The ladder, frame by frame" },
        { ACTION_save, "The program" },
    };
    size_t i;

    for (i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
        if (topics[i].first == a) {
            lines_gap(out);
            lines_say(out, 1, STYLE_STRONG, topics[i].title);
        }
}

static int help_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct help *h = state;
    const struct view_ops *const *v;
    struct str keys = { 0 };
    int a;

    (void)args;
    (void)err;
    h->lines.measure = LINES_MEASURE;
    lines_say(&h->lines, 1, STYLE_DIM,
              "A key can be given another meaning in the file keys of the config folder: bind KEY "
              "ACTION; o shows what else can be set");
    for (a = 1; a < ACTIONS_N; a++) {
        add_topic(&h->lines, (enum action)a);
        keys_all_of(ui->keys, (enum action)a, &keys);
        lines_add(&h->lines, 1, str_get(&keys), STYLE_BAR_KEY, KEYS_HANG,
                  action_help((enum action)a), STYLE_TEXT, 0);
    }
    lines_gap(&h->lines);
    lines_say(&h->lines, 1, STYLE_STRONG, "What the screens are for");
    lines_gap(&h->lines);
    for (v = views_all(); *v; v++)
        lines_add(&h->lines, 1, (*v)->name, STYLE_BAR_KEY, KEYS_HANG, (*v)->help, STYLE_TEXT, 0);
    lines_gap(&h->lines);
    lines_say(&h->lines, 1, STYLE_STRONG, "Signs");
    lines_gap(&h->lines);
    lines_add(&h->lines, 1, "\xe2\x9c\x98", STYLE_CRITICAL, KEYS_HANG,
              "critical: a connection or session died of it", STYLE_TEXT, 0);
    lines_add(&h->lines, 1, "\xe2\x96\xb2", STYLE_WARNING, KEYS_HANG,
              "warning: it will hurt, or already did", STYLE_TEXT, 0);
    lines_add(&h->lines, 1, "\xe2\x97\x8f", STYLE_NOTICE, KEYS_HANG,
              "notice: it happened and was repaired", STYLE_TEXT, 0);
    lines_add(&h->lines, 1, "?", STYLE_DIM, KEYS_HANG,
              "unknown: it looks like it, and what is needed was not captured", STYLE_TEXT, 0);
    lines_add(&h->lines, 1, "\xe2\x97\x86", STYLE_CITED, KEYS_HANG,
              "a frame that a verdict cites; where a graph is stuck", STYLE_TEXT, 0);
    lines_add(&h->lines, 1, "\xe2\x9c\x97", STYLE_CRITICAL, KEYS_HANG,
              "it never arrived at the other capture", STYLE_TEXT, 0);
    lines_add(&h->lines, 1, "r, c", STYLE_DIM, KEYS_HANG,
              "sent again; a copy of a frame that was captured before (timeline: R a reset)",
              STYLE_TEXT, 0);
    lines_add(&h->lines, 1, "\xe2\x80\xba *", STYLE_CITED, KEYS_HANG, "chosen; marked", STYLE_TEXT,
              0);
    str_free(&keys);
    return ERR_OK;
}

static void help_draw(struct ui *ui, void *state, struct area a)
{
    struct help *h = state;

    h->rows = a.rows;
    lines_draw(&h->lines, ui_grid(ui), a);
}

static bool help_act(struct ui *ui, void *state, enum action action, int count)
{
    struct help *h = state;

    (void)ui;
    return lines_act(&h->lines, action, count, h->rows);
}

static bool help_search(struct ui *ui, void *state, const char *text, bool back)
{
    struct help *h = state;

    (void)ui;
    return lines_search(&h->lines, text, back);
}

static void help_close(void *state)
{
    struct help *h = state;

    lines_free(&h->lines);
}

extern const struct view_ops help_view;
const struct view_ops help_view = {
    .name = "help",
    .help = "this page",
    .bar = { ACTION_page_down, ACTION_search },
    .state_size = sizeof(struct help),
    .open = help_open,
    .draw = help_draw,
    .act = help_act,
    .search = help_search,
    .close = help_close,
};
