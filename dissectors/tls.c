/*
 * tls: records, hellos and alerts of TLS over an ordered stream (RFC 8446 section 5, RFC 5246
 * section 6).
 *
 * Only what is in clear is read.  Application data is passed over as it arrives, so a long download
 * is never buffered; a hello is gathered whole, also when it is split over records and segments.
 * Every record's size goes on to mqtt_tls, which guesses.
 */
#include "config.h"

#include <string.h>

#include "dissectors/dissect.h"
#include "dissectors/hello.h"
#include "dissectors/hello_facts.h"
#include "flow/flow.h"

enum { REC_CCS = 20, REC_ALERT = 21, REC_HANDSHAKE = 22, REC_DATA = 23, REC_HEARTBEAT = 24 };
enum { MSG_CLIENT_HELLO = 1, MSG_SERVER_HELLO = 2 };

#define RECORD_MAX (16384u + 2048u) /* RFC 5246 section 6.2.3 */

struct tls_side {
    uint8_t record;    /* type of the record the stream is in */
    uint32_t left;     /* bytes of it to come */
    uint32_t msg_left; /* bytes of an uninteresting handshake message to come */
    bool ccs;
    bool fresh;        /* nothing of the record's content was looked at */
    bool clear;        /* the record holds a hello, although ChangeCipherSpec came before */
    bool lost;         /* bytes were missed: looking for a record to start again */
    bool missed;       /* they were, at some time */
    uint64_t n_records, n_data;
    uint64_t first_data_frame;
};

struct tls_state {
    struct tls_side side[2];
    bool any;          /* at least one record was read */
    bool alpn_mqtt;    /* the client offered an MQTT protocol name */
    bool retry;        /* HelloRetryRequest seen, ServerHello not yet */
    bool server_hello;
    uint16_t suite, version;
    uint8_t client; /* 0 a, 1 b: who sent the hello */
    bool hello_seen;
    uint8_t random[HELLO_RANDOM_LEN]; /* of that hello */
};

/* clang-format off */
static const struct fact_column alert_columns[] = {
    { "alert_frame", FACT_INT, "frame", "the frame", FACT_CITES },
    { "sent_by", FACT_TEXT, "", "a or b", 0 },
    { "level", FACT_INT, "", "1 warning, 2 fatal; NULL: encrypted", 0 },
    { "description", FACT_INT, "", "number (RFC 8446 section 6); NULL: encrypted", 0 },
    { "name", FACT_TEXT, "", "its name", 0 },
    { "by_size", FACT_INT, "bool", "TLS 1.3: known by its size only", 0 },
};
static const struct fact_kind alert_fact = {
    "tls_alert", FACT_OF_FRAME, "an alert record", alert_columns,
    sizeof(alert_columns) / sizeof(alert_columns[0]),
};

static const struct fact_column session_columns[] = {
    { "version", FACT_TEXT, "", "version chosen; NULL: no ServerHello seen", 0 },
    { "suite", FACT_INT, "", "cipher suite chosen", 0 },
    { "a_records", FACT_INT, "", "records sent by a", 0 },
    { "b_records", FACT_INT, "", "records sent by b", 0 },
    { "a_data", FACT_INT, "", "application data records of a", 0 },
    { "b_data", FACT_INT, "", "application data records of b", 0 },
    { "a_data_frame", FACT_INT, "frame", "first of them", 0 },
    { "b_data_frame", FACT_INT, "frame", "first of them", 0 },
    { "incomplete", FACT_INT, "bool", "bytes were missing, and no record was found behind them", 0 },
    { "missed", FACT_INT, "bool", "bytes were missing in between", 0 },
};
static const struct fact_kind session_fact = {
    "tls_session", FACT_OF_FRAME, "the TLS of one flow, written when the flow ends", session_columns,
    sizeof(session_columns) / sizeof(session_columns[0]),
};
/* clang-format on */

static const struct fact_kind *const kinds[] = { &client_hello_fact, &server_hello_fact,
                                                 &alert_fact, &session_fact, NULL };

static bool record_header(const struct bytes *in, size_t at, uint32_t *len)
{
    uint8_t type = bytes_peek(in, at);

    *len = (uint32_t)bytes_peek(in, at + 3) << 8 | bytes_peek(in, at + 4);
    return at + 5 <= in->left && type >= REC_CCS && type <= REC_HEARTBEAT &&
           bytes_peek(in, at + 1) == 3 && bytes_peek(in, at + 2) <= 4 && *len <= RECORD_MAX &&
           (*len || type == REC_DATA);
}

