/* rules: the set of rules, in the order in which they run. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"
#include "verdict/builtin.h"
#include "verdict/rule.h"
#include "verdict/verdict.h"

#define RULES_BYTES_MAX (64u << 20) /* of all rules together */

struct rules {
    struct arena *arena;
    struct rule *all;
    size_t n, cap;
};

static struct rule *find(const struct rules *r, const char *id)
{
    size_t i;

    for (i = 0; i < r->n; i++)
        if (strcmp(r->all[i].id, id) == 0)
            return &r->all[i];
    return NULL;
}

/* A rule of the same id from elsewhere is replaced. */
static int add(struct rules *r, const char *origin, const char *name, const char *text, size_t len,
               struct err *err)
{
    struct rule one, *old;
    int rc = rule_parse(origin, text, len, r->arena, &one, err);

    if (rc)
        return rc;
    if (strcmp(one.id, name) != 0)
        return err_set(err, ERR_USAGE, "%s:1: rule `%s` must be in a file %s.sql", origin, one.id,
                       one.id);
    old = find(r, one.id);
    if (old)
        *old = one;
    else
        VEC_PUSH(r->all, r->n, r->cap, one);
    return ERR_OK;
}

static int add_builtin(struct rules *r, struct err *err)
{
    const struct rule_builtin *b;
    int rc = ERR_OK;

    for (b = rules_builtin; b->id && rc == ERR_OK; b++) {
        rc = add(r, "built in", b->id, b->text, strlen(b->text), err);
        if (rc)
            err_prefix(err, "rule %s", b->id);
    }
    return rc;
}

static int add_file(struct rules *r, const char *folder, const char *file, struct err *err)
{
    struct str path = { 0 }, name = { 0 };
    char *text = NULL;
    const char *origin;
    FILE *f;
    size_t len;
    int rc;

    str_addf(&path, "%s/%s", folder, file);
    str_addn(&name, file, strlen(file) - strlen(".sql"));
    origin = arena_dup(r->arena, path.s, path.len);
    f = fopen(path.s, "rb");
    if (!f || !origin) {
        rc = err_set(err, ERR_IO, "%s: cannot open: %s", path.s, strerror(errno));
        goto out;
    }
    text = xmalloc(RULE_LEN_MAX + 1);
    len = fread(text, 1, RULE_LEN_MAX + 1, f);
    rc = ferror(f) ? err_set(err, ERR_IO, "%s: cannot read: %s", path.s, strerror(errno))
                   : add(r, origin, str_get(&name), text, len, err);
out:
    if (f)
        fclose(f);
    free(text);
    str_free(&name);
    str_free(&path);
    return rc;
}

static int is_rule(const struct dirent *e)
{
    size_t n = strlen(e->d_name);

    return e->d_name[0] != '.' && n > 4 && strcmp(e->d_name + n - 4, ".sql") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_folder(struct rules *r, const char *folder, struct err *err)
{
    struct dirent **names = NULL;
    int i, n = scandir(folder, &names, is_rule, by_name), rc = ERR_OK;

    if (n < 0)
        return err_set(err, ERR_IO, "%s: cannot open: %s", folder, strerror(errno));
    for (i = 0; i < n; i++) {
        if (rc == ERR_OK)
            rc = add_file(r, folder, names[i]->d_name, err);
        free(names[i]);
    }
    free(names);
    return rc;
}

/* -- order ---------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct rule *)a)->id, ((const struct rule *)b)->id);
}

static bool is_ready(const struct rules *done, const struct rule *rule)
{
    const char *const *a;

    for (a = rule->after; *a; a++)
        if (!find(done, *a))
            return false;
    return true;
}

/* The first by id whose `after` are all done, again and again. */
static int put_in_order(struct rules *r, struct err *err)
{
    struct rules done = { 0 };
    const char *const *a;
    bool *taken = xcalloc(r->n, sizeof(*taken));
    int rc = ERR_OK;
    size_t i;

    if (r->n)
        qsort(r->all, r->n, sizeof(*r->all), by_id);
    for (i = 0; i < r->n && rc == ERR_OK; i++)
        for (a = r->all[i].after; *a && rc == ERR_OK; a++)
            if (!find(r, *a))
                rc = err_set(err, ERR_USAGE, "%s: rule %s comes after %s, which does not exist",
                             r->all[i].origin, r->all[i].id, *a);
    while (rc == ERR_OK && done.n < r->n) {
        for (i = 0; i < r->n; i++)
            if (!taken[i] && is_ready(&done, &r->all[i]))
                break;
        if (i == r->n) {
            for (i = 0; taken[i];)
                i++;
            rc = err_set(err, ERR_USAGE, "%s: rule %s waits for itself through `after`",
                         r->all[i].origin, r->all[i].id);
            break;
        }
        taken[i] = true;
        VEC_PUSH(done.all, done.n, done.cap, r->all[i]);
    }
    free(taken);
    if (rc) {
        free(done.all);
        return rc;
    }
    free(r->all);
    r->all = done.all;
    r->cap = done.cap;
    return ERR_OK;
}

static int load(const char *const *dirs, bool builtin, struct rules **out, struct err *err)
{
    struct rules *r = xcalloc(1, sizeof(*r));
    int rc = ERR_OK;

    *out = NULL;
    r->arena = arena_new(RULES_BYTES_MAX);
    if (builtin)
        rc = add_builtin(r, err);
    for (; dirs && *dirs && rc == ERR_OK; dirs++)
        rc = add_folder(r, *dirs, err);
    if (rc == ERR_OK)
        rc = put_in_order(r, err);
    if (rc) {
        rules_free(r);
        return rc;
    }
    *out = r;
    return ERR_OK;
}

int rules_load(const char *const *dirs, struct rules **out, struct err *err)
{
    return load(dirs, true, out, err);
}

int rules_load_only(const char *const *dirs, struct rules **out, struct err *err)
{
    return load(dirs, false, out, err);
}

void rules_free(struct rules *r)
{
    if (!r)
        return;
    free(r->all);
    arena_free(r->arena);
    free(r);
}

size_t rules_count(const struct rules *r)
{
    return r->n;
}

const struct rule *rules_at(const struct rules *r, size_t i)
{
    return i < r->n ? &r->all[i] : NULL;
}
