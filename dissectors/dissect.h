/*
 * dissect: what a dissector is, and what it may do.
 *
 * A dissector gets bytes and emits facts.  It keeps state only in the block it is given, and bytes
 * that wait for others in dissect_keep; it does not print, allocate or query.  Odd bytes are findings: it says short or bad, and its caller goes on.
 *
 * Adding one: dissectors/NAME.c with its kinds of fact and one `const struct dissector`, a line in
 * list.h, a line in local.mk, a sample.  Content beats ports: a port binding is a guess, and the
 * flow says so.
 */
#ifndef DISSECTORS_DISSECT_H
#define DISSECTORS_DISSECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "fact/fact.h"

struct dissect_keys; /* keys.h */
struct flow;
struct packet;
struct tcp_attempt;

enum key { KEY_NONE, KEY_UDP_PORT, KEY_TCP_PORT };

enum dissect_result {
    DISSECT_OK,
    DISSECT_MORE,     /* stream: come again with more bytes */
    DISSECT_SHORT,    /* the capture ends before the message does */
    DISSECT_BAD,      /* not what the protocol allows */
    DISSECT_NOT_MINE, /* another protocol after all; the conversation is let go */
};

/* Frames counted per source (design.md section 6). */
enum dissect_count { COUNT_CLIENT_HELLO, COUNT_MQTT, COUNT_OPENVPN, COUNT_N };

/* What the caller does for a dissector.  All are called with `user` of the context. */
struct dissect_host {
    void (*carried)(void *user, const char *name, uint32_t lane, struct bytes in, bool stream);
    void (*secret)(void *user, const uint8_t *p, size_t len);
    void (*count)(void *user, enum dissect_count what);
    void *(*scratch)(void *user, size_t size);
    void *(*keep)(void *user, size_t size);
};

/* What is being looked at; borrowed for the call. */
struct dissect_ctx {
    uint64_t frame_no;           /* the frame that completed the bytes; 0 in `end` */
    const struct packet *packet; /* it; NULL in `end` */
    struct flow *flow;           /* its life; NULL outside of conversations */
    unsigned from;               /* 0 end a sent it, 1 end b */
    uint32_t lane;
    bool by_port;                /* claimed by its port only */
    bool after_gap;              /* stream bytes before these are missing */
    int64_t now_ns;              /* the frame's time; in `end` the last time of the capture */
    unsigned marks;              /* enum tcp_mark of the segment */
    const struct flow *next_life; /* `attempt`: the life that answered it, or NULL */
    void *state;
    const struct dissect_keys *keys; /* NULL: none given */
    const struct fact_sink *sink;
    const struct dissect_host *host;
    void *user;
};

struct dissector {
    const char *name; /* lower case; also the prefix of its facts */
    const char *app;  /* what a flow is called that it claims; NULL: nothing */
    const char *spec; /* what it was written from */
    struct {
        enum key key;
        uint32_t value;
    } bind[4];
    const struct fact_kind *const *facts; /* its kinds of fact, NULL-terminated; NULL: none of its own */
    size_t state_size; /* zeroed bytes per flow and lane, both directions in one block */
    /*
     * By content, at the start of a stream's bytes or at a packet; NULL: by port or carrier only.
     * Of a stream it is asked from 11 bytes on (or where it ends before that), of the first 32
     * pieces that come; of packets, of the first 4 in a flow, `late` or not (CLAIM_MIN, TRIES_MAX,
     * PACKET_TRIES in ingest/lanes.c).
     */
    bool (*claims)(const struct dissect_ctx *ctx, struct bytes in);
    uint8_t shortest; /* streams: bytes of its shortest message; 0: not known */
    bool late; /* packets: `claims` is sure enough to be asked in the middle of a flow, too */
    enum dissect_result (*packet)(struct dissect_ctx *ctx, struct bytes in);
    /* Ordered stream bytes; *used says how many were consumed, DISSECT_MORE asks for a longer piece. */
    enum dissect_result (*stream)(struct dissect_ctx *ctx, struct bytes in, size_t *used);
    /* Every segment of a TCP life, after the machine has judged it (tcp only). */
    void (*segment)(struct dissect_ctx *ctx);
    /* An attempt on this life is decided, or the life ends with it undecided (tcp only). */
    void (*attempt)(struct dissect_ctx *ctx, const struct tcp_attempt *a);
    /* The life leaves memory: emit what is still open. */
    void (*end)(struct dissect_ctx *ctx);
};

void *dissect_state(const struct dissect_ctx *ctx);

/* Bytes that must not be stored or shown: a password, a token.  `p` points into the frame. */
void dissect_secret(struct dissect_ctx *ctx, const uint8_t *p, size_t len);

/*
 * Hands carried bytes (TLS inside OpenVPN) or a carried message to another dissector.  A lane is one
 * inner conversation of this flow, numbered by the carrier: two negotiations in one tunnel are two
 * lanes.  Stream bytes must come in order; what the other dissector does not use yet is kept per
 * lane and direction, bounded, by the caller of the dissectors.
 */
void dissect_carried_stream(struct dissect_ctx *ctx, const char *name, uint32_t lane,
                            struct bytes in);
void dissect_carried_packet(struct dissect_ctx *ctx, const char *name, uint32_t lane,
                            struct bytes in);

void dissect_count(struct dissect_ctx *ctx, enum dissect_count what);

/* Bytes until the end of the call, or NULL: more than the frame's budget. */
void *dissect_scratch(struct dissect_ctx *ctx, size_t size);

/*
 * A message that is spread over datagrams: one block per lane and direction that stays until it is
 * given back with size 0 or the lane ends.  The size may be changed; new bytes are zero, and the
 * block may move.  NULL: no room (DISSECT_KEEP_MAX, or the memory for states is used up), and what
 * was kept is gone.
 */
#define DISSECT_KEEP_MAX (80u * 1024)
void *dissect_keep(struct dissect_ctx *ctx, size_t size);

/* Emits a row; frame, flow and time come from ctx.  `values` are in the order of the columns. */
void fact_emit(struct dissect_ctx *ctx, const struct fact_kind *kind,
               const struct fact_value *values);
/* The same for a row that belongs to an earlier frame. */
void fact_emit_at(struct dissect_ctx *ctx, const struct fact_kind *kind, uint64_t frame_no,
                  int64_t ns, const struct fact_value *values);

/* "a" or "b", as facts name the ends of a flow. */
struct fact_value fact_end(unsigned from);

/* -- registry --------------------------------------------------------------------------------- */

/* All dissectors, NULL-terminated, in the order of list.h. */
const struct dissector *const *dissect_all(void);
const struct dissector *dissect_by_name(const char *name);
/* The dissector bound to this port, or NULL. */
const struct dissector *dissect_by_port(enum key key, uint16_t port);
/* Changes whenever the meaning of facts does; part of what makes a source known. */
#define DISSECT_VERSION 11

#endif
