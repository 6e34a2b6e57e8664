/*
 * link_rare: link types that are seldom met (tcpdump.org/linktypes), and tags between Ethernet and
 * what it carries (IEEE 802.1ah, 802.1BR, 802.1AE; TRILL, RFC 6325).
 *
 * FDDI (ANSI X3T9.5), Token Ring (IEEE 802.5), ARCNET (RFC 1051, 1201), Frame Relay (RFC 2427), ATM
 * (RFC 2684), DOCSIS, IP over Fibre Channel (RFC 4338), IEEE 1394 (RFC 2734), Infiniband (RFC
 * 4391).
 */
#include "config.h"

#include "packet/walk.h"

#define LINKTYPE_ETHERNET 1
#define ETHERTYPE_LEAST   0x0600

enum rare_linktype {
    LINKTYPE_TOKEN_RING = 6,
    LINKTYPE_ARCNET_BSD = 7,
    LINKTYPE_SLIP = 8,
    LINKTYPE_FDDI = 10,
    LINKTYPE_ATM = 100,
    LINKTYPE_SLIP_BSDOS = 102,
    LINKTYPE_PPP_BSDOS = 103,
    LINKTYPE_ATM_CLIP = 106,
    LINKTYPE_FRELAY = 107,
    LINKTYPE_ENC = 109,
    LINKTYPE_PFLOG = 117,
    LINKTYPE_IP_OVER_FC = 122,
    LINKTYPE_SUNATM = 123,
    LINKTYPE_ARCNET_LINUX = 129,
    LINKTYPE_APPLE_1394 = 138,
    LINKTYPE_DOCSIS = 143,
    LINKTYPE_ERF = 197,
    LINKTYPE_C_HDLC = 104,
    LINKTYPE_C_HDLC_WITH_DIR = 205,
    LINKTYPE_FRELAY_WITH_DIR = 206,
    LINKTYPE_MPLS = 219,
    LINKTYPE_IPNET = 226,
    LINKTYPE_NETANALYZER = 240,
    LINKTYPE_NETANALYZER_TRANSPARENT = 241,
    LINKTYPE_IPOIB = 242,
    LINKTYPE_PKTAP = 258,
    LINKTYPE_EPON = 259,
    LINKTYPE_MPACKET = 274,
    LINKTYPE_DSA_BRCM = 281,
    LINKTYPE_DSA_BRCM_PREPEND = 282,
    LINKTYPE_DSA = 283,
    LINKTYPE_EDSA = 284,
    LINKTYPE_PKTAP_USER2 = 149,
};

static void macs(struct walk *w, size_t dst_at, size_t src_at)
{
    struct bytes dst = w->in, src = w->in;

    bytes_skip(&dst, dst_at);
    bytes_skip(&src, src_at);
    bytes_copy(&dst, w->p->mac_dst, 6);
    bytes_copy(&src, w->p->mac_src, 6);
    w->p->has_mac = w->own_mac = !dst.short_read && !src.short_read;
}

/* Frame control, two addresses; only frames whose control says LLC carry anything for us. */
static void fddi(struct walk *w)
{
    uint8_t control = bytes_peek(&w->in, 0);

    macs(w, 1, 7);
    if (!walk_link_header(w, LAYER_LINK, 13))
        return;
    if ((control & 0x70) == 0x50)
        walk_to(w, WALK_LLC, 0);
    else
        walk_stop(w, 0);
}

/* Access and frame control, two addresses; the first bit of the source: a routing field follows. */
static void token_ring(struct walk *w)
{
    uint8_t control = bytes_peek(&w->in, 1);
    bool routed = bytes_peek(&w->in, 8) & 0x80;
    uint32_t len = 14;

    macs(w, 2, 8);
    if (routed) {
        uint32_t routing = bytes_peek(&w->in, 14) & 0x1f;

        len += routing < 2 ? 2 : routing;
        w->p->mac_src[0] &= 0x7f;
    }
    if (!walk_link_header(w, LAYER_LINK, len))
        return;
    if ((control & 0xc0) == 0x40)
        walk_to(w, WALK_LLC, 0);
    else
        walk_stop(w, 0);
}

/* Source, destination, (Linux: an offset,) protocol; RFC 1201 adds a split flag and a sequence
 * number. */
