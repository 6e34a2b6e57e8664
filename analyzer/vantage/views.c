#include "config.h"

#include "vantage/views.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/mem.h"
#include "fact/fact.h"
#include "store/sql.h"
#include "store/store.h"

#define ALL_PAIRS_MAX 8u /* of more views of one life, each has only the best one named */

/* clang-format off */
static const struct fact_column view_columns[] = {
    { "less_source", FACT_INT, "", "a source that has less of a life", 0 },
    { "less_flow", FACT_INT, "flow", "its number there", FACT_KEY },
    { "more_source", FACT_INT, "", "a source that has more of it: more frames, else more packets in all", 0 },
    { "more_flow", FACT_INT, "flow", "its number there", FACT_KEY },
};
const struct fact_kind view_fact = {
    "pair_more", FACT_OF_PAIR, "two views of one life, of which the fuller one speaks", view_columns,
    sizeof(view_columns) / sizeof(view_columns[0]),
};
/* clang-format on */

struct view {
    struct live first; /* of its life */
    int64_t source, flow;
    int64_t frames, packets;
};

static int compare(int64_t x, int64_t y)
{
    return (x > y) - (x < y);
}

/* The lives one after the other, in each the fullest view first. */
static int by_life(const void *x, const void *y)
{
    const struct view *a = x, *b = y;
    int64_t left[] = { a->first.source, a->first.flow, b->frames, b->packets, a->source, a->flow };
    int64_t right[] = { b->first.source, b->first.flow, a->frames, a->packets, b->source, b->flow };
    size_t i;
    int c = 0;

    for (i = 0; i < sizeof(left) / sizeof(left[0]) && !c; i++)
        c = compare(left[i], right[i]);
    return c;
}

static bool one_life(const struct view *a, const struct view *b)
{
    return a->first.source == b->first.source && a->first.flow == b->first.flow;
}

static void measure(sqlite3_stmt *st, struct view *v)
{
    sqlite3_reset(st);
    sqlite3_bind_int64(st, 1, v->source);
    sqlite3_bind_int64(st, 2, v->flow);
    if (sql_step(st, NULL) != 1)
        return;
    v->frames = sqlite3_column_int64(st, 0);
    v->packets = sqlite3_column_int64(st, 1);
}

static void put(const struct fact_sink *sink, const struct view *more, const struct view *less)
{
    const struct fact_where nowhere = { 0 };

    sink->put(sink->user, &view_fact, &nowhere,
              (struct fact_value[]){ fact_int(less->source), fact_int(less->flow),
                                     fact_int(more->source), fact_int(more->flow) });
}

/* The n views of one life, the fullest first. */
static void put_life(const struct fact_sink *sink, const struct view *v, size_t n)
{
    size_t i, k;

    for (i = 1; i < n; i++)
        for (k = 0; k < (n > ALL_PAIRS_MAX ? 1 : i); k++)
            put(sink, &v[k], &v[i]);
}

int views_write(struct store *s, const struct live_pairs *lives, const struct fact_sink *sink,
                struct err *err)
{
    struct view *v;
    sqlite3_stmt *st = NULL;
    size_t i, n = 0, from;
    int rc;

    if (!lives->n)
        return ERR_OK;
    rc = sql_prepare(
        store_db(s),
        "SELECT f.a_frames + f.b_frames, s.packets FROM flow f JOIN source s ON s.id = f.source "
        "WHERE f.source = ?1 AND f.id = ?2",
        &st, err);
    if (rc)
        return rc;
    v = xcalloc(2 * lives->n, sizeof(*v));
    for (i = 0; i < lives->n; i++) {
        const struct live_pair *p = &lives->all[i];

        v[n++] =
            (struct view){ .first = p->first, .source = p->first.source, .flow = p->first.flow };
        v[n++] =
            (struct view){ .first = p->first, .source = p->other.source, .flow = p->other.flow };
    }
    for (i = 0; i < n; i++)
        measure(st, &v[i]);
    sqlite3_finalize(st);
    qsort(v, n, sizeof(*v), by_life);
    for (i = from = 0; i < n; i++) { /* the first one of a life is there with each of the others */
        if (from && one_life(&v[from - 1], &v[i]) && v[from - 1].source == v[i].source &&
            v[from - 1].flow == v[i].flow)
            continue;
        v[from++] = v[i];
    }
    n = from;
    for (from = 0; from < n; from = i) {
        for (i = from + 1; i < n && one_life(&v[from], &v[i]); i++)
            ;
        put_life(sink, &v[from], i - from);
    }
    free(v);
    return ERR_OK;
}
