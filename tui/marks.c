/* marks: what was marked, and what is selected as text for the clipboard. */
#include "config.h"

#include "tui/marks.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "tui/ui.h"

/* How many of a kind are marked at a time: two are compared, verdicts are judged together. */
static const int most[MARK_KINDS] = {
    [MARK_FRAME] = 2, [MARK_LIFE] = 2, [MARK_VERDICT] = UI_MARKS_MAX - 4
};

static bool same(const struct mark *a, const struct mark *b)
{
    return a->kind == b->kind && a->source == b->source && a->no == b->no &&
           strcmp(a->verdict, b->verdict) == 0;
}

static int find(const struct ui *ui, const struct mark *m)
{
    int i;

    for (i = 0; i < ui->n_marks; i++)
        if (same(&ui->marks[i], m))
            return i;
    return -1;
}

bool ui_marked(const struct ui *ui, const struct mark *m)
{
    return find(ui, m) >= 0;
}

bool ui_frame_marked(const struct ui *ui, uint32_t source, uint64_t frame)
{
    const struct mark m = { .kind = MARK_FRAME, .source = source, .no = frame };

    return ui_marked(ui, &m);
}

/* The place among all marks of the n-th of a kind; -1: there is none. */
static int nth(const struct ui *ui, enum mark_kind kind, int n)
{
    int i;

    for (i = 0; i < ui->n_marks; i++)
        if (ui->marks[i].kind == kind && n-- == 0)
            return i;
    return -1;
}

const struct mark *ui_mark_at(const struct ui *ui, enum mark_kind kind, int n)
{
    int i = nth(ui, kind, n);

    return i >= 0 ? &ui->marks[i] : NULL;
}

static int count(const struct ui *ui, enum mark_kind kind)
{
    int i, n = 0;

    for (i = 0; i < ui->n_marks; i++)
        n += ui->marks[i].kind == kind;
    return n;
}

static void drop(struct ui *ui, int i)
{
    memmove(&ui->marks[i], &ui->marks[i + 1], (size_t)(ui->n_marks - i - 1) * sizeof(ui->marks[0]));
    ui->n_marks--;
}

static const char *words(const struct mark *m, char out[48])
{
    if (m->kind == MARK_VERDICT)
        snprintf(out, 48, "verdict %.31s", m->verdict);
    else
        snprintf(out, 48, m->kind == MARK_FRAME ? "frame %llu" : "conversation %llu",
                 (unsigned long long)m->no);
    return out;
}

/* What the mark is good for, with the keys for it. */
static void say_marked(struct ui *ui, const struct mark *m)
{
    const char *view = ui->stack[ui->n_levels - 1].ops->name;
    char what[48], key[16], other[16];
    int n = count(ui, m->kind);

    words(m, what);
    if (m->kind == MARK_VERDICT)
        ui_say(ui, "%d marked: %s accepts, %s dismisses all of them", n,
               keys_of(ui->keys, view, ACTION_accept, key),
               keys_of(ui->keys, view, ACTION_dismiss, other));
    else if (n < most[m->kind])
        ui_say(ui, "%s is marked; mark another one to compare them", what);
    else
        ui_say(ui, "two %s are marked: %s compares them",
               m->kind == MARK_FRAME ? "frames" : "conversations",
               keys_of(ui->keys, view, ACTION_compare, key));
}

void ui_mark(struct ui *ui, const struct mark *m)
{
    int i = find(ui, m);
    char what[48];

    if (i >= 0) {
        drop(ui, i);
        ui_say(ui, "%s is not marked any more", words(m, what));
        return;
    }
    if (count(ui, m->kind) == most[m->kind])
        drop(ui, nth(ui, m->kind, 0));
    ui->marks[ui->n_marks++] = *m;
    say_marked(ui, m);
}

void ui_unmark(struct ui *ui, enum mark_kind kind)
{
    int i;

    while ((i = nth(ui, kind, 0)) >= 0)
        drop(ui, i);
}

void marks_clear(struct ui *ui)
{
    ui->n_marks = 0;
    ui_say(ui, "nothing is marked");
}

const char *marks_compared_by(const struct ui *ui)
{
    enum mark_kind last = ui->n_marks ? ui->marks[ui->n_marks - 1].kind : MARK_VERDICT;

    if (last == MARK_VERDICT || count(ui, last) < 2)
        return NULL;
    return last == MARK_FRAME ? "frames" : "differ";
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
