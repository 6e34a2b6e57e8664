/*
 * recent: the first bytes of the frames that went by last.
 *
 * Where a capture is unpacked while it is read, going back for a few frames costs as much as reading
 * it once more.  What turns out to matter is often a second old: the first sending of what is now
 * sent again, the last segment before a SYN.
 */
#ifndef INGEST_RECENT_H
#define INGEST_RECENT_H

#include <stdbool.h>
#include <stdint.h>

#define RECENT_FRAMES 65536u /* some 280 bytes each */

struct frame;
struct recent;

struct recent *recent_new(void);
void recent_free(struct recent *r);
void recent_add(struct recent *r, const struct frame *f);
/* The first EXHIBIT_SNAP bytes at most; false: too long ago.  *out borrows from `r` until the next
 * recent_add. */
bool recent_find(const struct recent *r, uint64_t frame_no, struct frame *out);

#endif
