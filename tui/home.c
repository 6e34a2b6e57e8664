#include "config.h"

#include "tui/home.h"

#include <sqlite3.h>
#include <string.h>

#include "base/str.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/ui.h"
#include "verdict/result.h"

#define SOURCES_MOST 30 /* that are named */
#define NAME_HANG    34 /* columns of their names */

static void add_source(sqlite3_stmt *st, struct lines *out)
{
    const char *status = sql_text(st, 1), *reason = sql_text(st, 3);
    bool complete = strcmp(status, "complete") == 0;
    struct str text = { 0 };
    char n[32];

    if (sqlite3_column_int64(st, 2))
        str_addf(&text, "%s frames", str_group((uint64_t)sqlite3_column_int64(st, 2), n));
    else
        str_adds(&text, complete ? sql_text(st, 4) : "");
    if (!complete)
        str_addf(&text, "%s%s%s%s", text.len ? ", " : "", status, reason[0] ? ": " : "", reason);
    lines_add(out, 1, sql_text(st, 0), STYLE_DIM, NAME_HANG, str_get(&text),
              complete || strcmp(status, "skipped") == 0 ? STYLE_DIM : STYLE_WARNING, 0);
    str_free(&text);
}

static void add_sources(struct ui *ui, const char *where, struct lines *out)
{
    sqlite3_stmt *st = NULL;
    struct str sql = { 0 };

    str_addf(&sql,
             "SELECT name, status, packets, ifnull(reason, ''), ifnull(format, '') FROM source %s "
             "ORDER BY kind != 'capture', status = 'skipped', id LIMIT %d",
             where, SOURCES_MOST);
    if (sql_prepare(store_db(ui_store(ui)), sql.s, &st, NULL) == ERR_OK)
        while (sql_step(st, NULL) == 1)
            add_source(st, out);
    sqlite3_finalize(st);
    str_free(&sql);
}

void home_sources(struct ui *ui, struct lines *out)
{
    lines_clear(out);
    add_sources(ui, "", out);
}

void home_troubles(struct ui *ui, struct lines *out)
{
    sqlite3_stmt *st = NULL;

    lines_clear(out);
    add_sources(ui, "WHERE status IN ('unreadable', 'partial')", out);
    if (sql_prepare(store_db(ui_store(ui)),
                    "SELECT rule, 'failed: ' || message FROM rule_error ORDER BY rule", &st,
                    NULL) == ERR_OK)
        while (sql_step(st, NULL) == 1)
            lines_add(out, 1, sql_text(st, 0), STYLE_DIM, NAME_HANG, sql_text(st, 1), STYLE_WARNING,
                      0);
    sqlite3_finalize(st);
}

/* "2 rules failed (Y)" */
static void count(struct ui *ui, uint64_t n, const char *one, const char *many, enum action see,
                  struct str *out)
{
    char key[16], number[32];

    if (n)
        str_addf(out, "%s%s %s (%s)", out->len ? "; " : "", str_group(n, number),
                 n == 1 ? one : many, keys_of(ui->keys, "verdicts", see, key));
}

void home_brief(struct ui *ui, const struct case_result *r, struct str *out)
{
    str_clear(out);
    count(ui, r->unread, "source could not be read, or not to its end",
          "sources could not be read, or not to their end", ACTION_sources, out);
    count(ui, r->failed_rules, "rule failed", "rules failed", ACTION_rules, out);
}
