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
#include "frame/pairview.h"
#include "store/sql.h"
#include "store/store.h"

#define FRAMES_MAX   40u /* lost frames shown of one direction */
#define KINDS_MAX    64u /* kinds of message: as many as are told apart */
#define FINDINGS_MAX 16u /* of a direction: one a trait */

struct view {
    struct store *store;
    FILE *out;
    bool color;
};

/* -- text -------------------------------------------------------------------------------------- */

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

static void text_clocks(const struct view *v, const struct pairview *p)
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
                "  frames   %" PRIu64 " at both, %" PRIu64 " only at %s, %" PRIu64
                " only at %s, %" PRIu64 " outside the overlap\n",
                p->both, p->only[0], p->name[0], p->only[1], p->name[1], p->outside);
}

static int text_kinds(const struct view *v, const struct pairview *p, unsigned from,
                      struct err *err)
{
    struct pairview_kind kinds[KINDS_MAX];
    size_t n, i;
    int rc = pairview_kinds(v->store, p, from, kinds, KINDS_MAX, &n, err);

    for (i = 0; i < n && !rc; i++) {
        const struct pairview_kind *k = &kinds[i];

        fprintf(v->out, "    %6" PRIu64 "  %-28s %" PRIu32, k->lost, k->kind, k->size_min);
        if (k->size_max != k->size_min)
            fprintf(v->out, " to %" PRIu32, k->size_max);
        fputs(" bytes\n", v->out);
    }
    return rc;
}

static int text_findings(const struct view *v, const struct pairview *p, unsigned from,
                         struct err *err)
{
    struct pairview_finding findings[FINDINGS_MAX];
    size_t n, i;
    int rc = pairview_findings(v->store, p, from, findings, FINDINGS_MAX, &n, err);

    for (i = 0; i < n && !rc; i++)
        fprintf(v->out, "    all lost, and no delivered one: %s; by chance %.0e\n",
                findings[i].text, findings[i].p_value);
    return rc;
}

static int text_frames(const struct view *v, const struct pairview *p, unsigned from,
                       struct err *err)
{
    struct pairview_lost lost[FRAMES_MAX + 1];
    size_t n, i;
    int rc = pairview_lost(v->store, p, from, 0, lost, FRAMES_MAX + 1, &n, err);

    for (i = 0; i < n && !rc; i++) {
        char clock[TIMES_LEN];

        if (i == FRAMES_MAX) {
            fputs("    ... (table pair_lost has them all)\n", v->out);
            break;
        }
        fprintf(v->out, "    frame %6" PRIu64 "  %s  %5" PRIu32 " bytes  %s\n", lost[i].frame_no,
                times_clock(lost[i].time_ns, clock), lost[i].size, lost[i].kind);
    }
    return rc;
}

static int text_direction(const struct view *v, const struct pairview *p, unsigned from,
                          struct err *err)
{
    struct pairview_direction d;
    int rc = pairview_direction(v->store, p, from, &d, err);

    if (rc)
        return rc;
    fprintf(v->out, "\n  %s → %s: %" PRIu64 " delivered, %" PRIu64 " lost", p->name[from],
            p->name[!from], d.delivered, d.lost);
    if (d.missed)
        fprintf(v->out, ", %" PRIu64 " that the first capture missed", d.missed);
    fputc('\n', v->out);
    rc = text_kinds(v, p, from, err);
    if (!rc)
        rc = text_findings(v, p, from, err);
    return rc ? rc : text_frames(v, p, from, err);
}

static int text_pair(const struct view *v, const struct pairview *p, struct err *err)
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

/* -- JSON -------------------------------------------------------------------------------------- */

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
    int rc = sql_prepare(store_db(v->store), json_sql, &st, err);

    if (rc)
        return rc;
    while ((rc = sql_step(st, err)) == 1)
        fprintf(v->out, "%s\n", sql_text(st, 0));
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

int report_compare_unread(struct store *s, FILE *out, int64_t *captures, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t n = 0;
    int rc = sql_prepare(store_db(s),
                         "SELECT name, status, ifnull(reason, ''), kind = 'capture' AND status IN "
                         "('complete', 'partial') FROM source ORDER BY id",
                         &st, err);

    while (!rc && (rc = sql_step(st, err)) == 1) {
        const char *status = sql_text(st, 1), *reason = sql_text(st, 2);

        n += sqlite3_column_int64(st, 3);
        if (strcmp(status, "complete") != 0)
            fprintf(out, "%s  %s%s%s\n", sql_text(st, 0), status, *reason ? ": " : "", reason);
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    if (captures)
        *captures = n;
    return rc;
}

int report_compare(struct store *s, const struct report_options *o, FILE *out, struct err *err)
{
    struct view v = { .store = s, .out = out, .color = o->color };
    struct pairview p = { 0 };
    size_t n = 0;
    int64_t captures;
    int rc;

    if (o->format != REPORT_TEXT)
        return json_pairs(&v, err);
    while ((rc = pairview_next(s, p.id, &p, err)) == 1) {
        rc = text_pair(&v, &p, err);
        if (rc)
            return rc;
        n++;
    }
    if (!rc)
        rc = report_compare_unread(s, out, &captures, err);
    if (rc)
        return rc;
    if (captures < 2)
        fputs("There is nothing to compare: that takes two captures that can be read.\n", out);
    else if (!n)
        fputs(
            "These captures share no traffic of both ends: they are no vantages of one network.\n",
            out);
    if (fflush(out) || ferror(out))
        return err_set(err, errno == EPIPE ? ERR_PIPE : ERR_IO, "cannot write the comparison");
    return ERR_OK;
}
