#include "config.h"

#include "packet/mark.h"

#include <stddef.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "capture/capture.h"
#include "packet/packet.h"

/* Where the link layers end: the first header that travels with the packet.  What a tunnel carries
 * travels without the tunnel. */
static uint32_t link_end(const struct packet *p)
{
    unsigned i;

    for (i = p->n_layers; p->n_tunnels && i-- > 0;)
        if (p->layers[i].kind == LAYER_PPPOE_DISCOVERY || p->layers[i].kind == LAYER_PPPOE_SESSION)
            return p->layers[i].at;
    for (i = 0; i < p->n_layers; i++) {
        switch (p->layers[i].kind) {
        case LAYER_PPPOE_DISCOVERY:
        case LAYER_PPPOE_SESSION:
        case LAYER_PPP:
        case LAYER_ARP:
        case LAYER_PAYLOAD:
        case LAYER_IP4:
        case LAYER_IP6:
            return p->layers[i].at;
        default:
            break;
        }
    }
    return UINT32_MAX;
}

/* Frames without an IP header: everything behind the link layer, up to the true length. */
static bool link_mark(const struct packet *p, uint64_t *mark)
{
    uint32_t at = link_end(p), len;

    if (at >= p->cap_len)
        return false;
    len = p->cap_len - at;
    /* Padding comes behind what the headers speak of. */
    if (p->true_len > 14 && len > p->true_len - 14)
        len = p->true_len - 14;
    if (p->seen & SEEN_PPPOE && len > 6u + p->pppoe_len)
        len = 6u + p->pppoe_len;
    if (len > 64)
        len = 64;
    *mark = hash_mix(p->ethertype, p->bytes + at, len);
    return true;
}

bool packet_mark(const struct packet *p, uint64_t *mark)
{
    struct mark_head {
        uint32_t id, seq, ack, wire_len;
        uint16_t flags, proto, more, len;
        uint8_t payload[MARK_PAYLOAD_LEN]; /* len of them */
    } k;

    if (p->frame && p->frame->linktype == CAPTURE_NO_LINK)
        return false;
    if (!p->src.family)
        return link_mark(p, mark);
    memset(&k, 0, offsetof(struct mark_head, payload));
    k.id = p->has_ip_id ? p->ip_id : 0;
    k.proto = p->ip_proto;
    k.wire_len = p->payload_wire_len;
    if (p->l4 == 6) {
        k.seq = p->tcp.seq;
        k.ack = p->tcp.ack;
        k.flags = p->tcp.flags;
    }
    k.len = (uint16_t)(p->payload_len < MARK_PAYLOAD_LEN ? p->payload_len : MARK_PAYLOAD_LEN);
    if (k.len)
        memcpy(k.payload, p->payload, k.len);
    *mark = hash_mix(p->src.family, &k, offsetof(struct mark_head, payload) + k.len);
    return true;
}

uint64_t packet_place(const struct packet *p)
{
    uint32_t place[4] = { p->interface_no, p->direction, p->n_vlans ? p->vlans[0] : 0,
                          p->n_tunnels };

    return hash_mix(hash_mix(0, place, sizeof(place)), p->mac_src, sizeof(p->mac_src));
}

static uint64_t end_of(const struct ip_addr *a, bool has_mac, const uint8_t mac[6])
{
    static const uint8_t nobody[16]; /* :: and 0.0.0.0 are everybody without an address yet */

    if (a->family && memcmp(a->b, nobody, sizeof(nobody)) != 0)
        return hash_mix(a->family, a->b, sizeof(a->b)) | 1;
    return has_mac ? hash_mix(48, mac, 6) | 1 : 0;
}

uint64_t packet_sender(const struct packet *p)
{
    return end_of(&p->src, p->has_mac || p->direction, p->mac_src);
}

uint64_t packet_receiver(const struct packet *p)
{
    return end_of(&p->dst, p->has_mac, p->mac_dst);
}

