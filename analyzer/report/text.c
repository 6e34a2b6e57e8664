/* text: a case for a person at a terminal. */
#include "config.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/times.h"
#include "report/formats.h"
#include "store/sql.h"
#include "store/store.h"
#include "verdict/result.h"

#define WIDTH_DEFAULT 80u
#define WIDTH_LEAST   40u
#define WIDTH_MOST    100u /* longer lines are hard to read */
#define INDENT        2u
#define EVIDENCE_MAX  24 /* rows shown of one verdict */
#define SOURCES_MAX   40 /* rows of the table of sources */
#define BRIEF_MAX     4  /* rows of evidence of a brief page, which fits a screen */

enum style { STYLE_NONE, STYLE_BOLD, STYLE_DIM, STYLE_RED, STYLE_YELLOW, STYLE_BLUE, STYLE_GREEN };

static const char *const style_codes[] = { "", "1", "2", "1;31", "1;33", "1;34", "1;32" };

struct page {
    struct store *s;
    FILE *out;
    bool color, brief;
    unsigned width;
    const char *locale;
    int64_t day; /* of the last date written; INT64_MIN: none */
};

static void put(struct page *p, enum style style, const char *text)
{
    if (p->color && style)
        fprintf(p->out, "\x1b[%sm%s\x1b[0m", style_codes[style], text);
    else
        fputs(text, p->out);
}

static void put_blanks(struct page *p, size_t n)
{
    while (n--)
        fputc(' ', p->out);
}

/* Text padded to `columns`; cut with an ellipsis where it is wider. */
static void put_cell(struct page *p, enum style style, const char *text, size_t columns)
{
    size_t width = str_width(text);
    struct str cut = { 0 };

    if (width > columns && columns > 0) {
        str_addn(&cut, text, str_fit(text, columns - 1));
        str_adds(&cut, "\xe2\x80\xa6");
        text = str_get(&cut);
        width = str_width(text);
    }
    put(p, style, text);
    put_blanks(p, columns > width ? columns - width : 0);
    str_free(&cut);
}

/* Bytes of the longest line that fits: broken at a blank, else between wide characters, else hard.
 */
static size_t line_len(const char *s, size_t columns)
{
    size_t fit = str_fit(s, columns), i = fit, last;
    uint32_t c;

    if (!s[fit])
        return fit;
    while (i > 0 && s[i] != ' ')
        i--;
    last = i;
    /* Chinese has no blanks: any place behind a wide character is as good. */
    for (i = last; i < fit;) {
        size_t n = str_utf8(s + i, strlen(s + i), &c);

        i += n;
        if (c >= 0x2e80 && i <= fit)
            last = i;
    }
    return last ? last : fit ? fit : str_utf8(s, strlen(s), &c);
}

/* `text` wrapped; the first line goes on where we are (`at` columns in), others are indented. */
static void put_wrapped(struct page *p, enum style style, const char *text, size_t at,
                        size_t indent)
{
    bool first = true;

    while (*text) {
        size_t room = p->width > (first ? at : indent) + 8 ? p->width - (first ? at : indent) : 8;
        size_t n = line_len(text, room);
        char *line = xstrndup(text, n);

        if (!first)
            put_blanks(p, indent);
        put(p, style, line);
        fputc('\n', p->out);
        free(line);
        text += n;
        text += strspn(text, " ");
        first = false;
    }
    if (first)
        fputc('\n', p->out);
}

/* "Label  text", wrapped under itself. */
static void put_item(struct page *p, const char *label, const char *text)
{
    put_blanks(p, INDENT);
    put(p, STYLE_DIM, label);
    fputs("  ", p->out);
    put_wrapped(p, STYLE_NONE, text, INDENT + str_width(label) + 2, INDENT + str_width(label) + 2);
}

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

/* -- one verdict ---------------------------------------------------------------------------- */

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
    put_blanks(p, INDENT + 2);
    put(p, STYLE_DIM, text);
    put(p, STYLE_DIM, " (UTC)");
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
    put_blanks(p, INDENT + 2);
    put(p, STYLE_NONE, place);
    at = INDENT + 2 + str_width(place) + 2;
    put_blanks(p, 2);
    if (*when) {
        put(p, STYLE_DIM, when);
        put_blanks(p, 2);
        at += str_width(when) + 2;
    }
    put_wrapped(p, STYLE_NONE, what, at, at);
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
    char more[64], n[32];

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
            put_blanks(p, INDENT);
            put(p, STYLE_BOLD, sql_text(st, 7));
            fputc('\n', p->out);
            p->day = INT64_MIN;
        }
        put_evidence_row(p, st, id, place_width);
        shown++;
    }
    sqlite3_finalize(st);
    if (left) {
        snprintf(more, sizeof(more), "and %s more", str_group((uint64_t)left, n));
        put_blanks(p, INDENT + 2);
        put(p, STYLE_DIM, more);
        fputc('\n', p->out);
    }
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
        put_item(p, "or else  ", both.s);
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

        put_item(p, "missing  ", text);
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
        put_item(p, "caused by", both.s);
        str_free(&both);
        free(title);
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc;
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

