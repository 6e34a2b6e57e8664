/* text_verdict: verdicts for a person at a terminal. */
#include "config.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/times.h"
#include "report/formats.h"
#include "report/page.h"
#include "store/sql.h"
#include "store/store.h"

#define EVIDENCE_MAX 24 /* rows shown of one verdict */
#define BRIEF_MAX    4  /* rows of evidence of a brief page, which fits a screen */

/* The words of the verdict in the reader's language, else the default. */
static char *words(struct page *p, const char *id, const char *part, const char *otherwise)
{
    sqlite3_stmt *st = NULL;
    char *out = NULL;

    if (p->locale && sql_prepare(store_db(p->s),
                                 "SELECT text FROM verdict_text WHERE verdict = ?1 AND locale = ?2 "
                                 "AND part = ?3",
                                 &st, NULL) == ERR_OK) {
        sql_bind_text(st, 1, id);
        sql_bind_text(st, 2, p->locale);
        sql_bind_text(st, 3, part);
        if (sql_step(st, NULL) == 1)
            out = xstrdup(sql_text(st, 0));
    }
    sqlite3_finalize(st);
    return out ? out : xstrdup(otherwise);
}

static char *keyed_words(struct page *p, const char *id, const char *part, const char *key,
                         const char *otherwise)
{
    struct str name = { 0 };
    char *out;

    str_addf(&name, "%s.%s", part, key);
    out = words(p, id, name.s, otherwise);
    str_free(&name);
    return out;
}

static enum style severity_style(const char *severity)
{
    switch (severity[0]) {
    case 'c':
        return STYLE_RED;
    case 'w':
        return STYLE_YELLOW;
    case 'n':
        return STYLE_BLUE;
    default:
        return STYLE_DIM;
    }
}

static const char *severity_mark(const char *severity)
{
    switch (severity[0]) {
    case 'c':
        return "\xe2\x9c\x98"; /* ✘ */
    case 'w':
        return "\xe2\x96\xb2"; /* ▲ */
    case 'n':
        return "\xe2\x97\x8f"; /* ● */
    default:
        return "\xe2\x80\xa2"; /* • */
    }
}

static sqlite3_stmt *ask(struct page *p, const char *sql, const char *id, struct err *err)
{
    sqlite3_stmt *st = NULL;

    if (sql_prepare(store_db(p->s), sql, &st, err) == ERR_OK)
        sql_bind_text(st, 1, id);
    return st;
}

/* A date is written where the day changes, not on every line. */
static void put_day(struct page *p, int64_t ns)
{
    int64_t day = ns / (86400 * NS_PER_S) - (ns % (86400 * NS_PER_S) < 0);
    char text[TIMES_LEN];

    if (day == p->day)
        return;
    p->day = day;
    times_format(ns, text);
    text[10] = '\0';
    page_blanks(p, PAGE_INDENT + 2);
    page_put(p, STYLE_DIM, text);
    page_put(p, STYLE_DIM, " (UTC)");
    fputc('\n', p->out);
}

static void put_evidence_row(struct page *p, sqlite3_stmt *st, const char *id, int place_width)
{
    bool line = sqlite3_column_type(st, 1) == SQLITE_NULL;
    bool timed = sqlite3_column_type(st, 3) != SQLITE_NULL;
    char clock[TIMES_LEN], place[48];
    const char *when = timed ? times_clock(sqlite3_column_int64(st, 3), clock) : sql_text(st, 4);
    char *what = keyed_words(p, id, "what", sql_text(st, 5), sql_text(st, 6));
    size_t at;

    if (timed)
        put_day(p, sqlite3_column_int64(st, 3));
    snprintf(place, sizeof(place), "%s %*lld", line ? "line" : "frame", place_width,
             (long long)sqlite3_column_int64(st, line ? 2 : 1));
    page_blanks(p, PAGE_INDENT + 2);
    page_put(p, STYLE_NONE, place);
    at = PAGE_INDENT + 2 + str_width(place) + 2;
    page_blanks(p, 2);
    if (*when) {
        page_put(p, STYLE_DIM, when);
        page_blanks(p, 2);
        at += str_width(when) + 2;
    }
    page_wrapped(p, STYLE_NONE, what, at, at);
    free(what);
}

