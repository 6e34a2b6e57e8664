/* Any bytes through openvpn: as a stream, and each chunk as a datagram. */
#include "config.h"

#include "tests/fuzz/dissect_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dissect_fuzz_datagrams("openvpn", data, size);
    return dissect_fuzz("openvpn", data, size);
}
