/*
 * terminal: the real screen, through ncurses: colours, keys, mouse, and a terminal that is left as
 * it was found, also after SIGTERM or a crash.
 */
#ifndef TUI_TERMINAL_H
#define TUI_TERMINAL_H

#include "base/err.h"
#include "tui/ui.h"

/* Opens /dev/tty.  ERR_USAGE: there is none.  One at a time (ncurses and signals are global). */
int terminal_open(const struct tui_options *o, struct ui_io *io, bool *ascii, struct err *err);
void terminal_close(void);

#endif
