/* verdict: runs all rules and writes what they say. */
#include "config.h"

#include "verdict/verdict.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/vec.h"
#include "store/sql.h"
#include "store/store.h"
#include "verdict/draft.h"
#include "verdict/engine.h"

struct failure {
    const struct rule *rule;
    struct err err;
};

struct run {
    struct engine *engine;
    sqlite3 *db;
    struct draft_list list;
    struct failure *failed;
    size_t n_failed, cap_failed;
};

/*
 * Could the rule say anything?  To compile one takes a millisecond or more, and most cases have facts
 * for a few of them only.  A table that is not there is left to the rule's SQL to complain about.
 */
static bool has_facts(const struct run *run, const struct rule *rule)
{
    const char *const *table;
    bool any = false;

    for (table = rule->facts; *table && !any; table++) {
        char *sql = sqlite3_mprintf("SELECT EXISTS (SELECT 1 FROM \"%w\")", *table);

        any = sql_number(run->db, sql, 1) != 0;
        sqlite3_free(sql);
    }
    return any || !*rule->facts;
}

/*
 * All of a rule's rows, or none: half a rule is no finding.  Only where there are too many, the
 * first ones are kept: *more, and err says so.
 */
static int run_rule(struct run *run, const struct rule *rule, bool *more, struct err *err)
{
    struct draft_columns columns = { 0 };
    sqlite3_stmt *st = NULL;
    size_t first = run->list.n, i;
    int rc = engine_prepare(run->engine, rule->sql, &st, err);

    if (rc == ERR_OK)
        rc = draft_columns_of(rule, st, &columns, err);
    if (rc == ERR_OK) {
        rc = draft_collect(rule, st, &columns, &run->list, more, err);
        if (rc)
            engine_explain(run->engine, err);
    }
    sqlite3_finalize(st);
    if (rc == ERR_OK)
        rc = draft_finish(run->db, &columns, &run->list, first, err);
    for (i = first; i < run->list.n && rc == ERR_OK; i++)
        rc = engine_said(run->engine, &run->list.all[i], err);
    if (rc)
        draft_list_cut(&run->list, first);
    draft_columns_free(&columns);
    return rc;
}

/* Drops the verdicts of one rule. */
static void drop_rule(struct draft_list *l, const struct rule *rule)
{
    struct draft_list kept = { 0 };
    size_t i;

    for (i = 0; i < l->n; i++) {
        l->all[i].n_causes = 0; /* indexes that move */
        if (l->all[i].rule != rule)
            VEC_PUSH(kept.all, kept.n, kept.cap, l->all[i]);
        else
            draft_release(&l->all[i]);
    }
    free(l->all);
    *l = kept;
}

/* A rule whose caused_by names nothing loses its verdicts, which may leave others dangling. */
static void link_all(struct run *run)
{
    struct failure f = { 0 };
    size_t bad;

    while (draft_link(&run->list, &bad, &f.err)) {
        f.rule = run->list.all[bad].rule;
        VEC_PUSH(run->failed, run->n_failed, run->cap_failed, f);
        drop_rule(&run->list, f.rule);
    }
}

static int write_failures(struct run *run, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc = sql_exec(run->db, "DELETE FROM rule_error", err);

    if (rc == ERR_OK)
        rc = sql_prepare(run->db, "INSERT INTO rule_error VALUES(?1, ?2, ?3)", &st, err);
    for (i = 0; i < run->n_failed && rc == ERR_OK; i++) {
        sql_bind_text(st, 1, run->failed[i].rule->id);
        sql_bind_text(st, 2, run->failed[i].rule->origin);
        sql_bind_text(st, 3, run->failed[i].err.msg);
        rc = sql_run(st, err);
    }
    sqlite3_finalize(st);
    return rc;
}

static int write_all(struct run *run, struct err *err)
{
    int rc = sql_exec(run->db, "BEGIN IMMEDIATE", err);

    if (rc)
        return rc;
    rc = draft_write(run->db, &run->list, err);
    if (rc == ERR_OK)
        rc = write_failures(run, err);
    if (rc == ERR_OK)
        rc = sql_exec(run->db, "COMMIT", err);
    if (rc)
        sql_exec(run->db, "ROLLBACK", NULL);
    return rc;
}

int verdict_run(struct store *s, const struct rules *r, size_t *n_failed, struct err *err)
{
    struct run run = { .db = store_db(s) };
    size_t i;
    int rc = engine_open(store_path(s), VERDICT_STEPS_MAX, &run.engine, err);

    *n_failed = 0;
    for (i = 0; i < rules_count(r) && rc == ERR_OK; i++) {
        struct failure f = { .rule = rules_at(r, i) };
        bool more = false;

        if (has_facts(&run, f.rule) && (run_rule(&run, f.rule, &more, &f.err) || more))
            VEC_PUSH(run.failed, run.n_failed, run.cap_failed, f);
    }
    engine_close(run.engine);
    link_all(&run);
    if (rc == ERR_OK)
        rc = write_all(&run, err);
    *n_failed = run.n_failed;
    draft_list_free(&run.list);
    free(run.failed);
    return rc;
}
