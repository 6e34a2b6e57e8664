/* text: a case for a person at a terminal. */
#include "config.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "report/formats.h"
#include "report/page.h"
#include "store/sql.h"
#include "store/store.h"
#include "verdict/result.h"

#define SOURCES_MAX   40   /* rows of the table of sources */
#define BRIEF_MAX     5    /* where all of it is to fit on one screen */

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

    page_blanks(p, PAGE_INDENT);
    page_cell(p, STYLE_NONE, sql_text(st, 0), name_width);
    page_blanks(p, 2);
    page_cell(p, status_style(status), status, 10);
    page_blanks(p, 2);
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
        str_addf(&rest, "; %s connection%s forgotten: a later one on the same ports counts as new",
                 str_group(forgotten, n), forgotten == 1 ? "" : "s");
    if (clock_back)
        str_addf(&rest, "; its clock went back by %.3f s: what came then looks late",
                 (double)clock_back / 1e9);
    page_wrapped(p, STYLE_DIM, str_get(&rest), PAGE_INDENT + name_width + 14,
                 PAGE_INDENT + name_width + 14);
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

/*
 * In a case of thousands, what is not complete comes first and the rest is counted.  Brief: only
 * what was not read, or not to its end.
 */
static int put_sources(struct page *p, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t name_width = widest_name(p);
    int shown = 0, left = 0, most = p->brief ? BRIEF_MAX : SOURCES_MAX;
    struct str sql = { 0 };
    int rc;

    str_addf(&sql,
             "SELECT name, status, format, packets, reason, evicted, %s, %s FROM source %sORDER BY "
             "(SELECT count(*) FROM source) > 40 AND status = 'complete', name, id",
             sql_has_column(store_db(p->s), "source", "forgotten") ? "forgotten" : "0",
             sql_has_column(store_db(p->s), "source", "clock_back") ? "clock_back" : "0",
             p->brief ? "WHERE status NOT IN ('complete', 'skipped') " : "");
    rc = sql_prepare(store_db(p->s), sql.s, &st, err);
    str_free(&sql);
    while (rc == ERR_OK && (rc = sql_step(st, err)) == 1) {
        rc = ERR_OK;
        if (!shown) {
            page_put(p, STYLE_BOLD, p->brief ? "Not read to the end" : "Sources");
            fputc('\n', p->out);
        }
        if (shown < most)
            put_source(p, st, name_width);
        else
            left++;
        shown++;
    }
    sqlite3_finalize(st);
    if (left)
        page_more(p, PAGE_INDENT, (uint64_t)left);
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
        page_blanks(p, PAGE_INDENT);
        page_wrapped(p, STYLE_DIM, line.s, PAGE_INDENT, PAGE_INDENT);
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
        page_item(p, sql_text(st, 0), sql_text(st, 1));
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

    page_put(p, styles[r->outcome], names[r->outcome]);
    fputs(": ", p->out);
    str_addf(&line, "%s (", r->reason);
    add_seen(r, &line);
    str_adds(&line, ").");
    page_wrapped(p, STYLE_NONE, line.s, indent, indent);
    str_free(&line);
}

int report_text(struct store *s, const struct report_options *o, FILE *out, struct err *err)
{
    struct page p = { .s = s,
                      .out = out,
                      .color = o->color,
                      .brief = o->brief,
                      .locale = o->locale,
                      .width = page_width(o->width) };
    struct case_result r;
    int rc = verdict_result(s, &r, err);

    if (rc == ERR_OK)
        rc = text_verdicts(&p, err);
    if (rc == ERR_OK &&
        (p.brief || r.outcome != CASE_HEALTHY || r.verdicts || r.sources > 1 || r.unread))
        rc = put_sources(&p, err);
    if (rc == ERR_OK && !p.brief)
        rc = put_clocks(&p, err);
    if (rc == ERR_OK)
        rc = put_failed_rules(&p, err);
    if (rc)
        return rc;
    if (!p.brief && r.sources &&
        (r.outcome != CASE_HEALTHY || r.verdicts || r.sources > 1 || r.unread || r.failed_rules))
        fputc('\n', out);
    put_result(&p, &r);
    return ERR_OK;
}
