/*
 * retry: which 802.11 frames were on the air lately, to tell a radio retransmission.
 *
 * IEEE 802.11-2020 section 10.3.2.14: transmitter, TID, sequence and fragment number name a frame;
 * numbers come again after 4096 frames, so only a frame of the last second counts.
 */
#ifndef PACKET_RETRY_H
#define PACKET_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#define RETRY_SLOTS 1024 /* a power of two */
#define RETRY_NS    INT64_C(1000000000)

struct retry_slot {
    bool used;
    uint8_t ta[6], ra[6];
    uint8_t tid;
    uint16_t seq;
    uint32_t wire_len;
    int64_t time_ns;
};

struct retry_table {
    struct retry_slot slots[RETRY_SLOTS];
};

/* Remembers the frame; true if it was already there, i.e. (with the retry bit) is a copy. */
bool retry_seen(struct retry_table *t, const struct retry_slot *frame);

#endif
