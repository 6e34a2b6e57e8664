/* table_columns: which columns of a table are shown, in which order, and how wide. */
#include "config.h"

#include <string.h>

#include "tui/columns.h"
#include "tui/table.h"
#include "tui/ui.h"

size_t table_column_name(const struct table_column *c)
{
    return strcspn(c->title, " ");
}

/* The column with this name; -1: there is none, as in a list for another version. */
static int find(const struct table *t, const char *name, size_t len)
{
    int i;

    for (i = 0; i < t->n_columns; i++) {
        const struct table_column *c = &t->spec->columns[i];

        if (table_column_name(c) == len && strncmp(c->title, name, len) == 0)
            return i;
    }
    return -1;
}

bool table_has_column(const struct table *t, int column)
{
    int i;

    for (i = 0; i < t->n_order; i++)
        if (t->order[i] == column)
            return true;
    return false;
}

void table_arrange(struct table *t, struct ui *ui)
{
    const char *list = columns_of(ui->columns, t->spec->name);
    int i;

    t->n_order = 0;
    while (list && *list) {
        size_t len = strcspn(list, ",");

        i = find(t, list, len);
        if (i >= 0 && !table_has_column(t, i))
            t->order[t->n_order++] = i;
        list += len + (list[len] == ',');
    }
    t->chosen = t->n_order > 0;
    for (i = 0; i < t->n_columns && !t->chosen; i++)
        t->order[i] = i;
    if (!t->chosen)
        t->n_order = t->n_columns;
}

/* Fixed widths, then what is left for those that take it. */
void table_widths(const struct table *t, int cols, int out[TABLE_COLUMNS_MAX])
{
    int i, left = cols + 1, flexible = 0; /* a blank before; no gap behind the last one */

    memset(out, 0, sizeof(out[0]) * TABLE_COLUMNS_MAX);
    for (i = 0; i < t->n_order; i++) {
        const struct table_column *c = &t->spec->columns[t->order[i]];

        if (!t->chosen && c->wide_from > cols)
            continue;
        out[t->order[i]] = c->width < 0 ? -c->width : c->width;
        left -= out[t->order[i]] + 2;
        flexible += c->width < 0;
    }
    for (i = 0; i < t->n_order && flexible && left > 0; i++) {
        if (t->spec->columns[t->order[i]].width >= 0 || !out[t->order[i]])
            continue;
        out[t->order[i]] += left / flexible;
        left -= left / flexible;
        flexible--;
    }
}
