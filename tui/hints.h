/* hints: what to say where a view has no use for a key; for ui.c only. */
#ifndef TUI_HINTS_H
#define TUI_HINTS_H

#include "tui/keys.h"

struct ui;

/* A key does not stay silent: it names the screen that has a use for it. */
void hint_say(struct ui *ui, enum action action);

#endif