/* The start of a hello, a chain of two records, or one record that fills the bytes exactly. */
static bool tls_claims(const struct dissect_ctx *ctx, struct bytes in)
{
    struct client_hello old;
    uint8_t random[HELLO_RANDOM_LEN];
    uint32_t len, next;
    size_t used;

    (void)ctx;
    if (!record_header(&in, 0, &len))
        return hello_parse_sslv2(in, random, &used, &old);
    if (bytes_peek(&in, 0) == REC_HANDSHAKE && in.left >= 11) {
        uint8_t type = bytes_peek(&in, 5);

        if ((type == MSG_CLIENT_HELLO || type == MSG_SERVER_HELLO) && bytes_peek(&in, 6) == 0 &&
            bytes_peek(&in, 9) == 3 && bytes_peek(&in, 10) <= 4)
            return true;
    }
    return record_header(&in, 5 + len, &next) || (in.left == 5 + len && len > 1);
}

static const char *alert_name(uint8_t d)
{
    static const struct {
        uint8_t number;
        const char *name;
    } names[] = {
        { 0, "close_notify" },        { 10, "unexpected_message" },  { 20, "bad_record_mac" },
        { 21, "decryption_failed" },  { 22, "record_overflow" },     { 40, "handshake_failure" },
        { 42, "bad_certificate" },    { 43, "unsupported_certificate" },
        { 44, "certificate_revoked" }, { 45, "certificate_expired" }, { 46, "certificate_unknown" },
        { 47, "illegal_parameter" },  { 48, "unknown_ca" },          { 49, "access_denied" },
        { 50, "decode_error" },       { 51, "decrypt_error" },       { 70, "protocol_version" },
        { 71, "insufficient_security" }, { 80, "internal_error" },
        { 86, "inappropriate_fallback" }, { 90, "user_canceled" },   { 100, "no_renegotiation" },
        { 109, "missing_extension" }, { 110, "unsupported_extension" },
        { 112, "unrecognized_name" }, { 113, "bad_certificate_status_response" },
        { 115, "unknown_psk_identity" }, { 116, "certificate_required" },
        { 120, "no_application_protocol" },
    };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].number == d)
            return names[i].name;
    return NULL;
}

static bool encrypted(const struct tls_state *st, const struct tls_side *side)
{
    /* A HelloRetryRequest brings ChangeCipherSpec records that change nothing (RFC 8446 D.4). */
    return side->ccs && !st->retry;
}

static void read_alert(struct dissect_ctx *ctx, struct bytes in, uint32_t len, bool secret)
{
    uint8_t level = bytes_u8(&in), description = bytes_u8(&in);

    secret = secret || len != 2 || level < 1 || level > 2;
    fact_emit(ctx, &alert_fact,
              (struct fact_value[]){
                  fact_int((int64_t)ctx->frame_no),
                  fact_end(ctx->from),
                  fact_int_if(!secret, level),
                  fact_int_if(!secret, description),
                  fact_text(secret ? NULL : alert_name(description)),
                  fact_int(false),
              });
}

/*
 * In TLS 1.3 all that a client sends behind the ServerHello is encrypted and looks like data (RFC
 * 8446 section 5.2). An alert is two bytes, a content type, and a tag of 16.  The first of it is
 * else its Certificate or Finished, which are longer, or early data, of which more follows: whoever
 * reads this looks whether anything did.
 */
#define ALERT_1_3_LEN (2u + 1u + 16u)

static bool is_alert_by_size(const struct dissect_ctx *ctx, const struct tls_state *st,
                             const struct tls_side *side)
{
    return side->n_data == 1 && side->left == ALERT_1_3_LEN && !side->missed && st->hello_seen &&
           st->server_hello && st->version == 0x0304 && ctx->from == st->client;
}

static void read_hello(struct dissect_ctx *ctx, struct tls_state *st, uint8_t type,
                       struct bytes body)
{
    struct client_hello client;
    struct server_hello server;

    if (type == MSG_CLIENT_HELLO && hello_parse_client(body, false, &client)) {
        bool same = memcmp(st->random, client.random, HELLO_RANDOM_LEN) == 0;

        /* Where the server was not captured, the same random before any ServerHello tells. */
        hello_emit_client(ctx, &client, "tls",
                          st->hello_seen && (st->retry || (same && !st->server_hello)));
        memcpy(st->random, client.random, HELLO_RANDOM_LEN);
        st->alpn_mqtt = client.alpn.left >= 4 && (memcmp(client.alpn.p, "mqtt", 4) == 0 ||
                                                  (client.alpn.left >= 6 &&
                                                   memcmp(client.alpn.p, "x-amzn", 6) == 0));
        st->hello_seen = true;
        st->client = (uint8_t)ctx->from;
    } else if (type == MSG_SERVER_HELLO && hello_parse_server(body, &server)) {
        hello_emit_server(ctx, &server, "tls");
        st->retry = server.retry;
        st->server_hello = !server.retry;
        st->suite = server.suite;
        st->version = server.version;
    } else if (type == MSG_CLIENT_HELLO) {
        dissect_count(ctx, COUNT_CLIENT_HELLO); /* it is one, if not one that can be read */
    }
}

