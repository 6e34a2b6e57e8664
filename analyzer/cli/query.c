/* query: any SELECT over a case, as table, csv or JSON. */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/options.h"
#include "report/json.h"
#include "store/sql.h"
#include "store/store.h"
#include "verdict/engine.h"

#define TABLE_ROWS 1000 /* a table is aligned over so many rows at a time */
#define CELL_MAX   64u  /* widest cell of a table */

enum { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON, FORMAT_JSONL };
static const char *const formats[] = { "table", "csv", "json", "jsonl", NULL };
static const struct option options[] = { CLI_OPTION_FORMAT, CLI_OPTION_HELP, { 0 } };
extern const struct command query_command;

/* A value as text that is safe to print; blobs as hex, NULL as "". */
static void show(sqlite3_stmt *st, int column, struct str *out)
{
    const void *p;

    str_clear(out);
    if (sqlite3_column_type(st, column) == SQLITE_BLOB) {
        p = sqlite3_column_blob(st, column);
        str_add_hex(out, p, (size_t)sqlite3_column_bytes(st, column));
    } else if ((p = sqlite3_column_text(st, column))) {
        str_add_foreign(out, p, (size_t)sqlite3_column_bytes(st, column));
    }
}

/* -- table ---------------------------------------------------------------------------------- */

struct table {
    char **cells;
    bool *numbers; /* right-aligned */
    size_t *widths;
    size_t n_columns, n_rows;
};

/* Columns of the first n bytes of a text. */
static size_t columns_of(const char *s, size_t n)
{
    char *cut = xstrndup(s, n);
    size_t columns = str_width(cut);

    free(cut);
    return columns;
}

static void put_row(const struct table *t, char **cells, bool head)
{
    size_t i;

    for (i = 0; i < t->n_columns; i++) {
        size_t width = str_width(cells[i]), pad = t->widths[i] > width ? t->widths[i] - width : 0;
        bool last = i + 1 == t->n_columns;

        if (width > CELL_MAX && !last) {
            size_t fit = str_fit(cells[i], CELL_MAX - 1);

            printf("%.*s\xe2\x80\xa6", (int)fit, cells[i]);
            pad = CELL_MAX - 1 - columns_of(cells[i], fit);
        } else if (t->numbers[i] && !head) {
            printf("%*s%s", (int)pad, "", cells[i]);
            pad = 0;
        } else {
            fputs(cells[i], stdout);
        }
        printf("%*s", last ? 0 : (int)pad + 2, "");
    }
    putchar('\n');
}

static void flush_table(struct table *t, char **names)
{
    size_t i, k;

    for (i = 0; i < t->n_columns; i++) {
        t->widths[i] = str_width(names[i]);
        for (k = 0; k < t->n_rows; k++) {
            size_t width = str_width(t->cells[k * t->n_columns + i]);

            t->widths[i] = width > t->widths[i] ? width : t->widths[i];
        }
        if (t->widths[i] > CELL_MAX && i + 1 < t->n_columns)
            t->widths[i] = CELL_MAX;
    }
    put_row(t, names, true);
    for (k = 0; k < t->n_rows; k++)
        put_row(t, t->cells + k * t->n_columns, false);
    for (i = 0; i < t->n_rows * t->n_columns; i++)
        free(t->cells[i]);
    t->n_rows = 0;
}

static int print_table(sqlite3_stmt *st, struct err *err)
{
    struct table t = { .n_columns = (size_t)sqlite3_column_count(st) };
    char **names = xcalloc(t.n_columns, sizeof(*names));
    struct str cell = { 0 };
    bool shown = false;
    size_t i;
    int rc;

    t.cells = xcalloc(TABLE_ROWS * t.n_columns, sizeof(*t.cells));
    t.widths = xcalloc(t.n_columns, sizeof(*t.widths));
    t.numbers = xcalloc(t.n_columns, sizeof(*t.numbers));
    for (i = 0; i < t.n_columns; i++)
        names[i] = xstrdup(sqlite3_column_name(st, (int)i));
    while ((rc = sql_step(st, err)) == 1) {
        for (i = 0; i < t.n_columns; i++) {
            int type = sqlite3_column_type(st, (int)i);

            t.numbers[i] |= type == SQLITE_INTEGER || type == SQLITE_FLOAT;
            show(st, (int)i, &cell);
            t.cells[t.n_rows * t.n_columns + i] = xstrdup(str_get(&cell));
        }
        if (++t.n_rows == TABLE_ROWS) {
            flush_table(&t, names);
            shown = true;
        }
    }
    if (t.n_rows || !shown)
        flush_table(&t, names);
    for (i = 0; i < t.n_columns; i++)
        free(names[i]);
    free(names);
    free(t.cells);
    free(t.widths);
    free(t.numbers);
    str_free(&cell);
    return rc;
}

