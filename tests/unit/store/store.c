/* store: opening, refusing, keeping and removing a case. */
#include "config.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "dissectors/hello_facts.h"
#include "store/inside.h"
#include "support/case.h"

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    if (f) {
        fputs(text, f);
        fclose(f);
    }
}

static int try_open(const char *path, enum store_mode mode, struct err *err)
{
    struct store *s = NULL;
    int rc = store_open(path, mode, case_kinds, &s, err);

    store_close(s);
    return rc;
}

static void test_create(void)
{
    char path[128];
    struct err err = { 0 };
    struct store *s;
    struct stat st;

    is_int(try_open(case_path("none", path), STORE_READ, &err), ERR_IO,
           "reading what is not there");
    ok(stat(path, &st) != 0, "does not create it");
    s = case_open(case_path("a.case", path), STORE_WRITE);
    is_str(store_path(s), path, "knows its path");
    is_int(sql_number(store_db(s), "PRAGMA application_id", 0), STORE_APPLICATION_ID, "identity");
    is_int(
        sql_number(store_db(s), "SELECT count(*) FROM sqlite_schema WHERE name = 'test_event'", 0),
        1, "tables of kinds");
    case_fill(s);
    store_close(s);
    ok(store_open(path, STORE_READ, NULL, &s, &err) == 0, "reads without kinds");
    is_int(sql_number(store_db(s), "SELECT count(*) FROM packet", 0), 40, "packets are there");
    is_int(sql_exec(store_db(s), "DELETE FROM source", NULL), ERR_SQL, "a reader cannot write");
    store_close(s);
    s = case_open(path, STORE_WRITE);
    is_int(sql_number(store_db(s), "SELECT count(*) FROM run WHERE ended_ns > 0", 0), 1,
           "the first run ended");
    is_int(sql_number(store_db(s), "SELECT count(*) FROM run", 0), 2, "and there is a second");
    store_close(s);
}

static void test_refuse(void)
{
    char path[128];
    struct err err = { 0 };
    struct store *s;
    struct stat st;
    sqlite3 *db;

    write_file(case_path("text", path), "this is not a database, and is longer than its header is: "
                                        "one hundred bytes or more of words that say nothing.\n");
    is_int(try_open(path, STORE_WRITE, &err), ERR_FORMAT, "a text file is refused");
    ok(stat(path, &st) == 0 && st.st_size == 111, "and not touched (%d)", (int)st.st_size);
    sqlite3_open(case_path("other.db", path), &db);
    sql_exec(db, "CREATE TABLE t(x)", NULL);
    sqlite3_close(db);
    is_int(try_open(path, STORE_WRITE, &err), ERR_FORMAT, "somebody else's database is refused");
    is_int(try_open(path, STORE_READ, &err), ERR_FORMAT, "also for reading");
    s = case_open(case_path("new.case", path), STORE_WRITE);
    store_close(s);
    sqlite3_open(path, &db);
    sql_exec(db, "PRAGMA user_version = 99", NULL);
    sqlite3_close(db);
    is_int(try_open(path, STORE_WRITE, &err), ERR_FORMAT, "a newer version is refused");
    ok(strstr(err.msg, "99") != NULL, "and named: %s", err.msg);
    write_file(case_path("empty", path), "");
    is_int(try_open(path, STORE_WRITE, &err), ERR_OK, "an empty file becomes a case");
}

static void test_old_columns(void)
{
    char path[128];
    struct store *s;
    sqlite3 *db;
    int i;

    s = case_open(case_path("old.case", path), STORE_WRITE);
    case_fill(s);
    store_close(s);
    sqlite3_open(path, &db);
    sql_exec(db, "ALTER TABLE test_event DROP COLUMN share", NULL);
    sqlite3_close(db);
    s = case_open(path, STORE_WRITE);
    is_int(
        sql_number(store_db(s), "SELECT count(name) = 4 AND count(share) = 0 FROM test_event", 0),
        1, "columns that a kind has gained are added");
    store_close(s);

    /* What is not written any more was written: the table is made anew. */
    sqlite3_open(path, &db);
    sql_exec(db, "ALTER TABLE test_event DROP COLUMN again", NULL);
    sql_exec(db, "ALTER TABLE test_event ADD COLUMN again INTEGER", NULL);
    sql_exec(db, "ALTER TABLE test_event ADD COLUMN lost INTEGER NOT NULL DEFAULT 7", NULL);
    sql_exec(db, "UPDATE test_event SET again = -1", NULL);
    sqlite3_close(db);
    for (i = 0; i < 2; i++) {
        s = case_open(path, STORE_WRITE);
        is_int(sql_number(store_db(s), "SELECT sum(again = frame) FROM test_event", 0), 4,
               i ? "  once" : "what other columns say is not kept");
        store_close(s);
    }
    sqlite3_open(path, &db);
    is_int(sql_number(db, "SELECT count(name) FROM test_event", 0), 4, "  the rows are");
    is_int(sql_number(db,
                      "SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'test_event' AND name "
                      "LIKE 'test\\_event\\_%' ESCAPE '\\'",
                      0),
           2, "  with their indexes, and nothing else");
    sqlite3_close(db);
}