/* Widest number and how many sources there are. */
static int evidence_shape(struct page *p, const char *id, int *place_width, int64_t *sources)
{
    struct err err;
    sqlite3_stmt *st = ask(p,
                           "SELECT length(max(coalesce(frame, line))), count(DISTINCT source) FROM "
                           "verdict_evidence WHERE verdict = ?1",
                           id, &err);

    *place_width = 1;
    *sources = 1;
    if (st && sql_step(st, NULL) == 1) {
        *place_width = sqlite3_column_int(st, 0);
        *sources = sqlite3_column_int64(st, 1);
    }
    sqlite3_finalize(st);
    return ERR_OK;
}

/* Grouped by source, in the rule's order within each. */
static int put_evidence(struct page *p, const char *id, struct err *err)
{
    sqlite3_stmt *st = ask(p,
                           "SELECT e.source, e.frame, e.line, e.time_ns, e.local_time, e.what_key, "
                           "e.what, s.name, min(e.n) OVER (PARTITION BY e.source) AS first FROM "
                           "verdict_evidence e JOIN source s ON s.id = e.source WHERE e.verdict = "
                           "?1 ORDER BY first, e.n",
                           id, err);
    int64_t last = 0, sources;
    int place_width, shown = 0, left = 0, rc = st ? ERR_OK : ERR_SQL;

    evidence_shape(p, id, &place_width, &sources);
    p->day = INT64_MIN;
    while (rc == ERR_OK && (rc = sql_step(st, err)) == 1) {
        rc = ERR_OK;
        if (shown == (p->brief ? BRIEF_MAX : EVIDENCE_MAX)) {
            left++;
            continue;
        }
        if (sqlite3_column_int64(st, 0) != last) {
            last = sqlite3_column_int64(st, 0);
            page_blanks(p, PAGE_INDENT);
            page_put(p, STYLE_BOLD, sql_text(st, 7));
            fputc('\n', p->out);
            p->day = INT64_MIN;
        }
        put_evidence_row(p, st, id, place_width);
        shown++;
    }
    sqlite3_finalize(st);
    if (left)
        page_more(p, PAGE_INDENT + 2, (uint64_t)left);
    return rc;
}

