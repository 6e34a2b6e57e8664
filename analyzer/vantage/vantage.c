#include "config.h"

#include "vantage/vantage.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/times.h"
#include "base/vec.h"
#include "fact/fact.h"
#include "store/store.h"
#include "vantage/lives.h"
#include "vantage/logs.h"
#include "vantage/losses.h"
#include "vantage/match.h"
#include "vantage/pairs.h"
#include "vantage/parts.h"
#include "vantage/traits.h"
#include "vantage/views.h"

/* clang-format off */
static const struct fact_column flow_columns[] = {
    { "first_source", FACT_INT, "", "the source with the smallest id that has this life", 0 },
    { "first_flow", FACT_INT, "flow", "its number there", FACT_KEY },
    { "other_source", FACT_INT, "", "a further source that has it", 0 },
    { "other_flow", FACT_INT, "flow", "its number there", FACT_KEY },
    { "a_at", FACT_INT, "", "the one of these two sources that end a of the first flow is nearer to; NULL: not known", 0 },
    { "swapped", FACT_INT, "bool", "end a of one flow is end b of the other", 0 },
};
static const struct fact_kind flow_fact = {
    "pair_flow", FACT_OF_PAIR, "one life of a conversation that several sources saw", flow_columns,
    sizeof(flow_columns) / sizeof(flow_columns[0]),
};

static const struct fact_column unrelated_columns[] = {
    { "of_source", FACT_INT, "", "the source", FACT_KEY },
};
static const struct fact_kind unrelated_fact = {
    "pair_unrelated", FACT_OF_PAIR,
    "a source with lives that could not be related to another source's: there are too many",
    unrelated_columns, sizeof(unrelated_columns) / sizeof(unrelated_columns[0]),
};

static const struct fact_column source_columns[] = {
    { "first_source", FACT_INT, "", "`source.id`", FACT_KEY },
    { "other_source", FACT_INT, "", "`source.id`", FACT_KEY },
    { "shared", FACT_INT, "", "marks that both sketches hold exactly once", 0 },
    { "offset_ns", FACT_INT, "ns", "clock of the other source minus the first one's", 0 },
    { "drift_ppb", FACT_INT, "ns/s", "what the other clock gains per second", 0 },
    { "error_ns", FACT_INT, "ns", "how far offset and drift can be off", 0 },
    { "from_ns", FACT_INT, "ns", "start of the overlap, clock of the first source", 0 },
    { "to_ns", FACT_INT, "ns", "end of the overlap", 0 },
    { "both", FACT_INT, "frames", "seen by both", 0 },
    { "first_only", FACT_INT, "frames", "inside the overlap, only the first has them", 0 },
    { "other_only", FACT_INT, "frames", "inside the overlap, only the other has them", 0 },
    { "outside", FACT_INT, "frames", "outside the overlap, or too close to its edges", 0 },
    { "compared", FACT_INT, "bool", "the second pass was made, whole", 0 },
    { "reason", FACT_TEXT, "", "why it was not, or not all of it", 0 },
};
static const struct fact_kind source_fact = {
    "pair_source", FACT_OF_PAIR, "two sources that are vantages of one network", source_columns,
    sizeof(source_columns) / sizeof(source_columns[0]),
};
/* clang-format on */

static const struct fact_kind *const kinds[] = {
    &source_fact,         &flow_fact,       &unrelated_fact,    &view_fact,      &part_fact,
    &loss_direction_fact, &loss_frame_fact, &loss_finding_fact, &log_clock_fact, NULL,
};

const struct fact_kind *const *vantage_fact_kinds(void)
{
    return kinds;
}

/* A pair and what comparing it gave. */
struct compared {
    struct vantage_pair pair;
    struct match_result match;
    struct losses *losses;
};

static void write_pair(const struct compared *c, const struct fact_sink *sink)
{
    const struct match_result *m = &c->match;
    const struct fact_where nowhere = { 0 };
    bool read = c->losses != NULL;

    sink->put(sink->user, &source_fact, &nowhere,
              (struct fact_value[]){
                  fact_int(c->pair.a),
                  fact_int(c->pair.b),
                  fact_int((int64_t)c->pair.n_shared),
                  fact_int(c->pair.clock.offset_ns),
                  fact_int((int64_t)llround(c->pair.clock.drift * 1e9)),
                  fact_int(c->pair.clock.error_ns),
                  fact_int(m->from_ns),
                  fact_int(m->to_ns),
                  fact_int_if(read, (int64_t)m->both),
                  fact_int_if(read, (int64_t)m->only[0]),
                  fact_int_if(read, (int64_t)m->only[1]),
                  fact_int_if(read, (int64_t)m->outside),
                  fact_int(read && !m->overflow),
                  fact_text(!read               ? m->why_not
                            : m->overflow       ? "too many frames at once: some were not compared"
                            : m->flows_overflow ? "too many conversations: some were not paired"
                                                : NULL),
              });
    if (c->losses)
        losses_write(c->losses, sink);
}

/*
 * Clocks that are minutes apart are set wrongly now and then; much more often the captures are of
 * two days, and a device repeated what it had said before, to a peer that did, too (design.md
 * section 4). Of one time, a frame that one vantage lacks the other one has, in at least one
 * direction.
 */
static bool is_other_time(const struct compared *c)
{
    const struct match_result *m = &c->match;
    uint64_t least = m->only[0] < m->only[1] ? m->only[0] : m->only[1];

    return llabs(c->pair.clock.offset_ns) > CLOCK_APART_MAX_NS && (!c->losses || least * 9 > m->both);
}

/* The flows of b one after the other, each with the flow of a first that most of its frames belong
 * to. */
