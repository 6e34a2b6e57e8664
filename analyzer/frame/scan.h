/*
 * scan: the frames of one flow (or of a whole source), in order, from any frame on.
 *
 * It reads the packet index a chunk at a time and looks at the column of flows first, so that chunks
 * without the flow cost little.  No statement stays open between calls.  A case may come from a
 * stranger: frames always come in ascending order, whatever the chunks say.
 */
#ifndef FRAME_SCAN_H
#define FRAME_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

#define SCAN_TIME_MAX (INT64_C(1) << 61) /* times are held within this, so that differences fit */

struct sqlite3_stmt;
struct watch;

struct scan {
    struct store *store;
    uint32_t source, flow;      /* flow 0: every frame of the source */
    uint64_t first, last;       /* frames outside are not read */
    const struct watch *watch;  /* may be NULL; `done` and `total` are frame numbers */

    struct sqlite3_stmt *chunk;
    struct store_packet *packets; /* of the chunk at hand */
    size_t n, at;
    uint64_t from;  /* the next frame is this one or a later one */
    bool ended;     /* there are no chunks behind this one */
    uint64_t chunk_from; /* chunks that begin before this were read; 0: seek */
};

/* A time within SCAN_TIME_MAX. */
static inline int64_t scan_tame(int64_t ns)
{
    return ns > SCAN_TIME_MAX ? SCAN_TIME_MAX : ns < -SCAN_TIME_MAX ? -SCAN_TIME_MAX : ns;
}

/* `s` and `w` are borrowed.  first and last: see struct scan. */
void scan_start(struct scan *c, struct store *s, uint32_t source, uint32_t flow, uint64_t first,
                uint64_t last, const struct watch *w);
void scan_end(struct scan *c);

/* The next call of scan_peek gives the first frame at or behind `frame_no`. */
void scan_seek(struct scan *c, uint64_t frame_no);

/*
 * 1: *out is the next frame, borrowed until scan_peek is called after a scan_take or scan_seek.
 * 0: there are no more.  ERR_STOPPED leaves the scan where it is: it can be gone on with.
 */
int scan_peek(struct scan *c, const struct store_packet **out, struct err *err);
/* Goes past the frame that scan_peek gave. */
void scan_take(struct scan *c);

#endif
