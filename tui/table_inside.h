/* table_inside: what reading the rows of a table shares with moving through them. */
#ifndef TUI_TABLE_INSIDE_H
#define TUI_TABLE_INSIDE_H

#include "tui/table.h"

#define TABLE_PAGE (TABLE_WINDOW / 2) /* rows read at once */

void table_free_row(struct table_row *r);
void table_free_rows(struct table *t);
/*
 * Up to TABLE_PAGE rows from `place` on (NULL: from the first, `back`: from the last); returns
 * their number.
 */
int table_read_page(struct table *t, struct ui *ui, bool back, const struct table_row *place,
                    bool inclusive, struct table_row *rows, struct err *err);

#endif
