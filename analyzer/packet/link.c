/*
 * link: link layers, from tcpdump.org/linktypes; IEEE 802.3, 802.1Q, 802.2; RFC 2516 (PPPoE),
 * RFC 1661 and 1662 (PPP).
 */
#include "config.h"

#include "packet/walk.h"

#include <string.h>

#define ETHERNET_LEN     14
#define LENGTH_FIELD_MAX 1500 /* up to here the type field is a length (IEEE 802.3) */
#define NFLOG_PAYLOAD    9
#define ETHERTYPE_LEAST  0x0600u

enum linktype {
    LINKTYPE_NULL = 0,
    LINKTYPE_ETHERNET = 1,
    LINKTYPE_PPP = 9,
    LINKTYPE_DLT_RAW = 12, /* as some writers put it into files */
    LINKTYPE_OPENBSD_RAW = 14,
    LINKTYPE_PPP_HDLC = 50,
    LINKTYPE_PPP_ETHER = 51,
    LINKTYPE_RAW = 101,
    LINKTYPE_C_HDLC = 104,
    LINKTYPE_LOOP = 108,
    LINKTYPE_SLL = 113,
    LINKTYPE_PRISM = 119,
    LINKTYPE_RADIOTAP = 127,
    LINKTYPE_AVS = 163,
    LINKTYPE_PPP_PPPD = 166,
    LINKTYPE_PPI = 192,
    LINKTYPE_PPP_WITH_DIR = 204,
    LINKTYPE_IPV4 = 228,
    LINKTYPE_IPV6 = 229,
    LINKTYPE_NFLOG = 239,
    LINKTYPE_SLL2 = 276,
};

enum ethertype {
    ETHERTYPE_IP4 = 0x0800,
    ETHERTYPE_ARP = 0x0806,
    ETHERTYPE_CENTRINO = 0x2452, /* 802.11 as an old Intel driver shows it */
    ETHERTYPE_TEB = 0x6558,
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_IP6 = 0x86dd,
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_MPLS_MULTICAST = 0x8848,
    ETHERTYPE_PPPOE_DISCOVERY = 0x8863,
    ETHERTYPE_PPPOE_SESSION = 0x8864,
    ETHERTYPE_QINQ = 0x88a8,
    ETHERTYPE_QINQ_9100 = 0x9100,
    ETHERTYPE_QINQ_9200 = 0x9200,
    ETHERTYPE_QINQ_9300 = 0x9300,
};

static void ethernet(struct walk *w)
{
    struct bytes h = w->in;
    struct packet *p = w->p;
    uint16_t type;

    bytes_copy(&h, p->mac_dst, 6);
    bytes_copy(&h, p->mac_src, 6);
    type = bytes_be16(&h);
    p->has_mac = w->own_mac = w->in.left >= 12;
    if (walk_link_header(w, LAYER_ETHERNET, ETHERNET_LEN))
        walk_to(w, WALK_ETHERTYPE, type);
}

/* Linux cooked (pcap-sll(7)): the protocol may be no ethertype, as `arphrd` says. */
static void cooked(struct walk *w, uint16_t arphrd, uint16_t protocol)
{
    if (arphrd == 824) /* netlink */
        walk_stop(w, TROUBLE_UNKNOWN_LINK);
    else if (arphrd == 803)
        walk_to(w, WALK_LINK, LINKTYPE_RADIOTAP);
    else if (arphrd == 801)
        walk_to(w, WALK_LINK, LINKTYPE_WIFI);
    else if (protocol == 4)
        walk_to(w, WALK_LLC, 0);
    else if (protocol < ETHERTYPE_LEAST)
        walk_stop(w, 0); /* Linux's own numbers: 1 raw 802.3 (IPX), 12 CAN, ... */
    else
        walk_to(w, WALK_ETHERTYPE, protocol);
}

/*
 * The capture has a header of its own in place of the link's: the frame counts as on Ethernet, so
 * that sizes of two captures of one network can be compared.
 */
static void as_ethernet(struct walk *w)
{
    w->link_len = ETHERNET_LEN;
}

/*
 * The header has one address, the sender's, and whether the frame came (0 to us, 1 to all, 2 to a
 * group), was overheard (3), or was sent (4).  Who gets it does not stand there.
 */
