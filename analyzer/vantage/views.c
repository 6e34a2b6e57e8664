#include "config.h"

#include "vantage/views.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/vec.h"
#include "fact/fact.h"
#include "store/sql.h"
#include "store/store.h"

#define ALL_PAIRS_MAX 8u /* of more views of one life, each is related to the best one only */

/* clang-format off */
static const struct fact_column view_columns[] = {
    { "view_source", FACT_INT, "", "a source that has a life", 0 },
    { "view_flow", FACT_INT, "flow", "its number there", FACT_KEY },
    { "other_source", FACT_INT, "", "another source that has it", 0 },
    { "other_flow", FACT_INT, "flow", "its number there", 0 },
    { "fuller", FACT_INT, "bool", "the other one has more of it: more frames, else more packets in all", 0 },
};
const struct fact_kind view_fact = {
    "pair_view", FACT_OF_PAIR, "two views of one life, each in relation to the other", view_columns,
    sizeof(view_columns) / sizeof(view_columns[0]),
};
/* clang-format on */

/* One source's view of the life at hand. */
struct view {
    int64_t source, flow;
    int64_t frames, packets;
};

static int compare(const int64_t *left, const int64_t *right, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

static int by_life(const void *x, const void *y)
{
    const struct live_pair *a = x, *b = y;
    const int64_t left[] = { a->first.source, a->first.flow, a->other.source, a->other.flow };
    const int64_t right[] = { b->first.source, b->first.flow, b->other.source, b->other.flow };

    return compare(left, right, 4);
}

static bool one_life(const struct live_pair *a, const struct live_pair *b)
{
    return a->first.source == b->first.source && a->first.flow == b->first.flow;
}

/* The fullest first. */
static int by_fullness(const void *x, const void *y)
{
    const struct view *a = x, *b = y;
    const int64_t left[] = { b->frames, b->packets, a->source, a->flow };
    const int64_t right[] = { a->frames, a->packets, b->source, b->flow };

    return compare(left, right, 4);
}

static struct view measure(sqlite3_stmt *st, const struct live *l)
{
    struct view v = { .source = l->source, .flow = l->flow };

    sqlite3_reset(st);
    sqlite3_bind_int64(st, 1, v.source);
    sqlite3_bind_int64(st, 2, v.flow);
    if (sql_step(st, NULL) == 1) {
        v.frames = sqlite3_column_int64(st, 0);
        v.packets = sqlite3_column_int64(st, 1);
    }
    return v;
}

static void put(const struct fact_sink *sink, const struct view *of, const struct view *other,
                bool fuller)
{
    const struct fact_where nowhere = { 0 };

    sink->put(sink->user, &view_fact, &nowhere,
              (struct fact_value[]){ fact_int(of->source), fact_int(of->flow),
                                     fact_int(other->source), fact_int(other->flow),
                                     fact_int(fuller) });
}

/* The n views of one life, the fullest first. */
static void put_life(const struct fact_sink *sink, const struct view *v, size_t n)
{
    size_t i, k;

    for (i = 1; i < n; i++)
        for (k = 0; k < (n > ALL_PAIRS_MAX ? 1 : i); k++) {
            put(sink, &v[i], &v[k], true);
            put(sink, &v[k], &v[i], false);
        }
}

int views_write(struct store *s, struct live_pairs *lives, const struct fact_sink *sink,
                struct err *err)
{
    struct view *v = NULL; /* of one life: as many as there are sources, at most */
    sqlite3_stmt *st = NULL;
    size_t i, from, n, cap = 0;
    int rc;

    if (!lives->n)
        return ERR_OK;
    rc =
        sql_prepare(store_db(s),
                    "SELECT f.a_frames + f.b_frames, s.packets FROM flow f JOIN source s ON s.id = "
                    "f.source WHERE f.source = ?1 AND f.id = ?2",
                    &st, err);
    if (rc)
        return rc;
    qsort(lives->all, lives->n, sizeof(*lives->all), by_life);
    for (from = 0; from < lives->n; from = i) {
        n = 0;
        VEC_PUSH(v, n, cap, measure(st, &lives->all[from].first));
        for (i = from; i < lives->n && one_life(&lives->all[from], &lives->all[i]); i++)
            VEC_PUSH(v, n, cap, measure(st, &lives->all[i].other));
        qsort(v, n, sizeof(*v), by_fullness);
        put_life(sink, v, n);
    }
    sqlite3_finalize(st);
    free(v);
    return ERR_OK;
}
