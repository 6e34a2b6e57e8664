/* facts: the sink that writes facts into the table of their kind. */
#include "config.h"

#include <assert.h>
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

static void make_insert(struct store_kind *slot)
{
    const struct fact_kind *kind = slot->kind;
    const struct schema_column *c;
    struct str columns = { 0 };
    size_t i;

    for (c = schema_fact_columns(kind); c->name; c++)
        if (schema_is_written(c->type))
            str_addf(&columns, "%s\"%s\"", columns.len ? "," : "(", c->name);
    for (i = 0; i < kind->n_columns; i++)
        if (!(kind->columns[i].is & FACT_NOT_WRITTEN))
            str_addf(&columns, ",\"%s\"", kind->columns[i].name);
    str_adds(&columns, ")");
    slot->columns = str_take(&columns);
    slot->insert = (struct insert){ .table = kind->name, .columns = slot->columns, .kind = kind };
}

static void put_where(struct store *s, enum fact_scope scope, const struct fact_where *w)
{
    switch (scope) {
    case FACT_OF_FLOW:
        assert(w->flow);
        row_int(s, w->flow);
        break;
    case FACT_OF_FRAME:
        row_int_if(s, w->flow != 0, w->flow);
        row_int_if(s, w->frame != 0, (int64_t)w->frame);
        row_int_if(s, w->has_time, w->time_ns);
        break;
    case FACT_OF_LINE:
        row_int_if(s, w->line != 0, (int64_t)w->line);
        row_int_if(s, w->has_time, w->time_ns);
        row_word(s, w->local_time);
        row_int_if(s, w->has_clock, w->clock_ns);
        break;
    case FACT_OF_PAIR:
        break;
    }
}

static void put_value(struct store *s, const struct fact_value *v)
{
    switch (v->type) {
    case FACT_NULL:
        row_null(s);
        break;
    case FACT_INT:
        row_int(s, v->u.i);
        break;
    case FACT_REAL:
        row_real(s, v->u.r);
        break;
    case FACT_TEXT:
        row_text(s, v->u.b.p ? v->u.b.p : "", v->u.b.len);
        break;
    case FACT_BLOB:
        row_blob(s, v->u.b.p, v->u.b.len);
        break;
    }
}

static void put(void *user, const struct fact_kind *kind, const struct fact_where *where,
                const struct fact_value *values)
{
    struct store *s = user;
    struct store_kind *slot = s->n_slots ? slot_of(s, kind) : NULL;
    struct err err = { 0 };
    size_t i;

    if (!slot || !slot->kind) {
        err_set(&err, ERR_SQL, "%s: a kind of fact that was not handed to store_open", kind->name);
        rows_settle(s);
        store_fail(s, &err);
        return;
    }
    if (!slot->columns)
        make_insert(slot);
    row_start(s, &slot->insert);
    if (kind->scope != FACT_OF_FLOW)
        row_int(s, (int64_t)++slot->last_id);
    put_where(s, kind->scope, where);
    for (i = 0; i < kind->n_columns; i++)
        if (!(kind->columns[i].is & FACT_NOT_WRITTEN))
            put_value(s, &values[i]);
    row_end(s);
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

void facts_undone(struct store *s)
{
    size_t i;

    for (i = 0; i < s->n_slots; i++)
        s->slots[i].insert.indexed = false;
}

void facts_close(struct store *s)
{
    size_t i;

    for (i = 0; i < s->n_slots; i++) {
        sqlite3_finalize(s->slots[i].insert.st);
        free(s->slots[i].columns);
    }
    free(s->slots);
}
