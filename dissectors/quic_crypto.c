#include "config.h"

#include "dissectors/quic_crypto.h"

#include <string.h>

#include "base/cipher.h"
#include "base/digest.h"

#define SALT_LEN   20u
#define SAMPLE_LEN 16u /* RFC 9001 section 5.4.2 */
#define NUMBER_MAX 4u  /* bytes of a packet number, as sent */

struct quic_version {
    uint8_t salt[SALT_LEN];
    const char *key, *iv, *hp; /* labels */
    uint8_t initial;           /* the type bits that mean QUIC_INITIAL */
    bool google_frames;
};

#define LABELS    "quic key", "quic iv", "quic hp", 0, false
#define LABELS_T  "quic key", "quic iv", "quic hp", 0, true
#define LABELS_V2 "quicv2 key", "quicv2 iv", "quicv2 hp", 1, false

/* clang-format off */
static const struct quic_version
v1 = { /* RFC 9001 section 5.2, since draft-33 */
    { 0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
      0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a }, LABELS },
v2 = { /* RFC 9369 section 3.3.1 */
    { 0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
      0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9 }, LABELS_V2 },
draft29 = { /* draft-ietf-quic-tls-29 section 5.2 */
    { 0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
      0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99 }, LABELS },
draft23 = { /* draft-ietf-quic-tls-23 section 5.2 */
    { 0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7,
      0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02 }, LABELS },
draft22 = { /* draft-ietf-quic-tls-22 section 5.2 */
    { 0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a,
      0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64, 0x4a }, LABELS },
t050 = { /* Google, before the drafts: quiche, crypto_utils.cc */
    { 0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80,
      0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83, 0x10 }, LABELS_T },
t051 = {
    { 0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50,
      0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03, 0x3d }, LABELS_T };
/* clang-format on */

static const struct quic_version *draft(uint32_t n)
{
    return n < 22 ? NULL : n == 22 ? &draft22 : n < 29 ? &draft23 : n < 33 ? &draft29 : &v1;
}

const struct quic_version *quic_version_of(uint32_t number)
{
    switch (number) {
    case 0x00000001: return &v1;
    case 0x6b3343cf: return &v2;
    case 0x54303530: return &t050;
    case 0x54303531: return &t051;
    case 0xfaceb001: return draft(22); /* Facebook mvfst */
    case 0xfaceb002:
    case 0xfaceb00e: return draft(27);
    default: break;
    }
    if (number >> 8 == 0xff0000 && (number & 0xff) <= 34)
        return draft(number & 0xff);
    /* Reserved to provoke a negotiation (RFC 9000 section 15); clients use what they know best. */
    return (number & 0x0f0f0f0f) == 0x0a0a0a0a ? &v1 : NULL;
}

enum quic_type quic_type_of(const struct quic_version *v, uint8_t first)
{
    return (enum quic_type)(((unsigned)(first >> 4) - v->initial) & 3);
}

bool quic_has_google_frames(const struct quic_version *v)
{
    return v->google_frames;
}

uint64_t quic_varint(struct bytes *in)
{
    uint8_t first = bytes_u8(in);
    unsigned n = (1u << (first >> 6)) - 1;
    uint64_t v = first & 0x3f;

    while (n--)
        v = v << 8 | bytes_u8(in);
    return v;
}

/* -- keys -------------------------------------------------------------------------------------- */

/* HKDF-Expand-Label (RFC 8446 section 7.1) without context, up to one hash long. */
static void expand(const uint8_t secret[SHA256_LEN], const char *label, uint8_t *out, size_t len)
{
    uint8_t info[64], sum[SHA256_LEN];
    size_t n = strlen(label);

    info[0] = 0;
    info[1] = (uint8_t)len;
    info[2] = (uint8_t)(6 + n);
    memcpy(info + 3, "tls13 ", 6);
    memcpy(info + 9, label, n);
    info[9 + n] = 0; /* no context */
    info[10 + n] = 1; /* the first block of HKDF-Expand (RFC 5869 section 2.3) */
    hmac_sha256(secret, SHA256_LEN, info, 11 + n, sum);
    memcpy(out, sum, len);
}

void quic_initial_keys(const struct quic_version *v, const struct quic_cid *first_dcid,
                       bool of_server, struct quic_keys *out)
{
    uint8_t initial[SHA256_LEN], secret[SHA256_LEN];

    hmac_sha256(v->salt, SALT_LEN, first_dcid->id, first_dcid->len, initial); /* HKDF-Extract */
    expand(initial, of_server ? "server in" : "client in", secret, SHA256_LEN);
    expand(secret, v->key, out->key, sizeof(out->key));
    expand(secret, v->iv, out->iv, sizeof(out->iv));
    expand(secret, v->hp, out->hp, sizeof(out->hp));
}

/* -- packets ----------------------------------------------------------------------------------- */

/* The number nearest to the one that is due whose last `n` bytes are `sent` (RFC 9000 A.3). */
static uint64_t whole_number(uint64_t largest, uint32_t sent, unsigned n)
{
    uint64_t due = largest + 1, window = UINT64_C(1) << (8 * n), half = window / 2;
    uint64_t number = (due & ~(window - 1)) | sent;

    if (number + half <= due)
        return number + window;
    return number > due + half && number >= window ? number - window : number;
}

bool quic_open(const struct quic_keys *k, struct bytes packet, size_t number_at, uint64_t largest,
               uint8_t *scratch, uint64_t *number, struct bytes *text)
{
    uint8_t mask[16], nonce[12], *head = scratch;
    uint32_t sent = 0;
    unsigned n, i;
    size_t head_len;

    if (packet.left < number_at + NUMBER_MAX + SAMPLE_LEN ||
        !cipher_aes128_block(k->hp, packet.p + number_at + NUMBER_MAX, mask))
        return false;
    memcpy(head, packet.p, number_at + NUMBER_MAX);
    head[0] ^= mask[0] & 0x0f;
    n = (head[0] & 3u) + 1;
    head_len = number_at + n;
    for (i = 0; i < n; i++) {
        head[number_at + i] ^= mask[1 + i];
        sent = sent << 8 | head[number_at + i];
    }
    *number = whole_number(largest, sent, n);
    memcpy(nonce, k->iv, sizeof(nonce));
    for (i = 0; i < 8; i++)
        nonce[4 + i] ^= (uint8_t)(*number >> (56 - 8 * i));
    if (!cipher_aes128_gcm_open(k->key, nonce, head, head_len, packet.p + head_len,
                                packet.left - head_len, scratch + packet.left))
        return false;
    *text = bytes_of(scratch + packet.left, packet.left - head_len - CIPHER_TAG_LEN);
    return true;
}
