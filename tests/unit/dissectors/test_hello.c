/* test_hello: hellos and their fingerprints. */
#include "config.h"

#include <stdio.h>

#include "base/digest.h"
#include "dissectors/hello.h"
#include "support/tap.h"
#include "tests/unit/dissectors/tls_bytes.h"

/*
 * The example of the JA4 specification (FoxIO ja4, technical_details/JA4.md): suites and extensions
 * as it lists them, in an order of our own (GREASE among them); its text is
 * t13d1516h2_8daaf6152771_e5627efa2ab1.
 */
#define SUITES_A "4a4a 1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035"
#define SNI_A    "0000 0010 000e 00 000b 6578616d706c652e6e6574" /* example.net */
#define EXTENSIONS_A                                                                               \
    "dada0000" SNI_A "00170000 ff010001 00 000a000a0008 baba 001d 0017 0018 000b00020100 00230000" \
    "0010000e000c 026832 08687474702f312e31 000500050100000000"                                    \
    "000d00120010 0403 0804 0401 0503 0805 0501 0806 0601 00120000"                                \
    "0033002b0029 baba0001 00 001d0020 " RANDOM_A " 002d00020101 002b0007 06 caca 0304 0303"       \
    "001b0003020002 44690005 0003026832 1a1a0001 00 00150004 00000000"

static struct client_hello h;
static char scratch[70000 * 4 + 256];

static void is_ja4(char transport, const char *want, const char *what)
{
    char ja4[HELLO_JA4_LEN];

    hello_ja4(&h, transport, scratch, ja4);
    is_str(ja4, want, what);
}

/* JA3 of a text worked out by hand. */
static void is_ja3(const char *text, const char *what)
{
    char ja3[HELLO_JA3_LEN], want[HELLO_JA3_LEN];
    uint8_t sum[MD5_LEN];

    md5(text, strlen(text), sum);
    for (int i = 0; i < MD5_LEN; i++)
        snprintf(want + 2 * i, 3, "%02x", sum[i]);
    hello_ja3(&h, scratch, ja3);
    is_str(ja3, want, what);
}

static bool parse(struct build *b, unsigned version, const char *suites, const char *extensions)
{
    b->len = 0;
    tls_client_body(b, version, RANDOM_A, suites, extensions);
    return hello_parse_client(bytes_of(b->p, b->len), false, &h);
}

static void fingerprints(struct build *b)
{
    ok(parse(b, 0x0303, SUITES_A, EXTENSIONS_A), "the hello of the specification");
    is_int(h.n_suites, 15, "15 suites, GREASE left out");
    is_int(h.n_extensions, 16, "16 extensions, GREASE left out");
    is_int(h.max_version, 0x0304, "TLS 1.3, GREASE left out");
    ok(h.sni.left == 11 && memcmp(h.sni.p, "example.net", 11) == 0, "server name");
    ok(h.alpn.left == 2 && memcmp(h.alpn.p, "h2", 2) == 0, "first ALPN");
    ok(h.key_share.left == 43, "key shares");
    is_ja4('t', "t13d1516h2_8daaf6152771_e5627efa2ab1", "JA4 as published");
    is_ja3("771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,"
           "0-23-65281-10-11-35-16-5-13-18-51-45-43-27-17513-21,29-23-24,0",
           "JA3");

    ok(parse(b, 0x0301, "0004 0005 000a", NULL), "no extensions at all");
    ok(!h.has_sni && h.n_extensions == 0, "  none");
    is_ja3("769,4-5-10,,,", "  JA3 has empty lists");
    is_ja4('t', "t10i030000_53b29befa235_000000000000", "  JA4");

    ok(parse(b, 0x0303, "c02b", "000d0004 0002 0403"), "signatures only");
    is_ja4('t', "t12i010100_648b5c445417_79c50902419d", "  JA4 with signatures behind a _");
    ok(parse(b, 0x0303, "c02b", "0010 0006 0004 03 0a41 ff"), "an ALPN that is no text");
    is_ja4('q', "q12i01010f_648b5c445417_000000000000", "  its hex digits");
    ok(parse(b, 0x0303, "c02b", "002b0003 02 0302"), "supported_versions below legacy_version");
    is_int(h.max_version, 0x0302, "  it alone counts (RFC 8446 section 4.2.1)");
    ok(parse(b, 0x0303, "c02b", "00000000"), "an empty server name");
    ok(h.has_sni && h.sni.left == 0, "  is one");
}