static void cooked_ends(struct walk *w, uint16_t type, uint16_t len, struct bytes address)
{
    if (len != 6 || address.left < 6 || type == 3 || type > 4)
        return;
    bytes_copy(&address, w->p->mac_src, 6);
    w->p->direction = type == 4 ? DIRECTION_OUT : DIRECTION_IN;
    w->own_mac = true;
}

static void sll(struct walk *w)
{
    struct bytes h = w->in;
    uint16_t type = bytes_be16(&h), arphrd = bytes_be16(&h), len = bytes_be16(&h), protocol;

    cooked_ends(w, type, len, h);
    bytes_skip(&h, 8);
    protocol = bytes_be16(&h);
    if (walk_link_header(w, LAYER_SLL, 16)) {
        as_ethernet(w);
        cooked(w, arphrd, protocol);
    }
}

static void sll2(struct walk *w)
{
    struct bytes h = w->in;
    uint16_t protocol = bytes_be16(&h), arphrd;
    uint8_t type, len;

    bytes_skip(&h, 2 + 4);
    arphrd = bytes_be16(&h);
    type = bytes_u8(&h);
    len = bytes_u8(&h);
    cooked_ends(w, type, len, h);
    if (walk_link_header(w, LAYER_SLL2, 20)) {
        as_ethernet(w);
        cooked(w, arphrd, protocol);
    }
}

/* The writer's own number for an address family, in its own byte order. */
static void null_loopback(struct walk *w)
{
    struct bytes h = w->in;
    uint32_t family = bytes_be32(&h);

    if (family > 0xffff)
        family = __builtin_bswap32(family);
    if (!walk_link_header(w, LAYER_NULL, 4))
        return;
    as_ethernet(w);
    switch (family) {
    case 2:
        walk_to(w, WALK_ETHERTYPE, ETHERTYPE_IP4);
        break;
    case 10: /* Linux */
    case 23: /* Windows */
    case 24: /* NetBSD, OpenBSD */
    case 28: /* FreeBSD */
    case 30: /* macOS */
        walk_to(w, WALK_ETHERTYPE, ETHERTYPE_IP6);
        break;
    default: /* OpenBSD and some tunnels put an ethertype here */
        if (family >= ETHERTYPE_LEAST && family <= 0xffff)
            walk_to(w, WALK_ETHERTYPE, family);
        else
            walk_stop(w, TROUBLE_UNKNOWN_LINK);
    }
}

/* `skip` bytes of direction, then PPP, framed as in HDLC or not. */
static void ppp_link(struct walk *w, uint32_t skip)
{
    struct bytes h = w->in;
    uint16_t first;

    bytes_skip(&h, skip);
    first = bytes_be16(&h);
    if (first == 0xff03)
        skip += 2;
    if (skip && !walk_link_header(w, LAYER_PPP, skip))
        return;
    walk_to(w, WALK_PPP, 0);
}

/* Cisco HDLC (RFC 1547 appendix): address 0f or 8f, control 00, ethertype. */
static void cisco_hdlc(struct walk *w)
{
    struct bytes h = w->in;
    uint16_t protocol;

    bytes_skip(&h, 2);
    protocol = bytes_be16(&h);
    if (walk_link_header(w, LAYER_PPP, 4))
        walk_to(w, WALK_ETHERTYPE, protocol);
}

/*
 * NFLOG: family, version, resource, then values of type and length in the writer's order (which is
 * little-endian everywhere that matters), padded to 4; type 9 is the packet.
 */
static void nflog(struct walk *w)
{
    struct bytes h = w->in;
    uint8_t family = bytes_u8(&h);
    uint32_t at = 4;

    bytes_skip(&h, 3);
    while (h.left >= 4) {
        uint16_t len = bytes_le16(&h), type = bytes_le16(&h);

        if (len < 4)
            break;
        if (type == NFLOG_PAYLOAD) {
            if (!walk_header(w, LAYER_NFLOG, at + 4, TROUBLE_BAD_LINK))
                return;
            if (!walk_trim(w, len - 4u))
                w->p->trouble |= TROUBLE_BAD_LINK;
            w->total = w->wire_left;
            if (family == 2 || family == 10)
                walk_to(w, WALK_IP, family == 2 ? 4 : 6);
            else if (family == 7) /* a bridge: the packet starts behind its Ethernet header */
                walk_to(w, WALK_IP, 0);
            else
                walk_stop(w, 0);
            return;
        }
        bytes_skip(&h, ((len + 3u) & ~3u) - 4);
        at += (len + 3u) & ~3u;
    }
    walk_stop(w, w->in.left < w->wire_left ? TROUBLE_SNAPPED : TROUBLE_BAD_LINK);
}

