/*
 * dead: TCP lives that have left memory, as far as the next life of their four-tuple asks.
 *
 * Without it, a tuple that comes back after FLOW_TABLE_MAX other conversations would count as new,
 * and who has its old life in the same capture would be told that it is not there.  A ring: the one
 * that left first is forgotten first.
 */
#ifndef FLOW_DEAD_H
#define FLOW_DEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/tcp.h"

#define DEAD_LIVES_MAX 131072u /* some 100 bytes each */

struct dead_life {
    uint64_t hash; /* of its key, under the table's secret */
    uint32_t id, life;
    uint32_t next;  /* of its chain: place in the ring + 1, 0: none */
    bool a_is_lo;
    bool succeeded; /* its next life has started: whoever forgets it forgets nothing */
    struct tcp_remains tcp;
};

struct dead_lives;

struct dead_lives *dead_new(void);
void dead_free(struct dead_lives *d);
/* Takes a copy; `next` is not the caller's. */
void dead_add(struct dead_lives *d, const struct dead_life *life);
/* The last one of this key, or NULL; good until the next dead_add. */
struct dead_life *dead_find(const struct dead_lives *d, uint64_t hash);
/* Those that had to go for others before a next life came. */
uint64_t dead_forgotten(const struct dead_lives *d);

#endif
