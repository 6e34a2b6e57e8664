/*
 * exhibit: keeps the first bytes of the frames that facts cite, secrets masked.
 *
 * Which frames are cited is known only when facts are written, often long after the frame went by.
 * So the citations are collected, and a second pass over the capture picks the bytes up; those of
 * frames that are likely to be cited are kept as they go by, so that few are left for it.  Both the
 * number of citations and the bytes are bounded: what every connection has, which is kept as it goes
 * by or not at all, gets what the others leave, and lower frame numbers win.
 */
#ifndef INGEST_EXHIBIT_H
#define INGEST_EXHIBIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXHIBIT_SNAP       256u          /* bytes of a frame */
#define EXHIBIT_BUDGET     (8u << 20)    /* bytes of a source */
#define EXHIBIT_RESERVE    (1u << 20)    /* of these, for what is not ordinary */
#define EXHIBIT_CITES_MAX  200000u       /* citations remembered */
#define EXHIBIT_ORDINARY_MAX 100000u     /* ordinary frames kept */
#define EXHIBIT_MASKS_MAX  100000u       /* secrets remembered */

struct exhibits;
struct frame;
struct input;
struct store;

struct exhibits *exhibits_new(void);
void exhibits_free(struct exhibits *e);

/* `ordinary`: every connection has such a frame. */
void exhibits_cite(struct exhibits *e, uint64_t frame_no, bool ordinary);
/* The frame at hand is likely to be cited: what is kept of it need not be read again.  An ordinary
 * one is never read again. */
void exhibits_keep(struct exhibits *e, const struct frame *f, bool ordinary);
/* The same of a frame before it, where it is not long ago; 0 is none.  Only after exhibits_look_back,
 * and where each frame is shown to exhibits_pass. */
void exhibits_keep_past(struct exhibits *e, uint64_t frame_no);
/* Going back in this capture is expensive. */
void exhibits_look_back(struct exhibits *e);
void exhibits_pass(struct exhibits *e, const struct frame *f);
/* `len` bytes at `at` of that frame are secret. */
void exhibits_mask(struct exhibits *e, uint64_t frame_no, uint32_t at, uint32_t len);
/* A secret that was spread over frames up to this one: all payload of frames first..last is masked. */
void exhibits_mask_payload(struct exhibits *e, uint64_t first, uint64_t last);

/* All that are cited, into the case; the second pass.  No flow and no fact may follow
 * (store_flows_over). */
void exhibits_write(struct exhibits *e, struct input *in, struct store *s);

#endif