void link_step(struct walk *w, uint16_t linktype)
{
    switch (linktype) {
    case LINKTYPE_ETHERNET:
        ethernet(w);
        break;
    case LINKTYPE_SLL:
        sll(w);
        break;
    case LINKTYPE_SLL2:
        sll2(w);
        break;
    case LINKTYPE_NULL:
    case LINKTYPE_LOOP:
        null_loopback(w);
        break;
    case LINKTYPE_DLT_RAW:
    case LINKTYPE_OPENBSD_RAW:
    case LINKTYPE_RAW:
        as_ethernet(w);
        walk_to(w, WALK_IP, 0);
        break;
    case LINKTYPE_IPV4:
        as_ethernet(w);
        walk_to(w, WALK_ETHERTYPE, ETHERTYPE_IP4);
        break;
    case LINKTYPE_IPV6:
        as_ethernet(w);
        walk_to(w, WALK_ETHERTYPE, ETHERTYPE_IP6);
        break;
    case LINKTYPE_PPP_HDLC:
        if (bytes_peek(&w->in, 0) == 0x0f || bytes_peek(&w->in, 0) == 0x8f)
            cisco_hdlc(w);
        else
            ppp_link(w, 0);
        break;
    case LINKTYPE_PPP:
        ppp_link(w, 0);
        break;
    case LINKTYPE_PPP_PPPD:
    case LINKTYPE_PPP_WITH_DIR:
        ppp_link(w, 1);
        break;
    case LINKTYPE_PPP_ETHER:
        walk_to(w, WALK_PPPOE, 0);
        break;
    case LINKTYPE_PPI:
        radio_ppi(w);
        break;
    case LINKTYPE_NFLOG:
        nflog(w);
        break;
    case LINKTYPE_C_HDLC:
        cisco_hdlc(w);
        break;
    case LINKTYPE_RADIOTAP:
        radio_radiotap(w);
        break;
    case LINKTYPE_PRISM:
        radio_prism(w);
        break;
    case LINKTYPE_AVS:
        radio_avs(w);
        break;
    case LINKTYPE_WIFI:
        walk_to(w, WALK_WIFI, 0);
        break;
    default:
        if (!link_rare(w, linktype))
            walk_stop(w, TROUBLE_UNKNOWN_LINK);
    }
}

bool link_plausible(const struct walk *w, struct bytes in)
{
    uint16_t type;

    bytes_skip(&in, 12);
    type = bytes_be16(&in);
    if (in.short_read)
        return false;
    switch (type) {
    case ETHERTYPE_IP4:
        return bytes_peek(&in, 0) >> 4 == 4;
    case ETHERTYPE_IP6:
        return bytes_peek(&in, 0) >> 4 == 6;
    case ETHERTYPE_ARP:
    case ETHERTYPE_VLAN:
    case ETHERTYPE_QINQ:
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
    case ETHERTYPE_PPPOE_DISCOVERY:
    case ETHERTYPE_PPPOE_SESSION:
        return true;
    default:
        break;
    }
    if (type < 3 || type > LENGTH_FIELD_MAX || type + 14u > w->wire_left)
        return false;
    type = bytes_be16(&in); /* SNAP, spanning tree, IS-IS, NetBIOS, IPX */
    return type == 0xaaaa || type == 0x4242 || type == 0xfefe || type == 0xf0f0 || type == 0xe0e0;
}

static void vlan(struct walk *w)
{
    struct bytes h = w->in;
    uint16_t tci = bytes_be16(&h), type = bytes_be16(&h);
    struct packet *p = w->p;

    if (p->n_vlans == PACKET_VLANS_MAX) {
        walk_stop(w, TROUBLE_DEPTH);
        return;
    }
    if (!walk_header(w, LAYER_VLAN, 4, TROUBLE_BAD_LINK))
        return;
    w->total -= 4;
    p->vlans[p->n_vlans++] = tci & 0x0fff;
    walk_to(w, WALK_ETHERTYPE, type);
}

