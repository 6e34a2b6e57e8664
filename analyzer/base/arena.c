#include "config.h"

#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define ARENA_BLOCK (64 * 1024)

struct block {
    struct block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *head;
    size_t limit, used;
};

struct arena *arena_new(size_t limit)
{
    struct arena *a = xcalloc(1, sizeof(*a));

    a->limit = limit;
    return a;
}

void arena_free(struct arena *a)
{
    struct block *b, *next;

    if (!a)
        return;
    for (b = a->head; b; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t align = alignof(max_align_t);
    struct block *b = a->head;
    void *p;

    if (size > a->limit)
        return NULL;
    size = (size + align - 1) / align * align;
    if (size > a->limit - a->used)
        return NULL;
    if (!b || size > b->size - b->used) {
        size_t want = size > ARENA_BLOCK ? size : ARENA_BLOCK;

        b = xmalloc(sizeof(*b) + want);
        b->next = a->head;
        b->size = want;
        b->used = 0;
        a->head = b;
    }
    p = b->bytes + b->used;
    b->used += size;
    a->used += size;
    return memset(p, 0, size);
}

char *arena_dup(struct arena *a, const void *p, size_t len)
{
    char *s = len < SIZE_MAX ? arena_alloc(a, len + 1) : NULL;

    if (s && len)
        memcpy(s, p, len);
    return s;
}

void arena_reset(struct arena *a)
{
    struct block *b, *next;

    a->used = 0;
    if (!a->head)
        return;
    for (b = a->head->next; b; b = next) {
        next = b->next;
        free(b);
    }
    a->head->next = NULL;
    a->head->used = 0;
}
