#include "config.h"

#include "frame/pairview.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/times.h"
#include "frame/scan.h"
#include "frame/words.h"
#include "store/sql.h"
#include "store/store.h"

#define DRIFT_MAX 1000000000 /* ppb: a clock that stands still */

static const char pair_sql[] =
    "SELECT p.id, p.first_source, p.other_source, a.name, b.name, offset_ns, drift_ppb, error_ns, "
    "from_ns, to_ns, both, first_only, other_only, outside, compared, p.reason FROM pair_source p "
    "JOIN source a ON a.id = p.first_source JOIN source b ON b.id = p.other_source ";

static int64_t column(sqlite3_stmt *st, int i)
{
    return sqlite3_column_int64(st, i);
}

static int64_t time_column(sqlite3_stmt *st, int i)
{
    return scan_tame(column(st, i));
}

static void read_pair(sqlite3_stmt *st, struct pairview *p)
{
    int64_t drift = column(st, 6);
    int i;

    memset(p, 0, sizeof(*p));
    p->id = column(st, 0);
    for (i = 0; i < 2; i++) {
        p->source[i] = (uint32_t)column(st, 1 + i);
        words_column(p->name[i], sizeof(p->name[i]), st, 3 + i);
        p->only[i] = (uint64_t)column(st, 11 + i);
    }
    p->offset_ns = time_column(st, 5);
    p->drift_ppb = drift >= DRIFT_MAX || drift <= -DRIFT_MAX ? 0 : drift;
    p->error_ns = time_column(st, 7) < 0 ? 0 : time_column(st, 7);
    p->from_ns = time_column(st, 8);
    p->to_ns = time_column(st, 9);
    p->both = (uint64_t)column(st, 10);
    p->outside = (uint64_t)column(st, 13);
    p->compared = column(st, 14) != 0;
    words_column(p->reason, sizeof(p->reason), st, 15);
}

/* The first row of `where`, which may have ?1 and ?2. */
static int one_pair(struct store *s, const char *where, int64_t a, int64_t b, struct pairview *out,
                    struct err *err)
{
    char *sql = sqlite3_mprintf("%s%s", pair_sql, where);
    sqlite3_stmt *st = NULL;
    int rc = sql ? sql_prepare(store_db(s), sql, &st, err) : err_set(err, ERR_LIMIT, "no memory");

    sqlite3_free(sql);
    if (rc)
        return rc;
    sqlite3_bind_int64(st, 1, a);
    if (sqlite3_bind_parameter_count(st) > 1)
        sqlite3_bind_int64(st, 2, b);
    rc = sql_step(st, err);
    if (rc == 1)
        read_pair(st, out);
    sqlite3_finalize(st);
    return rc;
}

int pairview_next(struct store *s, int64_t after, struct pairview *out, struct err *err)
{
    return one_pair(s, "WHERE p.source = 0 AND p.id > ?1 ORDER BY p.id LIMIT 1", after, 0, out,
                    err);
}

int pairview_read(struct store *s, int64_t id, struct pairview *out, struct err *err)
{
    int rc = one_pair(s, "WHERE p.source = 0 AND p.id = ?1", id, 0, out, err);

    return rc == 1  ? ERR_OK
           : rc < 0 ? rc
                    : err_set(err, ERR_USAGE, "no pair %lld in this case", (long long)id);
}

int pairview_of(struct store *s, uint32_t a, uint32_t b, struct pairview *out, struct err *err)
{
    return one_pair(s,
                    "WHERE p.first_source IN (?1, ?2) AND p.other_source IN (?1, ?2) "
                    "AND p.first_source <> p.other_source ORDER BY p.id LIMIT 1",
                    a, b, out, err);
}

/* -- clocks ------------------------------------------------------------------------------------ */

