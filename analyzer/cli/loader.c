#include "config.h"

#include "cli/loader.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "cli/load.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/tui.h"

struct loader {
    char **paths;
    size_t n_paths;
    const struct rules *rules;
    const struct fact_kind **kinds;
    struct store *store; /* the thread's, until it ends */
    pthread_t thread;
    bool started, joined;
    struct tui_host host;
    volatile sig_atomic_t stop; /* ingest looks at it as at Ctrl-C */
    pthread_mutex_t lock;       /* of `progress` */
    struct tui_progress progress;
};

/* Called by ingest every few thousand frames. */
static void tell(void *user, const struct ingest_progress *p)
{
    struct loader *l = user;

    pthread_mutex_lock(&l->lock);
    snprintf(l->progress.what, sizeof(l->progress.what), "%s", p->path);
    l->progress.done = p->done;
    l->progress.of = p->of;
    l->progress.frames = p->frames;
    pthread_mutex_unlock(&l->lock);
}

static void judging(void *user)
{
    struct loader *l = user;

    pthread_mutex_lock(&l->lock);
    l->progress.judging = true;
    pthread_mutex_unlock(&l->lock);
}

/* The rules ran over what there is. */
static void news(void *user)
{
    struct loader *l = user;

    pthread_mutex_lock(&l->lock);
    l->progress.judging = false;
    l->progress.generation++;
    pthread_mutex_unlock(&l->lock);
}

static void *work(void *user)
{
    struct loader *l = user;
    struct ingest_options o = {
        .progress = PROGRESS_NEVER, .stop = &l->stop, .tell = tell, .tell_user = l
    };
    struct load_result got = { 0 };
    struct err err = { 0 };
    const struct load_watch watch = { l, judging, news };
    int rc = load_paths(l->store, l->paths, l->n_paths, &o, l->rules, &watch, &got, &err);

    pthread_mutex_lock(&l->lock);
    if (rc)
        snprintf(l->progress.failed, sizeof(l->progress.failed), "%.250s", err.msg);
    else if (got.stopped)
        snprintf(l->progress.failed, sizeof(l->progress.failed), "stopped: what was read is shown");
    l->progress.running = false;
    l->progress.generation++;
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

static void host_progress(void *user, struct tui_progress *out)
{
    struct loader *l = user;

    pthread_mutex_lock(&l->lock);
    *out = l->progress;
    pthread_mutex_unlock(&l->lock);
}

static void host_stop(void *user)
{
    struct loader *l = user;

    l->stop = 1;
}

int loader_start(char **paths, size_t n, const struct rules *rules, struct loader **out,
                 struct err *err)
{
    struct loader *l = xcalloc(1, sizeof(*l));
    int rc;

    *out = l;
    l->paths = paths;
    l->n_paths = n;
    l->rules = rules;
    l->kinds = load_fact_kinds();
    l->host = (struct tui_host){ .user = l, .progress = host_progress, .stop = host_stop };
    pthread_mutex_init(&l->lock, NULL);
    rc = store_open(NULL, STORE_TEMPORARY, l->kinds, &l->store, err);
    /* The screens read while this writes. */
    if (!rc)
        rc = sql_exec(store_db(l->store), "PRAGMA journal_mode=WAL", err);
    if (rc)
        return rc;
    l->progress.running = true;
    if (!thread_start(&l->thread, work, l))
        return err_set(err, ERR_LIMIT, "no thread to load with");
    l->started = true;
    return ERR_OK;
}

const char *loader_path(const struct loader *l)
{
    return store_path(l->store);
}

const struct tui_host *loader_host(const struct loader *l)
{
    return &l->host;
}

void loader_wait(struct loader *l)
{
    if (l->started && !l->joined)
        pthread_join(l->thread, NULL);
    l->joined = true;
}

void loader_end(struct loader *l)
{
    if (!l)
        return;
    l->stop = 1;
    loader_wait(l);
    store_close(l->store);
    free(l->kinds);
    pthread_mutex_destroy(&l->lock);
    free(l);
}
