/*
 * mqtt_tls: guesses MQTT pings inside TLS from the sizes of records and their timing.
 *
 * A PINGREQ and a PINGRESP are two bytes (MQTT 3.1.1 section 3.12), so the cipher suite fixes the
 * size of their record; other messages of a client are longer, except a DISCONNECT, which the end of
 * the connection follows soon (section 3.14.4: the client closes, or else the server), and in TLS
 * 1.3 a close_notify, which is two bytes as well (RFC 8446 section 6).  A flow counts as MQTT where
 * the port or the ALPN name says so, or where such records come at a regular interval and are
 * answered by their like.  In a capture that began after the handshake, that interval says which size it
 * is, and the port must say MQTT, too.  All of it is marked "record size".
 */
#include "config.h"

#include "base/times.h"
#include "dissectors/dissect.h"
#include "dissectors/mqtt_facts.h"
#include "flow/flow.h"

#define SECURE_MQTT_PORT 8883 /* IANA: secure-mqtt */
#define REGULAR_MIN      4u   /* pings before timing alone convinces */
#define INTERVAL_MIN_NS  (5 * NS_PER_S)
#define BURST_NS         NS_PER_S /* keep-alives count in seconds: two pings are not closer */
/*
 * The end of the connection this soon after makes it a DISCONNECT.  Clients wait 5 s or more for a
 * PINGRESP (section 3.1.2.10 leaves it to them), so one that gives up does so later; but not if TCP
 * had no acknowledgement of it: then it was resent, and neither could get through.
 */
#define DISCONNECT_NS         (5 * NS_PER_S)
#define DISCONNECT_UNACKED_NS NS_PER_S

struct mqtt_tls_state {
    struct mqtt_session session;
    bool started, named;   /* named: port or ALPN says MQTT */
    uint8_t client;
    int64_t last_client_ns, interval_min, interval_max;
    int64_t last_ping_ns;
    struct outstanding before; /* what was open when the last ping came */
    bool burst, tls13;         /* burst: another such record came right behind that ping */
    bool late;                 /* the handshake was not captured, so the suite is not known */
    uint32_t late_len;         /* the size that is taken for two bytes meanwhile */
    uint32_t n_regular;
};

static const struct fact_kind *const kinds[] = { &mqtt_session_fact, NULL };

/*
 * The length field of a record with two bytes of content; 0: the suite does not fix it.  TLS 1.3:
 * content type byte and tag.  TLS 1.2 AEAD: explicit nonce (AES) and tag.  CBC: IV, then content,
 * MAC and padding in blocks of 16 (RFC 5246 section 6.2.3, RFC 7366).
 */
static bool is_two_bytes(uint16_t version, uint16_t suite, uint32_t len)
{
    /* RFC 6655, RFC 7251, RFC 8442; of the CCM suites those with a tag of 8 bytes. */
    bool ccm8 = (suite >= 0xc0a0 && suite <= 0xc0a3) || (suite >= 0xc0a8 && suite <= 0xc0ab) ||
                suite == 0xc0ae || suite == 0xc0af || suite == 0xd003;
    /* RFC 5288, RFC 5487, RFC 5289, RFC 8442. */
    bool gcm = (suite >= 0x009c && suite <= 0x00ad) || (suite >= 0xc02b && suite <= 0xc032) ||
               (suite >= 0xc09c && suite <= 0xc0af) || (suite >= 0xd001 && suite <= 0xd005);

    if (version == 0x0304)
        return len == (suite == 0x1305 ? 2 + 1 + 8 : 2 + 1 + 16);
    if (suite >= 0xcca8 && suite <= 0xccae)
        return len == 2 + 16;
    if (ccm8)
        return len == 8 + 2 + 8;
    if (gcm)
        return len == 8 + 2 + 16;
    if (version <= 0x0301) /* no IV of its own: RFC 2246 section 6.2.3.2 */
        return len == 32 || len == 36;
    return len == 48 || len == 52 || len == 64 || len == 80;
}

/*
 * Where no suite is known: the first of the sizes above that the client uses, until one is answered by
 * its like.
 */
static bool is_late_two_bytes(struct mqtt_tls_state *st, bool from_client, uint32_t len)
{
    bool tls13 = len == 2 + 1 + 8 || len == 2 + 1 + 16;
    bool any = tls13 || len == 2 + 16 || len == 8 + 2 + 16 || len == 32 || len == 36 || len == 48 ||
               len == 52 || len == 64 || len == 80;

    st->late = true;
    if (from_client && any && len != st->late_len && !st->session.n_answered) {
        mqtt_session_start(&st->session, true);
        st->session.client = st->client;
        st->session.n_messages = 1;
        st->n_regular = 0;
        st->late_len = len;
        st->tls13 = tls13;
    }
    return len == st->late_len;
}