/* The drift counts from the middle of the overlap, near enough to where the fit was made. */
static int64_t gained(const struct pairview *p, int64_t first_ns)
{
    int64_t middle = p->from_ns / 2 + p->to_ns / 2;

    return (int64_t)((double)(first_ns - middle) * (double)p->drift_ppb / 1e9);
}

int64_t pairview_to_first(const struct pairview *p, int64_t other_ns)
{
    int64_t first = scan_tame(scan_tame(other_ns) - p->offset_ns);

    return p->drift_ppb ? scan_tame(first - gained(p, first)) : first;
}

int64_t pairview_to_other(const struct pairview *p, int64_t first_ns)
{
    int64_t other = scan_tame(scan_tame(first_ns) + p->offset_ns);

    return p->drift_ppb ? scan_tame(other + gained(p, scan_tame(first_ns))) : other;
}

/* -- directions -------------------------------------------------------------------------------- */

static int ask(struct store *s, const struct pairview *p, unsigned from, const char *sql,
               sqlite3_stmt **st, struct err *err)
{
    int rc = sql_prepare(store_db(s), sql, st, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(*st, 1, p->source[from]);
    sqlite3_bind_int64(*st, 2, p->source[!from]);
    return ERR_OK;
}

int pairview_direction(struct store *s, const struct pairview *p, unsigned from,
                       struct pairview_direction *out, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = ask(s, p, from,
                 "SELECT delivered, lost, missed FROM pair_direction "
                 "WHERE from_source = ?1 AND to_source = ?2",
                 &st, err);

    *out = (struct pairview_direction){ .from = p->source[from], .to = p->source[!from] };
    if (!rc)
        rc = sql_step(st, err);
    if (rc == 1) {
        out->delivered = (uint64_t)column(st, 0);
        out->lost = (uint64_t)column(st, 1);
        out->missed = (uint64_t)column(st, 2);
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

int pairview_kinds(struct store *s, const struct pairview *p, unsigned from,
                   struct pairview_kind *out, size_t max, size_t *n, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = ask(s, p, from,
                 "SELECT kind, count(*), min(size), max(size) FROM pair_lost "
                 "WHERE from_source = ?1 AND to_source = ?2 GROUP BY kind ORDER BY 2 DESC, 1",
                 &st, err);

    *n = 0;
    while (!rc && *n < max && (rc = sql_step(st, err)) == 1) {
        struct pairview_kind *k = &out[(*n)++];

        words_column(k->kind, sizeof(k->kind), st, 0);
        k->lost = (uint64_t)column(st, 1);
        k->size_min = (uint32_t)column(st, 2);
        k->size_max = (uint32_t)column(st, 3);
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

static void finding_text(struct pairview_finding *f)
{
    char from[TIMES_LEN], to[TIMES_LEN];
    long long lost = f->lost_limit, delivered = f->delivered_limit;

    if (strcmp(f->trait, "small") == 0)
        snprintf(f->text, sizeof(f->text), "up to %lld bytes (delivered from %lld on)", lost,
                 delivered);
    else if (strcmp(f->trait, "large") == 0)
        snprintf(f->text, sizeof(f->text), "%lld bytes and more (delivered up to %lld)", lost,
                 delivered);
    else if (strcmp(f->trait, "time") == 0)
        snprintf(f->text, sizeof(f->text), "between %s and %s", times_clock(f->lost_limit, from),
                 times_clock(f->delivered_limit, to));
    else
        snprintf(f->text, sizeof(f->text), "%s %s", f->trait, f->value);
}

int pairview_findings(struct store *s, const struct pairview *p, unsigned from,
                      struct pairview_finding *out, size_t max, size_t *n, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = ask(s, p, from,
                 "SELECT trait, value, lost_limit, delivered_limit, lost, delivered, p_value FROM "
                 "pair_finding WHERE from_source = ?1 AND to_source = ?2 ORDER BY id",
                 &st, err);

    *n = 0;
    while (!rc && *n < max && (rc = sql_step(st, err)) == 1) {
        struct pairview_finding *f = &out[(*n)++];

        words_column(f->trait, sizeof(f->trait), st, 0);
        words_column(f->value, sizeof(f->value), st, 1);
        f->lost_limit = time_column(st, 2);
        f->delivered_limit = time_column(st, 3);
        f->lost = (uint64_t)column(st, 4);
        f->delivered = (uint64_t)column(st, 5);
        f->p_value = sqlite3_column_double(st, 6);
        finding_text(f);
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

int pairview_lost(struct store *s, const struct pairview *p, unsigned from, uint64_t after,
                  struct pairview_lost *out, size_t max, size_t *n, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = ask(s, p, from,
                 "SELECT id, frame, time_ns, size, flow, kind FROM pair_lost "
                 "WHERE from_source = ?1 AND to_source = ?2 AND frame > ?3 ORDER BY frame LIMIT ?4",
                 &st, err);

    *n = 0;
    if (!rc) {
        sqlite3_bind_int64(st, 3, after < INT64_MAX ? (int64_t)after : INT64_MAX);
        sqlite3_bind_int64(st, 4, (int64_t)max);
    }
    while (!rc && *n < max && (rc = sql_step(st, err)) == 1) {
        struct pairview_lost *l = &out[(*n)++];

        l->id = column(st, 0);
        l->frame_no = (uint64_t)column(st, 1);
        l->time_ns = time_column(st, 2);
        l->size = (uint32_t)column(st, 3);
        l->flow = (uint32_t)column(st, 4);
        words_column(l->kind, sizeof(l->kind), st, 5);
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

/* A life belongs to the source with the smallest id; further ones are paired with that. */
static const char partner_sql[] =
    "SELECT other_source, other_flow FROM pair_flow WHERE first_source = ?1 AND first_flow = ?2 "
    "UNION ALL "
    "SELECT first_source, first_flow FROM pair_flow WHERE other_source = ?1 AND other_flow = ?2 "
    "LIMIT 1";

/* The one that all others are paired with, and those. */
static const char lives_sql[] =
    "WITH first(s, f) AS (SELECT first_source, first_flow FROM pair_flow WHERE other_source = ?1 "
    "AND other_flow = ?2 UNION ALL SELECT ?1, ?2 LIMIT 1) SELECT s, f FROM first UNION SELECT "
    "other_source, other_flow FROM pair_flow JOIN first ON first_source = s AND first_flow = f "
    "ORDER BY 1, 2 LIMIT ?3";

int pairview_lives(struct store *s, uint32_t source, uint32_t flow, struct pairview_life *out,
                   size_t max, size_t *n, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = 0;

    *n = 0;
    if (sql_prepare(store_db(s), lives_sql, &st, NULL)) { /* a case without pairs */
        out[(*n)++] = (struct pairview_life){ source, flow };
        return ERR_OK;
    }
    sqlite3_bind_int64(st, 1, source);
    sqlite3_bind_int64(st, 2, flow);
    sqlite3_bind_int64(st, 3, (int64_t)max);
    while (*n < max && (rc = sql_step(st, err)) == 1)
        out[(*n)++] = (struct pairview_life){ (uint32_t)sqlite3_column_int64(st, 0),
                                              (uint32_t)sqlite3_column_int64(st, 1) };
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

int pairview_partner(struct store *s, uint32_t source, uint32_t flow, uint32_t *other_source,
                     uint32_t *other_flow, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc;

    if (sql_prepare(store_db(s), partner_sql, &st, NULL))
        return ERR_OK; /* a case without pairs */
    sqlite3_bind_int64(st, 1, source);
    sqlite3_bind_int64(st, 2, flow);
    rc = sql_step(st, err);
    if (rc == 1) {
        *other_source = (uint32_t)sqlite3_column_int64(st, 0);
        *other_flow = (uint32_t)sqlite3_column_int64(st, 1);
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}
