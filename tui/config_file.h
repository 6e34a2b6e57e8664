/*
 * config_file: a person's own ways, read from and written to one file: keys, columns, looks.
 *
 * Lines "bind KEY ACTION", "columns TABLE a,b,c", '#' comments.
 */
#ifndef TUI_CONFIG_FILE_H
#define TUI_CONFIG_FILE_H

#include "base/err.h"

struct ui;

/* No file: nothing to read.  The first line that makes no sense is named; those before it hold. */
int config_read(struct ui *ui, struct err *err);

#endif
