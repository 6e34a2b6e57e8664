/* Any bytes through mqtt, in pieces of both directions. */
#include "config.h"

#include "tests/fuzz/dissect_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return dissect_fuzz("mqtt", data, size);
}
