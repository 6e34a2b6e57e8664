#include "config.h"

#include "frame/layers.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/str.h"
#include "base/vec.h"
#include "capture/capture.h"
#include "frame/frame.h"
#include "packet/mark.h"
#include "packet/packet.h"

#define ARROW " \xe2\x86\x92 "

static void add_mac(struct str *s, struct bytes *b)
{
    struct ip_addr a = { .family = 48 };
    char text[IP_ADDR_LEN];

    bytes_copy(b, a.b, 6);
    str_adds(s, ip_addr_text(&a, text));
}

static void add_ip(struct str *s, struct bytes *b, uint8_t family)
{
    struct ip_addr a = { .family = family };
    char text[IP_ADDR_LEN];

    bytes_copy(b, a.b, family == 4 ? 4 : 16);
    str_adds(s, ip_addr_text(&a, text));
}

static void ethernet(struct str *s, struct bytes b)
{
    struct bytes dst = bytes_sub(&b, 6);

    add_mac(s, &b);
    str_adds(s, ARROW);
    add_mac(s, &dst);
    str_addf(s, ", type %04x", bytes_be16(&b));
}

static void vlan(struct str *s, struct bytes b)
{
    uint16_t tci = bytes_be16(&b);

    str_addf(s, "id %u, priority %u, type %04x", tci & 0xfff, tci >> 13, bytes_be16(&b));
}

static void ip4(struct str *s, struct bytes b)
{
    uint16_t len, id, fragment;
    uint8_t ttl, proto;

    bytes_skip(&b, 2);
    len = bytes_be16(&b);
    id = bytes_be16(&b);
    fragment = bytes_be16(&b);
    ttl = bytes_u8(&b);
    proto = bytes_u8(&b);
    bytes_skip(&b, 2);
    add_ip(s, &b, 4);
    str_adds(s, ARROW);
    add_ip(s, &b, 4);
    str_addf(s, ", TTL %u, protocol %u, id 0x%04x, %u bytes", ttl, proto, id, len);
    if (fragment & 0x4000)
        str_adds(s, ", DF");
    if (fragment & 0x3fff)
        str_addf(s, ", fragment at %u%s", (fragment & 0x1fff) * 8, fragment & 0x2000 ? "+" : "");
}

static void ip6(struct str *s, struct bytes b)
{
    uint16_t len;
    uint8_t next, hops;

    bytes_skip(&b, 4);
    len = bytes_be16(&b);
    next = bytes_u8(&b);
    hops = bytes_u8(&b);
    add_ip(s, &b, 6);
    str_adds(s, ARROW);
    add_ip(s, &b, 6);
    str_addf(s, ", hop limit %u, next header %u, %u bytes of payload", hops, next, len);
}

static void arp(struct str *s, struct bytes b)
{
    uint16_t operation;

    bytes_skip(&b, 6);
    operation = bytes_be16(&b);
    str_addf(s, "%s, ", operation == 1 ? "request" : operation == 2 ? "reply" : "other");
    add_mac(s, &b);
    str_addc(s, ' ');
    add_ip(s, &b, 4);
    str_adds(s, " asks about ");
    bytes_skip(&b, 6);
    add_ip(s, &b, 4);
}

static void tcp_flags(struct str *s, uint8_t flags)
{
    static const char *const names[] = { "FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR" };
    bool first = true;
    int i;

    for (i = 0; i < 8; i++) {
        if (!(flags >> i & 1))
            continue;
        str_addf(s, "%s%s", first ? "" : " ", names[i]);
        first = false;
    }
    if (first)
        str_adds(s, "no flag");
}

static void tcp(struct str *s, struct bytes b)
{
    uint16_t src = bytes_be16(&b), dst = bytes_be16(&b), window;
    uint32_t seq = bytes_be32(&b), ack = bytes_be32(&b);
    uint8_t flags;

    bytes_skip(&b, 1);
    flags = bytes_u8(&b);
    window = bytes_be16(&b);
    str_addf(s, "%u" ARROW "%u, ", src, dst);
    tcp_flags(s, flags);
    str_addf(s, ", seq %u", seq);
    if (flags & TCP_ACK)
        str_addf(s, ", ack %u", ack);
    str_addf(s, ", window %u", window);
}

static void tcp_options(struct str *s, const struct tcp_view *t)
{
    unsigned i;

    if (t->mss)
        str_addf(s, ", MSS %u", t->mss);
    if (t->window_scale >= 0)
        str_addf(s, ", scale %d", t->window_scale);
    if (t->sack_permitted)
        str_adds(s, ", SACK permitted");
    if (t->has_timestamps)
        str_addf(s, ", timestamps %u %u", t->ts_val, t->ts_ecr);
    for (i = 0; i < t->n_sack; i++)
        str_addf(s, ", SACK %u-%u", t->sack[i].left, t->sack[i].right);
}

static void udp(struct str *s, struct bytes b)
{
    uint16_t src = bytes_be16(&b), dst = bytes_be16(&b);

    str_addf(s, "%u" ARROW "%u, %u bytes", src, dst, bytes_be16(&b));
}

