/*
 * Any bytes as packets of a PPP session: 1 byte of direction and time, 2 of protocol, 1 of length,
 * then the packet.  The first byte's top bit takes the addresses away.
 */
#include "config.h"

#include "support/dissect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    struct dissect_test t;

    dissect_start(&t, "ppp");
    t.flow.key.hi.b[0] = !(bytes_peek(&in, 0) & 0x80);
    while (in.left >= 4) {
        uint8_t how = bytes_u8(&in);
        struct bytes chunk;

        t.packet.ppp_protocol = bytes_be16(&in);
        t.packet.pppoe_code = how == 0x7f ? 0xa7 : 0;
        chunk = bytes_sub(&in, bytes_u8(&in));
        dissect_step(&t, (int64_t)(how >> 1 & 0x3f) * 100000000);
        dissect_packet(&t, how & 1, chunk.p, chunk.left);
    }
    dissect_end(&t);
    free(t.rows.s);
    return 0;
}
