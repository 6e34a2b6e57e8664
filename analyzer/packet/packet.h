/*
 * packet: what the headers of one frame say, without casts and without allocation.
 *
 * packet_decode walks from the link layer to TCP, UDP or ICMP.  Everything is a view: pointers go
 * into the frame, or into the defragmenter's buffer when IP fragments were put together.  Lengths
 * are told apart: what the headers say is on the wire, and what was captured.
 */
#ifndef PACKET_PACKET_H
#define PACKET_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/radio.h"

#define PACKET_LAYERS_MAX 24
#define PACKET_VLANS_MAX  8
#define PACKET_TUNNELS_MAX 8 /* tunnels inside tunnels */

struct frame;
struct frag_table;

enum packet_layer_kind {
    LAYER_NONE,
    LAYER_ETHERNET, LAYER_LLC, LAYER_SNAP, LAYER_VLAN, LAYER_SLL, LAYER_SLL2, LAYER_NULL,
    LAYER_RADIOTAP, LAYER_WIFI, LAYER_PPP, LAYER_PPPOE_DISCOVERY, LAYER_PPPOE_SESSION, LAYER_ARP,
    LAYER_IP4, LAYER_IP6, LAYER_IP6_EXTENSION, LAYER_TCP, LAYER_UDP, LAYER_ICMP, LAYER_ICMP6,
    LAYER_MPLS, LAYER_ESP, LAYER_AH, LAYER_NFLOG, LAYER_PPI,
    LAYER_GRE, LAYER_ERSPAN, LAYER_ETHERIP, LAYER_VXLAN, LAYER_GENEVE, LAYER_GTPU, LAYER_L2TP,
    LAYER_TEREDO, LAYER_NSH, LAYER_CAPWAP, LAYER_TZSP, LAYER_MACSEC, LAYER_TAG, LAYER_LINK,
    LAYER_AVS, LAYER_PRISM,
    LAYER_PAYLOAD,
};

struct packet_layer {
    enum packet_layer_kind kind;
    uint32_t at, len; /* header bytes within the frame; at is UINT32_MAX in a reassembled part */
};

/* IPv4 in the first 4 bytes (family 4), IPv6 (family 6), a MAC address (family 48) or none (0). */
struct ip_addr {
    uint8_t family;
    uint8_t b[16];
};

/* How frames are counted: each once per kind, ICMP-quoted and tunnelled headers included. */
enum packet_seen {
    SEEN_TCP = 1 << 0,
    SEEN_UDP = 1 << 1,
    SEEN_TCP_SYN = 1 << 2, /* SYN without ACK */
    SEEN_TCP_RST = 1 << 3,
    SEEN_PPPOE = 1 << 4,
};

/* Findings about the frame itself. */
enum packet_trouble {
    TROUBLE_SNAPPED = 1 << 0,   /* a header or the payload was cut by the snap length */
    TROUBLE_BAD_LINK = 1 << 1,  /* a link header contradicts itself */
    TROUBLE_BAD_IP = 1 << 2,    /* an IP header contradicts itself or the frame */
    TROUBLE_BAD_L4 = 1 << 3,    /* a TCP or UDP header contradicts itself */
    TROUBLE_UNKNOWN_LINK = 1 << 4, /* a link type we do not decode */
    TROUBLE_FRAGMENT = 1 << 5,  /* part of a datagram that is not complete (yet) */
    TROUBLE_FRAGMENT_LOST = 1 << 6, /* fragments had to be dropped: table full or overlap */
    TROUBLE_ENCRYPTED = 1 << 7, /* 802.11 protected frame */
    TROUBLE_DEPTH = 1 << 8,     /* more layers than PACKET_LAYERS_MAX */
};

/* Which way a frame went at the capturing machine, where its link header says so (Linux cooked). */
enum packet_direction { DIRECTION_UNKNOWN, DIRECTION_IN, DIRECTION_OUT };

enum tcp_flag {
    TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08,
    TCP_ACK = 0x10, TCP_URG = 0x20, TCP_ECE = 0x40, TCP_CWR = 0x80,
};

/* A TCP segment's header and options (RFC 9293 section 3.1, RFC 7323, RFC 2018). */
struct tcp_view {
    uint16_t src_port, dst_port;
    uint32_t seq, ack;
    uint8_t flags;          /* enum tcp_flag */
    uint16_t window;        /* as in the header, not scaled */
    uint16_t checksum;
    uint8_t header_len;
    bool options_cut;       /* options were not all captured or broken */
    int8_t window_scale;    /* -1: no option */
    uint16_t mss;           /* 0: no option */
    bool has_timestamps;
    uint32_t ts_val, ts_ecr;
    bool sack_permitted;
    uint8_t n_sack;         /* SACK blocks, 0..4 */
    struct { uint32_t left, right; } sack[4];
};

