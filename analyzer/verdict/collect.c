/* collect: rows of a rule become drafts; every row is held to the contract. */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "base/vec.h"
#include "store/sql.h"
#include "verdict/draft.h"
#include "verdict/rule.h"
#include "verdict/template.h"
#include "verdict/verdict.h"

const char *const verdict_state_names[] = { "confirmed", "likely", "unknown", NULL };
const char *const verdict_severity_names[] = { "critical", "warning", "notice", "info", NULL };

static const char *const fixed_names[FIXED] = {
    "verdict_key", "say", "state",  "severity", "subject", "source",  "frame",
    "line",        "at",  "at_len", "what",     "rivals",  "missing", "caused_by",
};

/* These belong to the row; all others to the verdict. */
static bool is_of_row(enum draft_fixed f)
{
    return f >= FIXED_SOURCE && f <= FIXED_WHAT;
}

/* -- columns -------------------------------------------------------------------------------- */

static int find_column(const struct draft_columns *c, const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < c->n; i++)
        if (strlen(c->names[i]) == len && memcmp(c->names[i], name, len) == 0)
            return (int)i;
    return -1;
}

struct known {
    const struct rule *rule;
    const struct draft_columns *columns;
};

/* {column}, {KEY.frame}, {KEY.line}, {KEY.time}, {KEY.source} */
static bool is_known(void *user, const char *name, size_t len)
{
    static const char *const fields[] = { "frame", "line", "time", "source" };
    const struct known *k = user;
    const char *dot = memchr(name, '.', len);
    char key[128];
    size_t i, n;

    if (find_column(k->columns, name, len) >= 0)
        return true;
    n = dot ? (size_t)(dot - name) : 0;
    if (!dot || n >= sizeof(key))
        return false;
    memcpy(key, name, n);
    key[n] = '\0';
    if (!rule_text_of(k->rule->what, key, ""))
        return false;
    for (i = 0; i < 4; i++)
        if (strlen(fields[i]) == len - n - 1 && memcmp(fields[i], dot + 1, len - n - 1) == 0)
            return true;
    return false;
}

static int check_templates(const struct rule *r, const struct draft_columns *c,
                           const struct rule_text *t, const char *name, struct err *err)
{
    struct known k = { r, c };

    for (; t->key; t++)
        if (template_check(t->text, is_known, &k, err))
            return err_prefix(err, "%s.%s%s%s", name, t->key, *t->locale ? "@" : "", t->locale);
    return ERR_OK;
}

int draft_columns_of(const struct rule *r, struct sqlite3_stmt *st, struct draft_columns *out,
                     struct err *err)
{
    const struct rule_number *n;
    size_t i;
    int f, rc;

    out->n = (size_t)sqlite3_column_count(st);
    out->names = xcalloc(out->n, sizeof(*out->names));
    for (i = 0; i < out->n; i++)
        out->names[i] = xstrdup(sqlite3_column_name(st, (int)i));
    for (f = 0; f < FIXED; f++) {
        out->fixed[f] = find_column(out, fixed_names[f], strlen(fixed_names[f]));
        if (out->fixed[f] < 0)
            return err_set(err, ERR_USAGE, "the SELECT has no column `%s`", fixed_names[f]);
    }
    for (n = r->numbers; n->name; n++)
        if (find_column(out, n->name, strlen(n->name)) < 0)
            return err_set(err, ERR_USAGE, "`numbers` names %s, which is no column", n->name);
    rc = check_templates(r, out, r->because, "because", err);
    return rc ? rc : check_templates(r, out, r->advice, "advice", err);
}

void draft_columns_free(struct draft_columns *c)
{
    size_t i;

    for (i = 0; i < c->n; i++)
        free(c->names[i]);
    free(c->names);
    *c = (struct draft_columns){ 0 };
}

/* -- drafts --------------------------------------------------------------------------------- */

