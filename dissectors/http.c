/*
 * http: HTTP/1 in clear, to name it and to hide what authorizes it.
 *
 * No facts: what died of a connection is in its TCP life.  A conversation is claimed at a request;
 * CONNECT is not, since what follows it is another protocol's (RFC 9110 section 9.3.6).
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "dissectors/dissect.h"

#define LINE_MAX_HTTP                                                                              \
    8192u               /* RFC 9112 section 3: what a request line should be read up to at least */
#define HEAD_MAX 16384u /* bytes of a request's head that are waited for */

/* The line at the start of `in` without its end; false: the end is not there. */
static bool next_line(struct bytes *in, struct bytes *line)
{
    const uint8_t *end = in->left ? memchr(in->p, '\n', in->left) : NULL;
    size_t len;

    if (!end)
        return false;
    len = (size_t)(end - in->p);
    *line = bytes_of(in->p, len && in->p[len - 1] == '\r' ? len - 1 : len);
    bytes_skip(in, len + 1);
    return true;
}

/* RFC 9112 section 3: method SP request-target SP HTTP-version. */
static bool is_request(struct bytes in)
{
    static const char *const methods[] = { "GET ",    "POST ",    "HEAD ",  "PUT ",
                                           "DELETE ", "OPTIONS ", "PATCH ", "TRACE " };
    struct bytes rest = in, line;
    size_t i, n = 0;

    for (i = 0; i < sizeof(methods) / sizeof(methods[0]) && !n; i++) {
        size_t len = strlen(methods[i]);

        if (in.left > len && memcmp(in.p, methods[i], len) == 0)
            n = len;
    }
    if (!n)
        return false;
    rest.left = rest.left < LINE_MAX_HTTP ? rest.left : LINE_MAX_HTTP;
    if (!next_line(&rest, &line)) /* a long one: RTSP and SIP targets begin with their scheme */
        return in.p[n] == '/' || (in.left - n >= 7 && memcmp(in.p + n, "http://", 7) == 0);
    return line.left > n + 9 && memcmp(line.p + line.left - 9, " HTTP/1.", 8) == 0;
}

static bool http_claims(const struct dissect_ctx *ctx, struct bytes in)
{
    (void)ctx;
    return is_request(in);
}

/* RFC 9110 sections 11.6.2 and 11.7.2. */
static void hide(struct dissect_ctx *ctx, struct bytes line)
{
    static const char *const fields[] = { "Authorization:", "Proxy-Authorization:" };
    size_t i;

    for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        size_t len = strlen(fields[i]);

        if (line.left > len && strncasecmp((const char *)line.p, fields[i], len) == 0)
            dissect_secret(ctx, line.p + len, line.left - len);
    }
}

static enum dissect_result http_stream(struct dissect_ctx *ctx, struct bytes in, size_t *used)
{
    size_t total = in.left;
    struct bytes line = { 0 };

    *used = total;
    if (ctx->after_gap || !is_request(in))
        return DISSECT_OK; /* an answer, a body, the rest of either */
    while (next_line(&in, &line)) {
        if (!line.left)
            return DISSECT_OK;
        hide(ctx, line);
    }
    hide(ctx, in); /* as far as it goes: the rest may never come */
    if (total >= HEAD_MAX)
        return DISSECT_OK;
    *used = 0;
    return DISSECT_MORE;
}

const struct dissector http_dissector = {
    .name = "http",
    .app = "HTTP",
    .spec = "RFC 9110, RFC 9112",
    .claims = http_claims,
    .stream = http_stream,
};