static bool local_address(const struct ip_addr *a)
{
    static const uint8_t zero[16];

    if (memcmp(a->b, zero, a->family == 4 ? 4 : 16) == 0)
        return true;
    if (a->family == 4)
        return a->b[0] >= 224 || (a->b[0] == 169 && a->b[1] == 254);
    return a->b[0] == 0xff || (a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80);
}

bool packet_is_local(const struct packet *p)
{
    return !p->src.family || local_address(&p->src) || local_address(&p->dst) ||
           (p->has_mac && p->mac_dst[0] & 1);
}

static const char *tcp_kind(const struct packet *p)
{
    uint8_t flags = p->tcp.flags;

    if (flags & TCP_RST)
        return "TCP RST";
    if (flags & TCP_SYN)
        return flags & TCP_ACK ? "TCP SYN/ACK" : "TCP SYN";
    if (flags & TCP_FIN)
        return "TCP FIN";
    return p->payload_wire_len ? "TCP data" : "TCP ACK";
}

static const char *icmp_kind(const struct packet *p)
{
    uint8_t type = p->icmp_type;

    if (p->l4 == 1)
        return type == 8   ? "ICMP echo request"
               : type == 0 ? "ICMP echo reply"
               : type == 3 ? "ICMP unreachable"
                           : "ICMP";
    switch (type) {
    case 128:
        return "ICMPv6 echo request";
    case 129:
        return "ICMPv6 echo reply";
    case 133:
        return "ICMPv6 router solicitation";
    case 134:
        return "ICMPv6 router advertisement";
    case 135:
        return "ICMPv6 neighbour solicitation";
    case 136:
        return "ICMPv6 neighbour advertisement";
    default:
        return "ICMPv6";
    }
}

static const char *pppoe_kind(uint8_t code)
{
    switch (code) {
    case 0x09:
        return "PPPoE PADI";
    case 0x07:
        return "PPPoE PADO";
    case 0x19:
        return "PPPoE PADR";
    case 0x65:
        return "PPPoE PADS";
    case 0xa7:
        return "PPPoE PADT";
    default:
        return "PPPoE discovery";
    }
}

/* RFC 1661 section 5: the codes that LCP and the NCPs share. */
#define PPP_KINDS(name)                                                                            \
    {                                                                                              \
        name " packet", name " Configure-Request", name " Configure-Ack", name " Configure-Nak",   \
            name " Configure-Reject", name " Terminate-Request", name " Terminate-Ack",            \
            name " Code-Reject", name " Protocol-Reject", name " Echo-Request",                    \
            name " Echo-Reply", name " Discard-Request"                                            \
    }

static const char *ppp_kind(const struct packet *p)
{
    static const struct {
        uint16_t protocol;
        const char *names[12];
    } kinds[] = {
        { 0xc021, PPP_KINDS("LCP") },    { 0x8021, PPP_KINDS("IPCP") },
        { 0x8057, PPP_KINDS("IPV6CP") }, { 0x80fd, PPP_KINDS("CCP") },
        { 0x8053, PPP_KINDS("ECP") },
    };
    uint8_t code = p->payload_len ? p->payload[0] : 0;
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].protocol == p->ppp_protocol)
            return kinds[i].names[code < 12 ? code : 0];
    if (p->ppp_protocol == 0xc023)
        return code == 1 ? "PAP request" : "PAP answer";
    return p->ppp_protocol == 0xc223 ? "CHAP" : "PPP";
}

const char *packet_kind(const struct packet *p)
{
    if (p->src.family) {
        if (p->l4 == 6)
            return tcp_kind(p);
        if (p->l4 == 17)
            return "UDP";
        if (p->l4 == 1 || p->l4 == 58)
            return icmp_kind(p);
        return p->src.family == 4 ? "IPv4" : "IPv6";
    }
    if (p->pppoe_code)
        return pppoe_kind(p->pppoe_code);
    if (p->ppp_protocol)
        return ppp_kind(p);
    return p->ethertype == 0x0806 ? "ARP" : "other link-level frame";
}
