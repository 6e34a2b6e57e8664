#include "config.h"

#include "ingest/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "flow/app.h"
#include "ingest/exhibit.h"
#include "ingest/pipeline.h"

#define TRIES_MAX    32u /* pieces of a stream that are offered to the dissectors */
#define PACKET_TRIES 4u  /* datagrams that all of them are asked about; later ones only some */
#define CLAIM_MIN    11u /* bytes that a dissector needs to claim a stream */
#define BOUNDS_MAX   4u  /* short pieces in a row */

struct flow_lane {
    struct flow_lane *next;
    const struct dissector *dissector; /* NULL: gave it back, or no memory for its state */
    uint32_t number;
    const char *name; /* carried lanes are found by name and number */
    bool by_port, carried, stopped;
    uint8_t n_tries;
    /* By direction: where pieces ended that were too short to be claimed. */
    uint8_t n_bounds[2], bound[2][BOUNDS_MAX];
    struct stream stream[2]; /* of a carried lane: what is not used yet */
    void *state;
    struct {
        uint8_t *p;
        size_t len;
    } kept[2]; /* by direction: dissect_keep */
};

/* -- what dissectors may ask of us ---------------------------------------------------------------- */

struct call {
    struct pipeline *p;
    struct flow *flow;
    struct flow_lane *lane;
};

/* Remembers that [seq, end) of the stream is secret, joined with what was before. */
static void secret_range(struct flow *f, unsigned from, uint32_t seq, uint32_t end)
{
    if (!f->secret[from].any || tcp_diff(seq, f->secret[from].seq) < 0)
        f->secret[from].seq = seq;
    if (!f->secret[from].any || tcp_diff(end, f->secret[from].end) > 0)
        f->secret[from].end = end;
    f->secret[from].any = true;
}

void lanes_mask(struct pipeline *p, const struct flow *f, unsigned from)
{
    const struct packet *k = &p->packet;
    uint32_t seq = k->tcp.seq + !!(k->tcp.flags & TCP_SYN), at, end;

    if (!f->secret[from].any || !k->payload_len ||
        tcp_diff(f->secret[from].end, seq) <= 0 ||
        tcp_diff(f->secret[from].seq, seq + k->payload_len) >= 0)
        return;
    if (k->payload_at == UINT32_MAX) {
        exhibits_mask_payload(p->exhibits, p->frame->frame_no, p->frame->frame_no);
        return;
    }
    at = tcp_diff(f->secret[from].seq, seq) > 0 ? f->secret[from].seq - seq : 0;
    end = tcp_diff(f->secret[from].end, seq + k->payload_len) < 0 ? f->secret[from].end - seq
                                                                 : k->payload_len;
    exhibits_mask(p->exhibits, p->frame->frame_no, k->payload_at + at, end - at);
}

static void host_secret(void *user, const uint8_t *bytes, size_t len)
{
    struct call *call = user;
    const struct frame *f = call->p->frame;
    uintptr_t at = (uintptr_t)bytes, start = (uintptr_t)f->bytes;

    if (call->flow && call->p->packet.l4 == 6) {
        const struct packet *k = &call->p->packet;
        uint32_t seq = k->tcp.seq + !!(k->tcp.flags & TCP_SYN);
        uintptr_t payload = (uintptr_t)k->payload;

        if (at >= payload && at < payload + k->payload_len) {
            uint32_t skip = (uint32_t)(at - payload);

            /* Up to the captured end: what the snap length cut belongs to it. */
            secret_range(call->flow, call->p->from, seq + skip,
                         skip + len >= k->payload_len ? seq + k->payload_wire_len
                                                      : seq + skip + (uint32_t)len);
        } else { /* gathered from several segments: all of them */
            uint32_t next = call->flow->stream[call->p->from].next;

            secret_range(call->flow, call->p->from, next - STREAM_KEEP_MAX, next);
        }
    }
    if (at >= start && at < start + f->cap_len)
        exhibits_mask(call->p->exhibits, f->frame_no, (uint32_t)(at - start), (uint32_t)len);
    else
        exhibits_mask_payload(call->p->exhibits, call->flow ? call->flow->first_frame : f->frame_no,
                              f->frame_no);
}

static void host_count(void *user, enum dissect_count what)
{
    struct pipeline *p = ((struct call *)user)->p;

    if (what == COUNT_CLIENT_HELLO) {
        p->source->counts.client_hello++;
    } else if (what == COUNT_MQTT && !p->counted_mqtt) {
        p->source->counts.mqtt++;
        p->counted_mqtt = true;
    } else if (what == COUNT_OPENVPN && !p->counted_openvpn) {
        p->source->counts.openvpn++;
        p->counted_openvpn = true;
    }
}