static void arcnet(struct walk *w, bool with_offset)
{
    uint32_t len = with_offset ? 5 : 3;
    uint8_t protocol = bytes_peek(&w->in, len - 1), split;
    uint16_t type;

    if (!walk_link_header(w, LAYER_LINK, len))
        return;
    switch (protocol) {
    case 240: /* RFC 1051 */
    case 212: /* RFC 1201 */
        type = 0x0800;
        break;
    case 241:
    case 213:
        type = 0x0806;
        break;
    case 196:
        type = 0x86dd;
        break;
    default:
        walk_stop(w, 0);
        return;
    }
    if (protocol < 240) {
        split = bytes_peek(&w->in, 0);
        /* ff: an exception packet, whose true header is three bytes later. */
        if (!walk_link_header(w, LAYER_LINK, split == 0xff ? 7 : 3))
            return;
        if (split != 0xff && split & 1) { /* a later fragment */
            walk_stop(w, TROUBLE_FRAGMENT);
            return;
        }
    }
    walk_to(w, WALK_ETHERTYPE, type);
}

/* Q.922 address of two to four bytes, then RFC 2427's NLPID, or Cisco's ethertype. */
static void frame_relay(struct walk *w)
{
    struct bytes h = w->in;
    uint32_t len = 0;
    uint8_t octet, nlpid;

    do {
        octet = bytes_u8(&h);
        len++;
    } while (!(octet & 1) && len < 4 && !h.short_read);
    if (bytes_peek(&h, 0) != 0x03) {
        uint16_t type = bytes_be16(&h);

        if (walk_link_header(w, LAYER_LINK, len + 2))
            walk_to(w, WALK_ETHERTYPE, type);
        return;
    }
    bytes_skip(&h, 1);
    len++;
    if (bytes_peek(&h, 0) == 0) { /* padding to an even length */
        bytes_skip(&h, 1);
        len++;
    }
    nlpid = bytes_u8(&h);
    if (!walk_link_header(w, LAYER_LINK, len + 1))
        return;
    switch (nlpid) {
    case 0xcc:
        walk_to(w, WALK_IP, 4);
        break;
    case 0x8e:
        walk_to(w, WALK_IP, 6);
        break;
    case 0xcf:
        walk_to(w, WALK_PPP, 0);
        break;
    case 0x80:
        walk_to(w, WALK_SNAP, 0);
        break;
    default:
        walk_stop(w, 0);
    }
}

static void raw_or_llc(struct walk *w)
{
    if (bytes_peek(&w->in, 0) == 0xaa && bytes_peek(&w->in, 1) == 0xaa)
        walk_to(w, WALK_LLC, 0);
    else
        walk_to(w, WALK_IP, 0);
}

/* Flags, VPI, VCI; the low four bits of the flags say what is inside. */
static void sun_atm(struct walk *w)
{
    uint8_t kind = bytes_peek(&w->in, 0) & 0x0f;

    if (!walk_link_header(w, LAYER_LINK, 4))
        return;
    if (kind == 2)
        walk_to(w, WALK_LLC, 0);
    else
        walk_stop(w, 0);
}

/* A header of `len` bytes, then something fixed. */
static void skip_to(struct walk *w, uint32_t len, enum walk_next next, uint32_t value)
{
    if (walk_link_header(w, LAYER_LINK, len))
        walk_to(w, next, value);
}

/* OpenBSD's packet filter log: its length without padding, then the address family. */
static void pflog(struct walk *w)
{
    uint32_t len = bytes_peek(&w->in, 0);

    skip_to(w, (len + 3) & ~3u, WALK_IP, 0);
}

/* Frame control 0: a packet for the outside; an extended header where its last bit says so. */
static void docsis(struct walk *w)
{
    struct bytes h = w->in;
    uint8_t control = bytes_u8(&h), more = bytes_u8(&h);

    if (control >> 6 != 0) {
        walk_link_header(w, LAYER_LINK, 6);
        walk_stop(w, 0);
        return;
    }
    skip_to(w, 6 + (control & 1 ? more : 0u), WALK_LINK, LINKTYPE_ETHERNET);
}

#define ERF_EXTENSIONS_MAX 16

/* Endace's record header, 8 bytes more for each extension; Ethernet is padded by two. */
static void endace(struct walk *w)
{
    struct bytes h = w->in;
    uint8_t type, next;
    uint32_t len = 16, n = 0;

    bytes_skip(&h, 8);
    type = next = bytes_u8(&h);
    bytes_skip(&h, 7);
    while (next & 0x80 && n++ < ERF_EXTENSIONS_MAX) {
        next = bytes_u8(&h);
        bytes_skip(&h, 7);
        len += 8;
    }
    switch (type & 0x7f) {
    case 2: /* Ethernet, and its variants with colour */
    case 11:
    case 16:
    case 20:
        skip_to(w, len + 2, WALK_LINK, LINKTYPE_ETHERNET);
        break;
    case 22:
        skip_to(w, len, WALK_IP, 4);
        break;
    case 23:
        skip_to(w, len, WALK_IP, 6);
        break;
    case 1: /* PoS: HDLC of Cisco or PPP */
    case 10:
        skip_to(w, len, WALK_LINK, 50);
        break;
    default:
        walk_stop(w, TROUBLE_UNKNOWN_LINK);
    }
}

