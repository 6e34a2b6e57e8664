#include "config.h"

#include "packet/packet.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "capture/capture.h"
#include "packet/decoder.h"
#include "packet/walk.h"

struct packet_decoder *packet_decoder_new(void)
{
    struct packet_decoder *d = xcalloc(1, sizeof(*d));

    d->frags = frag_table_new();
    return d;
}

void packet_decoder_free(struct packet_decoder *d)
{
    if (!d)
        return;
    frag_table_free(d->frags);
    free(d);
}

static void step(struct walk *w)
{
    switch (w->next) {
    case WALK_LINK:
        link_step(w, (uint16_t)w->value);
        break;
    case WALK_ETHERTYPE:
        link_ethertype(w, (uint16_t)w->value);
        break;
    case WALK_LLC:
        link_llc(w);
        break;
    case WALK_PPPOE:
        link_pppoe(w, (uint16_t)w->value);
        break;
    case WALK_PPP:
        link_ppp(w);
        break;
    case WALK_WIFI:
        wifi_step(w);
        break;
    case WALK_AMSDU:
        wifi_amsdu(w);
        break;
    case WALK_IP:
        ip_step(w);
        break;
    case WALK_IP_PROTO:
        ip_proto(w, (uint8_t)w->value);
        break;
    case WALK_MPLS:
        link_mpls(w);
        break;
    case WALK_NSH:
        tunnel_nsh(w);
        break;
    case WALK_SNAP:
        link_snap(w);
        break;
    case WALK_DONE:
        break;
    }
}

static void run(struct walk *w)
{
    int steps;

    for (steps = 0; w->next != WALK_DONE && steps < WALK_STEPS_MAX; steps++)
        step(w);
    if (w->next != WALK_DONE)
        walk_stop(w, TROUBLE_DEPTH);
}

/* A header that an ICMP error quotes is counted, and says which conversation the error is about. */
static unsigned quoted(const struct walk *outer)
{
    struct packet *about = outer->p;
    struct packet p = { 0 };
    struct walk w = {
        .p = &p, .in = outer->quote, .wire_left = outer->quote_wire_len, .next = WALK_IP
    };

    run(&w);
    about->icmp_error = p.src.family != 0;
    about->quoted.src = p.src;
    about->quoted.dst = p.dst;
    about->quoted.src_port = p.src_port;
    about->quoted.dst_port = p.dst_port;
    about->quoted.ip_proto = p.ip_proto;
    about->quoted.carries = (p.l4 == 6 || p.l4 == 17) && w.in.left;
    about->quoted.first = bytes_peek(&w.in, 0);
    return p.seen;
}

/* Walks to the end and fills in what the last step left. */
static void finish(struct walk *w)
{
    struct packet *p = w->p;

    run(w);
    if (w->quote.left)
        p->seen |= quoted(w);
    if (!w->sized)
        p->true_len = w->total;
    if (w->in.left < w->wire_left)
        p->trouble |= TROUBLE_SNAPPED;
    p->payload = w->in.p;
    p->payload_len = (uint32_t)w->in.left;
    p->payload_wire_len = w->wire_left;
    p->payload_at = walk_at(w);
    if (w->in.left && p->n_layers < PACKET_LAYERS_MAX)
        p->layers[p->n_layers++] = (struct packet_layer){ .kind = LAYER_PAYLOAD,
                                                          .at = p->payload_at,
                                                          .len = p->payload_len };
}

/* Nothing known yet but the frame itself.  The lists are not cleared: their counts are. */
static void start(struct packet *p, const struct frame *f)
{
    memset(p, 0, offsetof(struct packet, layers));
    p->frame = f;
    p->frame_no = f->frame_no;
    p->time_ns = f->time_ns;
    p->has_time = f->has_time;
    p->interface_no = f->interface_no;
    p->bytes = f->bytes;
    p->cap_len = f->cap_len;
    p->radio = f->radio;
    p->tcp.window_scale = -1;
}

void packet_decode(struct packet_decoder *d, const struct frame *f, struct packet *p)
{
    uint32_t wire_len = f->wire_len > f->fcs_len ? f->wire_len - f->fcs_len : f->wire_len;
    struct walk w = { .d = d,
                      .p = p,
                      .in = bytes_of(f->bytes, f->cap_len),
                      .base = f->bytes,
                      .wire_left = f->wire_len,
                      .next = WALK_LINK,
                      .value = f->linktype };

    start(p, f);
    d->rest = (struct amsdu_rest){ 0 };
    walk_trim(&w, wire_len);
    w.total = w.wire_left;
    finish(&w);
    d->rest.seen = p->seen;
}

