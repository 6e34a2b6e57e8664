#include "config.h"

#include "tui/detail.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/ui.h"

#define ARROW " \xe2\x86\x92 "
#define HANG  12 /* columns of a label */

const char *detail_sign(const char *severity, const char *state, unsigned *style)
{
    bool unknown = strcmp(state, "unknown") == 0;

    if (unknown) {
        *style = STYLE_DIM;
        return "?";
    }
    if (strcmp(severity, "critical") == 0) {
        *style = STYLE_CRITICAL;
        return "\xe2\x9c\x98";
    }
    if (strcmp(severity, "warning") == 0) {
        *style = STYLE_WARNING;
        return "\xe2\x96\xb2";
    }
    *style = STYLE_NOTICE;
    return strcmp(severity, "notice") == 0 ? "\xe2\x97\x8f" : "\xc2\xb7";
}

void detail_subject(const char *kind, const char *proto, const char *a, const char *b,
                    struct str *out)
{
    if (strcmp(kind, "flow") == 0)
        str_addf(out, "%s %s" ARROW "%s", proto, a, b);
    else if (strcmp(kind, "link") == 0)
        str_addf(out, "link %s \xe2\x80\x93 %s", a, b);
    else
        str_addf(out, "%s %s", kind, a);
}

void detail_words(struct ui *ui, const char *id, const char *part, const char *otherwise,
                  struct str *out)
{
    sqlite3_stmt *st = NULL;
    bool found = false;

    if (ui_locale(ui)[0] &&
        sql_prepare(
            store_db(ui_store(ui)),
            "SELECT text FROM verdict_text WHERE verdict = ?1 AND locale = ?2 AND part = ?3", &st,
            NULL) == ERR_OK) {
        sql_bind_text(st, 1, id);
        sql_bind_text(st, 2, ui_locale(ui));
        sql_bind_text(st, 3, part);
        if (sql_step(st, NULL) == 1) {
            str_adds(out, sql_text(st, 0));
            found = true;
        }
    }
    sqlite3_finalize(st);
    if (!found)
        str_adds(out, otherwise);
}

/* A statement over the rows of one verdict; NULL: the case cannot be read. */
static sqlite3_stmt *rows_of(struct ui *ui, const char *sql, const char *id)
{
    sqlite3_stmt *st = NULL;

    if (sql_prepare(store_db(ui_store(ui)), sql, &st, NULL))
        return NULL;
    sql_bind_text(st, 1, id);
    return st;
}

static void add_evidence(struct ui *ui, const char *id, struct lines *out)
{
    sqlite3_stmt *st = rows_of(ui,
                               "SELECT e.n, e.frame, e.line, e.time_ns, e.local_time, e.what_key, "
                               "e.what, s.name FROM verdict_evidence e JOIN source s ON s.id = "
                               "e.source WHERE e.verdict = ?1 ORDER BY e.n",
                               id);
    struct str source = { 0 }, label = { 0 }, text = { 0 }, part = { 0 };
    char when[UI_TIME_LEN];

    while (st && sql_step(st, NULL) == 1) {
        bool timed = sqlite3_column_type(st, 3) != SQLITE_NULL;

        if (strcmp(str_get(&source), sql_text(st, 7)) != 0) {
            str_clear(&source);
            str_adds(&source, sql_text(st, 7));
            lines_say(out, 1, STYLE_DIM, str_get(&source));
        }
        str_clear(&label);
        str_clear(&text);
        str_clear(&part);
        if (sqlite3_column_type(st, 1) != SQLITE_NULL)
            str_addf(&label, "frame %5s", sql_text(st, 1));
        else
            str_addf(&label, "line %6s", sql_text(st, 2));
        ui_time(ui, timed, sqlite3_column_int64(st, 3), when);
        str_addf(&part, "what.%s", sql_text(st, 5));
        str_addf(&text, "%-15s  ", timed ? when : sql_text(st, 4));
        detail_words(ui, id, str_get(&part), sql_text(st, 6), &text);
        lines_add(out, 3, str_get(&label), STYLE_CITED, HANG + 1, str_get(&text), STYLE_TEXT,
                  sqlite3_column_int(st, 0));
    }
    sqlite3_finalize(st);
    str_free(&source);
    str_free(&label);
    str_free(&text);
    str_free(&part);
}

static void add_links(struct ui *ui, const char *id, const char *sql, const char *label,
                      struct lines *out)
{
    sqlite3_stmt *st = rows_of(ui, sql, id);

    while (st && sql_step(st, NULL) == 1) {
        struct str title = { 0 };

        detail_words(ui, sql_text(st, 0), "title", sql_text(st, 1), &title);
        lines_add(out, 1, label, STYLE_DIM, HANG, str_get(&title), STYLE_TEXT, 0);
        str_free(&title);
        label = "";
    }
    sqlite3_finalize(st);
}