/* Header length and link type, in the order of the machine, which is little-endian everywhere. */
static void pktap(struct walk *w)
{
    struct bytes h = w->in;
    uint32_t len = bytes_le32(&h), inner;

    bytes_skip(&h, 4);
    inner = bytes_le32(&h);
    if (h.short_read || len < 12 || len > 0xffff || inner > 0xffff || inner == LINKTYPE_PKTAP ||
        inner == LINKTYPE_PKTAP_USER2) {
        walk_stop(w, TROUBLE_UNKNOWN_LINK);
        return;
    }
    if (walk_header(w, LAYER_LINK, len, TROUBLE_BAD_LINK)) {
        w->total = w->wire_left;
        walk_to(w, WALK_LINK, inner == 12 ? 101 : inner); /* DLT_RAW is 101 in files */
    }
}

/* A switch's tag of `len` bytes between the addresses and the type. */
static void switch_tag(struct walk *w, uint32_t len)
{
    struct bytes h = w->in;
    uint16_t type;

    macs(w, 0, 6);
    bytes_skip(&h, 12 + len);
    type = bytes_be16(&h);
    if (!walk_link_header(w, LAYER_ETHERNET, 12 + len + 2))
        return;
    w->link_len -= len;
    walk_to(w, WALK_ETHERTYPE, type);
}

/* An ethertype at `at`, at the end of a header. */
static void typed(struct walk *w, uint32_t at)
{
    struct bytes h = w->in;

    bytes_skip(&h, at);
    skip_to(w, at + 2, WALK_ETHERTYPE, bytes_be16(&h));
}

static void apple_1394(struct walk *w) /* two EUI-64 */
{
    typed(w, 16);
}

static void ipoib(struct walk *w) /* the address of the destination, then RFC 4391's header */
{
    struct bytes h = w->in;

    bytes_skip(&h, 20);
    skip_to(w, 24, WALK_ETHERTYPE, bytes_be16(&h));
}

static void arcnet_bsd(struct walk *w)
{
    arcnet(w, false);
}

static void arcnet_linux(struct walk *w)
{
    arcnet(w, true);
}

static void frame_relay_with_dir(struct walk *w)
{
    if (walk_link_header(w, LAYER_LINK, 1))
        frame_relay(w);
}

static void dsa(struct walk *w)
{
    switch_tag(w, 4);
}

static void edsa(struct walk *w)
{
    switch_tag(w, 8);
}

/* clang-format off */
/* Links whose header needs no reading: so many bytes, and what comes behind them. */
static const struct {
    uint16_t linktype, skip;
    enum walk_next next;
    uint16_t value;
} plain[] = {
    { LINKTYPE_SLIP, 16, WALK_IP, 0 }, /* direction, and what was compressed */
    { LINKTYPE_SLIP_BSDOS, 24, WALK_IP, 0 },
    { LINKTYPE_PPP_BSDOS, 24, WALK_IP, 0 },
    { LINKTYPE_ENC, 12, WALK_IP, 0 }, /* address family, SPI, flags */
    { LINKTYPE_IP_OVER_FC, 16, WALK_LLC, 0 },
    { LINKTYPE_C_HDLC_WITH_DIR, 1, WALK_LINK, LINKTYPE_C_HDLC },
    { LINKTYPE_IPNET, 24, WALK_IP, 0 },
    { LINKTYPE_NETANALYZER, 4, WALK_LINK, LINKTYPE_ETHERNET },
    { LINKTYPE_NETANALYZER_TRANSPARENT, 12, WALK_LINK, LINKTYPE_ETHERNET },
    { LINKTYPE_EPON, 8, WALK_LINK, LINKTYPE_ETHERNET },
    { LINKTYPE_MPACKET, 8, WALK_LINK, LINKTYPE_ETHERNET },
    { LINKTYPE_DSA_BRCM_PREPEND, 4, WALK_LINK, LINKTYPE_ETHERNET },
    { LINKTYPE_MPLS, 0, WALK_MPLS, 0 },
};

