/*
 * mqtt: MQTT 3.1, 3.1.1 and 5 in clear (OASIS MQTT 3.1.1 and 5.0; section numbers are the same).
 *
 * Payloads and topics are not kept; a password is named as secret.  Only messages whose content
 * matters are gathered whole, a large PUBLISH is passed over as it arrives.
 */
#include "config.h"

#include <string.h>

#include "dissectors/dissect.h"
#include "dissectors/mqtt_facts.h"
#include "flow/flow.h"

enum {
    CONNECT = 1, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK, UNSUBSCRIBE,
    UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH
};

#define WHOLE_MAX (64u * 1024) /* messages that are read are this long at most; more is passed over */

struct mqtt_state {
    struct mqtt_session session;
    uint32_t left[2]; /* bytes to come of a message that is passed over */
    bool secret[2];   /* all of that message is secret */
    bool started;
    bool lost[2];
};

/* clang-format off */
static const struct fact_column connect_columns[] = {
    { "connect_frame", FACT_INT, "frame", "the frame in which it ends", FACT_CITES_ORDINARY },
    { "sent_by", FACT_TEXT, "", "a or b", 0 },
    { "level", FACT_INT, "", "protocol level: 3 (3.1), 4 (3.1.1), 5", 0 },
    { "keepalive_s", FACT_INT, "s", "keep-alive asked for; 0: none", 0 },
    { "clean", FACT_INT, "bool", "clean session (v5: clean start)", 0 },
    { "client_id", FACT_TEXT, "", "client identifier", FACT_KEY },
    { "has_user", FACT_INT, "bool", "a user name is sent", 0 },
    { "has_password", FACT_INT, "bool", "a password is sent", 0 },
};
static const struct fact_kind connect_fact = {
    "mqtt_connect", FACT_OF_FRAME, "a CONNECT", connect_columns,
    sizeof(connect_columns) / sizeof(connect_columns[0]),
};

static const struct fact_column disconnect_columns[] = {
    { "disconnect_frame", FACT_INT, "frame", "the frame", FACT_CITES },
    { "sent_by", FACT_TEXT, "", "a or b", 0 },
    { "reason", FACT_INT, "", "v5 reason code; 0 where none is sent", 0 },
    { "peer_frame", FACT_INT, "frame", "last message of the other end before it", FACT_CITES },
    { "peer_ns", FACT_INT, "ns", "its time", 0 },
};
static const struct fact_kind disconnect_fact = {
    "mqtt_disconnect", FACT_OF_FRAME, "a DISCONNECT", disconnect_columns,
    sizeof(disconnect_columns) / sizeof(disconnect_columns[0]),
};
/* clang-format on */

static const struct fact_kind *const kinds[] = { &mqtt_session_fact, &connect_fact,
                                                 &disconnect_fact, NULL };

/* Section 2.2: the flag bits that a type must have; PUBLISH has any. */
static bool flags_ok(uint8_t first)
{
    uint8_t type = first >> 4, flags = first & 15;

    if (type == PUBLISH)
        return (flags & 6) != 6;
    return type && flags == (type == PUBREL || type == SUBSCRIBE || type == UNSUBSCRIBE ? 2 : 0);
}

/* Fixed header.  0: more bytes are needed, -1: none; else its length. */
static int fixed_header(const struct bytes *in, uint8_t *first, uint32_t *remaining)
{
    unsigned i;

    *first = bytes_peek(in, 0);
    *remaining = 0;
    if (!in->left)
        return 0;
    if (!flags_ok(*first))
        return -1;
    for (i = 1; i <= 4; i++) {
        uint8_t b = bytes_peek(in, i);

        if (i >= in->left)
            return 0;
        *remaining |= (uint32_t)(b & 0x7f) << (7 * (i - 1));
        if (!(b & 0x80))
            return (int)i + 1;
    }
    return -1;
}

static bool protocol_name(struct bytes *in, uint8_t *level)
{
    struct bytes name = bytes_sub(in, bytes_be16(in));

    *level = bytes_u8(in);
    return (name.left == 4 && memcmp(name.p, "MQTT", 4) == 0 && (*level == 4 || *level == 5)) ||
           (name.left == 6 && memcmp(name.p, "MQIsdp", 6) == 0 && *level == 3);
}

static bool mqtt_claims(const struct dissect_ctx *ctx, struct bytes in)
{
    uint8_t first, level;
    uint32_t remaining;
    int n = fixed_header(&in, &first, &remaining);

    (void)ctx;
    if (n <= 0 || first >> 4 != CONNECT)
        return false;
    bytes_skip(&in, (size_t)n);
    return protocol_name(&in, &level);
}

