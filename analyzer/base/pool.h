/*
 * pool: blocks of one size that come and go by the million.
 *
 * What is given back serves the next one who takes; nothing goes back to the system before
 * pool_free.  Blocks are not cleared.  Built for AddressSanitizer each block is malloc'd, so that
 * whoever uses one that was given back is still caught.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

struct pool {
    size_t size; /* of a block, in bytes; at least a pointer's */
    void *spare; /* blocks that were given back, each pointing to the next */
    void **slabs;
    size_t n_slabs, cap_slabs;
};

void pool_init(struct pool *p, size_t size);
void *pool_take(struct pool *p);
/* NULL is allowed. */
void pool_give(struct pool *p, void *block);
/* All blocks must have been given back. */
void pool_free(struct pool *p);

#endif
