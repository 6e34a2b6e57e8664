/*
 * dtls: the hellos of DTLS 1.0 to 1.3 over datagrams (RFC 4347, RFC 6347, RFC 9147), and of the
 * version 0x0100 that OpenSSL had before 0.9.8f and AnyConnect still speaks.
 *
 * Only what is in clear is read: handshake records of epoch 0.  A hello may come in fragments, in
 * any order and more than once (RFC 6347 section 4.2.3).  The same random comes again by design when
 * a hello is resent, and when it answers a HelloVerifyRequest or HelloRetryRequest; it must not when
 * the client starts anew, which on a fixed port happens on the same flow.  Each start is a lane of
 * its own in the facts.
 */
#include "config.h"

#include <string.h>

#include "base/hash.h"
#include "base/times.h"
#include "dissectors/dissect.h"
#include "dissectors/hello.h"
#include "dissectors/hello_facts.h"
#include "dissectors/pieces.h"

enum { REC_CCS = 20, REC_HANDSHAKE = 22, REC_DATA = 23, REC_HEARTBEAT = 24 };
enum { MSG_CLIENT_HELLO = 1, MSG_SERVER_HELLO = 2, MSG_HELLO_VERIFY = 3, MSG_FINISHED = 20 };

#define RECORD_HEAD   13u
#define FRAGMENT_HEAD 12u
#define RECORD_MAX    (16384u + 2048u) /* RFC 6347 section 4.1 */

/* A copy of a datagram may come this much later; the first resend comes after 1 s (RFC 6347
 * section 4.2.4.1). */
#define RESTART_NS NS_PER_S

struct record {
    uint8_t type;
    uint16_t version, epoch;
    uint64_t number;
    struct bytes body;
};

struct fragment {
    uint8_t type;
    uint16_t seq;
    uint32_t len, at;
    struct bytes bytes;
};

struct dtls_side {
    struct pieces *part; /* fragments of the message that the next three name */
    uint32_t part_len;
    uint16_t part_seq;
    uint8_t part_type;
};

struct dtls_state {
    struct dtls_side side[2];
    bool any;        /* a record was read */
    bool hello;      /* the rest is about the ClientHello seen last */
    bool asked;      /* HelloVerifyRequest or HelloRetryRequest came after it */
    bool answered;   /* a ServerHello came */
    bool progressed; /* its sender went on from it */
    uint8_t client;
    uint16_t seq;
    uint32_t start; /* how many times a client started before */
    uint8_t random[HELLO_RANDOM_LEN];
    uint64_t body_mark, server_mark;
    uint64_t number; /* of the record in which the client started */
    int64_t ns;
};

static const struct fact_kind *const kinds[] = { &client_hello_fact, &server_hello_fact, NULL };

static bool is_version(uint16_t v)
{
    return v == 0xfeff || v == 0xfefd || v == 0x0100;
}

/* DTLS 1.3 hides what follows in short headers without a version: 001xxxxx (RFC 9147 section 4). */
static bool is_unified(const struct bytes *in)
{
    return bytes_peek(in, 0) >> 5 == 1;
}

/* False: no record.  `body` is marked short if the datagram ends before it. */
static bool read_record(struct bytes *in, struct record *r)
{
    uint16_t len;

    r->type = bytes_u8(in);
    r->version = bytes_be16(in);
    r->epoch = bytes_be16(in);
    r->number = (uint64_t)bytes_be16(in) << 32;
    r->number |= bytes_be32(in);
    len = bytes_be16(in);
    if (in->short_read || r->type < REC_CCS || r->type > REC_HEARTBEAT ||
        !is_version(r->version) || len > RECORD_MAX)
        return false;
    r->body = bytes_sub(in, len);
    return true;
}

static bool read_fragment(struct bytes *in, struct fragment *f)
{
    uint32_t n;

    f->type = bytes_u8(in);
    f->len = bytes_be24(in);
    f->seq = bytes_be16(in);
    f->at = bytes_be24(in);
    n = bytes_be24(in);
    f->bytes = bytes_sub(in, n);
    return !in->short_read && f->at <= f->len && n <= f->len - f->at;
}

/* The start of a handshake, or records that fill the datagram to its last byte. */
static bool dtls_claims(const struct dissect_ctx *ctx, struct bytes in)
{
    struct record r;
    struct fragment f;

    (void)ctx;
    while (read_record(&in, &r)) {
        if (r.type == REC_HANDSHAKE && r.epoch == 0) {
            if (!read_fragment(&r.body, &f) || f.type > MSG_FINISHED)
                return false;
            if (f.type == MSG_CLIENT_HELLO && f.at == 0)
                return is_version(bytes_be16(&f.bytes));
        } else if (r.type == REC_DATA && r.epoch == 0) {
            return false;
        }
        if (r.body.short_read || r.body.left + r.epoch == 0)
            return false;
        if (in.left == 0 || is_unified(&in))
            return true;
    }
    return false;
}

/* -- hellos ----------------------------------------------------------------------------------- */

/* The hello of before, to the byte: is it a new start all the same?  A client that goes back to its
 * first hello after it went on, or was answered, and counts its records anew, does start. */
static bool starts_anew(const struct dissect_ctx *ctx, const struct dtls_state *st,
                        const struct fragment *f, const struct record *r)
{
    return f->seq == 0 && (st->progressed || st->answered) && r->number <= st->number &&
           ctx->now_ns - st->ns >= RESTART_NS;
}

