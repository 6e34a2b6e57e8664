/*
 * twin: which frame of the other vantage is the same frame as this one.
 *
 * By what survives on the way (packet/mark.h), nearest in time.  Frames of the other vantage are read
 * ahead into a small window that moves with the time asked for.
 */
#ifndef FRAME_TWIN_H
#define FRAME_TWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame/vantage_side.h"

#define TWIN_WINDOW   512u                 /* frames of the other vantage in view at once */
#define TWIN_SLACK_NS INT64_C(1000000000)  /* how late a frame may arrive, beyond the clock error */

struct twin_frame {
    uint64_t frame_no, mark;
    int64_t ns; /* on the ladder's clock */
    uint8_t from;
    bool can;   /* it has a mark and a time, and is not lost */
};

struct twin {
    struct side side; /* the other vantage again, with a reader of its own */
    struct twin_frame all[TWIN_WINDOW];
    size_t first, n; /* a ring */
};

/* `like` is the other side as the ladder has it. */
int twin_open(struct twin *t, const struct side *like, const struct watch *w, struct err *err);
void twin_close(struct twin *t);

/* Looks from this frame of the other vantage on. */
void twin_seek(struct twin *t, uint64_t frame_no);
/* Where a later twin_seek would find the window as it is now. */
uint64_t twin_place(const struct twin *t);

/* 1: *out is the twin of a frame with this packet, sender and time; 0: none is in view. */
int twin_find(struct twin *t, const struct packet *p, unsigned from, int64_t ns, int64_t error_ns,
              struct twin_frame *out, struct err *err);

#endif