static void hostile(struct build *b)
{
    struct guard g;
    size_t i;
    char ja3[HELLO_JA3_LEN], ja4[HELLO_JA4_LEN];

    parse(b, 0x0303, SUITES_A, EXTENSIONS_A);
    for (i = 0; i <= b->len; i++) {
        g = guard_new(b->p, i);
        if (hello_parse_client(bytes_of(g.p, g.len), false, &h)) {
            hello_ja3(&h, scratch, ja3);
            hello_ja4(&h, 't', scratch, ja4);
        }
        guard_free(&g);
    }
    ok(true, "cut at every byte");
    for (i = 34; i < b->len; i++) {
        uint8_t was = b->p[i];

        b->p[i] = 0xff;
        g = guard_new(b->p, b->len);
        if (hello_parse_client(bytes_of(g.p, g.len), false, &h)) {
            char *room = malloc(hello_scratch_len(&h));

            hello_ja3(&h, room, ja3);
            hello_ja4(&h, 't', room, ja4);
            free(room);
        }
        guard_free(&g);
        b->p[i] = was;
    }
    ok(true, "every length a lie");
    ok(!parse(b, 0x0303, "", NULL), "no suites");
    ok(!parse(b, 0x0303, "c02b 00", NULL), "half a suite");
    ok(!parse(b, 0x4745, "c02b", NULL), "no version");
    b->len = 0;
    build_hex(b, "0303" RANDOM_A "21");
    build_zeros(b, 33);
    build_hex(b, "0002 c02b 0100");
    ok(!hello_parse_client(bytes_of(b->p, b->len), false, &h), "a session id of 33 bytes");
    b->len = 0;
    build_hex(b, "0002 0018 0000 0010 010080 030080");
    build_zeros(b, 40);
    ok(!hello_parse_client(bytes_of(b->p, b->len), false, &h), "an SSLv2 hello is none");
}

static void dtls(struct build *b)
{
    b->len = 0;
    build_hex(b, "fefd" RANDOM_A "00 03 aabbcc 0002 c02b 0100");
    ok(hello_parse_client(bytes_of(b->p, b->len), true, &h), "DTLS has a cookie");
    is_ja4('d', "dd2i010000_648b5c445417_000000000000", "  JA4");
}

static void server(struct build *b)
{
    struct server_hello s;
    struct guard g;
    size_t i;

    b->len = 0;
    tls_server_hello(b, RANDOM_B, 0x1301, true);
    ok(hello_parse_server(bytes_of(b->p + 4, b->len - 4), &s) && s.version == 0x0304 &&
           s.suite == 0x1301 && !s.retry,
       "a ServerHello of 1.3");
    for (i = 0; i < b->len - 4; i++) {
        g = guard_new(b->p + 4, i);
        hello_parse_server(bytes_of(g.p, g.len), &s);
        guard_free(&g);
    }
    b->len = 0;
    tls_server_hello(b, RETRY_RANDOM, 0x1301, true);
    ok(hello_parse_server(bytes_of(b->p + 4, b->len - 4), &s) && s.retry, "a HelloRetryRequest");
    b->len = 0;
    tls_server_hello(b, RANDOM_B, 0xc02f, false);
    ok(hello_parse_server(bytes_of(b->p + 4, b->len - 4), &s) && s.version == 0x0303, "of 1.2");
    is_str(hello_version_name(0x0304), "TLS 1.3", "a version's name");
    ok(!hello_version_name(0x0305), "no version");
}

int main(void)
{
    struct build b = { 0 };

    fingerprints(&b);
    hostile(&b);
    dtls(&b);
    server(&b);
    build_free(&b);
    return tap_done();
}
