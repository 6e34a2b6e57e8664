/*
 * rows: what is written of a source, on its way into the case.
 *
 * Whoever has a row only puts its values into a buffer.  A full buffer is written table by table,
 * each with one statement that selects its rows from the buffer (rows_table.c): that costs half of
 * what a statement a row does.  Of a large source the full buffers are written on another thread,
 * in their order, so that SQLite's work goes on beside the analysis; of a small one the buffer is
 * written when the source ends.  What is in the case after that is the same either way.
 *
 * The connection has no locks of its own (SQLITE_OPEN_NOMUTEX).  Inside the transaction of a source
 * it is the other thread's, from the first buffer that is handed over until rows_settle; whoever
 * reads it there settles first, and sets `reading` of the store for as long as a statement of his
 * is open.
 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct fact_kind;
struct sqlite3;
struct sqlite3_stmt;
struct store;
struct store_packet;

#define ROW_VALUES_MAX 64u /* columns of a table */

/* How rows of one table are written; the first value is always the source. */
struct insert {
    const char *table;       /* borrowed, as are the others */
    const char *or_else;     /* "OR IGNORE": what to do where the key is there; NULL: fail */
    const char *columns;     /* "(a, b, c)"; NULL: all, in their order */
    const struct fact_kind *kind; /* that has indexes to be made, or NULL */
    bool indexed;            /* they are there, unless the transaction is rolled back */
    struct sqlite3_stmt *st; /* prepared at the first row that is written */
    size_t first, last;      /* its rows in the buffer being written: index + 1, 0: none */
};

/* A row of the source begun, value by value in the order of the columns. */
void row_start(struct store *s, struct insert *into);
void row_null(struct store *s);
void row_int(struct store *s, int64_t v);
void row_int_if(struct store *s, bool known, int64_t v);
void row_real(struct store *s, double v);
/* Foreign bytes as safe text; NULL is NULL. */
void row_text(struct store *s, const void *p, size_t len);
void row_word(struct store *s, const char *word);
void row_blob(struct store *s, const void *p, size_t len);
/* The blob of these packets (packet_chunk.h), made when it is written. */
void row_packets(struct store *s, const struct store_packet *p, size_t n);
void row_end(struct store *s);

/* ERR_OK, or err is filled. */
int rows_open(struct store *s, struct err *err);
void rows_close(struct store *s);
/* The connection is another thread's. */
bool rows_elsewhere(const struct store *s);
/* All rows so far are written, and the connection is the caller's. */
void rows_settle(struct store *s);
/* No flow will follow: the other thread, if there is one, builds what late.c left for later. */
void rows_flows_over(struct store *s);
/* Ends the other thread; rows that were not settled are lost. */
void rows_end(struct store *s);

/* -- between rows.c and rows_table.c ------------------------------------------------------------ */

enum row_type { ROW_NULL, ROW_INT, ROW_REAL, ROW_TEXT, ROW_BLOB, ROW_PACKETS };

struct row_value {
    enum row_type type;
    uint32_t len; /* bytes of a text or blob */
    union {
        int64_t i;
        double r;
        size_t at; /* in `bytes` of the buffer */
    } u;
};

struct row {
    struct insert *into;
    size_t value; /* index of its first value */
    size_t n;
    size_t next; /* the next row of the same table: index + 1, 0: none */
};

struct row_buffer {
    struct row *rows;
    size_t n_rows, cap_rows;
    struct row_value *values;
    size_t n_values, cap_values;
    struct str bytes;
    bool flows_over; /* behind its rows the late indexes can be built */
};

/* What the virtual table shows: rows of a buffer, from `first` (index + 1) along `next`. */
struct rows_shown {
    const struct row_buffer *buffer;
    size_t first;
    struct str blob; /* the last blob that was made of packets */
};

#define ROWS_TABLE "row_buffer" /* its columns: v0, v1, ... */

/* Registers the virtual table over *shown, which must outlive `db`; returns an SQLite code. */
int rows_table_register(struct sqlite3 *db, struct rows_shown *shown);

#endif