/* -- csv and json --------------------------------------------------------------------------- */

/* RFC 4180: quoted where a comma, a quote or a line end would mislead. */
static void put_csv(const char *text, bool last)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, stdout);
    } else {
        putchar('"');
        for (; *text; text++) {
            if (*text == '"')
                putchar('"');
            putchar(*text);
        }
        putchar('"');
    }
    fputs(last ? "\r\n" : ",", stdout);
}

static int print_csv(sqlite3_stmt *st, struct err *err)
{
    int i, n = sqlite3_column_count(st), rc;
    struct str cell = { 0 };

    for (i = 0; i < n; i++)
        put_csv(sqlite3_column_name(st, i), i + 1 == n);
    while ((rc = sql_step(st, err)) == 1) {
        for (i = 0; i < n; i++) {
            show(st, i, &cell);
            put_csv(str_get(&cell), i + 1 == n);
        }
    }
    str_free(&cell);
    return rc;
}

static void put_member(struct json *j, sqlite3_stmt *st, int column, struct str *cell)
{
    const char *name = sqlite3_column_name(st, column);

    switch (sqlite3_column_type(st, column)) {
    case SQLITE_NULL:
        json_null(j, name);
        break;
    case SQLITE_INTEGER:
        json_int(j, name, sqlite3_column_int64(st, column));
        break;
    case SQLITE_FLOAT:
        json_raw(j, name, sql_text(st, column));
        break;
    default:
        show(st, column, cell);
        json_text(j, name, str_get(cell));
        break;
    }
}

static int print_json(sqlite3_stmt *st, bool lines, struct err *err)
{
    int i, n = sqlite3_column_count(st), rc;
    struct str cell = { 0 };
    struct json j;

    json_start(&j, stdout);
    if (!lines)
        json_open(&j, NULL, '[');
    while ((rc = sql_step(st, err)) == 1) {
        json_open(&j, NULL, '{');
        for (i = 0; i < n; i++)
            put_member(&j, st, i, &cell);
        json_close(&j, '}');
        if (lines)
            json_line(&j);
    }
    if (!lines) {
        json_close(&j, ']');
        json_line(&j);
    }
    str_free(&cell);
    return rc;
}

/* -- the command ---------------------------------------------------------------------------- */

static int print(sqlite3_stmt *st, int format, struct err *err)
{
    switch (format) {
    case FORMAT_CSV:
        return print_csv(st, err);
    case FORMAT_JSON:
    case FORMAT_JSONL:
        return print_json(st, format == FORMAT_JSONL, err);
    default:
        return print_table(st, err);
    }
}

static int ask(struct store *s, const char *sql, int format, struct err *err)
{
    sqlite3_stmt *st = NULL, *more = NULL;
    const char *tail;
    int rc = engine_protect(store_db(s), err);

    if (rc)
        return rc;
    if (sqlite3_prepare_v2(store_db(s), sql, -1, &st, &tail) != SQLITE_OK)
        return sql_error(store_db(s), err);
    if (!st || !sqlite3_stmt_readonly(st) || sqlite3_column_count(st) == 0)
        rc = err_set(err, ERR_USAGE, "not a SELECT");
    else if (sqlite3_prepare_v2(store_db(s), tail, -1, &more, NULL) != SQLITE_OK || more)
        rc = err_set(err, ERR_USAGE, "more than one statement");
    else
        rc = print(st, format, err);
    sqlite3_finalize(more);
    sqlite3_finalize(st);
    return rc;
}

static int query_run(int argc, char **argv)
{
    struct cli_options o = cli_options_new("query", formats);
    struct store *s = NULL;
    struct err err = { 0 };
    int c, status = EXIT_CLEAN;

    while ((c = getopt_long(argc, argv, ":h", options, NULL)) != -1)
        cli_option(&o, c, argv);
    if (o.status == CLI_HELP) {
        command_help(&query_command);
        return EXIT_CLEAN;
    }
    if (o.status)
        return o.status;
    if (argc - optind != 2)
        return command_usage("query", "needs a CASE and one SELECT");
    if (store_open(argv[optind], STORE_READ, NULL, &s, &err))
        status = EXIT_NOTHING;
    else if (ask(s, argv[optind + 1], o.format, &err))
        status = EXIT_USAGE;
    if (status)
        command_complain(&err);
    store_close(s);
    return status;
}

const struct command query_command = {
    .name = "query",
    .args = "[--format=NAME] CASE SELECT",
    .summary = "any SELECT over a case, as table, csv or JSON",
    .help = "  --format=NAME        table (default), csv, json, jsonl\n"
            "  -h, --help           this text\n\n"
            "The tables are described in docs/store.md; `packet` has one row per frame.\n"
            "  deadwire query a.case \"SELECT time_text(time_ns), wire_len FROM packet LIMIT 5\"\n",
    .run = query_run,
};
