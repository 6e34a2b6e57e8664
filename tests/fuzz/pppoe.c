/* Any bytes as a discovery packet: 1 byte of code, then tags. */
#include "config.h"

#include "support/dissect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    struct dissect_test t;

    dissect_start(&t, "pppoe");
    t.packet.pppoe_code = bytes_u8(&in);
    dissect_packet(&t, 0, in.p, in.left);
    dissect_end(&t);
    free(t.rows.s);
    return 0;
}
