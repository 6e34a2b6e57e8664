#include "config.h"

#include "ingest/sketch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fact/fact.h"
#include "packet/mark.h"
#include "packet/packet.h"

/* clang-format off */
static const struct fact_column columns[] = {
    { "mark", FACT_INT, "", "what of the frame survives on its way through a network", FACT_KEY },
    { "n", FACT_INT, "", "how many frames of the source have this mark, copies at another place of it left out", 0 },
    { "sender", FACT_INT, "", "a number for the sender's address", 0 },
};
/* clang-format on */
const struct fact_kind sketch_fact = {
    "sketch",
    FACT_OF_FRAME,
    "the frames with the smallest marks: how vantages recognise each other",
    columns,
    sizeof(columns) / sizeof(columns[0]),
};

struct entry {
    uint64_t mark, frame_no, sender, place;
    int64_t ns, last_ns;
    uint32_t n;
};

/* Entries sorted by mark; twice the size, so that sorting is rare. */
struct sketch {
    struct entry all[2 * SKETCH_MAX];
    size_t n;
    uint64_t limit; /* marks above it are of no interest any more */
};

struct sketch *sketch_new(void)
{
    struct sketch *s = xcalloc(1, sizeof(*s));

    s->limit = UINT64_MAX;
    return s;
}

void sketch_free(struct sketch *s)
{
    free(s);
}

static int by_mark(const void *x, const void *y)
{
    const struct entry *a = x, *b = y;

    if (a->mark != b->mark)
        return a->mark < b->mark ? -1 : 1;
    return (a->frame_no > b->frame_no) - (a->frame_no < b->frame_no);
}

/* A router's capture of all interfaces has a frame as it comes and as it goes: that is one. */
static void join(struct entry *e, const struct entry *next)
{
    int64_t gap = next->ns - e->last_ns;

    e->n += next->n - (next->place != e->place && next->sender == e->sender && gap >= 0 &&
                       gap <= PACKET_COPY_NS);
    e->last_ns = next->last_ns;
}

/* Joins equal marks, keeps the SKETCH_MAX smallest. */
static void compact(struct sketch *s)
{
    size_t i, n = 0;

    if (!s->n)
        return;
    qsort(s->all, s->n, sizeof(s->all[0]), by_mark);
    for (i = 0; i < s->n; i++) {
        if (n && s->all[n - 1].mark == s->all[i].mark)
            join(&s->all[n - 1], &s->all[i]);
        else
            s->all[n++] = s->all[i];
    }
    s->n = n < SKETCH_MAX ? n : SKETCH_MAX;
    if (s->n == SKETCH_MAX)
        s->limit = s->all[s->n - 1].mark;
}

void sketch_add(struct sketch *s, const struct packet *p)
{
    uint64_t mark;

    if (!p->has_time || !packet_mark(p, &mark) || mark > s->limit)
        return;
    s->all[s->n++] = (struct entry){ .mark = mark,
                                     .frame_no = p->frame_no,
                                     .sender = packet_sender(p),
                                     .place = p->src.family ? packet_place(p) : 0,
                                     .ns = p->time_ns,
                                     .last_ns = p->time_ns,
                                     .n = 1 };
    if (s->n == 2 * SKETCH_MAX)
        compact(s);
}

void sketch_write(struct sketch *s, const struct fact_sink *sink)
{
    size_t i;

    compact(s);
    for (i = 0; i < s->n; i++) {
        const struct entry *e = &s->all[i];
        struct fact_where where = { .frame = e->frame_no, .has_time = true, .time_ns = e->ns };

        sink->put(sink->user, &sketch_fact, &where,
                  (struct fact_value[]){ fact_int((int64_t)(e->mark >> 1)), fact_int(e->n),
                                         fact_int((int64_t)(e->sender >> 1)) });
    }
}
