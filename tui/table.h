/*
 * table: a list over a query of any length: only the rows around the cursor are in memory.
 *
 * Rows are found by their key (keyset paging), never by their number, so the last page of ten
 * million rows is as near as the first.  A sort by a column without an index, a filter and a search
 * may have to walk over many rows: they stop on a key.
 */
#ifndef TUI_TABLE_H
#define TUI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "tui/grid.h"
#include "tui/keys.h"

#define TABLE_COLUMNS_MAX 24
#define TABLE_WINDOW      200 /* rows in memory, at most */

struct ui;

enum table_show { SHOW_TEXT, SHOW_NUMBER, SHOW_TIME, SHOW_SECONDS };

struct table_column {
    const char *title; /* its first word is its name in the config */
    const char *sql;   /* an expression over the table */
    int width;         /* columns; negative: takes what is left, at least so many */
    enum table_show show;
    int wide_from; /* 0: always shown; else where it fits, the smaller ones first */
};

struct table_spec {
    const char *name;  /* of the table in the config; NULL: its columns cannot be chosen */
    const char *from;  /* what stands behind FROM */
    const char *where; /* a condition that always holds, or NULL; its ?1 is table.fixed */
    const char *key;   /* the last part of the order: a column of unique integers within `where` */
    const char *key2;  /* or two of them: key, key2; NULL: one */
    bool numbered; /* a reader knows a row by its key: a number and G goes to that, else to the n-th
                    */
    const struct table_column *columns; /* ended by title NULL */
    const char
        *style; /* an expression that gives an enum style for the row's first column, or NULL */
};

struct table_row {
    char *cells[TABLE_COLUMNS_MAX];
    int64_t key, key2;
    unsigned style;
    /* the value that the rows are sorted by, in the type it has */
    enum { SORTED_BY_TEXT, SORTED_BY_INTEGER, SORTED_BY_REAL } sort_is;
    int64_t sort_integer; /* times in ns do not fit into a double */
    double sort_real;
    char *sort_text;
};

struct table {
    const struct table_spec *spec;
    /* The row has a mark of the reader's; NULL: none has. */
    bool (*marked)(struct ui *ui, const struct table *t, const struct table_row *r);
    int64_t fixed;
    int n_columns;
    int order[TABLE_COLUMNS_MAX], n_order; /* of the columns that the reader wants */
    bool chosen;                           /* by the reader: however wide the screen is */
    int sort;                              /* column, -1: by key */
    bool reverse;
    char *filter;
    struct table_row rows[TABLE_WINDOW];
    int n, at, top;         /* rows in memory; the cursor and the first one shown, among them */
    bool at_first, at_last; /* the window begins (ends) where the table does */
    int shown;              /* rows of the screen */
    int across;             /* columns passed over to the right */
    int need[TABLE_COLUMNS_MAX]; /* the widest cell of each column that was read so far: columns
                                    never become narrower again, or the screen would jump */
};

int table_open(struct table *t, struct ui *ui, const struct table_spec *spec, int64_t fixed,
               struct err *err);
void table_close(struct table *t);
/* Reads the rows around the cursor again. */
int table_reload(struct table *t, struct ui *ui, struct err *err);

/* The row under the cursor, or NULL. */
const struct table_row *table_row(const struct table *t);

void table_draw(struct table *t, struct ui *ui, struct area a);
bool table_act(struct table *t, struct ui *ui, enum action action, int count);
bool table_search(struct table *t, struct ui *ui, const char *text, bool back);
int table_filter(struct table *t, struct ui *ui, const char *text, struct err *err);
void table_click(struct table *t, int row);
/* Goes to the row with this key, or the next one behind it. */
int table_go(struct table *t, struct ui *ui, int64_t key, int64_t key2, struct err *err);
/* The cells of the row under the cursor, with tabs between. */
struct str;
void table_copy(const struct table *t, struct str *out);
/* "sorted by app, backwards; only with tls": what is not the plain order. */
void table_status(const struct table *t, struct str *out);

/* -- columns (columns.h) -- */

/* Looks which columns are wanted now. */
void table_arrange(struct table *t, struct ui *ui);
bool table_has_column(const struct table *t, int column);
/* Bytes of the title that are its name. */
size_t table_column_name(const struct table_column *c);
/* Widths on a screen, by column, for what the rows in memory hold; 0: not shown. */
void table_widths(const struct table *t, int cols, int out[TABLE_COLUMNS_MAX]);

#endif
