/* inside: what the files of store/ share; nobody else includes this. */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "fact/fact.h"
#include "store/rows.h"
#include "store/store.h"

struct sqlite3;
struct sqlite3_stmt;

/* A kind of fact as this connection writes it. */
struct store_kind {
    const struct fact_kind *kind;
    struct insert insert;
    char *columns;    /* of `insert`, owned; NULL before its first row */
    uint64_t last_id; /* of the source begun */
};

/* The prepared statements of content.c, by table. */
enum store_insert { INSERT_FLOW, INSERT_INTERFACE, INSERT_EXHIBIT, INSERT_COMMENT, INSERT_CHUNK, INSERT_SECRET,
                    INSERTS };

struct store {
    struct sqlite3 *db;
    char *path;
    enum store_mode mode;
    bool wal;
    bool fresh; /* made by this run, and no source was committed yet */
    bool alone; /* the source at hand keeps readers out (store_expect) */
    uint64_t expected; /* bytes of captures, 0: not known */
    struct temporary *temporary; /* the file to remove at exit, or NULL */
    int64_t run;                 /* row of table `run`, 0: none */

    const struct fact_kind *const *kinds;
    struct store_kind *slots; /* open addressing by the kind's address */
    size_t n_slots;
    struct fact_sink sink;

    uint32_t source; /* begun, or 0 */
    bool begun;
    struct err failed; /* the first write that failed since store_begin */
    struct insert inserts[INSERTS];
    struct rows *rows; /* on their way (rows.c) */
    bool reading;      /* a statement of ours is open: the connection is this thread's (rows.h) */
    uint64_t last_comment, last_secret;
    uint64_t lives[4]; /* of the source begun: all, set up, waiting, both ways */

    struct late_index *late; /* the indexes that are left for later, linked, or NULL */

    struct sqlite3_stmt *packet_of; /* of store_packet_of, or NULL */
    uint64_t packet_at;             /* the packet it stands on, 0: none */
    struct store_packet *packets; /* CHUNK_PACKETS of them, not written yet */
    size_t n_packets;
    uint64_t n_flows; /* written of the source begun */

    char *source_text[5]; /* what the last store_source points to */
};

/* Remembers the first failure of a write inside the transaction. */
void store_fail(struct store *s, const struct err *err);

/* A path as SQLite takes it for one; the caller frees it. */
char *store_file_name(const char *path);

/* The transaction of a source, as store_expect chose it; after a failed end with `keep` it is open. */
int store_transaction(struct store *s, struct err *err);
int store_transaction_end(struct store *s, bool keep, struct err *err);

/* Writes the buffered packets. */
void store_flush_packets(struct store *s);

/* Indexes of a large source (late.c): so many flows were written; build them; the transaction is
 * over. */
void late_flows(struct store *s, size_t n);
int late_build(struct store *s, struct err *err);
void late_forget(struct store *s);

void content_open(struct store *s);
void content_close(struct store *s);

void facts_open(struct store *s);
void facts_reset(struct store *s);
/* The transaction was rolled back. */
void facts_undone(struct store *s);
void facts_close(struct store *s);

#endif
