/*
 * keep: what a person writes into a case, and that it is not lost: a case of captures that were
 * only looked at goes with the program, unless it is kept in a file.
 */
#ifndef TUI_KEEP_H
#define TUI_KEEP_H

#include "base/err.h"

struct store;
struct ui;

/* Opens the case to write what a person decided; the caller closes it. */
int keep_open(struct ui *ui, struct store **out, struct err *err);
/* For the end of a message about it: how it can be kept; "" where it is. */
const char *keep_hint(const struct ui *ui);
/* Copies the case to a new file and goes on in that. */
void keep_case(struct ui *ui, const char *path);
/* Leaves; if something would be lost, only when asked a second time. */
void keep_leave(struct ui *ui);

#endif
