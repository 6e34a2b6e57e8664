/*
 * tunnel: what carries packets inside packets.
 *
 * GRE (RFC 2784, 2890, 1701; version 1 is PPTP's, RFC 2637), ERSPAN (draft-foschiano-erspan),
 * EtherIP (RFC 3378), L2TP (RFC 2661, 3931), NSH (RFC 8300).  Over UDP: VXLAN (RFC 7348) and its
 * GPE (draft-ietf-nvo3-vxlan-gpe), Geneve (RFC 8926), GTP-U (3GPP TS 29.281), Teredo (RFC 4380),
 * MPLS (RFC 7510), GRE (RFC 8086), CAPWAP (RFC 5415), TZSP.
 *
 * A port is only a hint: what is behind it must look like the tunnel's header and, inside, like a
 * packet.  Otherwise the cursor stays where it was, and the bytes are UDP payload.
 */
#include "config.h"

#include "packet/walk.h"

#define LINKTYPE_ETHERNET 1
#define LINKTYPE_WIFI     105
#define LINKTYPE_RADIOTAP 127
#define ETHERTYPE_IP4     0x0800
#define ETHERTYPE_IP6     0x86dd
#define ETHERTYPE_TEB     0x6558
#define ETHERTYPE_MPLS    0x8847

/* -- GRE
 * -------------------------------------------------------------------------------------------- */

enum gre_flag {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_ACK = 0x0080,
    GRE_VERSION = 0x0007,
};

enum gre_protocol {
    GRE_PPP = 0x880b,
    GRE_ERSPAN = 0x88be,  /* type I and II */
    GRE_ERSPAN3 = 0x22eb, /* type III */
    GRE_WCCP = 0x883e,
};

#define SOURCE_ROUTES_MAX 16 /* entries of RFC 1701's routing field */

/* Optional fields behind the first four bytes; returns the header's length, 0: not all there. */
static uint32_t gre_fields(struct bytes h, uint16_t flags, bool *has_key, uint32_t *key)
{
    uint32_t len = 4, n;

    if (flags & (GRE_CHECKSUM | GRE_ROUTING)) {
        bytes_skip(&h, 4);
        len += 4;
    }
    *has_key = flags & GRE_KEY;
    if (*has_key) {
        *key = bytes_be32(&h);
        len += 4;
    }
    if (flags & GRE_SEQUENCE) {
        bytes_skip(&h, 4);
        len += 4;
    }
    if ((flags & GRE_VERSION) == 1 && flags & GRE_ACK) {
        bytes_skip(&h, 4);
        len += 4;
    }
    for (n = 0; flags & GRE_ROUTING && n < SOURCE_ROUTES_MAX; n++) {
        uint16_t family = bytes_be16(&h), size;

        bytes_skip(&h, 1);
        size = bytes_u8(&h);
        len += 4u + size;
        bytes_skip(&h, size);
        if (family == 0 && size == 0)
            break;
    }
    return h.short_read ? 0 : len;
}

/* Type I has no header of its own and no GRE sequence number; II has 8 bytes, III 12 or 20. */
static void erspan(struct walk *w, uint16_t flags, bool third)
{
    struct bytes h = w->in;
    uint32_t len = 8, id;

    if (!third && !(flags & GRE_SEQUENCE)) {
        if (walk_tunnel(w, "ERSPAN", false, 0))
            walk_to(w, WALK_LINK, LINKTYPE_ETHERNET);
        return;
    }
    bytes_skip(&h, 2);
    id = bytes_be16(&h) & 0x3ff;
    if (third) {
        bytes_skip(&h, 4 + 3);
        len = bytes_u8(&h) & 1 ? 20 : 12; /* O: a platform specific subheader */
    }
    if (walk_header(w, LAYER_ERSPAN, len, TROUBLE_BAD_LINK) && walk_tunnel(w, "ERSPAN", true, id))
        walk_to(w, WALK_LINK, LINKTYPE_ETHERNET);
}

