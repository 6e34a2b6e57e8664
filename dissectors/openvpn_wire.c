#include "config.h"

#include "dissectors/openvpn_wire.h"

#include <string.h>

#include "base/cipher.h"
#include "base/digest.h"

#define REPLAY_EARLY 0x0f000000u /* 2.6 with early negotiation counts from here + 1 */
#define REPLAY_SPAN  0x00010000u
#define YEAR_2000_S  INT64_C(946684800)
#define YEAR_2100_S  INT64_C(4102444800)
#define WKC_MAX      1024u
#define SID_LEN      8u
#define SID_ZEROS    2u
#define TAG_LEN      32u
#define HEADER_LEN   17u /* op, session id, replay id, time: what the tag covers beside the text */

static const uint8_t hmac_lens[] = { 20, 32, 64, 16, 28, 48 };

const char *openvpn_wrap_name(enum openvpn_wrap w)
{
    static const char *const names[] = { "unknown", "none", "tls-auth", "tls-crypt",
                                         "tls-crypt-v2" };

    return names[w];
}

/* acks, remote session id, packet id, payload: what all wrappings have inside. */
static bool parse_body(struct bytes *in, struct openvpn_packet *out)
{
    unsigned i;

    out->n_acks = bytes_u8(in);
    if (out->n_acks > OPENVPN_ACKS_MAX)
        return false;
    for (i = 0; i < out->n_acks; i++) {
        out->acks[i] = bytes_be32(in);
        if (out->acks[i] > OPENVPN_ID_MAX)
            return false;
    }
    if (out->n_acks)
        out->remote_sid = bytes_be64(in);
    out->has_id = out->op != OPENVPN_ACK_V1;
    if (out->has_id)
        out->id = bytes_be32(in);
    out->payload = *in;
    if (in->short_read || out->id > OPENVPN_ID_MAX)
        return false;
    /* An ACK packet acknowledges something and carries nothing else. */
    return out->op != OPENVPN_ACK_V1 || (out->n_acks && in->left == 0);
}

bool openvpn_parse(struct bytes in, const struct openvpn_wrapping *w, struct openvpn_packet *out)
{
    const struct bytes whole = in;
    uint8_t first = bytes_u8(&in);

    memset(out, 0, sizeof(*out));
    out->op = first >> 3;
    out->key_id = first & 7;
    if (in.short_read || out->op < OPENVPN_HARD_RESET_CLIENT_V1 || out->op > OPENVPN_WKC_V1)
        return false;
    out->peer_id = OPENVPN_NO_PEER;
    if (openvpn_is_data(out->op)) {
        if (out->op == OPENVPN_DATA_V2 && in.left >= 3)
            out->peer_id = (uint32_t)bytes_peek(&in, 0) << 16 | (uint32_t)bytes_peek(&in, 1) << 8 |
                           bytes_peek(&in, 2);
        out->payload = in;
        return true;
    }
    out->control = true;
    out->sid = bytes_be64(&in);
    switch (w->wrap) {
    case WRAP_NONE:
        return !in.short_read && parse_body(&in, out);
    case WRAP_TLS_AUTH:
        bytes_skip(&in, w->hmac_len + 8u);
        return !in.short_read && parse_body(&in, out);
    case WRAP_TLS_CRYPT:
    case WRAP_TLS_CRYPT_V2:
        out->encrypted = true;
        out->header = whole.p;
        bytes_skip(&in, 4 + 4);
        out->tag = bytes_take(&in, TAG_LEN);
        out->sealed = in;
        return !in.short_read;
    default:
        return false;
    }
}

/* tls_crypt.c: tag = HMAC-SHA256(header, text), which is also the IV of AES-256-CTR. */
bool openvpn_open(struct openvpn_packet *p, const uint8_t *key, uint8_t *out)
{
    unsigned direction;

    for (direction = 0; p->sealed.left && direction < 2; direction++) {
        const uint8_t *half = key + direction * 128u;
        uint8_t tag[SHA256_LEN], covered[HEADER_LEN + OPENVPN_TEXT_MAX];
        struct bytes in;

        if (p->sealed.left > OPENVPN_TEXT_MAX ||
            !cipher_aes256_ctr(half, p->tag, p->sealed.p, p->sealed.left, out))
            return false;
        memcpy(covered, p->header, HEADER_LEN);
        memcpy(covered + HEADER_LEN, out, p->sealed.left);
        hmac_sha256(half + 64, 32, covered, HEADER_LEN + p->sealed.left, tag);
        if (memcmp(tag, p->tag, TAG_LEN) != 0)
            continue;
        in = bytes_of(out, p->sealed.left);
        p->encrypted = false;
        return parse_body(&in, p);
    }
    return false;
}

static bool replay_plausible(uint32_t id)
{
    return (id >= 1 && id < REPLAY_SPAN) || (id > REPLAY_EARLY && id < REPLAY_EARLY + REPLAY_SPAN);
}

/*
 * Near the capture's time.  Where the sender's clock is off, any time of this century will do if
 * the packet is a reset of exactly the right size (`sized`): alone, such a time proves next to
 * nothing.
 */
static bool time_plausible(uint32_t t, int64_t now_s, bool sized)
{
    return (now_s && t > now_s - 86400 && t < now_s + 86400) ||
           (sized && t > YEAR_2000_S && t < YEAR_2100_S);
}

