/*
 * config_file: a person's own ways, read from and written to one file: keys, columns, looks.
 *
 * Lines "bind KEY ACTION", "columns TABLE a,b,c", "theme light" and other settings, '#' comments.
 */
#ifndef TUI_CONFIG_FILE_H
#define TUI_CONFIG_FILE_H

#include <stddef.h>

#include "base/err.h"

struct ui;

/* No file: nothing to read.  The first line that makes no sense is named; those before it hold. */
int config_read(struct ui *ui, struct err *err);

/* What can be set beside keys and columns: a name and the value it has, both as the file has them.
 */
struct setting {
    const char *name, *help;
    const char *values[4]; /* ended by NULL; the first is what holds without a config */
    int (*get)(const struct ui *ui);
    void (*set)(struct ui *ui, int value);
};

/* NULL behind the last one. */
const struct setting *config_setting(size_t n);
/* The present values are those that the session began with. */
void config_remember(struct ui *ui);

/*
 * Writes what was changed since, and the columns.  Lines that say something else stay as they are;
 * the file is replaced at once, or not at all.
 */
int config_write(struct ui *ui, struct err *err);

#endif
