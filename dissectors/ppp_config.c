#include "config.h"

#include "dissectors/ppp_config.h"

#include <stdarg.h>
#include <stdio.h>

#include "packet/packet.h"

/* clang-format off */
static const struct {
    uint16_t protocol, data;
    const char *name;
} layers[PPP_LAYERS] = {
    { 0xc021, 0,      "lcp" },
    { 0x8021, 0x0021, "ipcp" },
    { 0x8057, 0x0057, "ipv6cp" },
    { 0x80fd, 0x00fd, "ccp" },
    { 0x8053, 0x0053, "ecp" },
    { 0x8281, 0x0281, "mplscp" },
    { 0x8031, 0x0031, "bcp" },
    { 0x802b, 0x002b, "ipxcp" },
    { 0x8207, 0x0207, "cdpcp" },
};

enum form { FORM_HEX, FORM_NUMBER, FORM_ADDRESS, FORM_INTERFACE, FORM_AUTH, FORM_NONE };

static const struct option {
    uint8_t layer, type;
    enum form form;
    const char *name;
} options[] = {
    { PPP_LCP, 1, FORM_NUMBER, "mru" },
    { PPP_LCP, 2, FORM_HEX, "accm" },
    { PPP_LCP, 3, FORM_AUTH, "auth" },
    { PPP_LCP, 4, FORM_HEX, "quality" },
    { PPP_LCP, 5, FORM_HEX, "magic" },
    { PPP_LCP, 7, FORM_NONE, "pfc" },
    { PPP_LCP, 8, FORM_NONE, "acfc" },
    { PPP_LCP, 13, FORM_HEX, "callback" },
    { PPP_LCP, 17, FORM_NUMBER, "mrru" },
    { PPP_LCP, 18, FORM_NONE, "short-sequence" },
    { PPP_LCP, 19, FORM_HEX, "endpoint" },
    { PPP_IPCP, 1, FORM_HEX, "addresses" },
    { PPP_IPCP, 2, FORM_HEX, "compression" },
    { PPP_IPCP, 3, FORM_ADDRESS, "address" },
    { PPP_IPCP, 129, FORM_ADDRESS, "dns" },
    { PPP_IPCP, 130, FORM_ADDRESS, "nbns" },
    { PPP_IPCP, 131, FORM_ADDRESS, "dns2" },
    { PPP_IPCP, 132, FORM_ADDRESS, "nbns2" },
    { PPP_IPV6CP, 1, FORM_INTERFACE, "interface" },
    { PPP_IPV6CP, 2, FORM_HEX, "compression" },
};
/* clang-format on */

int ppp_layer_of(uint16_t protocol)
{
    unsigned i;

    for (i = 0; i < PPP_LAYERS; i++)
        if (layers[i].protocol == protocol)
            return (int)i;
    return -1;
}

int ppp_layer_of_data(uint16_t protocol)
{
    unsigned i;

    for (i = 1; i < PPP_LAYERS; i++)
        if (layers[i].data == protocol)
            return (int)i;
    return -1;
}

const char *ppp_layer_name(unsigned layer)
{
    return layer < PPP_LAYERS ? layers[layer].name : "?";
}

struct text {
    char *out;
    size_t len;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *fmt, ...)
{
    va_list ap;
    int n;

    if (t->len + 1 >= PPP_OPTIONS_TEXT)
        return;
    va_start(ap, fmt);
    n = vsnprintf(t->out + t->len, PPP_OPTIONS_TEXT - t->len, fmt, ap);
    va_end(ap);
    if (n > 0)
        t->len += (size_t)n < PPP_OPTIONS_TEXT - t->len ? (size_t)n : PPP_OPTIONS_TEXT - 1 - t->len;
}

/* The authentication that is asked for (RFC 1661 section 6.2, RFC 1994 section 3). */
static void add_auth(struct text *t, struct bytes v)
{
    uint16_t protocol = bytes_be16(&v);
    uint8_t algorithm = bytes_u8(&v);

    if (protocol == 0xc023)
        add(t, " pap");
    else if (protocol == 0xc227)
        add(t, " eap");
    else if (protocol != 0xc223)
        add(t, " %04x", protocol);
    else
        add(t, " chap-%s",
            algorithm == 5      ? "md5"
            : algorithm == 0x80 ? "ms"
            : algorithm == 0x81 ? "ms-v2"
                                : "other");
}

static void add_value(struct text *t, enum form form, struct bytes v)
{
    struct ip_addr a = { .family = 4 };
    char address[IP_ADDR_LEN];

    if (form == FORM_ADDRESS && v.left == 4) {
        bytes_copy(&v, a.b, 4);
        add(t, " %s", ip_addr_text(&a, address));
    } else if (form == FORM_NUMBER && v.left == 2) {
        add(t, " %u", bytes_be16(&v));
    } else if (form == FORM_AUTH) {
        add_auth(t, v);
    } else if (v.left) {
        add(t, " ");
        while (v.left)
            add(t, "%02x", bytes_u8(&v));
    }
}

/* The next option; false: there is none, or it is broken (`in` is then marked). */
static bool next_option(struct bytes *in, uint8_t *type, struct bytes *value)
{
    uint8_t len;

    if (!in->left)
        return false;
    *type = bytes_u8(in);
    len = bytes_u8(in);
    if (in->short_read || len < 2 || len - 2u > in->left) {
        in->short_read = true;
        return false;
    }
    *value = bytes_sub(in, len - 2u);
    return true;
}

bool ppp_options_text(unsigned layer, struct bytes in, char out[PPP_OPTIONS_TEXT])
{
    struct text t = { out, 0 };
    struct bytes value;
    uint8_t type;

    out[0] = '\0';
    while (next_option(&in, &type, &value)) {
        const struct option *o = NULL;
        size_t i;

        for (i = 0; i < sizeof(options) / sizeof(options[0]) && !o; i++)
            if (options[i].layer == layer && options[i].type == type)
                o = &options[i];
        add(&t, "%s", t.len ? ", " : "");
        if (o)
            add(&t, "%s", o->name);
        else
            add(&t, "option-%u", type);
        add_value(&t, o ? o->form : FORM_HEX, value);
    }
    return !in.short_read;
}

bool ppp_options_address(unsigned layer, struct bytes in, char out[48])
{
    struct bytes value;
    uint8_t type;

    while (next_option(&in, &type, &value)) {
        struct ip_addr a = { .family = 4 };

        if (layer == PPP_IPCP && type == 3 && value.left == 4) {
            bytes_copy(&value, a.b, 4);
        } else if (layer == PPP_IPV6CP && type == 1 && value.left == 8) {
            a = (struct ip_addr){ .family = 6, .b = { 0xfe, 0x80 } };
            bytes_copy(&value, a.b + 8, 8);
        } else {
            continue;
        }
        if (a.family == 4 && !(a.b[0] | a.b[1] | a.b[2] | a.b[3]))
            return false;
        ip_addr_text(&a, out);
        return true;
    }
    return false;
}
