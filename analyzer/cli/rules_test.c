#include "config.h"

#include "cli/rules_test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/command.h"
#include "cli/load.h"
#include "store/sql.h"
#include "store/store.h"
#include "verdict/verdict.h"

#define BLANKS " \t\r\n"

enum promise { PROMISE_FIRES, PROMISE_SILENT, PROMISE_UNKNOWN };
static const char *const promises[] = { "fires", "silent", "unknown", NULL };

/* A rule to test, and what went wrong with the rule itself in any of the folders. */
struct subject {
    const struct rule *rule;
    struct str trouble;
};

struct check {
    size_t subject;
    enum promise promise;
    size_t folder;
    char *trouble; /* NULL: as promised */
};

struct folder {
    char *name;    /* as the rules name it */
    char *trouble; /* NULL: it was read */
};

struct plan {
    struct subject *subjects;
    struct check *checks;
    struct folder *folders;
    size_t n_subjects, cap_subjects, n_checks, cap_checks, n_folders, cap_folders;
};

/* -- what is to be tested ------------------------------------------------------------------- */

static size_t folder_of(struct plan *p, const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < p->n_folders; i++)
        if (strlen(p->folders[i].name) == len && strncmp(p->folders[i].name, name, len) == 0)
            return i;
    VEC_PUSH(p->folders, p->n_folders, p->cap_folders,
             (struct folder){ .name = xstrndup(name, len) });
    return p->n_folders - 1;
}

/* "fires: a b" of subject `at`, where the words end with `len`. */
static void plan_part(struct plan *p, size_t at, const char *part, size_t len)
{
    const char *end = part + len, *colon = memchr(part, ':', len);
    size_t word, i;

    part += strspn(part, BLANKS);
    if (part >= end)
        return;
    for (i = 0; promises[i]; i++)
        if (colon && (size_t)(colon - part) == strlen(promises[i]) &&
            strncmp(part, promises[i], strlen(promises[i])) == 0)
            break;
    if (!promises[i]) {
        str_addf(&p->subjects[at].trouble,
                 "samples: not one of fires:, silent:, unknown: in '%.*s'\n", (int)(end - part),
                 part);
        return;
    }
    for (part = colon + 1; part < end; part += word) {
        part += strspn(part, BLANKS);
        word = strcspn(part, BLANKS ";");
        if (part >= end || word == 0)
            return;
        VEC_PUSH(p->checks, p->n_checks, p->cap_checks,
                 (struct check){ .subject = at,
                                 .promise = (enum promise)i,
                                 .folder = folder_of(p, part, word) });
    }
}

static void plan_rule(struct plan *p, const struct rule *rule)
{
    const char *part = rule->samples ? rule->samples : "";
    size_t len;

    VEC_PUSH(p->subjects, p->n_subjects, p->cap_subjects, (struct subject){ .rule = rule });
    for (;; part += len + 1) {
        len = strcspn(part, ";");
        plan_part(p, p->n_subjects - 1, part, len);
        if (!part[len])
            break;
    }
}

static const struct rule *find(const struct rules *rules, const char *id)
{
    size_t i;

    for (i = 0; i < rules_count(rules); i++)
        if (strcmp(rules_at(rules, i)->id, id) == 0)
            return rules_at(rules, i);
    return NULL;
}

static int plan_fill(struct plan *p, const struct rules *rules, char *const *ids, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (!find(rules, ids[i]))
            return command_usage("rules", "there is no rule %s ('deadwire rules list' shows them)",
                                 ids[i]);
        plan_rule(p, find(rules, ids[i]));
    }
    for (i = 0; n == 0 && i < rules_count(rules); i++)
        plan_rule(p, rules_at(rules, i));
    return EXIT_CLEAN;
}

static void plan_free(struct plan *p)
{
    size_t i;

    for (i = 0; i < p->n_subjects; i++)
        str_free(&p->subjects[i].trouble);
    for (i = 0; i < p->n_checks; i++)
        free(p->checks[i].trouble);
    for (i = 0; i < p->n_folders; i++) {
        free(p->folders[i].name);
        free(p->folders[i].trouble);
    }
    free(p->subjects);
    free(p->checks);
    free(p->folders);
}

/* -- one folder ----------------------------------------------------------------------------- */

static sqlite3_stmt *ask(struct store *s, const char *sql, const char *rule, struct err *err)
{
    sqlite3_stmt *st;

    if (sql_prepare(store_db(s), sql, &st, err))
        return NULL;
    sql_bind_text(st, 1, rule);
    return st;
}

/* Says in *why what the rule said instead; empty: as promised. */
static int judge(struct store *s, const char *rule, enum promise promise, struct str *why,
                 struct err *err)
{
    bool found = false, loud = false, open = false;
    struct str said = { 0 };
    sqlite3_stmt *st = ask(s,
                           "SELECT state, severity, because, state <> 'unknown', severity IN "
                           "('critical', 'warning'), EXISTS (SELECT 1 FROM verdict_missing m WHERE "
                           "m.verdict = v.id) FROM verdict v WHERE rule = ? ORDER BY rank",
                           rule, err);
    int rc = st ? ERR_OK : err->code;

