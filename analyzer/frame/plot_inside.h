/*
 * plot_inside: what the files of the plots share; for nobody else.
 */
#ifndef FRAME_PLOT_INSIDE_H
#define FRAME_PLOT_INSIDE_H

#include "frame/plot.h"

/* How many points a caller gets who asked for `max`. */
size_t plot_bounded(size_t max);
/* Adds a point, thinning on the way so that memory stays within a few times `max`. */
void plot_add(struct plot *p, size_t max, struct plot_point point);
/* Sorts, and leaves at most `max` points. */
void plot_settle(struct plot *p, size_t max);

#endif
