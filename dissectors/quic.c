/*
 * quic: the hellos in the Initial packets of QUIC (RFC 9000, RFC 9001, RFC 9369, drafts since 22).
 *
 * A hello is a stretch of the CRYPTO stream; its pieces come in any order, several to a packet and
 * over several datagrams.  Bytes of the stream that were read are not read again, so that a resent
 * Initial, also one that answers a Retry, is no second hello.  A client that starts anew on the
 * same ports chooses another connection id; each start is a lane of its own in the facts.
 */
#include "config.h"

#include <string.h>

#include "base/times.h"
#include "dissectors/dissect.h"
#include "dissectors/hello.h"
#include "dissectors/hello_facts.h"
#include "dissectors/pieces.h"
#include "dissectors/quic_crypto.h"

enum { MSG_CLIENT_HELLO = 1, MSG_SERVER_HELLO = 2 };
enum {
    FRAME_PADDING = 0,
    FRAME_PING = 1,
    FRAME_ACK = 2,
    FRAME_ACK_ECN = 3,
    FRAME_CRYPTO = 6,
};
enum { GOOGLE_PING = 7, GOOGLE_CRYPTO = 8 };

#define FAILED_MAX   32u /* Initials of one flow that open with no key */
#define INITIALS_MAX 8u  /* Initials that are opened in one datagram; clients and servers send one \
                          */
/* A copy of a datagram comes sooner than this; a client that starts anew does not. */
#define RESTART_NS NS_PER_S

struct head {
    uint8_t first;
    const struct quic_version *version; /* NULL: a version negotiation */
    enum quic_type type;
    struct quic_cid dcid, scid;
    bool token;
    size_t number_at;
    struct bytes packet; /* all of it */
};

struct quic_side {
    struct pieces *part;   /* of the CRYPTO stream, from `base` on */
    uint64_t base, number; /* number: the largest of a packet that was opened */
};

struct quic_state {
    struct quic_side side[2];
    bool any;        /* a long header was read */
    bool known;      /* `client` and `first` are */
    bool retried;    /* `retry` is known */
    bool negotiated; /* the server asked for another version */
    bool by_design;  /* the client had to start again: its random may be the same */
    bool hello;      /* a ClientHello was read; `random` is its */
    bool answered;   /* a ServerHello was read since the client started */
    bool progressed; /* the client went on from its Initial */
    uint8_t client, n_hellos;
    uint8_t n_failed;
    uint32_t start; /* how many times a client started before */
    struct quic_cid first, retry;
    uint8_t random[HELLO_RANDOM_LEN];
    uint64_t first_number;
    int64_t ns;
};

static const struct fact_kind *const kinds[] = { &client_hello_fact, &server_hello_fact, NULL };

/* -- headers ----------------------------------------------------------------------------------- */

static bool is_long(const struct bytes *in)
{
    return bytes_peek(in, 0) & 0x80;
}

static bool read_cid(struct bytes *in, struct quic_cid *cid)
{
    uint8_t len = bytes_u8(in);

    if (len > QUIC_CID_MAX)
        return false;
    cid->len = len;
    bytes_copy(in, cid->id, len);
    return !in->short_read;
}

static bool same_cid(const struct quic_cid *a, const struct quic_cid *b)
{
    return a->len == b->len && memcmp(a->id, b->id, a->len) == 0;
}

/* Reads one packet with a long header (RFC 9000 section 17.2).  False: not one that we know, or
 * cut. */
static bool read_head(struct bytes *in, struct head *h)
{
    struct bytes start = *in;
    uint32_t number;
    uint64_t len;

    h->first = bytes_u8(in);
    number = bytes_be32(in);
    h->version = quic_version_of(number);
    if (in->short_read || (number && !h->version) || !read_cid(in, &h->dcid) ||
        !read_cid(in, &h->scid))
        return false;
    h->packet = start;
    if (number)
        h->type = quic_type_of(h->version, h->first);
    if (!number || h->type == QUIC_RETRY) {
        bytes_skip(in, in->left);
        return true;
    }
    h->token = false;
    if (h->type == QUIC_INITIAL) {
        len = quic_varint(in);
        if (len > in->left)
            return false;
        h->token = len != 0;
        bytes_skip(in, (size_t)len);
    }
    len = quic_varint(in);
    if (in->short_read || len > in->left)
        return false;
    h->number_at = start.left - in->left;
    h->packet.left = h->number_at + (size_t)len;
    bytes_skip(in, (size_t)len);
    return true;
}

/* A version that we know, and lengths that fit, behind the two bits that all but version
 * negotiations have set. */
static bool quic_claims(const struct dissect_ctx *ctx, struct bytes in)
{
    struct head h;

    (void)ctx;
    return bytes_peek(&in, 0) >> 6 == 3 && read_head(&in, &h) && h.version;
}

