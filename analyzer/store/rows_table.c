/* rows_table: a buffer of rows as a virtual table, so that one statement can insert all of them. */
#include "config.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/packet_chunk.h"
#include "store/rows.h"
#include "store/sql.h"
#include "store/store.h"

struct table {
    sqlite3_vtab base;
    struct rows_shown *shown;
};

struct cursor {
    sqlite3_vtab_cursor base;
    struct rows_shown *shown;
    size_t at; /* index + 1, 0: behind the last one */
};

static int table_connect(sqlite3 *db, void *user, int n_args, const char *const *args,
                         sqlite3_vtab **out, char **message)
{
    struct table *t = xcalloc(1, sizeof(*t));
    struct str sql = { 0 };
    unsigned i;
    int rc;

    (void)n_args;
    (void)args;
    (void)message;
    for (i = 0; i < ROW_VALUES_MAX; i++)
        str_addf(&sql, "%sv%u", i ? "," : "CREATE TABLE x(", i);
    str_adds(&sql, ")");
    t->shown = user;
    *out = &t->base;
    rc = sqlite3_declare_vtab(db, sql.s);
    str_free(&sql);
    if (rc == SQLITE_OK)
        rc = sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
    return rc;
}

static int table_disconnect(sqlite3_vtab *base)
{
    free(base);
    return SQLITE_OK;
}

static int table_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    (void)base;
    info->estimatedCost = 1000;
    return SQLITE_OK;
}

static int table_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    struct cursor *c = xcalloc(1, sizeof(*c));

    c->shown = ((struct table *)base)->shown;
    *out = &c->base;
    return SQLITE_OK;
}

static int table_close(sqlite3_vtab_cursor *base)
{
    free(base);
    return SQLITE_OK;
}

static int table_filter(sqlite3_vtab_cursor *base, int number, const char *text, int n,
                        sqlite3_value **args)
{
    struct cursor *c = (struct cursor *)base;

    (void)number;
    (void)text;
    (void)n;
    (void)args;
    c->at = c->shown->first;
    return SQLITE_OK;
}

static int table_next(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;

    c->at = c->shown->buffer->rows[c->at - 1].next;
    return SQLITE_OK;
}

static int table_eof(sqlite3_vtab_cursor *base)
{
    return ((struct cursor *)base)->at == 0;
}

/* Packets lie in the buffer as they are, aligned (row_packets). */
static void result_packets(sqlite3_context *ctx, const void *p, size_t len, struct str *blob)
{
    const struct store_packet *packets = p;

    str_clear(blob);
    chunk_encode(packets, len / sizeof(*packets), blob);
    sqlite3_result_blob64(ctx, blob->s, blob->len, SQLITE_STATIC);
}

static int table_column(sqlite3_vtab_cursor *base, sqlite3_context *ctx, int column)
{
    struct rows_shown *shown = ((struct cursor *)base)->shown;
    const struct row_buffer *b = shown->buffer;
    const struct row *row = &b->rows[((struct cursor *)base)->at - 1];
    const struct row_value *v = &b->values[row->value + (size_t)column];
    const char *bytes = str_get(&b->bytes); /* never NULL: an empty text is one */

    if ((size_t)column >= row->n)
        return SQLITE_OK;
    switch (v->type) {
    case ROW_NULL:
        break;
    case ROW_INT:
        sqlite3_result_int64(ctx, v->u.i);
        break;
    case ROW_REAL:
        sqlite3_result_double(ctx, v->u.r);
        break;
    case ROW_TEXT:
        sql_result_foreign(ctx, bytes + v->u.at, v->len);
        break;
    case ROW_BLOB:
        sqlite3_result_blob64(ctx, bytes + v->u.at, v->len, SQLITE_STATIC);
        break;
    case ROW_PACKETS:
        result_packets(ctx, bytes + v->u.at, v->len, &shown->blob);
        break;
    }
    return SQLITE_OK;
}

static int table_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)((struct cursor *)base)->at;
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .xConnect = table_connect, /* no xCreate: it is there without CREATE, and only so */
    .xDisconnect = table_disconnect,
    .xBestIndex = table_best_index,
    .xOpen = table_open,
    .xClose = table_close,
    .xFilter = table_filter,
    .xNext = table_next,
    .xEof = table_eof,
    .xColumn = table_column,
    .xRowid = table_rowid,
};

int rows_table_register(struct sqlite3 *db, struct rows_shown *shown)
{
    return sqlite3_create_module_v2(db, ROWS_TABLE, &module, shown, NULL);
}
