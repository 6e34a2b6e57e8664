/*
 * packet_chunk: 4096 packets as one blob, a few bytes a packet.
 *
 *     version (1 byte)  number of packets (varint)
 *     then for each column of enum chunk_column:
 *         coding (1 byte)  length of what follows (varint)  bytes
 *
 * Version 1 has the columns up to CHUNK_LINKTYPE; version 2, written where a radio noted anything, has
 * all of them.  Varints are LEB128, at most 10 bytes.  A column is what is left after prediction (the offset of
 * a record is foretold from the one before), so most columns are one run.  The decoder trusts
 * nothing: a case may come from a stranger.
 */
#ifndef STORE_PACKET_CHUNK_H
#define STORE_PACKET_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHUNK_PACKETS 4096u

struct store_packet;
struct str;

enum chunk_column {
    CHUNK_FRAME,
    CHUNK_HAS_TIME,
    CHUNK_TIME,
    CHUNK_WIRE_LEN,
    CHUNK_CAP_LEN,
    CHUNK_INTERFACE,
    CHUNK_OFFSET,
    CHUNK_FLOW,
    CHUNK_MARKS,
    CHUNK_TROUBLE,
    CHUNK_LINKTYPE,
    CHUNK_RADIO_KNOWN,
    CHUNK_CHANNEL,
    CHUNK_FREQUENCY,
    CHUNK_RATE,
    CHUNK_MCS,
    CHUNK_SIGNAL,
    CHUNK_NOISE,
    CHUNK_PERCENT,
    CHUNK_COLUMNS
};

#define CHUNK_ALL ((1u << CHUNK_COLUMNS) - 1)

/* Adds the blob of p[0..n-1], 1 <= n <= CHUNK_PACKETS, to *out. */
void chunk_encode(const struct store_packet *p, size_t n, struct str *out);

/*
 * Fills out[0..*n-1] (room for CHUNK_PACKETS); fields of columns whose bit is not in `want` are 0.
 * Returns 0, or ERR_FORMAT for a blob that no chunk_encode wrote.
 */
int chunk_decode(const void *blob, size_t len, unsigned want, struct store_packet *out, size_t *n);

/*
 * The one packet with this frame number, without unpacking the others: *found says whether there is
 * one.  Not for CHUNK_OFFSET, which leans on all packets before.
 */
int chunk_find(const void *blob, size_t len, unsigned want, uint64_t frame_no,
               struct store_packet *out, bool *found);

#endif
