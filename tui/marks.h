/* marks: what was marked (ui_mark of view.h), and what is copied; for ui.c only. */
#ifndef TUI_MARKS_H
#define TUI_MARKS_H

struct ui;

void marks_clear(struct ui *ui);
/* The view that compares the two of the kind that was marked last; NULL: there are no two. */
const char *marks_compared_by(const struct ui *ui);
/* Gives what is selected to the clipboard of the terminal. */
void marks_copy(struct ui *ui);

#endif