void tunnel_gre(struct walk *w)
{
    struct bytes h = w->in;
    uint16_t flags = bytes_be16(&h), protocol = bytes_be16(&h);
    uint32_t key = 0, len;
    bool has_key = false;

    len = gre_fields(h, flags, &has_key, &key);
    if (!walk_header(w, LAYER_GRE, len ? len : 4, TROUBLE_BAD_LINK))
        return;
    if (!len || (flags & GRE_VERSION) > 1) {
        walk_stop(w, len ? 0 : TROUBLE_BAD_LINK);
        return;
    }
    w->p->ethertype = protocol;
    if (protocol == GRE_ERSPAN || protocol == GRE_ERSPAN3) {
        erspan(w, flags, protocol == GRE_ERSPAN3);
        return;
    }
    if ((flags & GRE_VERSION) == 1) {
        /* The key is a length and the peer's call id; an acknowledgement alone carries nothing. */
        if (!w->in.left || protocol != GRE_PPP)
            walk_stop(w, 0);
        else if (walk_tunnel(w, "PPTP", true, key & 0xffff))
            walk_to(w, WALK_LINK, 9);
        return;
    }
    if (!walk_tunnel(w, "GRE", has_key, key))
        return;
    if (protocol == GRE_PPP)
        walk_to(w, WALK_LINK, 9);
    else if (protocol == GRE_WCCP) /* version 2 puts four bytes before the packet */
        walk_to(w, WALK_IP, 0);
    else
        walk_to(w, WALK_ETHERTYPE, protocol);
    if (protocol == GRE_WCCP && bytes_peek(&w->in, 0) >> 4 != 4)
        walk_header(w, LAYER_GRE, 4, TROUBLE_BAD_LINK);
}

/* -- over IP
 * ---------------------------------------------------------------------------------------- */

void tunnel_etherip(struct walk *w)
{
    if (bytes_peek(&w->in, 0) >> 4 != 3) {
        walk_stop(w, 0);
        return;
    }
    if (walk_header(w, LAYER_ETHERIP, 2, TROUBLE_BAD_LINK) && walk_tunnel(w, "EtherIP", false, 0))
        walk_to(w, WALK_LINK, LINKTYPE_ETHERNET);
}

/*
 * L2TPv3 over IP: a session id (0: control), then a cookie of 0, 4 or 8 bytes and a sublayer of 0
 * or 4, as the control connection agreed on.  That is seldom captured, so the first place where an
 * Ethernet frame can begin is taken.
 */
void tunnel_l2tp3(struct walk *w)
{
    struct bytes h = w->in;
    uint32_t session = bytes_be32(&h), len;

    if (h.short_read || session == 0) {
        walk_stop(w, 0);
        return;
    }
    for (len = 4; len <= 16; len += 4, bytes_skip(&h, 4))
        if (link_plausible(w, h))
            break;
    if (len > 16)
        walk_stop(w, 0);
    else if (walk_header(w, LAYER_L2TP, len, TROUBLE_BAD_LINK) &&
             walk_tunnel(w, "L2TPv3", true, session))
        walk_to(w, WALK_LINK, LINKTYPE_ETHERNET);
}

/* What NSH and VXLAN-GPE number alike. */
static void next_protocol(struct walk *w, uint8_t next)
{
    switch (next) {
    case 1:
        walk_to(w, WALK_IP, 4);
        break;
    case 2:
        walk_to(w, WALK_IP, 6);
        break;
    case 3:
        walk_to(w, WALK_LINK, LINKTYPE_ETHERNET);
        break;
    case 4:
        walk_to(w, WALK_NSH, 0);
        break;
    case 5:
        walk_to(w, WALK_MPLS, 0);
        break;
    default:
        walk_stop(w, 0);
    }
}

void tunnel_nsh(struct walk *w)
{
    struct bytes h = w->in;
    uint32_t len, path;
    uint8_t next;

    len = (bytes_be16(&h) & 0x3fu) * 4;
    bytes_skip(&h, 1);
    next = bytes_u8(&h);
    path = bytes_be24(&h);
    if (walk_header(w, LAYER_NSH, len < 8 ? 8 : len, TROUBLE_BAD_LINK) &&
        walk_tunnel(w, "NSH", true, path))
        next_protocol(w, next);
}

/* -- over UDP
 * --------------------------------------------------------------------------------------- */

/* Bit I says that there is a VNI.  RFC 7348 asks a receiver to ignore the reserved bits. */
static void vxlan(struct walk *w)
{
    struct bytes h = w->in;
    uint8_t flags = bytes_u8(&h);
    uint32_t vni;

    bytes_skip(&h, 3);
    vni = bytes_be24(&h);
    bytes_skip(&h, 1);
    if (!(flags & 0x08) || !link_plausible(w, h))
        return;
    if (walk_header(w, LAYER_VXLAN, 8, TROUBLE_BAD_LINK) && walk_tunnel(w, "VXLAN", true, vni))
        walk_to(w, WALK_LINK, LINKTYPE_ETHERNET);
}

