/*
 * lives: lives of connections that several sources hold, by numbers that both ends made.
 *
 * Both initial sequence numbers, or both hello randoms: a rebooted device may send its own bytes
 * again, byte for byte, but it cannot make its peer do so.  Works on facts alone, so also where the
 * captures are gone.
 */
#ifndef VANTAGE_LIVES_H
#define VANTAGE_LIVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;

#define LIVES_MAX 4194304u /* pairs of lives of one case that are related */

struct live {
    uint32_t source, flow;
};

struct live_pair {
    struct live first, other; /* first.source < other.source */
    bool near_first,
        near_other; /* which of the two end a of `first` is nearer to; neither: not known */
    bool swapped;   /* end a of one is end b of the other */
};

struct live_pairs {
    struct live_pair *all;
    size_t n, cap, max;
    uint32_t *unrelated; /* sources with lives that found no room, sorted */
    size_t n_unrelated, cap_unrelated;
};

/* Do several sources have TCP lives? */
bool lives_in_several(struct store *s);
/* Adds a pair; where out->max are there, the two sources are `unrelated`. */
void lives_add(struct live_pairs *out, const struct live_pair *pair);
/* Not all of this source's lives are related to another one's. */
void lives_unrelated(struct live_pairs *out, uint32_t source);
void lives_free(struct live_pairs *l);
/* Appends to *out, whose `max` the caller sets; lives_free frees what it holds. */
int lives_find(struct store *s, struct live_pairs *out, struct err *err);

#endif
