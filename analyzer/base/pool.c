#include "config.h"

#include "base/pool.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"

#define BLOCKS 64u /* in a slab */

#if defined(__SANITIZE_ADDRESS__)
#define ONE_BY_ONE 1
#elif defined(__has_feature)
#define ONE_BY_ONE __has_feature(address_sanitizer)
#else
#define ONE_BY_ONE 0
#endif

void pool_init(struct pool *p, size_t size)
{
    /* A large block begins a cache line. */
    const size_t align = size < 4 * MEM_CACHE_LINE ? sizeof(max_align_t) : MEM_CACHE_LINE;

    assert(size >= sizeof(void *));
    *p = (struct pool){ .size = (size + align - 1) / align * align };
}

void *pool_take(struct pool *p)
{
    void *block;

    if (ONE_BY_ONE)
        return xmalloc(p->size);
    if (!p->spare) {
        char *slab = aligned_alloc(MEM_CACHE_LINE, BLOCKS * p->size);
        size_t i;

        if (!slab)
            abort();
        VEC_PUSH(p->slabs, p->n_slabs, p->cap_slabs, slab);
        for (i = BLOCKS; i-- > 0;)
            pool_give(p, slab + i * p->size);
    }
    block = p->spare;
    memcpy(&p->spare, block, sizeof(p->spare));
    return block;
}

void pool_give(struct pool *p, void *block)
{
    if (!block)
        return;
    if (ONE_BY_ONE) {
        free(block);
        return;
    }
    memcpy(block, &p->spare, sizeof(p->spare));
    p->spare = block;
}

void pool_free(struct pool *p)
{
    size_t i;

    for (i = 0; i < p->n_slabs; i++)
        free(p->slabs[i]);
    free(p->slabs);
    *p = (struct pool){ .size = p->size };
}
