/* tls_bytes: TLS records and hellos, byte by byte, for tests. */
#ifndef TESTS_UNIT_DISSECTORS_TLS_BYTES_H
#define TESTS_UNIT_DISSECTORS_TLS_BYTES_H

#include "support/build.h"

#define TLS __attribute__((unused)) static

#define RETRY_RANDOM "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
#define RANDOM_A     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define RANDOM_B     "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeffe0e1e2e3e4e5e6e7e8e9eaebecedeeef"

TLS void tls_record(struct build *b, unsigned type, const void *p, size_t len)
{
    build_u8(b, type);
    build_be16(b, 0x0303);
    build_be16(b, (unsigned)len);
    build_add(b, p, len);
}

/* A handshake message, without record. */
TLS void tls_message(struct build *b, unsigned type, const void *p, size_t len)
{
    build_u8(b, type);
    build_u8(b, (unsigned)len >> 16);
    build_be16(b, len & 0xffff);
    build_add(b, p, len);
}

/* Suites and extensions in hex; NULL extensions: not even their length. */
TLS void tls_client_body(struct build *b, unsigned version, const char *random, const char *suites,
                         const char *extensions)
{
    struct build list = { 0 };

    build_be16(b, version);
    build_hex(b, random);
    build_u8(b, 0);
    build_hex(&list, suites);
    build_be16(b, (unsigned)list.len);
    build_add(b, list.p, list.len);
    build_be16(b, 0x0100);
    if (extensions) {
        list.len = 0;
        build_hex(&list, extensions);
        build_be16(b, (unsigned)list.len);
        build_add(b, list.p, list.len);
    }
    build_free(&list);
}

TLS void tls_client_hello(struct build *b, const char *random, const char *suites,
                          const char *extensions)
{
    struct build body = { 0 };

    tls_client_body(&body, 0x0303, random, suites, extensions);
    tls_message(b, 1, body.p, body.len);
    build_free(&body);
}

/* 1.3: with supported_versions. */
TLS void tls_server_hello(struct build *b, const char *random, unsigned suite, bool tls13)
{
    struct build body = { 0 };

    build_be16(&body, 0x0303);
    build_hex(&body, random);
    build_u8(&body, 0);
    build_be16(&body, suite);
    build_u8(&body, 0);
    if (tls13)
        build_hex(&body, "0006 002b 0002 0304");
    tls_message(b, 2, body.p, body.len);
    build_free(&body);
}

#endif