static void client_ping(struct dissect_ctx *ctx, struct mqtt_tls_state *st)
{
    int64_t interval = ctx->now_ns - st->last_ping_ns;

    if (st->session.n_pings && interval >= 0 && interval < BURST_NS) {
        /* DISCONNECT and close_notify; no second ping */
        st->burst = true;
        return;
    }
    if (st->session.n_pings && st->last_client_ns == st->last_ping_ns &&
        interval >= INTERVAL_MIN_NS) {
        if (!st->n_regular || interval < st->interval_min)
            st->interval_min = interval;
        if (!st->n_regular || interval > st->interval_max)
            st->interval_max = interval;
        st->n_regular++;
    }
    st->last_ping_ns = ctx->now_ns;
    st->before = st->session.ping;
    st->burst = false;
    mqtt_ping(&st->session, ctx->frame_no, ctx->now_ns);
}

static enum dissect_result mqtt_tls_packet(struct dissect_ctx *ctx, struct bytes in)
{
    struct mqtt_tls_state *st = dissect_state(ctx);
    struct mqtt_session *s = &st->session;
    uint16_t version, suite;
    uint32_t len;
    bool two;

    bytes_skip(&in, 3);
    len = bytes_be16(&in);
    version = bytes_be16(&in);
    suite = bytes_be16(&in);
    if (!st->started) {
        st->started = true;
        mqtt_session_start(s, true);
        st->client = flow_port(ctx->flow, 0) == SECURE_MQTT_PORT;
        s->client = st->client;
    }
    st->named = st->named || bytes_u8(&in) || flow_port(ctx->flow, 0) == SECURE_MQTT_PORT ||
                flow_port(ctx->flow, 1) == SECURE_MQTT_PORT;
    if (in.short_read)
        return DISSECT_SHORT;
    if (version) {
        st->tls13 = version == 0x0304;
        two = is_two_bytes(version, suite, len);
    } else {
        two = is_late_two_bytes(st, ctx->from == st->client, len);
    }
    s->n_messages++;
    if (ctx->from == st->client) {
        if (two && s->n_messages > 1)
            client_ping(ctx, st);
        s->client_frame = ctx->frame_no;
        s->client_ns = st->last_client_ns = ctx->now_ns;
    } else if (!mqtt_is_left(ctx, s)) {
        mqtt_heard(s, ctx->frame_no, ctx->now_ns);
        if (two)
            mqtt_pong(s, ctx->frame_no, ctx->now_ns);
        s->server_frame = ctx->frame_no;
        s->server_ns = ctx->now_ns;
    }
    return DISSECT_OK;
}

/* Was the last ping a DISCONNECT: did a FIN of either end or a RST follow soon? */
static bool is_disconnect(const struct dissect_ctx *ctx, const struct mqtt_tls_state *st)
{
    const struct tcp_life *tcp = ctx->flow->tcp;
    const struct outstanding *ping = &st->session.ping;
    const struct tcp_sent *waiting = flow_waiting(ctx->flow, st->client);
    int64_t first = INT64_MAX;
    unsigned end;

    for (end = 0; end < 2; end++)
        if (tcp->end[end].fin_frame && tcp->end[end].fin_ns < first)
            first = tcp->end[end].fin_ns;
    if (tcp->rst_frame && tcp->rst_ns < first)
        first = tcp->rst_ns;
    if (waiting && waiting->o.sent_frame <= ping->last_frame)
        return first < ping->last_ns + DISCONNECT_UNACKED_NS && !ping->n_resent;
    return first < ping->last_ns + DISCONNECT_NS;
}

/*
 * The last ping was none; one before it may still be open.  Alone, in TLS 1.3, it may be a
 * close_notify as well, with which a client gives up: then it excuses nothing.
 */
static void take_back(struct mqtt_tls_state *st)
{
    if (!st->tls13 || st->burst || !outstanding_open(&st->before))
        st->session.disconnect_frame = st->session.ping.last_frame;
    st->session.n_pings--;
    st->session.ping = st->before;
}

static void mqtt_tls_end(struct dissect_ctx *ctx)
{
    struct mqtt_tls_state *st = dissect_state(ctx);
    struct mqtt_session *s = &st->session;
    bool regular = st->n_regular >= REGULAR_MIN - 1 && s->n_answered >= REGULAR_MIN - 1 &&
                   st->interval_max <= st->interval_min + st->interval_min / 10;

    /* Of a size that is only guessed, other protocols have regular messages as well. */
    if (!st->started || !(st->late ? regular && st->named : regular || st->named))
        return;
    if (outstanding_open(&s->ping) && ctx->flow->tcp && is_disconnect(ctx, st))
        take_back(st);
    mqtt_session_emit(ctx, s);
}

const struct dissector mqtt_tls_dissector = {
    .name = "mqtt_tls",
    .spec = "OASIS MQTT 3.1.1 section 3.12, RFC 8446 section 5.2, RFC 5246 section 6.2.3",
    .facts = kinds,
    .state_size = sizeof(struct mqtt_tls_state),
    .packet = mqtt_tls_packet,
    .end = mqtt_tls_end,
};
