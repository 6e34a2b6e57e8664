/*
 * dns: DNS over UDP, to name it.
 *
 * No facts yet.  Claimed by content on its port only: multicast DNS and LLMNR have the same
 * messages and other names.
 */
#include "config.h"

#include "dissectors/dissect.h"
#include "flow/flow.h"

#define PORT_DNS 53u

/* RFC 1035 section 4.1.2; false: no name, or it does not end in these bytes. */
static bool skip_name(struct bytes *in)
{
    unsigned n, labels;

    for (labels = 0; labels < 128; labels++) {
        n = bytes_u8(in);
        if (!n)
            return !in->short_read;
        if (n > 63 || !bytes_have(in, n))
            return false;
        bytes_skip(in, n);
    }
    return false;
}

/* RFC 1035 section 4.1.1: one question, an opcode and a code that are assigned, no more answers
 * than fit. */
static bool dns_claims(const struct dissect_ctx *ctx, struct bytes in)
{
    unsigned flags, questions, answers, type, class;
    size_t left = in.left;

    if (flow_port(ctx->flow, 0) != PORT_DNS && flow_port(ctx->flow, 1) != PORT_DNS)
        return false;
    bytes_skip(&in, 2);
    flags = bytes_be16(&in);
    questions = bytes_be16(&in);
    answers = bytes_be16(&in);
    bytes_skip(&in, 4);
    if ((flags >> 11 & 15) > 6 || flags & 0x40 || questions != 1 || answers > left / 11)
        return false;
    if (!skip_name(&in))
        return false;
    type = bytes_be16(&in);
    class = bytes_be16(&in);
    return type && !in.short_read && (class == 1 || class == 3 || class == 4 || class == 255);
}

static enum dissect_result dns_packet(struct dissect_ctx *ctx, struct bytes in)
{
    (void)ctx;
    (void)in;
    return DISSECT_OK;
}

const struct dissector dns_dissector = {
    .name = "dns",
    .app = "DNS",
    .spec = "RFC 1035",
    .claims = dns_claims,
    .packet = dns_packet,
};
