/*
 * pipeline: what one capture's frames go through; shared by the files of this room only.
 */
#ifndef INGEST_PIPELINE_H
#define INGEST_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "capture/capture.h"
#include "dissectors/dissect.h"
#include "fact/fact.h"
#include "flow/flow.h"
#include "flow/stream.h"
#include "packet/packet.h"
#include "store/store.h"

#define PIPELINE_SCRATCH   (1u << 20)  /* bytes that dissectors may ask for per frame */
#define PIPELINE_STATES    (64u << 20) /* bytes of dissector states of a capture */

struct app;
struct arena;
struct exhibits;
struct input;
struct sketch;

struct pipeline {
    struct store *store;
    struct packet_decoder *decoder;
    struct flow_table *flows;
    struct stream_budget streams;
    struct app *app;
    struct arena *scratch;
    struct exhibits *exhibits;
    const struct dissect_keys *keys; /* borrowed, or NULL */
    struct sketch *sketch;
    size_t states; /* bytes of dissector states in use */

    struct fact_sink sink; /* notes citations, then hands on to the store */
    struct source *source; /* counters */

    /* the frame at hand */
    const struct frame *frame;
    struct packet packet;
    int64_t now_ns;        /* its time; later the last time of the capture */
    int64_t top_ns;        /* the latest time, since the clock was set back if it was */
    int64_t back_ns;       /* how far before that the first of n_back frames was */
    unsigned n_back;       /* frames in a row that are clearly before it */
    struct flow *flow;
    unsigned from;
    unsigned marks;
    bool counted_mqtt, counted_openvpn;
};

/* Everything zero but these, which are borrowed; without `app` (NULL) applications get no names. */
void pipeline_start(struct pipeline *p, struct store *s, struct app *app, struct source *source);
void pipeline_frame(struct pipeline *p, const struct frame *f);
/* Ends all lives, writes exhibits, frees. */
void pipeline_end(struct pipeline *p, struct input *in);

/* One TCP segment of p->packet; sets p->flow, p->from and p->marks. */
void pipeline_tcp(struct pipeline *p, const struct flow_key *key, bool from_lo);

#endif
