/*
 * losses: what was lost between two vantages; what the lost have in common, traits.h says.
 *
 * Frames are counted per sender; which vantage a sender is nearer to is decided at the end, so that
 * loss and delivery are judged per direction.  Frames that stay on their link count only between
 * vantages that share a link, which is where such frames were matched.
 */
#ifndef VANTAGE_LOSSES_H
#define VANTAGE_LOSSES_H

#include <stdbool.h>
#include <stdint.h>

#define LOSSES_SENDERS_MAX 32u    /* further senders are counted together, in both directions */
#define LOSSES_KEPT_MAX    10000u /* lost frames that are written, per pair */

struct fact_kind;
struct fact_sink;
struct losses;

/* What is known of one frame. */
struct loss_frame {
    uint64_t frame_no;
    int64_t ns;        /* on the clock of a */
    int64_t own_ns;    /* on its own clock */
    uint64_t sender, receiver;
    const char *kind;  /* static */
    uint32_t size;     /* true length */
    uint32_t flow;
    uint8_t end;       /* of that flow which sent it: 0 a, 1 b */
    uint16_t port;     /* the lower one; 0: none */
    bool local;        /* does not pass a router */
    uint32_t bytes;    /* numbers of TCP that it takes, SYN and FIN one each; 0: none, or another
                          protocol */
    uint32_t seq;      /* of the first of them */
    bool has_ack;
    uint32_t ack;
};

extern const struct fact_kind loss_direction_fact, loss_frame_fact;

/* Between sources a and b, whose overlap is [from_ns, to_ns] on a's clock. */
struct losses *losses_new(uint32_t a, uint32_t b, int64_t from_ns, int64_t to_ns);
void losses_free(struct losses *l);

/* Both vantages have the frame; `a` and `b` are its two sightings. */
void losses_both(struct losses *l, const struct loss_frame *a, const struct loss_frame *b);
/* Only one has it (0: a, 1: b), well inside the overlap. */
void losses_only(struct losses *l, unsigned side, const struct loss_frame *f);

/* One of the captures is of several links: what stays on one of them is no loss at the other
 * capture. */
void losses_several_links(struct losses *l);

/* The vantage that a sender is nearer to, 0 a or 1 b; -1: not known. */
int losses_side_of(const struct losses *l, uint64_t sender);

/* Writes directions, lost frames and findings. */
void losses_write(struct losses *l, const struct fact_sink *sink);

#endif
