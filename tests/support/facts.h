/*
 * facts: what an importer makes of a text, as lines to compare.
 *
 *     facts_of("text", len, "log_excluded_range")   "5 1 udp - 49152 49251 0\n"
 *
 * One line per fact of that kind: its line number, then the values; NULL is "-".
 */
#ifndef TESTS_SUPPORT_FACTS_H
#define TESTS_SUPPORT_FACTS_H

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "evidence/evidence.h"

struct facts {
    const char *kind;
    struct str text;
    uint64_t n;
};

__attribute__((unused)) static void facts_put(void *user, const struct fact_kind *kind,
                                              const struct fact_where *where,
                                              const struct fact_value *v)
{
    struct facts *f = user;
    size_t i;

    f->n++;
    if (strcmp(kind->name, f->kind) != 0)
        return;
    str_addf(&f->text, "%llu", (unsigned long long)where->line);
    for (i = 0; i < kind->n_columns; i++) {
        str_addc(&f->text, ' ');
        if (v[i].type == FACT_NULL)
            str_addc(&f->text, '-');
        else if (v[i].type == FACT_INT)
            str_addf(&f->text, "%lld", (long long)v[i].u.i);
        else if (v[i].type == FACT_REAL)
            str_addf(&f->text, "%g", v[i].u.r);
        else
            str_add_foreign(&f->text, v[i].u.b.p, v[i].u.b.len);
    }
    str_addc(&f->text, '\n');
}

/* "?": nobody knows this text.  The caller does not free it; it lives until the next call. */
__attribute__((unused)) static const char *facts_of(const void *text, size_t len, const char *kind)
{
    static struct facts f;
    struct fact_sink sink = { &f, facts_put };
    struct evidence_result got = { 0 };
    const struct importer *i = evidence_probe(bytes_of(text, len));

    str_clear(&f.text);
    f.kind = kind;
    if (!i)
        return "?";
    i->read(bytes_of(text, len), &sink, &got);
    return str_get(&f.text);
}

/* All importers, on a copy flush against its end: nothing may be read behind it. */
__attribute__((unused)) static void facts_survive(const void *text, size_t len)
{
    const struct importer *const *i;
    char *copy = len ? xmalloc(len) : NULL;

    if (len)
        memcpy(copy, text, len);
    evidence_probe(bytes_of(copy, len));
    for (i = evidence_all(); *i; i++) {
        struct facts f = { .kind = "none" };
        struct fact_sink sink = { &f, facts_put };
        struct evidence_result got = { 0 };

        (*i)->read(bytes_of(copy, len), &sink, &got);
    }
    free(copy);
}

#endif
