#include "config.h"

#include "vantage/match.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/times.h"
#include "base/vec.h"
#include "capture/capture.h"
#include "capture/input.h"
#include "packet/mark.h"
#include "packet/packet.h"
#include "store/store.h"
#include "vantage/losses.h"

#define BUCKETS (1u << 18)
#define NONE    UINT32_MAX
#define RECENT  64u /* frames that a copy is looked for among */

/* A frame as one place of a capture saw it. */
struct sighting {
    uint64_t mark, place, sender;
    int64_t ns;
};

/* One capture being read. */
struct side {
    struct input *in;
    struct capture *capture;
    struct packet_decoder *decoder;
    sqlite3_stmt *flows; /* frame, flow in order of frames */
    uint64_t flow_frame;
    uint32_t flow;
    uint8_t end;
    struct sighting recent[RECENT]; /* a ring */
    size_t n_seen;
    uint64_t n_copies;
    bool has; /* the fields below hold the next frame */
    uint64_t mark;
    struct loss_frame f;
};

/* A frame that waits for its partner. */
struct node {
    uint64_t mark;
    struct loss_frame f;
    uint32_t next, older, newer; /* chain of the bucket; age order of the side */
    uint8_t side;
};

struct match {
    const struct clock_fit *clock;
    int64_t window_ns, inside_from, inside_to;
    struct side side[2];
    struct node *nodes;
    uint32_t *buckets;
    uint32_t free_list, oldest[2], newest[2], n_used, n_made;
    struct losses *losses;
    struct match_result *out;
};

/* -- reading -------------------------------------------------------------------------------------
 */

/* Its flow, or 0; sets s->end. */
static uint32_t flow_of(struct side *s, uint64_t frame_no)
{
    while (s->flow_frame < frame_no) {
        if (sqlite3_step(s->flows) != SQLITE_ROW) {
            s->flow_frame = UINT64_MAX;
            return 0;
        }
        s->flow_frame = (uint64_t)sqlite3_column_int64(s->flows, 0);
        s->flow = (uint32_t)sqlite3_column_int64(s->flows, 1);
        s->end = sqlite3_column_int64(s->flows, 2) != 0;
    }
    return s->flow_frame == frame_no ? s->flow : 0;
}

/* A router's capture of all interfaces has a frame as it comes and as it goes: nothing passed
 * twice. */
static bool is_copy(struct side *s, const struct packet *p)
{
    struct sighting now = { s->mark, packet_place(p), packet_sender(p), p->time_ns };
    size_t i, n = s->n_seen < RECENT ? s->n_seen : RECENT;

    if (!p->src.family) /* what no router forwards; PPP repeats byte for byte */
        return false;
    for (i = 0; i < n; i++) {
        const struct sighting *r = &s->recent[i];
        int64_t gap = now.ns - r->ns;

        if (r->mark == now.mark && r->place != now.place && r->sender == now.sender && gap >= 0 &&
            gap <= PACKET_COPY_NS) {
            s->n_copies++;
            return true;
        }
    }
    s->recent[s->n_seen++ % RECENT] = now;
    return false;
}

/* The next frame that can be matched. */
static void advance(struct match *m, unsigned which)
{
    struct side *s = &m->side[which];
    struct packet p;
    struct frame f;

    s->has = false;
    while (!s->has && capture_next(s->capture, &f, NULL) == CAPTURE_FRAME) {
        bool tcp;

        f.time_ns = times_tame(f.time_ns); /* as ingest did */
        packet_decode(s->decoder, &f, &p);
        if (!f.has_time || !packet_mark(&p, &s->mark) || is_copy(s, &p))
            continue;
        s->has = true;
        tcp = p.l4 == 6;
        s->f = (struct loss_frame){
            .frame_no = f.frame_no,
            .ns = which ? clock_to_a(m->clock, f.time_ns) : f.time_ns,
            .own_ns = f.time_ns,
            .sender = packet_sender(&p),
            .receiver = packet_receiver(&p),
            .kind = packet_kind(&p),
            .size = p.true_len,
            .flow = flow_of(s, f.frame_no),
            .end = s->end,
            .port = p.src_port < p.dst_port ? p.src_port : p.dst_port,
            .local = packet_is_local(&p),
            .bytes =
                tcp ? p.payload_wire_len + !!(p.tcp.flags & TCP_SYN) + !!(p.tcp.flags & TCP_FIN)
                    : 0,
            .seq = tcp ? p.tcp.seq : 0,
            .has_ack = tcp && p.tcp.flags & TCP_ACK,
            .ack = tcp ? p.tcp.ack : 0,
        };
    }
}

static int open_side(struct store *s, uint32_t source, struct side *side, char *why, size_t why_len,
                     struct err *err)
{
    struct source src;
    struct err trouble = { 0 };
    int rc = store_source(s, source, &src, err);

