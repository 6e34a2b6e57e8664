/*
 * dissect_fuzz: any bytes through one stream dissector, in pieces.
 *
 * Input: chunks of 1 byte of direction and flags, 2 bytes of length, and bytes.  Each direction is
 * kept as flow/stream keeps it: what is not used comes again with more behind it.
 */
#ifndef TESTS_FUZZ_DISSECT_FUZZ_H
#define TESTS_FUZZ_DISSECT_FUZZ_H

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "support/dissect.h"

__attribute__((unused)) static int dissect_fuzz(const char *name, const uint8_t *data, size_t size)
{
    struct dissect_test t;
    struct bytes in = bytes_of(data, size);

    dissect_start(&t, name);
    while (in.left >= 3) {
        uint8_t how = bytes_u8(&in);
        struct bytes chunk = bytes_sub(&in, bytes_be16(&in) & 0x3fff);

        dissect_step(&t, 1 + (int64_t)(how >> 3) * 1000000000);
        if (how & 2)
            dissect_gap(&t, how & 1);
        dissect_feed(&t, how & 1, chunk.p, chunk.left);
    }
    dissect_end(&t);
    free(t.rows.s);
    return 0;
}

/* The same chunks, each a datagram. */
__attribute__((unused)) static int dissect_fuzz_datagrams(const char *name, const uint8_t *data,
                                                          size_t size)
{
    struct dissect_test t;
    struct bytes in = bytes_of(data, size);

    dissect_start(&t, name);
    t.packet.l4 = 17;
    while (in.left >= 3) {
        uint8_t how = bytes_u8(&in);
        struct bytes chunk = bytes_sub(&in, bytes_be16(&in) & 0x0fff);
        struct dissect_ctx ctx = dissect_context(&t, how & 1, t.state);

        dissect_step(&t, 1 + (int64_t)(how >> 3) * 1000000000);
        t.dissector->claims(&ctx, chunk);
        dissect_packet(&t, how & 1, chunk.p, chunk.left);
    }
    dissect_end(&t);
    free(t.rows.s);
    return 0;
}

#endif