/*
 * Copies `want` bytes of handshake messages out of one or more records.  `left` is what the present
 * record still holds.
 */
enum gathered { GATHER_ALL, GATHER_MORE, GATHER_BROKEN /* another kind of record follows */ };

static enum gathered gather(struct bytes in, uint32_t *left, size_t want, uint8_t *out,
                            size_t *used)
{
    size_t at = 0, got = 0;

    while (got < want) {
        size_t n;

        if (*left == 0) {
            uint32_t len;

            if (at + 5 > in.left)
                return GATHER_MORE;
            if (!record_header(&in, at, &len) || bytes_peek(&in, at) != REC_HANDSHAKE)
                return GATHER_BROKEN;
            *left = len;
            at += 5;
        }
        n = want - got < *left ? want - got : *left;
        if (at + n > in.left)
            return GATHER_MORE;
        memcpy(out + got, in.p + at, n);
        at += n;
        got += n;
        *left -= (uint32_t)n;
    }
    *used = at;
    return GATHER_ALL;
}

/* A message may not be interleaved with other records (RFC 8446 section 5.1): what there is of it is
 * dropped, and the next record is read. */
static size_t broken(struct bytes in, struct tls_side *side)
{
    size_t n = in.left < side->left ? in.left : side->left;

    side->left -= (uint32_t)n;
    return n;
}

/* At the start of a handshake message; returns bytes used, 0: more are needed. */
static size_t handshake(struct dissect_ctx *ctx, struct tls_state *st, struct tls_side *side,
                        struct bytes in)
{
    uint8_t head[4], *message;
    uint32_t left = side->left, len;
    size_t used = 0;
    enum gathered got = gather(in, &left, sizeof(head), head, &used);

    if (got != GATHER_ALL)
        return got == GATHER_BROKEN ? broken(in, side) : 0;
    len = (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
    if ((head[0] != MSG_CLIENT_HELLO && head[0] != MSG_SERVER_HELLO) || len > HELLO_MAX) {
        side->msg_left = len;
        side->left = left;
        return used;
    }
    left = side->left;
    /* In one record: no copy, so that the place of the random in the frame is known. */
    if (left >= 4 + len && in.left >= 4 + len) {
        read_hello(ctx, st, head[0], bytes_of(in.p + 4, len));
        side->left -= 4 + len;
        return 4 + len;
    }
    message = dissect_scratch(ctx, 4 + (size_t)len);
    got = message ? gather(in, &left, 4 + (size_t)len, message, &used) : GATHER_MORE;
    if (got != GATHER_ALL)
        return got == GATHER_BROKEN ? broken(in, side) : 0;
    read_hello(ctx, st, head[0], bytes_of(message + 4, len));
    side->left = left;
    return used;
}

/* The hello that answers a HelloRetryRequest follows a ChangeCipherSpec (RFC 8446 appendix D.4);
 * the request itself may not have been captured. */
static bool is_clear_hello(const struct bytes *in, uint32_t record_len)
{
    uint32_t len = (uint32_t)bytes_peek(in, 1) << 16 | (uint32_t)bytes_peek(in, 2) << 8 |
                   bytes_peek(in, 3);

    return bytes_peek(in, 0) == MSG_CLIENT_HELLO && len + 4 == record_len &&
           bytes_peek(in, 4) == 3 && bytes_peek(in, 5) <= 4;
}

static size_t pass(struct bytes *in, uint32_t *left)
{
    size_t n = in->left < *left ? in->left : *left;

    bytes_skip(in, n);
    *left -= (uint32_t)n;
    return n;
}

/* Inside a record; returns bytes used, 0: more are needed. */
static size_t inside(struct dissect_ctx *ctx, struct tls_state *st, struct tls_side *side,
                     struct bytes *in)
{
    size_t n;

    if (side->fresh && side->record == REC_HANDSHAKE && encrypted(st, side)) {
        if (in->left < 6 && in->left < side->left)
            return 0;
        side->clear = is_clear_hello(in, side->left);
    }
    side->fresh = false;
    if (side->record == REC_HANDSHAKE && (side->clear || !encrypted(st, side))) {
        if (side->msg_left) {
            uint32_t here = side->msg_left < side->left ? side->msg_left : side->left, before = here;

            n = pass(in, &here);
            side->msg_left -= before - here;
            side->left -= before - here;
            return n;
        }
        n = handshake(ctx, st, side, *in);
        bytes_skip(in, n);
        return n;
    }
    if (side->record == REC_ALERT && side->left <= 64) {
        if (in->left < side->left)
            return 0;
        read_alert(ctx, *in, side->left, encrypted(st, side));
    }
    return pass(in, &side->left);
}

/* At a record header. */
static void start_record(struct dissect_ctx *ctx, struct tls_state *st, struct tls_side *side,
                         struct bytes *in)
{
    struct bytes head = *in;
    uint32_t len = 0;

