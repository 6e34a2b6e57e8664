/* engine: what the SQL of a stranger may not do. */
#include "config.h"

#include "support/case.h"
#include "verdict/engine.h"

static struct engine *engine;

/* Runs a statement to its end; "" when it went well. */
static const char *run(const char *sql)
{
    static struct err err;
    sqlite3_stmt *st = NULL;
    int rc;

    err = (struct err){ 0 };
    rc = engine_prepare(engine, sql, &st, &err);
    if (rc == 0) {
        while ((rc = sql_step(st, &err)) == 1)
            continue;
        if (rc)
            engine_explain(engine, &err);
    }
    sqlite3_finalize(st);
    return err.msg;
}

static void is_refused(const char *sql, const char *why)
{
    const char *got = run(sql);

    ok(strstr(got, why) != NULL, "%s", sql);
    if (!strstr(got, why))
        printf("#   got `%s`, wanted `%s`\n", got, why);
}

static void test_allowed(void)
{
    is_str(run("SELECT * FROM packet WHERE source = 1"), "", "packets");
    is_str(run("SELECT value, seconds(1), time_text(1) FROM json_each('[1,2]')"), "", "functions");
    is_str(run("WITH a AS (SELECT id, row_number() OVER (ORDER BY id) FROM flow) SELECT * FROM a"),
           "", "windows");
    is_str(run("SELECT rule FROM said -- a comment\n;  -- and another\n"), "", "said, comments");
    is_str(run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) "
               "SELECT group_concat(i) FROM n"),
           "", "a recursive one that ends");
}

int main(void)
{
    char path[128], sql[256];
    struct store *s = case_open(case_path("engine.case", path), STORE_WRITE);
    struct err err = { 0 };

    case_fill(s);
    is_int(engine_open(path, 5000000, &engine, &err), 0, "opens");
    test_allowed();
    snprintf(sql, sizeof(sql), "ATTACH '%s/x.db' AS x", case_folder);
    is_refused(sql, "not authorized");
    snprintf(sql, sizeof(sql), "VACUUM INTO '%s/x.db'", case_folder);
    is_refused(sql, "not a SELECT");
    snprintf(sql, sizeof(sql), "%s/x.db", case_folder);
    ok(access(sql, F_OK) != 0, "no file was made");
    is_refused("PRAGMA user_version = 7", "not authorized");
    is_refused("SELECT * FROM pragma_table_info('flow')", "not authorized");
    is_refused("INSERT INTO said VALUES(1, 2, 3, 4, 5, 6, 7, 8)", "not authorized");
    is_refused("UPDATE source SET name = ''", "not authorized");
    is_refused("DELETE FROM temp.said", "not authorized");
    is_refused("CREATE TEMP TABLE t(x)", "not authorized");
    is_refused("DROP TABLE flow", "not authorized");
    is_refused("BEGIN", "not authorized");
    is_refused("SELECT load_extension('x')", "not authorized");
    is_refused("SELECT random()", "not authorized");
    is_refused("SELECT datetime('now')", "not authorized");
    is_refused("SELECT current_timestamp", "not authorized");
    is_refused("SELECT * FROM run", "prohibited");
    is_refused("EXPLAIN SELECT 1", "not a");
    is_refused("SELECT 1; SELECT 2", "more than one");
    is_refused("SELECT 1; ATTACH 'x' AS y", "more than one");
    is_refused("-- nothing", "no statement");
    is_refused("SELECT zeroblob(900000000)", "too big");
    is_refused(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
        "over its budget");
    is_refused("SELECT \"no such column\"", "no such column");
    is_str(run("SELECT 1"), "", "and the next one runs");
    engine_close(engine);
    is_int(engine_open("/nonexistent/case", 1, &engine, &err), ERR_IO, "no such case");
    store_close(s);
    case_end();
    return tap_done();
}