/* Section 2.2.2.2: skips v5 properties; returns Server Keep Alive (0x13) if it is there, else -1. */
static int read_properties(struct bytes *in)
{
    uint32_t len = 0;
    unsigned shift;
    int keepalive = -1;
    struct bytes list;

    for (shift = 0; shift < 28; shift += 7) {
        uint8_t b = bytes_u8(in);

        len |= (uint32_t)(b & 0x7f) << shift;
        if (!(b & 0x80))
            break;
    }
    list = bytes_sub(in, len);
    while (list.left && !list.short_read) {
        uint8_t id = bytes_u8(&list);

        if (id == 0x13) {
            keepalive = bytes_be16(&list);
        } else if (id == 0x11 || id == 0x27 || id == 0x02 || id == 0x18) {
            bytes_skip(&list, 4);
        } else if (id == 0x21 || id == 0x22 || id == 0x23) {
            bytes_skip(&list, 2);
        } else if (id == 0x24 || id == 0x25 || id == 0x28 || id == 0x29 || id == 0x2a ||
                   id == 0x17 || id == 0x19 || id == 0x01) {
            bytes_skip(&list, 1);
        } else if (id == 0x26) {
            bytes_skip(&list, bytes_be16(&list));
            bytes_skip(&list, bytes_be16(&list));
        } else if (id == 0x0b) {
            while (bytes_u8(&list) & 0x80)
                continue;
        } else {
            bytes_skip(&list, bytes_be16(&list));
        }
    }
    return keepalive;
}

/* Moves from behind the client identifier to the password; its bytes, as far as they are there. */
static struct bytes password(struct bytes in, uint8_t level, uint8_t flags)
{
    if (flags & 0x04) { /* will */
        if (level == 5)
            read_properties(&in);
        bytes_skip(&in, bytes_be16(&in));
        bytes_skip(&in, bytes_be16(&in));
    }
    if (flags & 0x80)
        bytes_skip(&in, bytes_be16(&in));
    if (!(flags & 0x40))
        return bytes_of(NULL, 0);
    return bytes_sub(&in, bytes_be16(&in));
}

/*
 * A CONNECT that is not all there, and may never be (snapped, or the rest is lost): the password is
 * secret all the same, as far as it was captured.
 */
static void hide_part(struct dissect_ctx *ctx, struct bytes in)
{
    struct bytes secret;
    uint8_t level, flags;

    if (!protocol_name(&in, &level))
        return;
    flags = bytes_u8(&in);
    bytes_u8(&in);
    bytes_u8(&in);
    if (level == 5)
        read_properties(&in);
    bytes_skip(&in, bytes_be16(&in));
    secret = password(in, level, flags);
    dissect_secret(ctx, secret.p, secret.left);
}

static void read_connect(struct dissect_ctx *ctx, struct mqtt_state *st, struct bytes in)
{
    struct mqtt_session *s = &st->session;
    uint8_t level, flags;
    uint16_t keepalive;
    struct bytes id, secret;

    if (!protocol_name(&in, &level))
        return;
    flags = bytes_u8(&in);
    keepalive = bytes_be16(&in);
    if (level == 5)
        read_properties(&in);
    id = bytes_sub(&in, bytes_be16(&in));
    secret = password(in, level, flags);
    dissect_secret(ctx, secret.p, secret.left);
    s->client = (uint8_t)ctx->from;
    s->level = level;
    s->keepalive_s = keepalive;
    if (!s->connect_frame)
        s->connect_frame = ctx->frame_no;
    fact_emit(ctx, &connect_fact,
              (struct fact_value[]){
                  fact_int((int64_t)ctx->frame_no),
                  fact_end(ctx->from),
                  fact_int(level),
                  fact_int(keepalive),
                  fact_int(flags >> 1 & 1),
                  fact_textn(id.p, id.left),
                  fact_int(flags >> 7),
                  fact_int(flags >> 6 & 1),
              });
}

static void read_connack(struct dissect_ctx *ctx, struct mqtt_state *st, struct bytes in)
{
    struct mqtt_session *s = &st->session;
    int keepalive;

    bytes_u8(&in);
    s->connack_code = bytes_u8(&in);
    s->connack_frame = ctx->frame_no;
    s->client = !ctx->from;
    if (s->level == 5 && in.left) {
        keepalive = read_properties(&in); /* section 3.2.2.3.14 overrides the client's */
        if (keepalive >= 0)
            s->keepalive_s = keepalive;
    }
}

static void emit_disconnect(struct dissect_ctx *ctx, const struct mqtt_session *s, uint8_t reason)
{
    bool by_client = ctx->from == s->client;
    uint64_t peer = by_client ? s->server_frame : s->client_frame;

    fact_emit(ctx, &disconnect_fact,
              (struct fact_value[]){
                  fact_int((int64_t)ctx->frame_no),
                  fact_end(ctx->from),
                  fact_int(reason),
                  fact_int_if(peer, (int64_t)peer),
                  fact_int_if(peer, by_client ? s->server_ns : s->client_ns),
              });
}

