/*
 * hello: ClientHello and ServerHello bodies, wherever they travel (TLS, DTLS, QUIC, OpenVPN).
 *
 * Views only: every pointer goes into the bytes that were handed in.  Sources: RFC 8446 sections
 * 4.1.2-4.2, RFC 5246 section 7.4.1 and appendix E, RFC 8701 (GREASE); fingerprints JA3
 * (salesforce/ja3) and JA4 (FoxIO-LLC/ja4, BSD-licensed part).
 */
#ifndef DISSECTORS_HELLO_H
#define DISSECTORS_HELLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define HELLO_MAX         (64u * 1024) /* bytes of one hello; more is not believed */
#define HELLO_RANDOM_LEN  32
#define HELLO_RANDOM_TAIL 28u /* behind what was once a clock (RFC 5246 section 7.4.1.2) */
#define HELLO_JA3_LEN     33
#define HELLO_JA4_LEN     40

struct client_hello {
    uint16_t legacy_version, max_version; /* max: supported_versions, else legacy */
    const uint8_t *random;                /* HELLO_RANDOM_LEN bytes */
    struct bytes body, session_id, cookie, suites, extensions, sni, alpn, key_share, groups,
        formats, signatures;
    uint32_t n_suites, n_extensions; /* without GREASE */
    bool has_sni;
};

struct server_hello {
    uint16_t version; /* negotiated */
    const uint8_t *random;
    struct bytes session_id;
    uint16_t suite;
    bool retry; /* HelloRetryRequest: the random is SHA-256("HelloRetryRequest") */
};

/* False: not a hello, or cut.  `body` is what follows type and length; DTLS has a cookie in it. */
bool hello_parse_client(struct bytes body, bool dtls, struct client_hello *out);
bool hello_parse_server(struct bytes body, struct server_hello *out);

/*
 * The hello of SSL 2.0, in which clients also offered newer versions (RFC 5246 appendix E.2).
 * `record` begins with its two bytes of length; *used is how long it is.  Its challenge becomes the
 * random, in `random`, with zeros in front.  It has neither suites of two bytes nor extensions.
 */
bool hello_parse_sslv2(struct bytes record, uint8_t random[HELLO_RANDOM_LEN], size_t *used,
                       struct client_hello *out);

/* Room that the fingerprints need for a hello of this size. */
size_t hello_scratch_len(const struct client_hello *h);

/* MD5 in hex.  `scratch` holds hello_scratch_len bytes. */
void hello_ja3(const struct client_hello *h, void *scratch, char out[HELLO_JA3_LEN]);
/* `transport`: 't' TCP, 'q' QUIC, 'd' DTLS. */
void hello_ja4(const struct client_hello *h, char transport, void *scratch,
               char out[HELLO_JA4_LEN]);

/* "TLS 1.2"; NULL for a number that is none. */
const char *hello_version_name(uint16_t version);

#endif