/* Columns: id, rule, state, severity, title, because, advice, subject_kind, proto, a, b */
static int put_verdict(struct page *p, sqlite3_stmt *st, struct err *err)
{
    const char *id = sql_text(st, 0), *severity = sql_text(st, 3);
    char *title = words(p, id, "title", sql_text(st, 4));
    char *because = words(p, id, "because", sql_text(st, 5));
    char *advice = words(p, id, "advice", sql_text(st, 6));
    struct str line = { 0 };
    int rc;

    put(p, severity_style(severity), severity_mark(severity));
    fputc(' ', p->out);
    put_wrapped(p, STYLE_BOLD, title, 2, 2);
    put_blanks(p, INDENT);
    put(p, severity_style(severity), severity);
    str_addf(&line, ", %s \xc2\xb7 %s \xc2\xb7 %s", sql_text(st, 2), sql_text(st, 1), id);
    put_wrapped(p, STYLE_DIM, line.s, INDENT + strlen(severity), INDENT);
    put_blanks(p, INDENT);
    str_clear(&line);
    add_subject(st, 7, &line);
    put_wrapped(p, STYLE_DIM, line.s, INDENT, INDENT);
    fputc('\n', p->out);
    put_blanks(p, INDENT);
    put_wrapped(p, STYLE_NONE, because, INDENT, INDENT);
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
        put_item(p, "advice   ", advice);
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
    const char *severity = sql_text(st, 3);

    put(p, severity_style(severity), severity_mark(severity));
    fputc(' ', p->out);
    put_wrapped(p, STYLE_NONE, title, 2, 2);
    free(title);
}