static void *host_scratch(void *user, size_t size)
{
    return arena_alloc(((struct call *)user)->p->scratch, size);
}

static void *keep(struct pipeline *p, struct flow_lane *l, unsigned from, size_t size)
{
    size_t had = l->kept[from].len;
    bool room = size <= DISSECT_KEEP_MAX &&
                (size <= had || size - had <= PIPELINE_STATES - p->states);

    p->states -= had;
    l->kept[from].len = 0;
    if (!room || !size) {
        p->streams.n_refused += !room;
        free(l->kept[from].p);
        l->kept[from].p = NULL;
        return NULL;
    }
    p->states += size;
    l->kept[from].p = xrealloc(l->kept[from].p, 1, size);
    if (size > had)
        memset(l->kept[from].p + had, 0, size - had);
    l->kept[from].len = size;
    return l->kept[from].p;
}

static void *host_keep(void *user, size_t size)
{
    struct call *call = user;

    return call->lane ? keep(call->p, call->lane, call->p->from, size) : NULL;
}

static void host_carried(void *user, const char *name, uint32_t number, struct bytes in,
                         bool stream);

static const struct dissect_host host = {
    .carried = host_carried,
    .secret = host_secret,
    .count = host_count,
    .scratch = host_scratch,
    .keep = host_keep,
};

static struct dissect_ctx context(struct call *call, const struct flow_lane *lane, unsigned from)
{
    struct pipeline *p = call->p;

    return (struct dissect_ctx){
        .frame_no = p->frame ? p->frame->frame_no : 0,
        .packet = p->frame ? &p->packet : NULL,
        .flow = call->flow,
        .from = from,
        .lane = lane ? lane->number : 0,
        .by_port = lane && lane->by_port,
        .now_ns = p->now_ns,
        .marks = p->marks,
        .state = lane ? lane->state : NULL,
        .keys = p->keys,
        .sink = &p->sink,
        .host = &host,
        .user = call,
    };
}

/* -- lanes ------------------------------------------------------------------------------------------ */

static struct flow_lane *find_lane(struct flow *f, const char *name, uint32_t number)
{
    struct flow_lane *l;

    for (l = f->lane; l; l = l->next)
        if (l->number == number && l->name == name)
            return l;
    return NULL;
}

static struct flow_lane *add_lane(struct flow *f, const char *name, uint32_t number)
{
    struct flow_lane *l, **at = &f->lane;
    unsigned n = 0;

    while (*at) {
        at = &(*at)->next;
        n++;
    }
    if (n >= FLOW_LANES_MAX)
        return NULL;
    l = xcalloc(1, sizeof(*l));
    l->name = name;
    l->number = number;
    *at = l;
    return l;
}

/* Gives the lane its dissector and state; without memory for the state it stays without both. */
static void engage(struct pipeline *p, struct flow *f, struct flow_lane *l,
                   const struct dissector *d)
{
    if (d->state_size > PIPELINE_STATES - p->states) {
        p->streams.n_refused++;
        l->stopped = true;
        return;
    }
    p->states += d->state_size;
    l->state = d->state_size ? xcalloc(1, d->state_size) : NULL;
    f->followed |= d->state_size != 0;
    l->dissector = d;
}

static void disengage(struct pipeline *p, struct flow_lane *l)
{
    keep(p, l, 0, 0);
    keep(p, l, 1, 0);
    if (l->dissector)
        p->states -= l->dissector->state_size;
    free(l->state);
    l->state = NULL;
    l->dissector = NULL;
    l->by_port = false;
}

static void name_flow(struct pipeline *p, struct flow *f, const struct flow_lane *l)
{
    if (!l->dissector->app)
        return;
    app_drop(p->app, &f->app_state);
    f->app = l->dissector->app;
    f->app_by = l->by_port ? "port" : "content";
}

/* The lane of a named dissector, engaged at its first use; NULL: no room, or it gave up. */
static struct flow_lane *named_lane(struct pipeline *p, struct flow *f, const struct dissector *d,
                                    uint32_t number)
{
    struct flow_lane *l = find_lane(f, d->name, number);

    if (!l) {
        l = add_lane(f, d->name, number);
        if (!l)
            return NULL;
        l->carried = true;
        engage(p, f, l, d);
    }
    return l->dissector ? l : NULL;
}

struct carried_user {
    struct call *call;
    unsigned from;
};