    if (rc)
        return rc;
    if (strcmp(src.path, "-") == 0) {
        snprintf(why, why_len, "standard input cannot be read twice");
        return ERR_OK;
    }
    if (input_open(src.path, &side->in, &trouble)) {
        snprintf(why, why_len, "%.200s", trouble.msg);
        return ERR_OK;
    }
    if (!src.has_sha256 || memcmp(input_sha256(side->in), src.sha256, sizeof(src.sha256)) != 0) {
        snprintf(why, why_len, "%.200s has changed since it was read", src.path);
        return ERR_OK;
    }
    if (capture_open(side->in, NULL, &side->capture, &trouble)) {
        snprintf(why, why_len, "%.200s", trouble.msg);
        return ERR_OK;
    }
    side->decoder = packet_decoder_new();
    if (sqlite3_prepare_v2(store_db(s), "SELECT frame, flow, from_b FROM packet WHERE source = ?1",
                           -1, &side->flows, NULL) != SQLITE_OK)
        return err_set(err, ERR_SQL, "vantage: %s", sqlite3_errmsg(store_db(s)));
    sqlite3_bind_int64(side->flows, 1, source);
    return ERR_OK;
}

static void close_side(struct side *s)
{
    sqlite3_finalize(s->flows);
    capture_close(s->capture);
    input_close(s->in);
    if (s->decoder)
        packet_decoder_free(s->decoder);
}

/* -- the window
 * ------------------------------------------------------------------------------------ */

static void unlink_age(struct match *m, struct node *n)
{
    if (n->older != NONE)
        m->nodes[n->older].newer = n->newer;
    else
        m->oldest[n->side] = n->newer;
    if (n->newer != NONE)
        m->nodes[n->newer].older = n->older;
    else
        m->newest[n->side] = n->older;
}

static void remove_node(struct match *m, uint32_t index)
{
    struct node *n = &m->nodes[index];
    uint32_t *at = &m->buckets[n->mark % BUCKETS];

    while (*at != index)
        at = &m->nodes[*at].next;
    *at = n->next;
    unlink_age(m, n);
    n->next = m->free_list;
    m->free_list = index;
    m->n_used--;
}

/* A frame whose time for a partner is over. */
static void expire(struct match *m, uint32_t index)
{
    struct node *n = &m->nodes[index];

    if (n->f.ns >= m->inside_from && n->f.ns <= m->inside_to) {
        m->out->only[n->side]++;
        losses_only(m->losses, n->side, &n->f);
    } else {
        m->out->outside++;
    }
    remove_node(m, index);
}

static void expire_before(struct match *m, int64_t ns)
{
    unsigned side;

    for (side = 0; side < 2; side++)
        while (m->oldest[side] != NONE && m->nodes[m->oldest[side]].f.ns < ns)
            expire(m, m->oldest[side]);
}

/* Too much waits at once: this frame is neither lost nor found. */
static void give_up(struct match *m, uint32_t index)
{
    m->out->overflow = true;
    m->out->outside++;
    remove_node(m, index);
}

static void add_node(struct match *m, unsigned side)
{
    struct side *s = &m->side[side];
    uint32_t index, *at, *first = &m->buckets[s->mark % BUCKETS];
    unsigned n = 0;

    if (m->n_used == MATCH_PENDING_MAX)
        give_up(m, m->oldest[side] != NONE ? m->oldest[side] : m->oldest[!side]);
    if (m->free_list != NONE) {
        index = m->free_list;
        m->free_list = m->nodes[index].next;
    } else {
        index = m->n_made++;
    }
    m->n_used++;
    m->nodes[index] = (struct node){ .mark = s->mark,
                                     .f = s->f,
                                     .next = NONE,
                                     .older = m->newest[side],
                                     .newer = NONE,
                                     .side = (uint8_t)side };
    if (m->newest[side] != NONE)
        m->nodes[m->newest[side]].newer = index;
    else
        m->oldest[side] = index;
    m->newest[side] = index;
    /* At the end of its chain: equal marks are met in order. */
    for (at = first; *at != NONE; at = &m->nodes[*at].next)
        n++;
    *at = index;
    if (n == MATCH_CHAIN_MAX)
        give_up(m, *first);
}

static int by_flows(const void *x, const void *y)
{
    const struct match_flow *a = x, *b = y;

    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return (a->b > b->b) - (a->b < b->b);
}

/* Joins entries of the same two flows. */
static void settle_flows(struct match_result *out)
{
    size_t i, n = 0;

    if (out->n_flows)
        qsort(out->flows, out->n_flows, sizeof(*out->flows), by_flows);
    for (i = 0; i < out->n_flows; i++) {
        struct match_flow *last = n ? &out->flows[n - 1] : NULL, *next = &out->flows[i];
        unsigned end;

        if (!last || by_flows(last, next) != 0) {
            out->flows[n++] = *next;
            continue;
        }
        last->n += next->n;
        for (end = 0; end < 2; end++)
            last->sender[end] = last->sender[end] ? last->sender[end] : next->sender[end];
    }
    out->n_flows = n;
}

