/* marks: frames that were marked, and what is selected as text for the clipboard. */
#include "config.h"

#include "tui/marks.h"

#include <string.h>

#include "base/str.h"
#include "tui/ui.h"

bool ui_marked(const struct ui *ui, uint32_t source, uint64_t frame)
{
    int i;

    for (i = 0; i < ui->n_marks; i++)
        if (ui->marks[i].source == source && ui->marks[i].frame == frame)
            return true;
    return false;
}

bool ui_mark_at(const struct ui *ui, int n, uint32_t *source, uint64_t *frame)
{
    if (n < 0 || n >= ui->n_marks)
        return false;
    *source = ui->marks[n].source;
    *frame = ui->marks[n].frame;
    return true;
}

static void drop(struct ui *ui, int i)
{
    memmove(&ui->marks[i], &ui->marks[i + 1], (size_t)(ui->n_marks - i - 1) * sizeof(ui->marks[0]));
    ui->n_marks--;
}

void ui_mark(struct ui *ui, uint32_t source, uint64_t frame)
{
    char key[16];
    int i;

    if (!frame) {
        ui_say(ui, "only frames can be marked");
        return;
    }
    for (i = 0; i < ui->n_marks; i++)
        if (ui->marks[i].source == source && ui->marks[i].frame == frame) {
            drop(ui, i);
            ui_say(ui, "frame %llu is not marked any more", (unsigned long long)frame);
            return;
        }
    if (ui->n_marks == UI_MARKS_MAX)
        drop(ui, 0);
    ui->marks[ui->n_marks++] = (struct ui_frame){ source, frame };
    if (ui->n_marks < UI_MARKS_MAX)
        ui_say(ui, "frame %llu is marked; mark another one to compare them",
               (unsigned long long)frame);
    else
        ui_say(ui, "two frames are marked: %s compares them",
               keys_of(ui->keys, NULL, ACTION_compare, key));
}

void marks_clear(struct ui *ui)
{
    ui->n_marks = 0;
    ui_say(ui, "nothing is marked");
}

void marks_copy(struct ui *ui)
{
    const struct ui_level *l = &ui->stack[ui->n_levels - 1];
    struct str text = { 0 };

    if (l->ops->copy)
        l->ops->copy(ui, l->state, &text);
    if (!text.len || !ui->io->copy) {
        ui_say(ui, ui->io->copy ? "nothing to copy here" : "there is no clipboard here");
    } else if (text.len > UI_COPY_MAX) {
        ui_say(ui, "too long for a clipboard: s writes it to a file");
    } else {
        ui->io->copy(ui->io->user, text.s, text.len);
        ui_say(ui, "copied, if the terminal allows it: %.*s", (int)strcspn(text.s, "\n"), text.s);
    }
    str_free(&text);
}
