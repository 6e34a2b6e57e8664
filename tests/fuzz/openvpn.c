/* Any bytes through openvpn: as a stream, and each chunk as a datagram. */
#include "config.h"

#include "tests/fuzz/dissect_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void datagrams(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    struct dissect_test t;

    dissect_start(&t, "openvpn");
    while (in.left >= 3) {
        uint8_t how = bytes_u8(&in);
        struct bytes chunk = bytes_sub(&in, bytes_be16(&in) & 0x0fff);
        struct dissect_ctx ctx;

        dissect_step(&t, 1 + (int64_t)(how >> 3) * 1000000000);
        t.frame_no++;
        t.packet.l4 = 17;
        ctx = dissect_context(&t, how & 1, t.state);
        t.dissector->claims(&ctx, chunk);
        t.dissector->packet(&ctx, chunk);
    }
    dissect_end(&t);
    free(t.rows.s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    datagrams(data, size);
    return dissect_fuzz("openvpn", data, size);
}
