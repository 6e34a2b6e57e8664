/* store: opens, creates and closes the case. */
#include "config.h"

#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/times.h"
#include "store/inside.h"
#include "store/packet_chunk.h"
#include "store/schema.h"
#include "store/sql.h"
#include "store/temporary.h"

#define BUSY_MS      10000
#define LARGE_SOURCE (32u << 20) /* bytes: what it writes counts for more than a commit does */

static int64_t now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* A case may come from a stranger: its schema must not act. */
static void distrust(struct sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_busy_timeout(db, BUSY_MS);
}

/* ERR_OK: a case of ours, or (*fresh) nothing yet. */
static int check_identity(struct store *s, bool *fresh, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t id, version, tables;
    int rc;

    *fresh = false;
    rc = sql_prepare(s->db, "SELECT count(*) FROM sqlite_schema", &st, err);
    if (rc == ERR_OK && sql_step(st, err) != 1)
        rc = ERR_SQL;
    tables = rc == ERR_OK ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    if (rc) {
        int why = sqlite3_errcode(s->db);

        if (why == SQLITE_BUSY)
            return err_set(err, ERR_SQL, "%s: is being written; try again when that is done",
                           s->path);
        if (why == SQLITE_NOTADB)
            return err_set(err, ERR_FORMAT, "%s: not a deadwire case", s->path);
        return err_prefix(err, "%s", s->path);
    }
    id = sql_number(s->db, "PRAGMA application_id", 0);
    version = sql_number(s->db, "PRAGMA user_version", 0);
    if (id == 0 && version == 0 && tables == 0 && s->mode != STORE_READ) {
        *fresh = true;
        return ERR_OK;
    }
    if (id != STORE_APPLICATION_ID)
        return err_set(err, ERR_FORMAT, "%s: not a deadwire case", s->path);
    if (version > STORE_USER_VERSION || version < 1)
        return err_set(err, ERR_FORMAT,
                       "%s: a case of another deadwire (version %lld, this one reads %d)", s->path,
                       (long long)version, STORE_USER_VERSION);
    return ERR_OK;
}

static int create(struct store *s, bool fresh, struct err *err)
{
    char sql[128];
    int rc;

    snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d;",
             STORE_APPLICATION_ID, STORE_USER_VERSION);
    rc = sql_exec(s->db, "BEGIN IMMEDIATE", err);
    if (rc == ERR_OK && fresh)
        rc = sql_exec(s->db, sql, err);
    if (rc == ERR_OK)
        rc = schema_create(s->db, s->kinds, err);
    if (rc == ERR_OK)
        rc = sql_exec(s->db, "COMMIT", err);
    if (rc) {
        sql_exec(s->db, "ROLLBACK", NULL);
        err_prefix(err, "%s", s->path);
    }
    return rc;
}

static int start_run(struct store *s, struct err *err)
{
    sqlite3_stmt *st = NULL;
    char folder[4096], machine[256];
    int rc = sql_prepare(s->db,
                         "INSERT INTO run VALUES((SELECT coalesce(max(id), 0) + 1 FROM run), "
                         "?1, ?2, ?3, ?4, ?5, NULL) RETURNING id",
                         &st, err);

    if (rc)
        return rc;
    if (getcwd(folder, sizeof(folder)))
        sql_bind_foreign(st, 1, folder, strlen(folder));
    if (gethostname(machine, sizeof(machine)) == 0) {
        machine[sizeof(machine) - 1] = '\0';
        sql_bind_foreign(st, 2, machine, strlen(machine));
    }
    sql_bind_text(st, 3, PACKAGE_VERSION);
    sql_bind_text(st, 4, sqlite3_libversion());
    sqlite3_bind_int64(st, 5, now_ns());
    if (sql_step(st, err) == 1) {
        s->run = sqlite3_column_int64(st, 0);
        rc = sql_run(st, err);
    } else {
        rc = ERR_SQL;
    }
    sqlite3_finalize(st);
    return rc;
}

