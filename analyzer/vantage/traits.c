#include "config.h"

#include "vantage/traits.h"

#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "fact/fact.h"
#include "vantage/losses.h"

/* clang-format off */
static const struct fact_column finding_columns[] = {
    { "from_source", FACT_INT, "", "direction: from here", FACT_KEY },
    { "to_source", FACT_INT, "", "to here", 0 },
    { "trait", FACT_TEXT, "", "small, large (size), kind, port, flow, time", 0 },
    { "value", FACT_TEXT, "", "which kind, port or flow; NULL for sizes and times", 0 },
    { "lost_limit", FACT_INT, "", "small: largest lost size; large: smallest lost; time: first lost, ns", 0 },
    { "delivered_limit", FACT_INT, "", "small: smallest delivered size; large: largest delivered; time: last lost, ns", 0 },
    { "lost", FACT_INT, "frames", "all of these", 0 },
    { "delivered", FACT_INT, "frames", "none of those", 0 },
    { "lost_kinds", FACT_INT, "", "kinds of message among the lost", 0 },
    { "rivals", FACT_INT, "", "other traits that separate lost and delivered as well", 0 },
    { "p_value", FACT_REAL, "", "how likely chance loses exactly these", 0 },
};
const struct fact_kind loss_finding_fact = {
    "pair_finding", FACT_OF_PAIR,
    "what all lost frames of a direction have in common, and no delivered one", finding_columns,
    sizeof(finding_columns) / sizeof(finding_columns[0]),
};
/* clang-format on */

struct traits *traits_new(int64_t from_ns, int64_t to_ns)
{
    struct traits *t = xcalloc(1, sizeof(*t));

    t->from_ns = from_ns;
    t->to_ns = to_ns;
    return t;
}

static void bump(struct tally *t, bool lost)
{
    if (lost)
        t->lost++;
    else
        t->delivered++;
}

static void note(struct values *v, const char *name, uint64_t value, struct tally by)
{
    size_t i;

    for (i = 0; i < v->n; i++)
        if (v->all[i].name == name && v->all[i].value == value)
            break;
    if (i == v->n) {
        if (v->n == TRAITS_VALUES_MAX) {
            v->overflow = true;
            return;
        }
        v->all[v->n++] = (struct valued){ .name = name, .value = value };
    }
    v->all[i].t.lost += by.lost;
    v->all[i].t.delivered += by.delivered;
}

static size_t span_of(const struct traits *t, int64_t ns)
{
    double whole = (double)(t->to_ns - t->from_ns);
    double at = whole > 0 ? (double)(ns - t->from_ns) / whole * TRAITS_SPANS : 0;

    return at <= 0 ? 0 : at >= TRAITS_SPANS ? TRAITS_SPANS - 1 : (size_t)at;
}

void traits_frame(struct traits *t, const struct loss_frame *f, bool lost, bool sized)
{
    struct tally one = { lost, !lost };

    if (sized)
        bump(&t->size[f->size < TRAITS_SIZE_MAX ? f->size : TRAITS_SIZE_MAX], lost);
    bump(&t->span[span_of(t, f->ns)], lost);
    note(&t->kinds, f->kind, 0, one);
    note(&t->ports, NULL, f->port, one);
    note(&t->flows, NULL, f->flow, one);
    if (!lost) {
        t->delivered++;
        return;
    }
    if (!t->lost || f->ns < t->first_lost_ns)
        t->first_lost_ns = f->ns;
    if (!t->lost || f->ns > t->last_lost_ns)
        t->last_lost_ns = f->ns;
    t->lost++;
}

static void add_values(struct values *to, const struct values *from)
{
    size_t i;

    for (i = 0; i < from->n; i++)
        note(to, from->all[i].name, from->all[i].value, from->all[i].t);
    to->overflow |= from->overflow;
}

void traits_add(struct traits *to, const struct traits *from)
{
    size_t i;

    for (i = 0; i <= TRAITS_SIZE_MAX; i++) {
        to->size[i].lost += from->size[i].lost;
        to->size[i].delivered += from->size[i].delivered;
    }
    for (i = 0; i < TRAITS_SPANS; i++) {
        to->span[i].lost += from->span[i].lost;
        to->span[i].delivered += from->span[i].delivered;
    }
    add_values(&to->kinds, &from->kinds);
    add_values(&to->ports, &from->ports);
    add_values(&to->flows, &from->flows);
    if (from->lost && (!to->lost || from->first_lost_ns < to->first_lost_ns))
        to->first_lost_ns = from->first_lost_ns;
    if (from->lost && (!to->lost || from->last_lost_ns > to->last_lost_ns))
        to->last_lost_ns = from->last_lost_ns;
    to->lost += from->lost;
    to->delivered += from->delivered;
}