static int64_t is_wal(struct store *s)
{
    return sql_number(store_db(s), "SELECT journal_mode = 'wal' FROM pragma_journal_mode", -1);
}

/* The large first source of a new case has it for itself, unless somebody reads. */
static void test_large(void)
{
    const char *paths[] = { "a", "b" };
    const uint32_t bundles[] = { 1, 1 };
    char path[128];
    struct store *s = case_open(case_path("journal.case", path), STORE_WRITE), *reader;
    uint32_t ids[2];
    struct err err = { 0 };
    sqlite3 *db;

    store_register(s, paths, bundles, 2, ids, NULL);
    store_expect(s, UINT64_MAX);
    is_int(is_wal(s), 0, "large: each page is written once");
    store_begin(s, ids[0], NULL);
    sqlite3_open(path, &db);
    is_int(sqlite3_exec(db, "SELECT count(*) FROM source", NULL, NULL, NULL), SQLITE_BUSY,
           "  and nobody reads meanwhile");
    sqlite3_close(db);
    store_rollback(s);
    is_int(is_wal(s), 1, "  until it is given up");
    store_expect(s, UINT64_MAX);
    is_int(is_wal(s), 0, "  begun again");
    case_capture(s, ids[0], 1, 5, true, false);
    is_int(is_wal(s), 1, "  until it is there");
    store_expect(s, UINT64_MAX);
    is_int(is_wal(s), 1, "a second one lets others read");
    case_capture(s, ids[1], 2, 5, true, false);
    store_close(s);

    s = case_open(case_path("read.case", path), STORE_WRITE);
    reader = case_open(path, STORE_READ);
    is_int(sql_number(store_db(reader), "SELECT count(*) FROM test_event", -1), 0,
           "somebody reads");
    store_expect(s, UINT64_MAX);
    is_int(is_wal(s), 1, "  then it stays as it is");
    case_fill(s);
    store_close(reader);
    store_close(s);
    is_int(try_open(path, STORE_READ, &err), ERR_OK, "  and is whole");
}

/* An older case has the whole random, and its tail. */
static void test_old_random(void)
{
    static const struct fact_kind *const kinds[] = { &client_hello_fact, NULL };
    char path[128];
    struct store *s;
    struct err err = { 0 };
    sqlite3 *db;

    case_path("random.case", path);
    if (store_open(path, STORE_WRITE, kinds, &s, &err))
        abort();
    store_close(s);
    sqlite3_open(path, &db);
    sql_exec(
        db,
        "DROP TABLE tls_client_hello;"
        "CREATE TABLE tls_client_hello(source INTEGER NOT NULL, id INTEGER NOT NULL, flow INTEGER,"
        " frame INTEGER, time_ns INTEGER, hello_frame INTEGER, random BLOB, random_tail BLOB,"
        " PRIMARY KEY(source, id)) STRICT, WITHOUT ROWID;"
        "INSERT INTO tls_client_hello VALUES(1, 1, 1, 5, 0, 5, x'0001020304050607', x'04050607');"
        "CREATE VIEW stranger AS SELECT nothing FROM source;",
        NULL);
    sqlite3_close(db);
    if (store_open(path, STORE_WRITE, kinds, &s, &err)) {
        ok(false, "%s", err.msg);
        return;
    }
    is_int(sql_number(store_db(s),
                      "SELECT random = x'0001020304050607' AND random_tail = x'04050607'"
                      " AND hello_frame = 5 FROM tls_client_hello",
                      -1),
           1, "a random that was written whole is whole");
    store_close(s);
}

static void test_temporary(void)
{
    struct store *s = case_open(NULL, STORE_TEMPORARY), *other;
    char path[256];
    struct stat st;
    pid_t pid;
    int status;

    snprintf(path, sizeof(path), "%s", store_path(s));
    ok(stat(path, &st) == 0, "a temporary case has a path");
    case_fill(s);
    other = case_open(NULL, STORE_TEMPORARY);
    ok(stat(path, &st) == 0, "a second one leaves it alone");
    store_close(other);
    store_close(s);
    ok(stat(path, &st) != 0, "it goes when closed");
    snprintf(path, sizeof(path), "%s/path", case_folder);
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        s = case_open(NULL, STORE_TEMPORARY);
        write_file(path, store_path(s));
        if (strcmp(getenv("HOW"), "kill") == 0)
            _exit(0);
        exit(0);
    }
    waitpid(pid, &status, 0);
}

static bool left_behind(void)
{
    char path[256], line[256] = "";
    struct stat st;
    FILE *f;

    snprintf(path, sizeof(path), "%s/path", case_folder);
    f = fopen(path, "r");
    if (f && !fgets(line, sizeof(line), f))
        line[0] = '\0';
    if (f)
        fclose(f);
    return line[0] && stat(line, &st) == 0;
}

static int64_t n_indexes(struct store *s)
{
    return sql_number(store_db(s),
                      "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = "
                      "'test_event'",
                      -1);
}

