/* source: registering, beginning, committing and forgetting what one file gave. */
#include "config.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "store/inside.h"
#include "store/schema.h"
#include "store/sql.h"

static const char *const status_names[] = {
    [SOURCE_PENDING] = "pending", [SOURCE_COMPLETE] = "complete",
    [SOURCE_PARTIAL] = "partial", [SOURCE_UNREADABLE] = "unreadable",
    [SOURCE_SKIPPED] = "skipped",
};

static const char *const kind_names[] = {
    [SOURCE_CAPTURE] = "capture", [SOURCE_LOG] = "log",     [SOURCE_TABLE] = "table",
    [SOURCE_KEYLOG] = "keylog",   [SOURCE_OTHER] = "other",
};

static int word_index(const char *const *words, size_t n, const char *word, int otherwise)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0)
            return (int)i;
    return otherwise;
}

/* -- names ---------------------------------------------------------------------------------- */

struct named {
    int64_t id;
    char *path, *name; /* name: what the case has now */
    const char *tail;  /* inside path */
    bool twice;
};

/* The last two parts of a path. */
static const char *tail_of(const char *path)
{
    const char *last = strrchr(path, '/'), *p = last;

    while (p && p > path && p[-1] != '/')
        p--;
    return last ? p : path;
}

static int by_tail(const void *a, const void *b)
{
    const struct named *x = a, *y = b;

    return strcmp(x->tail, y->tail);
}

