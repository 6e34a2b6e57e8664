#include "config.h"

#include "base/thread.h"

#include <signal.h>

bool thread_start(pthread_t *out, void *(*run)(void *user), void *user)
{
    sigset_t all, before;
    int rc;

    sigfillset(&all);
    sigdelset(&all, SIGBUS);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    rc = pthread_create(out, NULL, run, user);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc == 0;
}
