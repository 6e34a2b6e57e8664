#include "config.h"

#include "dissectors/pieces.h"

#include <string.h>

#include "dissectors/dissect.h"

#define STEP 2048u /* room is taken in such steps; most hellos fit into one */

static uint8_t *marks(struct pieces *p)
{
    return p->bytes + p->cap;
}

static struct pieces *grow(struct dissect_ctx *ctx, struct pieces *p, uint32_t end)
{
    uint32_t had = p ? p->cap : 0, cap = (end + STEP - 1) / STEP * STEP;

    _Static_assert(sizeof(*p) + (PIECES_MAX + STEP) / 8 * 9 <= DISSECT_KEEP_MAX,
                   "a hello of any size can be kept");
    if (!p)
        dissect_keep(ctx, 0); /* a new collection has no marks of the one before */
    p = dissect_keep(ctx, sizeof(*p) + cap + cap / 8);
    if (!p)
        return NULL;
    memmove(p->bytes + cap, p->bytes + had, had / 8);
    p->cap = cap;
    return p;
}

struct pieces *pieces_add(struct dissect_ctx *ctx, struct pieces *p, uint64_t at, struct bytes in)
{
    uint32_t i;

    if (!in.left || in.left > PIECES_MAX || at > PIECES_MAX - in.left)
        return p;
    if (!p || at + in.left > p->cap)
        p = grow(ctx, p, (uint32_t)(at + in.left));
    if (!p)
        return NULL;
    for (i = (uint32_t)at; in.left; i++) {
        uint8_t *mark = &marks(p)[i / 8], bit = (uint8_t)(1u << i % 8), v = bytes_u8(&in);

        if (!(*mark & bit))
            p->bytes[i] = v;
        *mark |= bit;
    }
    while (p->ready < p->cap && marks(p)[p->ready / 8] >> p->ready % 8 & 1)
        p->ready++;
    return p;
}

struct pieces *pieces_drop(struct dissect_ctx *ctx)
{
    dissect_keep(ctx, 0);
    return NULL;
}
