#include "config.h"

#include "verdict/result.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>

#include "store/sql.h"
#include "store/store.h"

static int count(sqlite3 *db, const char *sql, uint64_t *const *out, int n, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int i, rc = sql_prepare(db, sql, &st, err);

    if (rc == ERR_OK)
        rc = sql_step(st, err);
    for (i = 0; i < n && rc == 1; i++)
        *out[i] = (uint64_t)sqlite3_column_int64(st, i);
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

__attribute__((format(printf, 3, 4))) static void
conclude(struct case_result *r, enum case_outcome o, const char *fmt, ...)
{
    va_list ap;

    r->outcome = o;
    va_start(ap, fmt);
    vsnprintf(r->reason, sizeof(r->reason), fmt, ap);
    va_end(ap);
}

/* The title of the first verdict that decides, with what it lacks. */
static int first_title(sqlite3 *db, const char *states, char *out, size_t size, struct err *err)
{
    sqlite3_stmt *st = NULL;
    char sql[512];
    int rc;

    snprintf(sql, sizeof(sql),
             "SELECT title, (SELECT text FROM verdict_missing m WHERE m.verdict = v.id ORDER BY n "
             "LIMIT 1) FROM verdict v WHERE severity IN ('critical', 'warning') AND state IN (%s) "
             "ORDER BY rank LIMIT 1",
             states);
    rc = sql_prepare(db, sql, &st, err);
    out[0] = '\0';
    if (rc == ERR_OK && (rc = sql_step(st, err)) == 1) {
        bool missing = sqlite3_column_type(st, 1) != SQLITE_NULL;

        snprintf(out, size, "%s%s%s", sql_text(st, 0), missing ? "; missing: " : "",
                 missing ? sql_text(st, 1) : "");
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc;
}

#define N(n) (unsigned long long)(n)

static const char *s_of(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* No conversation at all: what stood in the way. */
static void judge_frames(sqlite3 *db, struct case_result *r)
{
    uint64_t undecoded =
        (uint64_t)sql_number(db, "SELECT CAST(total(undecoded) AS INTEGER) FROM source", 0);
    uint64_t encrypted =
        (uint64_t)sql_number(db, "SELECT CAST(total(encrypted) AS INTEGER) FROM source", 0);
    sqlite3_stmt *st = NULL;

    if (encrypted && undecoded < r->packets) {
        conclude(r, CASE_UNKNOWN,
                 "%llu of %llu frames are encrypted on the link, and no conversation "
                 "can be seen without their key",
                 N(encrypted), N(r->packets));
        return;
    }
    if (undecoded < r->packets ||
        sql_prepare(db,
                    "SELECT linktype, link FROM interface ORDER BY source, interface_no LIMIT 1",
                    &st, NULL) ||
        sql_step(st, NULL) != 1)
        conclude(r, CASE_UNKNOWN, "nothing but frames without a conversation");
    else
        conclude(r, CASE_UNKNOWN, "no frame could be decoded: link type %s (%s) is not supported",
                 sql_text(st, 0), *sql_text(st, 1) ? sql_text(st, 1) : "nameless");
    sqlite3_finalize(st);
}

static void judge_flows(sqlite3 *db, struct case_result *r, uint64_t both_ways, uint64_t captures)
{
    if (r->packets == 0)
        conclude(r, CASE_UNKNOWN, "%s",
                 captures ? "no frames" : "no capture that could be read, so no frames");
    else if (r->flows == 0)
        judge_frames(db, r);
    else if (r->set_up == 0 && both_ways == 0)
        conclude(r, CASE_UNKNOWN, "one direction only: no conversation shows both ends");
    else if (r->set_up == 0)
        conclude(r, CASE_UNKNOWN, "no conversation completed its set-up or carried data both ways");
    else if (r->outstanding)
        conclude(r, CASE_UNKNOWN, "%llu conversation%s ended with something unanswered",
                 N(r->outstanding), s_of(r->outstanding));
    else if (r->evicted)
        conclude(r, CASE_UNKNOWN,
                 "%llu conversation%s could not be followed to the end: too many at once",
                 N(r->evicted), s_of(r->evicted));
    else if (sql_number(db, "SELECT count(*) FROM pair_unrelated", 0) > 0)
        conclude(r, CASE_UNKNOWN,
                 "too many conversations to find all of them in the other captures");
    else if (r->failed_rules)
        conclude(r, CASE_UNKNOWN, "%llu rule%s could not be run", N(r->failed_rules),
                 s_of(r->failed_rules));
    else if (r->no_clock)
        conclude(r, CASE_UNKNOWN,
                 "the clock of %llu capture%s went back or stood still, so that what waited, and "
                 "for how long, cannot be known",
                 N(r->no_clock), s_of(r->no_clock));
    else if (r->ppp_unfollowed)
        conclude(r, CASE_UNKNOWN, "PPP inside L2TP or PPTP is not followed (%llu frame%s)",
                 N(r->ppp_unfollowed), s_of(r->ppp_unfollowed));
    else
        conclude(r, CASE_HEALTHY, "%llu conversation%s set up, nothing left unanswered",
                 N(r->set_up), s_of(r->set_up));
}

static int read_counts(sqlite3 *db, struct case_result *r, uint64_t *undecided, uint64_t *both_ways,
                       uint64_t *captures, struct err *err)
{
    uint64_t *verdicts[] = { &r->verdicts, &r->worst, undecided };
    uint64_t *sources[] = { &r->sources, &r->unread, &r->packets, captures, &r->evicted };
    uint64_t *flows[] = { &r->flows, &r->set_up, &r->outstanding, both_ways };
    uint64_t *rules[] = { &r->failed_rules }, *clocks[] = { &r->no_clock };
    uint64_t *ppp[] = { &r->ppp_unfollowed };
    int rc = count(db,
                   "SELECT count(*), total(severity IN ('critical', 'warning') AND "
                   "state <> 'unknown'), total(severity IN ('critical', 'warning') AND "
                   "state = 'unknown') FROM verdict",
                   verdicts, 3, err);

    if (rc == ERR_OK)
        rc = count(db,
                   "SELECT count(*), total(status IN ('unreadable', 'partial')), "
                   "total(packets), total(kind = 'capture' AND status IN ('complete', 'partial')), "
                   "total(evicted) FROM source",
                   sources, 5, err);
    if (rc == ERR_OK)
        rc = count(
            db,
            sql_number(db, "SELECT count(*) FROM source WHERE packets > 0 AND lives IS NULL", 0)
                ? "SELECT count(*), total(set_up), total(outstanding), "
                  "total(a_frames > 0 AND b_frames > 0) FROM flow" /* an older case */
                : "SELECT total(lives), total(lives_set_up), total(lives_waiting), "
                  "total(lives_both_ways) FROM source",
            flows, 4, err);
    if (rc == ERR_OK)
        rc = count(db, "SELECT count(*) FROM rule_error", rules, 1, err);
    if (rc == ERR_OK)
        rc = count(db,
                   sql_has_column(db, "source", "clock_back")
                       ? "SELECT total(clock_back IS NOT NULL OR (first_ns = last_ns AND "
                         "lives_both_ways)) "
                         "FROM source WHERE kind = 'capture'"
                       : "SELECT 0", /* an older case */
                   clocks, 1, err);
    if (rc == ERR_OK && sql_has_column(db, "source", "ppp_unfollowed")) /* not an older case */
        rc = count(db, "SELECT total(ppp_unfollowed) FROM source", ppp, 1, err);
    return rc;
}

int verdict_result(struct store *s, struct case_result *out, struct err *err)
{
    sqlite3 *db = store_db(s);
    uint64_t undecided = 0, both_ways = 0, captures = 0;
    char title[200];
    int rc;

    *out = (struct case_result){ 0 };
    rc = read_counts(db, out, &undecided, &both_ways, &captures, err);
    if (rc)
        return rc;
    out->first_ns = sql_number(db, "SELECT min(first_ns) FROM source", 0);
    out->last_ns = sql_number(db, "SELECT max(last_ns) FROM source", 0);
    out->has_time = sql_number(db, "SELECT count(first_ns) FROM source", 0) > 0;
    if (out->worst) {
        rc = first_title(db, "'confirmed', 'likely'", title, sizeof(title), err);
        conclude(out, CASE_FAULT, "%s", title);
    } else if (undecided) {
        rc = first_title(db, "'unknown'", title, sizeof(title), err);
        conclude(out, CASE_UNKNOWN, "undecided: %s", title);
    } else {
        judge_flows(db, out, both_ways, captures);
    }
    return rc;
}

const char *case_outcome_name(enum case_outcome o)
{
    static const char *const names[] = { "fault", "healthy", "unknown" };

    return names[o];
}
