#include "config.h"

#include "capture/ahead.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"

#define BLOCKS     4u
#define BLOCK_SIZE (512u << 10)

struct block {
    uint8_t *p;
    size_t len, used;
};

struct ahead {
    ahead_source_fn *source;
    void *user;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* Under the lock: blocks made and blocks used up since the start; a block belongs to whoever
     * its number says. */
    uint64_t n_made, n_used;
    bool ended, stop;
    int64_t last; /* what the source said at its end: 0 or negative */
    struct err why;
    struct block blocks[BLOCKS];
};

/* Fills one block; false: the source ended. */
static bool make(struct ahead *a, struct block *b)
{
    int64_t n = 1;

    b->len = b->used = 0;
    while (b->len < BLOCK_SIZE) {
        n = a->source(a->user, b->p + b->len, BLOCK_SIZE - b->len, &a->why);
        if (n <= 0)
            break;
        b->len += (size_t)n;
    }
    a->last = n;
    return n > 0;
}

static void *run(void *user)
{
    struct ahead *a = user;
    bool more = true;

    pthread_mutex_lock(&a->lock);
    while (more && !a->stop) {
        if (a->n_made - a->n_used == BLOCKS) {
            pthread_cond_wait(&a->changed, &a->lock);
            continue;
        }
        pthread_mutex_unlock(&a->lock);
        more = make(a, &a->blocks[a->n_made % BLOCKS]);
        pthread_mutex_lock(&a->lock);
        a->n_made++;
        a->ended = !more;
        pthread_cond_signal(&a->changed);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

struct ahead *ahead_start(ahead_source_fn *source, void *user)
{
    struct ahead *a = xcalloc(1, sizeof(*a));
    size_t i;

    a->source = source;
    a->user = user;
    for (i = 0; i < BLOCKS; i++)
        a->blocks[i].p = xmalloc(BLOCK_SIZE);
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    if (thread_start(&a->thread, run, a))
        return a;
    for (i = 0; i < BLOCKS; i++)
        free(a->blocks[i].p);
    free(a);
    return NULL;
}

int64_t ahead_read(struct ahead *a, uint8_t *p, size_t len, struct err *err)
{
    struct block *b;
    size_t n;

    pthread_mutex_lock(&a->lock);
    for (;;) {
        while (a->n_made == a->n_used && !a->ended)
            pthread_cond_wait(&a->changed, &a->lock);
        b = &a->blocks[a->n_used % BLOCKS];
        if (a->n_made == a->n_used || b->used < b->len)
            break;
        a->n_used++;
        pthread_cond_signal(&a->changed);
    }
    if (a->n_made == a->n_used) {
        if (err && a->last < 0)
            *err = a->why;
        n = 0;
    } else {
        n = b->len - b->used < len ? b->len - b->used : len;
    }
    pthread_mutex_unlock(&a->lock);
    if (!n)
        return a->last < 0 ? a->last : 0;
    memcpy(p, b->p + b->used, n);
    b->used += n;
    return (int64_t)n;
}

void ahead_stop(struct ahead *a)
{
    size_t i;

    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_signal(&a->changed);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->changed);
    for (i = 0; i < BLOCKS; i++)
        free(a->blocks[i].p);
    free(a);
}
