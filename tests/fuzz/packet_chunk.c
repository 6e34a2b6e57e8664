/* packet_chunk: a chunk of a case from a stranger; what decodes encodes to the same packets. */
#include "config.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/packet_chunk.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A chunk without anything known has no columns for it. */
static void forget_unknown(struct store_packet *p, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (p[i].radio_known)
            continue;
        p[i].channel = 0;
        p[i].frequency_mhz = p[i].rate_kbps = 0;
        p[i].mcs = p[i].signal_percent = 0;
        p[i].signal_dbm = p[i].noise_dbm = 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct store_packet *p = xcalloc(CHUNK_PACKETS, sizeof(*p)),
                        *q = xcalloc(CHUNK_PACKETS, sizeof(*q));
    struct str blob = { 0 };
    size_t n, m;
    bool found;

    if (chunk_decode(data, size, CHUNK_ALL, p, &n) == 0) {
        forget_unknown(p, n);
        chunk_encode(p, n, &blob);
        assert(chunk_decode(blob.s, blob.len, CHUNK_ALL, q, &m) == 0 && m == n);
        assert(memcmp(p, q, n * sizeof(*p)) == 0);
        str_free(&blob);
    }
    chunk_find(data, size, CHUNK_ALL & ~(1u << CHUNK_OFFSET), size, p, &found);
    free(p);
    free(q);
    return 0;
}
