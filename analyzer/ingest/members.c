#include "config.h"

#include "ingest/members.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "capture/input.h"
#include "capture/unpack.h"
#include "evidence/evidence.h"
#include "ingest/paths.h"

#define HEAD_LEN 4096u /* bytes of a member that are looked at */

static void list(struct input *in, unsigned depth, struct members *out);

static char *refusal(const struct unpack_member *m)
{
    struct str s = { 0 };

    if (m->kind == UNPACK_LINK) {
        str_adds(&s, "is a link to ");
        str_add_foreign(&s, m->target ? m->target : "?", m->target ? strlen(m->target) : 1);
    } else if (m->kind == UNPACK_DEVICE) {
        str_adds(&s, "is a device, not a file");
    } else if (m->encrypted) {
        str_adds(&s, "is encrypted (unpack it with its password first)");
    } else {
        return NULL;
    }
    return str_take(&s);
}

static size_t read_head(struct unpack *u, uint8_t head[HEAD_LEN])
{
    size_t len = 0;
    int64_t n;

    while (len < HEAD_LEN && (n = unpack_read(u, head + len, HEAD_LEN - len, NULL)) > 0)
        len += (size_t)n;
    return len;
}

static bool is_packed(const uint8_t *head, size_t len)
{
    struct input *in = input_of(head, len);
    bool packed = unpack_probe(in);

    input_close(in);
    return packed;
}

static void push(struct members *out, const char *name, const struct member *like)
{
    VEC_PUSH(out->all, out->n, out->cap, *like);
    out->all[out->n - 1].name = xstrdup(name);
}

/*
 * A member that is itself compressed or an archive; *at is the one before it, or NULL: then `outer`
 * is opened anew.
 */
static void add_inner(struct input *outer, struct input **at, const char *name, unsigned depth,
                      struct members *out)
{
    struct member m = { 0 };
    struct members inner = { 0 };
    struct err err = { 0 };
    size_t i;

    if (depth >= INPUT_DEPTH_MAX) {
        snprintf(err.msg, sizeof(err.msg), "archives nested deeper than %u", INPUT_DEPTH_MAX);
        m.refused = xstrdup(err.msg);
    } else {
        if (*at)
            *at = input_advance(*at, name);
        if (*at || input_open_member(outer, name, at, &err) == ERR_OK)
            list(*at, depth + 1, &inner);
    }
    if (!inner.is_archive) {
        m.evidence = inner.evidence;
        push(out, name, &m);
    }
    for (i = 0; i < inner.n && out->n < PATHS_MEMBERS_MAX; i++) {
        struct str path = { 0 };

        str_addf(&path, "%s!%s", name, inner.all[i].name);
        push(out, str_get(&path), &inner.all[i]);
        inner.all[i].refused = NULL; /* handed over */
        str_free(&path);
    }
    if (inner.is_archive && inner.refused) {
        m.refused = inner.refused;
        inner.refused = NULL;
        push(out, name, &m);
    }
    members_free(&inner);
}

static int by_name(const void *x, const void *y)
{
    const struct member *const *a = x, *const *b = y;
    int order = strcmp((*a)->name, (*b)->name);

    return order ? order : (*a > *b) - (*a < *b); /* they stand in one array, in archive order */
}

/* The second member of a name becomes "name#2". */
static void number_doubles(struct members *m)
{
    struct member **sorted = xcalloc(m->n + 1, sizeof(struct member *));
    size_t first = 0, i;

    for (i = 0; i < m->n; i++)
        sorted[i] = &m->all[i];
    qsort(sorted, m->n, sizeof(struct member *), by_name);
    for (i = 1; i < m->n; i++) {
        struct str name = { 0 };

        if (strcmp(sorted[i]->name, sorted[first]->name) != 0) {
            first = i;
            continue;
        }
        str_addf(&name, "%s#%zu", sorted[i]->name, i - first + 1);
        free(sorted[i]->name);
        sorted[i]->name = str_take(&name);
    }
    free(sorted);
}

/* What could not be looked into at once, because the pass over the archive is not over. */
struct later {
    size_t *index;
    size_t n, cap;
};

static void pass(struct unpack *u, int got, struct unpack_member *m, struct members *out,
                 struct later *later, struct err *err)
{
    uint8_t head[HEAD_LEN];

    for (; got > 0; got = unpack_next(u, m, err)) {
        struct member x = { .refused = refusal(m), .no_input = m->kind != UNPACK_FILE };
        size_t len;

        if (m->kind == UNPACK_FOLDER)
            continue;
        if (out->n >= PATHS_MEMBERS_MAX) {
            got = err_set(err, ERR_LIMIT, "more than %u members: the rest is left out",
                          PATHS_MEMBERS_MAX);
            free(x.refused);
            break;
        }
        push(out, m->name, &x);
        if (x.refused)
            continue;
        len = read_head(u, head);
        if (is_packed(head, len))
            VEC_PUSH(later->index, later->n, later->cap, out->n - 1);
        else
            out->all[out->n - 1].evidence = evidence_probe(bytes_of(head, len)) != NULL;
    }
    if (got < 0)
        out->refused = xstrdup(err->msg);
    else if (!out->n)
        out->refused = xstrdup("an archive without members");
}

/* Replaces members that are archives by what is in them. */
static void go_inside(struct input *in, unsigned depth, struct members *out,
                      const struct later *later)
{
    struct members flat = { 0 };
    struct input *at = NULL;
    size_t i, k = 0;

    if (!later->n)
        return;
    for (i = 0; i < out->n; i++) {
        if (k < later->n && later->index[k] == i) {
            k++;
            add_inner(in, &at, out->all[i].name, depth, &flat);
        } else {
            push(&flat, out->all[i].name, &out->all[i]);
            out->all[i].refused = NULL; /* handed over */
        }
        free(out->all[i].name);
        free(out->all[i].refused);
    }
    input_close(at);
    free(out->all);
    out->all = flat.all;
    out->n = flat.n;
    out->cap = flat.cap;
}

static void list(struct input *in, unsigned depth, struct members *out)
{
    struct unpack *u = NULL;
    struct unpack_member m;
    struct later later = { 0 };
    struct err err = { 0 };
    uint8_t head[HEAD_LEN];
    int got;

    if (!unpack_probe(in)) {
        struct bytes b = input_at(in, 0, HEAD_LEN);

        out->evidence =
            evidence_probe(bytes_of(b.p, b.left < HEAD_LEN ? b.left : HEAD_LEN)) != NULL;
        return;
    }
    if (unpack_open(in, &u, &err))
        return;
    got = unpack_next(u, &m, &err);
    if (got > 0 && !unpack_is_archive(u)) {
        out->evidence = evidence_probe(bytes_of(head, read_head(u, head))) != NULL;
    } else if (got >= 0 && unpack_is_archive(u)) {
        out->is_archive = true;
        pass(u, got, &m, out, &later, &err);
    }
    unpack_close(u);
    number_doubles(out);
    go_inside(in, depth, out, &later);
    free(later.index);
}

void members_list(struct input *in, struct members *out)
{
    *out = (struct members){ 0 };
    list(in, 1, out);
}

void members_free(struct members *m)
{
    size_t i;

    for (i = 0; i < m->n; i++) {
        free(m->all[i].name);
        free(m->all[i].refused);
    }
    free(m->all);
    free(m->refused);
    *m = (struct members){ 0 };
}
