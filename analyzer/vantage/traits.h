/*
 * traits: what frames that were lost have in common, and those that arrived have not.
 *
 * A trait (a size limit, a kind of message, a port, a flow, a span of time) counts as found when it holds for
 * every lost frame of a direction and for no delivered one; the number says how likely chance would draw
 * exactly these.
 */
#ifndef VANTAGE_TRAITS_H
#define VANTAGE_TRAITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRAITS_SIZE_MAX   65535u /* larger frames count as this size */
#define TRAITS_VALUES_MAX 512u   /* kinds, ports, flows: further ones are not searched */
#define TRAITS_SPANS      2048u  /* slices of the overlap for traits of time */
#define TRAITS_CHANCE_MAX 1e-3   /* findings that chance explains better than this are none */

struct fact_kind;
struct fact_sink;
struct loss_frame;

struct tally {
    uint32_t lost, delivered;
};

/* A value with its tally: a kind, a port, a flow. */
struct valued {
    const char *name;
    uint64_t value;
    struct tally t;
};

struct values {
    struct valued all[TRAITS_VALUES_MAX];
    size_t n;
    bool overflow;
};

struct traits {
    int64_t from_ns, to_ns; /* the overlap, in which spans are counted */
    struct tally size[TRAITS_SIZE_MAX + 1], span[TRAITS_SPANS];
    struct values kinds, ports, flows;
    uint64_t lost, delivered, missed;
    uint64_t arrived,
        known; /* of the lost, as acknowledgements show; of how many they may show it */
    int64_t first_lost_ns, last_lost_ns;
};

extern const struct fact_kind loss_finding_fact;

/* Caller frees with free(). */
struct traits *traits_new(int64_t from_ns, int64_t to_ns);
/* `sized`: its size is the same at both. */
void traits_frame(struct traits *t, const struct loss_frame *f, bool lost, bool sized);
void traits_add(struct traits *to, const struct traits *from);
/* Writes the findings of the direction between these sources; without `sized` none of sizes. */
void traits_write(const struct traits *t, uint32_t from, uint32_t to, bool sized,
                  const struct fact_sink *sink);

#endif