/* A run that adds a large source: its indexes are dropped, and the first fact of the run, which
 * comes behind the flows, makes that of its kind again.  `over`: they are built beside that. */
static void late_index(const char *path, const char *name, int64_t n, bool over)
{
    struct store *s = case_open(path, STORE_WRITE);
    const uint32_t bundle = 2;
    struct source src = { .path = name, .kind = SOURCE_CAPTURE, .status = SOURCE_COMPLETE };
    struct store_flow flow = { .proto = "tcp", .a = "10.0.0.1", .b = "10.0.0.2", .life = 1 };
    struct err err = { 0 };

    sql_exec(store_db(s),
             "CREATE TABLE IF NOT EXISTS kept(x); CREATE INDEX \"a\"\"; DROP TABLE kept; --\" ON kept(x)", NULL);
    store_register(s, &name, &bundle, 1, &src.id, NULL);
    store_begin(s, src.id, NULL);
    for (flow.id = 1; flow.id < 60000; flow.id++)
        store_put_flow(s, &flow);
    if (over) {
        store_flows_over(s);
        rows_settle(s);
        ok(s->n_flows && !s->late, "indexes are built before the source ends");
    }
    case_event_put(s, 1, "late", 1);
    ok(store_commit(s, &src, &err) == ERR_OK, "a large source is added%s: %s",
       over ? ", its indexes beside the rest" : "", err.msg);
    is_int(n_indexes(s), n, "  and the indexes are there");
    is_int(sql_number(store_db(s), "SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'kept'", 0),
           2, "  a stranger's, whose name is SQL, too");
    store_close(s);
}

/* A table without rows has no indexes yet. */
static void test_indexes(void)
{
    const char *paths[] = { "a", "b" };
    const uint32_t bundles[] = { 1, 1 };
    char path[128];
    struct store *s = case_open(case_path("indexes.case", path), STORE_WRITE);
    uint32_t ids[2];
    int64_t n;

    is_int(n_indexes(s), 0, "no fact, no index");
    store_register(s, paths, bundles, 2, ids, NULL);
    store_begin(s, ids[0], NULL);
    case_event_put(s, 1, "syn", 7);
    store_rollback(s);
    is_int(n_indexes(s), 0, "nor one of a source that was given up");
    case_capture(s, ids[0], 1, 5, true, false);
    n = n_indexes(s);
    ok(n > 0, "a fact, and they are there");
    case_capture(s, ids[1], 2, 5, true, false);
    is_int(n_indexes(s), n, "once");
    is_int(sql_number(store_db(s), "SELECT count(*) FROM test_event WHERE source = 2 AND flow = 1",
                      -1),
           2, "facts of the second source are found by their flow");
    store_close(s);
    late_index(path, "c", n, false);
    late_index(path, "d", n, true);
}

/* The first text of all, and it is empty. */
static void test_empty_text(void)
{
    struct source src = {
        .id = 1, .path = "a", .kind = SOURCE_CAPTURE, .status = SOURCE_COMPLETE, .format = "pcap"
    };
    const char *paths[] = { "a" };
    const uint32_t bundle = 1;
    struct store *s = case_open(NULL, STORE_TEMPORARY);
    uint32_t id;

    store_register(s, paths, &bundle, 1, &id, NULL);
    store_begin(s, 1, NULL);
    case_event_put(s, 1, "", 7);
    is_int(store_commit(s, &src, NULL), 0, "an empty text");
    is_int(
        sql_number(store_db(s), "SELECT name = '' AND typeof(name) = 'text' FROM test_event", -1),
        1, "  is none the less a text");
    store_close(s);
}

static int64_t page_size(const char *name, uint64_t expected)
{
    char path[128];
    struct store *s = NULL;
    int64_t n;

    store_open_for(case_path(name, path), STORE_WRITE, case_kinds, expected, &s, NULL);
    case_fill(s);
    n = sql_number(store_db(s), "PRAGMA page_size", -1);
    store_close(s);
    return n;
}

static void test_pages(void)
{
    is_int(page_size("tiny.case", 5000), 2048, "small pages for a small capture");
    is_int(page_size("some.case", 5 << 20), 4096, "larger ones");
    is_int(page_size("large.case", 500 << 20), 16384, "for larger ones");
    is_int(page_size("tiny.case", 500 << 20), 2048, "a case that is there stays as it is");
}

int main(void)
{
    char path[128];

    case_path("", path);
    setenv("TMPDIR", case_folder, 1);
    test_create();
    test_refuse();
    test_old_columns();
    test_large();
    test_old_random();
    test_indexes();
    test_pages();
    test_empty_text();
    setenv("HOW", "exit", 1);
    test_temporary();
    ok(!left_behind(), "exit() without closing removes it");
    setenv("HOW", "kill", 1);
    test_temporary();
    ok(left_behind(), "a killed process leaves it");
    store_close(case_open(NULL, STORE_TEMPORARY));
    ok(!left_behind(), "the next one sweeps it up");
    case_end();
    return tap_done();
}
