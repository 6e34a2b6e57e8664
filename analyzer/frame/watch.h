/*
 * watch: how a caller follows work that must scan, and stops it.
 */
#ifndef FRAME_WATCH_H
#define FRAME_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct watch {
    /* Called every few thousand frames; true stops the work.  `total` 0: not known.  NULL: nobody
     * watches. */
    bool (*stop)(void *user, uint64_t done, uint64_t total);
    void *user;
};

/* `w` may be NULL. */
static inline bool watch_stops(const struct watch *w, uint64_t done, uint64_t total)
{
    return w && w->stop && w->stop(w->user, done, total);
}

#endif