static void client_hello(struct dissect_ctx *ctx, struct dtls_state *st, const struct fragment *f,
                         const struct record *r, struct bytes body)
{
    struct dissect_ctx lane = *ctx;
    struct client_hello h;
    uint64_t mark = hash_mix(0, body.p, body.left);
    bool same, again;

    if (!hello_parse_client(body, true, &h))
        return;
    same = st->hello && st->client == ctx->from &&
           memcmp(st->random, h.random, HELLO_RANDOM_LEN) == 0;
    if (same && mark == st->body_mark && !starts_anew(ctx, st, f, r))
        return; /* resent */
    /* The cookie tells where the HelloVerifyRequest was not captured, the number where a
     * HelloRetryRequest was not: each handshake begins with 0 (RFC 9147 section 5.2). */
    again = same && mark != st->body_mark && (h.cookie.left || st->asked || f->seq > st->seq);
    if (!again) {
        st->start += st->hello;
        st->answered = st->progressed = false;
        st->server_mark = 0;
        st->number = r->number;
    }
    st->hello = true;
    st->asked = false;
    st->client = (uint8_t)ctx->from;
    st->seq = f->seq;
    st->body_mark = mark;
    st->ns = ctx->now_ns;
    memcpy(st->random, h.random, HELLO_RANDOM_LEN);
    lane.lane = st->start;
    hello_emit_client(&lane, &h, "dtls", again);
}

static void server_hello(struct dissect_ctx *ctx, struct dtls_state *st, struct bytes body)
{
    struct dissect_ctx lane = *ctx;
    struct server_hello h;
    uint64_t mark = hash_mix(1, body.p, body.left);

    if (!hello_parse_server(body, &h) || (st->hello && st->client == ctx->from) ||
        mark == st->server_mark)
        return;
    st->server_mark = mark;
    st->asked = h.retry;
    st->answered = !h.retry;
    lane.lane = st->start;
    hello_emit_server(&lane, &h, "dtls");
}

static void message(struct dissect_ctx *ctx, struct dtls_state *st, const struct fragment *f,
                    const struct record *r, struct bytes body)
{
    if (f->type == MSG_CLIENT_HELLO)
        client_hello(ctx, st, f, r, body);
    else
        server_hello(ctx, st, body);
}

static void part(struct dissect_ctx *ctx, struct dtls_state *st, const struct fragment *f,
                 const struct record *r)
{
    struct dtls_side *side = &st->side[ctx->from];

    if (side->part && (side->part_type != f->type || side->part_seq != f->seq ||
                       side->part_len != f->len))
        side->part = pieces_drop(ctx);
    side->part_type = f->type;
    side->part_seq = f->seq;
    side->part_len = f->len;
    side->part = pieces_add(ctx, side->part, f->at, f->bytes);
    if (side->part && side->part->ready >= f->len) {
        message(ctx, st, f, r, bytes_of(side->part->bytes, f->len));
        side->part = pieces_drop(ctx);
    }
}

/* -- records ---------------------------------------------------------------------------------- */

static enum dissect_result handshake(struct dissect_ctx *ctx, struct dtls_state *st,
                                     const struct record *r)
{
    struct bytes in = r->body;
    struct fragment f;

    while (in.left) {
        if (!read_fragment(&in, &f))
            return in.short_read ? DISSECT_SHORT : DISSECT_BAD;
        if (f.type == MSG_HELLO_VERIFY) {
            st->asked = st->asked || st->client != ctx->from;
        } else if (f.type != MSG_CLIENT_HELLO && f.type != MSG_SERVER_HELLO) {
            st->progressed = st->progressed || (st->hello && st->client == ctx->from);
        } else if (f.len <= HELLO_MAX) {
            if (f.bytes.left == f.len) /* no copy, so that the place of the random is known */
                message(ctx, st, &f, r, f.bytes);
            else
                part(ctx, st, &f, r);
        }
    }
    return DISSECT_OK;
}

static enum dissect_result dtls_packet(struct dissect_ctx *ctx, struct bytes in)
{
    struct dtls_state *st = dissect_state(ctx);
    enum dissect_result result = DISSECT_OK;
    struct record r;

    /* RFC 7983: STUN and RTP may share the flow. */
    if (st->any && (bytes_peek(&in, 0) < REC_CCS || bytes_peek(&in, 0) > 63))
        return DISSECT_OK;
    while (in.left && !is_unified(&in)) {
        if (!read_record(&in, &r))
            return st->any ? DISSECT_BAD : DISSECT_NOT_MINE;
        st->any = true;
        if (r.type == REC_HANDSHAKE && r.epoch == 0)
            result = handshake(ctx, st, &r);
        else if (r.type == REC_CCS || r.epoch)
            st->progressed = st->progressed || (st->hello && st->client == ctx->from);
    }
    if (in.left)
        st->progressed = st->progressed || (st->hello && st->client == ctx->from);
    return result;
}

const struct dissector dtls_dissector = {
    .name = "dtls",
    .app = "DTLS",
    .spec = "RFC 4347, RFC 6347, RFC 9147",
    .facts = kinds,
    .state_size = sizeof(struct dtls_state),
    .claims = dtls_claims,
    .late = true, /* STUN looks for a path first, for as long as it takes */
    .packet = dtls_packet,
};