bool packet_decode_next(struct packet_decoder *d, struct packet *p)
{
    struct amsdu_rest rest = d->rest;
    struct packet before;
    struct walk w = { .d = d,
                      .p = p,
                      .in = rest.in,
                      .base = rest.in.p ? rest.in.p - rest.at : NULL,
                      .wire_left = rest.wire_left,
                      .total = rest.wire_left,
                      .next = WALK_AMSDU };

    if (rest.wire_left == 0)
        return false;
    before = *p;
    d->rest.wire_left = 0;
    start(p, before.frame);
    p->has_mac = true;
    p->wifi = true;
    p->wifi_retry = before.wifi_retry;
    p->radio = before.radio;
    p->wifi_seq = before.wifi_seq;
    p->link_copy = before.link_copy;
    memcpy(p->wifi_ta, before.wifi_ta, sizeof(p->wifi_ta));
    finish(&w);
    p->seen &= ~rest.seen;
    d->rest.seen = rest.seen | p->seen;
    return true;
}

const char *packet_layer_name(enum packet_layer_kind kind)
{
    /* clang-format off */
    static const char *const names[] = {
        [LAYER_NONE] = "none",
        [LAYER_ETHERNET] = "Ethernet", [LAYER_LLC] = "LLC", [LAYER_SNAP] = "SNAP",
        [LAYER_VLAN] = "VLAN", [LAYER_SLL] = "Linux cooked", [LAYER_SLL2] = "Linux cooked v2",
        [LAYER_NULL] = "loopback", [LAYER_RADIOTAP] = "radiotap", [LAYER_WIFI] = "802.11",
        [LAYER_PPP] = "PPP", [LAYER_PPPOE_DISCOVERY] = "PPPoE discovery",
        [LAYER_PPPOE_SESSION] = "PPPoE session", [LAYER_ARP] = "ARP",
        [LAYER_IP4] = "IPv4", [LAYER_IP6] = "IPv6", [LAYER_IP6_EXTENSION] = "IPv6 extension",
        [LAYER_TCP] = "TCP", [LAYER_UDP] = "UDP", [LAYER_ICMP] = "ICMP",
        [LAYER_ICMP6] = "ICMPv6", [LAYER_MPLS] = "MPLS", [LAYER_ESP] = "ESP", [LAYER_AH] = "AH",
        [LAYER_GRE] = "GRE", [LAYER_ERSPAN] = "ERSPAN", [LAYER_ETHERIP] = "EtherIP",
        [LAYER_VXLAN] = "VXLAN", [LAYER_GENEVE] = "Geneve", [LAYER_GTPU] = "GTP-U",
        [LAYER_L2TP] = "L2TP", [LAYER_TEREDO] = "Teredo", [LAYER_NSH] = "NSH",
        [LAYER_CAPWAP] = "CAPWAP", [LAYER_TZSP] = "TZSP", [LAYER_MACSEC] = "MACsec",
        [LAYER_TAG] = "tag", [LAYER_LINK] = "link header",
        [LAYER_NFLOG] = "NFLOG", [LAYER_PPI] = "PPI", [LAYER_AVS] = "AVS",
        [LAYER_PRISM] = "Prism",
        [LAYER_PAYLOAD] = "payload",
    };
    /* clang-format on */

    return (size_t)kind < sizeof(names) / sizeof(names[0]) ? names[kind] : "unknown";
}

/* inet_ntop goes through printf, and every life has two of these. */
static void ip4_text(const uint8_t *b, char *out)
{
    unsigned i;

    for (i = 0; i < 4; i++) {
        if (b[i] >= 100)
            *out++ = (char)('0' + b[i] / 100);
        if (b[i] >= 10)
            *out++ = (char)('0' + b[i] / 10 % 10);
        *out++ = (char)('0' + b[i] % 10);
        *out++ = i < 3 ? '.' : '\0';
    }
}

const char *ip_addr_text(const struct ip_addr *a, char *out)
{
    if (a->family == 48)
        snprintf(out, IP_ADDR_LEN, "%02x:%02x:%02x:%02x:%02x:%02x", a->b[0], a->b[1], a->b[2],
                 a->b[3], a->b[4], a->b[5]);
    else if (a->family == 4)
        ip4_text(a->b, out);
    else if (a->family != 6 || !inet_ntop(AF_INET6, a->b, out, IP_ADDR_LEN))
        memcpy(out, "-", 2);
    return out;
}
