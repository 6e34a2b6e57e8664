#include "config.h"

#include "flow/dead.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/vec.h"

#define CHAINS (DEAD_LIVES_MAX / 2) /* a power of two */

struct dead_lives {
    struct dead_life *ring;
    size_t n, cap;
    uint64_t n_added, n_forgotten;
    uint32_t *chains; /* place in the ring + 1, newest first; made with the first life */
};

struct dead_lives *dead_new(void)
{
    return xcalloc(1, sizeof(struct dead_lives));
}

void dead_free(struct dead_lives *d)
{
    if (!d)
        return;
    free(d->ring);
    free(d->chains);
    free(d);
}

static uint32_t *chain(const struct dead_lives *d, uint64_t hash)
{
    return &d->chains[hash % CHAINS];
}

static void forget(struct dead_lives *d, uint32_t place)
{
    uint32_t *at = chain(d, d->ring[place].hash);

    d->n_forgotten += !d->ring[place].succeeded;
    while (*at != place + 1)
        at = &d->ring[*at - 1].next;
    *at = d->ring[place].next;
}

void dead_add(struct dead_lives *d, const struct dead_life *life)
{
    uint32_t place = (uint32_t)(d->n_added++ % DEAD_LIVES_MAX), *head;

    if (!d->chains)
        d->chains = xcalloc(CHAINS, sizeof(*d->chains));
    if (place < d->n) {
        forget(d, place);
        d->ring[place] = *life;
    } else {
        VEC_PUSH(d->ring, d->n, d->cap, *life);
    }
    head = chain(d, life->hash);
    d->ring[place].next = *head;
    *head = place + 1;
}

struct dead_life *dead_find(const struct dead_lives *d, uint64_t hash)
{
    uint32_t at = d->chains ? *chain(d, hash) : 0;

    while (at && d->ring[at - 1].hash != hash)
        at = d->ring[at - 1].next;
    return at ? &d->ring[at - 1] : NULL;
}

uint64_t dead_forgotten(const struct dead_lives *d)
{
    return d->n_forgotten;
}