static const struct {
    uint16_t linktype;
    void (*read)(struct walk *w);
} special[] = {
    { LINKTYPE_TOKEN_RING, token_ring }, { LINKTYPE_FDDI, fddi },
    { LINKTYPE_ARCNET_BSD, arcnet_bsd }, { LINKTYPE_ARCNET_LINUX, arcnet_linux },
    { LINKTYPE_ATM, raw_or_llc }, { LINKTYPE_ATM_CLIP, raw_or_llc }, { LINKTYPE_SUNATM, sun_atm },
    { LINKTYPE_FRELAY, frame_relay }, { LINKTYPE_FRELAY_WITH_DIR, frame_relay_with_dir },
    { LINKTYPE_PFLOG, pflog }, { LINKTYPE_APPLE_1394, apple_1394 }, { LINKTYPE_IPOIB, ipoib },
    { LINKTYPE_DOCSIS, docsis }, { LINKTYPE_ERF, endace },
    { LINKTYPE_PKTAP, pktap }, { LINKTYPE_PKTAP_USER2, pktap },
    { LINKTYPE_DSA_BRCM, dsa }, { LINKTYPE_DSA, dsa }, { LINKTYPE_EDSA, edsa },
};
/* clang-format on */

bool link_rare(struct walk *w, uint16_t linktype)
{
    size_t i;

    for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (plain[i].linktype != linktype)
            continue;
        if (plain[i].skip == 0)
            walk_to(w, plain[i].next, plain[i].value);
        else
            skip_to(w, plain[i].skip, plain[i].next, plain[i].value);
        return true;
    }
    for (i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
        if (special[i].linktype == linktype) {
            special[i].read(w);
            return true;
        }
    }
    return false;
}

/* -- tags behind an Ethernet header
 * ------------------------------------------------------------------- */

/* The tag, then the type of what follows. */
static void tag(struct walk *w, uint32_t len)
{
    struct bytes h = w->in;
    uint16_t type;

    bytes_skip(&h, len);
    type = bytes_be16(&h);
    if (!walk_header(w, LAYER_TAG, len + 2, TROUBLE_BAD_LINK))
        return;
    w->total -= len + 2;
    walk_to(w, WALK_ETHERTYPE, type);
}

/*
 * IEEE 802.1AE: TCI, short length, packet number, and with SC set the channel's id.  Where only the
 * integrity is protected the frame goes on behind it, with a check value of 16 bytes at its end.
 */
static void macsec(struct walk *w)
{
    struct bytes h = w->in;
    uint8_t tci = bytes_u8(&h), short_len;
    uint32_t len = tci & 0x20 ? 14 : 6;
    uint16_t type;

    short_len = bytes_u8(&h) & 0x3f;
    bytes_skip(&h, len - 2);
    type = bytes_be16(&h);
    if (tci & 0x0c) { /* encrypted, or changed */
        if (walk_link_header(w, LAYER_MACSEC, len))
            walk_stop(w, TROUBLE_ENCRYPTED);
        return;
    }
    if (!walk_link_header(w, LAYER_MACSEC, len + 2))
        return;
    if (short_len >= 2)
        walk_trim(w, short_len - 2u);
    else if (w->wire_left >= 16)
        walk_trim(w, w->wire_left - 16);
    walk_to(w, WALK_ETHERTYPE, type);
}

/* RFC 6325: hop count and nicknames, options in words; the frame it carries has its own header. */
static void trill(struct walk *w)
{
    struct bytes h = w->in;
    uint32_t options = (bytes_be16(&h) >> 6 & 0x1fu) * 4;

    if (walk_link_header(w, LAYER_TAG, 6 + options) && walk_tunnel(w, "TRILL", false, 0))
        walk_to(w, WALK_LINK, LINKTYPE_ETHERNET);
}

bool link_tag(struct walk *w, uint16_t ethertype)
{
    switch (ethertype) {
    case 0x893f: /* IEEE 802.1BR E-TAG */
        tag(w, 6);
        return true;
    case 0x8926: /* VN-tag */
        tag(w, 4);
        return true;
    case 0x88e5:
        macsec(w);
        return true;
    case 0x894f:
        walk_to(w, WALK_NSH, 0);
        return true;
    case 0x22f3:
        trill(w);
        return true;
    case 0x88e7: /* IEEE 802.1ah: the service instance, then the customer's own Ethernet header */
        if (walk_link_header(w, LAYER_TAG, 4) && walk_tunnel(w, "802.1ah", false, 0))
            walk_to(w, WALK_LINK, LINKTYPE_ETHERNET);
        return true;
    case 0x8903: /* FabricPath: two bytes of tag behind the outer header */
        if (walk_link_header(w, LAYER_TAG, 2) && walk_tunnel(w, "FabricPath", false, 0))
            walk_to(w, WALK_LINK, LINKTYPE_ETHERNET);
        return true;
    default:
        return false;
    }
}
