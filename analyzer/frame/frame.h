/*
 * frame: the bytes of frame N of source S, from the capture, or from the exhibit that the case keeps of
 * it when the capture is gone or has changed.
 *
 * Passwords and the like, which ingest noted, are masked here for every reader.  One reader keeps the
 * capture that it read last open: going forward in a compressed one is cheap, going back is not.
 */
#ifndef FRAME_FRAME_H
#define FRAME_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct frame_reader;
struct store;
struct store_packet;

enum frame_origin {
    FRAME_FROM_CAPTURE,
    FRAME_FROM_EXHIBIT, /* the first bytes only */
    FRAME_MISSING,      /* only what the index says of it; `why` says why there are no bytes */
};

struct frame_view {
    uint32_t source;
    uint64_t frame_no;
    bool has_time;
    int64_t time_ns;
    uint32_t wire_len, cap_len;
    uint16_t linktype;
    uint32_t interface_no;
    uint32_t flow;  /* 0: none */
    bool from_b;    /* sent by b of the flow */
    uint32_t marks; /* enum tcp_mark */
    enum frame_origin origin;
    const uint8_t *bytes; /* borrowed until the next frame_read; `len` of them */
    size_t len;
    bool masked;   /* secret bytes were replaced by '*' */
    char why[256]; /* why they are not from the capture */
};

/* `s` is borrowed.  With `secrets` nothing is masked that comes from the capture itself. */
struct frame_reader *frame_reader_new(struct store *s, bool secrets);
void frame_reader_free(struct frame_reader *r);

/* ERR_USAGE: the source has no such frame. */
int frame_read(struct frame_reader *r, uint32_t source, uint64_t frame_no, struct frame_view *out,
               struct err *err);

/*
 * The same for a frame whose row of the index is at hand.  Nothing is masked: only for reading
 * headers, and none of its payload may be shown.
 */
int frame_read_headers(struct frame_reader *r, uint32_t source, const struct store_packet *p,
                       struct frame_view *out, struct err *err);

#endif
