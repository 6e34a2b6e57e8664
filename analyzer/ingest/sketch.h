/*
 * sketch: a sample of a capture's frames by which two captures of one network are recognised.
 *
 * It keeps the frames with the smallest marks (packet/mark.h).  Two captures that share frames
 * sample the same ones, whatever else they hold, so comparing sketches finds pairs without
 * comparing captures.
 */
#ifndef INGEST_SKETCH_H
#define INGEST_SKETCH_H

#include <stdint.h>

#define SKETCH_MAX 1024u /* distinct marks of a source */

struct fact_kind;
struct fact_sink;
struct packet;
struct sketch;

extern const struct fact_kind sketch_fact;

struct sketch *sketch_new(void);
void sketch_free(struct sketch *s);
void sketch_add(struct sketch *s, const struct packet *p);
void sketch_write(struct sketch *s, const struct fact_sink *sink);

#endif
