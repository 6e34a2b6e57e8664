/* commands: what is typed behind ':', and what completes it; for ui.c only. */
#ifndef TUI_COMMANDS_H
#define TUI_COMMANDS_H

#include <stdbool.h>

#include "tui/prompt.h"

struct ui;

void command_run(struct ui *ui, const char *line);
/* Writes the screen as text to a file; `over`: also to one that is there. */
void command_save(struct ui *ui, const char *path, bool over);
/* The n-th word that begins like `word`, or NULL. */
const char *command_candidate(struct ui *ui, enum prompt_kind kind, const char *word, int n);

#endif
