/* ip: IPv4 (RFC 791), IPv6 (RFC 8200), their fragments, ICMP (RFC 792, 4443). */
#include "config.h"

#include <string.h>

#include "capture/capture.h"
#include "packet/decoder.h"
#include "packet/walk.h"

#define IP4_LEN 20u
#define IP6_LEN 40u

enum ip_proto {
    PROTO_HOP_BY_HOP = 0,
    PROTO_ICMP = 1,
    PROTO_IP4 = 4,
    PROTO_TCP = 6,
    PROTO_UDP = 17,
    PROTO_IP6 = 41,
    PROTO_ROUTING = 43,
    PROTO_FRAGMENT = 44,
    PROTO_GRE = 47,
    PROTO_ESP = 50,
    PROTO_AH = 51,
    PROTO_ICMP6 = 58,
    PROTO_DESTINATION = 60,
    PROTO_ETHERIP = 97,
    PROTO_L2TP3 = 115,
    PROTO_MPLS = 137,
    PROTO_MOBILITY = 135,
    PROTO_HIP = 139,
    PROTO_SHIM6 = 140,
};

bool ip_plausible(const struct walk *w, struct bytes in)
{
    uint8_t first = bytes_u8(&in);
    uint32_t len;

    bytes_skip(&in, 1);
    len = bytes_be16(&in);
    if (first >> 4 == 4)
        return (first & 15) >= 5 && len >= (first & 15u) * 4 && len <= w->wire_left;
    len = bytes_be16(&in);
    return first >> 4 == 6 && !in.short_read && len + IP6_LEN <= w->wire_left;
}

/* What was read of an outer transport header says nothing about the packet inside. */
static void forget_l4(struct packet *p)
{
    p->l4 = 0;
    p->src_port = p->dst_port = 0;
    p->icmp_error = false;
}

/* One fragment is at the cursor, `at` bytes into its datagram. */
static void fragment(struct walk *w, uint32_t at, bool more, uint8_t next_proto)
{
    struct packet *p = w->p;
    struct frag_piece piece = { .src = p->src,
                                .dst = p->dst,
                                .proto = p->src.family == 4 ? p->ip_proto : 0,
                                .id = p->ip_id,
                                .time_ns = p->frame ? p->frame->time_ns : 0,
                                .at = at,
                                .more = more,
                                .next_proto = next_proto,
                                .bytes = w->in.p,
                                .len = w->wire_left };
    struct frag_done done;
    bool lost;

    /*
     * Not all captured, or fragments inside a reassembled datagram (whose bytes the table still
     * holds): nothing to put together, but the first one still has the ports.
     */
    if (!w->d || !w->base || w->in.left < w->wire_left || w->wire_left == 0) {
        p->trouble |= TROUBLE_FRAGMENT;
        if (at)
            walk_stop(w, 0);
        else
            walk_to(w, WALK_IP_PROTO, next_proto);
        return;
    }
    if (frag_add(w->d->frags, &piece, &done, &lost) != FRAG_DONE) {
        walk_stop(w, TROUBLE_FRAGMENT | (lost ? TROUBLE_FRAGMENT_LOST : 0));
        return;
    }
    if (lost)
        p->trouble |= TROUBLE_FRAGMENT_LOST;
    p->reassembled = true;
    p->ip_proto = done.next_proto;
    w->base = NULL;
    w->in = bytes_of(done.bytes, done.len);
    w->wire_left = done.len;
    walk_to(w, WALK_IP_PROTO, done.next_proto);
}

/* Where the innermost IP header starts, for those who want it whole. */
static void mark(struct walk *w)
{
    w->p->l3 = w->in.p;
    w->p->l3_len = (uint32_t)w->in.left;
}