static void end_run(struct store *s)
{
    sqlite3_stmt *st = NULL;

    if (s->run &&
        sql_prepare(s->db, "UPDATE run SET ended_ns = ?1 WHERE id = ?2", &st, NULL) == 0) {
        sqlite3_bind_int64(st, 1, now_ns());
        sqlite3_bind_int64(st, 2, s->run);
        sql_run(st, NULL);
    }
    sqlite3_finalize(st);
}

/*
 * Of a case that is new.  Each of some sixty tables takes a page even if it is empty, and cases of
 * small captures come by the hundred thousand; a large one is written faster in large pages.
 */
static const char *page_size_for(uint64_t bytes)
{
    return bytes < (1u << 20)    ? "PRAGMA page_size=2048"
           : bytes < (64u << 20) ? "PRAGMA page_size=4096"
                                 : "PRAGMA page_size=16384";
}

/*
 * Either survives a kill at any moment.  WAL commits cheaply, and others read meanwhile, but it
 * writes every page twice; where it is not to be had (network disks) it stays a full journal.
 */
static void set_journal(struct store *s, bool wal)
{
    /* Where somebody else has the case open, it stays as it is.  Nobody waits for that. */
    sqlite3_busy_timeout(s->db, 0);
    sql_exec(s->db, wal ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode=DELETE", NULL);
    s->wal =
        sql_number(s->db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", false) == true;
    sql_exec(s->db, s->wal ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL", NULL);
    sqlite3_busy_timeout(s->db, BUSY_MS);
}

/*
 * Only for the first source of a new case: until it is there, readers would find nothing, so they
 * may be kept out.  Later ones must neither wait for a large source nor make its commit fail.
 */
void store_expect(struct store *s, uint64_t bytes)
{
    s->alone = s->mode == STORE_WRITE && s->fresh && bytes >= LARGE_SOURCE;
    if (s->alone && s->wal)
        set_journal(s, false);
}

static void leave_alone(struct store *s)
{
    if (s->alone)
        set_journal(s, true);
    s->alone = false;
}

static bool begin_alone(struct store *s)
{
    int rc;

    if (!s->alone || s->wal)
        return false;
    sqlite3_busy_timeout(s->db, 0);
    rc = sql_exec(s->db, "BEGIN EXCLUSIVE", NULL);
    sqlite3_busy_timeout(s->db, BUSY_MS);
    return rc == ERR_OK;
}

int store_transaction(struct store *s, struct err *err)
{
    if (begin_alone(s))
        return ERR_OK;
    leave_alone(s); /* somebody reads */
    return sql_exec(s->db, "BEGIN IMMEDIATE", err);
}

int store_transaction_end(struct store *s, bool keep, struct err *err)
{
    int rc = sql_exec(s->db, keep ? "COMMIT" : "ROLLBACK", err);

    if (rc && keep)
        return rc; /* it is still open */
    s->fresh &= !keep;
    leave_alone(s);
    return rc;
}

static void set_pages(struct store *s)
{
    /* In this order: the cache is counted in pages of the size that is known by then. */
    if (s->expected)
        sql_exec(s->db, page_size_for(s->expected), NULL);
    sql_exec(s->db, "PRAGMA cache_size=-32768", NULL);
    if (s->mode == STORE_TEMPORARY) {
        sql_exec(s->db, "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF", NULL);
    } else {
        set_journal(s, true);
    }
}

/* A killed writer may have left a journal that a reader must not roll back: done here, once. */
static void recover(struct store *s)
{
    sqlite3 *db = NULL;

    if (sqlite3_open_v2(s->path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
        SQLITE_OK) {
        distrust(db);
        sql_number(db, "SELECT count(*) FROM sqlite_schema", 0);
    }
    sqlite3_close_v2(db);
}

static bool needs_recovery(sqlite3 *db)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, "SELECT count(*) FROM sqlite_schema", -1, &st, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    sqlite3_finalize(st);
    return (rc & 0xff) == SQLITE_READONLY || (rc & 0xff) == SQLITE_CANTOPEN;
}

static int open_file(struct store *s, struct err *err)
{
    bool fresh;
    int flags =
        s->mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int rc;

    if (sqlite3_open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return err_set(err, ERR_IO, "%s: cannot open: %s", s->path, sqlite3_errmsg(s->db));
    distrust(s->db);
    if (s->mode == STORE_READ && needs_recovery(s->db))
        recover(s);
    sql_exec(s->db, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0", NULL);
    rc = check_identity(s, &fresh, err);
    if (rc == ERR_OK && s->mode != STORE_READ && sqlite3_db_readonly(s->db, "main") == 1)
        rc = err_set(err, ERR_IO, "%s: is read-only", s->path);
    if (rc == ERR_OK && s->mode != STORE_READ) {
        s->fresh = fresh;
        set_pages(s);
        rc = create(s, fresh, err);
        if (rc == ERR_OK)
            rc = start_run(s, err);
    }
    if (rc == ERR_OK)
        rc = store_extend(s->db, err);
    return rc;
}

/* ":memory:" and "file:" mean something to SQLite; to us they are names. */
char *store_file_name(const char *path)
{
    char *name = xmalloc(strlen(path) + 3);

    sprintf(name, "%s%s", *path == ':' || strncmp(path, "file:", 5) == 0 ? "./" : "", path);
    return name;
}

int store_open(const char *path, enum store_mode mode, const struct fact_kind *const *kinds,
               struct store **out, struct err *err)
{
    return store_open_for(path, mode, kinds, 0, out, err);
}

int store_open_for(const char *path, enum store_mode mode, const struct fact_kind *const *kinds,
                   uint64_t expected, struct store **out, struct err *err)
{
    struct store *s = xcalloc(1, sizeof(*s));
    struct stat st;
    int rc = ERR_OK;

    *out = NULL;
    s->mode = mode;
    s->kinds = kinds;
    s->expected = expected;
    if (mode == STORE_TEMPORARY) {
        rc = temporary_new(&s->temporary, err);
        path = rc == ERR_OK ? temporary_path(s->temporary) : "";
    } else if (stat(path, &st) != 0) {
        rc = mode == STORE_READ ? err_set(err, ERR_IO, "%s: cannot open: %s", path, strerror(errno))
                                : ERR_OK; /* it is created */
    } else if (S_ISDIR(st.st_mode)) {
        rc = err_set(err, ERR_IO, "%s: is a folder (name a file for the case)", path);
    }
    s->path = store_file_name(path);
    if (rc == ERR_OK)
        rc = open_file(s, err);
    if (rc) {
        store_close(s);
        return rc;
    }
    if (mode != STORE_READ)
        rc = rows_open(s, err);
    content_open(s);
    facts_open(s);
    if (rc) {
        store_close(s);
        return rc;
    }
    *out = s;
    return ERR_OK;
}

void store_close(struct store *s)
{
    size_t i;

    if (!s)
        return;
    store_rollback(s);
    rows_close(s);
    content_close(s);
    facts_close(s);
    if (s->mode == STORE_WRITE && s->db) {
        end_run(s);
        /* A plain file again: it can be read from a disk that is read-only. */
        sql_exec(s->db, "PRAGMA journal_mode=DELETE", NULL);
    }
    sqlite3_close_v2(s->db);
    temporary_remove(s->temporary);
    for (i = 0; i < sizeof(s->source_text) / sizeof(s->source_text[0]); i++)
        free(s->source_text[i]);
    free(s->path);
    free(s);
}

struct sqlite3 *store_db(struct store *s)
{
    assert(!rows_elsewhere(s)); /* inside the transaction of a large source */
    return s->db;
}

const char *store_path(const struct store *s)
{
    return s->path;
}

int store_tune(struct store *s, struct err *err)
{
    int64_t flows = sql_number(s->db, "SELECT count(*) FROM flow", 0);

    if (flows < STORE_TUNE_FLOWS)
        return ERR_OK;
    /* A sample of each index is enough, and the same content gives the same sample. */
    return sql_exec(s->db, "PRAGMA analysis_limit = 1000; ANALYZE;", err);
}
