#include "config.h"

#include "tui/view_tables.h"

#include "base/str.h"
#include "tui/ui.h"

int tables_reload(struct ui *ui, void *state, struct err *err)
{
    return table_reload(state, ui, err);
}

void tables_draw(struct ui *ui, void *state, struct area a)
{
    table_draw(state, ui, a);
}

bool tables_search(struct ui *ui, void *state, const char *text, bool back)
{
    return table_search(state, ui, text, back);
}

int tables_filter(struct ui *ui, void *state, const char *text, struct err *err)
{
    return table_filter(state, ui, text, err);
}

void tables_click(struct ui *ui, void *state, int row, int col)
{
    (void)ui;
    (void)col;
    table_click(state, row);
}

void tables_status(struct ui *ui, void *state, struct str *out)
{
    table_status(state, out);
    str_adds(out, ui->o->title ? ui->o->title : "");
}

void tables_copy(struct ui *ui, void *state, struct str *out)
{
    (void)ui;
    table_copy(state, out);
}

bool tables_place(struct ui *ui, void *state, struct view_args *out)
{
    const struct table_row *r = table_row(state);

    (void)ui;
    out->source = r ? (uint32_t)r->key : 0;
    out->flow = r ? (uint32_t)r->key2 : 0;
    return r;
}

struct table *tables_table(void *state)
{
    return state;
}

void tables_close(void *state)
{
    table_close(state);
}
