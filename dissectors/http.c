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

#define REQUEST_LINE_MAX 8192u /* RFC 9112 section 3: what should be read at least */
#define NAME_MAX_LEN     20u   /* of a field's name that is looked for, colon included */

/* Where a direction stands. */
enum at { AT_BODY, AT_LINE, IN_SECRET, IN_LINE };

struct http_state {
    uint8_t at[2]; /* enum at, by end */
};

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
    static const struct {
        const char *name;
        size_t len;
    } methods[] = { { "GET ", 4 },    { "POST ", 5 },    { "HEAD ", 5 },  { "PUT ", 4 },
                    { "DELETE ", 7 }, { "OPTIONS ", 8 }, { "PATCH ", 6 }, { "TRACE ", 6 } };
    struct bytes rest = in, line;
    uint8_t first = bytes_peek(&in, 0);
    size_t i, n = 0;

    for (i = 0; i < sizeof(methods) / sizeof(methods[0]) && !n; i++)
        if ((uint8_t)methods[i].name[0] == first && in.left > methods[i].len &&
            memcmp(in.p, methods[i].name, methods[i].len) == 0)
            n = methods[i].len;
    if (!n)
        return false;
    rest.left = rest.left < REQUEST_LINE_MAX ? rest.left : REQUEST_LINE_MAX;
    if (!next_line(&rest, &line)) /* a long one: RTSP and SIP targets begin with their scheme */
        return in.p[n] == '/' || (in.left - n >= 7 && memcmp(in.p + n, "http://", 7) == 0);
    return line.left > n + 9 && memcmp(line.p + line.left - 9, " HTTP/1.", 8) == 0;
}

static bool http_claims(const struct dissect_ctx *ctx, struct bytes in)
{
    (void)ctx;
    return is_request(in);
}

/* RFC 9110 sections 11.6.2 and 11.7.2: how long the name of the field is, if it holds credentials.
 */
static size_t secret_name(struct bytes line)
{
    static const char *const fields[] = { "Authorization:", "Proxy-Authorization:" };
    size_t i;

    for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        size_t len = strlen(fields[i]);

        if (line.left >= len && strncasecmp((const char *)line.p, fields[i], len) == 0)
            return len;
    }
    return 0;
}

/*
 * The head of a request, piece by piece.  Bytes are hidden in the piece that brings them, so that
 * only those are: what was gathered first could no longer be told from its neighbours.  False: a
 * name is not whole, and more must come.
 */
static bool head(struct dissect_ctx *ctx, uint8_t *at, struct bytes *in)
{
    while (in->left && *at != AT_BODY) {
        const uint8_t *end = memchr(in->p, '\n', in->left);
        struct bytes line = bytes_of(in->p, end ? (size_t)(end - in->p) : in->left);
        size_t name = *at == AT_LINE ? secret_name(line) : 0;

        if (*at == AT_LINE && !end && !name && line.left < NAME_MAX_LEN)
            return false;
        if (*at == IN_SECRET || name)
            dissect_secret(ctx, line.p + name, line.left - name);
        bytes_skip(in, line.left + (end != NULL));
        if (!end)
            *at = *at == IN_SECRET || name ? IN_SECRET : IN_LINE;
        else if (*at == AT_LINE && (line.left == 0 || (line.left == 1 && line.p[0] == '\r')))
            *at = is_request(*in) ? AT_LINE : AT_BODY; /* the next one may follow at once */
        else
            *at = AT_LINE;
    }
    return true;
}

static enum dissect_result http_stream(struct dissect_ctx *ctx, struct bytes in, size_t *used)
{
    struct http_state *st = dissect_state(ctx);
    uint8_t *at = &st->at[ctx->from];
    size_t total = in.left;

    if (ctx->after_gap)
        *at = AT_BODY;
    if (*at == AT_BODY && is_request(in))
        *at = AT_LINE;
    *used = total;
    if (head(ctx, at, &in)) /* an answer and a body go by */
        return DISSECT_OK;
    *used = total - in.left;
    return DISSECT_MORE;
}

const struct dissector http_dissector = {
    .name = "http",
    .app = "HTTP",
    .spec = "RFC 9110, RFC 9112",
    .state_size = sizeof(struct http_state),
    .claims = http_claims,
    .stream = http_stream,
};