static int by_share(const void *x, const void *y)
{
    const struct match_flow *a = x, *b = y;

    if (a->b != b->b)
        return a->b < b->b ? -1 : 1;
    if (a->n != b->n)
        return a->n > b->n ? -1 : 1;
    return (a->a > b->a) - (a->a < b->a);
}

/* The side that end a of a's flow is nearer to; -1: not known. */
static int side_of_a(const struct losses *l, const struct match_flow *f)
{
    int a = f->sender[0] ? losses_side_of(l, f->sender[0]) : -1;
    int b = f->sender[1] ? losses_side_of(l, f->sender[1]) : -1;

    if (a >= 0 && b >= 0) /* between them lies the path */
        return a != b ? a : -1;
    return a >= 0 ? a : b >= 0 ? !b : -1;
}

static void add_flows(struct compared *c, struct live_pairs *lives)
{
    struct match_result *m = &c->match;
    size_t i;

    if (m->n_flows)
        qsort(m->flows, m->n_flows, sizeof(*m->flows), by_share);
    for (i = 0; i < m->n_flows; i++) {
        const struct match_flow *f = &m->flows[i];
        int side;

        if (i && f[-1].b == f->b)
            continue;
        side = side_of_a(c->losses, f);
        lives_add(lives, &(struct live_pair){ .first = { c->pair.a, f->a },
                                              .other = { c->pair.b, f->b },
                                              .near_first = side == 0,
                                              .near_other = side == 1,
                                              .swapped = f->swapped });
    }
    if (m->flows_overflow) {
        lives_unrelated(lives, c->pair.a);
        lives_unrelated(lives, c->pair.b);
    }
}

static int by_other(const void *x, const void *y)
{
    const struct live_pair *a = x, *b = y;
    const int64_t left[] = { a->other.source, a->other.flow, a->first.source, a->first.flow,
                             !(a->near_first || a->near_other) };
    const int64_t right[] = { b->other.source, b->other.flow, b->first.source, b->first.flow,
                              !(b->near_first || b->near_other) };
    size_t i;

    for (i = 0; i < 5; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

static int find_other(const void *key, const void *element)
{
    const struct live *x = key, *y = &((const struct live_pair *)element)->other;

    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return (x->flow > y->flow) - (x->flow < y->flow);
}

/* Each life once, by the smallest source that has it: 1 with 2 and 2 with 3 is 1 with 3. */
static void sort_flows(struct live_pairs *lives)
{
    size_t i, n = 0;

    if (lives->n)
        qsort(lives->all, lives->n, sizeof(*lives->all), by_other);
    for (i = 0; i < lives->n; i++) {
        const struct live *last = n ? &lives->all[n - 1].other : NULL, *next = &lives->all[i].other;

        const struct live_pair *before;

        if (last && last->source == next->source && last->flow == next->flow)
            continue;
        lives->all[n] = lives->all[i];
        before = n ? bsearch(&lives->all[n].first, lives->all, n, sizeof(*lives->all), find_other)
                   : NULL;
        if (before) { /* where the ends are between those two is not known */
            lives->all[n].first = before->first;
            lives->all[n].swapped ^= before->swapped;
            lives->all[n].near_first = lives->all[n].near_other = false;
        }
        n++;
    }
    lives->n = n;
}

static void write_flows(const struct live_pairs *lives, const struct fact_sink *sink)
{
    const struct fact_where nowhere = { 0 };
    size_t i;

    for (i = 0; i < lives->n; i++) {
        const struct live_pair *p = &lives->all[i];

        sink->put(
            sink->user, &flow_fact, &nowhere,
            (struct fact_value[]){ fact_int(p->first.source), fact_int(p->first.flow),
                                   fact_int(p->other.source), fact_int(p->other.flow),
                                   fact_int_if(p->near_first || p->near_other,
                                               p->near_first ? p->first.source : p->other.source),
                                   fact_int(p->swapped) });
    }
    for (i = 0; i < lives->n_unrelated; i++)
        sink->put(sink->user, &unrelated_fact, &nowhere,
                  (struct fact_value[]){ fact_int(lives->unrelated[i]) });
}

/* Compares and writes one pair after the other: what is known of one is small, of all it is not. */
static int compare_all(struct store *s, const struct vantage_pair *pairs, size_t n,
                       struct live_pairs *lives, struct err *err)
{
    size_t i;
    int rc = ERR_OK;

    for (i = 0; i < n && !rc; i++) {
        struct compared c = { .pair = pairs[i] };

        rc = match_pair(s, &c.pair, &c.match, &c.losses, err);
        if (!rc && !is_other_time(&c)) {
            add_flows(&c, lives);
            write_pair(&c, store_facts(s));
        }
        losses_free(c.losses);
        free(c.match.flows);
    }
    return rc;
}

int vantage_find(struct store *s, struct err *err)
{
    struct vantage_pair *pairs = NULL;
    struct live_pairs lives = { .max = LIVES_MAX };
    size_t n = 0;
    int rc = pairs_find(s, &pairs, &n, err);

    if (!rc)
        rc = lives_find(s, &lives, err);
    if (!rc)
        rc = store_begin_pairs(s, err);
    if (!rc) {
        rc = compare_all(s, pairs, n, &lives, err);
        if (!rc) {
            sort_flows(&lives);
            write_flows(&lives, store_facts(s));
            rc = views_write(s, &lives, store_facts(s), err);
        }
        if (!rc)
            rc = parts_write(s, store_facts(s), err);
        if (!rc)
            rc = logs_put_on_clock(s, store_facts(s), err);
        if (rc)
            store_rollback(s);
        else
            rc = store_commit_pairs(s, err);
    }
    free(pairs);
    lives_free(&lives);
    return rc;
}
