#include "config.h"

#include "verdict/engine.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/sql.h"
#include "store/store.h"
#include "verdict/draft.h"
#include "verdict/verdict.h"

#define STEPS_A_CALL 1000                 /* of the progress handler */
#define HEAP_MAX     (INT64_C(256) << 20) /* that rules may take on top of what is taken */

struct engine {
    sqlite3 *db;
    sqlite3_stmt *said;
    bool trusted; /* it is us who prepare */
    bool spent;   /* the budget is used up */
    uint64_t steps, steps_max;
    int64_t old_heap_limit;
};

/* Functions that look at their arguments only: no side effect, no clock, no chance. */
static const char *const functions[] = {
    "->",
    "->>",
    "abs",
    "acos",
    "asin",
    "atan",
    "atan2",
    "avg",
    "ceil",
    "ceiling",
    "char",
    "coalesce",
    "cos",
    "count",
    "cume_dist",
    "degrees",
    "dense_rank",
    "endpoint",
    "exp",
    "first_value",
    "floor",
    "format",
    "glob",
    "group_concat",
    "hex",
    "ifnull",
    "iif",
    "instr",
    "json",
    "json_array",
    "json_array_length",
    "json_extract",
    "json_group_array",
    "json_group_object",
    "json_object",
    "json_quote",
    "json_type",
    "json_valid",
    "lag",
    "last_value",
    "lead",
    "length",
    "like",
    "likelihood",
    "likely",
    "ln",
    "log",
    "log10",
    "log2",
    "lower",
    "ltrim",
    "max",
    "min",
    "mod",
    "nth_value",
    "ntile",
    "nullif",
    "percent_rank",
    "pi",
    "pow",
    "power",
    "printf",
    "quote",
    "radians",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtrim",
    "seconds",
    "sign",
    "sin",
    "sqrt",
    "substr",
    "substring",
    "sum",
    "tan",
    "time_text",
    "total",
    "trim",
    "trunc",
    "typeof",
    "unhex",
    "unicode",
    "unlikely",
    "upper",
    "zeroblob",
};

static bool is_allowed_function(const char *name)
{
    size_t i;

    for (i = 0; name && i < sizeof(functions) / sizeof(functions[0]); i++)
        if (sqlite3_stricmp(functions[i], name) == 0)
            return true;
    return false;
}