static int put_verdicts(struct page *p, struct err *err)
{
    sqlite3_stmt *st = NULL;
    bool first = true;
    int rc = sql_prepare(store_db(p->s),
                         "SELECT id, rule, state, severity, title, because, advice, subject_kind, "
                         "proto, a, b FROM verdict ORDER BY rank",
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

/* -- sources, rules that failed, the result --------------------------------------------------- */

static enum style status_style(const char *status)
{
    return strcmp(status, "complete") == 0  ? STYLE_GREEN
           : strcmp(status, "skipped") == 0 ? STYLE_DIM
           : strcmp(status, "pending") == 0 ? STYLE_DIM
           : strcmp(status, "partial") == 0 ? STYLE_YELLOW
                                            : STYLE_RED;
}

static void put_source(struct page *p, sqlite3_stmt *st, size_t name_width)
{
    const char *status = sql_text(st, 1), *format = sql_text(st, 2), *reason = sql_text(st, 4);
    uint64_t packets = (uint64_t)sqlite3_column_int64(st, 3);
    uint64_t evicted = (uint64_t)sqlite3_column_int64(st, 5);
    uint64_t forgotten = (uint64_t)sqlite3_column_int64(st, 6);
    int64_t clock_back = sqlite3_column_int64(st, 7);
    struct str rest = { 0 };
    char n[32];

    put_blanks(p, INDENT);
    put_cell(p, STYLE_NONE, sql_text(st, 0), name_width);
    put_blanks(p, 2);
    put_cell(p, status_style(status), status, 10);
    put_blanks(p, 2);
    str_adds(&rest, format);
    if (packets)
        str_addf(&rest, "%s%s frame%s", rest.len ? ", " : "", str_group(packets, n),
                 packets == 1 ? "" : "s");
    if (*reason)
        str_addf(&rest, "%s%s", rest.len ? "; " : "", reason);
    if (evicted)
        str_addf(&rest, "; %s conversation%s not followed to the end: too many at once",
                 str_group(evicted, n), evicted == 1 ? "" : "s");
    if (forgotten)
        str_addf(&rest,
                 "; %s connection%s forgotten: a later one on the same ports counts as new",
                 str_group(forgotten, n), forgotten == 1 ? "" : "s");
    if (clock_back)
        str_addf(&rest, "; its clock went back by %.3f s: what came then looks late",
                 (double)clock_back / 1e9);
    put_wrapped(p, STYLE_DIM, str_get(&rest), INDENT + name_width + 14, INDENT + name_width + 14);
    str_free(&rest);
}

static size_t widest_name(struct page *p)
{
    sqlite3_stmt *st = NULL;
    size_t widest = 8, most = p->width > 60 ? p->width - 44 : 16;

    if (sql_prepare(store_db(p->s), "SELECT name FROM source", &st, NULL) == ERR_OK)
        while (sql_step(st, NULL) == 1)
            widest = str_width(sql_text(st, 0)) > widest ? str_width(sql_text(st, 0)) : widest;
    sqlite3_finalize(st);
    return widest < most ? widest : most;
}

/* In a case of thousands, what is not complete comes first and the rest is counted. */
static int put_sources(struct page *p, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t name_width = widest_name(p);
    int shown = 0, left = 0;
    char text[80], n[32];
    struct str sql = { 0 };
    int rc;

    str_addf(&sql,
             "SELECT name, status, format, packets, reason, evicted, %s, %s FROM source ORDER BY "
             "(SELECT count(*) FROM source) > 40 AND status = 'complete', name, id",
             sql_has_column(store_db(p->s), "source", "forgotten") ? "forgotten" : "0",
             sql_has_column(store_db(p->s), "source", "clock_back") ? "clock_back" : "0");
    rc = sql_prepare(store_db(p->s), sql.s, &st, err);
    str_free(&sql);
    put(p, STYLE_BOLD, "Sources");
    fputc('\n', p->out);
    while (rc == ERR_OK && (rc = sql_step(st, err)) == 1) {
        rc = ERR_OK;
        if (shown < SOURCES_MAX)
            put_source(p, st, name_width);
        else
            left++;
        shown++;
    }
    sqlite3_finalize(st);
    if (left) {
        snprintf(text, sizeof(text), "and %s more", str_group((uint64_t)left, n));
        put_blanks(p, INDENT);
        put(p, STYLE_DIM, text);
        fputc('\n', p->out);
    }
    return rc;
}

/* Logs whose zone nobody wrote down, but a capture told. */
static int put_clocks(struct page *p, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = ERR_OK;

    if (sql_prepare(store_db(p->s),
                    "SELECT l.name, c.name, k.zone_s, k.error_ns, k.events FROM pair_clock k "
                    "JOIN source l ON l.id = k.log_source JOIN source c ON c.id = k.capture_source "
                    "ORDER BY k.log_source",
                    &st, NULL))
        return ERR_OK; /* a case of a deadwire that knew of no clocks */
    while (rc == ERR_OK && (rc = sql_step(st, err)) == 1) {
        int64_t zone = sqlite3_column_int64(st, 2), off = zone < 0 ? -zone : zone;
        int64_t n = sqlite3_column_int64(st, 4);
        struct str line = { 0 };

        str_addf(&line, "%s is on the clock of %s by %lld event%s: UTC%c%02d:%02d, within %.1f s.",
                 sql_text(st, 0), sql_text(st, 1), (long long)n, n == 1 ? "" : "s",
                 zone < 0 ? '-' : '+', (int)(off / 3600), (int)(off % 3600 / 60),
                 (double)sqlite3_column_int64(st, 3) / 1e9);
        put_blanks(p, INDENT);
        put_wrapped(p, STYLE_DIM, line.s, INDENT, INDENT);
        str_free(&line);
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc;
}

static int put_failed_rules(struct page *p, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc =
        sql_prepare(store_db(p->s), "SELECT rule, message FROM rule_error ORDER BY rule", &st, err);
    bool any = false;

    while (rc == ERR_OK && (rc = sql_step(st, err)) == 1) {
        if (!any)
            fputs("\nRules that failed\n", p->out);
        any = true;
        put_item(p, sql_text(st, 0), sql_text(st, 1));
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc;
}

static void add_seen(const struct case_result *r, struct str *out)
{
    char n[32];

    str_addf(out, "%s frame%s", str_group(r->packets, n), r->packets == 1 ? "" : "s");
    str_addf(out, ", %s source%s", str_group(r->sources, n), r->sources == 1 ? "" : "s");
    if (r->outcome != CASE_HEALTHY)
        str_addf(out, ", %s conversation%s", str_group(r->flows, n), r->flows == 1 ? "" : "s");
}

static void put_result(struct page *p, const struct case_result *r)
{
    static const enum style styles[] = { STYLE_RED, STYLE_GREEN, STYLE_YELLOW };
    static const char *const names[] = { "Fault", "Healthy", "Unknown" };
    struct str line = { 0 };
    size_t indent = str_width(names[r->outcome]) + 2;

    put(p, styles[r->outcome], names[r->outcome]);
    fputs(": ", p->out);
    str_addf(&line, "%s (", r->reason);
    add_seen(r, &line);
    str_adds(&line, ").");
    put_wrapped(p, STYLE_NONE, line.s, indent, indent);
    str_free(&line);
}

int report_text(struct store *s, const struct report_options *o, FILE *out, struct err *err)
{
    struct page p = { .s = s,
                      .out = out,
                      .color = o->color,
                      .brief = o->brief,
                      .locale = o->locale,
                      .width = o->width ? o->width : WIDTH_DEFAULT };
    struct case_result r;
    int rc = verdict_result(s, &r, err);

    if (p.width < WIDTH_LEAST)
        p.width = WIDTH_LEAST;
    if (p.width > WIDTH_MOST)
        p.width = WIDTH_MOST;
    if (rc == ERR_OK)
        rc = put_verdicts(&p, err);
    if (rc == ERR_OK && !p.brief &&
        (r.outcome != CASE_HEALTHY || r.verdicts || r.sources > 1 || r.unread))
        rc = put_sources(&p, err);
    if (rc == ERR_OK && !p.brief)
        rc = put_clocks(&p, err);
    if (rc == ERR_OK)
        rc = put_failed_rules(&p, err);
    if (rc)
        return rc;
    if (!p.brief &&
        (r.outcome != CASE_HEALTHY || r.verdicts || r.sources > 1 || r.unread || r.failed_rules))
        fputc('\n', out);
    put_result(&p, &r);
    return ERR_OK;
}
