/*
 * parts: TCP lives that go on in the next capture, as where a ring of files was written.
 *
 * No number says so: the life begins in its middle, and soon before another source ended with an
 * open life of the same four-tuple.  Works on facts alone.
 */
#ifndef VANTAGE_PARTS_H
#define VANTAGE_PARTS_H

#include "base/err.h"

#define PART_GAP_MAX_NS                                                                            \
    INT64_C(60000000000) /* from the end of one source to the begin of the next */

struct fact_kind;
struct fact_sink;
struct store;

extern const struct fact_kind part_fact;

int parts_write(struct store *s, const struct fact_sink *sink, struct err *err);

#endif
