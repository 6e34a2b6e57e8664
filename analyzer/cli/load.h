/*
 * load: paths into a case: register, read, pair, judge.  What analyze does before it prints.
 */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "ingest/ingest.h"

struct rules;
struct store;

/* Somebody looks at the case while it grows: it is judged now and then before everything is read. */
struct load_watch {
    void *user;
    void (*judging)(void *user); /* the rules begin to run ... */
    void (*judged)(void *user);  /* ... and are through, or failed */
};

struct load_result {
    size_t n_read;       /* complete, partial, or known and still good */
    size_t n_trouble;    /* unreadable or partial, and named by the user or met as a capture */
    size_t n_skipped;
    size_t n_gone;       /* known to the case, and not to be read any more */
    size_t n_rule_errors;
    bool stopped;        /* Ctrl-C */
};

/* The kinds of fact of every room, NULL-terminated; the caller frees the array. */
const struct fact_kind **load_fact_kinds(void);

/*
 * Reads all paths (folders walked) into the case and judges it; `watch` may be NULL.  Troubles with single sources are
 * in *out and in their source rows, not errors.
 */
int load_paths(struct store *s, char *const *args, size_t n_args, const struct ingest_options *o,
               const struct rules *rules, const struct load_watch *watch, struct load_result *out,
               struct err *err);

#endif
