#include "config.h"

#include "vantage/losses.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/vec.h"
#include "fact/fact.h"
#include "vantage/arrived.h"
#include "vantage/traits.h"

/* clang-format off */
static const struct fact_column direction_columns[] = {
    { "from_source", FACT_INT, "", "vantage that the frames passed first", FACT_KEY },
    { "to_source", FACT_INT, "", "vantage that they should have reached", 0 },
    { "lost", FACT_INT, "frames", "seen at the first, never at the second", 0 },
    { "delivered", FACT_INT, "frames", "seen at both", 0 },
    { "missed", FACT_INT, "frames", "seen at the second only: the first capture missed them", 0 },
    { "proven", FACT_INT, "bool", "the second capture is whole: what is not in it did not get there", 0 },
};
const struct fact_kind loss_direction_fact = {
    "pair_direction", FACT_OF_PAIR, "one direction between two vantages", direction_columns,
    sizeof(direction_columns) / sizeof(direction_columns[0]),
};

static const struct fact_column frame_columns[] = {
    { "from_source", FACT_INT, "", "vantage that has the frame", FACT_KEY },
    { "to_source", FACT_INT, "", "vantage that it never reached", 0 },
    { "frame", FACT_INT, "frame", "its number at the first", FACT_KEY },
    { "time_ns", FACT_INT, "ns", "its time there", 0 },
    { "kind", FACT_TEXT, "", "kind of message", 0 },
    { "size", FACT_INT, "bytes", "true size: Ethernet header included, padding and VLAN tags not", 0 },
    { "flow", FACT_INT, "flow", "its flow at the first; NULL: none", 0 },
};
const struct fact_kind loss_frame_fact = {
    "pair_lost", FACT_OF_PAIR, "a frame that was lost between two vantages", frame_columns,
    sizeof(frame_columns) / sizeof(frame_columns[0]),
};

/* clang-format on */

struct sender {
    uint64_t id;
    uint64_t only[2][2]; /* local or not; side */
    uint64_t peer;       /* whom the last frame that both have was for */
    double late, late2;  /* sums of b's time minus a's, and of its square */
    uint64_t n_both, n_both_local;
    struct traits *traits[2]; /* of frames that pass routers; of local ones */
};

struct kept {
    struct loss_frame f;
    uint8_t side;
};

struct losses {
    uint32_t source[2];
    int64_t from_ns, to_ns;
    struct sender senders[LOSSES_SENDERS_MAX + 1]; /* the last one: everybody else */
    size_t n_senders;
    bool shared_link;   /* a local frame was seen by both */
    bool several_links; /* one of the captures is of more than one link */
    uint64_t n_both;    /* frames that both have */
    uint64_t n_resized; /* of them, those that have another size in each: a tunnel, a trailer */
    struct kept *kept;
    size_t n_kept, cap_kept;
    struct arrived *arrived;
};

struct losses *losses_new(uint32_t a, uint32_t b, int64_t from_ns, int64_t to_ns)
{
    struct losses *l = xcalloc(1, sizeof(*l));

    l->source[0] = a;
    l->source[1] = b;
    l->from_ns = from_ns;
    l->to_ns = to_ns;
    l->arrived = arrived_new();
    return l;
}

void losses_free(struct losses *l)
{
    size_t i;

    if (!l)
        return;
    for (i = 0; i <= LOSSES_SENDERS_MAX; i++) {
        free(l->senders[i].traits[0]);
        free(l->senders[i].traits[1]);
    }
    free(l->kept);
    arrived_free(l->arrived);
    free(l);
}

static struct sender *sender_of(struct losses *l, uint64_t id)
{
    size_t i;

    for (i = 0; i < l->n_senders; i++)
        if (l->senders[i].id == id)
            return &l->senders[i];
    if (l->n_senders < LOSSES_SENDERS_MAX)
        i = l->n_senders++;
    else
        i = LOSSES_SENDERS_MAX;
    l->senders[i].id = id;
    return &l->senders[i];
}

static struct traits *traits_of(const struct losses *l, struct sender *s, bool local)
{
    if (!s->traits[local])
        s->traits[local] = traits_new(l->from_ns, l->to_ns);
    return s->traits[local];
}