static int put_rivals(struct page *p, const char *id, struct err *err)
{
    sqlite3_stmt *st = ask(
        p, "SELECT key, cause, settle FROM verdict_rival WHERE verdict = ?1 ORDER BY n", id, err);
    int rc = st ? ERR_OK : ERR_SQL;

    while (rc == ERR_OK && (rc = sql_step(st, err)) == 1) {
        char *cause = keyed_words(p, id, "rival", sql_text(st, 0), sql_text(st, 1));
        char *settle = keyed_words(p, id, "settle", sql_text(st, 0), sql_text(st, 2));
        struct str both = { 0 };

        str_addf(&both, "%s \xe2\x80\x94 settled by: %s", cause, settle);
        page_item(p, "or else  ", both.s);
        str_free(&both);
        free(cause);
        free(settle);
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc;
}

static int put_missing(struct page *p, const char *id, struct err *err)
{
    sqlite3_stmt *st =
        ask(p, "SELECT key, text FROM verdict_missing WHERE verdict = ?1 ORDER BY n", id, err);
    int rc = st ? ERR_OK : ERR_SQL;

    while (rc == ERR_OK && (rc = sql_step(st, err)) == 1) {
        char *text = keyed_words(p, id, "missing", sql_text(st, 0), sql_text(st, 1));

        page_item(p, "missing  ", text);
        free(text);
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc;
}

static int put_causes(struct page *p, const char *id, struct err *err)
{
    sqlite3_stmt *st = ask(p,
                           "SELECT v.id, v.title FROM verdict_link l JOIN verdict v ON v.id = "
                           "l.cause WHERE l.effect = ?1 ORDER BY v.rank",
                           id, err);
    int rc = st ? ERR_OK : ERR_SQL;

    while (rc == ERR_OK && (rc = sql_step(st, err)) == 1) {
        char *title = words(p, sql_text(st, 0), "title", sql_text(st, 1));
        struct str both = { 0 };

        str_addf(&both, "%s (%s)", title, sql_text(st, 0));
        page_item(p, "caused by", both.s);
        str_free(&both);
        free(title);
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc;
}

/* What a person said about it. */
static int put_annotation(struct page *p, const char *id, struct err *err)
{
    sqlite3_stmt *st = ask(p, "SELECT mark, text FROM annotation WHERE verdict = ?1", id, err);
    int rc = st ? sql_step(st, err) : ERR_SQL;

    if (rc == 1 && *sql_text(st, 0))
        page_item(p, "marked   ", sql_text(st, 0));
    if (rc == 1 && *sql_text(st, 1)) {
        struct str note = { 0 };

        str_add_foreign(&note, sql_text(st, 1), strlen(sql_text(st, 1)));
        page_item(p, "note     ", str_get(&note));
        str_free(&note);
    }
    sqlite3_finalize(st);
    return rc == 1 ? ERR_OK : rc;
}

/* "tcp 192.0.2.7:26947 → 198.51.100.9:8883", "host 192.0.2.7" */
static void add_subject(sqlite3_stmt *st, int column, struct str *out)
{
    const char *kind = sql_text(st, column), *b = sql_text(st, column + 3);
    bool flow = strcmp(kind, "flow") == 0;

    str_addf(out, "%s %s", flow ? sql_text(st, column + 1) : kind, sql_text(st, column + 2));
    if (*b)
        str_addf(out, " %s %s", flow ? "\xe2\x86\x92" : "\xe2\x80\x93", b);
}

/* Columns: id, rule, state, severity, title, because, advice, subject_kind, proto, a, b, mark */
static int put_verdict(struct page *p, sqlite3_stmt *st, struct err *err)
{
    const char *id = sql_text(st, 0), *severity = sql_text(st, 3);
    char *title = words(p, id, "title", sql_text(st, 4));
    char *because = words(p, id, "because", sql_text(st, 5));
    char *advice = words(p, id, "advice", sql_text(st, 6));
    struct str line = { 0 };
    int rc;

    page_put(p, severity_style(severity), severity_mark(severity));
    fputc(' ', p->out);
    page_wrapped(p, STYLE_BOLD, title, 2, 2);
    page_blanks(p, PAGE_INDENT);
    page_put(p, severity_style(severity), severity);
    str_addf(&line, ", %s \xc2\xb7 %s \xc2\xb7 %s", sql_text(st, 2), sql_text(st, 1), id);
    page_wrapped(p, STYLE_DIM, line.s, PAGE_INDENT + strlen(severity), PAGE_INDENT);
    page_blanks(p, PAGE_INDENT);
    str_clear(&line);
    add_subject(st, 7, &line);
    page_wrapped(p, STYLE_DIM, line.s, PAGE_INDENT, PAGE_INDENT);
    fputc('\n', p->out);
    page_blanks(p, PAGE_INDENT);
    page_wrapped(p, STYLE_NONE, because, PAGE_INDENT, PAGE_INDENT);
    fputc('\n', p->out);
    rc = put_evidence(p, id, err);
    fputc('\n', p->out);
    if (rc == ERR_OK && !p->brief)
        rc = put_causes(p, id, err);
    if (rc == ERR_OK && !p->brief)
        rc = put_rivals(p, id, err);
    if (rc == ERR_OK)
        rc = put_missing(p, id, err);
    if (*advice && !p->brief)
        page_item(p, "advice   ", advice);
    if (rc == ERR_OK)
        rc = put_annotation(p, id, err);
    if (!p->brief)
        fputc('\n', p->out);
    str_free(&line);
    free(title);
    free(because);
    free(advice);
    return rc;
}

/* One of the verdicts that a brief page only names. */
static void put_brief(struct page *p, sqlite3_stmt *st)
{
    char *title = words(p, sql_text(st, 0), "title", sql_text(st, 4));
    const char *severity = sql_text(st, 3), *mark = sql_text(st, 11);
    struct str line = { 0 };

    str_adds(&line, title);
    page_put(p, severity_style(severity), severity_mark(severity));
    fputc(' ', p->out);
    if (*mark)
        str_addf(&line, " (%s)", mark);
    page_wrapped(p, STYLE_NONE, str_get(&line), 2, 2);
    str_free(&line);
    free(title);
}

int text_verdicts(struct page *p, struct err *err)
{
    sqlite3_stmt *st = NULL;
    bool first = true;
    int rc = sql_prepare(store_db(p->s),
                         "SELECT id, rule, state, severity, title, because, advice, subject_kind, "
                         "proto, a, b, (SELECT mark FROM annotation WHERE verdict = id) FROM "
                         "verdict ORDER BY rank",
                         &st, err);

    while (rc == ERR_OK && (rc = sql_step(st, err)) == 1) {
        rc = ERR_OK;
        if (p->brief && !first)
            put_brief(p, st);
        else
            rc = put_verdict(p, st, err);
        first = false;
    }
    sqlite3_finalize(st);
    return rc;
}
