/* rule: the header of a rule file from anywhere. */
#include "config.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "verdict/rule.h"
#include "verdict/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4 << 20);
    struct rule r;
    struct err err = { 0 };

    if (rule_parse("fuzz.sql", data, size, a, &r, &err) == 0)
        assert(r.id && r.title && r.because->key && r.what->key && strlen(r.sql) == size);
    else
        assert(err.msg[0]);
    arena_free(a);
    return 0;
}