static void add_rivals(struct ui *ui, const char *id, struct lines *out)
{
    sqlite3_stmt *st = rows_of(
        ui, "SELECT cause, settle, key FROM verdict_rival WHERE verdict = ?1 ORDER BY n", id);

    while (st && sql_step(st, NULL) == 1) {
        struct str text = { 0 }, part = { 0 };

        str_addf(&part, "rival.%s", sql_text(st, 2));
        str_addf(&text, "%s \xe2\x80\x94 settled by: %s", sql_text(st, 0), sql_text(st, 1));
        lines_add(out, 1, "or else", STYLE_DIM, HANG, str_get(&text), STYLE_TEXT, 0);
        str_free(&part);
        str_free(&text);
    }
    sqlite3_finalize(st);
}

static void add_missing(struct ui *ui, const char *id, struct lines *out)
{
    sqlite3_stmt *st =
        rows_of(ui, "SELECT key, text FROM verdict_missing WHERE verdict = ?1 ORDER BY n", id);

    while (st && sql_step(st, NULL) == 1) {
        struct str text = { 0 }, part = { 0 };

        str_addf(&part, "missing.%s", sql_text(st, 0));
        detail_words(ui, id, str_get(&part), sql_text(st, 1), &text);
        lines_add(out, 1, "missing", STYLE_DIM, HANG, str_get(&text), STYLE_TEXT, 0);
        str_free(&part);
        str_free(&text);
    }
    sqlite3_finalize(st);
}

static void add_note(struct ui *ui, const char *id, struct lines *out)
{
    sqlite3_stmt *st = rows_of(ui, "SELECT mark, text FROM annotation WHERE verdict = ?1", id);

    if (st && sql_step(st, NULL) == 1) {
        if (sqlite3_column_type(st, 0) != SQLITE_NULL)
            lines_add(out, 1, "marked", STYLE_DIM, HANG, sql_text(st, 0), STYLE_GOOD, 0);
        if (sqlite3_column_type(st, 1) != SQLITE_NULL)
            lines_add(out, 1, "note", STYLE_DIM, HANG, sql_text(st, 1), STYLE_STRONG, 0);
    }
    sqlite3_finalize(st);
}

static void add_head(struct ui *ui, sqlite3_stmt *st, const char *id, struct lines *out)
{
    struct str title = { 0 }, what = { 0 }, subject = { 0 }, because = { 0 };
    unsigned style;
    const char *sign = detail_sign(sql_text(st, 0), sql_text(st, 1), &style);

    detail_words(ui, id, "title", sql_text(st, 3), &title);
    detail_words(ui, id, "because", sql_text(st, 4), &because);
    str_addf(&what, "%s, %s \xc2\xb7 %s \xc2\xb7 %s", sql_text(st, 0), sql_text(st, 1),
             sql_text(st, 2), id);
    detail_subject(sql_text(st, 6), sql_text(st, 7), sql_text(st, 8), sql_text(st, 9), &subject);
    lines_add(out, 1, sign, style, 2, str_get(&title), STYLE_STRONG, 0);
    lines_say(out, 3, STYLE_DIM, str_get(&what));
    lines_say(out, 3, STYLE_DIM, str_get(&subject));
    lines_gap(out);
    lines_say(out, 1, STYLE_TEXT, str_get(&because));
    lines_gap(out);
    str_free(&title);
    str_free(&what);
    str_free(&subject);
    str_free(&because);
}

void detail_of(struct ui *ui, const char *id, bool evidence_only, struct lines *out)
{
    sqlite3_stmt *st =
        rows_of(ui,
                "SELECT severity, state, rule, title, because, advice, subject_kind, "
                "proto, a, b FROM verdict WHERE id = ?1",
                id);
    struct str advice = { 0 };

    lines_clear(out);
    if (!st || sql_step(st, NULL) != 1) {
        sqlite3_finalize(st);
        return;
    }
    if (evidence_only) {
        add_evidence(ui, id, out);
        sqlite3_finalize(st);
        return;
    }
    add_head(ui, st, id, out);
    add_evidence(ui, id, out);
    lines_gap(out);
    add_links(ui, id,
              "SELECT v.id, v.title FROM verdict_link l JOIN verdict v ON v.id = l.cause WHERE "
              "l.effect = ?1 ORDER BY v.rank",
              "caused by", out);
    add_links(ui, id,
              "SELECT v.id, v.title FROM verdict_link l JOIN verdict v ON v.id = l.effect WHERE "
              "l.cause = ?1 ORDER BY v.rank",
              "causes", out);
    add_rivals(ui, id, out);
    add_missing(ui, id, out);
    detail_words(ui, id, "advice", sql_text(st, 5), &advice);
    if (advice.len)
        lines_add(out, 1, "advice", STYLE_DIM, HANG, str_get(&advice), STYLE_TEXT, 0);
    add_note(ui, id, out);
    str_free(&advice);
    sqlite3_finalize(st);
}
