#include "config.h"

#include "ingest/paths.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"

static int add(struct paths *p, const char *path, uint32_t bundle, bool walked, struct err *err)
{
    if (p->n >= PATHS_MAX)
        return err_set(err, ERR_LIMIT, "%s: more than %u files in one run", path, PATHS_MAX);
    if (p->n == p->cap) {
        p->cap = p->cap ? p->cap * 2 : 64;
        p->path = xrealloc(p->path, p->cap, sizeof(*p->path));
        p->bundle = xrealloc(p->bundle, p->cap, sizeof(*p->bundle));
        p->walked = xrealloc(p->walked, p->cap, sizeof(*p->walked));
    }
    p->path[p->n] = xstrdup(path);
    p->bundle[p->n] = bundle;
    p->walked[p->n++] = walked;
    return ERR_OK;
}

static int walk(struct paths *p, const char *dir, unsigned depth, uint32_t *n_bundles,
                struct err *err)
{
    uint32_t bundle = ++*n_bundles;
    struct dirent *e;
    DIR *d = opendir(dir);
    int rc = ERR_OK;

    if (!d)
        return add(p, dir, bundle, true, err);
    while (!rc && (e = readdir(d))) {
        struct str sub = { 0 };
        struct stat st;

        if (e->d_name[0] == '.')
            continue;
        str_addf(&sub, "%s%s%s", dir, dir[0] && dir[strlen(dir) - 1] == '/' ? "" : "/", e->d_name);
        /* Links are not followed into folders: a loop of them would have no end. */
        if (lstat(sub.s, &st) == 0 && S_ISDIR(st.st_mode)) {
            if (depth < PATHS_DEPTH_MAX)
                rc = walk(p, sub.s, depth + 1, n_bundles, err);
            else
                rc = err_set(err, ERR_LIMIT, "%s: folders nested deeper than %u", sub.s,
                             PATHS_DEPTH_MAX);
        } else if (stat(sub.s, &st) == 0 && S_ISREG(st.st_mode)) {
            rc = add(p, sub.s, bundle, true, err);
        }
        str_free(&sub);
    }
    closedir(d);
    return rc;
}

struct item {
    char *path;
    uint32_t bundle;
    bool walked;
};

static int by_path(const void *x, const void *y)
{
    const struct item *a = x, *b = y;
    int order = strcmp(a->path, b->path);

    /* The same path twice: the one that was named counts. */
    return order ? order : (int)a->walked - (int)b->walked;
}

/* Sorts, drops doubles, and numbers bundles by their first path, not by the order of the arguments. */
static void settle(struct paths *p, uint32_t n_bundles)
{
    struct item *items = xcalloc(p->n, sizeof(*items));
    uint32_t *number = xcalloc((size_t)n_bundles + 1, sizeof(*number)), next = 0;
    size_t i, n = 0;

    for (i = 0; i < p->n; i++)
        items[i] = (struct item){ p->path[i], p->bundle[i], p->walked[i] };
    if (p->n)
        qsort(items, p->n, sizeof(*items), by_path);
    for (i = 0; i < p->n; i++) {
        if (n && strcmp(p->path[n - 1], items[i].path) == 0) {
            free(items[i].path);
            continue;
        }
        if (!number[items[i].bundle])
            number[items[i].bundle] = ++next;
        p->path[n] = items[i].path;
        p->bundle[n] = number[items[i].bundle];
        p->walked[n++] = items[i].walked;
    }
    p->n = n;
    free(number);
    free(items);
}

int paths_expand(char *const *args, size_t n_args, struct paths *out, struct err *err)
{
    uint32_t n_bundles = 1; /* 1: what was named on the command line */
    int rc = ERR_OK;
    size_t i;

    *out = (struct paths){ 0 };
    for (i = 0; i < n_args && !rc; i++) {
        struct stat st;

        if (strcmp(args[i], "-") && stat(args[i], &st) == 0 && S_ISDIR(st.st_mode))
            rc = walk(out, args[i], 0, &n_bundles, err);
        else
            rc = add(out, args[i], 1, false, err);
    }
    settle(out, n_bundles);
    if (rc)
        paths_free(out);
    return rc;
}

void paths_free(struct paths *p)
{
    size_t i;

    for (i = 0; i < p->n; i++)
        free(p->path[i]);
    free(p->path);
    free(p->bundle);
    free(p->walked);
    *p = (struct paths){ 0 };
}
