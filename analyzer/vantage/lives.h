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

struct live {
    int64_t source, flow, at_ns;
};

struct live_pair {
    struct live first, other; /* first.source < other.source */
    bool near_first,
        near_other; /* which of the two end a of `first` is nearer to; neither: not known */
    bool swapped;   /* end a of one is end b of the other */
};

struct live_pairs {
    struct live_pair *all;
    size_t n, cap;
};

/* Do several sources have TCP lives? */
bool lives_in_several(struct store *s);
/* Appends to *out; the caller frees out->all. */
int lives_find(struct store *s, struct live_pairs *out, struct err *err);

#endif
