/*
 * vantage_side: one capture's part in a ladder: its frames in order, decoded, with what they made
 * both ends believe.
 */
#ifndef FRAME_VANTAGE_SIDE_H
#define FRAME_VANTAGE_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "capture/capture.h"
#include "frame/belief.h"
#include "frame/notes.h"
#include "frame/pairview.h"
#include "frame/scan.h"
#include "packet/packet.h"

struct frame_reader;
struct packet_decoder;
struct store;

/* What the case says of the flow. */
struct side_flow {
    char proto[16], app[40], tunnel[160], end[2][80];
    uint32_t life;
    uint64_t first_frame, last_frame, n_frames[2], n_bytes[2], n_copies;
    bool has_time;
    int64_t first_ns, last_ns;
};

struct side {
    struct store *store;
    uint32_t source, flow;        /* source 0: there is no such side */
    struct frame_reader *reader;  /* borrowed, or `own_reader` */
    struct frame_reader *own_reader;
    struct packet_decoder *decoder;
    struct scan scan;
    struct notes notes;
    struct belief_about about;
    struct side_flow head;
    uint64_t *lost;               /* frames that the other vantage never got, in order */
    size_t n_lost;
    bool lost_cut;
    const struct pairview *pair;  /* how its clock differs; NULL: it is the clock of the ladder */
    unsigned pair_side;           /* which of pair->source it is */
    /* the frame taken last */
    struct store_packet row;
    struct frame frame;
    struct packet packet;         /* borrows from `frame` and the reader's bytes */
    bool has_packet;              /* `packet` is filled: its bytes were to be had */
};

/* ERR_USAGE: no such flow.  Flow 0: all frames.  End with side_close, also after an error. */
int side_open(struct side *v, struct store *s, struct frame_reader *r, uint32_t source,
              uint32_t flow, const struct watch *w, struct err *err);
void side_close(struct side *v);

/* Reads which frames of this side `to` never got. */
int side_read_lost(struct side *v, uint32_t to, struct err *err);
bool side_is_lost(const struct side *v, uint64_t frame_no);

/* A time of this side on the ladder's clock. */
int64_t side_time(const struct side *v, int64_t ns);
/* And back. */
int64_t side_own_time(const struct side *v, int64_t ns);

/* 1: *row is the next frame, 0: none. */
int side_peek(struct side *v, const struct store_packet **row, struct err *err);
/* Takes it: v->row; with `decode`, v->packet too, if the bytes are to be had. */
int side_take(struct side *v, bool decode, struct err *err);

#endif