/* As VXLAN, with bit P for a next protocol in the fourth byte. */
static void vxlan_gpe(struct walk *w)
{
    struct bytes h = w->in;
    uint8_t flags = bytes_u8(&h), next;
    uint32_t vni;

    bytes_skip(&h, 2);
    next = bytes_u8(&h);
    vni = bytes_be24(&h);
    if (h.short_read || !(flags & 0x08) || !(flags & 0x04) || !next || next > 5)
        return;
    if (walk_header(w, LAYER_VXLAN, 8, TROUBLE_BAD_LINK) && walk_tunnel(w, "VXLAN-GPE", true, vni))
        next_protocol(w, next);
}

static void geneve(struct walk *w)
{
    struct bytes h = w->in;
    uint8_t first = bytes_u8(&h);
    uint32_t len = 8 + (first & 0x3fu) * 4, vni;
    uint16_t protocol;

    bytes_skip(&h, 1);
    protocol = bytes_be16(&h);
    vni = bytes_be24(&h);
    if (h.short_read || first >> 6 != 0 || len > w->wire_left ||
        (protocol != ETHERTYPE_TEB && protocol != ETHERTYPE_IP4 && protocol != ETHERTYPE_IP6 &&
         protocol != ETHERTYPE_MPLS))
        return;
    if (walk_header(w, LAYER_GENEVE, len, TROUBLE_BAD_LINK) && walk_tunnel(w, "Geneve", true, vni))
        walk_to(w, WALK_ETHERTYPE, protocol);
}

#define GTP_EXTENSIONS_MAX 8

/* Version 1, G-PDU (255).  With any of E, S, PN four more bytes, then extension headers. */
static void gtp_u(struct walk *w)
{
    struct bytes h = w->in, inner;
    uint8_t flags = bytes_u8(&h), type = bytes_u8(&h), next = 0;
    uint32_t len = 8, teid;
    unsigned n = 0;

    bytes_skip(&h, 2);
    teid = bytes_be32(&h);
    if (h.short_read || flags >> 5 != 1 || !(flags & 0x10) || type != 255)
        return;
    if (flags & 0x07) {
        bytes_skip(&h, 3);
        next = bytes_u8(&h);
        len += 4;
    }
    while (flags & 0x04 && next && n++ < GTP_EXTENSIONS_MAX) {
        uint32_t size = bytes_u8(&h) * 4u;

        if (size < 4 || h.short_read)
            return;
        bytes_skip(&h, size - 2);
        next = bytes_u8(&h);
        len += size;
    }
    inner = w->in;
    bytes_skip(&inner, len);
    if (inner.short_read || len > w->wire_left || !ip_plausible(w, inner))
        return;
    if (walk_header(w, LAYER_GTPU, len, TROUBLE_BAD_LINK) && walk_tunnel(w, "GTP-U", true, teid))
        walk_to(w, WALK_IP, 0);
}

/* Version 2 data messages carry PPP. */
static void l2tp(struct walk *w)
{
    struct bytes h = w->in;
    uint16_t flags = bytes_be16(&h), session, first;
    uint32_t len = 6;

    if ((flags & 0x000f) != 2 || flags & 0x8000 || flags & 0x34f0 /* reserved */)
        return;
    if (flags & 0x4000) {
        bytes_skip(&h, 2);
        len += 2;
    }
    bytes_skip(&h, 2); /* tunnel */
    session = bytes_be16(&h);
    if (flags & 0x0800) {
        bytes_skip(&h, 4);
        len += 4;
    }
    if (flags & 0x0200) {
        uint16_t pad = bytes_be16(&h);

        bytes_skip(&h, pad);
        len += 2u + pad;
    }
    first = bytes_be16(&h);
    /* PPP: address and control, or a protocol whose second byte is odd (RFC 1661 section 2). */
    if (h.short_read || (first != 0xff03 && !(first & 1)))
        return;
    if (walk_header(w, LAYER_L2TP, len, TROUBLE_BAD_LINK) && walk_tunnel(w, "L2TP", true, session))
        walk_to(w, WALK_LINK, 9);
}

