#include "config.h"

#include "cli/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/mem.h"
#include "capture/input.h"
#include "fact/fact.h"
#include "flow/app.h"
#include "ingest/paths.h"
#include "store/store.h"
#include "vantage/vantage.h"
#include "verdict/verdict.h"

#define KINDS_MAX     256u
#define JUDGE_AGAIN_S 3 /* seconds between two judgements of a case that grows */
#define LONG_BYTES    (16 << 20) /* of a capture: long enough to look at others meanwhile */

const struct fact_kind **load_fact_kinds(void)
{
    const struct fact_kind **kinds = xcalloc(KINDS_MAX + 1, sizeof(*kinds));
    const struct fact_kind *const *k;
    size_t n = ingest_fact_kinds(kinds, KINDS_MAX);

    for (k = vantage_fact_kinds(); *k && n < KINDS_MAX; k++)
        kinds[n++] = *k;
    return kinds;
}

static int read_one(struct store *s, uint32_t id, const struct path *p,
                    const struct ingest_options *o, struct load_result *out, struct err *err)
{
    struct source src;
    int rc = p->refused ? ingest_refuse(s, id, p->refused, p->no_input, &src, err)
                        : ingest_source(s, id, p->walked, o, &src, err);

    if (rc == ERR_GONE) {
        fprintf(stderr, "deadwire: %s\n", err->msg);
        *err = (struct err){ 0 };
        out->n_gone++;
        return ERR_OK;
    }
    if (rc == ERR_STOPPED) {
        out->stopped = true;
        out->n_read++;
        return ERR_OK;
    }
    if (rc)
        return rc;
    out->n_read += src.status == SOURCE_COMPLETE || src.status == SOURCE_PARTIAL;
    out->n_trouble += src.status == SOURCE_UNREADABLE || src.status == SOURCE_PARTIAL;
    out->n_skipped += src.status == SOURCE_SKIPPED;
    return ERR_OK;
}

/* What lies between sources, and what the rules say of it all. */
static int judge(struct store *s, const struct rules *rules, const struct load_watch *watch,
                 struct load_result *out, struct err *err)
{
    int rc;

    if (watch)
        watch->judging(watch->user);
    rc = store_tune(s, err);
    if (!rc)
        rc = vantage_find(s, err);
    if (!rc)
        rc = store_tune(s, err);
    if (!rc && rules)
        rc = verdict_run(s, rules, &out->n_rule_errors, err);
    if (watch)
        watch->judged(watch->user);
    return rc;
}

/* A pipe takes as long as it takes; of members of archives no size is known beforehand. */
static bool is_long(const struct path *p)
{
    struct stat st;

    return !p->refused && stat(p->path, &st) == 0 &&
           (!S_ISREG(st.st_mode) || st.st_size >= LONG_BYTES);
}

/* Key logs and logs first: what they hold may be needed to read a capture. */
static int read_all(struct store *s, const struct paths *paths, const uint32_t *ids,
                    const struct ingest_options *o, const struct rules *rules,
                    const struct load_watch *watch, struct load_result *out, struct err *err)
{
    struct ingest_options options = *o;
    struct input_shelf shelf = { 0 };
    time_t judged = time(NULL);
    size_t i, n_new = 0; /* read since then */
    int rc = ERR_OK, round;

    options.shelf = &shelf;
    options.app = app_new();
    for (round = 0; round < 2; round++) {
        for (i = 0; i < paths->n && !rc && !out->stopped; i++) {
            size_t at = paths->reading[i];

            if (paths->all[at].evidence != (round == 0))
                continue;
            if (watch && rules && n_new &&
                (time(NULL) - judged >= JUDGE_AGAIN_S || is_long(&paths->all[at]))) {
                rc = judge(s, rules, watch, out, err);
                judged = time(NULL);
                n_new = 0;
            }
            if (!rc && options.tell) /* a pipe may keep us waiting before there is more to tell */
                options.tell(options.tell_user,
                             &(struct ingest_progress){ .path = paths->all[at].path });
            if (!rc)
                rc = read_one(s, ids[at], &paths->all[at], &options, out, err);
            n_new++;
        }
        input_shelf_clear(&shelf);
    }
    app_free(options.app);
    return rc;
}

static int register_all(struct store *s, const struct paths *paths, uint32_t *ids, struct err *err)
{
    const char **names = xcalloc(paths->n, sizeof(*names));
    uint32_t *bundles = xcalloc(paths->n, sizeof(*bundles));
    size_t i;
    int rc;

    for (i = 0; i < paths->n; i++) {
        names[i] = paths->all[i].path;
        bundles[i] = paths->all[i].bundle;
    }
    rc = store_register(s, names, bundles, paths->n, ids, err);
    free(bundles);
    free(names);
    return rc;
}

int load_paths(struct store *s, char *const *args, size_t n_args, const struct ingest_options *o,
               const struct rules *rules, const struct load_watch *watch, struct load_result *out,
               struct err *err)
{
    struct paths paths = { 0 };
    uint32_t *ids = NULL;
    int rc = paths_expand(args, n_args, &paths, err);

    *out = (struct load_result){ 0 };
    if (rc)
        return rc;
    ids = xcalloc(paths.n, sizeof(*ids));
    rc = register_all(s, &paths, ids, err);
    if (!rc)
        rc = read_all(s, &paths, ids, o, rules, watch, out, err);
    if (!rc)
        rc = judge(s, rules, watch, out, err);
    free(ids);
    paths_free(&paths);
    return rc;
}