static void note_flows(struct match_result *out, const struct loss_frame *a,
                       const struct loss_frame *b)
{
    struct match_flow f = { .a = a->flow, .b = b->flow, .n = 1, .swapped = a->end != b->end };
    size_t i;

    if (!f.a || !f.b)
        return;
    f.sender[a->end] = a->sender;
    /* Frames of one flow come together: the last entries are the likely ones. */
    for (i = out->n_flows; i-- > 0;) {
        if (by_flows(&out->flows[i], &f) == 0) {
            out->flows[i].n++;
            out->flows[i].sender[a->end] = a->sender;
            return;
        }
        if (out->n_flows - i > 256)
            break;
    }
    if (out->n_flows == MATCH_FLOWS_MAX && !out->flows_overflow) {
        settle_flows(out);
        out->flows_overflow = out->n_flows > MATCH_FLOWS_MAX / 4 * 3;
    }
    if (!out->flows_overflow)
        VEC_PUSH(out->flows, out->n_flows, out->cap_flows, f);
}

/* The frame at hand of `side`: finds its partner, or waits. */
static void take(struct match *m, unsigned side)
{
    struct side *s = &m->side[side];
    uint32_t index = m->buckets[s->mark % BUCKETS];

    while (index != NONE) {
        const struct node *n = &m->nodes[index];

        if (n->mark == s->mark && n->side != side && llabs(n->f.ns - s->f.ns) <= m->window_ns) {
            const struct loss_frame *a = side ? &n->f : &s->f, *b = side ? &s->f : &n->f;

            m->out->both++;
            losses_both(m->losses, a, b);
            note_flows(m->out, a, b);
            remove_node(m, index);
            return;
        }
        index = n->next;
    }
    add_node(m, side);
}

static void run(struct match *m)
{
    int64_t now = INT64_MIN;

    advance(m, 0);
    advance(m, 1);
    while (m->side[0].has || m->side[1].has) {
        unsigned side = !m->side[0].has || (m->side[1].has && m->side[1].f.ns < m->side[0].f.ns);

        now = m->side[side].f.ns > now ? m->side[side].f.ns : now;
        expire_before(m, now - m->window_ns);
        take(m, side);
        advance(m, side);
    }
    expire_before(m, INT64_MAX);
}

/* -- one pair
 * -------------------------------------------------------------------------------------- */

static int overlap(struct store *s, const struct vantage_pair *pair, struct match_result *out,
                   struct err *err)
{
    struct source src;
    int64_t first, last;
    int rc = store_source(s, pair->a, &src, err);

    if (rc)
        return rc;
    out->from_ns = src.first_ns;
    out->to_ns = src.last_ns;
    rc = store_source(s, pair->b, &src, err);
    if (rc)
        return rc;
    first = clock_to_a(&pair->clock, src.first_ns);
    last = clock_to_a(&pair->clock, src.last_ns);
    out->from_ns = first > out->from_ns ? first : out->from_ns;
    out->to_ns = last < out->to_ns ? last : out->to_ns;
    return ERR_OK;
}

int match_pair(struct store *s, const struct vantage_pair *pair, struct match_result *out,
               struct losses **losses, struct err *err)
{
    struct match m = { .clock = &pair->clock, .out = out };
    int rc;

    *out = (struct match_result){ 0 };
    *losses = NULL;
    rc = overlap(s, pair, out, err);
    if (!rc)
        rc = open_side(s, pair->a, &m.side[0], out->why_not, sizeof(out->why_not), err);
    if (!rc && !out->why_not[0])
        rc = open_side(s, pair->b, &m.side[1], out->why_not, sizeof(out->why_not), err);
    if (!rc && !out->why_not[0]) {
        m.window_ns = pair->clock.error_ns + MATCH_SLACK_NS;
        m.inside_from = out->from_ns + pair->clock.error_ns;
        m.inside_to = out->to_ns - pair->clock.error_ns;
        m.losses = *losses = losses_new(pair->a, pair->b, out->from_ns, out->to_ns);
        m.nodes = xmalloc(MATCH_PENDING_MAX * sizeof(*m.nodes)); /* few are ever touched */
        m.buckets = xmalloc(BUCKETS * sizeof(*m.buckets));
        memset(m.buckets, 0xff, BUCKETS * sizeof(*m.buckets));
        m.free_list = m.oldest[0] = m.oldest[1] = m.newest[0] = m.newest[1] = NONE;
        run(&m);
        if (m.side[0].n_copies || m.side[1].n_copies)
            losses_several_links(*losses);
        settle_flows(out);
        free(m.nodes);
        free(m.buckets);
    }
    close_side(&m.side[0]);
    close_side(&m.side[1]);
    return rc;
}
