/* facts: the sink that writes facts into the table of their kind. */
#include "config.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/inside.h"
#include "store/schema.h"
#include "store/sql.h"

static struct store_kind *slot_of(struct store *s, const struct fact_kind *kind)
{
    size_t i = ((uintptr_t)kind >> 4) % s->n_slots;

    while (s->slots[i].kind && s->slots[i].kind != kind)
        i = (i + 1) % s->n_slots;
    return &s->slots[i];
}

static int prepare_insert(struct store *s, struct store_kind *slot, struct err *err)
{
    const struct fact_kind *kind = slot->kind;
    const struct schema_column *c;
    struct str sql = { 0 }, values = { 0 };
    size_t i;
    int rc;

    str_addf(&sql, "INSERT INTO \"%s\"(", kind->name);
    for (c = schema_fact_columns(kind); c->name; c++) {
        str_addf(&sql, "%s\"%s\"", values.len ? "," : "", c->name);
        str_adds(&values, values.len ? ",?" : "?");
    }
    for (i = 0; i < kind->n_columns; i++) {
        str_addf(&sql, ",\"%s\"", kind->columns[i].name);
        str_adds(&values, ",?");
    }
    str_addf(&sql, ") VALUES(%s)", values.s);
    rc = sql_prepare(s->db, sql.s, &slot->insert, err);
    str_free(&sql);
    str_free(&values);
    return rc;
}

static int bind_where(sqlite3_stmt *st, enum fact_scope scope, const struct fact_where *w, int at)
{
    switch (scope) {
    case FACT_OF_FRAME:
        sql_bind_int_if(st, at++, w->flow != 0, w->flow);
        sql_bind_int_if(st, at++, w->frame != 0, (int64_t)w->frame);
        sql_bind_int_if(st, at++, w->has_time, w->time_ns);
        break;
    case FACT_OF_LINE:
        sql_bind_int_if(st, at++, w->line != 0, (int64_t)w->line);
        sql_bind_int_if(st, at++, w->has_time, w->time_ns);
        sql_bind_foreign(st, at++, w->local_time, w->local_time ? strlen(w->local_time) : 0);
        sql_bind_int_if(st, at++, w->has_clock, w->clock_ns);
        break;
    case FACT_OF_PAIR:
        break;
    }
    return at;
}

static void bind_value(sqlite3_stmt *st, int at, const struct fact_value *v)
{
    switch (v->type) {
    case FACT_NULL:
        sqlite3_bind_null(st, at);
        break;
    case FACT_INT:
        sqlite3_bind_int64(st, at, v->u.i);
        break;
    case FACT_REAL:
        sqlite3_bind_double(st, at, v->u.r);
        break;
    case FACT_TEXT:
        sql_bind_foreign(st, at, v->u.b.p ? v->u.b.p : "", v->u.b.len);
        break;
    case FACT_BLOB:
        sqlite3_bind_blob64(st, at, v->u.b.p ? v->u.b.p : "", v->u.b.len, SQLITE_STATIC);
        break;
    }
}

static void put(void *user, const struct fact_kind *kind, const struct fact_where *where,
                const struct fact_value *values)
{
    struct store *s = user;
    struct store_kind *slot;
    struct err err = { 0 };
    size_t i;
    int at;

    if (s->failed.code)
        return;
    slot = s->n_slots ? slot_of(s, kind) : NULL;
    if (!slot || !slot->kind) {
        err_set(&err, ERR_SQL, "%s: a kind of fact that was not handed to store_open", kind->name);
        store_fail(s, &err);
        return;
    }
    if (!slot->insert && prepare_insert(s, slot, &err)) {
        store_fail(s, &err);
        return;
    }
    sqlite3_bind_int64(slot->insert, 1, s->source);
    sqlite3_bind_int64(slot->insert, 2, (int64_t)++slot->last_id);
    at = bind_where(slot->insert, kind->scope, where, 3);
    for (i = 0; i < kind->n_columns; i++)
        bind_value(slot->insert, at + (int)i, &values[i]);
    if (sql_run(slot->insert, &err)) {
        err_prefix(&err, "table %s", kind->name);
        store_fail(s, &err);
    }
}

struct fact_sink *store_facts(struct store *s)
{
    return &s->sink;
}

void facts_open(struct store *s)
{
    const struct fact_kind *const *k;
    size_t n = 0;

    s->sink = (struct fact_sink){ .user = s, .put = put };
    for (k = s->kinds; k && *k; k++)
        n++;
    if (n == 0)
        return;
    s->n_slots = n * 4 + 1;
    s->slots = xcalloc(s->n_slots, sizeof(*s->slots));
    for (k = s->kinds; *k; k++)
        slot_of(s, *k)->kind = *k;
}

void facts_reset(struct store *s)
{
    size_t i;

    for (i = 0; i < s->n_slots; i++)
        s->slots[i].last_id = 0;
}

void facts_close(struct store *s)
{
    size_t i;

    for (i = 0; i < s->n_slots; i++)
        sqlite3_finalize(s->slots[i].insert);
    free(s->slots);
}
