#include "config.h"

#include "tui/hints.h"

#include <stddef.h>

#include "tui/ui.h"

static const struct {
    enum action action;
    const char *why;
    enum action see; /* ACTION_NONE: nothing to add */
    const char *what;
} hints[] = {
    { ACTION_mark, "frames, conversations and verdicts can be marked; nothing else is compared",
      ACTION_NONE, NULL },
    { ACTION_text, "choose a frame first", ACTION_packets, "lists them" },
    { ACTION_hex, "choose a frame first", ACTION_packets, "lists them" },
    { ACTION_ladder, "choose a conversation first", ACTION_lives, "lists them" },
    { ACTION_plot, "choose a conversation first", ACTION_lives, "lists them" },
    { ACTION_play, "only a ladder is played", ACTION_ladder, "shows it" },
    { ACTION_faster, "only a ladder is played", ACTION_ladder, "shows it" },
    { ACTION_slower, "only a ladder is played", ACTION_ladder, "shows it" },
    { ACTION_accept, "only verdicts are judged", ACTION_verdicts, "lists them" },
    { ACTION_dismiss, "only verdicts are judged", ACTION_verdicts, "lists them" },
    { ACTION_annotate, "only verdicts have notes", ACTION_verdicts, "lists them" },
    { ACTION_next_finding, "no findings on this screen", ACTION_verdicts, "lists them" },
    { ACTION_prev_finding, "no findings on this screen", ACTION_verdicts, "lists them" },
    { ACTION_next_warning, "no findings on this screen", ACTION_verdicts, "lists them" },
    { ACTION_next_file, "this screen is of no single file", ACTION_sources, "lists them" },
    { ACTION_prev_file, "this screen is of no single file", ACTION_sources, "lists them" },
    { ACTION_sort_next, "only tables are sorted", ACTION_NONE, NULL },
    { ACTION_sort_prev, "only tables are sorted", ACTION_NONE, NULL },
    { ACTION_sort_reverse, "only tables are sorted", ACTION_NONE, NULL },
    { ACTION_pane, "this screen has one part only", ACTION_NONE, NULL },
    { ACTION_zoom, "this screen has one part only", ACTION_NONE, NULL },
    { ACTION_layout, "this screen has one part only", ACTION_NONE, NULL },
    { ACTION_zoom_in, "nothing to look at more closely", ACTION_timeline, "has" },
    { ACTION_zoom_out, "nothing to look at more closely", ACTION_timeline, "has" },
};

void hint_say(struct ui *ui, enum action action)
{
    const char *view = ui->stack[ui->n_levels - 1].ops->name;
    char key[16];
    size_t i;

    for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        if (hints[i].action != action)
            continue;
        if (hints[i].see == ACTION_NONE)
            ui_say(ui, "%s", hints[i].why);
        else
            ui_say(ui, "%s (%s %s)", hints[i].why, keys_of(ui->keys, view, hints[i].see, key),
                   hints[i].what);
        return;
    }
}