static int load_names(struct store *s, struct named **out, size_t *n, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t cap = 0;
    int rc = sql_prepare(s->db, "SELECT id, path, name FROM source ORDER BY id", &st, err);

    while (rc == ERR_OK && (rc = sql_step(st, err)) == 1) {
        struct named one = { .id = sqlite3_column_int64(st, 0),
                             .path = xstrdup(sql_text(st, 1)),
                             .name = xstrdup(sql_text(st, 2)) };

        one.tail = tail_of(one.path);
        VEC_PUSH(*out, *n, cap, one);
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc;
}

/* A name is short where it can be and the whole path where two would be the same. */
static int name_sources(struct store *s, struct err *err)
{
    struct named *all = NULL;
    sqlite3_stmt *st = NULL;
    size_t n = 0, i;
    int rc = load_names(s, &all, &n, err);

    if (n)
        qsort(all, n, sizeof(*all), by_tail);
    for (i = 1; i < n; i++)
        if (strcmp(all[i].tail, all[i - 1].tail) == 0)
            all[i].twice = all[i - 1].twice = true;
    if (rc == ERR_OK)
        rc = sql_prepare(s->db, "UPDATE source SET name = ?1 WHERE id = ?2", &st, err);
    for (i = 0; i < n; i++) {
        const char *name = all[i].twice ? all[i].path : all[i].tail;

        if (rc == ERR_OK && strcmp(name, all[i].name) != 0) {
            sql_bind_text(st, 1, name);
            sqlite3_bind_int64(st, 2, all[i].id);
            rc = sql_run(st, err);
        }
        free(all[i].path);
        free(all[i].name);
    }
    sqlite3_finalize(st);
    free(all);
    return rc;
}

/* -- registering ---------------------------------------------------------------------------- */

struct registering {
    sqlite3_stmt *find, *add;
    uint32_t *bundle_in_case; /* by the run's bundle, 0: not met yet */
    uint32_t n_bundles;
    int64_t last_id, last_bundle;
};

static void bind_path(sqlite3_stmt *st, int at, const char *path, struct str *shown)
{
    str_clear(shown);
    str_add_foreign(shown, path, strlen(path));
    sql_bind_text(st, at, str_get(shown));
    if (strcmp(str_get(shown), path) != 0)
        sqlite3_bind_blob(st, at + 1, path, (int)strlen(path), SQLITE_STATIC);
}

/* Known paths first: the bundle that they belong to is the one that new files join. */
static int find_known(struct registering *r, const char *path, uint32_t bundle, uint32_t *id,
                      struct err *err)
{
    struct str shown = { 0 };
    int rc;

    *id = 0;
    bind_path(r->find, 1, path, &shown);
    rc = sql_step(r->find, err);
    if (rc == 1) {
        uint32_t *known = &r->bundle_in_case[bundle];

        *id = (uint32_t)sqlite3_column_int64(r->find, 0);
        if (!*known)
            *known = (uint32_t)sqlite3_column_int64(r->find, 1);
        rc = ERR_OK;
    }
    sqlite3_reset(r->find);
    sqlite3_clear_bindings(r->find);
    str_free(&shown);
    return rc;
}

static int add_new(struct registering *r, const char *path, uint32_t bundle, uint32_t *id,
                   struct err *err)
{
    struct str shown = { 0 };
    uint32_t *known = &r->bundle_in_case[bundle];
    int rc;

    if (!*known)
        *known = (uint32_t)++r->last_bundle;
    *id = (uint32_t)++r->last_id;
    sqlite3_bind_int64(r->add, 1, r->last_id);
    bind_path(r->add, 2, path, &shown);
    sqlite3_bind_int64(r->add, 4, *known);
    rc = sql_run(r->add, err);
    str_free(&shown);
    return rc;
}

static int register_all(struct store *s, struct registering *r, const char *const *paths,
                        const uint32_t *bundles, size_t n, uint32_t *ids, struct err *err)
{
    int rc;
    size_t i;

    rc = sql_prepare(s->db,
                     "SELECT id, bundle FROM source WHERE path = ?1 "
                     "AND path_raw IS ?2",
                     &r->find, err);
    if (rc == ERR_OK)
        rc = sql_prepare(s->db,
                         "INSERT INTO source(id, path, path_raw, name, bundle, kind, status, size, "
                         "stopped_at, packets, dropped, evicted, tcp, udp, tcp_syn, tcp_rst, "
                         "client_hello, openvpn, pppoe, mqtt) VALUES(?1, ?2, ?3, '', ?4, 'other', "
                         "'pending', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
                         &r->add, err);
    for (i = 0; i < n && rc == ERR_OK; i++)
        rc = find_known(r, paths[i], bundles[i], &ids[i], err);
    for (i = 0; i < n && rc == ERR_OK; i++)
        if (!ids[i])
            rc = add_new(r, paths[i], bundles[i], &ids[i], err);
    return rc == ERR_OK ? name_sources(s, err) : rc;
}

int store_register(struct store *s, const char *const *paths, const uint32_t *bundles, size_t n,
                   uint32_t *ids, struct err *err)
{
    struct registering r = { 0 };
    size_t i;
    int rc = sql_exec(s->db, "BEGIN IMMEDIATE", err);

    if (rc)
        return rc;
    for (i = 0; i < n; i++)
        r.n_bundles = bundles[i] > r.n_bundles ? bundles[i] : r.n_bundles;
    r.bundle_in_case = xcalloc((size_t)r.n_bundles + 1, sizeof(*r.bundle_in_case));
    r.last_id = sql_number(s->db, "SELECT max(id) FROM source", 0);
    r.last_bundle = sql_number(s->db, "SELECT max(bundle) FROM source", 0);
    rc = register_all(s, &r, paths, bundles, n, ids, err);
    sqlite3_finalize(r.find);
    sqlite3_finalize(r.add);
    free(r.bundle_in_case);
    if (rc == ERR_OK)
        rc = sql_exec(s->db, "COMMIT", err);
    if (rc)
        sql_exec(s->db, "ROLLBACK", NULL);
    return rc;
}

/* -- reading -------------------------------------------------------------------------------- */

/* Keeps a copy of a column's text until the next store_source. */
static const char *keep(struct store *s, size_t at, sqlite3_stmt *st, int column)
{
    const void *p = sqlite3_column_blob(st, column);

    free(s->source_text[at]);
    s->source_text[at] = sqlite3_column_type(st, column) == SQLITE_NULL
                             ? NULL
                             : xstrndup(p ? p : "", (size_t)sqlite3_column_bytes(st, column));
    return s->source_text[at];
}

static bool copy_hash(sqlite3_stmt *st, int column, uint8_t out[32])
{
    const void *p = sqlite3_column_blob(st, column);

    if (!p || sqlite3_column_bytes(st, column) != 32)
        return false;
    memcpy(out, p, 32);
    return true;
}

static void read_source(struct store *s, sqlite3_stmt *st, struct source *out)
{
    uint64_t *counts[] = { &out->counts.tcp,     &out->counts.udp,          &out->counts.tcp_syn,
                           &out->counts.tcp_rst, &out->counts.client_hello, &out->counts.openvpn,
                           &out->counts.pppoe,   &out->counts.mqtt };
    size_t i;

    *out = (struct source){ .id = (uint32_t)sqlite3_column_int64(st, 0) };
    out->path = keep(s, 0, st, 1);
    out->name = keep(s, 1, st, 2);
    out->bundle = (uint32_t)sqlite3_column_int64(st, 3);
    out->kind = (enum source_kind)word_index(kind_names, 5, sql_text(st, 4), SOURCE_OTHER);
    out->status = (enum source_status)word_index(status_names, 5, sql_text(st, 5), SOURCE_PENDING);
    out->format = keep(s, 2, st, 6);
    out->reason = keep(s, 3, st, 7);
    out->has_sha256 = copy_hash(st, 8, out->sha256);
    copy_hash(st, 9, out->options);
    out->size = (uint64_t)sqlite3_column_int64(st, 10);
    out->stopped_at = (uint64_t)sqlite3_column_int64(st, 11);
    out->packets = (uint64_t)sqlite3_column_int64(st, 12);
    out->has_time = sqlite3_column_type(st, 13) != SQLITE_NULL;
    out->first_ns = sqlite3_column_int64(st, 13);
    out->last_ns = sqlite3_column_int64(st, 14);
    out->dropped = (uint64_t)sqlite3_column_int64(st, 15);
    out->evicted = (uint64_t)sqlite3_column_int64(st, 16);
    for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        *counts[i] = (uint64_t)sqlite3_column_int64(st, 17 + (int)i);
}

int store_source(struct store *s, uint32_t id, struct source *out, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(s->db,
                         "SELECT id, coalesce(path_raw, path), name, bundle, kind, status, format, "
                         "reason, sha256, options, size, stopped_at, packets, first_ns, last_ns, "
                         "dropped, evicted, tcp, udp, tcp_syn, tcp_rst, client_hello, openvpn, "
                         "pppoe, mqtt FROM source WHERE id = ?1",
                         &st, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(st, 1, id);
    rc = sql_step(st, err);
    if (rc == 1) {
        read_source(s, st, out);
        rc = ERR_OK;
    } else if (rc == 0) {
        rc = err_set(err, ERR_USAGE, "%s: no source %u", s->path, id);
    }
    sqlite3_finalize(st);
    return rc;
}

uint32_t store_same_content(struct store *s, const uint8_t sha256[32], uint32_t except)
{
    sqlite3_stmt *st = NULL;
    uint32_t id = 0;

    if (s->begun)
        rows_settle(s);
    if (sql_prepare(s->db,
                    "SELECT min(id) FROM source WHERE sha256 = ?1 AND id <> ?2 "
                    "AND status IN ('complete', 'partial')",
                    &st, NULL) == ERR_OK) {
        sqlite3_bind_blob(st, 1, sha256, 32, SQLITE_STATIC);
        sqlite3_bind_int64(st, 2, except);
        if (sql_step(st, NULL) == 1)
            id = (uint32_t)sqlite3_column_int64(st, 0);
    }
    sqlite3_finalize(st);
    return id;
}

bool store_has_size(struct store *s, uint64_t size)
{
    sqlite3_stmt *st = NULL;
    bool has = true; /* whoever asks wants to be sure that it is not so */

    if (sql_prepare(s->db,
                    "SELECT 1 FROM source WHERE size = ?1 AND status IN ('complete', 'partial')",
                    &st, NULL) == ERR_OK) {
        sqlite3_bind_int64(st, 1, (int64_t)size);
        has = sql_step(st, NULL) != 0;
    }
    sqlite3_finalize(st);
    return has;
}

uint32_t store_next_same(struct store *s, const uint8_t sha256[32], uint32_t after)
{
    sqlite3_stmt *st = NULL;
    uint32_t id = 0;

    if (sql_prepare(s->db, "SELECT min(id) FROM source WHERE sha256 = ?1 AND id > ?2", &st, NULL) ==
        ERR_OK) {
        sqlite3_bind_blob(st, 1, sha256, 32, SQLITE_STATIC);
        sqlite3_bind_int64(st, 2, after);
        if (sql_step(st, NULL) == 1)
            id = (uint32_t)sqlite3_column_int64(st, 0);
    }
    sqlite3_finalize(st);
    return id;
}

/* -- writing -------------------------------------------------------------------------------- */

static int forget(struct store *s, const char *table, uint32_t source, struct err *err)
{
    sqlite3_stmt *st = NULL;
    char *sql = sqlite3_mprintf("DELETE FROM \"%w\" WHERE source = ?1", table);
    int rc = sql ? sql_prepare(s->db, sql, &st, err) : err_set(err, ERR_SQL, "out of memory");

    if (rc == ERR_OK) {
        sqlite3_bind_int64(st, 1, source);
        rc = sql_run(st, err);
    }
    sqlite3_finalize(st);
    sqlite3_free(sql);
    return rc;
}

static int start(struct store *s, uint32_t source, struct err *err)
{
    assert(!s->begun);
    if (store_transaction(s, err))
        return ERR_SQL;
    s->begun = true;
    s->source = source;
    s->failed = (struct err){ 0 };
    s->n_packets = 0;
    s->n_flows = 0;
    s->reading = false;
    s->last_comment = s->last_secret = 0;
    memset(s->lives, 0, sizeof(s->lives));
    facts_reset(s);
    return ERR_OK;
}

int store_begin(struct store *s, uint32_t source, struct err *err)
{
    const struct schema_table *const *t;
    const struct fact_kind *const *k;
    struct source old;
    int rc = store_source(s, source, &old, err);
    bool fresh = !rc && old.status == SOURCE_PENDING; /* nothing of it was ever committed */

    if (!rc)
        rc = start(s, source, err);
    if (rc || fresh)
        return rc;
    for (t = schema_tables; *t && rc == ERR_OK; t++)
        if ((*t)->of_source)
            rc = forget(s, (*t)->name, source, err);
    for (k = s->kinds; k && *k && rc == ERR_OK; k++)
        if ((*k)->scope != FACT_OF_PAIR)
            rc = forget(s, (*k)->name, source, err);
    if (rc)
        store_rollback(s);
    return rc;
}

int store_begin_pairs(struct store *s, struct err *err)
{
    const struct fact_kind *const *k;
    int rc = start(s, 0, err);

    for (k = s->kinds; k && *k && rc == ERR_OK; k++)
        if ((*k)->scope == FACT_OF_PAIR)
            rc = forget(s, (*k)->name, 0, err);
    if (rc)
        store_rollback(s);
    return rc;
}

static int update_source(struct store *s, const struct source *src, struct err *err)
{
    const uint64_t counts[] = { src->counts.tcp,     src->counts.udp,          src->counts.tcp_syn,
                                src->counts.tcp_rst, src->counts.client_hello, src->counts.openvpn,
                                src->counts.pppoe,   src->counts.mqtt };
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc =
        sql_prepare(s->db,
                    "UPDATE source SET kind = ?2, status = ?3, format = ?4, reason = ?5, "
                    "sha256 = ?6, options = ?7, size = ?8, stopped_at = ?9, packets = ?10, "
                    "first_ns = ?11, last_ns = ?12, dropped = ?13, evicted = ?14, tcp = ?15, "
                    "udp = ?16, tcp_syn = ?17, tcp_rst = ?18, client_hello = ?19, "
                    "openvpn = ?20, pppoe = ?21, mqtt = ?22, lives = ?23, lives_set_up = ?24, "
                    "lives_waiting = ?25, lives_both_ways = ?26, undecoded = ?27, encrypted = ?28, "
                    "forgotten = ?29, clock_back = ?30, ppp_unfollowed = ?31 "
                    "WHERE id = ?1",
                    &st, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(st, 1, src->id);
    sql_bind_text(st, 2, kind_names[src->kind]);
    sql_bind_text(st, 3, status_names[src->status]);
    sql_bind_foreign(st, 4, src->format, src->format ? strlen(src->format) : 0);
    sql_bind_foreign(st, 5, src->reason, src->reason ? strlen(src->reason) : 0);
    if (src->has_sha256)
        sqlite3_bind_blob(st, 6, src->sha256, 32, SQLITE_STATIC);
    sqlite3_bind_blob(st, 7, src->options, 32, SQLITE_STATIC);
    sqlite3_bind_int64(st, 8, (int64_t)src->size);
    sqlite3_bind_int64(st, 9, (int64_t)src->stopped_at);
    sqlite3_bind_int64(st, 10, (int64_t)src->packets);
    sql_bind_int_if(st, 11, src->has_time, src->first_ns);
    sql_bind_int_if(st, 12, src->has_time, src->last_ns);
    sqlite3_bind_int64(st, 13, (int64_t)src->dropped);
    sqlite3_bind_int64(st, 14, (int64_t)src->evicted);
    for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        sqlite3_bind_int64(st, 15 + (int)i, (int64_t)counts[i]);
    for (i = 0; i < 4; i++)
        sqlite3_bind_int64(st, 23 + (int)i, (int64_t)s->lives[i]);
    sqlite3_bind_int64(st, 27, (int64_t)src->undecoded);
    sqlite3_bind_int64(st, 28, (int64_t)src->encrypted);
    sqlite3_bind_int64(st, 29, (int64_t)src->forgotten);
    sql_bind_int_if(st, 30, src->clock_back_ns > 0, src->clock_back_ns);
    sqlite3_bind_int64(st, 31, (int64_t)src->ppp_unfollowed);
    rc = sql_run(st, err);
    if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
        rc = err_set(err, ERR_USAGE, "%s: source %u was not registered", s->path, src->id);
    sqlite3_finalize(st);
    return rc;
}

static int finish(struct store *s, const struct source *src, struct err *err)
{
    int rc = ERR_OK;

    assert(s->begun);
    store_flush_packets(s);
    rows_settle(s);
    rows_end(s);
    if (s->failed.code) {
        if (err)
            *err = s->failed;
        rc = s->failed.code;
    }
    if (rc == ERR_OK && src)
        rc = update_source(s, src, err);
    if (rc == ERR_OK)
        rc = late_build(s, err);
    if (rc == ERR_OK)
        rc = store_transaction_end(s, true, err);
    if (rc) {
        store_rollback(s);
        return err_prefix(err, "%s", s->path);
    }
    s->begun = false;
    return ERR_OK;
}

int store_commit(struct store *s, const struct source *src, struct err *err)
{
    assert(src->id == s->source);
    return finish(s, src, err);
}

int store_commit_pairs(struct store *s, struct err *err)
{
    return finish(s, NULL, err);
}

void store_rollback(struct store *s)
{
    if (!s->begun)
        return;
    rows_end(s);
    store_transaction_end(s, false, NULL);
    s->begun = false;
    s->n_packets = 0;
    facts_undone(s);
    late_forget(s);
}
