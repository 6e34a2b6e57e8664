/*
 * plot: series of points of a flow or of a pair of vantages, thinned to a number that can be drawn.
 *
 * Thinning is deterministic: of the points of one kind and end that fall into one slice of x the
 * lowest and the highest stay.  So no peak is lost.
 */
#ifndef FRAME_PLOT_H
#define FRAME_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "frame/watch.h"

#define PLOT_POINTS_MAX 16384u /* what a caller can ask for at most */

struct frame_reader;
struct store;

enum plot_kind {
    PLOT_DATA,      /* TCP: y is the relative sequence number behind the segment */
    PLOT_RESENT,    /* the same of a retransmission */
    PLOT_ACK,       /* TCP: what this end has acknowledged (of the other end's numbers) */
    PLOT_LOST,      /* sizes: x is a size in bytes, y how many frames of it were lost */
    PLOT_DELIVERED, /* sizes: y how many were delivered */
    PLOT_FILL,      /* OpenVPN: y is the first id not sent minus the lowest unanswered one */
    PLOT_STUCK,     /* OpenVPN: y is an id, at the time when it was last sent again */
};

struct plot_point {
    int64_t x, y;
    uint64_t frame_no; /* 0: of several */
    uint8_t kind;      /* enum plot_kind */
    uint8_t end;       /* 0 a, 1 b; for sizes the direction as asked */
};

struct plot {
    struct plot_point *points; /* by x, then in order of frames */
    size_t n, cap;
    int64_t x_min, x_max, y_min, y_max; /* of all points, those left out too */
    int64_t origin_ns; /* x 0, where x is a time */
    bool thinned;      /* some points were left out */
    bool partial;      /* stopped, or bytes are gone: what is there is right, and not all */
    bool approximate;  /* sizes of delivered frames are those on the wire (padding, tags) */
};

/* All fill *out, which plot_free frees, also after an error.  `max` points at most. */

/* x: ns since the flow began; y: see PLOT_DATA, PLOT_RESENT, PLOT_ACK. */
int plot_tcp(struct store *s, struct frame_reader *r, uint32_t source, uint32_t flow, size_t max,
             const struct watch *w, struct plot *out, struct err *err);

/* x: ns since the flow began; y: see PLOT_FILL, PLOT_STUCK.  From the facts alone. */
int plot_openvpn(struct store *s, uint32_t source, uint32_t flow, size_t max, struct plot *out,
                 struct err *err);

/*
 * Sizes of what went from one source to the other, lost against delivered.  Delivered frames are those
 * of the senders that lost some; where nothing was lost there is nothing to compare, and no point.
 * `r` reads from_source.
 */
int plot_sizes(struct store *s, struct frame_reader *r, uint32_t from_source, uint32_t to_source,
               size_t max, const struct watch *w, struct plot *out, struct err *err);

void plot_free(struct plot *p);

#endif
