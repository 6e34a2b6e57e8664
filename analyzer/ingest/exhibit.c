#include "config.h"

#include "ingest/exhibit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "capture/capture.h"
#include "capture/input.h"
#include "packet/packet.h"
#include "store/store.h"

#define FAR_APART 256u /* frames from one that is cited to the next */

struct mask {
    uint64_t first, last; /* frames */
    uint32_t at, len;     /* len 0: all payload */
};

struct exhibits {
    uint64_t *cites;
    size_t n_cites, cap_cites;
    uint64_t ceiling; /* frames behind it are beyond the budget; 0: none yet */
    struct mask *masks;
    size_t n_masks, cap_masks;
    bool mask_all; /* more secrets than could be remembered: no payload is kept at all */
};

struct exhibits *exhibits_new(void)
{
    return xcalloc(1, sizeof(struct exhibits));
}

void exhibits_free(struct exhibits *e)
{
    if (!e)
        return;
    free(e->cites);
    free(e->masks);
    free(e);
}

static int by_number(const void *x, const void *y)
{
    const uint64_t *a = x, *b = y;

    return (*a > *b) - (*a < *b);
}

static void compact(struct exhibits *e)
{
    size_t i, n = 0;

    if (!e->n_cites)
        return;
    qsort(e->cites, e->n_cites, sizeof(*e->cites), by_number);
    for (i = 0; i < e->n_cites; i++)
        if (!n || e->cites[n - 1] != e->cites[i])
            e->cites[n++] = e->cites[i];
    e->n_cites = n;
}

void exhibits_cite(struct exhibits *e, uint64_t frame_no)
{
    if (e->ceiling && frame_no > e->ceiling)
        return;
    if (e->n_cites >= EXHIBIT_CITES_MAX) {
        compact(e);
        /* Still full: the highest numbers leave, so that the result does not depend on the order.
         */
        if (e->n_cites > EXHIBIT_CITES_MAX / 2) {
            e->n_cites = EXHIBIT_CITES_MAX / 2;
            e->ceiling = e->cites[e->n_cites - 1];
        }
    }
    VEC_PUSH(e->cites, e->n_cites, e->cap_cites, frame_no);
}

static void add_mask(struct exhibits *e, struct mask m)
{
    if (e->n_masks >= EXHIBIT_MASKS_MAX)
        e->mask_all = true;
    else
        VEC_PUSH(e->masks, e->n_masks, e->cap_masks, m);
}

void exhibits_mask(struct exhibits *e, uint64_t frame_no, uint32_t at, uint32_t len)
{
    add_mask(e, (struct mask){ frame_no, frame_no, at, len });
}

void exhibits_mask_payload(struct exhibits *e, uint64_t first, uint64_t last)
{
    add_mask(e, (struct mask){ first, last, 0, 0 });
}

static bool hide(uint8_t *bytes, size_t len, size_t at, size_t n)
{
    if (at >= len)
        return false;
    memset(bytes + at, '*', n < len - at ? n : len - at);
    return true;
}

static int by_first(const void *x, const void *y)
{
    const struct mask *a = x, *b = y;

    return (a->first > b->first) - (a->first < b->first);
}

/* Masks in the order of frames, walked beside the frames that are cited. */
struct mask_walk {
    const struct mask *next, *end;
    uint64_t payload_until; /* all payload is secret up to this frame */
};

static bool apply_masks(struct mask_walk *w, const struct frame *f, struct packet_decoder *d,
                        uint8_t *bytes, size_t len)
{
    struct packet p;
    bool masked = false;

    for (; w->next < w->end && w->next->first <= f->frame_no; w->next++) {
        if (!w->next->len && w->next->last > w->payload_until)
            w->payload_until = w->next->last;
        else if (w->next->len && w->next->first == f->frame_no)
            masked |= hide(bytes, len, w->next->at, w->next->len);
    }
    if (f->frame_no <= w->payload_until) {
        packet_decode(d, f, &p);
        masked |= hide(bytes, len, p.payload_at == UINT32_MAX ? 0 : p.payload_at, len);
    }
    return masked;
}

/* Every later reader of these frames masks the same bytes. */
static void write_masks(const struct exhibits *e, struct store *s)
{
    size_t i;

    if (e->mask_all)
        store_put_secret(s, 1, UINT32_MAX, 0, 0);
    else
        for (i = 0; i < e->n_masks; i++)
            store_put_secret(s, e->masks[i].first, e->masks[i].last, e->masks[i].at,
                             e->masks[i].len);
}

/* Where the cited frames come from: the capture once more, or their places in it. */
struct reread {
    struct input *in;
    struct store *store;
    struct capture *c; /* NULL: by place */
};

/*
 * Walking a file that is mapped costs next to nothing where every few frames one is cited.  Where
 * they are far apart, or all that lies between two of them has to be unpacked once more, the packet
 * index says where each of them is.
 */
static bool should_walk(const struct exhibits *e, const struct input *in)
{
    return input_is_whole(in) && e->cites[e->n_cites - 1] / e->n_cites < FAR_APART;
}

static bool cited_frame(struct reread *r, uint64_t frame_no, struct frame *f)
{
    struct store_packet at;
    struct bytes b;

    while (r->c) {
        if (capture_next(r->c, f, NULL) != CAPTURE_FRAME || f->frame_no > frame_no)
            return false;
        if (f->frame_no == frame_no)
            return true;
    }
    if (!store_packet_of(r->store, frame_no, &at) || at.cap_len > CAPTURE_FRAME_MAX)
        return false;
    b = input_at(r->in, at.offset, at.cap_len);
    *f = (struct frame){ .frame_no = frame_no,
                         .bytes = b.p,
                         .cap_len = at.cap_len,
                         .wire_len = at.wire_len,
                         .linktype = at.linktype };
    return b.left >= at.cap_len;
}

void exhibits_write(struct exhibits *e, struct input *in, struct store *s)
{
    struct packet_decoder *d = packet_decoder_new();
    struct reread r = { .in = in, .store = s };
    struct mask_walk masks = { .payload_until = e->mask_all ? UINT64_MAX : 0 };
    struct frame f;
    size_t next, spent = 0;

    compact(e);
    write_masks(e, s);
    if (e->n_masks)
        qsort(e->masks, e->n_masks, sizeof(*e->masks), by_first);
    masks.next = e->masks;
    masks.end = e->masks + e->n_masks;
    if (e->n_cites && should_walk(e, in) && capture_open(in, NULL, &r.c, NULL))
        e->n_cites = 0;
    for (next = 0; next < e->n_cites && spent < EXHIBIT_BUDGET; next++) {
        uint8_t bytes[EXHIBIT_SNAP];
        bool masked;
        size_t len;

        if (!cited_frame(&r, e->cites[next], &f))
            continue;
        len = f.cap_len < EXHIBIT_SNAP ? f.cap_len : EXHIBIT_SNAP;
        memcpy(bytes, f.bytes, len);
        masked = apply_masks(&masks, &f, d, bytes, len);
        store_put_exhibit(s, f.frame_no, f.linktype, f.wire_len, bytes, len, masked);
        spent += len;
    }
    store_packet_of_end(s);
    capture_close(r.c);
    packet_decoder_free(d);
}