/* -- hellos ------------------------------------------------------------------------------------ */

static void message(struct dissect_ctx *ctx, struct quic_state *st, uint8_t type, struct bytes body)
{
    struct dissect_ctx lane = *ctx;
    struct client_hello client;
    struct server_hello server;

    lane.lane = st->start;
    if (type == MSG_CLIENT_HELLO && ctx->from == st->client &&
        hello_parse_client(body, false, &client)) {
        bool same = st->hello && memcmp(st->random, client.random, HELLO_RANDOM_LEN) == 0;

        /* The second one of a connection answers a HelloRetryRequest, seen or not. */
        hello_emit_client(&lane, &client, "quic", same && (st->n_hellos || st->by_design));
        memcpy(st->random, client.random, HELLO_RANDOM_LEN);
        st->hello = true;
        st->n_hellos = 1;
    } else if (type == MSG_SERVER_HELLO && ctx->from != st->client &&
               hello_parse_server(body, &server)) {
        hello_emit_server(&lane, &server, "quic");
        st->answered = st->answered || !server.retry;
    } else if (type == MSG_CLIENT_HELLO) {
        dissect_count(ctx, COUNT_CLIENT_HELLO); /* it is one, if not one that can be read */
    }
}

/* Reads the messages that are complete; what is behind them is kept. */
static void messages(struct dissect_ctx *ctx, struct quic_state *st, struct quic_side *side)
{
    struct bytes in = bytes_of(side->part->bytes, side->part->ready), rest;
    uint8_t *copy;

    for (rest = in; in.left >= 4; rest = in) {
        uint8_t type = bytes_u8(&in);
        uint32_t len = bytes_be24(&in);

        if (len > in.left)
            break;
        message(ctx, st, type, bytes_sub(&in, len));
    }
    if (rest.left == side->part->ready)
        return;
    side->base += side->part->ready - rest.left;
    copy = rest.left ? dissect_scratch(ctx, rest.left) : NULL;
    if (copy)
        memcpy(copy, rest.p, rest.left);
    side->part = pieces_drop(ctx);
    if (copy)
        side->part = pieces_add(ctx, NULL, 0, bytes_of(copy, rest.left));
}

static void crypto(struct dissect_ctx *ctx, struct quic_state *st, uint64_t at, struct bytes in)
{
    struct quic_side *side = &st->side[ctx->from];

    if (at < side->base) {
        if (at + in.left <= side->base)
            return;
        bytes_skip(&in, (size_t)(side->base - at));
        at = side->base;
    }
    side->part = pieces_add(ctx, side->part, at - side->base, in);
    if (side->part)
        messages(ctx, st, side);
}

static void crypto_frame(struct dissect_ctx *ctx, struct quic_state *st, struct bytes *in)
{
    uint64_t at = quic_varint(in), n = quic_varint(in);

    if (!in->short_read && n <= in->left)
        crypto(ctx, st, at, bytes_sub(in, (size_t)n));
    else
        in->short_read = true;
}

static void skip_ack(struct bytes *in, bool ecn)
{
    uint64_t n;

    quic_varint(in); /* largest */
    quic_varint(in); /* delay */
    n = quic_varint(in);
    quic_varint(in); /* first range */
    for (; n && !in->short_read; n--) {
        quic_varint(in);
        quic_varint(in);
    }
    for (n = ecn ? 3 : 0; n; n--)
        quic_varint(in);
}

/* The frames that an Initial may hold (RFC 9000 section 17.2.2); nothing is read behind others. */
static void frames(struct dissect_ctx *ctx, struct quic_state *st, struct bytes in)
{
    while (in.left && !in.short_read) {
        uint64_t type = quic_varint(&in);

        if (type == FRAME_CRYPTO)
            crypto_frame(ctx, st, &in);
        else if (type == FRAME_ACK || type == FRAME_ACK_ECN)
            skip_ack(&in, type == FRAME_ACK_ECN);
        else if (type != FRAME_PADDING && type != FRAME_PING)
            return;
    }
}

/* 01nullmm: n several blocks, ll and mm how long the numbers are (QUIC Wire Layout Specification,
 * "ACK Frame"). */
static void skip_google_ack(struct bytes *in, uint8_t type)
{
    static const uint8_t width[] = { 1, 2, 4, 6 };
    uint8_t block = width[type & 3], n;

    bytes_skip(in, width[type >> 2 & 3] + 2u); /* largest, delay */
    n = type & 0x20 ? bytes_u8(in) : 0;
    bytes_skip(in, block + n * (1u + block));
    n = bytes_u8(in); /* timestamps: 5 bytes, then 3 each */
    bytes_skip(in, n ? 5 + (n - 1u) * 3 : 0);
}

