/*
 * flow: the table of lives.
 *
 * A four-tuple is not a key; a four-tuple plus life is (RFC 9293 section 3.4.1: incarnation).  The
 * table holds, per tuple, the present life and the one before it, whose late segments must not
 * disturb the present one.  UDP and other conversations have one life.  The table is bounded in
 * flows; at the limit the life that was quiet for longest leaves first (finished ones before half-open
 * ones before others, unless they were heard a moment ago), and the case records that this happened.
 * Of a TCP life something stays for the next life of its tuple (flow/dead.h).
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/stream.h"
#include "flow/tcp.h"
#include "packet/packet.h"

#define FLOW_TABLE_MAX  65536u  /* lives in memory at once */
#define FLOW_RECENT     8u      /* frames of a flow that a copy is looked for among */
#define FLOW_LANES_MAX  8u      /* dissector states of one flow */

/* What is in flight for less than this at the last frame is not outstanding (design.md section 5). */
#define FLOW_PATIENCE_NS INT64_C(3000000000)

/* Compared and hashed byte by byte. */
struct flow_key {
    struct ip_addr lo, hi;
    uint16_t lo_port, hi_port;
    uint8_t proto, zero;
};
_Static_assert(sizeof(struct flow_key) == 2 * 17 + 6, "no padding");

/* A dissector at work on this flow; owned by ingest. */
struct flow_lane;

/* In the order of use: what nearly every frame needs comes first, and lies together. */
struct flow {
    uint32_t id;    /* 1-based per source, in order of first frame */
    uint32_t life;  /* 1 for the first life of this tuple */
    uint32_t older_id; /* the life before this one, 0: none */
    struct flow_key key;
    bool forgotten; /* whether there was a life before it is not known any more */
    bool a_is_lo;   /* end a is key.lo */
    bool a_opened;  /* it is known that a opened it */
    uint16_t vlan;
    /* Where a key has no addresses, only a near and a far end (link_key_of in ingest/pipeline.c): the
     * MACs that were seen there, by end.  More than one for an end: who sent what is not known. */
    bool link_known[2], link_mixed;
    uint8_t link_mac[2][6];

    /* table */
    struct flow *chain, *lru_prev, *lru_next;
    struct flow *older;       /* the life before, still in memory, or NULL */
    uint64_t touched;         /* when it was used last, in uses of the table */
    uint8_t lru_class;
    uint8_t n_recent, next_recent;

    uint8_t app_packets;
    bool followed;            /* a dissector keeps state of it */
    bool outstanding;         /* a dissector says that something is unanswered at the end */
    bool has_time;
    struct tcp_life *tcp;     /* NULL: it is no TCP */
    struct tcp_flight *flight[2]; /* by end; NULL unless something is in flight */
    struct flow_lane *lane;
    uint64_t last_frame;
    int64_t first_ns, last_ns;
    uint64_t n_frames[2], n_bytes[2]; /* by end; copies left out */
    struct stream stream[2];
    struct {
        bool any;
        uint32_t seq, end;
    } secret[2];              /* by end: sequence numbers between which secrets were sent */
    void *app_state;          /* flow/app.h; NULL when decided or not asked */

    uint64_t first_frame;
    uint64_t n_copies;
    struct packet_tunnel tunnel; /* of the first frame, the innermost; name NULL: none */
    const char *app, *app_by; /* static or owned by ingest */
    char app_name[40];

    /* The last n_recent frames, a ring, to recognise copies: what they were, when, and where (interface,
     * VLAN and tunnels, mixed). */
    uint64_t recent_mark[FLOW_RECENT];
    int64_t recent_ns[FLOW_RECENT];
    uint32_t recent_place[FLOW_RECENT];
};

struct flow_table;

/*
 * Called once per life when it leaves the table (end of capture, replaced twice over, evicted).
 * `evicted`: before its end, to make room; what came after is not known.
 */
typedef void flow_end_fn(void *user, struct flow *f, bool evicted);

struct flow_table *flow_table_new(flow_end_fn *end, void *user);
/* Ends every life, in order of id, then frees. */
void flow_table_free(struct flow_table *t);
/* Lives that left before their end. */
uint64_t flow_table_evicted(const struct flow_table *t);
/* TCP lives that left and are not known any more to a later one of their tuple (flow/dead.h). */
uint64_t flow_table_forgotten(const struct flow_table *t);

/* The key of a decoded packet; *from_lo says which end sent it.  False: no addresses. */
bool flow_key_of(const struct packet *p, struct flow_key *key, bool *from_lo);

/* The present life of the key, or NULL. */
struct flow *flow_find(struct flow_table *t, const struct flow_key *key);

/*
 * A look ahead.  With many lives nearly everything that a frame needs has to come from memory, one
 * after the other: the bucket says where the life lies, the life where its TCP state is.  While one
 * frame is worked on, the next one's are fetched, each step when the one before has come.  Only a
 * hint: `next` may be no frame, the guess may be wrong, and the life may be gone.
 */
struct flow_ahead {
    uint64_t hash; /* of the key, 0: none was read */
};
struct flow_ahead flow_ahead_bucket(const struct flow_table *t, uint16_t linktype,
                                    struct bytes next);
void flow_ahead_life(const struct flow_table *t, const struct flow_ahead *a);
void flow_ahead_tcp(const struct flow_table *t, const struct flow_ahead *a);

/* Starts the next life of the key.  The present one becomes its `older`; an older one still in
 * memory ends. */
struct flow *flow_start(struct flow_table *t, const struct flow_key *key, bool a_is_lo,
                        const struct packet *p);

/* tcp_apply: a segment of f->tcp. */
unsigned flow_apply(struct flow_table *t, struct flow *f, const struct tcp_segment *s);
/* A place for what `end` has in flight, if it has none yet; it stays at least until flow_apply. */
struct tcp_flight *flow_flight(struct flow_table *t, struct flow *f, unsigned end);

/* The first thing of `end` that waits for its acknowledgement, or NULL. */
static inline const struct tcp_sent *flow_waiting(const struct flow *f, unsigned end)
{
    return tcp_waiting(&f->tcp->end[end], f->flight[end]);
}

/* What is left of the life before `f`, in memory or not; false: there was none, or it is forgotten.
 * *swapped: end a of `f` was its end b.  TCP only. */
bool flow_remains(const struct flow_table *t, const struct flow *f, struct tcp_remains *out,
                  bool *swapped);

/* The life was used just now; called when it knows what the frame did to it. */
void flow_touch(struct flow_table *t, struct flow *f);

/* 0 if end a of `f` sent it, 1 if b did. */
static inline unsigned flow_from(const struct flow *f, bool from_lo)
{
    return from_lo == f->a_is_lo ? 0 : 1;
}

static inline const struct ip_addr *flow_addr(const struct flow *f, unsigned end)
{
    return (end == 0) == f->a_is_lo ? &f->key.lo : &f->key.hi;
}

static inline uint16_t flow_port(const struct flow *f, unsigned end)
{
    return (end == 0) == f->a_is_lo ? f->key.lo_port : f->key.hi_port;
}

/* Is this the same frame again (second interface, 802.11 retry), not a new transmission?
 * Remembers the frame either way. */
bool flow_is_copy(const struct flow_table *t, struct flow *f, const struct packet *p, unsigned from);

#endif
