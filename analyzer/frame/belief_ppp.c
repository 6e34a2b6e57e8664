#include "config.h"

#include "frame/belief_ppp.h"

#include <ctype.h>
#include <string.h>

#include "base/bytes.h"
#include "frame/belief.h"
#include "frame/words.h"
#include "packet/packet.h"
#include "store/store.h"

enum { PADI = 0x09, PADO = 0x07, PADR = 0x19, PADS = 0x65, PADT = 0xa7 };

/* -- frames ------------------------------------------------------------------------------------ */

/* LCP anew, or terminated, takes everything above it down (RFC 1661 section 3.4). */
static void forget_above(struct belief_ppp *b)
{
    memset(&b->half[PPP_LCP + 1], 0, sizeof(b->half) - sizeof(b->half[0]));
}

/*
 * Only a request that is sent again keeps its id (RFC 1661 section 5.1), also where its Ack was
 * seen here: that may be lost further on.  An LCP that is open and asked anew is a new one.
 */
static bool asks_again(const struct belief_ppp_half *h, const struct belief_ppp_half *peer,
                       unsigned layer, uint8_t id)
{
    return h->asked && h->id == id && !h->closing && !h->closed &&
           !(layer == PPP_LCP && h->acked && peer->acked);
}

static void request(struct belief_ppp *b, unsigned layer, unsigned from, uint8_t id,
                    const struct store_packet *row, int64_t ns)
{
    struct belief_ppp_half *h = &b->half[layer][from], *peer = &b->half[layer][!from];

    if (asks_again(h, peer, layer, id))
        b->resent_frame = row->frame_no;
    if (layer == PPP_LCP && (h->acked || peer->acked))
        forget_above(b);
    if (outstanding_open(&h->o))
        outstanding_resend(&h->o, row->frame_no, ns);
    else
        outstanding_send(&h->o, row->frame_no, ns);
    h->asked = true;
    h->id = id;
    h->acked = peer->ack_sent = false;
    h->closing = h->closed = peer->closing = peer->closed = false;
    b->over = false;
}

static void answer(struct belief_ppp *b, unsigned layer, unsigned from, uint8_t code, uint8_t id,
                   const struct store_packet *row, int64_t ns)
{
    struct belief_ppp_half *h = &b->half[layer][from], *asker = &b->half[layer][!from];

    if (asker->asked && asker->id != id) /* of an earlier request: the asker discards it */
        return;
    if (outstanding_open(&asker->o))
        outstanding_answer(&asker->o, row->frame_no, ns);
    if (code != PPP_ACK)
        return;
    asker->acked = true;
    h->ack_sent = true;
}

static void close_layer(struct belief_ppp *b, unsigned layer, unsigned from, bool done)
{
    unsigned end;

    if (layer == PPP_LCP)
        forget_above(b);
    for (end = 0; end < 2; end++) {
        struct belief_ppp_half *h = &b->half[layer][end];

        h->acked = h->ack_sent = false;
        h->o = (struct outstanding){ 0 };
        h->closing = !done && end == from;
        h->closed = !h->closing;
    }
    b->over = b->over || (layer == PPP_LCP && done);
}

static void reject(struct belief_ppp *b, unsigned from, struct bytes body)
{
    int layer = ppp_layer_of(bytes_be16(&body));

    if (layer < 0 || body.short_read)
        return;
    b->half[layer][!from].rejected = true;
    b->half[layer][!from].o = (struct outstanding){ 0 };
}

static void control(struct belief_ppp *b, unsigned layer, unsigned from, struct bytes in,
                    const struct store_packet *row, int64_t ns)
{
    uint8_t code = bytes_u8(&in), id = bytes_u8(&in);

    bytes_skip(&in, 2);
    if (in.short_read)
        return;
    if (code == PPP_REQUEST)
        request(b, layer, from, id, row, ns);
    else if (code == PPP_ACK || code == PPP_NAK || code == PPP_REJECT)
        answer(b, layer, from, code, id, row, ns);
    else if (code == PPP_TERMINATE || code == PPP_TERMINATE_ACK)
        close_layer(b, layer, from, code == PPP_TERMINATE_ACK);
    else if (code == PPP_PROTOCOL_REJECT && layer == PPP_LCP)
        reject(b, from, in);
}

