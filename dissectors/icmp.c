/*
 * icmp: errors of the network about a conversation (RFC 792, RFC 4443).
 *
 * The fact belongs to the conversation that the error quotes, not to the ICMP message's own flow.
 */
#include "config.h"

#include "dissectors/dissect.h"
#include "packet/packet.h"

/* clang-format off */
static const struct fact_column columns[] = {
    { "error_frame", FACT_INT, "frame", "the ICMP message", FACT_CITES },
    { "sent_by", FACT_TEXT, "", "who sent the error", 0 },
    { "about", FACT_TEXT, "", "a or b: whose packet it is about", 0 },
    { "type", FACT_INT, "", "ICMP type", 0 },
    { "code", FACT_INT, "", "ICMP code", 0 },
    { "name", FACT_TEXT, "", "what they mean", 0 },
    { "quoted", FACT_INT, "", "first byte behind the UDP or TCP header that it quotes; NULL: quotes none", 0 },
};
static const struct fact_kind error_fact = {
    "icmp_error", FACT_OF_FRAME, "an ICMP error about a conversation", columns,
    sizeof(columns) / sizeof(columns[0]),
};
/* clang-format on */

static const struct fact_kind *const kinds[] = { &error_fact, NULL };

static const char *unreachable(uint8_t code)
{
    static const char *const names[] = {
        "network unreachable", "host unreachable",     "protocol unreachable",
        "port unreachable",    "fragmentation needed", "source route failed",
    };

    if (code < sizeof(names) / sizeof(names[0]))
        return names[code];
    return code == 9 || code == 10 || code == 13 ? "administratively prohibited" : "unreachable";
}

static const char *unreachable6(uint8_t code)
{
    static const char *const names[] = {
        "no route to destination",
        "administratively prohibited",
        "beyond scope of source address",
        "address unreachable",
        "port unreachable",
    };

    return code < sizeof(names) / sizeof(names[0]) ? names[code] : "unreachable";
}

static const char *name_of(const struct packet *p)
{
    if (p->l4 == 1)
        return p->icmp_type == 3    ? unreachable(p->icmp_code)
               : p->icmp_type == 11 ? "time exceeded"
               : p->icmp_type == 5  ? "redirect"
               : p->icmp_type == 4  ? "source quench"
                                    : "parameter problem";
    return p->icmp_type == 1   ? unreachable6(p->icmp_code)
           : p->icmp_type == 2 ? "packet too big"
           : p->icmp_type == 3 ? "time exceeded"
                               : "parameter problem";
}

static enum dissect_result icmp_packet(struct dissect_ctx *ctx, struct bytes in)
{
    const struct packet *p = ctx->packet;
    char from[IP_ADDR_LEN];

    (void)in;
    fact_emit(ctx, &error_fact,
              (struct fact_value[]){
                  fact_int((int64_t)ctx->frame_no),
                  fact_text(ip_addr_text(&p->src, from)),
                  fact_end(ctx->from),
                  fact_int(p->icmp_type),
                  fact_int(p->icmp_code),
                  fact_text(name_of(p)),
                  fact_int_if(p->quoted.carries, p->quoted.first),
              });
    return DISSECT_OK;
}

const struct dissector icmp_dissector = {
    .name = "icmp",
    .spec = "RFC 792, RFC 4443",
    .facts = kinds,
    .packet = icmp_packet,
};