static void ip4(struct walk *w)
{
    struct bytes h = w->in;
    struct packet *p = w->p;
    uint32_t header_len = (bytes_u8(&h) & 15u) * 4, total_len;
    uint32_t id;
    uint16_t offset;
    uint8_t ttl, proto;
    struct ip_addr src = { .family = 4 }, dst = src;

    bytes_skip(&h, 1);
    total_len = bytes_be16(&h);
    id = bytes_be16(&h);
    offset = bytes_be16(&h);
    ttl = bytes_u8(&h);
    proto = bytes_u8(&h);
    bytes_skip(&h, 2);
    bytes_copy(&h, src.b, 4);
    bytes_copy(&h, dst.b, 4);
    if (h.short_read) {
        walk_header(w, LAYER_IP4, IP4_LEN, TROUBLE_BAD_IP);
        return;
    }
    if (header_len < IP4_LEN) {
        walk_stop(w, TROUBLE_BAD_IP);
        return;
    }
    if (total_len == 0) { /* segmentation offload: the card fills it in later */
        total_len = w->wire_left;
    } else if (total_len < header_len) {
        p->trouble |= TROUBLE_BAD_IP;
        total_len = header_len;
    }
    walk_size(w, total_len);
    if (!walk_trim(w, total_len))
        p->trouble |= TROUBLE_BAD_IP;
    mark(w);
    forget_l4(p);
    p->src = src;
    p->dst = dst;
    p->ip_ttl = ttl;
    p->ip_proto = proto;
    p->ip_id = id;
    p->has_ip_id = true;
    if (!walk_header(w, LAYER_IP4, header_len, TROUBLE_BAD_IP))
        return;
    if (offset & 0x3fff)
        fragment(w, (offset & 0x1fffu) * 8, offset & 0x2000, proto);
    else
        walk_to(w, WALK_IP_PROTO, proto);
}

static void ip6(struct walk *w)
{
    struct bytes h = w->in;
    struct packet *p = w->p;
    uint32_t payload_len;
    uint8_t next, hops;
    struct ip_addr src = { .family = 6 }, dst = src;

    bytes_skip(&h, 4);
    payload_len = bytes_be16(&h);
    next = bytes_u8(&h);
    hops = bytes_u8(&h);
    bytes_copy(&h, src.b, 16);
    bytes_copy(&h, dst.b, 16);
    if (h.short_read) {
        walk_header(w, LAYER_IP6, IP6_LEN, TROUBLE_BAD_IP);
        return;
    }
    /* 0: jumbo, or segmentation offload. */
    if (payload_len == 0 && w->wire_left > IP6_LEN && next != 59)
        payload_len = w->wire_left - IP6_LEN;
    walk_size(w, IP6_LEN + payload_len);
    if (!walk_trim(w, IP6_LEN + payload_len))
        p->trouble |= TROUBLE_BAD_IP;
    mark(w);
    forget_l4(p);
    p->src = src;
    p->dst = dst;
    p->ip_ttl = hops;
    p->ip_proto = next;
    p->has_ip_id = false;
    p->ip_id = 0;
    if (walk_header(w, LAYER_IP6, IP6_LEN, TROUBLE_BAD_IP))
        walk_to(w, WALK_IP_PROTO, next);
}

/* value: 4 or 6 if the layer below says which; 0: look. */
void ip_step(struct walk *w)
{
    uint8_t version = bytes_peek(&w->in, 0) >> 4;

    if (w->in.left == 0)
        walk_stop(w, w->wire_left ? TROUBLE_SNAPPED : TROUBLE_BAD_IP);
    else if (version == 4 && w->value != 6)
        ip4(w);
    else if (version == 6 && w->value != 4)
        ip6(w);
    else
        walk_stop(w, TROUBLE_BAD_IP);
}

