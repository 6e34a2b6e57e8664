#include "config.h"

#include "ingest/paths.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "capture/input.h"
#include "ingest/ingest.h"
#include "ingest/members.h"

#define NAMED 1u /* the bundle of what was named on the command line */

struct expanding {
    struct paths *out;
    uint32_t n_bundles;
};

static int add(struct expanding *e, const struct path *p, struct err *err)
{
    if (e->out->n >= PATHS_MAX)
        return err_set(err, ERR_LIMIT, "%s: more than %u files in one run", p->path, PATHS_MAX);
    VEC_PUSH(e->out->all, e->out->n, e->out->cap, *p);
    e->out->all[e->out->n - 1].path = xstrdup(p->path);
    e->out->all[e->out->n - 1].refused = p->refused ? xstrdup(p->refused) : NULL;
    return ERR_OK;
}

static int add_archive(struct expanding *e, const char *path, const struct members *m,
                       struct err *err)
{
    struct path p = { .bundle = ++e->n_bundles, .walked = true };
    int rc = ERR_OK;
    size_t i;

    for (i = 0; i < m->n && !rc; i++) {
        struct str name = { 0 };

        str_addf(&name, "%s!%s", path, m->all[i].name);
        p.path = name.s;
        p.place = (uint32_t)i + 1;
        p.evidence = m->all[i].evidence;
        p.refused = m->all[i].refused;
        p.no_input = m->all[i].no_input;
        rc = add(e, &p, err);
        str_free(&name);
    }
    /* Damage, or nothing inside: the archive itself says so. */
    p = (struct path){ .path = xstrdup(path), .bundle = p.bundle, .refused = m->refused };
    if (!rc && m->refused)
        rc = add(e, &p, err);
    free(p.path);
    return rc;
}

/* A regular file: itself, or what is in it. */
static int add_file(struct expanding *e, char *path, uint32_t bundle, bool walked, struct err *err)
{
    struct path p = { .path = path, .bundle = bundle, .walked = walked };
    struct input *in = NULL;
    struct members m = { 0 };
    int rc = ERR_OK;

    if (input_open_packed(path, &in, NULL) == ERR_OK)
        members_list(in, &m);
    if (m.is_archive) {
        rc = add_archive(e, path, &m, err);
    } else {
        p.evidence = m.evidence;
        rc = add(e, &p, err);
    }
    members_free(&m);
    input_close(in);
    return rc;
}

/* Nothing that could be read, but it was met: it stays in the list with its reason. */
static int add_skipped(struct expanding *e, char *path, uint32_t bundle, const char *why,
                       struct err *err)
{
    struct path p = { .path = path,
                      .bundle = bundle,
                      .walked = true,
                      .refused = (char *)(uintptr_t)why, /* add copies it */
                      .no_input = true };

    return add(e, &p, err);
}

static int walk(struct expanding *e, const char *dir, unsigned depth, struct err *err);

/* What a folder holds by this path. */
static int add_met(struct expanding *e, char *path, uint32_t bundle, unsigned depth,
                   struct err *err)
{
    char why[64];
    struct stat st;
    bool link;

    if (lstat(path, &st))
        return ERR_OK; /* gone again */
    link = S_ISLNK(st.st_mode);
    if (link && stat(path, &st))
        return add_skipped(e, path, bundle, "is a link that leads nowhere", err);
    if (S_ISREG(st.st_mode))
        return add_file(e, path, bundle, true, err);
    if (!S_ISDIR(st.st_mode))
        return add_skipped(e, path, bundle,
                           S_ISFIFO(st.st_mode) ? "is a pipe (name it to have it read)"
                                                : "is neither a file nor a folder",
                           err);
    /* A loop of links would have no end. */
    if (link)
        return add_skipped(e, path, bundle, "is a link to a folder, which is not followed", err);
    if (depth < PATHS_DEPTH_MAX)
        return walk(e, path, depth + 1, err);
    snprintf(why, sizeof(why), "lies deeper than %u folders: name it to have it read",
             PATHS_DEPTH_MAX);
    return add_skipped(e, path, bundle, why, err);
}