static bool replay_at(struct bytes in, size_t at, int64_t now_s, bool sized)
{
    uint32_t id;

    bytes_skip(&in, at);
    id = bytes_be32(&in);
    return replay_plausible(id) && time_plausible(bytes_be32(&in), now_s, sized) && !in.short_read;
}

/* A reset as its wrapping makes it: `extra` bytes more than a plain one (26 with one ACK). */
static bool reset_sized(uint8_t op, size_t len, size_t extra)
{
    if (openvpn_is_client_reset(op))
        return len == 14 + extra;
    return openvpn_is_server_reset(op) && (len == 26 + extra || len == 32 + extra);
}

/* The payload of a control packet: nothing, or TLS (a record, or the middle of one). */
static bool body_plausible(const struct openvpn_packet *p)
{
    bool reset = openvpn_is_client_reset(p->op) || openvpn_is_server_reset(p->op);

    if (reset)
        return p->id == 0 && p->payload.left == 0 &&
               p->n_acks == (openvpn_is_client_reset(p->op) ? 0 : 1);
    if (p->op == OPENVPN_SOFT_RESET_V1)
        return p->id == 0 && p->payload.left == 0;
    if (p->op == OPENVPN_CONTROL_V1 && p->id >= 1) {
        uint8_t type = bytes_peek(&p->payload, 0);

        return p->payload.left >= 5 && type >= 0x14 && type <= 0x17 &&
               bytes_peek(&p->payload, 1) == 3 && bytes_peek(&p->payload, 2) <= 4;
    }
    return false;
}

/*
 * A session id is eight random bytes (session_id.c), so more than two of them are zero once in 300
 * thousand.  The headers of other protocols have their counts and flags there: DNS does, and its
 * first label then looks like a replay id and a time.
 */
static bool sid_plausible(struct bytes in)
{
    unsigned zeros = 0, i;

    bytes_skip(&in, 1);
    for (i = 0; i < SID_LEN; i++)
        zeros += bytes_u8(&in) == 0;
    return zeros <= SID_ZEROS;
}

static bool is_wkc(struct bytes in)
{
    size_t len;

    if (in.left < 54 + 2)
        return false;
    len = (size_t)bytes_peek(&in, in.left - 2) << 8 | bytes_peek(&in, in.left - 1);
    return len > 32 && len <= WKC_MAX && in.left >= 54 + len;
}

bool openvpn_learn(struct bytes in, int64_t now_s, struct openvpn_wrapping *out)
{
    uint8_t op = bytes_peek(&in, 0) >> 3;
    struct openvpn_packet p;
    size_t i;

    if (op < OPENVPN_HARD_RESET_CLIENT_V1 || op > OPENVPN_WKC_V1 || openvpn_is_data(op) ||
        !sid_plausible(in))
        return false;
    if (op == OPENVPN_HARD_RESET_CLIENT_V3 || op == OPENVPN_WKC_V1) {
        *out = (struct openvpn_wrapping){ .wrap = WRAP_TLS_CRYPT_V2 };
        return is_wkc(in) && replay_at(in, 9, now_s, true);
    }
    /* 54 bytes is a client reset of both tls-crypt and tls-auth with SHA256: where the replay id
     * stands decides. */
    if (in.left >= 54 && replay_at(in, 9, now_s, reset_sized(op, in.left, 40))) {
        *out = (struct openvpn_wrapping){ .wrap = WRAP_TLS_CRYPT };
        return true;
    }
    for (i = 0; i < sizeof(hmac_lens); i++) {
        *out = (struct openvpn_wrapping){ .wrap = WRAP_TLS_AUTH, .hmac_len = hmac_lens[i] };
        if (replay_at(in, 9u + hmac_lens[i], now_s, reset_sized(op, in.left, hmac_lens[i] + 8u)) &&
            openvpn_parse(in, out, &p) &&
            (body_plausible(&p) || p.op == OPENVPN_CONTROL_V1 || p.op == OPENVPN_ACK_V1))
            return true;
    }
    *out = (struct openvpn_wrapping){ .wrap = WRAP_NONE };
    return openvpn_parse(in, out, &p) && body_plausible(&p);
}

/* The size of a reset under one of the wrappings; a tls-crypt-v2 key goes with the client's. */
static bool reset_sized_somehow(uint8_t op, size_t len)
{
    size_t i;

    if (op == OPENVPN_HARD_RESET_CLIENT_V3)
        return len > 54 + 32 && len <= 54 + WKC_MAX;
    for (i = 0; i < sizeof(hmac_lens); i++)
        if (reset_sized(op, len, hmac_lens[i] + 8u))
            return true;
    return reset_sized(op, len, 0) || reset_sized(op, len, 40);
}

bool openvpn_parse_cut(struct bytes in, size_t wire_len, bool known, struct openvpn_packet *out)
{
    const struct bytes whole = in;
    uint8_t first = bytes_u8(&in);

    memset(out, 0, sizeof(*out));
    out->op = first >> 3;
    out->key_id = first & 7;
    out->peer_id = OPENVPN_NO_PEER;
    out->control = out->encrypted = out->cut = true;
    out->missing = (uint32_t)(wire_len - whole.left);
    out->sid = bytes_be64(&in);
    if (in.short_read || out->op < OPENVPN_HARD_RESET_CLIENT_V1 || out->op > OPENVPN_WKC_V1 ||
        openvpn_is_data(out->op) || !sid_plausible(whole))
        return false;
    return known || (out->key_id == 0 && reset_sized_somehow(out->op, wire_len));
}