/* Hop-by-hop, routing and the like: next header, length in 8 bytes without the first 8. */
static void extension(struct walk *w, bool ah)
{
    struct bytes h = w->in;
    uint8_t next = bytes_u8(&h), units = bytes_u8(&h);

    if (++w->n_extensions > WALK_EXTENSIONS_MAX) {
        walk_stop(w, TROUBLE_DEPTH);
        return;
    }
    /* RFC 4302 section 2.2: AH counts 4 bytes, without the first 8. */
    if (walk_header(w, ah ? LAYER_AH : LAYER_IP6_EXTENSION,
                    ah ? (units + 2u) * 4 : (units + 1u) * 8, TROUBLE_BAD_IP)) {
        w->p->ip_proto = next;
        walk_to(w, WALK_IP_PROTO, next);
    }
}

static void fragment_header(struct walk *w)
{
    struct bytes h = w->in;
    uint8_t next = bytes_u8(&h);
    uint16_t offset;
    uint32_t id;

    bytes_skip(&h, 1);
    offset = bytes_be16(&h);
    id = bytes_be32(&h);
    if (++w->n_extensions > WALK_EXTENSIONS_MAX) {
        walk_stop(w, TROUBLE_DEPTH);
        return;
    }
    if (!walk_header(w, LAYER_IP6_EXTENSION, 8, TROUBLE_BAD_IP))
        return;
    w->p->ip_proto = next;
    w->p->ip_id = id;
    w->p->has_ip_id = true;
    if (offset & 0xfff9)
        fragment(w, offset & 0xfff8u, offset & 1, next);
    else
        walk_to(w, WALK_IP_PROTO, next); /* RFC 6946: an atomic fragment is whole */
}

/* Errors quote the packet they are about, from its IP header on. */
static void icmp(struct walk *w, bool six)
{
    uint8_t type = bytes_peek(&w->in, 0), code = bytes_peek(&w->in, 1);
    bool error =
        six ? type >= 1 && type <= 4 : type >= 3 && (type <= 5 || type == 11 || type == 12);

    if (!walk_header(w, six ? LAYER_ICMP6 : LAYER_ICMP, 8, TROUBLE_BAD_L4))
        return;
    w->p->l4 = six ? PROTO_ICMP6 : PROTO_ICMP;
    w->p->icmp_type = type;
    w->p->icmp_code = code;
    if (error) {
        w->quote = w->in;
        w->quote_wire_len = w->wire_left;
    }
    walk_stop(w, 0);
}

void ip_proto(struct walk *w, uint8_t proto)
{
    bool six = w->p->src.family == 6;

    switch (proto) {
    case PROTO_TCP:
        l4_tcp(w);
        break;
    case PROTO_UDP:
        l4_udp(w);
        break;
    case PROTO_ICMP:
        icmp(w, false);
        break;
    case PROTO_ICMP6:
        icmp(w, true);
        break;
    case PROTO_IP4:
        if (walk_tunnel(w, six ? "4in6" : "IP in IP", false, 0))
            walk_to(w, WALK_IP, 4);
        break;
    case PROTO_IP6:
        if (walk_tunnel(w, six ? "IP in IP" : "6in4", false, 0))
            walk_to(w, WALK_IP, 6);
        break;
    case PROTO_MPLS:
        walk_to(w, WALK_MPLS, 0);
        break;
    case PROTO_GRE:
        tunnel_gre(w);
        break;
    case PROTO_ETHERIP:
        tunnel_etherip(w);
        break;
    case PROTO_L2TP3:
        tunnel_l2tp3(w);
        break;
    case PROTO_AH:
        extension(w, true);
        break;
    case PROTO_ESP:
        walk_header(w, LAYER_ESP, 8, TROUBLE_BAD_IP);
        walk_stop(w, 0);
        break;
    case PROTO_FRAGMENT:
        if (six)
            fragment_header(w);
        else
            walk_stop(w, 0);
        break;
    case PROTO_HOP_BY_HOP:
    case PROTO_ROUTING:
    case PROTO_DESTINATION:
    case PROTO_MOBILITY:
    case PROTO_HIP:
    case PROTO_SHIM6:
        if (six)
            extension(w, false);
        else
            walk_stop(w, 0);
        break;
    default:
        walk_stop(w, 0);
    }
}