/* A tunnel around the packet. */
struct packet_tunnel {
    const char *name;        /* "GRE", "VXLAN", ... static text */
    bool has_id;
    uint32_t id;             /* VNI, GRE key, TEID, session: as the protocol has it */
    struct ip_addr src, dst; /* its ends; family 0 where it runs over a bare link */
};

struct packet {
    const struct frame *frame;
    uint64_t frame_no;   /* of the frame, as below: what later rooms need of it */
    int64_t time_ns;
    bool has_time;
    uint32_t interface_no;
    const uint8_t *bytes; /* of the whole frame, cap_len of them */
    uint32_t cap_len;
    unsigned seen;    /* enum packet_seen */
    unsigned trouble; /* enum packet_trouble */

    bool has_mac;
    uint8_t mac_src[6], mac_dst[6];
    uint8_t direction;   /* enum packet_direction; not unknown: mac_src is known, has_mac or not */
    uint16_t ethertype;  /* of the innermost link layer; 0 if none */
    uint8_t pppoe_code;  /* RFC 2516; 0 in a session, or where there is no PPPoE */
    uint16_t pppoe_session;
    uint16_t pppoe_len;  /* of what follows the PPPoE header */
    uint16_t ppp_protocol; /* RFC 1661; 0 if there is no PPP */
    uint16_t vlans[PACKET_VLANS_MAX]; /* VIDs, outermost first */
    uint8_t n_vlans;
    uint32_t true_len; /* link header (of a cooked or raw capture: Ethernet's) + payload as the
                        * headers say: no padding, no VLAN tags */

    /* 802.11: a retry of the frame before from the same transmitter is a link-layer copy. */
    bool wifi, wifi_retry;
    struct frame_radio radio; /* of the frame's record, or of a header before the frame */
    uint16_t wifi_seq;   /* sequence control: sequence << 4 | fragment */
    uint8_t wifi_ta[6];
    bool link_copy;      /* set by the decoder's retry memory: not a TCP event */

    struct ip_addr src, dst;   /* family 0: no IP header that could be read */
    uint8_t ip_proto, ip_ttl;
    bool has_ip_id;
    uint32_t ip_id;      /* IPv4, or of an IPv6 fragment */
    bool reassembled;    /* l4 and payload point into the defragmenter's buffer */
    const uint8_t *l3;   /* the innermost IP header, for nDPI */
    uint32_t l3_len;     /* captured bytes from there */

    uint8_t l4;          /* 6 TCP, 17 UDP, 1 or 58 ICMP, 0: none that could be read */
    uint8_t icmp_type, icmp_code; /* if l4 is ICMP */
    bool icmp_error;     /* it quotes a packet: `quoted` says which */
    struct {
        struct ip_addr src, dst;
        uint16_t src_port, dst_port;
        uint8_t ip_proto;
        bool carries;  /* bytes behind its UDP or TCP header are quoted, too */
        uint8_t first; /* the first of them */
    } quoted;
    struct tcp_view tcp; /* if l4 == 6 */
    uint16_t src_port, dst_port;

    const uint8_t *payload;   /* behind TCP or UDP (or behind the last header read) */
    uint32_t payload_len;     /* captured */
    uint32_t payload_wire_len; /* as the headers say */
    uint32_t payload_at;      /* offset in the frame; UINT32_MAX if reassembled */

    /* Lists, of which only what the counts say means anything; they stand last. */
    uint8_t n_layers, n_tunnels;
    struct packet_layer layers[PACKET_LAYERS_MAX];
    struct packet_tunnel tunnels[PACKET_TUNNELS_MAX]; /* outermost first; src and dst are the innermost */
};

/* Memory that decoding needs across frames: IP fragments and 802.11 retries.  One per capture. */
struct packet_decoder;
struct packet_decoder *packet_decoder_new(void);
void packet_decoder_free(struct packet_decoder *d);

/*
 * Decodes *f into *p.  Never fails: what cannot be read is in `trouble`, and the layers before it
 * stand.  *p borrows from *f and from `d` until the next call.
 */
void packet_decode(struct packet_decoder *d, const struct frame *f, struct packet *p);

/*
 * Some frames carry several packets (802.11 A-MSDU).  After packet_decode, call this until it says
 * false: true means that *p is the frame's next packet.  `seen` then has only what the packets before
 * it had not, so that a frame still counts once per kind.
 */
bool packet_decode_next(struct packet_decoder *d, struct packet *p);

/* "Ethernet", "IPv4", ... */
const char *packet_layer_name(enum packet_layer_kind kind);

/* "192.0.2.7", "2001:db8::1", "02:00:5e:10:20:30"; `out` needs IP_ADDR_LEN bytes.  Returns `out`. */
#define IP_ADDR_LEN 48
const char *ip_addr_text(const struct ip_addr *a, char *out);

#endif
