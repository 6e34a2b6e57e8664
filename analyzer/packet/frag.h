/*
 * frag: puts IP fragments together (RFC 791 section 3.2, RFC 8200 section 4.5).
 *
 * A fixed number of datagrams is under way at once, each with room for the largest there is, so the
 * memory has a bound that no capture moves: FRAG_DATAGRAMS_MAX * FRAG_LEN_MAX.  When all are taken
 * the oldest leaves.  Where fragments overlap the bytes that came first stay.
 */
#ifndef PACKET_FRAG_H
#define PACKET_FRAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/packet.h"

#define FRAG_DATAGRAMS_MAX 64
#define FRAG_LEN_MAX       65535u /* the offset field counts no further */
#define FRAG_PIECES_MAX    256    /* separate runs of one datagram */
#define FRAG_TIMEOUT_NS    (INT64_C(30) * 1000000000)

struct frag_table;

struct frag_piece {
    struct ip_addr src, dst;
    uint8_t proto; /* IPv6: 0, it is not part of the key there (RFC 8200) */
    uint32_t id;
    int64_t time_ns;
    uint32_t at;        /* of `bytes` in the datagram */
    bool more;          /* not the last one */
    uint8_t next_proto; /* what the first fragment says is inside */
    const uint8_t *bytes;
    uint32_t len;
};

enum frag_result { FRAG_STORED, FRAG_DONE };

struct frag_done {
    const uint8_t *bytes; /* owned by the table, until the next frag_add */
    uint32_t len;
    uint8_t next_proto;
};

/* Caller frees with frag_table_free. */
struct frag_table *frag_table_new(void);
void frag_table_free(struct frag_table *t);

/* Takes one fragment.  FRAG_DONE: *done is the whole datagram.  *lost: something had to be dropped.
 */
enum frag_result frag_add(struct frag_table *t, const struct frag_piece *piece,
                          struct frag_done *done, bool *lost);

#endif