void belief_ppp_frame(struct belief_ppp *b, const struct store_packet *row, const struct packet *p,
                      int64_t ns)
{
    unsigned from = row->from_b;
    int layer;

    if (p->pppoe_code) {
        b->discovery[from] = p->pppoe_code;
        if (p->pppoe_code == PADS)
            b->session = p->pppoe_session;
        b->over = p->pppoe_code == PADT;
        return;
    }
    layer = p->src.family ? -1 : ppp_layer_of(p->ppp_protocol);
    if (layer >= 0)
        control(b, (unsigned)layer, from, bytes_of(p->payload, p->payload_len), row, ns);
}

/* -- text -------------------------------------------------------------------------------------- */

/* NULL: nothing is known of this layer at this end. */
static const char *state_name(const struct belief_ppp_half *h)
{
    if (h->rejected)
        return "rejected";
    if (h->closing)
        return "Closing";
    if (h->closed)
        return "Closed";
    if (!h->asked)
        return h->ack_sent || h->acked ? "?" : NULL;
    return h->acked && h->ack_sent ? "Opened"
           : h->acked              ? "Ack-Rcvd"
           : h->ack_sent           ? "Ack-Sent"
                                   : "Req-Sent";
}

static void add_upper(char *out, size_t len, const char *name)
{
    for (; *name; name++)
        words_add(out, len, "%c", toupper((unsigned char)*name));
}

static void discovery_state(const struct belief_ppp *b, unsigned end, char *out, size_t len)
{
    uint8_t code = b->discovery[end];

    if (b->session)
        words_add(out, len, "session 0x%04x", b->session);
    else
        words_add(out, len, "%s",
                  code == PADI   ? "PADI sent"
                  : code == PADO ? "PADO sent"
                  : code == PADR ? "PADR sent"
                  : code == PADS ? "refused"
                                 : "?");
}

/* "LCP IPV6CP Opened, IPCP Ack-Sent": layers of one state together, in the order of the first. */
void belief_ppp_state(const struct belief_ppp *b, unsigned end, char *out, size_t len)
{
    bool told[PPP_LAYERS] = { false };
    unsigned i, k;

    if (b->no_ends || b->over) {
        words_add(out, len, b->over ? "terminated" : "?");
        return;
    }
    for (i = 0; i < PPP_LAYERS; i++) {
        const char *name = state_name(&b->half[i][end]);

        if (!name || told[i])
            continue;
        words_add(out, len, "%s", *out ? ", " : "");
        for (k = i; k < PPP_LAYERS; k++) {
            if (state_name(&b->half[k][end]) != name)
                continue;
            told[k] = true;
            words_add(out, len, "%s", k == i ? "" : " ");
            add_upper(out, len, ppp_layer_name(k));
        }
        words_add(out, len, " %s", name);
    }
    if (!*out)
        discovery_state(b, end, out, len);
}

void belief_ppp_detail(const struct belief_ppp *b, unsigned end, int64_t now_ns, char *out,
                       size_t len)
{
    const struct belief_ppp_half *worst = NULL;
    unsigned i, at = 0;

    if (b->no_ends || b->over)
        return;
    for (i = 0; i < PPP_LAYERS; i++) {
        const struct belief_ppp_half *h = &b->half[i][end];

        if (!outstanding_open(&h->o) || (worst && worst->o.n_resent >= h->o.n_resent))
            continue;
        worst = h;
        at = i;
    }
    if (!worst)
        return;
    add_upper(out, len, ppp_layer_name(at));
    words_add(out, len, " request id %u", worst->id);
    belief_wait(&worst->o, now_ns, out, len);
}