/* Authentication (type 1) and origin (type 0) may come before the IPv6 packet. */
static void teredo(struct walk *w)
{
    struct bytes h = w->in;
    uint32_t len = 0;

    if (bytes_peek(&h, 0) == 0 && bytes_peek(&h, 1) == 1) {
        uint8_t id_len, value_len;

        bytes_skip(&h, 2);
        id_len = bytes_u8(&h);
        value_len = bytes_u8(&h);
        bytes_skip(&h, (size_t)id_len + value_len + 9);
        len += 4u + id_len + value_len + 9;
    }
    if (bytes_peek(&h, 0) == 0 && bytes_peek(&h, 1) == 0) {
        bytes_skip(&h, 8);
        len += 8;
    }
    if (h.short_read || bytes_peek(&h, 0) >> 4 != 6 || !ip_plausible(w, h))
        return;
    if (len && !walk_header(w, LAYER_TEREDO, len, TROUBLE_BAD_LINK))
        return;
    if (walk_tunnel(w, "Teredo", false, 0))
        walk_to(w, WALK_IP, 6);
}

static void mpls_in_udp(struct walk *w)
{
    struct bytes h = w->in;
    uint32_t label = bytes_be32(&h);

    if (!h.short_read && label & 0x100 && ip_plausible(w, h))
        walk_to(w, WALK_MPLS, 0);
}

static void gre_in_udp(struct walk *w)
{
    struct bytes h = w->in;
    uint16_t flags = bytes_be16(&h), protocol = bytes_be16(&h);

    if (!h.short_read && !(flags & ~(GRE_CHECKSUM | GRE_KEY | GRE_SEQUENCE)) &&
        (protocol == ETHERTYPE_IP4 || protocol == ETHERTYPE_IP6 || protocol == ETHERTYPE_TEB ||
         protocol == ETHERTYPE_MPLS))
        tunnel_gre(w);
}

/* Data: version 0, a header of up to 31 words; 802.3 inside, or 802.11 with the T bit. */
static void capwap(struct walk *w)
{
    struct bytes h = w->in;
    uint8_t preamble = bytes_u8(&h);
    uint32_t rest = bytes_be24(&h), len = (rest >> 19) * 4;
    bool native = rest & 0x100, fragment = rest & 0x80, encrypted = preamble & 0x0f;

    h = w->in;
    bytes_skip(&h, len);
    if (h.short_read || preamble >> 4 != 0 || encrypted || fragment || len < 8 || rest & 0x08 ||
        (!native && !link_plausible(w, h)))
        return;
    if (walk_header(w, LAYER_CAPWAP, len, TROUBLE_BAD_LINK) && walk_tunnel(w, "CAPWAP", false, 0))
        walk_to(w, WALK_LINK, native ? LINKTYPE_WIFI : LINKTYPE_ETHERNET);
}

#define TZSP_TAGS_MAX 32

/* Version 1, type 0 (received) or 1; the encapsulated link; tags until 1 (end); 0 is padding. */
static void tzsp(struct walk *w)
{
    struct bytes h = w->in;
    uint8_t version = bytes_u8(&h), type = bytes_u8(&h), tag;
    uint16_t link = bytes_be16(&h);
    unsigned n = 0;

    if (version != 1 || type > 1 || (link != 1 && link != 18 && link != 119 && link != 127))
        return;
    while ((tag = bytes_u8(&h)) != 1 && n++ < TZSP_TAGS_MAX)
        if (tag)
            bytes_skip(&h, bytes_u8(&h));
    if (h.short_read || tag != 1)
        return;
    if (walk_header(w, LAYER_TZSP, (uint32_t)(w->in.left - h.left), TROUBLE_BAD_LINK) &&
        walk_tunnel(w, "TZSP", false, 0))
        walk_to(w, WALK_LINK, link == 18 ? LINKTYPE_WIFI : link == 127 ? LINKTYPE_RADIOTAP : link);
}

/* clang-format off */
static const struct {
    uint16_t port;
    void (*read)(struct walk *w);
} udp_tunnels[] = {
    { 4789, vxlan }, { 8472, vxlan }, { 4790, vxlan_gpe }, { 6081, geneve }, { 2152, gtp_u },
    { 1701, l2tp }, { 3544, teredo }, { 6635, mpls_in_udp }, { 4754, gre_in_udp },
    { 5247, capwap }, { 37008, tzsp },
};
/* clang-format on */

void tunnel_udp(struct walk *w)
{
    const struct packet *p = w->p;
    size_t i;

    if (p->trouble & TROUBLE_FRAGMENT) /* of a datagram that is not whole */
        return;
    for (i = 0; i < sizeof(udp_tunnels) / sizeof(udp_tunnels[0]); i++)
        if (udp_tunnels[i].port == p->dst_port || udp_tunnels[i].port == p->src_port) {
            udp_tunnels[i].read(w);
            return;
        }
}
