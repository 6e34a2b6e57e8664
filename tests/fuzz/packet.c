/*
 * Any bytes as frames: 2 bytes of link type, then frames, each behind 2 bytes of length and 1 byte
 * of what was cut from it.  One decoder sees them all, so fragments and retries meet.
 */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "capture/capture.h"
#include "packet/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct frame *f, const struct packet *p)
{
    unsigned i;
    uint32_t k;
    uint8_t sum = 0;

    if (p->n_layers > PACKET_LAYERS_MAX || p->n_vlans > PACKET_VLANS_MAX || p->tcp.n_sack > 4 ||
        p->payload_len > p->payload_wire_len)
        abort();
    for (i = 0; i < p->n_layers; i++)
        if (p->layers[i].at != UINT32_MAX &&
            (uint64_t)p->layers[i].at + p->layers[i].len > f->cap_len)
            abort();
    for (k = 0; k < p->payload_len; k++)
        sum ^= p->payload[k];
    for (k = 0; k < p->l3_len; k++)
        sum ^= p->l3[k];
    if (sum == 0 && p->n_layers == 99) /* never; but the compiler must read the bytes for it */
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct packet_decoder *d = packet_decoder_new();
    struct bytes in = bytes_of(data, size);
    struct frame f = { .linktype = bytes_be16(&in) };

    while (in.left) {
        uint16_t len = bytes_be16(&in);
        uint8_t more = bytes_u8(&in);
        struct bytes frame = bytes_sub(&in, len);
        struct packet p;

        f.frame_no++;
        f.time_ns += 1000000;
        f.bytes = frame.p;
        f.cap_len = (uint32_t)frame.left;
        f.wire_len = f.cap_len + more;
        packet_decode(d, &f, &p);
        do {
            check(&f, &p);
        } while (packet_decode_next(d, &p));
    }
    packet_decoder_free(d);
    return 0;
}
