/* Any bytes through dtls, each chunk a datagram. */
#include "config.h"

#include "tests/fuzz/dissect_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return dissect_fuzz_datagrams("dtls", data, size);
}
