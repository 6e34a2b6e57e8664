/* notes: notes on verdicts (ui_annotate, ui_ask_note of view.h); for ui.c only. */
#ifndef TUI_NOTES_H
#define TUI_NOTES_H

struct ui;

/* What was typed after ui_ask_note; the mark stays. */
void note_typed(struct ui *ui, const char *text);

#endif
