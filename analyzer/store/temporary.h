/*
 * temporary: the file behind a case that nobody asked to keep.
 *
 * The rule engine opens the case a second time by path, so the file cannot be unlinked at once.
 * It goes when the case is closed, or at exit(); what a killed process left is swept up by the
 * next one (an flock tells the living from the dead).
 */
#ifndef STORE_TEMPORARY_H
#define STORE_TEMPORARY_H

#include "base/err.h"

struct temporary;

/* Creates an empty file in $TMPDIR (or /tmp). */
int temporary_new(struct temporary **out, struct err *err);
const char *temporary_path(const struct temporary *t);
/* Removes the file and what SQLite put beside it. */
void temporary_remove(struct temporary *t);

#endif