    while (!rc && (rc = sql_step(st, err)) == 1) {
        found |= sqlite3_column_int(st, 3) == 1;
        loud |= sqlite3_column_int(st, 4) == 1;
        open |= sqlite3_column_int(st, 3) == 0 && sqlite3_column_int(st, 5) == 1;
        str_addf(&said, "it said, %s and %s: ", sql_text(st, 0), sql_text(st, 1));
        str_adds(&said, sql_text(st, 2));
        str_addc(&said, '\n');
        rc = ERR_OK;
    }
    if (promise == PROMISE_FIRES && !found)
        str_adds(why, "nothing confirmed or likely\n");
    else if (promise == PROMISE_SILENT && (found || loud))
        str_adds(why, "it was not silent\n");
    else if (promise == PROMISE_UNKNOWN && (found || !open))
        str_adds(why,
                 found ? "it claims to know\n" : "nothing unknown that names what is missing\n");
    if (why->len)
        str_adds(why, said.len ? str_get(&said) : "it said nothing\n");
    sqlite3_finalize(st);
    str_free(&said);
    return rc;
}

/* A rule that failed says nothing: never mistake that for silence. */
static int rule_trouble(struct store *s, const char *rule, struct str *out, struct err *err)
{
    sqlite3_stmt *st = ask(s, "SELECT message FROM rule_error WHERE rule = ?", rule, err);
    int rc = st ? sql_step(st, err) : err->code;

    if (rc == 1)
        str_adds(out, sql_text(st, 0));
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

static int judge_folder(struct plan *p, size_t at, struct store *s, struct err *err)
{
    struct str why = { 0 };
    size_t i;
    int rc = ERR_OK;

    for (i = 0; i < p->n_subjects && !rc; i++) {
        str_clear(&why);
        rc = rule_trouble(s, p->subjects[i].rule->id, &why, err);
        if (why.len)
            str_addf(&p->subjects[i].trouble, "%s: %s\n", p->folders[at].name, str_get(&why));
    }
    for (i = 0; i < p->n_checks && !rc; i++) {
        struct check *c = &p->checks[i];
        const char *id = p->subjects[c->subject].rule->id;

        if (c->folder != at)
            continue;
        str_clear(&why);
        rc = rule_trouble(s, id, &why, err);
        if (!rc && !why.len)
            rc = judge(s, id, c->promise, &why, err);
        if (why.len)
            c->trouble = xstrdup(str_get(&why));
    }
    str_free(&why);
    return rc;
}

/* Names come from rules, which may come from strangers: they stay below the folder. */
static bool is_inside(const char *name)
{
    const char *p;

    if (*name == '/')
        return false;
    for (p = strstr(name, ".."); p; p = strstr(p + 2, ".."))
        if ((p == name || p[-1] == '/') && (p[2] == '\0' || p[2] == '/'))
            return false;
    return true;
}

static int read_folder(struct plan *p, size_t at, const struct rules *rules, const char *samples,
                       struct err *err)
{
    const struct fact_kind **kinds = load_fact_kinds();
    struct ingest_options o = { .progress = PROGRESS_NEVER };
    struct load_result got = { 0 };
    struct store *s = NULL;
    struct str path = { 0 };
    char *arg;
    struct stat st;
    int rc = ERR_OK;

    str_addf(&path, "%s/%s", samples, p->folders[at].name);
    arg = str_take(&path);
    if (!is_inside(p->folders[at].name) || stat(arg, &st) || !S_ISDIR(st.st_mode))
        rc = err_set(err, ERR_IO, "%s: no such folder", arg);
    if (!rc)
        rc = store_open(NULL, STORE_TEMPORARY, kinds, &s, err);
    if (!rc)
        rc = load_paths(s, &arg, 1, &o, rules, NULL, &got, err);
    if (!rc && got.n_read == 0)
        rc = err_set(err, ERR_FORMAT, "%s: nothing in it could be read", arg);
    if (!rc)
        rc = judge_folder(p, at, s, err);
    store_close(s);
    free(arg);
    free(kinds);
    return rc;
}

/* -- the answers ---------------------------------------------------------------------------- */

/* The lines of `text`, as TAP comments. */
static void explain(const char *text)
{
    size_t len;

    for (; *text; text += len + (text[len] == '\n')) {
        len = strcspn(text, "\n");
        printf("#   %.*s\n", (int)len, text);
    }
}

static bool tell(size_t n, const char *trouble, const char *rule, const char *promise,
                 const char *folder)
{
    bool bad = trouble && *trouble;

    printf("%sok %zu - %s: %s%s%s\n", bad ? "not " : "", n, rule, promise, *folder ? " on " : "",
           folder);
    if (bad)
        explain(trouble);
    return !bad;
}

static int tell_all(const struct plan *p)
{
    static const char *const words[] = { "fires", "is silent", "cannot know" };
    size_t i, k, n = 0;
    bool good = true;

    printf("1..%zu\n", p->n_subjects + p->n_checks);
    for (i = 0; i < p->n_subjects; i++) {
        const char *id = p->subjects[i].rule->id;

        good &= tell(++n, str_get(&p->subjects[i].trouble), id,
                     p->subjects[i].rule->samples ? "runs" : "runs (it names no samples)", "");
        for (k = 0; k < p->n_checks; k++) {
            const struct check *c = &p->checks[k];
            const struct folder *f = &p->folders[c->folder];

            if (c->subject == i)
                good &=
                    tell(++n, f->trouble ? f->trouble : c->trouble, id, words[c->promise], f->name);
        }
    }
    return good ? EXIT_CLEAN : EXIT_FOUND;
}

int rules_test(const struct rules *rules, const char *samples, char *const *ids, size_t n)
{
    struct plan p = { 0 };
    int status = plan_fill(&p, rules, ids, n);
    size_t i;

    for (i = 0; i < p.n_folders && !status; i++) {
        struct err err = { 0 };

        if (read_folder(&p, i, rules, samples, &err))
            p.folders[i].trouble = xstrdup(err.msg);
    }
    if (!status)
        status = tell_all(&p);
    plan_free(&p);
    return status;
}
