#include "config.h"

#include "report/compare.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/times.h"
#include "store/sql.h"
#include "store/store.h"

#define FRAMES_MAX 40 /* lost frames shown of one direction */

struct view {
    sqlite3 *db;
    FILE *out;
    bool color;
};

/* One pair_source row. */
struct pair {
    int64_t id[2];
    char name[2][128];
    int64_t offset_ns, drift_ppb, error_ns, from_ns, to_ns, both, only[2], outside;
    bool compared;
    char reason[256];
};

static const char pair_sql[] =
    "SELECT p.first_source, p.other_source, a.name, b.name, offset_ns, drift_ppb, error_ns, "
    "from_ns, "
    "to_ns, both, first_only, other_only, outside, compared, p.reason FROM pair_source p "
    "JOIN source a ON a.id = p.first_source JOIN source b ON b.id = p.other_source ORDER BY p.id";

static int64_t column(sqlite3_stmt *st, int i)
{
    return sqlite3_column_int64(st, i);
}

static void read_pair(sqlite3_stmt *st, struct pair *p)
{
    const char *reason = sql_text(st, 14);
    int i;

    memset(p, 0, sizeof(*p));
    for (i = 0; i < 2; i++) {
        p->id[i] = column(st, i);
        snprintf(p->name[i], sizeof(p->name[i]), "%s", sql_text(st, 2 + i));
        p->only[i] = column(st, 10 + i);
    }
    p->offset_ns = column(st, 4);
    p->drift_ppb = column(st, 5);
    p->error_ns = column(st, 6);
    p->from_ns = column(st, 7);
    p->to_ns = column(st, 8);
    p->both = column(st, 9);
    p->outside = column(st, 12);
    p->compared = column(st, 13) != 0;
    snprintf(p->reason, sizeof(p->reason), "%s", reason ? reason : "");
}

/* -- text -----------------------------------------------------------------------------------------
 */

/* "11.9 us", "2.5 ms", "3.0 s". */
static const char *duration(int64_t ns, char out[32])
{
    double v = fabs((double)ns);

    if (v < 1e6)
        snprintf(out, 32, "%.1f µs", v / 1e3);
    else if (v < 1e9)
        snprintf(out, 32, "%.1f ms", v / 1e6);
    else
        snprintf(out, 32, "%.1f s", v / 1e9);
    return out;
}

static void heading(const struct view *v, const char *text)
{
    fprintf(v->out, v->color ? "\x1b[1m%s\x1b[0m\n" : "%s\n", text);
}

static void text_clocks(const struct view *v, const struct pair *p)
{
    char offset[32], error[32], from[TIMES_LEN], to[TIMES_LEN], span[32];

    fprintf(v->out, "  clocks   %s is %s %s, within %s", p->name[1], duration(p->offset_ns, offset),
            p->offset_ns < 0 ? "behind" : "ahead", duration(p->error_ns, error));
    if (p->drift_ppb)
        fprintf(v->out, ", gaining %" PRId64 " ns per second", p->drift_ppb);
    fprintf(v->out, "\n  overlap  %s to %s (%s)\n", times_clock(p->from_ns, from),
            times_clock(p->to_ns, to), duration(p->to_ns - p->from_ns, span));
    if (*p->reason)
        fprintf(v->out, "  frames   not compared: %s\n", p->reason);
    else
        fprintf(v->out,
                "  frames   %" PRId64 " at both, %" PRId64 " only at %s, %" PRId64
                " only at %s, %" PRId64 " outside the overlap\n",
                p->both, p->only[0], p->name[0], p->only[1], p->name[1], p->outside);
}

