/*
 * ladder_inside: what the files of the ladder share; for nobody else.
 */
#ifndef FRAME_LADDER_INSIDE_H
#define FRAME_LADDER_INSIDE_H

#include "frame/ladder.h"
#include "frame/pairview.h"
#include "frame/twin.h"
#include "frame/vantage_side.h"

struct sqlite3_stmt;

/* A place between two rows; a copy is enough to go on from there. */
struct walk {
    uint64_t index;   /* of the next row */
    uint64_t next[2]; /* the next frame of each side, or a later one */
    uint64_t ahead;   /* where the twin's window begins */
    bool has_before;
    int64_t before_ns; /* time of the row before */
    struct belief belief[2];
};

struct page {
    uint64_t number; /* rows number * LADDER_PAGE on */
    uint64_t used;   /* when, in calls */
    unsigned n;
    struct ladder_row *rows; /* NULL: the page is free */
};

struct ladder {
    struct store *store;
    struct watch watch; /* a copy of the caller's */
    struct ladder_head head;
    struct pairview pair; /* id 0: none */
    struct side side[2];  /* head.source, head.other_source */
    struct twin twin;     /* which frames of side[1] are frames of side[0] */
    unsigned near[2];     /* the side that is nearer to a, to b */
    struct sqlite3_stmt *cites;

    struct walk now;      /* where the sides stand */
    bool torn;            /* an error came inside a row: `now` is between two rows no longer */
    struct walk *marks;   /* every `spacing` rows, the first at row 0 */
    size_t n_marks;
    uint64_t spacing;
    struct page pages[LADDER_PAGES];
    uint64_t n_calls;
    bool end_known;
    uint64_t len;         /* if end_known */
};

/* Fills l->head and opens both sides (ladder_head.c). */
int ladder_find_flow(struct ladder *l, struct frame_reader *r, uint32_t source, uint32_t flow,
                     const struct pairview_life *beside, struct err *err);
int ladder_find_pair(struct ladder *l, struct frame_reader *r, int64_t pair, struct err *err);

/*
 * One row on from l->now (ladder_walk.c).  1: there was one, filled in if `out` is not NULL; 0: the
 * end.  After an error with l->torn the walk must be restored.
 */
int ladder_step(struct ladder *l, struct ladder_row *out, struct err *err);
void ladder_restore(struct ladder *l, const struct walk *w);

#endif
