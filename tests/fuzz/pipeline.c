/* Any bytes as a capture, through the whole pipeline into a case that vanishes. */
#include "config.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "support/pipe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct store *s; /* opening one costs more than all the rest */
    enum source_status got;

    if (!s)
        s = pipe_store();
    got = pipe_run(s, data, size);
    assert(got == SOURCE_COMPLETE || got == SOURCE_PARTIAL || got == SOURCE_UNREADABLE);
    return 0;
}
