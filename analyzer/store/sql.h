/*
 * sql: the few SQLite calls that everybody repeats, with our errors.
 *
 * Values are always bound, never pasted.  sql_exec is for statements without foreign text.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct sqlite3;
struct sqlite3_context;
struct sqlite3_stmt;

/* Runs statements without rows. */
int sql_exec(struct sqlite3 *db, const char *sql, struct err *err);

/* Compiles one statement; the caller finalizes *out (NULL on error). */
int sql_prepare(struct sqlite3 *db, const char *sql, struct sqlite3_stmt **out, struct err *err);

/* 1: a row, 0: no more, else an error. */
int sql_step(struct sqlite3_stmt *st, struct err *err);

/* Steps to the end, then makes the statement ready for the next values. */
int sql_run(struct sqlite3_stmt *st, struct err *err);

/* Fills *err from what the connection says last; returns ERR_SQL. */
int sql_error(struct sqlite3 *db, struct err *err);

/* Text of a column, borrowed until the next step; "" for NULL. */
const char *sql_text(struct sqlite3_stmt *st, int column);

/* Binding.  Text and bytes are borrowed until the statement is run; NULL text binds NULL. */
void sql_bind_text(struct sqlite3_stmt *st, int at, const char *s);
void sql_bind_int_if(struct sqlite3_stmt *st, int at, bool known, int64_t v);
/* Foreign bytes as safe text (str_add_foreign); NULL binds NULL. */
void sql_bind_foreign(struct sqlite3_stmt *st, int at, const void *p, size_t n);
/* The same as the value of a function or column; plain bytes are borrowed for as long as it is used. */
void sql_result_foreign(struct sqlite3_context *ctx, const void *p, size_t n);

/* The first value of the first row as a number; `otherwise` if there is no row or it is NULL. */
int64_t sql_number(struct sqlite3 *db, const char *sql, int64_t otherwise);
/* A case of an older version that is only read lacks what was added since. */
bool sql_has_column(struct sqlite3 *db, const char *table, const char *column);

#endif
