/* quic_bytes: Initial packets, sealed as a client or a server does, for tests. */
#ifndef TESTS_UNIT_DISSECTORS_QUIC_BYTES_H
#define TESTS_UNIT_DISSECTORS_QUIC_BYTES_H

#include <openssl/evp.h>

#include "base/cipher.h"
#include "dissectors/quic_crypto.h"
#include "support/build.h"
#include "tests/unit/dissectors/tls_bytes.h"

struct quic_spec {
    uint32_t version;
    unsigned first;          /* 0: c3; four bytes of packet number in any case */
    const char *dcid, *scid; /* hex */
    const char *keys;        /* the connection id that the keys follow from; NULL: dcid */
    const char *token;       /* hex, or NULL */
    bool of_server;
    uint32_t number;
};

TLS void quic_crypto_frame(struct build *b, const struct build *message, size_t at, size_t n)
{
    build_u8(b, 6);
    build_be16(b, 0x4000 | (unsigned)at);
    build_be16(b, 0x4000 | (unsigned)n);
    build_add(b, message->p + at, n);
}

TLS struct quic_cid quic_cid_of(const char *hex)
{
    struct quic_cid cid = { 0 };
    struct build b = { 0 };

    build_hex(&b, hex);
    cid.len = (uint8_t)b.len;
    if (b.len)
        memcpy(cid.id, b.p, b.len);
    build_free(&b);
    return cid;
}

TLS void quic_add_hex(struct build *b, const char *hex)
{
    size_t at = b->len;

    build_u8(b, 0);
    build_hex(b, hex);
    b->p[at] = (uint8_t)(b->len - at - 1);
}

/* Appends a packet with these frames. */
TLS void quic_seal(struct build *out, const struct quic_spec *s, const struct build *frames)
{
    struct quic_cid cid = quic_cid_of(s->keys ? s->keys : s->dcid);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    size_t start = out->len, number_at, i;
    struct quic_keys k;
    uint8_t *p, mask[16];
    int n = 0;

    build_u8(out, s->first ? s->first : 0xc3);
    build_be32(out, s->version);
    quic_add_hex(out, s->dcid);
    quic_add_hex(out, s->scid);
    quic_add_hex(out, s->token ? s->token : "");
    build_be16(out, 0x4000 | (unsigned)(4 + frames->len + CIPHER_TAG_LEN));
    number_at = out->len - start;
    build_be32(out, s->number);
    build_add(out, frames->p, frames->len);
    build_zeros(out, CIPHER_TAG_LEN);
    p = out->p + start;
    quic_initial_keys(quic_version_of(s->version), &cid, s->of_server, &k);
    for (i = 0; i < 4; i++)
        k.iv[8 + i] ^= p[number_at + i];
    if (!c || EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), NULL, k.key, k.iv) != 1 ||
        EVP_EncryptUpdate(c, NULL, &n, p, (int)number_at + 4) != 1 ||
        EVP_EncryptUpdate(c, p + number_at + 4, &n, frames->p, (int)frames->len) != 1 ||
        EVP_EncryptFinal_ex(c, p, &n) != 1 ||
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, CIPHER_TAG_LEN,
                            p + number_at + 4 + frames->len) != 1 ||
        !cipher_aes128_block(k.hp, p + number_at + 4, mask))
        abort();
    EVP_CIPHER_CTX_free(c);
    p[0] ^= mask[0] & 0x0f;
    for (i = 0; i < 4; i++)
        p[number_at + i] ^= mask[1 + i];
}

#endif
