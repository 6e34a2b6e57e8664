/* table_columns: which columns of a table are shown, in which order, and how wide. */
#include "config.h"

#include <string.h>

#include "base/str.h"
#include "tui/columns.h"
#include "tui/table.h"
#include "tui/ui.h"

#define CELL_WIDE 40 /* columns that a cell may take in a table wider than the screen */

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

static int needed_width(const struct table *t, int column)
{
    int title = (int)str_width(t->spec->columns[column].title) + (t->sort == column ? 2 : 0);

    return title > t->need[column] ? title : t->need[column];
}

/* What a column begins with: what its table gives it, a text with no more than it needs. */
static int first_width(const struct table *t, int column)
{
    const struct table_column *c = &t->spec->columns[column];
    int w = c->width < 0 ? -c->width : c->width, need = needed_width(t, column);

    return c->show == SHOW_TEXT && w > need ? need : w;
}

static int wanted_width(const struct table *t, int column)
{
    int w = first_width(t, column), need = needed_width(t, column);

    return w > need ? w : need;
}

/*
 * Columns that a screen of this width always has; then, those for narrower screens first, what
 * still fits without cutting anything.
 */
static void choose_columns(const struct table *t, int cols, bool in[TABLE_COLUMNS_MAX])
{
    int i, spare = cols + 1; /* a blank before; no gap behind the last one */

    memset(in, 0, sizeof(in[0]) * TABLE_COLUMNS_MAX);
    for (i = 0; i < t->n_order; i++) {
        int k = t->order[i];

        in[k] = t->chosen || !t->spec->columns[k].wide_from;
        if (in[k])
            spare -= wanted_width(t, k) + 2;
    }
    for (;;) {
        int best = -1;

        for (i = 0; i < t->n_order; i++) {
            int k = t->order[i];

            if (!in[k] && t->need[k] && wanted_width(t, k) + 2 <= spare &&
                (best < 0 || t->spec->columns[k].wide_from < t->spec->columns[best].wide_from))
                best = k;
        }
        if (best < 0)
            return;
        in[best] = true;
        spare -= wanted_width(t, best) + 2;
    }
}

/*
 * What is left beyond the first widths goes to columns that need more, the flexible ones first;
 * what nobody needs stays empty at the right.  A table that is wider than the screen anyway, and is
 * moved about, need not cut its cells.
 */
void table_widths(const struct table *t, int cols, int out[TABLE_COLUMNS_MAX])
{
    bool in[TABLE_COLUMNS_MAX];
    int i, flexible, left = cols + t->across + 1;

    choose_columns(t, cols + t->across, in);
    memset(out, 0, sizeof(out[0]) * TABLE_COLUMNS_MAX);
    for (i = 0; i < t->n_columns; i++) {
        out[i] = in[i] ? first_width(t, i) : 0;
        left -= in[i] ? out[i] + 2 : 0;
    }
    for (i = 0; i < t->n_columns && left < t->across; i++)
        if (out[i] && out[i] < needed_width(t, i))
            out[i] = needed_width(t, i) < CELL_WIDE ? needed_width(t, i) : CELL_WIDE;
    for (flexible = 1; flexible >= 0; flexible--)
        for (i = 0; i < t->n_order && left > 0; i++) {
            int *w = &out[t->order[i]], more = needed_width(t, t->order[i]) - *w;

            if (!*w || (t->spec->columns[t->order[i]].width < 0) != flexible || more <= 0)
                continue;
            more = more < left ? more : left;
            *w += more;
            left -= more;
        }
}