void losses_both(struct losses *l, const struct loss_frame *a, const struct loss_frame *b)
{
    struct sender *s = sender_of(l, a->sender);

    s->n_both++;
    s->n_both_local += a->local;
    s->peer = a->receiver;
    s->late += (double)(b->ns - a->ns);
    s->late2 += (double)(b->ns - a->ns) * (double)(b->ns - a->ns);
    l->shared_link = l->shared_link || (a->local && a->sender == b->sender);
    l->n_both++;
    l->n_resized += a->size != b->size;
    arrived_sees(l->arrived, 0, a, true);
    arrived_sees(l->arrived, 1, b, true);
    traits_frame(traits_of(l, s, a->local), a, false, a->size == b->size);
}

void losses_only(struct losses *l, unsigned side, const struct loss_frame *f)
{
    struct sender *s = sender_of(l, f->sender);

    s->only[f->local][side]++;
    arrived_sees(l->arrived, side, f, false);
    arrived_lacks(l->arrived, side, f);
    traits_frame(traits_of(l, s, f->local), f, true, true);
    if (l->n_kept < LOSSES_KEPT_MAX)
        VEC_PUSH(l->kept, l->n_kept, l->cap_kept, (struct kept){ *f, (uint8_t)side });
}

void losses_several_links(struct losses *l)
{
    l->several_links = true;
}

/* What stays on its link is lost only on the link that both have: of several, those whose frames
 * were met there. */
static bool counts_local(const struct losses *l, const struct sender *s)
{
    return l->shared_link && (!l->several_links || s->n_both_local);
}

/* -- directions -------------------------------------------------------------------------------- */

/* How much later its frames are at b than at a, on average; negative: earlier. */
static double lateness(const struct sender *s)
{
    return s->late / (double)s->n_both;
}

/* How far off that is by chance. */
static double standard_error(const struct sender *s)
{
    double n = (double)s->n_both, variance = (s->late2 - s->late * s->late / n) / (n - 1);

    return sqrt(fmax(variance, 0) / n);
}

/* Whom its last frame was for, if that one was heard, too. */
static const struct sender *peer_of(const struct losses *l, const struct sender *s)
{
    size_t i;

    for (i = 0; i < l->n_senders; i++)
        if (l->senders[i].id == s->peer && s->peer != s->id)
            return &l->senders[i];
    return NULL;
}

/*
 * Its frames pass one vantage first, its peer's the other one: where the one's are later at b than
 * the other's, it is nearer to a, whatever the clocks say.  0: that cannot be told from chance.
 */
static double later_than_peer(const struct sender *s, const struct sender *peer)
{
    double later;

    if (!peer || s->n_both < 3 || peer->n_both < 3)
        return 0;
    later = lateness(s) - lateness(peer);
    return fabs(later) > 2 * (standard_error(s) + standard_error(peer)) ? later : 0;
}

/* More frames that only a has than only b has: positive. */
static int64_t surplus(const struct sender *s)
{
    return (int64_t)(s->only[0][0] + s->only[1][0]) - (int64_t)(s->only[0][1] + s->only[1][1]);
}

/*
 * The side that a sender is nearer to: its frames arrive later at the other one.  Where time does
 * not tell, they are missing at the other one, or its peer's are at this one.  (Where time and
 * missing frames disagree, the capture on its own side has not got them: it was made with a filter,
 * or could not keep up.)
 */
static unsigned side_of(const struct losses *l, const struct sender *s)
{
    const struct sender *peer = peer_of(l, s);
    double later = later_than_peer(s, peer);

    if (later != 0)
        return later > 0 ? 0 : 1;
    if (surplus(s))
        return surplus(s) > 0 ? 0 : 1;
    if (peer && surplus(peer))
        return surplus(peer) > 0 ? 1 : 0;
    return s->late >= 0 ? 0 : 1;
}

int losses_side_of(const struct losses *l, uint64_t sender)
{
    size_t i;

    for (i = 0; i < l->n_senders; i++) {
        const struct sender *s = &l->senders[i], *peer = peer_of(l, s);

        if (s->id != sender)
            continue;
        if (later_than_peer(s, peer) == 0 && !surplus(s) && !(peer && surplus(peer)))
            return -1;
        return (int)side_of(l, s);
    }
    return -1;
}

