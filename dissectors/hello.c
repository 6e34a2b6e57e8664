#include "config.h"

#include "dissectors/hello.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

enum {
    EXT_SNI = 0,
    EXT_GROUPS = 10,
    EXT_FORMATS = 11,
    EXT_SIGNATURES = 13,
    EXT_ALPN = 16,
    EXT_VERSIONS = 43,
    EXT_KEY_SHARE = 51,
};

#define SSL_2 0x0002u

/* RFC 8446 section 4.1.3. */
static const uint8_t retry_random[HELLO_RANDOM_LEN] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

static bool is_grease(uint16_t v)
{
    return (v & 0x0f0f) == 0x0a0a && v >> 8 == (v & 0xff);
}

const char *hello_version_name(uint16_t version)
{
    switch (version) {
    case 0x0002: return "SSL 2.0";
    case 0x0300: return "SSL 3.0";
    case 0x0301: return "TLS 1.0";
    case 0x0302: return "TLS 1.1";
    case 0x0303: return "TLS 1.2";
    case 0x0304: return "TLS 1.3";
    case 0xfeff: return "DTLS 1.0";
    case 0xfefd: return "DTLS 1.2";
    case 0xfefc: return "DTLS 1.3";
    case 0x0100: return "DTLS 0.9"; /* GnuTLS' name for what OpenSSL had before DTLS 1.0 */
    default: return NULL;
    }
}

/* DTLS versions count downwards; this order counts up for both. */
static unsigned version_rank(uint16_t v)
{
    return v >> 8 == 0xfe ? 0x10000u - v : v;
}

static void read_versions(struct bytes data, struct client_hello *h)
{
    struct bytes list = bytes_sub(&data, bytes_u8(&data));

    h->max_version = 0; /* RFC 8446 section 4.2.1: where it is, legacy_version does not count */
    while (list.left >= 2) {
        uint16_t v = bytes_be16(&list);

        if (!is_grease(v) && hello_version_name(v) &&
            version_rank(v) > version_rank(h->max_version))
            h->max_version = v;
    }
}

static void read_sni(struct bytes data, struct client_hello *h)
{
    h->has_sni = true;
    bytes_skip(&data, 2);
    if (bytes_u8(&data) == 0) {
        uint16_t len = bytes_be16(&data);

        if (!data.short_read && len <= data.left)
            h->sni = bytes_sub(&data, len);
    }
}

static void read_extension(uint16_t type, struct bytes data, struct client_hello *h)
{
    switch (type) {
    case EXT_SNI:
        read_sni(data, h);
        break;
    case EXT_GROUPS:
        h->groups = bytes_sub(&data, bytes_be16(&data));
        break;
    case EXT_FORMATS:
        h->formats = bytes_sub(&data, bytes_u8(&data));
        break;
    case EXT_SIGNATURES:
        h->signatures = bytes_sub(&data, bytes_be16(&data));
        break;
    case EXT_ALPN:
        bytes_skip(&data, 2);
        h->alpn = bytes_sub(&data, bytes_u8(&data));
        break;
    case EXT_VERSIONS:
        read_versions(data, h);
        break;
    case EXT_KEY_SHARE:
        h->key_share = data;
        break;
    default:
        break;
    }
}

bool hello_parse_client(struct bytes body, bool dtls, struct client_hello *out)
{
    struct bytes in = body, ext;

    *out = (struct client_hello){ .body = body };
    out->legacy_version = out->max_version = bytes_be16(&in);
    out->random = bytes_take(&in, HELLO_RANDOM_LEN);
    out->session_id = bytes_sub(&in, bytes_u8(&in));
    if (dtls)
        out->cookie = bytes_sub(&in, bytes_u8(&in));
    out->suites = bytes_sub(&in, bytes_be16(&in));
    bytes_skip(&in, bytes_u8(&in)); /* compression methods */
    if (in.short_read || out->session_id.left > 32 || out->suites.left < 2 ||
        out->suites.left % 2 || !hello_version_name(out->legacy_version) ||
        (out->legacy_version >> 8 == 3) == dtls || out->legacy_version == SSL_2)
        return false;
    for (ext = out->suites; ext.left >= 2;)
        out->n_suites += !is_grease(bytes_be16(&ext));
    if (in.left < 2)
        return true;
    out->extensions = bytes_sub(&in, bytes_be16(&in));
    for (ext = out->extensions; ext.left >= 4;) {
        uint16_t type = bytes_be16(&ext), len = bytes_be16(&ext);

        if (len > ext.left)
            break;
        out->n_extensions += !is_grease(type);
        read_extension(type, bytes_sub(&ext, len), out);
    }
    if (!out->max_version) /* nothing in the list that we know */
        out->max_version = out->legacy_version;
    return true;
}

