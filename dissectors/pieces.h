/*
 * pieces: bytes of one message, or the start of one stream, that come in any order.
 *
 * DTLS fragments and QUIC CRYPTO frames say where their bytes belong.  What came first stays; holes
 * are remembered byte by byte, so that no order and no overlap costs more than another.  The memory
 * is that of dissect_keep: one collection per lane and direction.
 */
#ifndef DISSECTORS_PIECES_H
#define DISSECTORS_PIECES_H

#include <stdint.h>

#include "base/bytes.h"
#include "dissectors/hello.h"

#define PIECES_MAX (HELLO_MAX + 4u) /* a hello with its handshake header */

struct dissect_ctx;

struct pieces {
    uint32_t cap;    /* bytes that there is room for */
    uint32_t ready;  /* bytes without a hole, from the start */
    uint8_t bytes[]; /* `cap` of them, then one bit for each that came */
};

/*
 * Adds bytes; `p` is NULL at first.  Returns where the collection is now, NULL: there was no room,
 * and all of it is gone.  Bytes beyond PIECES_MAX are left out.
 */
struct pieces *pieces_add(struct dissect_ctx *ctx, struct pieces *p, uint64_t at, struct bytes in);

/* Gives the memory back; returns NULL. */
struct pieces *pieces_drop(struct dissect_ctx *ctx);

#endif