void draft_release(struct draft *d)
{
    size_t i;

    for (i = 0; i < d->n_values; i++)
        free(d->values[i]);
    for (i = 0; i < d->n_evidence; i++) {
        free(d->evidence[i].local_time);
        free(d->evidence[i].what);
    }
    free(d->values);
    free(d->types);
    free(d->evidence);
    free(d->key);
    free(d->say);
    free(d->subject);
    free(d->rivals);
    free(d->missing);
    free(d->caused_by);
    for (i = 0; i < d->n_texts; i++)
        free(d->texts[i].text);
    free(d->texts);
    free(d->on.proto);
    free(d->on.a);
    free(d->on.b);
    free(d->because);
    free(d->advice);
    free(d->numbers);
    free(d->causes);
}

void draft_list_cut(struct draft_list *l, size_t n)
{
    while (l->n > n)
        draft_release(&l->all[--l->n]);
}

void draft_list_free(struct draft_list *l)
{
    draft_list_cut(l, 0);
    free(l->all);
    *l = (struct draft_list){ 0 };
}

/* Drafts of the rule at hand by verdict_key; open addressing, indexes + 1. */
struct key_table {
    struct hash_key secret;
    size_t *slots, n_slots, first;
};

static size_t *key_slot(const struct key_table *t, const struct draft_list *l, const char *key)
{
    size_t i = hash_bytes(&t->secret, key, strlen(key)) & (t->n_slots - 1);

    while (t->slots[i] && strcmp(l->all[t->slots[i] - 1].key, key) != 0)
        i = (i + 1) & (t->n_slots - 1);
    return &t->slots[i];
}

static void key_add(struct key_table *t, const struct draft_list *l, size_t index)
{
    size_t i;

    if ((l->n - t->first) * 2 >= t->n_slots) {
        t->n_slots = t->n_slots ? t->n_slots * 2 : 64;
        free(t->slots);
        t->slots = xcalloc(t->n_slots, sizeof(*t->slots));
        for (i = t->first; i < index; i++)
            *key_slot(t, l, l->all[i].key) = i + 1;
    }
    *key_slot(t, l, l->all[index].key) = index + 1;
}

static char *safe_text(sqlite3_stmt *st, int column)
{
    struct str s = { 0 };
    const void *p;

    if (sqlite3_column_type(st, column) == SQLITE_NULL)
        return NULL;
    p = sqlite3_column_text(st, column);
    str_add_foreign(&s, p ? p : "", (size_t)sqlite3_column_bytes(st, column));
    return str_take(&s);
}

/* caused_by keeps its line ends: they separate keys that hold blanks. */
static char *value_text(sqlite3_stmt *st, const struct draft_columns *c, int column)
{
    if (column == c->fixed[FIXED_CAUSED_BY] && sqlite3_column_type(st, column) != SQLITE_NULL)
        return xstrdup(sql_text(st, column));
    return safe_text(st, column);
}

static int word_in(const char *const *words, const char *word)
{
    int i;

    for (i = 0; words[i]; i++)
        if (word && strcmp(words[i], word) == 0)
            return i;
    return -1;
}

int draft_words(const char *list,
                int (*each)(void *user, const char *word, size_t len, struct err *err), void *user,
                struct err *err)
{
    size_t n;
    int rc = ERR_OK;

    for (; list && *list && rc == ERR_OK; list += n) {
        list += strspn(list, " \t\n");
        n = strcspn(list, " \t\n");
        if (n)
            rc = each(user, list, n, err);
    }
    return rc;
}

static char *copy_of(const char *s)
{
    return s ? xstrdup(s) : NULL;
}

static int check_key(const struct rule_text *texts, const char *name, const char *word, size_t len,
                     struct err *err)
{
    char key[128] = "";

    if (len < sizeof(key)) {
        memcpy(key, word, len);
        key[len] = '\0';
    }
    if (rule_text_of(texts, key, ""))
        return ERR_OK;
    return err_set(err, ERR_USAGE, "the header has no `%s.%.*s`", name, (int)(len < 80 ? len : 80),
                   word);
}

