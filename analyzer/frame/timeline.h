/*
 * timeline: what happened when, over the whole case or one capture: traffic, faults, verdicts.
 *
 * Frames are counted into equal buckets of time.  A chunk of the packet index that lies inside one
 * bucket is counted from its bounds, without unpacking it; so a wide view of 100 million packets reads
 * some thousand small rows.  Where more chunks lie across two buckets than the caller has time for,
 * their sums are shared out by time, and the buckets say so.  Each source is on its own clock.
 */
#ifndef FRAME_TIMELINE_H
#define FRAME_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "frame/watch.h"

#define TIMELINE_BUCKETS_MAX 4096u
#define TIMELINE_MARKS_MAX   1024u /* the worst verdicts' first */

struct store;

struct timeline_query {
    uint32_t source;        /* 0: all captures */
    int64_t from_ns, to_ns; /* to_ns belongs to the last bucket */
    size_t n_buckets;       /* at most TIMELINE_BUCKETS_MAX */
    bool details;           /* bytes, resends, resets, also where only packets can tell */
    size_t unpack_most;     /* chunks; if more lie across buckets, none is unpacked; 0: any number */
    const struct watch *watch;
};

struct timeline_bucket {
    uint64_t frames;
    uint64_t bytes;               /* on the wire; with `details` */
    uint64_t resent, resets;      /* with `details` */
    uint64_t lost;                /* between two vantages */
    uint8_t worst;                /* enum timeline_severity of the marks in it */
    bool shared;                  /* part of it is an estimate: the share of a chunk's sums */
};

enum timeline_severity { TIMELINE_NONE, TIMELINE_INFO, TIMELINE_NOTICE, TIMELINE_WARNING,
                         TIMELINE_CRITICAL };

/* A piece of evidence. */
struct timeline_mark {
    int64_t time_ns;
    uint8_t severity; /* enum timeline_severity */
    char verdict[20]; /* verdict.id */
    char title[128];
    uint32_t source;
    uint64_t frame_no; /* or 0 and the line of a log */
    uint64_t line;
    bool first;        /* the verdict's first evidence */
};

struct timeline {
    int64_t from_ns, to_ns;
    struct timeline_bucket *buckets;
    size_t n_buckets;
    struct timeline_mark *marks; /* by time */
    size_t n_marks, cap_marks;
    bool marks_cut;  /* there are more than TIMELINE_MARKS_MAX */
    bool partial;    /* stopped: what is there is right, and not all */
    size_t n_shared; /* chunks that were shared out instead of unpacked; 0: all counts are exact */
    uint64_t max_frames, max_bytes; /* of a bucket */
};

/* The times of the case, or of one source.  0: nothing in it has a time. */
int timeline_range(struct store *s, uint32_t source, int64_t *from_ns, int64_t *to_ns,
                   struct err *err);

/* Free with timeline_free, also after an error.  Stopping is no error: see `partial`. */
int timeline_read(struct store *s, const struct timeline_query *q, struct timeline *out,
                  struct err *err);
void timeline_free(struct timeline *t);

/* The bucket of a time, or SIZE_MAX outside. */
size_t timeline_bucket_of(const struct timeline *t, int64_t ns);

/*
 * The first frame of `source` at or behind a time: where a jump from the timeline lands.  1: *frame_no
 * and its *flow (0: none); 0: there is no frame so late.
 */
int timeline_frame_at(struct store *s, uint32_t source, int64_t ns, uint64_t *frame_no,
                      uint32_t *flow, struct err *err);

#endif
