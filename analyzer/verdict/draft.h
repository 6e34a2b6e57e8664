/*
 * draft: what the rows of a rule say, before it becomes a verdict.
 *
 * collect.c makes drafts of rows and holds them to the contract of docs/rules.md; finish.c looks
 * up what they lean on (sources, times, subjects, causes) and writes the sentences; write.c gives
 * them ids and stores them.  A rule whose rows break the contract loses all its drafts.
 */
#ifndef VERDICT_DRAFT_H
#define VERDICT_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct rule;
struct sqlite3;
struct sqlite3_stmt;

enum verdict_state { STATE_CONFIRMED, STATE_LIKELY, STATE_UNKNOWN };
enum verdict_severity { SEVERITY_CRITICAL, SEVERITY_WARNING, SEVERITY_NOTICE, SEVERITY_INFO };

struct draft_evidence {
    int64_t source;
    int64_t frame, line; /* exactly one is not 0 */
    bool has_at, has_at_len, has_time;
    int64_t at, at_len, time_ns;
    int64_t error_ns; /* of time_ns, where it was found by matching; 0: exact */
    char *local_time; /* or NULL */
    char *what;       /* KEY of the header */
};

struct draft_subject {
    const char *kind; /* static */
    int64_t source, id; /* or 0 */
    char *proto, *a, *b; /* or NULL */
};

struct draft_text {
    const char *locale, *part; /* borrowed */
    char *text;
};

struct draft {
    const struct rule *rule;
    char *key, *say, *subject;
    char *rivals, *missing; /* KEYs, or NULL */
    char *caused_by;        /* `rule/verdict_key`, blank-separated, or NULL */
    enum verdict_state state;
    enum verdict_severity severity;
    char **values; /* of the first row, one per column of the SELECT; NULL: NULL */
    int *types;    /* SQLite's type of each */
    size_t n_values;
    struct draft_evidence *evidence;
    size_t n_evidence, cap_evidence;

    /* finish.c */
    struct draft_subject on;
    bool evicted; /* its life left memory before its end: the state is unknown for that */
    bool unrelated; /* what other captures show of its life is not known: unknown for that */
    char *because, *advice, *numbers;
    struct draft_text *texts; /* because and advice in other languages */
    size_t n_texts, cap_texts;
    size_t *causes; /* indexes into the list */
    size_t n_causes, cap_causes;

    /* write.c */
    char id[17];
    struct draft_evidence *anchor; /* what made the id */
};

struct draft_list {
    struct draft *all;
    size_t n, cap;
};

/* Frees what one draft owns. */
void draft_release(struct draft *d);
void draft_list_free(struct draft_list *l);
/* Drops what came after the first n. */
void draft_list_cut(struct draft_list *l, size_t n);

/* The columns of a SELECT, by what they are for. */
struct draft_columns {
    char **names; /* owned */
    size_t n;
    int fixed[14]; /* enum draft_fixed: index in names */
};

enum draft_fixed { FIXED_KEY, FIXED_SAY, FIXED_STATE, FIXED_SEVERITY, FIXED_SUBJECT, FIXED_SOURCE,
                   FIXED_FRAME, FIXED_LINE, FIXED_AT, FIXED_AT_LEN, FIXED_WHAT, FIXED_RIVALS,
                   FIXED_MISSING, FIXED_CAUSED_BY, FIXED };

/* Checks that all fixed columns, `numbers` and names in templates are there. */
int draft_columns_of(const struct rule *r, struct sqlite3_stmt *st, struct draft_columns *out,
                     struct err *err);
void draft_columns_free(struct draft_columns *c);

/*
 * Adds drafts of all rows of a statement to *out.  *more: it has too many, which err says; the
 * drafts are whole where rows come in the order of verdict_key, but not all there are.
 */
int draft_collect(const struct rule *r, struct sqlite3_stmt *st, const struct draft_columns *c,
                  struct draft_list *out, bool *more, struct err *err);

/*
 * Resolves caused_by over all drafts of a run: a rule may name a verdict of one that runs later.
 * What names nothing is an error of that rule; the first such index is left in *bad.
 */
int draft_link(struct draft_list *l, size_t *bad, struct err *err);

/* Completes the drafts from `first` on: they are one rule's.  `db` is the case. */
int draft_finish(struct sqlite3 *db, const struct draft_columns *c, struct draft_list *l,
                 size_t first, struct err *err);

/* Gives the ids, puts the worst first and writes all in one transaction. */
int draft_write(struct sqlite3 *db, struct draft_list *l, struct err *err);

/* Calls `each` for every blank-separated word. */
int draft_words(const char *list,
                int (*each)(void *user, const char *word, size_t len, struct err *err), void *user,
                struct err *err);

/* A value as a sentence shows it: whole numbers plain, seconds with up to 3 decimals. */
struct str;
void draft_show_value(int type, const char *value, struct str *out);

/* By enum, ended by NULL. */
extern const char *const verdict_state_names[];
extern const char *const verdict_severity_names[];

#endif
