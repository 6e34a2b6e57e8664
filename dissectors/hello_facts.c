#include "config.h"

#include "dissectors/hello_facts.h"

#include "base/digest.h"
#include "dissectors/dissect.h"
#include "dissectors/hello.h"
#include "packet/packet.h"

/* clang-format off */
static const struct fact_column client_columns[] = {
    { "hello_frame", FACT_INT, "frame", "the frame in which the hello ends", FACT_CITES_ORDINARY | FACT_IS_FRAME },
    { "carrier", FACT_TEXT, "", "tls, dtls, quic, openvpn", 0 },
    { "lane", FACT_INT, "", "inner conversation of the flow; DTLS, QUIC: how often a client started before", 0 },
    { "sent_by", FACT_TEXT, "", "a or b", 0 },
    { "version", FACT_TEXT, "", "highest version offered", 0 },
    { "random", FACT_BLOB, "", "client random, 32 bytes", FACT_IS_RANDOM },
    { "random_head", FACT_BLOB, "", "its first 4 bytes: old stacks put a clock there", 0 },
    { "random_tail", FACT_BLOB, "", "its last 28 bytes", FACT_KEY },
    { "session_id", FACT_BLOB, "", "legacy session id", 0 },
    { "sni", FACT_TEXT, "", "server name", 0 },
    { "alpn", FACT_TEXT, "", "first application protocol offered", 0 },
    { "n_suites", FACT_INT, "", "cipher suites offered, GREASE left out", 0 },
    { "ja3", FACT_TEXT, "", "JA3 fingerprint", 0 },
    { "ja4", FACT_TEXT, "", "JA4 fingerprint", 0 },
    { "key_share", FACT_BLOB, "", "first 8 bytes of SHA-256 of the key shares; NULL: none sent", 0 },
    { "body", FACT_BLOB, "", "first 8 bytes of SHA-256 of the whole hello", 0 },
    { "again", FACT_INT, "bool", "answers a HelloRetryRequest or HelloVerifyRequest: same random by design", 0 },
    { "random_at", FACT_INT, "bytes", "where the random starts in the frame; NULL: not in one piece", 0 },
};
const struct fact_kind client_hello_fact = {
    "tls_client_hello", FACT_OF_FRAME, "a ClientHello", client_columns,
    sizeof(client_columns) / sizeof(client_columns[0]),
};

static const struct fact_column server_columns[] = {
    { "hello_frame", FACT_INT, "frame", "the frame in which the hello ends", FACT_CITES_ORDINARY | FACT_IS_FRAME },
    { "carrier", FACT_TEXT, "", "tls, dtls, quic, openvpn", 0 },
    { "lane", FACT_INT, "", "inner conversation of the flow; DTLS, QUIC: how often a client started before", 0 },
    { "sent_by", FACT_TEXT, "", "a or b", 0 },
    { "version", FACT_TEXT, "", "version chosen", 0 },
    { "random", FACT_BLOB, "", "server random, 32 bytes", 0 },
    { "session_id", FACT_BLOB, "", "session id", 0 },
    { "suite", FACT_INT, "", "cipher suite chosen", 0 },
    { "retry", FACT_INT, "bool", "it is a HelloRetryRequest (RFC 8446 section 4.1.4)", 0 },
};
const struct fact_kind server_hello_fact = {
    "tls_server_hello", FACT_OF_FRAME, "a ServerHello or HelloRetryRequest", server_columns,
    sizeof(server_columns) / sizeof(server_columns[0]),
};
/* clang-format on */

/* Where `p` lies in the frame, if it lies there. */
static struct fact_value place(const struct dissect_ctx *ctx, const uint8_t *p)
{
    const struct packet *f = ctx->packet;
    uintptr_t at = (uintptr_t)p, start = f ? (uintptr_t)f->bytes : 0;

    if (!f || at < start || at >= start + f->cap_len)
        return fact_null();
    return fact_int((int64_t)(at - start));
}

static struct fact_value short_hash(struct bytes in, uint8_t sum[SHA256_LEN])
{
    sha256(in.p, in.left, sum);
    return fact_blob(sum, 8);
}

static struct fact_value text_or_null(struct bytes in)
{
    return in.left ? fact_textn(in.p, in.left) : fact_null();
}

void hello_emit_client(struct dissect_ctx *ctx, const struct client_hello *h, const char *carrier,
                       bool again)
{
    char ja3[HELLO_JA3_LEN], ja4[HELLO_JA4_LEN];
    uint8_t body[SHA256_LEN], share[SHA256_LEN];
    void *scratch = h->suites.left ? dissect_scratch(ctx, hello_scratch_len(h)) : NULL;
    char transport = carrier[0] == 'q' ? 'q' : carrier[0] == 'd' ? 'd' : 't';

    dissect_count(ctx, COUNT_CLIENT_HELLO);
    if (scratch) {
        hello_ja3(h, scratch, ja3);
        hello_ja4(h, transport, scratch, ja4);
    }
    fact_emit(ctx, &client_hello_fact,
              (struct fact_value[]){
                  fact_int((int64_t)ctx->frame_no),
                  fact_text(carrier),
                  fact_int(ctx->lane),
                  fact_end(ctx->from),
                  fact_text(hello_version_name(h->max_version)),
                  fact_blob(h->random, HELLO_RANDOM_LEN),
                  fact_blob(h->random, HELLO_RANDOM_LEN - HELLO_RANDOM_TAIL),
                  fact_blob(h->random + HELLO_RANDOM_LEN - HELLO_RANDOM_TAIL, HELLO_RANDOM_TAIL),
                  fact_blob(h->session_id.p, h->session_id.left),
                  text_or_null(h->sni),
                  text_or_null(h->alpn),
                  fact_int(h->n_suites),
                  scratch ? fact_text(ja3) : fact_null(),
                  scratch ? fact_text(ja4) : fact_null(),
                  h->key_share.left ? short_hash(h->key_share, share) : fact_null(),
                  short_hash(h->body, body),
                  fact_int(again),
                  place(ctx, h->random),
              });
}

void hello_emit_server(struct dissect_ctx *ctx, const struct server_hello *h, const char *carrier)
{
    fact_emit(ctx, &server_hello_fact,
              (struct fact_value[]){
                  fact_int((int64_t)ctx->frame_no),
                  fact_text(carrier),
                  fact_int(ctx->lane),
                  fact_end(ctx->from),
                  fact_text(hello_version_name(h->version)),
                  fact_blob(h->random, HELLO_RANDOM_LEN),
                  fact_blob(h->session_id.p, h->session_id.left),
                  fact_int(h->suite),
                  fact_int(h->retry),
              });
}
