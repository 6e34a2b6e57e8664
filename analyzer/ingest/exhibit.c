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
#include "ingest/recent.h"
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

/* A frame that went by. */
struct kept {
    uint64_t frame_no;
    uint32_t at; /* in `bytes` */
    uint32_t len, wire_len;
    uint16_t linktype;
    bool cited; /* of ordinary ones */
};

struct keep {
    struct kept *all;
    size_t n, cap;
    struct str bytes;
    size_t next; /* where the search stands, once `all` is sorted */
};

struct exhibits {
    struct cites rare;
    /* Apart, because which ordinary ones are kept must not depend on how the capture is read.
     * These lie in the order of frames, as do those that the second pass got. */
    struct keep rare_kept, ordinary_kept, fetched;
    struct recent *recent; /* where going back is expensive */
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
    free(e->rare_kept.all);
    free(e->ordinary_kept.all);
    free(e->fetched.all);
    str_free(&e->rare_kept.bytes);
    str_free(&e->ordinary_kept.bytes);
    str_free(&e->fetched.bytes);
    recent_free(e->recent);
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

/* An ordinary frame is an exhibit if it was kept. */
static void cite_ordinary(struct keep *k, uint64_t frame_no)
{
    size_t first = 0, n = k->n && frame_no <= k->all[k->n - 1].frame_no ? k->n : 0;

    while (n) { /* the first one that is not before it */
        size_t half = n / 2;

        if (k->all[first + half].frame_no < frame_no) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    if (first < k->n && k->all[first].frame_no == frame_no)
        k->all[first].cited = true;
}

static void cite_rare(struct cites *c, uint64_t frame_no)
{
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

void exhibits_cite(struct exhibits *e, uint64_t frame_no, bool ordinary)
{
    if (ordinary)
        cite_ordinary(&e->ordinary_kept, frame_no);
    else
        cite_rare(&e->rare, frame_no);
}

struct cite {
    uint64_t frame_no;
    bool ordinary;
};

/* Both sorts in the order of frames, each frame once. */
static size_t merge(struct exhibits *e, struct cite **out)
{
    const struct keep *o = &e->ordinary_kept;
    size_t i = 0, k = 0, n = 0;

    compact(&e->rare);
    *out = xcalloc(e->rare.n + e->ordinary_kept.n, sizeof(**out));
    while (i < e->rare.n || k < o->n) {
        if (k == o->n || (i < e->rare.n && e->rare.frames[i] <= o->all[k].frame_no)) {
            (*out)[n++] = (struct cite){ e->rare.frames[i++], false };
            continue;
        }
        if (o->all[k].cited && (!n || (*out)[n - 1].frame_no != o->all[k].frame_no))
            (*out)[n++] = (struct cite){ o->all[k].frame_no, true };
        k++;
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

static uint32_t snapped(const struct frame *f)
{
    return f->cap_len < EXHIBIT_SNAP ? f->cap_len : EXHIBIT_SNAP;
}

static void add_kept(struct keep *k, const struct frame *f)
{
    uint32_t len = snapped(f);

    if (!len)
        return;
    VEC_PUSH(k->all, k->n, k->cap,
             (struct kept){ .frame_no = f->frame_no,
                            .at = (uint32_t)k->bytes.len,
                            .len = len,
                            .wire_len = f->wire_len,
                            .linktype = f->linktype });
    str_addn(&k->bytes, (const char *)f->bytes, len);
}

void exhibits_keep(struct exhibits *e, const struct frame *f, bool ordinary)
{
    struct keep *k = ordinary ? &e->ordinary_kept : &e->rare_kept;
    size_t room = ordinary ? EXHIBIT_BUDGET - EXHIBIT_RESERVE : EXHIBIT_BUDGET;
    size_t max = ordinary ? EXHIBIT_ORDINARY_MAX : EXHIBIT_CITES_MAX;

    if (!(k->n && k->all[k->n - 1].frame_no == f->frame_no) && k->n < max &&
        room - k->bytes.len >= snapped(f))
        add_kept(k, f);
}

void exhibits_look_back(struct exhibits *e)
{
    e->recent = recent_new();
}

void exhibits_pass(struct exhibits *e, const struct frame *f)
{
    if (e->recent)
        recent_add(e->recent, f);
}

void exhibits_keep_past(struct exhibits *e, uint64_t frame_no)
{
    struct frame f;

    if (e->recent && recent_find(e->recent, frame_no, &f))
        exhibits_keep(e, &f, false);
}

static int by_frame(const void *x, const void *y)
{
    const struct kept *a = x, *b = y;

    return (a->frame_no > b->frame_no) - (a->frame_no < b->frame_no);
}

static void sort_kept(struct keep *k)
{
    if (k->n)
        qsort(k->all, k->n, sizeof(*k->all), by_frame);
}

/* Asked for in the order of frames. */
static bool is_kept(struct keep *k, uint64_t frame_no)
{
    while (k->next < k->n && k->all[k->next].frame_no < frame_no)
        k->next++;
    return k->next < k->n && k->all[k->next].frame_no == frame_no;
}

/* Of those kept for one reason, a frame is as good for another. */
static const struct keep *keeper(struct exhibits *e, const struct cite *c)
{
    if (!c->ordinary && is_kept(&e->rare_kept, c->frame_no))
        return &e->rare_kept;
    if (!c->ordinary && is_kept(&e->fetched, c->frame_no))
        return &e->fetched;
    return is_kept(&e->ordinary_kept, c->frame_no) ? &e->ordinary_kept : NULL;
}

static void kept_frame(const struct keep *k, struct frame *f)
{
    const struct kept *at = &k->all[k->next];

    *f = (struct frame){ .frame_no = at->frame_no,
                         .bytes = (const uint8_t *)k->bytes.s + at->at,
                         .cap_len = at->len,
                         .wire_len = at->wire_len,
                         .linktype = at->linktype };
}

/* -- the second pass -----------------------------------------------------------------------------
 */

/* A frame that is cited and was not kept, and where it lies. */
struct place {
    uint64_t frame_no, offset;
    uint32_t cap_len, wire_len;
    uint16_t linktype;
};

static size_t list_missing(struct exhibits *e, const struct cite *cites, size_t n,
                           struct place **out)
{
    size_t i, n_out = 0, cap = 0;

    *out = NULL;
    for (i = 0; i < n; i++)
        if (!cites[i].ordinary && !keeper(e, &cites[i]))
            VEC_PUSH(*out, n_out, cap, (struct place){ .frame_no = cites[i].frame_no });
    e->rare_kept.next = e->ordinary_kept.next = 0;
    return n_out;
}

/* More than that is not written. */
static bool has_enough(const struct exhibits *e)
{
    return e->fetched.bytes.len >= EXHIBIT_BUDGET;
}

static void fetch_walking(struct exhibits *e, struct input *in, const struct place *p, size_t n)
{
    struct capture *c = NULL;
    struct frame f;
    size_t i = 0;

    if (capture_open(in, NULL, &c, NULL))
        return;
    while (i < n && !has_enough(e) && capture_next(c, &f, NULL) == CAPTURE_FRAME) {
        while (i < n && p[i].frame_no < f.frame_no)
            i++;
        if (i < n && p[i].frame_no == f.frame_no)
            add_kept(&e->fetched, &f);
    }
    capture_close(c);
}

/* The index is asked for all of them at once: while it is asked, nobody writes. */
static void find_places(struct store *s, struct place *p, size_t n)
{
    struct store_packet at;
    size_t i;

    for (i = 0; i < n; i++)
        if (store_packet_of(s, p[i].frame_no, &at) && at.cap_len <= CAPTURE_FRAME_MAX)
            p[i] = (struct place){ at.frame_no, at.offset, at.cap_len, at.wire_len, at.linktype };
    store_packet_of_end(s);
}

static void fetch_by_place(struct exhibits *e, struct input *in, const struct place *p, size_t n)
{
    size_t i;

    for (i = 0; i < n && !has_enough(e); i++) {
        struct frame f = { .frame_no = p[i].frame_no,
                           .cap_len = p[i].cap_len,
                           .wire_len = p[i].wire_len,
                           .linktype = p[i].linktype };
        struct bytes b;

        if (!p[i].cap_len) /* not in the index */
            continue;
        b = input_at(in, p[i].offset, p[i].cap_len);
        f.bytes = b.p;
        if (b.left >= p[i].cap_len)
            add_kept(&e->fetched, &f);
    }
}

/*
 * Walking a file that is mapped costs next to nothing where every few frames one is missing.  Where
 * they are far apart, or all that lies between two of them has to be unpacked once more, the packet
 * index says where each of them is.
 */
static void fetch(struct exhibits *e, struct input *in, struct store *s, const struct cite *cites,
                  size_t n_cites)
{
    struct place *p;
    size_t n = list_missing(e, cites, n_cites, &p);
    bool walk = n && input_is_whole(in) && p[n - 1].frame_no / n < FAR_APART;

    if (n && !walk)
        find_places(s, p, n);
    store_flows_over(s); /* nothing is asked from now on */
    if (walk)
        fetch_walking(e, in, p, n);
    else
        fetch_by_place(e, in, p, n);
    free(p);
}

void exhibits_write(struct exhibits *e, struct input *in, struct store *s)
{
    struct packet_decoder *d = packet_decoder_new();
    struct mask_walk masks = { .payload_until = e->mask_all ? UINT64_MAX : 0 };
    struct cite *cites;
    size_t n = merge(e, &cites), i, spent = 0, room;

    write_masks(e, s);
    if (e->n_masks) {
        qsort(e->masks, e->n_masks, sizeof(*e->masks), by_first);
        masks.next = e->masks;
        masks.end = e->masks + e->n_masks;
    }
    sort_kept(&e->rare_kept);
    fetch(e, in, s, cites, n);
    room = e->rare.n * EXHIBIT_SNAP;
    room = room < EXHIBIT_RESERVE ? EXHIBIT_RESERVE : room;
    room = room < EXHIBIT_BUDGET ? EXHIBIT_BUDGET - room : 0;
    for (i = 0; i < n && spent < EXHIBIT_BUDGET; i++) {
        const struct keep *k = keeper(e, &cites[i]);
        uint8_t bytes[EXHIBIT_SNAP];
        struct frame f;
        bool masked;

        if (!k || (cites[i].ordinary && room < EXHIBIT_SNAP))
            continue;
        kept_frame(k, &f);
        memcpy(bytes, f.bytes, f.cap_len);
        masked = apply_masks(&masks, &f, d, bytes, f.cap_len);
        store_put_exhibit(s, f.frame_no, f.linktype, f.wire_len, bytes, f.cap_len, masked);
        spent += f.cap_len;
        room -= cites[i].ordinary ? f.cap_len : 0;
    }
    free(cites);
    packet_decoder_free(d);
}
