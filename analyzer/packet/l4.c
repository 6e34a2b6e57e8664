/* l4: TCP (RFC 9293, options of RFC 7323 and RFC 2018) and UDP (RFC 768). */
#include "config.h"

#include "packet/walk.h"

#define TCP_LEN   20u
#define TCP_LEAST 14u /* ports, seq, ack, flags: enough to follow a connection */
#define UDP_LEN   8u

enum tcp_option {
    OPTION_END = 0,
    OPTION_NOP = 1,
    OPTION_MSS = 2,
    OPTION_WINDOW_SCALE = 3,
    OPTION_SACK_PERMITTED = 4,
    OPTION_SACK = 5,
    OPTION_TIMESTAMPS = 8,
};

static void sack_blocks(struct tcp_view *t, struct bytes value)
{
    while (value.left >= 8 && t->n_sack < 4) {
        t->sack[t->n_sack].left = bytes_be32(&value);
        t->sack[t->n_sack].right = bytes_be32(&value);
        t->n_sack++;
    }
}

static void tcp_options(struct tcp_view *t, struct bytes in)
{
    while (in.left) {
        uint8_t kind = bytes_u8(&in), len;
        struct bytes value;

        if (kind == OPTION_END)
            return;
        if (kind == OPTION_NOP)
            continue;
        len = bytes_u8(&in);
        if (in.short_read || len < 2 || len - 2u > in.left) {
            t->options_cut = true;
            return;
        }
        value = bytes_sub(&in, len - 2u);
        if (kind == OPTION_MSS && value.left == 2) {
            t->mss = bytes_be16(&value);
        } else if (kind == OPTION_WINDOW_SCALE && value.left == 1) {
            t->window_scale = (int8_t)bytes_u8(&value);
            if (t->window_scale > 14 || t->window_scale < 0)
                t->window_scale = 14; /* RFC 7323 section 2.3 */
        } else if (kind == OPTION_SACK_PERMITTED && value.left == 0) {
            t->sack_permitted = true;
        } else if (kind == OPTION_SACK) {
            sack_blocks(t, value);
        } else if (kind == OPTION_TIMESTAMPS && value.left == 8) {
            t->has_timestamps = true;
            t->ts_val = bytes_be32(&value);
            t->ts_ecr = bytes_be32(&value);
        }
    }
}

static void ports(struct walk *w, unsigned seen)
{
    struct bytes h = w->in;
    struct packet *p = w->p;

    p->seen |= seen;
    if (h.left >= 4) {
        p->src_port = bytes_be16(&h);
        p->dst_port = bytes_be16(&h);
    }
}

/* The header runs past what was captured: as much of it as there is. */
static void snapped_header(struct walk *w, enum packet_layer_kind kind, uint32_t header_len)
{
    uint32_t there = (uint32_t)w->in.left;

    if (!walk_header(w, kind, there, 0))
        return;
    header_len -= there;
    w->wire_left -= header_len < w->wire_left ? header_len : w->wire_left;
    walk_stop(w, TROUBLE_SNAPPED);
}

void l4_tcp(struct walk *w)
{
    struct bytes h = w->in, options;
    struct packet *p = w->p;
    struct tcp_view t = { .window_scale = -1 };

    ports(w, SEEN_TCP);
    t.src_port = bytes_be16(&h);
    t.dst_port = bytes_be16(&h);
    t.seq = bytes_be32(&h);
    t.ack = bytes_be32(&h);
    t.header_len = (uint8_t)(bytes_u8(&h) >> 4) * 4;
    t.flags = bytes_u8(&h);
    if (h.short_read) {
        if (w->in.left < w->wire_left)
            snapped_header(w, LAYER_TCP, TCP_LEN);
        else
            walk_stop(w, TROUBLE_BAD_L4);
        return;
    }
    if (t.header_len < TCP_LEN) {
        walk_stop(w, TROUBLE_BAD_L4);
        return;
    }
    if ((t.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
        p->seen |= SEEN_TCP_SYN;
    if (t.flags & TCP_RST)
        p->seen |= SEEN_TCP_RST;
    if (t.header_len > w->wire_left) {
        walk_stop(w, TROUBLE_BAD_L4);
        return;
    }
    t.window = bytes_be16(&h);
    t.checksum = bytes_be16(&h);
    bytes_skip(&h, 2); /* urgent pointer */
    options = bytes_sub(&h, t.header_len - TCP_LEN);
    t.options_cut = t.header_len > w->in.left;
    options.short_read = false;
    tcp_options(&t, options);
    p->l4 = 6;
    p->tcp = t;
    if (t.header_len > w->in.left)
        snapped_header(w, LAYER_TCP, t.header_len);
    else if (walk_header(w, LAYER_TCP, t.header_len, TROUBLE_BAD_L4))
        walk_stop(w, 0);
}

void l4_udp(struct walk *w)
{
    struct bytes h = w->in;
    struct packet *p = w->p;
    uint32_t len;

    ports(w, SEEN_UDP);
    bytes_skip(&h, 4);
    len = bytes_be16(&h);
    bytes_skip(&h, 2);
    if (h.short_read) {
        if (w->in.left < w->wire_left)
            snapped_header(w, LAYER_UDP, UDP_LEN);
        else
            walk_stop(w, TROUBLE_BAD_L4);
        return;
    }
    p->l4 = 17;
    /* 0: longer than the field can say (RFC 2675, or segmentation offload). */
    if (len && (len < UDP_LEN || !walk_trim(w, len))) {
        /* Of a fragment that stands alone the length is the whole datagram's. */
        if (!(p->trouble & TROUBLE_FRAGMENT) || len < UDP_LEN)
            p->trouble |= TROUBLE_BAD_L4;
    }
    if (!walk_header(w, LAYER_UDP, UDP_LEN, TROUBLE_BAD_L4))
        return;
    walk_stop(w, 0);
    tunnel_udp(w);
}
