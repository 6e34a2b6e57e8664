/*
 * columns: which columns of a table a person wants to see, and in which order, by the table's name.
 *
 * A list "id,proto,a": names of columns (table.h).  A table without a list shows what fits the
 * screen.
 */
#ifndef TUI_COLUMNS_H
#define TUI_COLUMNS_H

#include <stddef.h>

#define COLUMNS_TABLES_MAX 200u /* tables with a list of their own */

struct columns;

struct columns *columns_new(void);
void columns_free(struct columns *c);

/* NULL: there is none. */
const char *columns_of(const struct columns *c, const char *table);
/* Copies both; list NULL takes the table's away. */
void columns_set(struct columns *c, const char *table, const char *list);

/* The n-th table with a list; NULL: there are not so many. */
const char *columns_table(const struct columns *c, size_t n);

#endif
