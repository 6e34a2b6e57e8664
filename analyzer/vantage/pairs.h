/*
 * pairs: which sources are vantages of one network, by their sketches.
 */
#ifndef VANTAGE_PAIRS_H
#define VANTAGE_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "vantage/clock.h"

#define PAIRS_MAX 4096u /* pairs of sources of one case that are compared */

struct store;

struct vantage_pair {
    uint32_t a, b; /* source ids, a < b */
    struct clock_fit clock;
    size_t n_shared; /* sketch marks that both have */
};

/* Sorted by (a, b).  Caller frees *out. */
int pairs_find(struct store *s, struct vantage_pair **out, size_t *n, struct err *err);

#endif
