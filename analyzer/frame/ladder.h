/*
 * ladder: one conversation as rows, forwards and backwards, with what each end must believe.
 *
 * A row is one frame: who sent it, what it is in the field's words, what is to be said of it (lost,
 * resent, cited ...), and what both ends must believe after it.  Rows are read in pages as they are
 * asked for, and the state of the machines is kept every so many rows, so that a flow of millions of
 * frames takes bounded memory and going back is cheap.  What an end believes comes from running the
 * TCP machine (flow/tcp.h) and its like for other protocols over the headers; where the bytes are
 * gone, from what ingest wrote down; where nothing is known it is "?".
 *
 * If another capture of the case saw the same flow (pair_flow), its frames that this one never got
 * are rows, too, and each end's belief is taken from the capture that is nearer to it: an ACK that
 * was lost on the way is believed by its sender only.
 */
#ifndef FRAME_LADDER_H
#define FRAME_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "frame/watch.h"

#define LADDER_LABEL_LEN   128
#define LADDER_STATE_LEN   64
#define LADDER_DETAIL_LEN  128
#define LADDER_CITES_MAX   4      /* verdicts named per row; the flag is there in any case */
#define LADDER_PAGE        128u   /* rows read at once */
#define LADDER_PAGES       8u     /* pages kept */
#define LADDER_MARKS_MAX   256u   /* places from which the machines can go on; thinned beyond this */
#define LADDER_LOST_MAX    65536u /* lost frames known per vantage */

struct frame_reader;
struct ladder;
struct pairview_life; /* pairview.h */
struct store;

enum ladder_flag {
    LADDER_LOST = 1 << 0,         /* sent, and never arrived at the other vantage */
    LADDER_ELSEWHERE = 1 << 1,    /* only the other vantage has it: `source` is that one */
    LADDER_OUTSIDE = 1 << 2,      /* the other vantage was not capturing then */
    LADDER_RESENT = 1 << 3,       /* a retransmission */
    LADDER_COPY = 1 << 4,         /* the same frame captured twice; no event */
    LADDER_OUT_OF_ORDER = 1 << 5,
    LADDER_GAP = 1 << 6,          /* a segment before it was not captured */
    LADDER_KEEP_ALIVE = 1 << 7,   /* a probe or its answer */
    LADDER_ZERO_WINDOW = 1 << 8,
    LADDER_DUPLICATE_ACK = 1 << 9,
    LADDER_SYN_ON_LIVE = 1 << 10, /* a SYN although the other end still holds the old life */
    LADDER_CHALLENGE_ACK = 1 << 11,
    LADDER_RESET = 1 << 12,       /* a RST that the other end must accept */
    LADDER_RESET_IGNORED = 1 << 13,
    LADDER_OLD_LIFE = 1 << 14,    /* a late segment of the life before */
    LADDER_CITED = 1 << 15,       /* a verdict's evidence names it */
    LADDER_NO_BYTES = 1 << 16,    /* known from the index and the facts only */
};

struct ladder_head {
    uint32_t source, flow;
    char source_name[128];
    char proto[16], app[40];
    char end[2][80];         /* a and b: "192.0.2.7:443", "[2001:db8::1]:443", a MAC address */
    char tunnel[160];        /* "": none */
    uint32_t life;           /* 1: the first of its four-tuple */
    bool has_time;
    int64_t first_ns, last_ns; /* clock of `source` */
    uint64_t n_frames[2];    /* sent by a, by b, in this capture; copies left out */
    uint64_t n_bytes[2];     /* payload on the wire */
    uint64_t opened_flow;    /* the SYN that opened this life was sent on that flow ... */
    uint64_t opened_frame;   /* ... in this frame; 0: it is a row of this flow, or not known */

    uint32_t other_source, other_flow; /* the other vantage; 0: none */
    char other_name[128];
    bool compared;           /* losses between the two are known */
    uint64_t n_lost[2];      /* of this flow: seen here only, seen there only */
    bool lost_cut;           /* there may be more that the case does not list */
    int64_t clock_error_ns;  /* how far times of the other vantage can be off */
    uint32_t near[2];        /* the source that is nearer to a, to b */
};

struct ladder_cite {
    char verdict[20];    /* verdict.id */
    char rule[64];
    char severity[12];
    char title[128];
    char what[160];      /* what this frame proves, in the verdict's words */
};

struct ladder_row {
    uint64_t index;
    uint32_t source;     /* that the frame belongs to: head.source or head.other_source */
    uint64_t frame_no;
    uint64_t other_frame; /* the same frame at the other vantage; 0: none, or not known */
    bool has_time;
    int64_t time_ns;     /* on the clock of head.source */
    int64_t other_ns;    /* other_frame's time, on the clock of head.source */
    bool has_gap;
    int64_t gap_ns;      /* since the row before; may be negative */
    unsigned from;       /* 0 a, 1 b */
    uint32_t wire_len, cap_len, payload_len; /* payload: as the headers say, 0 where unknown */
    unsigned flags;      /* enum ladder_flag */
    char label[LADDER_LABEL_LEN];
    /* After this row.  "?": not known. */
    char state[2][LADDER_STATE_LEN];   /* "ESTABLISHED", "IPCP Ack-Sent", "window 4/4 on id 8" */
    char detail[2][LADDER_DETAIL_LEN]; /* "282 bytes unanswered for 3.2 s, window 64240"; "": none */
    unsigned n_cites;
    struct ladder_cite cites[LADDER_CITES_MAX]; /* worst first */
};

/*
 * NULL on failure; ERR_USAGE: there is no such flow.  `s` and `r` (for frames of `source`) are
 * borrowed until ladder_close.  Flow 0: all frames of the source, without states.
 */
struct ladder *ladder_open(struct store *s, struct frame_reader *r, uint32_t source, uint32_t flow,
                           struct err *err);
/* The same beside this other capture of the flow (pairview_lives); NULL: the first that saw it. */
struct ladder *ladder_open_beside(struct store *s, struct frame_reader *r, uint32_t source,
                                  uint32_t flow, const struct pairview_life *other,
                                  struct err *err);
/* All frames of two vantages side by side (pairview.h), in time order; without states. */
struct ladder *ladder_open_pair(struct store *s, struct frame_reader *r, int64_t pair,
                                struct err *err);
void ladder_close(struct ladder *l);

/* Who is told of long scans; NULL: nobody.  Borrowed. */
void ladder_watch(struct ladder *l, const struct watch *w);

const struct ladder_head *ladder_head(const struct ladder *l);

/* How many rows there are; until the end was read (*exact) it is a guess from the flow's counts. */
uint64_t ladder_len(const struct ladder *l, bool *exact);

/*
 * 1: *out is row `index` (0-based); 0: there are not so many.  Forward jumps read everything in
 * between: ERR_STOPPED if the watch says so, and the next call goes on from there.
 */
int ladder_row(struct ladder *l, uint64_t index, struct ladder_row *out, struct err *err);

/*
 * The index of the first row of head.source whose frame is `frame_no` or a later one.  1: found,
 * 0: there is none so late.
 */
int ladder_find(struct ladder *l, uint64_t frame_no, uint64_t *index, struct err *err);

/*
 * The next row behind (`step` 1) or before (-1) `index` that has one of `flags`; 0: none.  May read
 * much: watch it.
 */
int ladder_next(struct ladder *l, uint64_t index, int step, unsigned flags, uint64_t *found,
                struct err *err);

/* "lost, cited": the flags of a row in words, for a legend or a status line.  Returns `out`. */
const char *ladder_flag_words(unsigned flags, char *out, size_t len);

#endif
