#include "config.h"

#include "ingest/exhibit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
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

struct cites {
    uint64_t *frames;
    size_t n, cap;
    uint64_t ceiling; /* frames behind it are beyond the budget; 0: none yet */
};

/* A frame that went by, in the order of frames. */
struct kept {
    uint64_t frame_no;
    size_t at; /* in `bytes` */
    uint32_t len, wire_len;
    uint16_t linktype;
};

struct exhibits {
    struct cites rare, ordinary;
    struct kept *kept;
    size_t n_kept, cap_kept;
    struct str bytes; /* EXHIBIT_BUDGET at most */
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
    free(e->rare.frames);
    free(e->ordinary.frames);
    free(e->kept);
    str_free(&e->bytes);
    free(e->masks);
    free(e);
}

static int by_number(const void *x, const void *y)
{
    const uint64_t *a = x, *b = y;

    return (*a > *b) - (*a < *b);
}

static void compact(struct cites *c)
{
    size_t i, n = 0;

    if (!c->n)
        return;
    qsort(c->frames, c->n, sizeof(*c->frames), by_number);
    for (i = 0; i < c->n; i++)
        if (!n || c->frames[n - 1] != c->frames[i])
            c->frames[n++] = c->frames[i];
    c->n = n;
}

void exhibits_cite(struct exhibits *e, uint64_t frame_no, bool ordinary)
{
    struct cites *c = ordinary ? &e->ordinary : &e->rare;

    if (c->ceiling && frame_no > c->ceiling)
        return;
    if (c->n >= EXHIBIT_CITES_MAX) {
        compact(c);
        /* Still full: the highest numbers leave, so that the result does not depend on the order.
         */
        if (c->n > EXHIBIT_CITES_MAX / 2) {
            c->n = EXHIBIT_CITES_MAX / 2;
            c->ceiling = c->frames[c->n - 1];
        }
    }
    VEC_PUSH(c->frames, c->n, c->cap, frame_no);
}

struct cite {
    uint64_t frame_no;
    bool ordinary;
};

/* Both sorts in the order of frames, each frame once. */
static size_t merge(struct exhibits *e, struct cite **out)
{
    size_t i = 0, k = 0, n = 0;

    compact(&e->rare);
    compact(&e->ordinary);
    *out = xcalloc(e->rare.n + e->ordinary.n, sizeof(**out));
    while (i < e->rare.n || k < e->ordinary.n) {
        bool rare = k == e->ordinary.n ||
                    (i < e->rare.n && e->rare.frames[i] <= e->ordinary.frames[k]);
        uint64_t frame_no = rare ? e->rare.frames[i++] : e->ordinary.frames[k++];

        if (!n || (*out)[n - 1].frame_no != frame_no)
            (*out)[n++] = (struct cite){ frame_no, !rare };
    }
    return n;
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

void exhibits_keep(struct exhibits *e, const struct frame *f)
{
    uint32_t len = f->cap_len < EXHIBIT_SNAP ? f->cap_len : EXHIBIT_SNAP;

    if ((e->n_kept && e->kept[e->n_kept - 1].frame_no >= f->frame_no) ||
        EXHIBIT_BUDGET - e->bytes.len < len)
        return;
    VEC_PUSH(e->kept, e->n_kept, e->cap_kept,
             (struct kept){ f->frame_no, e->bytes.len, len, f->wire_len, f->linktype });
    str_addn(&e->bytes, (const char *)f->bytes, len);
}

/* Where the cited frames come from: what was kept, the capture once more, or their places in it. */
struct reread {
    const struct exhibits *e;
    size_t next; /* of what was kept */
    struct input *in;
    struct store *store;
    struct capture *c; /* NULL: by place */
};

static bool is_kept(struct reread *r, uint64_t frame_no)
{
    while (r->next < r->e->n_kept && r->e->kept[r->next].frame_no < frame_no)
        r->next++;
    return r->next < r->e->n_kept && r->e->kept[r->next].frame_no == frame_no;
}

/*
 * Walking a file that is mapped costs next to nothing where every few frames one is cited.  Where
 * they are far apart, or all that lies between two of them has to be unpacked once more, the packet
 * index says where each of them is.
 */
static bool should_walk(struct reread *r, const struct cite *cites, size_t n)
{
    size_t i, n_missing = 0;
    uint64_t last = 0;

    for (i = 0; i < n; i++)
        if (!is_kept(r, cites[i].frame_no)) {
            n_missing++;
            last = cites[i].frame_no;
        }
    r->next = 0;
    return n_missing && input_is_whole(r->in) && last / n_missing < FAR_APART;
}

static bool cited_frame(struct reread *r, uint64_t frame_no, struct frame *f)
{
    struct store_packet at;
    struct bytes b;

    if (is_kept(r, frame_no)) {
        const struct kept *k = &r->e->kept[r->next];

        *f = (struct frame){ .frame_no = frame_no,
                             .bytes = (const uint8_t *)r->e->bytes.s + k->at,
                             .cap_len = k->len,
                             .wire_len = k->wire_len,
                             .linktype = k->linktype };
        return true;
    }
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
    struct reread r = { .e = e, .in = in, .store = s };
    struct mask_walk masks = { .payload_until = e->mask_all ? UINT64_MAX : 0 };
    struct cite *cites;
    struct frame f;
    size_t n = merge(e, &cites), i, spent = 0, room;

    write_masks(e, s);
    if (e->n_masks)
        qsort(e->masks, e->n_masks, sizeof(*e->masks), by_first);
    masks.next = e->masks;
    masks.end = e->masks + e->n_masks;
    room = e->rare.n * EXHIBIT_SNAP;
    room = room < EXHIBIT_BUDGET ? EXHIBIT_BUDGET - room : 0;
    if (should_walk(&r, cites, n) && capture_open(in, NULL, &r.c, NULL))
        n = 0;
    for (i = 0; i < n && spent < EXHIBIT_BUDGET; i++) {
        uint8_t bytes[EXHIBIT_SNAP];
        bool masked;
        uint32_t len;

        if (cites[i].ordinary && room < EXHIBIT_SNAP)
            continue;
        if (!cited_frame(&r, cites[i].frame_no, &f))
            continue;
        len = f.cap_len < EXHIBIT_SNAP ? f.cap_len : EXHIBIT_SNAP;
        f.cap_len = len; /* wherever it comes from, the masks see the same */
        memcpy(bytes, f.bytes, len);
        masked = apply_masks(&masks, &f, d, bytes, len);
        store_put_exhibit(s, f.frame_no, f.linktype, f.wire_len, bytes, len, masked);
        spent += len;
        room -= cites[i].ordinary ? len : 0;
    }
    free(cites);
    store_packet_of_end(s);
    capture_close(r.c);
    packet_decoder_free(d);
}