static int check_rival(void *user, const char *word, size_t len, struct err *err)
{
    return check_key(((const struct rule *)user)->rival, "rival", word, len, err);
}

static int check_missing(void *user, const char *word, size_t len, struct err *err)
{
    return check_key(((const struct rule *)user)->missing, "missing", word, len, err);
}

/* A new verdict from its first row. */
static int start_draft(const struct rule *r, sqlite3_stmt *st, const struct draft_columns *c,
                       struct draft *d, struct err *err)
{
    char **v;
    size_t i;
    int state, severity, rc;

    *d = (struct draft){ .rule = r, .n_values = c->n };
    v = d->values = xcalloc(c->n, sizeof(*d->values));
    d->types = xcalloc(c->n, sizeof(*d->types));
    for (i = 0; i < c->n; i++) {
        d->types[i] = sqlite3_column_type(st, (int)i);
        v[i] = value_text(st, c, (int)i);
    }
    state = word_in(verdict_state_names, v[c->fixed[FIXED_STATE]]);
    severity = word_in(verdict_severity_names, v[c->fixed[FIXED_SEVERITY]]);
    if (state < 0)
        return err_set(err, ERR_USAGE, "state `%s` is none of confirmed, likely, unknown",
                       v[c->fixed[FIXED_STATE]] ? v[c->fixed[FIXED_STATE]] : "NULL");
    if (severity < 0)
        return err_set(err, ERR_USAGE, "severity `%s` is none of critical, warning, notice, info",
                       v[c->fixed[FIXED_SEVERITY]] ? v[c->fixed[FIXED_SEVERITY]] : "NULL");
    d->state = (enum verdict_state)state;
    d->severity = (enum verdict_severity)severity;
    if (!v[c->fixed[FIXED_SAY]] || !v[c->fixed[FIXED_SUBJECT]])
        return err_set(err, ERR_USAGE, "`say` or `subject` is NULL");
    d->say = xstrdup(v[c->fixed[FIXED_SAY]]);
    d->subject = xstrdup(v[c->fixed[FIXED_SUBJECT]]);
    d->rivals = copy_of(v[c->fixed[FIXED_RIVALS]]);
    d->missing = copy_of(v[c->fixed[FIXED_MISSING]]);
    d->caused_by = copy_of(v[c->fixed[FIXED_CAUSED_BY]]);
    rc = check_key(r->because, "because", d->say, strlen(d->say), err);
    if (rc == ERR_OK)
        rc = draft_words(v[c->fixed[FIXED_RIVALS]], check_rival, (void *)(uintptr_t)r, err);
    if (rc == ERR_OK)
        rc = draft_words(v[c->fixed[FIXED_MISSING]], check_missing, (void *)(uintptr_t)r, err);
    return rc;
}

/* A later row of the same verdict must say the same about it. */
static int compare_row(sqlite3_stmt *st, const struct draft_columns *c, const struct draft *d,
                       struct err *err)
{
    size_t i;
    int f;

    for (i = 0; i < c->n; i++) {
        char *v;
        bool differs;

        for (f = 0; f < FIXED; f++)
            if (c->fixed[f] == (int)i && is_of_row((enum draft_fixed)f))
                break;
        if (f < FIXED)
            continue;
        v = value_text(st, c, (int)i);
        differs = v && d->values[i] ? strcmp(v, d->values[i]) != 0 : v != d->values[i];
        free(v);
        if (differs)
            return err_set(err, ERR_USAGE, "column `%s` differs between rows of one verdict",
                           c->names[i]);
    }
    return ERR_OK;
}

static bool whole_number(sqlite3_stmt *st, int column, int64_t *out)
{
    *out = sqlite3_column_int64(st, column);
    return sqlite3_column_type(st, column) == SQLITE_INTEGER && *out > 0;
}