/*
 * RFC 3032: labels until the one with the bottom bit.  Then IP, which the first nibble tells (RFC
 * 4928 section 3); or an Ethernet frame of a pseudowire, with a control word that begins with 0
 * (RFC 4385 section 3) or without one.
 */
void link_mpls(struct walk *w)
{
    struct bytes h = w->in;
    uint32_t len = 0, label;

    do {
        label = bytes_be32(&h);
        len += 4;
    } while (!h.short_read && !(label & 0x100) && len < 4 * PACKET_VLANS_MAX);
    if (!walk_link_header(w, LAYER_MPLS, len))
        return;
    if (!walk_tunnel(w, "MPLS", true, label >> 12))
        return;
    h = w->in;
    if (ip_plausible(w, h) ||
        (!link_plausible(w, h) && (bytes_peek(&h, 0) >> 4 == 4 || bytes_peek(&h, 0) >> 4 == 6))) {
        walk_to(w, WALK_IP, 0);
        return;
    }
    if (link_plausible(w, h)) {
        walk_to(w, WALK_LINK, LINKTYPE_ETHERNET);
        return;
    }
    bytes_skip(&h, 4);
    if (bytes_peek(&w->in, 0) >> 4 != 0 || !link_plausible(w, h))
        walk_stop(w, 0);
    else if (walk_link_header(w, LAYER_MPLS, 4))
        walk_to(w, WALK_LINK, LINKTYPE_ETHERNET);
}

static void arp(struct walk *w)
{
    struct bytes h = w->in;
    uint32_t len;

    bytes_skip(&h, 4);
    len = 8 + 2u * bytes_u8(&h);
    len += 2u * bytes_u8(&h);
    walk_size(w, len);
    if (walk_trim(w, len))
        walk_header(w, LAYER_ARP, len, TROUBLE_BAD_LINK);
    walk_stop(w, 0);
}

void link_ethertype(struct walk *w, uint16_t ethertype)
{
    if (ethertype <= LENGTH_FIELD_MAX) {
        walk_size(w, ethertype);
        if (!walk_trim(w, ethertype))
            w->p->trouble |= TROUBLE_BAD_LINK;
        walk_to(w, WALK_LLC, 0);
        return;
    }
    w->p->ethertype = ethertype;
    switch (ethertype) {
    case ETHERTYPE_IP4:
    case ETHERTYPE_IP6:
        /* A wrong version nibble is seen there. */
        walk_to(w, WALK_IP, ethertype == ETHERTYPE_IP4 ? 4 : 6);
        break;
    case ETHERTYPE_VLAN:
    case ETHERTYPE_QINQ:
    case ETHERTYPE_QINQ_9100:
    case ETHERTYPE_QINQ_9200:
    case ETHERTYPE_QINQ_9300:
        vlan(w);
        break;
    case ETHERTYPE_PPPOE_DISCOVERY:
    case ETHERTYPE_PPPOE_SESSION:
        walk_to(w, WALK_PPPOE, ethertype);
        break;
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
        link_mpls(w);
        break;
    case ETHERTYPE_TEB:
        walk_to(w, WALK_LINK, LINKTYPE_ETHERNET);
        break;
    case ETHERTYPE_CENTRINO:
        walk_to(w, WALK_WIFI, 0);
        break;
    case ETHERTYPE_ARP:
        arp(w);
        break;
    default:
        if (link_tag(w, ethertype))
            break;
        if (ethertype < ETHERTYPE_LEAST)
            w->p->trouble |= TROUBLE_BAD_LINK;
        walk_stop(w, 0);
    }
}

/*
 * An organisation and its type.  00-80-c2 is IEEE 802.1: bridged frames, in ATM padded by two (RFC
 * 2684 section 5.2), with (1) or without (7) their check sequence.
 */