static void google_frames(struct dissect_ctx *ctx, struct quic_state *st, struct bytes in)
{
    while (in.left && !in.short_read) {
        uint8_t type = bytes_u8(&in);

        if (type == GOOGLE_CRYPTO)
            crypto_frame(ctx, st, &in);
        else if (type >> 6 == 1)
            skip_google_ack(&in, type);
        else if (type != FRAME_PADDING && type != GOOGLE_PING)
            return;
    }
}

/* -- packets ----------------------------------------------------------------------------------- */

/* A client starts: from the beginning, or where a Retry sends it to. */
static void starts(struct dissect_ctx *ctx, struct quic_state *st, const struct head *h,
                   uint64_t number)
{
    bool retry =
        st->known && st->retried && st->client == ctx->from && same_cid(&st->retry, &h->dcid);

    if (!retry) {
        /* An unanswered Initial and one with a token behind it: the Retry was not captured. */
        st->by_design = st->negotiated || (h->token && !st->answered);
        st->start += st->hello;
        st->answered = st->progressed = false;
        st->n_hellos = 0;
        st->side[0] = st->side[1] = (struct quic_side){ 0 };
        st->first_number = number;
        st->ns = ctx->now_ns;
    }
    st->known = true;
    st->retried = st->negotiated = false;
    st->client = (uint8_t)ctx->from;
    st->first = h->dcid;
    st->n_failed = 0;
}

/* A client whose random numbers repeat chooses the same connection id again: it starts anew if it
 * goes back to its first packet long after it went on. */
static bool starts_anew(const struct dissect_ctx *ctx, const struct quic_state *st,
                        const struct head *h, uint64_t number)
{
    return ctx->from == st->client && st->progressed && st->answered &&
           number <= st->first_number && same_cid(&st->first, &h->dcid) &&
           ctx->now_ns - st->ns >= RESTART_NS;
}

/* With the keys of the connection, or with those that this packet would begin one with. */
static bool open_initial(struct dissect_ctx *ctx, struct quic_state *st, const struct head *h,
                         struct bytes *text)
{
    uint8_t *scratch = dissect_scratch(ctx, 2 * h->packet.left);
    struct quic_side *side = &st->side[ctx->from];
    struct quic_keys keys;
    uint64_t number;

    if (!scratch)
        return false;
    if (st->known)
        quic_initial_keys(h->version, &st->first, ctx->from != st->client, &keys);
    if (st->known &&
        quic_open(&keys, h->packet, h->number_at, side->number, scratch, &number, text)) {
        if (starts_anew(ctx, st, h, number))
            starts(ctx, st, h, number);
    } else if (h->dcid.len && st->n_failed < FAILED_MAX) {
        quic_initial_keys(h->version, &h->dcid, false, &keys);
        if (!quic_open(&keys, h->packet, h->number_at, 0, scratch, &number, text)) {
            st->n_failed++;
            return false;
        }
        starts(ctx, st, h, number);
    } else {
        return false;
    }
    if (number > side->number)
        side->number = number;
    return true;
}

static void initial(struct dissect_ctx *ctx, struct quic_state *st, const struct head *h)
{
    struct bytes text;

    if (!open_initial(ctx, st, h, &text))
        return;
    if (quic_has_google_frames(h->version))
        google_frames(ctx, st, text);
    else
        frames(ctx, st, text);
}

static void one_packet(struct dissect_ctx *ctx, struct quic_state *st, const struct head *h)
{
    bool of_server = st->known && ctx->from != st->client;

    if (!h->version) {
        st->negotiated = st->negotiated || of_server;
    } else if (h->type == QUIC_INITIAL) {
        initial(ctx, st, h);
    } else if (h->type == QUIC_RETRY && of_server) {
        st->retried = true;
        st->retry = h->scid;
    } else if (h->type == QUIC_HANDSHAKE) {
        st->progressed = st->progressed || (st->known && !of_server);
    }
}

static enum dissect_result quic_packet(struct dissect_ctx *ctx, struct bytes in)
{
    struct quic_state *st = dissect_state(ctx);
    unsigned n_initials = 0;
    struct head h;

    while (in.left && is_long(&in)) {
        if (!read_head(&in, &h))
            return !st->any ? DISSECT_NOT_MINE : in.short_read ? DISSECT_SHORT : DISSECT_BAD;
        st->any = true;
        n_initials += h.version && h.type == QUIC_INITIAL;
        if (n_initials > INITIALS_MAX)
            break;
        one_packet(ctx, st, &h);
    }
    return DISSECT_OK;
}

const struct dissector quic_dissector = {
    .name = "quic",
    .app = "QUIC",
    .spec = "RFC 9000, RFC 9001, RFC 9369",
    .facts = kinds,
    .state_size = sizeof(struct quic_state),
    .claims = quic_claims,
    .late = true, /* a new connection where the end of an old one was captured */
    .packet = quic_packet,
};
