/* view_tables: what the views that are one table have in common. */
#ifndef TUI_VIEW_TABLES_H
#define TUI_VIEW_TABLES_H

#include "tui/table.h"
#include "tui/view.h"

/* A view whose state begins with a table can use these as they are. */
int tables_reload(struct ui *ui, void *state, struct err *err);
void tables_draw(struct ui *ui, void *state, struct area a);
bool tables_search(struct ui *ui, void *state, const char *text, bool back);
int tables_filter(struct ui *ui, void *state, const char *text, struct err *err);
void tables_click(struct ui *ui, void *state, int row, int col);
void tables_status(struct ui *ui, void *state, struct str *out);
void tables_copy(struct ui *ui, void *state, struct str *out);
/* The key of the chosen row, as source and flow. */
bool tables_place(struct ui *ui, void *state, struct view_args *out);
struct table *tables_table(void *state);
void tables_close(void *state);

#endif