static int add_evidence(const struct rule *r, sqlite3_stmt *st, const struct draft_columns *c,
                        struct draft *d, struct err *err)
{
    const int *fixed = c->fixed;
    struct draft_evidence e = { 0 };
    bool frame = sqlite3_column_type(st, fixed[FIXED_FRAME]) != SQLITE_NULL;
    bool line = sqlite3_column_type(st, fixed[FIXED_LINE]) != SQLITE_NULL;
    int rc;

    if (!whole_number(st, fixed[FIXED_SOURCE], &e.source))
        return err_set(err, ERR_USAGE, "`source` is no source.id");
    if (frame == line)
        return err_set(err, ERR_USAGE, "exactly one of `frame` and `line` must be given");
    if (!whole_number(st, fixed[frame ? FIXED_FRAME : FIXED_LINE], frame ? &e.frame : &e.line))
        return err_set(err, ERR_USAGE, "`%s` is no number from 1 on", frame ? "frame" : "line");
    e.has_at = sqlite3_column_type(st, fixed[FIXED_AT]) != SQLITE_NULL;
    e.at = sqlite3_column_int64(st, fixed[FIXED_AT]);
    e.has_at_len = sqlite3_column_type(st, fixed[FIXED_AT_LEN]) != SQLITE_NULL;
    e.at_len = sqlite3_column_int64(st, fixed[FIXED_AT_LEN]);
    if (e.at < 0 || e.at_len < 0 || (e.has_at_len && !e.has_at))
        return err_set(err, ERR_USAGE, "`at` and `at_len` are no bytes of a frame");
    e.what = safe_text(st, fixed[FIXED_WHAT]);
    rc =
        check_key(r->what, "what", e.what ? e.what : "NULL", strlen(e.what ? e.what : "NULL"), err);
    VEC_PUSH(d->evidence, d->n_evidence, d->cap_evidence, e);
    return rc;
}

/* *taken: the index of the row's verdict. */
static int take_row(const struct rule *r, sqlite3_stmt *st, const struct draft_columns *c,
                    struct draft_list *out, struct key_table *keys, size_t *taken, struct err *err)
{
    char *key = safe_text(st, c->fixed[FIXED_KEY]);
    size_t *slot, at;
    int rc;

    if (!key || !*key) {
        free(key);
        return err_set(err, ERR_USAGE, "`verdict_key` is empty");
    }
    slot = keys->n_slots ? key_slot(keys, out, key) : NULL;
    if (slot && *slot) {
        at = *slot - 1;
        rc = compare_row(st, c, &out->all[at], err);
    } else {
        struct draft d;

        rc = start_draft(r, st, c, &d, err);
        d.key = xstrdup(key);
        at = out->n;
        VEC_PUSH(out->all, out->n, out->cap, d);
        key_add(keys, out, at);
    }
    if (rc == ERR_OK)
        rc = add_evidence(r, st, c, &out->all[at], err);
    if (rc)
        err_prefix(err, "verdict `%.100s`", key);
    free(key);
    *taken = at;
    return rc;
}

/* There are more rows: the verdict that the last one belongs to may lack some. */
static void cut_short(struct draft_list *l, size_t first, size_t last, struct err *err)
{
    if (last + 1 == l->n)
        draft_list_cut(l, last);
    err_set(err, ERR_LIMIT, "more than %u rows: it found more than what is told (verdicts: %zu)",
            VERDICT_ROWS_MAX, l->n - first);
}

int draft_collect(const struct rule *r, struct sqlite3_stmt *st, const struct draft_columns *c,
                  struct draft_list *out, bool *more, struct err *err)
{
    struct key_table keys = { .secret = hash_key_random(), .first = out->n };
    size_t n = 0, last = 0;
    int rc;

    *more = false;
    while ((rc = sql_step(st, err)) == 1) {
        *more = ++n > VERDICT_ROWS_MAX;
        rc = *more ? ERR_OK : take_row(r, st, c, out, &keys, &last, err);
        if (rc || *more)
            break;
    }
    if (*more)
        cut_short(out, keys.first, last, err);
    free(keys.slots);
    return rc;
}
