/*
 * walk: what the files of packet/ share while they walk through one frame.
 *
 * Each step reads one header at the cursor and says what comes next; packet.c calls steps in a loop
 * until one says WALK_DONE, so nesting costs no stack and is bounded by WALK_STEPS_MAX.  A new
 * tunnel is one more step: it strips its header and sets `next` (WALK_LINK with a link type,
 * WALK_ETHERTYPE, WALK_IP_PROTO ...).
 *
 * Two lengths move along: in.left is what was captured, wire_left what the headers say is there.
 */
#ifndef PACKET_WALK_H
#define PACKET_WALK_H

#include "base/bytes.h"
#include "packet/packet.h"

#define LINKTYPE_WIFI 105 /* 802.11 without a header of the receiver */

#define WALK_STEPS_MAX      32 /* headers of one frame, tunnels included */
#define WALK_EXTENSIONS_MAX 16 /* IPv6 extension headers of one packet */

enum walk_next {
    WALK_DONE,
    WALK_LINK,      /* value: LINKTYPE_ */
    WALK_ETHERTYPE, /* value: ethertype */
    WALK_LLC,
    WALK_PPPOE,    /* value: ethertype, 0 where there was none */
    WALK_PPP,      /* protocol field at the cursor */
    WALK_WIFI,     /* 802.11 header */
    WALK_AMSDU,    /* subframe of an 802.11 A-MSDU */
    WALK_IP,       /* version in the first nibble */
    WALK_IP_PROTO, /* value: protocol or next header */
    WALK_MPLS,     /* a label at the cursor */
    WALK_NSH,
    WALK_SNAP, /* OUI and type at the cursor */
};

struct walk {
    struct packet_decoder *d; /* NULL: no memory across frames (a quoted header) */
    struct packet *p;
    struct bytes in;
    const uint8_t *base; /* first byte of the frame; NULL inside a reassembled datagram */
    uint32_t wire_left;
    enum walk_next next;
    uint32_t value;

    uint32_t link_len; /* link headers so far, VLAN tags left out; for true_len */
    uint32_t total;    /* true_len where no header says how long the frame is */
    bool sized;        /* true_len is known */
    bool own_mac;      /* a link header stands between the last tunnel and the cursor */
    bool wifi_pad;     /* radiotap: padding between 802.11 header and body */
    uint8_t n_extensions;
    struct bytes quote; /* what an ICMP error quotes, from its IP header on; p NULL: nothing */
    uint32_t quote_wire_len;
};

/*
 * Moves behind a header of `len` bytes and notes the layer.  False (and the walk is over) if it was
 * not all captured (TROUBLE_SNAPPED) or is not all there (`trouble`), or with too many layers.
 */
bool walk_header(struct walk *w, enum packet_layer_kind kind, uint32_t len, unsigned trouble);

/* The same for a link header, which counts for true_len. */
bool walk_link_header(struct walk *w, enum packet_layer_kind kind, uint32_t len);

/* What follows is `wire_len` bytes long; the rest is padding.  False if that is more than there is.
 */
bool walk_trim(struct walk *w, uint32_t wire_len);

/* The outermost header that knows how long the frame is: `len` bytes from the cursor on. */
void walk_size(struct walk *w, uint64_t len);

/* Ends the walk with a finding. */
void walk_stop(struct walk *w, unsigned trouble);

void walk_to(struct walk *w, enum walk_next next, uint32_t value);

/*
 * What follows travels in a tunnel between the addresses read last.  False (and the walk is over) with
 * more tunnels than PACKET_TUNNELS_MAX.
 */
bool walk_tunnel(struct walk *w, const char *name, bool has_id, uint32_t id);

/* Offset of the cursor in the frame, UINT32_MAX in a reassembled part. */
uint32_t walk_at(const struct walk *w);

/* The steps.  Each is called with its header at the cursor. */
void link_step(struct walk *w, uint16_t linktype);
void link_ethertype(struct walk *w, uint16_t ethertype);
void link_llc(struct walk *w);
void link_pppoe(struct walk *w, uint16_t ethertype);
void link_ppp(struct walk *w);
void link_mpls(struct walk *w);
/* Link types that are seldom met.  False: not one of them. */
bool link_rare(struct walk *w, uint16_t linktype);
/* Tags that stand where an Ethernet frame has its type.  False: it is none. */
bool link_tag(struct walk *w, uint16_t ethertype);
void link_snap(struct walk *w);
void radio_radiotap(struct walk *w);
void radio_ppi(struct walk *w);
void radio_avs(struct walk *w);
void radio_prism(struct walk *w);
void wifi_step(struct walk *w);
void wifi_amsdu(struct walk *w);
void ip_step(struct walk *w);
void ip_proto(struct walk *w, uint8_t proto);
void l4_tcp(struct walk *w);
void l4_udp(struct walk *w);
void tunnel_gre(struct walk *w);
void tunnel_etherip(struct walk *w);
void tunnel_l2tp3(struct walk *w);
void tunnel_nsh(struct walk *w);
/* What UDP carries to or from a tunnel's port; not moved if it is something else after all. */
void tunnel_udp(struct walk *w);

/* Do these bytes begin like an IP packet (version, header length, a total length that fits)? */
bool ip_plausible(const struct walk *w, struct bytes in);
/* Like an Ethernet frame, with a type that is carried in tunnels or a length that fits? */
bool link_plausible(const struct walk *w, struct bytes in);

#endif
