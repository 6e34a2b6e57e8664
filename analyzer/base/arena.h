/*
 * arena: memory of one lifetime, freed at once, never beyond a fixed number of bytes.
 *
 * Two uses: what lives for one frame (arena_reset after it) and what lives for one capture.  The
 * limit counts bytes handed out, so that it is reached at the same frame on every machine.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

/* Makes an arena that hands out `limit` bytes at most.  Caller frees with arena_free. */
struct arena *arena_new(size_t limit);
void arena_free(struct arena *a);

/* Zeroed bytes, aligned for any type, owned by the arena.  NULL: the limit is reached. */
void *arena_alloc(struct arena *a, size_t size);

/* Copies `len` bytes and adds a NUL.  NULL: the limit is reached. */
char *arena_dup(struct arena *a, const void *p, size_t len);

/* Takes back all that was handed out; keeps one block for the next round. */
void arena_reset(struct arena *a);

#endif