/* -- findings ---------------------------------------------------------------------------------- */

struct finding {
    const char *trait, *name;
    uint64_t value;
    bool has_value;
    int64_t lost_limit, delivered_limit;
    double tried; /* how many such traits were looked at */
};

/* 1 over the number of ways to draw `k` of `n`. */
static double chance(uint64_t n, uint64_t k)
{
    double ways = lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);

    return exp(-ways);
}

static size_t find_sizes(const struct traits *t, struct finding *out)
{
    int64_t small_lost = -1, large_lost = -1, small_ok = -1, large_ok = -1;
    double sizes = 0;
    size_t i, n = 0;

    for (i = 0; i <= TRAITS_SIZE_MAX; i++) {
        if (t->size[i].lost) {
            small_lost = small_lost < 0 ? (int64_t)i : small_lost;
            large_lost = (int64_t)i;
        }
        if (t->size[i].delivered) {
            small_ok = small_ok < 0 ? (int64_t)i : small_ok;
            large_ok = (int64_t)i;
        }
        sizes += t->size[i].lost || t->size[i].delivered;
    }
    if (small_ok >= 0 && large_lost < small_ok)
        out[n++] = (struct finding){
            .trait = "small", .lost_limit = large_lost, .delivered_limit = small_ok, .tried = sizes
        };
    if (small_ok >= 0 && small_lost > large_ok)
        out[n++] = (struct finding){
            .trait = "large", .lost_limit = small_lost, .delivered_limit = large_ok, .tried = sizes
        };
    return n;
}

/* One value that all lost frames have and no delivered one. */
static size_t find_value(const struct traits *t, const char *trait, const struct values *v,
                         struct finding *out)
{
    const struct valued *only = NULL;
    size_t i;

    for (i = 0; i < v->n; i++) {
        if (!v->all[i].t.lost)
            continue;
        if (only || v->all[i].t.delivered)
            return 0;
        only = &v->all[i];
    }
    if (!only || v->overflow || only->t.lost != t->lost || (!only->name && !only->value))
        return 0;
    *out = (struct finding){ .trait = trait,
                             .name = only->name,
                             .value = only->value,
                             .has_value = true,
                             .tried = (double)v->n };
    return 1;
}

static size_t find_span(const struct traits *t, struct finding *out)
{
    size_t first = span_of(t, t->first_lost_ns), last = span_of(t, t->last_lost_ns), i, used = 0;

    for (i = first; i <= last; i++)
        if (t->span[i].delivered)
            return 0;
    for (i = 0; i < TRAITS_SPANS; i++)
        used += t->span[i].lost || t->span[i].delivered;
    *out = (struct finding){ .trait = "time",
                             .lost_limit = t->first_lost_ns,
                             .delivered_limit = t->last_lost_ns,
                             .tried = (double)used };
    return 1;
}

static unsigned lost_kinds(const struct traits *t)
{
    unsigned n = 0;
    size_t i;

    for (i = 0; i < t->kinds.n; i++)
        n += t->kinds.all[i].t.lost != 0;
    return n;
}

void traits_write(const struct traits *t, uint32_t from, uint32_t to, bool sized,
                  const struct fact_sink *sink)
{
    const struct fact_where nowhere = { 0 };
    struct finding all[8];
    size_t n = 0, i;
    char number[24];

    if (t->lost < 2 || !t->delivered || t->missed || t->arrived)
        return;
    if (sized)
        n += find_sizes(t, all + n);
    n += find_value(t, "kind", &t->kinds, all + n);
    n += find_value(t, "port", &t->ports, all + n);
    n += find_value(t, "flow", &t->flows, all + n);
    n += find_span(t, all + n);
    for (i = 0; i < n; i++) {
        const struct finding *f = &all[i];
        double p = f->tried * chance(t->lost + t->delivered, t->lost);
        bool limits = !f->has_value;

        if (p >= TRAITS_CHANCE_MAX)
            continue;
        snprintf(number, sizeof(number), "%llu", (unsigned long long)f->value);
        sink->put(sink->user, &loss_finding_fact, &nowhere,
                  (struct fact_value[]){
                      fact_int(from),
                      fact_int(to),
                      fact_text(f->trait),
                      f->has_value ? fact_text(f->name ? f->name : number) : fact_null(),
                      fact_int_if(limits, f->lost_limit),
                      fact_int_if(limits, f->delivered_limit),
                      fact_int((int64_t)t->lost),
                      fact_int((int64_t)t->delivered),
                      fact_int(lost_kinds(t)),
                      fact_int((int64_t)n - 1),
                      fact_real(p),
                  });
    }
}