void link_snap(struct walk *w)
{
    struct bytes h = w->in;
    uint32_t oui = bytes_be24(&h);
    uint16_t type = bytes_be16(&h);

    if (!walk_link_header(w, LAYER_SNAP, 5))
        return;
    if ((oui == 0 || oui == 0x0000f8) && type > LENGTH_FIELD_MAX) {
        walk_to(w, WALK_ETHERTYPE, type);
        return;
    }
    if (oui != 0x0080c2 || (type != 1 && type != 7)) {
        walk_stop(w, 0);
        return;
    }
    if (type == 1 && w->wire_left >= 4)
        walk_trim(w, w->wire_left - 4);
    if (bytes_peek(&w->in, 0) == 0 && bytes_peek(&w->in, 1) == 0 && !link_plausible(w, w->in) &&
        !walk_link_header(w, LAYER_LINK, 2))
        return;
    walk_to(w, WALK_LINK, LINKTYPE_ETHERNET);
}

/* IEEE 802.2: destination and source SAP, control (1 byte for unnumbered frames, else 2). */
void link_llc(struct walk *w)
{
    struct bytes h = w->in;
    uint8_t dsap = bytes_u8(&h), ssap = bytes_u8(&h), control = bytes_u8(&h);

    if (dsap == 0xff && ssap == 0xff) { /* raw IPX: no LLC at all */
        walk_stop(w, 0);
        return;
    }
    if (!walk_link_header(w, LAYER_LLC, (control & 3) == 3 ? 3 : 4))
        return;
    if (dsap == 0x06 && ssap == 0x06 && control == 3) {
        walk_to(w, WALK_IP, 4);
        return;
    }
    if (dsap != 0xaa || ssap != 0xaa || control != 3) {
        walk_stop(w, 0);
        return;
    }
    walk_to(w, WALK_SNAP, 0);
}

/*
 * Inside a tunnel the addresses of its ends are not those of what it carries: the session is a
 * conversation of its own, of the two MAC addresses in the tunnel, if there are any.
 */
static void forget_outer(struct walk *w)
{
    struct packet *p = w->p;

    if (!w->own_mac) {
        memset(p->mac_src, 0, sizeof(p->mac_src));
        memset(p->mac_dst, 0, sizeof(p->mac_dst));
        p->has_mac = false;
        p->direction = DIRECTION_UNKNOWN;
    }
    if (!p->src.family)
        return;
    p->src = p->dst = (struct ip_addr){ 0 };
    p->src_port = p->dst_port = 0;
    p->ip_proto = p->ip_ttl = p->l4 = 0;
    p->has_ip_id = false;
    p->l3 = NULL;
    p->l3_len = 0;
}

/* RFC 2516 section 4: version and type 1, code, session, length of what follows. */
void link_pppoe(struct walk *w, uint16_t ethertype)
{
    struct bytes h = w->in;
    struct packet *p = w->p;
    uint8_t version = bytes_u8(&h), code = bytes_u8(&h);
    uint16_t session = bytes_be16(&h), len = bytes_be16(&h);
    bool discovery = ethertype ? ethertype == ETHERTYPE_PPPOE_DISCOVERY : code != 0;

    p->seen |= SEEN_PPPOE;
    if (!walk_link_header(w, discovery ? LAYER_PPPOE_DISCOVERY : LAYER_PPPOE_SESSION, 6))
        return;
    p->pppoe_code = code;
    p->pppoe_session = session;
    p->pppoe_len = len;
    forget_outer(w);
    walk_size(w, len);
    if (version != 0x11 || !walk_trim(w, len))
        p->trouble |= TROUBLE_BAD_LINK;
    if (discovery || code != 0)
        walk_stop(w, 0);
    else
        walk_to(w, WALK_PPP, 0);
}

/* RFC 1661 section 2: two bytes, or one if it is odd (protocol field compression). */
void link_ppp(struct walk *w)
{
    struct bytes h = w->in;
    uint16_t protocol = bytes_u8(&h);
    uint32_t len = 1;

    if (!(protocol & 1)) {
        protocol = (uint16_t)(protocol << 8 | bytes_u8(&h));
        len = 2;
    }
    if (!walk_link_header(w, LAYER_PPP, len))
        return;
    w->p->ppp_protocol = protocol;
    switch (protocol) {
    case 0x0021:
        walk_to(w, WALK_IP, 4);
        break;
    case 0x0057:
        walk_to(w, WALK_IP, 6);
        break;
    case 0x0281:
    case 0x0283:
        link_mpls(w);
        break;
    default:
        walk_stop(w, 0);
    }
}
