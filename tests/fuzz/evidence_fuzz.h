/*
 * evidence_fuzz: any text as evidence; lines and facts add up, columns are of their types.
 *
 * A target is a file that includes this; each has a corpus of its own kind of text.
 */
#ifndef TESTS_FUZZ_EVIDENCE_FUZZ_H
#define TESTS_FUZZ_EVIDENCE_FUZZ_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "evidence/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(void *user, const struct fact_kind *kind, const struct fact_where *where,
                const struct fact_value *values)
{
    uint64_t *n = user;
    size_t i, sum = 0;

    for (i = 0; i < kind->n_columns; i++)
        if (values[i].type == FACT_TEXT || values[i].type == FACT_BLOB) {
            size_t k;

            assert(values[i].u.b.len <= (values[i].type == FACT_BLOB ? 64 : 200));
            for (k = 0; k < values[i].u.b.len; k++)
                sum += ((const uint8_t *)values[i].u.b.p)[k];
        }
    assert(where->line > 0);
    *n += sum != SIZE_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct importer *const *i;

    evidence_probe(bytes_of(data, size));
    for (i = evidence_all(); *i; i++) {
        struct evidence_result got = { 0 };
        uint64_t n = 0;
        struct fact_sink sink = { &n, put };

        (*i)->read(bytes_of(data, size), &sink, &got);
        assert(got.n_used + got.n_unknown <= got.n_lines && n >= got.n_used);
        assert(got.n_lines <= size);
    }
    return 0;
}

#endif