static size_t take_carried(void *user, struct bytes in, bool after_gap)
{
    struct carried_user *u = user;
    struct flow_lane *l = u->call->lane;
    struct dissect_ctx ctx = context(u->call, l, u->from);
    size_t used = in.left;

    ctx.after_gap = after_gap;
    if (l->dissector && l->dissector->stream(&ctx, in, &used) == DISSECT_NOT_MINE) {
        disengage(u->call->p, l);
        return in.left;
    }
    return used;
}

static void host_carried(void *user, const char *name, uint32_t number, struct bytes in,
                         bool stream)
{
    struct call *call = user, inner = *call;
    const struct dissector *d = dissect_by_name(name);
    struct carried_user carried = { &inner, call->p->from };
    struct dissect_ctx ctx;
    struct flow_lane *l;

    if (!d || (stream ? d->stream == NULL : d->packet == NULL))
        return;
    l = inner.lane = named_lane(call->p, call->flow, d, number);
    if (!l)
        return;
    if (stream) {
        struct stream *s = &l->stream[call->p->from];
        struct stream_taker taker = { take_carried, &carried };

        stream_push(s, &call->p->streams, s->next, in.p, (uint32_t)in.left, (uint32_t)in.left,
                    &taker);
        return;
    }
    ctx = context(&inner, l, call->p->from);
    if (d->packet(&ctx, in) == DISSECT_NOT_MINE)
        disengage(call->p, l);
}

void lanes_link(struct pipeline *p, struct flow *f, unsigned from, const char *name,
                struct bytes in)
{
    const struct dissector *d = dissect_by_name(name);
    struct call call = { p, f, NULL };
    struct dissect_ctx ctx;
    bool known;

    if (!d || !d->packet)
        return;
    known = find_lane(f, d->name, 0) != NULL;
    call.lane = named_lane(p, f, d, 0);
    if (!call.lane)
        return;
    if (!known)
        name_flow(p, f, call.lane);
    ctx = context(&call, call.lane, from);
    d->packet(&ctx, in);
}

/* Which dissector do these bytes belong to?  NULL: none.  `late`: only those that may claim at any
 * time are asked. */
static const struct dissector *claim(struct call *call, struct flow_lane *l, unsigned from,
                                     struct bytes in, bool stream, bool late)
{
    const struct dissector *const *d;
    struct dissect_ctx ctx = context(call, l, from);

    for (d = dissect_all(); *d; d++)
        if ((stream ? (*d)->stream != NULL : (*d)->packet != NULL) && (*d)->claims &&
            (!late || (*d)->late) && (*d)->claims(&ctx, in))
            return *d;
    return NULL;
}

/* A piece ended here that is too short to be claimed: what follows it may be. */
static void note_bound(struct flow_lane *l, unsigned from, size_t len)
{
    l->bound[from][l->n_bounds[from]++] = (uint8_t)len;
}

/*
 * Short messages in clear, and then something else: STARTTLS (RFC 3207), and the server's answer to
 * it. Claimed by `wanted` (NULL: any) from the end of one of them: *in is what follows, *before
 * what was skipped.
 */
static const struct dissector *claim_behind(struct call *call, struct flow_lane *l, unsigned from,
                                            const struct dissector *wanted, struct bytes *in,
                                            size_t *before)
{
    unsigned i;

    for (i = 0; i < l->n_bounds[from] && in->left >= l->bound[from][i] + CLAIM_MIN; i++) {
        struct bytes rest = *in;
        const struct dissector *d;

        bytes_skip(&rest, l->bound[from][i]);
        d = claim(call, l, from, rest, true, false);
        if (!d || (wanted && d != wanted))
            continue;
        *before = l->bound[from][i];
        *in = rest;
        return d;
    }
    return NULL;
}

/* The newest piece may be the begin of something, and is too short to say so. */
static bool wait_for_more(struct flow_lane *l, unsigned from, size_t len)
{
    unsigned n = l->n_bounds[from];

    if (!n || n == BOUNDS_MAX || len > UINT8_MAX || len >= l->bound[from][n - 1] + CLAIM_MIN)
        return false;
    note_bound(l, from, len);
    return true;
}

static const struct dissector *by_port(const struct flow *f, enum key key)
{
    const struct dissector *d = dissect_by_port(key, flow_port(f, 1));

    return d ? d : dissect_by_port(key, flow_port(f, 0));
}

bool lanes_want_stream(const struct flow *f)
{
    return !f->lane || !f->lane->stopped;
}