/*
 * Senders on this side, added up.  A sender whose frames are now and then missing on its own side
 * was missed by that capture; its frames cannot be told apart by trait, so it is left out of
 * findings.
 */
static struct traits *direction(const struct losses *l, unsigned side)
{
    struct traits *t = traits_new(l->from_ns, l->to_ns);
    size_t i;
    int local;

    for (i = 0; i <= LOSSES_SENDERS_MAX; i++) {
        const struct sender *s = &l->senders[i];
        uint64_t known;

        if (i < LOSSES_SENDERS_MAX && side_of(l, s) != side)
            continue;
        t->arrived += arrived_count(l->arrived, side, s->id, &known);
        t->known += known;
        for (local = 0; local <= counts_local(l, s); local++) {
            t->missed += s->only[local][!side];
            if (s->traits[local])
                traits_add(t, s->traits[local]);
        }
    }
    t->lost -= t->missed < t->lost ? t->missed : t->lost;
    return t;
}

/*
 * Does the second capture of direction `to` miss what passes it?  Then nothing was lost because it
 * is not there.  A few frames, and one in a hundred, any capture may drop; but not a tenth of those
 * that it lacks.  `back`: the other direction, whose frames pass that capture first.
 */
static bool has_holes(const struct traits *to, const struct traits *back)
{
    return back->missed > 3 + back->delivered / 100 || to->arrived * 10 > to->known;
}

static int by_place(const void *x, const void *y)
{
    const struct kept *a = x, *b = y;

    if (a->side != b->side)
        return (int)a->side - (int)b->side;
    return (a->f.frame_no > b->f.frame_no) - (a->f.frame_no < b->f.frame_no);
}

/* `proven`: by the side that a frame came from. */
static void write_frames(struct losses *l, const bool proven[2], const struct fact_sink *sink)
{
    const struct fact_where nowhere = { 0 };
    size_t i;

    if (l->n_kept)
        qsort(l->kept, l->n_kept, sizeof(*l->kept), by_place);
    for (i = 0; i < l->n_kept; i++) {
        const struct kept *k = &l->kept[i];

        if (!proven[k->side] || side_of(l, sender_of(l, k->f.sender)) != k->side ||
            (k->f.local && !counts_local(l, sender_of(l, k->f.sender))))
            continue;
        sink->put(sink->user, &loss_frame_fact, &nowhere,
                  (struct fact_value[]){
                      fact_int(l->source[k->side]),
                      fact_int(l->source[!k->side]),
                      fact_int((int64_t)k->f.frame_no),
                      fact_int(k->f.own_ns),
                      fact_text(k->f.kind),
                      fact_int(k->f.size),
                      fact_int_if(k->f.flow, k->f.flow),
                  });
    }
}

void losses_write(struct losses *l, const struct fact_sink *sink)
{
    const struct fact_where nowhere = { 0 };
    struct traits *of[2];
    bool proven[2];
    unsigned side;

    for (side = 0; side < 2; side++)
        of[side] = direction(l, side);
    /* A capture that never has anything of a direction may have been made of the other one only. */
    for (side = 0; side < 2; side++)
        proven[side] = of[side]->delivered && !has_holes(of[side], of[!side]);
    for (side = 0; side < 2; side++) {
        const struct traits *t = of[side];

        if (t->lost || t->delivered || t->missed) {
            sink->put(
                sink->user, &loss_direction_fact, &nowhere,
                (struct fact_value[]){ fact_int(l->source[side]), fact_int(l->source[!side]),
                                       fact_int((int64_t)t->lost), fact_int((int64_t)t->delivered),
                                       fact_int((int64_t)t->missed), fact_int(proven[side]) });
            if (proven[side])
                /* Sizes that differ in the two: one of them sees a tunnel. */
                traits_write(t, l->source[side], l->source[!side], l->n_resized * 20 <= l->n_both,
                             sink);
        }
    }
    write_frames(l, proven, sink);
    free(of[0]);
    free(of[1]);
}
