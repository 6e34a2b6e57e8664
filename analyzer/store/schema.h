/*
 * schema: the tables of a case as descriptors, from which tables and documentation are made.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stdbool.h>

#include "base/err.h"

struct fact_column;
struct fact_kind;
struct sqlite3;
struct str;

struct schema_column {
    const char *name;
    const char *type; /* INTEGER, TEXT, BLOB, REAL; with NOT NULL where it is never NULL; with
                         AS (...) VIRTUAL where other columns say it */
    const char *unit; /* or "" */
    const char *meaning;
};

struct schema_table {
    const char *name, *meaning;
    const struct schema_column *columns; /* ended by name NULL */
    const char *key;                     /* "source, id" */
    bool rowid;                          /* has large values: an ordinary b-tree */
    bool of_source;                      /* rows go when their source is read again */
    const char *index[2];                /* columns of more indexes, or NULL */
};

/* The ordinary tables, ended by NULL. */
extern const struct schema_table *const schema_tables[];

/* The columns that every fact of this kind has before its own; ended by name NULL. */
const struct schema_column *schema_fact_columns(const struct fact_kind *kind);
/* "source, id" */
const char *schema_fact_key(const struct fact_kind *kind);
/* "INTEGER", "TEXT", ... of a fact's column. */
const char *schema_fact_type(int fact_type);

/* The same with what it is made of, if it is not written. */
void schema_fact_column_type(const struct fact_column *c, struct str *out);
/* Is a column of this type written with each row? */
bool schema_is_written(const char *type);

/* Creates what is missing: tables, columns, indexes but those of facts.  Tables of facts that an
 * older version made are made anew, with what they hold. */
int schema_create(struct sqlite3 *db, const struct fact_kind *const *kinds, struct err *err);

/* The indexes of a kind of fact: made when its first row comes, since most cases have a few kinds only
 * and each index takes a page and a fraction of a millisecond. */
int schema_index_fact(struct sqlite3 *db, const struct fact_kind *kind, struct err *err);

#endif