/* `run` differs between runs of the same input, so no rule may look at it. */
static int authorize(void *user, int action, const char *a, const char *b, const char *database,
                     const char *trigger)
{
    const bool *trusted = user;

    (void)database, (void)trigger;
    if (trusted && *trusted)
        return SQLITE_OK;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_READ:
        return trusted && a && sqlite3_stricmp(a, "run") == 0 ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_FUNCTION:
        return is_allowed_function(b) ? SQLITE_OK : SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

static int count_steps(void *user)
{
    struct engine *e = user;

    e->steps += STEPS_A_CALL;
    e->spent = e->steps > e->steps_max;
    return e->spent;
}

static void set_limits(sqlite3 *db)
{
    static const struct {
        int what, value;
    } limits[] = {
        { SQLITE_LIMIT_LENGTH, 1000000 },     { SQLITE_LIMIT_SQL_LENGTH, 100000 },
        { SQLITE_LIMIT_EXPR_DEPTH, 200 },     { SQLITE_LIMIT_COMPOUND_SELECT, 50 },
        { SQLITE_LIMIT_VDBE_OP, 200000 },     { SQLITE_LIMIT_FUNCTION_ARG, 100 },
        { SQLITE_LIMIT_ATTACHED, 0 },         { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200 },
        { SQLITE_LIMIT_VARIABLE_NUMBER, 50 }, { SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
        { SQLITE_LIMIT_WORKER_THREADS, 0 },
    };
    size_t i;

    for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        sqlite3_limit(db, limits[i].what, limits[i].value);
}

/* Under an authorizer the first use of a virtual table fails: use each once before. */
static int touch_tables(sqlite3 *db, struct err *err)
{
    static const char *const uses[] = { "SELECT 1 FROM packet", "SELECT 1 FROM json_each('[]')",
                                        "SELECT 1 FROM json_tree('[]')" };
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc = ERR_OK;

    for (i = 0; i < sizeof(uses) / sizeof(uses[0]) && rc == ERR_OK; i++) {
        rc = sql_prepare(db, uses[i], &st, err);
        sqlite3_finalize(st);
    }
    return rc;
}

static void harden(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_busy_timeout(db, 10000);
}

int engine_protect(struct sqlite3 *db, struct err *err)
{
    int rc = touch_tables(db, err);

    harden(db);
    sqlite3_set_authorizer(db, authorize, NULL);
    return rc;
}

static int prepare_connection(struct engine *e, struct err *err)
{
    int rc;

    harden(e->db);
    rc = sql_exec(e->db,
                  "PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON; PRAGMA cache_size=-16384; "
                  "CREATE TEMP TABLE said(rule TEXT, verdict_key TEXT, state TEXT, severity TEXT, "
                  "subject TEXT, source INTEGER, frame INTEGER, line INTEGER); "
                  "CREATE INDEX temp.said_rule ON said(rule, verdict_key); "
                  "CREATE INDEX temp.said_subject ON said(rule, subject, source); "
                  "CREATE INDEX temp.said_line ON said(rule, source, line)",
                  err);
    if (rc == ERR_OK)
        rc = store_extend(e->db, err);
    if (rc == ERR_OK)
        rc = touch_tables(e->db, err);
    if (rc == ERR_OK)
        rc = sql_prepare(e->db, "INSERT INTO temp.said VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                         &e->said, err);
    set_limits(e->db);
    sqlite3_set_authorizer(e->db, authorize, &e->trusted);
    sqlite3_progress_handler(e->db, STEPS_A_CALL, count_steps, e);
    return rc;
}

int engine_open(const char *path, uint64_t steps, struct engine **out, struct err *err)
{
    struct engine *e = xcalloc(1, sizeof(*e));
    int rc;

    *out = NULL;
    e->steps_max = steps;
    e->old_heap_limit = sqlite3_hard_heap_limit64(sqlite3_memory_used() + HEAP_MAX);
    if (sqlite3_open_v2(path, &e->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL))
        rc = err_set(err, ERR_IO, "%s: cannot open: %s", path, sqlite3_errmsg(e->db));
    else
        rc = prepare_connection(e, err);
    if (rc) {
        engine_close(e);
        return rc;
    }
    *out = e;
    return ERR_OK;
}

void engine_close(struct engine *e)
{
    if (!e)
        return;
    sqlite3_finalize(e->said);
    sqlite3_close_v2(e->db);
    sqlite3_hard_heap_limit64(e->old_heap_limit);
    free(e);
}

int engine_prepare(struct engine *e, const char *sql, struct sqlite3_stmt **out, struct err *err)
{
    sqlite3_stmt *more = NULL;
    const char *tail = sql;
    int rc = ERR_OK;

    *out = NULL;
    e->steps = 0;
    e->spent = false;
    if (sqlite3_prepare_v2(e->db, sql, -1, out, &tail) != SQLITE_OK)
        return sql_error(e->db, err);
    if (!*out)
        return err_set(err, ERR_USAGE, "no statement");
    if (!sqlite3_stmt_readonly(*out) || sqlite3_stmt_isexplain(*out) ||
        sqlite3_column_count(*out) == 0)
        rc = err_set(err, ERR_USAGE, "not a SELECT");
    else if (sqlite3_prepare_v2(e->db, tail, -1, &more, NULL) != SQLITE_OK || more)
        rc = err_set(err, ERR_USAGE, "more than one statement");
    sqlite3_finalize(more);
    if (rc) {
        sqlite3_finalize(*out);
        *out = NULL;
    }
    return rc;
}

void engine_explain(const struct engine *e, struct err *err)
{
    if (e->spent)
        err_set(err, ERR_LIMIT, "over its budget of %llu steps", (unsigned long long)e->steps_max);
}

int engine_said(struct engine *e, const struct draft *d, struct err *err)
{
    size_t i;
    int rc = ERR_OK;

    e->trusted = true; /* the statement may be compiled anew */
    e->steps = 0;
    for (i = 0; i < d->n_evidence && rc == ERR_OK; i++) {
        const struct draft_evidence *v = &d->evidence[i];

        sql_bind_text(e->said, 1, d->rule->id);
        sql_bind_text(e->said, 2, d->key);
        sql_bind_text(e->said, 3, verdict_state_names[d->state]);
        sql_bind_text(e->said, 4, verdict_severity_names[d->severity]);
        sql_bind_text(e->said, 5, d->subject);
        sqlite3_bind_int64(e->said, 6, v->source);
        sql_bind_int_if(e->said, 7, v->frame != 0, v->frame);
        sql_bind_int_if(e->said, 8, v->line != 0, v->line);
        rc = sql_run(e->said, err);
    }
    e->trusted = false;
    return rc;
}