static int walk(struct expanding *e, const char *dir, unsigned depth, struct err *err)
{
    uint32_t bundle = ++e->n_bundles;
    struct dirent *entry;
    DIR *d = opendir(dir);
    int rc = ERR_OK;

    if (!d)
        return add_file(e, (char *)(uintptr_t)dir, bundle, true, err);
    while (!rc && (entry = readdir(d))) {
        struct str sub = { 0 };

        if (entry->d_name[0] == '.')
            continue;
        str_addf(&sub, "%s%s%s", dir, dir[0] && dir[strlen(dir) - 1] == '/' ? "" : "/",
                 entry->d_name);
        rc = add_met(e, sub.s, bundle, depth, err);
        str_free(&sub);
    }
    closedir(d);
    return rc;
}

static int by_path(const void *x, const void *y)
{
    const struct path *a = x, *b = y;
    int order = strcmp(a->path, b->path);

    /* The same path twice: the one that was named counts. */
    return order ? order : (int)a->walked - (int)b->walked;
}

struct reading {
    size_t first, index; /* first: the path that its archive begins with */
    uint32_t place;
};

static int by_place(const void *x, const void *y)
{
    const struct reading *a = x, *b = y;

    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

/* Paths in their order, but the members of an archive (it is a bundle) as they lie in it. */
static void order_reading(struct paths *p, uint32_t n_bundles)
{
    size_t *first = xcalloc((size_t)n_bundles + 1, sizeof(*first)), i; /* index + 1 */
    struct reading *r = xcalloc(p->n, sizeof(*r));

    p->reading = xcalloc(p->n, sizeof(*p->reading));
    for (i = 0; i < p->n; i++) {
        const struct path *x = &p->all[i];

        if (x->place && !first[x->bundle])
            first[x->bundle] = i + 1;
        r[i] = (struct reading){ x->place ? first[x->bundle] - 1 : i, i, x->place };
    }
    if (p->n)
        qsort(r, p->n, sizeof(*r), by_place);
    for (i = 0; i < p->n; i++)
        p->reading[i] = r[i].index;
    free(first);
    free(r);
}

/* Sorts, drops doubles, and numbers bundles by their first path, not by the order of the arguments.
 */
static void settle(struct expanding *e)
{
    struct paths *p = e->out;
    uint32_t *number = xcalloc((size_t)e->n_bundles + 1, sizeof(*number)), next = 0;
    size_t i, n = 0;

    if (p->n)
        qsort(p->all, p->n, sizeof(*p->all), by_path);
    for (i = 0; i < p->n; i++) {
        struct path x = p->all[i];

        if (n && strcmp(p->all[n - 1].path, x.path) == 0) {
            free(x.path);
            free(x.refused);
            continue;
        }
        if (!number[x.bundle])
            number[x.bundle] = ++next;
        x.bundle = number[x.bundle];
        p->all[n++] = x;
    }
    p->n = n;
    free(number);
    order_reading(p, next);
}

int paths_expand(char *const *args, size_t n_args, struct paths *out, struct err *err)
{
    struct expanding e = { .out = out, .n_bundles = NAMED };
    int rc = ERR_OK;
    size_t i;

    *out = (struct paths){ 0 };
    for (i = 0; i < n_args && !rc; i++) {
        struct path p = { .path = args[i], .bundle = NAMED };
        struct stat st;
        bool found = strcmp(args[i], "-") && stat(args[i], &st) == 0;

        if (found && S_ISDIR(st.st_mode))
            rc = walk(&e, args[i], 0, err);
        else if (found ? S_ISREG(st.st_mode) : strchr(args[i], '!') != NULL)
            rc = add_file(&e, args[i], NAMED, false, err);
        else
            rc = add(&e, &p, err);
    }
    settle(&e);
    if (rc)
        paths_free(out);
    return rc;
}

void paths_free(struct paths *p)
{
    size_t i;

    for (i = 0; i < p->n; i++) {
        free(p->all[i].path);
        free(p->all[i].refused);
    }
    free(p->all);
    free(p->reading);
    *p = (struct paths){ 0 };
}