    record_header(in, 0, &len);
    side->record = bytes_peek(in, 0);
    side->left = len;
    side->n_records++;
    side->fresh = true;
    side->clear = false;
    st->any = true;
    if (side->record == REC_CCS)
        side->ccs = true;
    if (side->record == REC_DATA) {
        side->n_data++;
        if (!side->first_data_frame)
            side->first_data_frame = ctx->frame_no;
        if (is_alert_by_size(ctx, st, side))
            fact_emit(ctx, &alert_fact,
                      (struct fact_value[]){ fact_int((int64_t)ctx->frame_no), fact_end(ctx->from),
                                             fact_null(), fact_null(), fact_null(),
                                             fact_int(true) });
    }
    head.left = 5;
    if (side->record == REC_DATA && (st->server_hello || !st->hello_seen)) {
        /* Behind the header go version, suite and ALPN, which decide what a size means; version 0: the
         * capture began later. */
        uint8_t note[10] = { head.p[0], head.p[1], head.p[2], head.p[3], head.p[4],
                            (uint8_t)(st->version >> 8), (uint8_t)st->version,
                            (uint8_t)(st->suite >> 8), (uint8_t)st->suite, st->alpn_mqtt };

        dissect_carried_packet(ctx, "mqtt_tls", 0, bytes_of(note, sizeof(note)));
    }
    bytes_skip(in, 5);
}

/* An SSL 2.0 hello opens the stream; bytes used, 0: it is none, or not all there. */
static size_t old_hello(struct dissect_ctx *ctx, struct tls_state *st, struct bytes in)
{
    struct client_hello h;
    uint8_t random[HELLO_RANDOM_LEN];
    size_t used;

    if (!hello_parse_sslv2(in, random, &used, &h))
        return 0;
    hello_emit_client(ctx, &h, "tls", false);
    st->any = st->hello_seen = true;
    st->client = (uint8_t)ctx->from;
    return used;
}

static enum dissect_result tls_stream(struct dissect_ctx *ctx, struct bytes in, size_t *used)
{
    struct tls_state *st = dissect_state(ctx);
    struct tls_side *side = &st->side[ctx->from];
    size_t total = in.left;
    uint32_t len;

    if (ctx->after_gap) {
        side->lost = side->missed = true;
        side->left = side->msg_left = 0;
    }
    if (side->lost && side->left == 0) {
        if (!tls_claims(ctx, in)) {
            *used = total;
            return DISSECT_OK;
        }
        side->lost = false;
    }
    while (in.left) {
        if (side->left) {
            if (!inside(ctx, st, side, &in))
                break;
        } else if (in.left < 5) {
            break;
        } else if (record_header(&in, 0, &len)) {
            start_record(ctx, st, side, &in);
        } else if (!side->n_records && !st->hello_seen && (len = (uint32_t)old_hello(ctx, st, in))) {
            bytes_skip(&in, len);
        } else {
            *used = total;
            if (!st->any)
                return DISSECT_NOT_MINE;
            side->lost = side->missed = true;
            return DISSECT_BAD;
        }
    }
    *used = total - in.left;
    return in.left ? DISSECT_MORE : DISSECT_OK;
}

static void tls_end(struct dissect_ctx *ctx)
{
    const struct tls_state *st = dissect_state(ctx);
    const struct tls_side *a = &st->side[0], *b = &st->side[1];

    if (!st->any)
        return;
    fact_emit_at(ctx, &session_fact, ctx->flow->first_frame, ctx->flow->first_ns,
                 (struct fact_value[]){
                     fact_text(st->version ? hello_version_name(st->version) : NULL),
                     fact_int_if(st->version, st->suite),
                     fact_int((int64_t)a->n_records),
                     fact_int((int64_t)b->n_records),
                     fact_int((int64_t)a->n_data),
                     fact_int((int64_t)b->n_data),
                     fact_int_if(a->n_data, (int64_t)a->first_data_frame),
                     fact_int_if(b->n_data, (int64_t)b->first_data_frame),
                     fact_int(a->lost || b->lost),
                     fact_int(a->missed || b->missed),
                 });
}

const struct dissector tls_dissector = {
    .name = "tls",
    .app = "TLS",
    .spec = "RFC 8446, RFC 5246",
    .facts = kinds,
    .state_size = sizeof(struct tls_state),
    .claims = tls_claims,
    .shortest = 7, /* an alert */
    .stream = tls_stream,
    .end = tls_end,
};