bool hello_parse_sslv2(struct bytes record, uint8_t random[HELLO_RANDOM_LEN], size_t *used,
                       struct client_hello *out)
{
    uint16_t head = bytes_be16(&record), len = head & 0x7fff, n_suites, n_session, n_challenge;
    struct bytes in = bytes_sub(&record, len), challenge;

    *out = (struct client_hello){ .body = in, .random = random };
    *used = 2u + len;
    if (!(head & 0x8000) || bytes_u8(&in) != 1)
        return false;
    out->legacy_version = out->max_version = bytes_be16(&in);
    n_suites = bytes_be16(&in);
    n_session = bytes_be16(&in);
    n_challenge = bytes_be16(&in);
    if (in.short_read || n_suites == 0 || n_suites % 3 || n_session > 32 || n_challenge < 16 ||
        n_challenge > HELLO_RANDOM_LEN || len != 9u + n_suites + n_session + n_challenge ||
        (out->legacy_version != SSL_2 && out->legacy_version >> 8 != 3) ||
        !hello_version_name(out->legacy_version))
        return false;
    out->n_suites = n_suites / 3u;
    bytes_skip(&in, n_suites);
    out->session_id = bytes_sub(&in, n_session);
    challenge = in;
    memset(random, 0, HELLO_RANDOM_LEN);
    bytes_copy(&in, random + HELLO_RANDOM_LEN - n_challenge, n_challenge);
    return challenge.left == n_challenge;
}

bool hello_parse_server(struct bytes body, struct server_hello *out)
{
    struct bytes in = body, ext;

    *out = (struct server_hello){ 0 };
    out->version = bytes_be16(&in);
    out->random = bytes_take(&in, HELLO_RANDOM_LEN);
    out->session_id = bytes_sub(&in, bytes_u8(&in));
    out->suite = bytes_be16(&in);
    bytes_u8(&in); /* compression */
    if (in.short_read || out->session_id.left > 32 || !hello_version_name(out->version))
        return false;
    out->retry = memcmp(out->random, retry_random, sizeof(retry_random)) == 0;
    if (in.left < 2)
        return true;
    for (ext = bytes_sub(&in, bytes_be16(&in)); ext.left >= 4;) {
        uint16_t type = bytes_be16(&ext), len = bytes_be16(&ext);
        struct bytes data = bytes_sub(&ext, len);

        if (type == EXT_VERSIONS && len == 2)
            out->version = bytes_be16(&data);
    }
    return true;
}

/* -- fingerprints ------------------------------------------------------------------------------ */

size_t hello_scratch_len(const struct client_hello *h)
{
    return h->body.left * 4 + 256; /* two bytes become "65535-" at most */
}

static const char digits[] = "0123456789abcdef";

/* Written by hand: a capture of TLS has some forty numbers in each of its hellos. */
static char *put_decimal(char *out, uint16_t v)
{
    char reversed[5];
    size_t n = 0;

    do
        reversed[n++] = digits[v % 10];
    while (v /= 10);
    while (n)
        *out++ = reversed[--n];
    return out;
}

static char *put_hex(char *out, uint16_t v)
{
    int shift;

    for (shift = 12; shift >= 0; shift -= 4)
        *out++ = digits[v >> shift & 15];
    return out;
}

/* The digits of a digest, NUL behind them. */
static void hex(const uint8_t *p, size_t n, char *out)
{
    size_t i;

    for (i = 0; i < n; i++) {
        *out++ = digits[p[i] >> 4];
        *out++ = digits[p[i] & 15];
    }
    *out = '\0';
}

static char *put_list(char *out, struct bytes list, unsigned width)
{
    const char *start = out;

    while (list.left >= width) {
        uint16_t v = width == 1 ? bytes_u8(&list) : bytes_be16(&list);

        if (width == 2 && is_grease(v))
            continue;
        if (out != start)
            *out++ = '-';
        out = put_decimal(out, v);
    }
    return out;
}

