/*
 * arrived: which of the frames that one vantage lacks did get there.
 *
 * What was acknowledged had arrived (RFC 9293 section 3.4).  Where the bytes of a segment that one
 * capture lacks were acknowledged, and never sent again in a segment that it has, that capture has
 * a hole.  Told by numbers and not by order, as captures reorder.  Beyond the bounds nothing is
 * counted.
 */
#ifndef VANTAGE_ARRIVED_H
#define VANTAGE_ARRIVED_H

#include <stdbool.h>
#include <stdint.h>

#define ARRIVED_PIECES_MAX 10000u /* segments remembered, per pair of sources */
#define ARRIVED_WAYS_MAX   16384u /* directions of flows */

struct arrived;
struct loss_frame;

struct arrived *arrived_new(void);
void arrived_free(struct arrived *a);

/* A frame that only this side (0 or 1) has. */
void arrived_lacks(struct arrived *a, unsigned side, const struct loss_frame *f);
/* Any frame of this side, in the order of its capture; `both`: the other side has it, too. */
void arrived_sees(struct arrived *a, unsigned side, const struct loss_frame *f, bool both);

/* How many segments of that sender, which only this side has, did arrive; *of: of how many. */
uint64_t arrived_count(const struct arrived *a, unsigned side, uint64_t sender, uint64_t *of);

#endif
