/*
 * match: the second pass over two vantages: which frame of one is which frame of the other.
 *
 * Both captures are read again, side by side in time.  Frames with the same mark within the window
 * are one frame, the earliest first, so that byte-identical repeats pair up in order.  What finds no
 * partner inside the overlap was lost.  Memory is bounded by the frames inside the window.
 */
#ifndef VANTAGE_MATCH_H
#define VANTAGE_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "vantage/pairs.h"

#define MATCH_SLACK_NS    INT64_C(1000000000) /* how late a frame may arrive, beyond the clock error */
#define MATCH_PENDING_MAX 262144u             /* frames waiting for their partner, both sides */
#define MATCH_CHAIN_MAX   1024u               /* of them with one mark, which are walked for each frame */
#define MATCH_FLOWS_MAX   262144u             /* pairs of flows remembered */

struct fact_sink;
struct losses;
struct store;

/* A flow of a is this flow of b: so many frames say so. */
struct match_flow {
    uint32_t a, b;
    uint64_t n;
    uint64_t sender[2]; /* by end of a's flow; 0: none of its frames was met in both */
    bool swapped;       /* end a of one is end b of the other */
};

struct match_result {
    int64_t from_ns, to_ns; /* the overlap, on a's clock */
    uint64_t both, only[2], outside;
    struct match_flow *flows; /* sorted by (a, b); caller frees */
    size_t n_flows, cap_flows;
    bool overflow;          /* frames had to be dropped from the window */
    bool flows_overflow;    /* more pairs of flows than can be remembered */
    char why_not[256];      /* not compared: a file is gone or has changed */
};

/*
 * Compares the pair; losses go to *losses (made here, freed by the caller).  *losses stays NULL, and
 * out->why_not is filled, where a capture cannot be read again.
 */
int match_pair(struct store *s, const struct vantage_pair *pair, struct match_result *out,
               struct losses **losses, struct err *err);

#endif
