#include "config.h"

#include "vantage/arrived.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "vantage/losses.h"

#define SLOTS     (1u << 15) /* twice ARRIVED_WAYS_MAX */
#define COVER_MAX 12u        /* ranges that both sides have, of one way */
#define CHAIN_MAX 64u        /* newest pieces of one way that are looked at */

struct range {
    uint32_t seq, end; /* [seq, end) */
};

/* What one end of a flow sends, as one side sees it. */
struct way {
    uint64_t sender;
    uint32_t flow;
    uint8_t side;
    bool any_ack;
    uint8_t n_cover;
    uint32_t acked;                /* by the other end */
    struct range cover[COVER_MAX]; /* in the order of numbers */
    uint32_t newest;               /* piece: index + 1; 0: none */
};

/* A segment that only one side has. */
struct piece {
    struct range bytes;
    uint32_t way;
    uint32_t older;      /* of the same way: index + 1; 0: none */
    bool acked, covered; /* covered: the other side has some of its bytes */
};

struct arrived {
    struct way *ways;
    size_t n_ways, cap_ways;
    struct piece *pieces;
    size_t n_pieces, cap_pieces;
    uint32_t slots[SLOTS]; /* ways: index + 1 */
};

struct arrived *arrived_new(void)
{
    return xcalloc(1, sizeof(struct arrived));
}

void arrived_free(struct arrived *a)
{
    if (!a)
        return;
    free(a->ways);
    free(a->pieces);
    free(a);
}

/* NULL: there is none, or no room for one. */
static struct way *way_of(struct arrived *a, unsigned side, uint32_t flow, uint64_t sender,
                          bool make)
{
    uint32_t i = (uint32_t)((flow * 2 + side + sender) * UINT64_C(0x9e3779b97f4a7c15) >> 49);

    for (; a->slots[i]; i = (i + 1) % SLOTS) {
        struct way *w = &a->ways[a->slots[i] - 1];

        if (w->flow == flow && w->side == side && w->sender == sender)
            return w;
    }
    if (!make || a->n_ways == ARRIVED_WAYS_MAX)
        return NULL;
    VEC_PUSH(a->ways, a->n_ways, a->cap_ways,
             (struct way){ .sender = sender, .flow = flow, .side = (uint8_t)side });
    a->slots[i] = (uint32_t)a->n_ways;
    return &a->ways[a->n_ways - 1];
}

static bool reaches(uint32_t ack, struct range r)
{
    return (int32_t)(ack - r.end) >= 0;
}

static bool overlap(struct range x, struct range y)
{
    return (int32_t)(x.seq - y.end) < 0 && (int32_t)(x.end - y.seq) > 0;
}

static struct range bytes_of_frame(const struct loss_frame *f)
{
    return (struct range){ f->seq, f->seq + f->bytes };
}

static void note_ack(struct arrived *a, struct way *w, uint32_t ack)
{
    uint32_t at = w->newest;
    unsigned n;

    if (w->any_ack && (int32_t)(ack - w->acked) <= 0)
        return;
    w->any_ack = true;
    w->acked = ack;
    for (n = 0; at && n < CHAIN_MAX; n++, at = a->pieces[at - 1].older)
        a->pieces[at - 1].acked |= reaches(ack, a->pieces[at - 1].bytes);
}

/* Where there is no room, the lowest gap counts as filled: what is not known is not counted. */
static void add_cover(struct way *w, struct range r)
{
    unsigned i = 0, n;

    while (i < w->n_cover && (int32_t)(w->cover[i].end - r.seq) < 0)
        i++;
    for (n = i; n < w->n_cover && (int32_t)(w->cover[n].seq - r.end) <= 0; n++) { /* joined */
        r.seq = (int32_t)(w->cover[n].seq - r.seq) < 0 ? w->cover[n].seq : r.seq;
        r.end = (int32_t)(w->cover[n].end - r.end) > 0 ? w->cover[n].end : r.end;
    }
    if (n == i && w->n_cover == COVER_MAX) {
        w->cover[1].seq = w->cover[0].seq;
        memmove(w->cover, w->cover + 1, --w->n_cover * sizeof(w->cover[0]));
        add_cover(w, r);
        return;
    }
    memmove(w->cover + i + 1, w->cover + n, (w->n_cover - n) * sizeof(w->cover[0]));
    w->cover[i] = r;
    w->n_cover = (uint8_t)(w->n_cover + 1 - (n - i));
}

static void note_bytes(struct arrived *a, struct way *w, struct range r)
{
    uint32_t at = w->newest;
    unsigned n;

    add_cover(w, r);
    for (n = 0; at && n < CHAIN_MAX; n++, at = a->pieces[at - 1].older)
        a->pieces[at - 1].covered |= overlap(r, a->pieces[at - 1].bytes);
}

void arrived_sees(struct arrived *a, unsigned side, const struct loss_frame *f, bool both)
{
    struct way *w;

    if (!f->flow)
        return;
    if (both && f->bytes && (w = way_of(a, side, f->flow, f->sender, true)) != NULL)
        note_bytes(a, w, bytes_of_frame(f));
    if (f->has_ack && (w = way_of(a, side, f->flow, f->receiver, false)) != NULL)
        note_ack(a, w, f->ack);
}

void arrived_lacks(struct arrived *a, unsigned side, const struct loss_frame *f)
{
    struct range r = bytes_of_frame(f);
    struct piece p = { .bytes = r };
    struct way *w;
    unsigned i;

    if (!f->bytes || !f->flow || a->n_pieces == ARRIVED_PIECES_MAX)
        return;
    w = way_of(a, side, f->flow, f->sender, true);
    if (!w)
        return;
    /* A frame is known to be alone only when its time is over: what followed it has been seen. */
    p.acked = w->any_ack && reaches(w->acked, r);
    for (i = 0; i < w->n_cover; i++)
        p.covered |= overlap(w->cover[i], r);
    p.way = (uint32_t)(w - a->ways);
    p.older = w->newest;
    VEC_PUSH(a->pieces, a->n_pieces, a->cap_pieces, p);
    w->newest = (uint32_t)a->n_pieces;
}

uint64_t arrived_count(const struct arrived *a, unsigned side, uint64_t sender, uint64_t *of)
{
    uint64_t n = 0;
    size_t i;

    *of = 0;
    for (i = 0; i < a->n_pieces; i++) {
        const struct piece *p = &a->pieces[i];
        const struct way *w = &a->ways[p->way];

        if (w->side != side || w->sender != sender)
            continue;
        ++*of;
        n += p->acked && !p->covered;
    }
    return n;
}