void hello_ja3(const struct client_hello *h, void *scratch, char out[HELLO_JA3_LEN])
{
    char *text = scratch, *at = put_decimal(text, h->legacy_version), *first;
    struct bytes ext;
    uint8_t sum[MD5_LEN];

    *at++ = ',';
    at = put_list(at, h->suites, 2);
    *at++ = ',';
    first = at;
    for (ext = h->extensions; ext.left >= 4;) {
        uint16_t type = bytes_be16(&ext);

        bytes_skip(&ext, bytes_be16(&ext));
        if (ext.short_read)
            break;
        if (is_grease(type))
            continue;
        if (at != first)
            *at++ = '-';
        at = put_decimal(at, type);
    }
    *at++ = ',';
    at = put_list(at, h->groups, 2);
    *at++ = ',';
    at = put_list(at, h->formats, 1);
    md5(text, (size_t)(at - text), sum);
    hex(sum, sizeof(sum), out);
}

static int by_value(const void *x, const void *y)
{
    const uint16_t *a = x, *b = y;

    return (*a > *b) - (*a < *b);
}

/* The first 12 hex digits of SHA-256 over "0a0b,0c0d_0e0f": sorted list, then `tail` unsorted. */
static void ja4_hash(uint16_t *list, size_t n, struct bytes tail, char *text, char out[13])
{
    uint8_t sum[SHA256_LEN];
    char *at = text;
    size_t i;

    if (n == 0) {
        memcpy(out, "000000000000", 13);
        return;
    }
    qsort(list, n, sizeof(*list), by_value);
    for (i = 0; i < n; i++) {
        if (i)
            *at++ = ',';
        at = put_hex(at, list[i]);
    }
    for (i = 0; tail.left >= 2;) {
        uint16_t v = bytes_be16(&tail);

        if (is_grease(v))
            continue;
        *at++ = i++ ? ',' : '_';
        at = put_hex(at, v);
    }
    sha256(text, (size_t)(at - text), sum);
    hex(sum, 6, out);
}

static const char *ja4_version(uint16_t v)
{
    switch (v) {
    case 0x0304: return "13";
    case 0x0303: return "12";
    case 0x0302: return "11";
    case 0x0301: return "10";
    case 0x0300: return "s3";
    case 0xfeff: return "d1";
    case 0xfefd: return "d2";
    case 0xfefc: return "d3";
    default: return "00";
    }
}

/* First and last character of the first ALPN value; of its hex form if they are no letters. */
static void ja4_alpn(struct bytes alpn, char out[3])
{
    memcpy(out, "00", 3);
    if (alpn.left == 0)
        return;
    out[0] = (char)alpn.p[0];
    out[1] = (char)alpn.p[alpn.left - 1];
    if (!isalnum((unsigned char)out[0]) || !isalnum((unsigned char)out[1])) {
        out[0] = digits[alpn.p[0] >> 4];
        out[1] = digits[alpn.p[alpn.left - 1] & 15];
    }
}

void hello_ja4(const struct client_hello *h, char transport, void *scratch,
               char out[HELLO_JA4_LEN])
{
    uint16_t *list = scratch;
    char *text, alpn[3], suites[13], extensions[13];
    struct bytes in;
    size_t n = 0;

    for (in = h->suites; in.left >= 2;) {
        uint16_t v = bytes_be16(&in);

        if (!is_grease(v))
            list[n++] = v;
    }
    text = (char *)(list + n);
    ja4_hash(list, n, bytes_of(NULL, 0), text, suites);
    n = 0;
    for (in = h->extensions; in.left >= 4;) {
        uint16_t type = bytes_be16(&in);

        bytes_skip(&in, bytes_be16(&in));
        if (in.short_read)
            break;
        if (!is_grease(type) && type != EXT_SNI && type != EXT_ALPN)
            list[n++] = type;
    }
    text = (char *)(list + n);
    ja4_hash(list, n, h->signatures, text, extensions);
    ja4_alpn(h->alpn, alpn);
    snprintf(out, HELLO_JA4_LEN, "%c%s%c%02u%02u%s_%s_%s", transport, ja4_version(h->max_version),
             h->has_sni ? 'd' : 'i', h->n_suites > 99 ? 99 : h->n_suites,
             h->n_extensions > 99 ? 99 : h->n_extensions, alpn, suites, extensions);
}