/* Prepares `sql` about what went from source ?1 to source ?2. */
static int ask(const struct view *v, const char *sql, int64_t from, int64_t to, sqlite3_stmt **st,
               struct err *err)
{
    int rc = sql_prepare(v->db, sql, st, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(*st, 1, from);
    sqlite3_bind_int64(*st, 2, to);
    return ERR_OK;
}

static int text_kinds(const struct view *v, int64_t from, int64_t to, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = ask(v,
                 "SELECT kind, count(*), min(size), max(size) FROM pair_lost "
                 "WHERE from_source = ?1 AND to_source = ?2 GROUP BY kind ORDER BY 2 DESC, 1",
                 from, to, &st, err);

    if (rc)
        return rc;
    while ((rc = sql_step(st, err)) == 1) {
        int64_t small = column(st, 2), large = column(st, 3);

        fprintf(v->out, "    %6" PRId64 "  %-28s %" PRId64, column(st, 1), sql_text(st, 0), small);
        if (large != small)
            fprintf(v->out, " to %" PRId64, large);
        fputs(" bytes\n", v->out);
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

static void text_finding(const struct view *v, sqlite3_stmt *st)
{
    const char *trait = sql_text(st, 0), *value = sql_text(st, 1);
    int64_t lost = column(st, 2), delivered = column(st, 3);
    char from[TIMES_LEN], to[TIMES_LEN];

    fputs("    all lost, and no delivered one: ", v->out);
    if (strcmp(trait, "small") == 0)
        fprintf(v->out, "up to %" PRId64 " bytes (delivered from %" PRId64 " on)", lost, delivered);
    else if (strcmp(trait, "large") == 0)
        fprintf(v->out, "%" PRId64 " bytes and more (delivered up to %" PRId64 ")", lost,
                delivered);
    else if (strcmp(trait, "time") == 0)
        fprintf(v->out, "between %s and %s", times_clock(lost, from), times_clock(delivered, to));
    else
        fprintf(v->out, "%s %s", trait, value ? value : "");
    fprintf(v->out, "; by chance %.0e\n", sqlite3_column_double(st, 4));
}

static int text_findings(const struct view *v, int64_t from, int64_t to, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = ask(v,
                 "SELECT trait, value, lost_limit, delivered_limit, p_value FROM "
                 "pair_finding WHERE from_source = ?1 AND to_source = ?2 ORDER BY id",
                 from, to, &st, err);

    if (rc)
        return rc;
    while ((rc = sql_step(st, err)) == 1)
        text_finding(v, st);
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

static int text_frames(const struct view *v, int64_t from, int64_t to, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int n = 0, rc = ask(v,
                        "SELECT frame, time_ns, size, kind FROM pair_lost "
                        "WHERE from_source = ?1 AND to_source = ?2 ORDER BY frame",
                        from, to, &st, err);

    if (rc)
        return rc;
    while ((rc = sql_step(st, err)) == 1) {
        char clock[TIMES_LEN];

        if (n++ == FRAMES_MAX) {
            fputs("    ... (table pair_lost has them all)\n", v->out);
            break;
        }
        fprintf(v->out, "    frame %6" PRId64 "  %s  %5" PRId64 " bytes  %s\n", column(st, 0),
                times_clock(column(st, 1), clock), column(st, 2), sql_text(st, 3));
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

static int text_direction(const struct view *v, const struct pair *p, int from, struct err *err)
{
    int64_t a = p->id[from], b = p->id[!from], lost = 0, delivered = 0, missed = 0;
    sqlite3_stmt *st = NULL;
    int rc = ask(v,
                 "SELECT lost, delivered, missed FROM pair_direction "
                 "WHERE from_source = ?1 AND to_source = ?2",
                 a, b, &st, err);

    if (rc)
        return rc;
    rc = sql_step(st, err);
    if (rc == 1) {
        lost = column(st, 0);
        delivered = column(st, 1);
        missed = column(st, 2);
    }
    sqlite3_finalize(st);
    if (rc < 0)
        return rc;
    fprintf(v->out, "\n  %s → %s: %" PRId64 " delivered, %" PRId64 " lost", p->name[from],
            p->name[!from], delivered, lost);
    if (missed)
        fprintf(v->out, ", %" PRId64 " that the first capture missed", missed);
    fputc('\n', v->out);
    rc = text_kinds(v, a, b, err);
    if (!rc)
        rc = text_findings(v, a, b, err);
    return rc ? rc : text_frames(v, a, b, err);
}

static int text_pair(const struct view *v, const struct pair *p, struct err *err)
{
    struct str title = { 0 };
    int rc = ERR_OK;

    str_addf(&title, "%s – %s", p->name[0], p->name[1]);
    heading(v, str_get(&title));
    str_free(&title);
    text_clocks(v, p);
    if (!*p->reason || p->compared) {
        rc = text_direction(v, p, 0, err);
        if (!rc)
            rc = text_direction(v, p, 1, err);
    }
    fputc('\n', v->out);
    return rc;
}

/* -- JSON
 * ------------------------------------------------------------------------------------------- */

static const char json_sql[] =
    "SELECT json_object('schema', 'deadwire.pair/1', 'a', a.name, 'b', b.name,"
    " 'offset_ns', p.offset_ns, 'drift_ppb', p.drift_ppb, 'error_ns', p.error_ns,"
    " 'overlap', json_object('from', time_text(p.from_ns), 'to', time_text(p.to_ns)),"
    " 'both', p.both, 'a_only', p.first_only, 'b_only', p.other_only, 'outside', p.outside,"
    " 'compared', json(CASE p.compared WHEN 1 THEN 'true' ELSE 'false' END), 'reason', p.reason,"
    " 'directions', json((SELECT '[' || coalesce(group_concat(x, ','), '') || ']' FROM (SELECT"
    "   json_object('from', f.name, 'to', t.name, 'lost', d.lost, 'delivered', d.delivered,"
    "   'missed', d.missed) AS x FROM pair_direction d JOIN source f ON f.id = d.from_source"
    "   JOIN source t ON t.id = d.to_source WHERE min(d.from_source, d.to_source) = p.first_source"
    "   AND max(d.from_source, d.to_source) = p.other_source ORDER BY d.id))),"
    " 'findings', json((SELECT '[' || coalesce(group_concat(x, ','), '') || ']' FROM (SELECT"
    "   json_object('from', f.name, 'to', t.name, 'trait', d.trait, 'value', d.value,"
    "   'lost_limit', d.lost_limit, 'delivered_limit', d.delivered_limit, 'p_value', d.p_value) AS "
    "x"
    "   FROM pair_finding d JOIN source f ON f.id = d.from_source JOIN source t ON t.id = "
    "d.to_source"
    "   WHERE min(d.from_source, d.to_source) = p.first_source"
    "   AND max(d.from_source, d.to_source) = p.other_source ORDER BY d.id))),"
    " 'lost', json((SELECT '[' || coalesce(group_concat(x, ','), '') || ']' FROM (SELECT"
    "   json_object('source', f.name, 'frame', d.frame, 'time', time_text(d.time_ns),"
    "   'size', d.size, 'kind', d.kind) AS x FROM pair_lost d JOIN source f ON f.id = d.from_source"
    "   WHERE min(d.from_source, d.to_source) = p.first_source"
    "   AND max(d.from_source, d.to_source) = p.other_source ORDER BY d.id))))"
    " FROM pair_source p JOIN source a ON a.id = p.first_source JOIN source b ON b.id = "
    "p.other_source"
    " ORDER BY p.id";

static int json_pairs(const struct view *v, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(v->db, json_sql, &st, err);

    if (rc)
        return rc;
    while ((rc = sql_step(st, err)) == 1)
        fprintf(v->out, "%s\n", sql_text(st, 0));
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

int report_compare(struct store *s, const struct report_options *o, FILE *out, struct err *err)
{
    struct view v = { .db = store_db(s), .out = out, .color = o->color };
    sqlite3_stmt *st = NULL;
    struct pair p;
    size_t n = 0;
    int rc;

    if (o->format != REPORT_TEXT)
        return json_pairs(&v, err);
    rc = sql_prepare(v.db, pair_sql, &st, err);
    if (rc)
        return rc;
    while ((rc = sql_step(st, err)) == 1) {
        read_pair(st, &p);
        rc = text_pair(&v, &p, err);
        if (rc)
            break;
        n++;
    }
    sqlite3_finalize(st);
    if (rc)
        return rc < 0 ? rc : ERR_OK;
    if (!n)
        fputs(
            "These captures share no traffic of both ends: they are no vantages of one network.\n",
            out);
    if (fflush(out) || ferror(out))
        return err_set(err, errno == EPIPE ? ERR_PIPE : ERR_IO, "cannot write the comparison");
    return ERR_OK;
}