static void icmp(struct str *s, struct bytes b)
{
    uint8_t type = bytes_u8(&b);

    str_addf(s, "type %u, code %u", type, bytes_u8(&b));
}

static void pppoe(struct str *s, struct bytes b)
{
    uint8_t code;
    uint16_t session;

    bytes_skip(&b, 1);
    code = bytes_u8(&b);
    session = bytes_be16(&b);
    str_addf(s, "code %02x, session %u, %u bytes", code, session, bytes_be16(&b));
}

static void describe(struct str *s, const struct packet *p, const struct packet_layer *l,
                     struct bytes b)
{
    switch (l->kind) {
    case LAYER_ETHERNET:
        ethernet(s, b);
        break;
    case LAYER_VLAN:
        vlan(s, b);
        break;
    case LAYER_IP4:
        ip4(s, b);
        break;
    case LAYER_IP6:
        ip6(s, b);
        break;
    case LAYER_ARP:
        arp(s, b);
        break;
    case LAYER_TCP:
        tcp(s, b);
        if (p->l4 == 6)
            tcp_options(s, &p->tcp);
        break;
    case LAYER_UDP:
        udp(s, b);
        break;
    case LAYER_ICMP:
    case LAYER_ICMP6:
        icmp(s, b);
        break;
    case LAYER_PPPOE_DISCOVERY:
    case LAYER_PPPOE_SESSION:
        pppoe(s, b);
        break;
    case LAYER_PAYLOAD:
        str_addf(s, "%u bytes", p->payload_wire_len);
        if (p->payload_len < p->payload_wire_len)
            str_addf(s, ", %u captured", p->payload_len);
        if (!p->src.family)
            str_addf(s, ", %s", packet_kind(p));
        break;
    default:
        str_addf(s, "%u bytes", l->len);
    }
}

static void trouble(const struct packet *p, struct layers *out)
{
    static const struct {
        unsigned bit;
        const char *text;
    } words[] = {
        { TROUBLE_SNAPPED, "cut by the snap length" },
        { TROUBLE_BAD_LINK, "a link header contradicts itself" },
        { TROUBLE_BAD_IP, "an IP header contradicts itself" },
        { TROUBLE_BAD_L4, "a transport header contradicts itself" },
        { TROUBLE_UNKNOWN_LINK, "a link type that is not decoded" },
        { TROUBLE_FRAGMENT, "part of a datagram" },
        { TROUBLE_ENCRYPTED, "encrypted on the link" },
        { TROUBLE_DEPTH, "nested too deeply" },
    };
    struct str s = { 0 };
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (p->trouble & words[i].bit)
            str_addf(&s, "%s%s", s.len ? ", " : "", words[i].text);
    if (s.len)
        VEC_PUSH(out->lines, out->n, out->cap, (struct layer_line){ "note", str_take(&s), 0, 0 });
    str_free(&s);
}

void layers_of(const struct frame_view *v, struct layers *out)
{
    struct packet_decoder *d = packet_decoder_new();
    struct frame f = { .frame_no = v->frame_no,
                       .time_ns = v->time_ns,
                       .has_time = v->has_time,
                       .wire_len = v->wire_len,
                       .cap_len = (uint32_t)v->len,
                       .linktype = v->linktype,
                       .bytes = v->bytes };
    struct packet p;
    size_t i;

    *out = (struct layers){ 0 };
    if (v->origin == FRAME_MISSING) {
        packet_decoder_free(d);
        return;
    }
    packet_decode(d, &f, &p);
    for (i = 0; i < p.n_layers; i++) {
        const struct packet_layer *l = &p.layers[i];
        bool inside = l->at <= v->len && l->len <= v->len - l->at;
        struct bytes b = inside ? bytes_of(v->bytes + l->at, l->len) : bytes_of(NULL, 0);
        struct layer_line line = { .name = packet_layer_name(l->kind) };
        struct str s = { 0 };

        describe(&s, &p, l, b);
        line.text = str_take(&s);
        line.at = inside ? l->at : 0;
        line.len = inside ? l->len : 0;
        VEC_PUSH(out->lines, out->n, out->cap, line);
    }
    trouble(&p, out);
    packet_decoder_free(d);
}

void layers_free(struct layers *l)
{
    size_t i;

    for (i = 0; i < l->n; i++)
        free(l->lines[i].text);
    free(l->lines);
    *l = (struct layers){ 0 };
}

void layers_hex(const struct frame_view *v, size_t at, struct str *out)
{
    size_t i, n = v->len > at ? v->len - at : 0;

    if (n > 16)
        n = 16;
    str_addf(out, "%04zx ", at);
    for (i = 0; i < 16; i++) {
        if (i == 8)
            str_addc(out, ' ');
        if (i < n)
            str_addf(out, " %02x", v->bytes[at + i]);
        else
            str_adds(out, "   ");
    }
    str_adds(out, "   ");
    for (i = 0; i < n; i++) {
        uint8_t c = v->bytes[at + i];

        str_addc(out, c >= 0x20 && c < 0x7f ? (char)c : '.');
    }
}
