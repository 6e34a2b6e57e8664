/* dtls_bytes: DTLS records and hellos, byte by byte, for tests. */
#ifndef TESTS_UNIT_DISSECTORS_DTLS_BYTES_H
#define TESTS_UNIT_DISSECTORS_DTLS_BYTES_H

#include "support/build.h"
#include "tests/unit/dissectors/tls_bytes.h"

TLS void dtls_record(struct build *b, unsigned type, unsigned epoch, uint32_t number, const void *p,
                     size_t len)
{
    build_u8(b, type);
    build_be16(b, 0xfefd);
    build_be16(b, epoch);
    build_be16(b, 0);
    build_be32(b, number);
    build_be16(b, (unsigned)len);
    build_add(b, p, len);
}

TLS void dtls_be24(struct build *b, size_t v)
{
    build_u8(b, (unsigned)(v >> 16));
    build_be16(b, v & 0xffff);
}

/* The bytes [at, at + n) of a handshake message. */
TLS void dtls_fragment(struct build *b, unsigned type, unsigned seq, const struct build *body,
                       size_t at, size_t n)
{
    build_u8(b, type);
    dtls_be24(b, body->len);
    build_be16(b, seq);
    dtls_be24(b, at);
    dtls_be24(b, n);
    build_add(b, body->p + at, n);
}

/* `cookie` and `extensions` in hex. */
TLS void dtls_client_body(struct build *b, const char *random, const char *cookie,
                          const char *extensions)
{
    struct build part = { 0 };

    build_be16(b, 0xfefd);
    build_hex(b, random);
    build_u8(b, 0);
    build_hex(&part, cookie);
    build_u8(b, (unsigned)part.len);
    build_add(b, part.p, part.len);
    build_hex(b, "0004 c02b c02f 0100");
    part.len = 0;
    build_hex(&part, extensions);
    build_be16(b, (unsigned)part.len);
    build_add(b, part.p, part.len);
    build_free(&part);
}

TLS void dtls_server_body(struct build *b, const char *random, bool v13)
{
    build_be16(b, 0xfefd);
    build_hex(b, random);
    build_hex(b, v13 ? "00 1301 00 0006 002b 0002 fefc" : "00 c02b 00");
}

/* A datagram with one record that holds one whole message; replaces what `b` held. */
TLS void dtls_datagram(struct build *b, unsigned type, unsigned seq, uint32_t number,
                       const struct build *body)
{
    struct build f = { 0 };

    b->len = 0;
    dtls_fragment(&f, type, seq, body, 0, body->len);
    dtls_record(b, 22, 0, number, f.p, f.len);
    build_free(&f);
}

#endif
