/* Any bytes through quic, each chunk a datagram; and as frames in Initials that open. */
#include "config.h"

#include "tests/fuzz/dissect_fuzz.h"
#include "tests/unit/dissectors/quic_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void as_frames(uint32_t version, const uint8_t *data, size_t size)
{
    struct quic_spec s = { .version = version, .dcid = "0102030405060708", .scid = "" };
    struct bytes in = bytes_of(data, size);
    struct dissect_test t;

    dissect_start(&t, "quic");
    t.packet.l4 = 17;
    while (in.left >= 3) {
        uint8_t how = bytes_u8(&in);
        struct bytes chunk = bytes_sub(&in, bytes_be16(&in) & 0x0fff);
        struct build frames = { 0 }, d = { 0 };

        build_add(&frames, chunk.p, chunk.left);
        build_zeros(&frames, 4);
        s.of_server = how & 1;
        s.number = how >> 1;
        quic_seal(&d, &s, &frames);
        dissect_step(&t, 1 + (int64_t)(how >> 3) * 1000000000);
        dissect_packet(&t, how & 1, d.p, d.len);
        build_free(&frames);
        build_free(&d);
    }
    dissect_end(&t);
    free(t.rows.s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    as_frames(1, data, size);
    as_frames(0x54303531, data, size);
    return dissect_fuzz_datagrams("quic", data, size);
}
