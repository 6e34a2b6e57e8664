/*
 * pppoe: discovery and the end of a session (RFC 2516, RFC 4638).
 *
 * A PADT ends what the ppp dissector watches on the same conversation, so it is handed on.
 */
#include "config.h"

#include "dissectors/dissect.h"
#include "packet/packet.h"

#define TEXT_MAX 255u /* bytes of a name or an error text that are kept */

enum tag {
    TAG_END = 0x0000,
    TAG_SERVICE = 0x0101,
    TAG_AC = 0x0102,
    TAG_HOST_UNIQ = 0x0103,
    TAG_COOKIE = 0x0104,
    TAG_RELAY = 0x0110,
    TAG_MAX_PAYLOAD = 0x0120,
    TAG_SERVICE_ERROR = 0x0201,
    TAG_AC_ERROR = 0x0202,
    TAG_GENERIC_ERROR = 0x0203,
};

/* clang-format off */
static const struct fact_column columns[] = {
    { "code", FACT_INT, "", "of the packet", 0 },
    { "name", FACT_TEXT, "", "PADI, PADO, PADR, PADS, PADT, PADM, PADN", 0 },
    { "sent_by", FACT_TEXT, "", "a or b", 0 },
    { "session", FACT_INT, "", "session id; 0: none yet, in a PADS: refused", FACT_KEY },
    { "packet_frame", FACT_INT, "frame", "the packet", FACT_CITES },
    { "size", FACT_INT, "bytes", "true size of the frame", 0 },
    { "service", FACT_TEXT, "", "service name; empty: any; NULL: no such tag", 0 },
    { "ac", FACT_TEXT, "", "name of the access concentrator", 0 },
    { "host_uniq", FACT_BLOB, "", "which attempt of the host it belongs to", 0 },
    { "cookie", FACT_INT, "bool", "it carries an AC-Cookie", 0 },
    { "max_payload", FACT_INT, "bytes", "PPP-Max-Payload (RFC 4638)", 0 },
    { "error", FACT_TEXT, "", "service-name, ac-system or generic, if it carries an error", 0 },
    { "error_text", FACT_TEXT, "", "its words; in a PADT the reason", 0 },
    { "broken", FACT_INT, "bool", "a tag is longer than the packet", 0 },
};
static const struct fact_kind discovery_fact = {
    "pppoe_discovery", FACT_OF_FRAME, "a discovery packet of PPPoE", columns,
    sizeof(columns) / sizeof(columns[0]),
};
/* clang-format on */

static const struct fact_kind *const kinds[] = { &discovery_fact, NULL };

struct tags {
    struct fact_value service, ac, host_uniq, max_payload, error, error_text;
    bool cookie, broken;
};

static const char *code_name(uint8_t code)
{
    switch (code) {
    case 0x09:
        return "PADI";
    case 0x07:
        return "PADO";
    case 0x19:
        return "PADR";
    case 0x65:
        return "PADS";
    case 0xa7:
        return "PADT";
    case 0xd3:
        return "PADM";
    case 0xd4:
        return "PADN";
    default:
        return NULL;
    }
}

static struct fact_value text(struct bytes v)
{
    return fact_textn(v.p, v.left < TEXT_MAX ? v.left : TEXT_MAX);
}

static void one_tag(struct tags *t, uint16_t type, struct bytes v)
{
    switch (type) {
    case TAG_SERVICE:
        t->service = text(v);
        break;
    case TAG_AC:
        t->ac = text(v);
        break;
    case TAG_HOST_UNIQ:
        t->host_uniq = fact_blob(v.p, v.left < TEXT_MAX ? v.left : TEXT_MAX);
        break;
    case TAG_COOKIE:
        t->cookie = true;
        break;
    case TAG_MAX_PAYLOAD:
        if (v.left == 2)
            t->max_payload = fact_int(bytes_be16(&v));
        break;
    case TAG_SERVICE_ERROR:
    case TAG_AC_ERROR:
    case TAG_GENERIC_ERROR:
        t->error = fact_text(type == TAG_SERVICE_ERROR ? "service-name"
                             : type == TAG_AC_ERROR    ? "ac-system"
                                                       : "generic");
        t->error_text = text(v);
        break;
    default:
        break;
    }
}

static struct tags read_tags(struct bytes in)
{
    struct tags t = { fact_null(), fact_null(), fact_null(), fact_null(),
                      fact_null(), fact_null(), false,       false };

    while (in.left) {
        uint16_t type = bytes_be16(&in), len = bytes_be16(&in);
        struct bytes value = bytes_sub(&in, len);

        if (in.short_read) {
            t.broken = true;
            break;
        }
        if (type == TAG_END)
            break;
        one_tag(&t, type, value);
    }
    return t;
}

static enum dissect_result pppoe_packet(struct dissect_ctx *ctx, struct bytes in)
{
    const struct packet *p = ctx->packet;
    struct tags t = read_tags(in);

    fact_emit(ctx, &discovery_fact,
              (struct fact_value[]){
                  fact_int(p->pppoe_code),
                  fact_text(code_name(p->pppoe_code)),
                  fact_end(ctx->from),
                  fact_int(p->pppoe_session),
                  fact_int((int64_t)ctx->frame_no),
                  fact_int(p->true_len),
                  t.service,
                  t.ac,
                  t.host_uniq,
                  fact_int(t.cookie),
                  t.max_payload,
                  t.error,
                  t.error_text,
                  fact_int(t.broken),
              });
    if (p->pppoe_code == 0xa7)
        dissect_carried_packet(ctx, "ppp", 0, bytes_of(NULL, 0));
    return t.broken ? DISSECT_BAD : DISSECT_OK;
}

const struct dissector pppoe_dissector = {
    .name = "pppoe",
    .app = "PPPoE",
    .spec = "RFC 2516, RFC 4638",
    .facts = kinds,
    .packet = pppoe_packet,
};
