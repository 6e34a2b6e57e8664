/*
 * views: of one life in several sources, which source has more of it.
 *
 * A capture that ended early, or was made with a filter, has the life as well; what it lacks must
 * not decide what is said of it.  So the source with the most of its frames speaks of it, then the
 * one with the most packets, then the one with the smallest id.
 */
#ifndef VANTAGE_VIEWS_H
#define VANTAGE_VIEWS_H

#include "base/err.h"
#include "vantage/lives.h"

struct fact_kind;
struct fact_sink;
struct store;

extern const struct fact_kind view_fact;

/* `lives`: each `other` once; views that have a `first` in common are of one life.  Sorts them by
 * it. */
int views_write(struct store *s, struct live_pairs *lives, const struct fact_sink *sink,
                struct err *err);

#endif