static void message(struct dissect_ctx *ctx, struct mqtt_state *st, uint8_t type, struct bytes in)
{
    struct mqtt_session *s = &st->session;
    uint64_t frame_no = ctx->frame_no;

    dissect_count(ctx, COUNT_MQTT);
    s->n_messages++;
    switch (type) {
    case CONNECT:
        read_connect(ctx, st, in);
        break;
    case CONNACK:
        read_connack(ctx, st, in);
        break;
    case PINGREQ:
        s->client = (uint8_t)ctx->from;
        mqtt_ping(s, frame_no, ctx->now_ns);
        break;
    case PINGRESP:
        s->client = !ctx->from;
        if (!mqtt_is_left(ctx, s))
            mqtt_pong(s, frame_no, ctx->now_ns);
        break;
    case DISCONNECT:
        s->disconnect_frame = frame_no;
        emit_disconnect(ctx, s, bytes_u8(&in));
        break;
    default:
        break;
    }
    if (ctx->from == s->client) {
        s->client_frame = frame_no;
        s->client_ns = ctx->now_ns;
    } else if (!mqtt_is_left(ctx, s)) {
        s->server_frame = frame_no;
        s->server_ns = ctx->now_ns;
    }
}

/* Is this type read, so that it must be there whole? */
static bool is_read(uint8_t type)
{
    return type == CONNECT || type == CONNACK || type == DISCONNECT;
}

/* Section 2.2 and the variable headers: lengths that a type must have. */
static bool length_ok(uint8_t type, uint32_t remaining)
{
    if (type == PINGREQ || type == PINGRESP)
        return remaining == 0;
    if (type == DISCONNECT || type == AUTH)
        return true;
    return remaining >= 2;
}

/*
 * Somewhere in a stream: messages that fill these bytes exactly, or two whole ones.  Anything else
 * may be the middle of a payload.
 */
static bool plausible(struct bytes in)
{
    unsigned n_whole = 0;

    while (in.left) {
        uint8_t first;
        uint32_t remaining;
        int n = fixed_header(&in, &first, &remaining);

        if (n < 0 || (n > 0 && !length_ok(first >> 4, remaining)))
            return false;
        if (n == 0 || in.left < (size_t)n + remaining)
            return n_whole >= 2;
        bytes_skip(&in, (size_t)n + remaining);
        n_whole++;
    }
    return true;
}

static enum dissect_result mqtt_stream(struct dissect_ctx *ctx, struct bytes in, size_t *used)
{
    struct mqtt_state *st = dissect_state(ctx);
    uint32_t *left = &st->left[ctx->from];
    size_t total = in.left;

    if (!st->started) {
        st->started = true;
        mqtt_session_start(&st->session, false);
        st->session.client = ctx->by_port ? flow_port(ctx->flow, 1) != 1883 : 0;
    }
    /* Not read, or not yet: a PINGRESP may be in what is missing, or wait behind a long message. */
    if (ctx->from != st->session.client && (ctx->after_gap || st->lost[ctx->from] || *left) &&
        !mqtt_is_left(ctx, &st->session))
        mqtt_heard(&st->session, ctx->frame_no, ctx->now_ns);
    if (ctx->after_gap) {
        st->lost[ctx->from] = true;
        *left = 0;
    }
    if (st->lost[ctx->from]) {
        if (!plausible(in)) {
            *used = total;
            return DISSECT_OK;
        }
        st->lost[ctx->from] = false;
    }
    while (in.left) {
        uint8_t first;
        uint32_t remaining;
        int n;

        if (*left) {
            size_t pass = in.left < *left ? in.left : *left;

            if (st->secret[ctx->from])
                dissect_secret(ctx, in.p, pass);
            bytes_skip(&in, pass);
            *left -= (uint32_t)pass;
            if (*left == 0)
                message(ctx, st, PUBLISH, bytes_of(NULL, 0));
            continue;
        }
        n = fixed_header(&in, &first, &remaining);
        if (n == 0)
            break;
        if (n < 0 || !length_ok(first >> 4, remaining)) {
            *used = total;
            st->lost[ctx->from] = true;
            return st->session.n_messages ? DISSECT_BAD : DISSECT_NOT_MINE;
        }
        if (is_read(first >> 4) && remaining <= WHOLE_MAX) {
            if (in.left < (size_t)n + remaining) {
                struct bytes part = in;

                bytes_skip(&part, (size_t)n);
                if (first >> 4 == CONNECT)
                    hide_part(ctx, part);
                break;
            }
            bytes_skip(&in, (size_t)n);
            message(ctx, st, first >> 4, bytes_sub(&in, remaining));
        } else {
            bytes_skip(&in, (size_t)n);
            *left = remaining;
            st->secret[ctx->from] = first >> 4 == CONNECT; /* too long to be read */
            if (remaining == 0)
                message(ctx, st, first >> 4, bytes_of(NULL, 0));
        }
    }
    *used = total - in.left;
    return in.left ? DISSECT_MORE : DISSECT_OK;
}

static void mqtt_end(struct dissect_ctx *ctx)
{
    struct mqtt_state *st = dissect_state(ctx);

    st->session.client_lost = st->lost[st->session.client] || st->left[st->session.client];
    if (st->started && st->session.n_messages)
        mqtt_session_emit(ctx, &st->session);
}

const struct dissector mqtt_dissector = {
    .name = "mqtt",
    .app = "MQTT",
    .spec = "OASIS MQTT 3.1.1 and 5.0",
    .bind = { { KEY_TCP_PORT, 1883 } },
    .facts = kinds,
    .state_size = sizeof(struct mqtt_state),
    .claims = mqtt_claims,
    .stream = mqtt_stream,
    .end = mqtt_end,
};