size_t lanes_stream(struct pipeline *p, struct flow *f, unsigned from, struct bytes in,
                    bool after_gap)
{
    struct flow_lane *l = find_lane(f, NULL, 0);
    struct call call = { p, f, l };
    struct dissect_ctx ctx;
    const struct dissector *d;
    size_t used = 0, before = 0;

    if (!l) {
        l = add_lane(f, NULL, 0);
        if (!l)
            return in.left;
        call.lane = l;
    }
    if (l->stopped)
        return in.left;
    if (!l->dissector) {
        if (in.left < CLAIM_MIN && !by_port(f, KEY_TCP_PORT) && ++l->n_tries < TRIES_MAX) {
            if (l->n_bounds[from] < BOUNDS_MAX)
                note_bound(l, from, in.left);
            return 0;
        }
        d = claim(&call, l, from, in, true, false);
        if (!d)
            d = claim_behind(&call, l, from, NULL, &in, &before);
        if (!d && wait_for_more(l, from, in.left) && ++l->n_tries < TRIES_MAX)
            return 0;
        l->n_bounds[from] = 0;
        if (!d && l->n_tries == 0) {
            d = by_port(f, KEY_TCP_PORT);
            l->by_port = d != NULL;
        }
        if (!d) {
            l->stopped = ++l->n_tries >= TRIES_MAX;
            return before + in.left;
        }
        engage(p, f, l, d);
        if (!l->dissector)
            return before + in.left;
        name_flow(p, f, l);
    } else if (l->n_bounds[from]) {
        /* What came before the dissector was found may be none of its. */
        if (claim(&call, l, from, in, true, false) != l->dissector &&
            !claim_behind(&call, l, from, l->dissector, &in, &before) &&
            (in.left >= CLAIM_MIN || l->dissector->shortest > l->bound[from][0]) &&
            wait_for_more(l, from, in.left))
            return 0;
        l->n_bounds[from] = 0;
    }
    ctx = context(&call, l, from);
    ctx.after_gap = after_gap;
    switch (l->dissector->stream(&ctx, in, &used)) {
    case DISSECT_NOT_MINE:
        disengage(p, l);
        f->app = f->app_by = NULL;
        l->stopped = ++l->n_tries >= TRIES_MAX;
        return before + in.left;
    case DISSECT_BAD:
        return before + in.left;
    default:
        return before + used;
    }
}

void lanes_packet(struct pipeline *p, struct flow *f, unsigned from, struct bytes in)
{
    struct flow_lane *l = find_lane(f, NULL, 0);
    struct call call = { p, f, l };
    struct dissect_ctx ctx;
    const struct dissector *d;

    if (!l) {
        l = add_lane(f, NULL, 0);
        if (!l)
            return;
        call.lane = l;
    }
    if (l->stopped)
        return;
    if (!l->dissector) {
        bool late = l->n_tries >= PACKET_TRIES;

        d = claim(&call, l, from, in, false, late);
        if (!d && !late) {
            d = by_port(f, KEY_UDP_PORT);
            l->by_port = d != NULL;
            l->n_tries++;
        }
        if (!d)
            return;
        engage(p, f, l, d);
        if (!l->dissector)
            return;
        name_flow(p, f, l);
    }
    ctx = context(&call, l, from);
    if (l->dissector->packet(&ctx, in) == DISSECT_NOT_MINE) {
        disengage(p, l);
        f->app = f->app_by = NULL;
        l->stopped = true;
    }
}

void lanes_attempt(struct pipeline *p, struct flow *old, const struct flow *next,
                   const struct tcp_attempt *a)
{
    struct call call = { p, old, NULL };
    struct dissect_ctx ctx = context(&call, NULL, a->opener);

    ctx.next_life = next;
    dissect_by_name("tcp")->attempt(&ctx, a);
}

/* A life may leave while some other frame is at hand: that frame is none of its business. */
static struct dissect_ctx end_context(struct call *call, const struct flow_lane *lane)
{
    struct dissect_ctx ctx = context(call, lane, 0);

    ctx.frame_no = 0;
    ctx.packet = NULL;
    return ctx;
}

void lanes_end(struct pipeline *p, struct flow *f)
{
    struct call call = { p, f, NULL };
    struct dissect_ctx ctx = end_context(&call, NULL);
    struct flow_lane *l, *next;

    if (f->tcp)
        dissect_by_name("tcp")->end(&ctx);
    for (l = f->lane; l; l = next) {
        next = l->next;
        if (l->dissector && l->dissector->end) {
            call.lane = l;
            ctx = end_context(&call, l);
            l->dissector->end(&ctx);
        }
        stream_stop(&l->stream[0], &p->streams);
        stream_stop(&l->stream[1], &p->streams);
        disengage(p, l);
        free(l);
    }
    f->lane = NULL;
}
