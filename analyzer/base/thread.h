/*
 * thread: one more thread, for work beside the one that talks to the user.
 *
 * It gets no signals but SIGBUS, which tells of a page that is gone and comes where it was missed;
 * Ctrl-C is for the thread that can answer it.
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* False: no thread could be had.  Joined with pthread_join. */
bool thread_start(pthread_t *out, void *(*run)(void *user), void *user);

#endif
