#include "config.h"

#include "packet/frag.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct run {
    uint32_t from, to;
};

struct datagram {
    bool used;
    struct ip_addr src, dst;
    uint8_t proto, next_proto;
    uint32_t id;
    int64_t first_ns;
    uint64_t order;                   /* when it started, in fragments */
    uint32_t len;                     /* 0: the last fragment has not come */
    struct run runs[FRAG_PIECES_MAX]; /* what is there: sorted, apart from one another */
    uint32_t n_runs;
    uint8_t *bytes; /* FRAG_LEN_MAX, from the first use of the slot on */
};

struct frag_table {
    uint64_t order;
    struct datagram slots[FRAG_DATAGRAMS_MAX];
};

struct frag_table *frag_table_new(void)
{
    return xcalloc(1, sizeof(struct frag_table));
}

void frag_table_free(struct frag_table *t)
{
    size_t i;

    if (!t)
        return;
    for (i = 0; i < FRAG_DATAGRAMS_MAX; i++)
        free(t->slots[i].bytes);
    free(t);
}

static bool same_addr(const struct ip_addr *a, const struct ip_addr *b)
{
    return a->family == b->family && memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

static bool same_datagram(const struct datagram *d, const struct frag_piece *piece)
{
    return d->id == piece->id && d->proto == piece->proto && same_addr(&d->src, &piece->src) &&
           same_addr(&d->dst, &piece->dst);
}

static bool too_old(const struct datagram *d, int64_t now_ns)
{
    return now_ns - d->first_ns > FRAG_TIMEOUT_NS || d->first_ns - now_ns > FRAG_TIMEOUT_NS;
}

/* The slot of this datagram, or a fresh one. */
static struct datagram *find(struct frag_table *t, const struct frag_piece *piece, bool *lost)
{
    struct datagram *best = NULL, *d;
    uint8_t *bytes;

    for (d = t->slots; d < t->slots + FRAG_DATAGRAMS_MAX; d++) {
        if (d->used && too_old(d, piece->time_ns))
            d->used = false;
        if (d->used && same_datagram(d, piece))
            return d;
        if (!best || (best->used && (!d->used || d->order < best->order)))
            best = d;
    }
    if (best->used)
        *lost = true;
    bytes = best->bytes ? best->bytes : xmalloc(FRAG_LEN_MAX);
    *best = (struct datagram){ .used = true,
                               .src = piece->src,
                               .dst = piece->dst,
                               .proto = piece->proto,
                               .id = piece->id,
                               .first_ns = piece->time_ns,
                               .order = ++t->order,
                               .bytes = bytes };
    return best;
}

/* Copies what is not there yet of [from, to); false if some of it was. */
static bool copy_new(struct datagram *d, const struct frag_piece *piece)
{
    uint32_t from = piece->at, to = piece->at + piece->len, i;
    bool clean = true;

    for (i = 0; i < d->n_runs && from < to; i++) {
        const struct run *r = &d->runs[i];

        if (r->to <= from)
            continue;
        if (r->from >= to)
            break;
        clean = false;
        if (r->from > from)
            memcpy(d->bytes + from, piece->bytes + (from - piece->at), r->from - from);
        from = r->to;
    }
    if (from < to)
        memcpy(d->bytes + from, piece->bytes + (from - piece->at), to - from);
    return clean;
}

/* Joins [from, to) with the runs it touches.  False: no room for one more run. */
static bool add_run(struct datagram *d, uint32_t from, uint32_t to)
{
    uint32_t first = 0, last;

    while (first < d->n_runs && d->runs[first].to < from)
        first++;
    for (last = first; last < d->n_runs && d->runs[last].from <= to; last++) {
        if (d->runs[last].from < from)
            from = d->runs[last].from;
        if (d->runs[last].to > to)
            to = d->runs[last].to;
    }
    if (last == first) {
        if (d->n_runs == FRAG_PIECES_MAX)
            return false;
        memmove(&d->runs[first + 1], &d->runs[first], (d->n_runs - first) * sizeof(d->runs[0]));
        d->n_runs++;
    } else {
        memmove(&d->runs[first + 1], &d->runs[last], (d->n_runs - last) * sizeof(d->runs[0]));
        d->n_runs -= last - first - 1;
    }
    d->runs[first] = (struct run){ from, to };
    return true;
}

static bool is_copy(const struct datagram *d, const struct frag_piece *piece)
{
    uint32_t i;

    for (i = 0; i < d->n_runs; i++)
        if (d->runs[i].from <= piece->at && d->runs[i].to >= piece->at + piece->len)
            return memcmp(d->bytes + piece->at, piece->bytes, piece->len) == 0;
    return false;
}

enum frag_result frag_add(struct frag_table *t, const struct frag_piece *piece,
                          struct frag_done *done, bool *lost)
{
    struct datagram *d;

    *lost = false;
    if (piece->at > FRAG_LEN_MAX || piece->len > FRAG_LEN_MAX - piece->at || piece->len == 0) {
        *lost = true;
        return FRAG_STORED;
    }
    d = find(t, piece, lost);
    if (piece->at == 0 && (d->n_runs == 0 || d->runs[0].from > 0))
        d->next_proto = piece->next_proto;
    if (!piece->more && d->len == 0)
        d->len = piece->at + piece->len;
    if (!is_copy(d, piece)) {
        /* Past the end as the last fragment told it, or other bytes at the same place. */
        if ((d->len && piece->at + piece->len > d->len) || !copy_new(d, piece))
            *lost = true;
        if (!add_run(d, piece->at, piece->at + piece->len)) {
            d->used = false;
            *lost = true;
            return FRAG_STORED;
        }
    }
    if (d->len == 0 || d->n_runs == 0 || d->runs[0].from > 0 || d->runs[0].to < d->len)
        return FRAG_STORED;
    d->used = false;
    *done = (struct frag_done){ d->bytes, d->len, d->next_proto };
    return FRAG_DONE;
}
