/*
 * verdict: loads rules, runs them read-only over the case, and writes what they say.
 *
 * A rule is one SQL file (rules.md; docs/rules.md).  Rules run on a read-only connection with an
 * authorizer and a budget of virtual-machine steps, in the order of `after`, then by id.  All
 * verdicts of a run are written in one transaction.
 */
#ifndef VERDICT_VERDICT_H
#define VERDICT_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define VERDICT_STEPS_MAX UINT64_C(2000000000) /* VM steps of one rule */
#define VERDICT_ROWS_MAX  100000u              /* rows of one rule */

struct rules;
struct store;

/* A rule as its header says it.  Strings are owned by the set. */
struct rule_text {
    const char *key;    /* SAY or KEY; "" for id and title */
    const char *locale; /* "" default, "zh_CN", ... */
    const char *text;
};

enum rule_number_type { RULE_INT, RULE_REAL, RULE_BOOL, RULE_TEXT };

struct rule_number {
    const char *name; /* the column */
    enum rule_number_type type;
};

struct rule {
    const char *id, *title;
    const char *sql;         /* the whole file, header included */
    const char *origin;      /* "built in", or the file's path */
    const struct rule_text *because, *advice, *what, *rival, *missing; /* ended by key NULL */
    const char *const *after; /* ended by NULL */
    const char *const *facts; /* without a row in one of these it says nothing; ended by NULL */
    const char *sources, *samples;
    const struct rule_text *titles;     /* title in every language; ended by key NULL */
    const struct rule_number *numbers;  /* ended by name NULL */
};

/* The built-in rules, and those of `dirs` (NULL-terminated, may be NULL), which replace built-in
 * ones of the same id.  A file that breaks the contract is an error that names file and line. */
int rules_load(const char *const *dirs, struct rules **out, struct err *err);
/* Only those of `dirs`, for a person (or a test) who wants nothing else to run. */
int rules_load_only(const char *const *dirs, struct rules **out, struct err *err);
void rules_free(struct rules *r);
size_t rules_count(const struct rules *r);
/* In the order in which they run. */
const struct rule *rules_at(const struct rules *r, size_t i);

/*
 * Runs all rules over the case and replaces its verdicts.  A rule that fails (bad SQL, over budget,
 * rows against the contract) does not stop the others: it is recorded in table `rule_error` and
 * counted in *n_failed.
 */
int verdict_run(struct store *s, const struct rules *r, size_t *n_failed, struct err *err);

#endif
