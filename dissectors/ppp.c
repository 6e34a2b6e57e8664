/*
 * ppp: the control protocols of PPP (RFC 1661, 1332, 5072, 1334, 1994).
 *
 * What each end must believe follows from what it sent and what passed here on its way to it.  The
 * tell of a lost Ack is an end that asks again for what was acknowledged, although it has itself
 * acknowledged what the other end asks for: with the Ack it would be Opened, and there no timer
 * runs (RFC 1661 section 4.1).  Without that it proves nothing: in state Ack-Rcvd an end waits for
 * an acceptable request of the other end, and its timer resends its own.  The identifier does not
 * tell the two apart: section 5.1 wants a new one after a valid reply, but pppd keeps it (fsm.c,
 * fsm_timeout).  Timers differ between implementations and are read off the trace.
 *
 * PPP without PPPoE has no addresses: there the ends are inferred from whose request an answer
 * fits, and the facts say that they were.
 */
#include "config.h"

#include <string.h>

#include "base/times.h"
#include "dissectors/dissect.h"
#include "dissectors/ppp_facts.h"
#include "flow/flow.h"
#include "packet/packet.h"

#define PROTOCOL_PAP  0xc023
#define PROTOCOL_CHAP 0xc223
#define PADT          0xa7

#define ETHERNET_PPPOE_LEN 20u

#define COPY_NS     (NS_PER_S / 10) /* the same frame again so soon was captured twice, not resent */
#define CROSSING_NS (NS_PER_S / 2)  /* sent before the Ack could arrive; timers are longer */
#define REACTION_NS NS_PER_S        /* longer after a request nothing is an answer to it */
#define RETRY_NS    (30 * NS_PER_S) /* with a new id: further apart it is another negotiation */

/* A packet of a control protocol: code, id, length, body. */
struct control {
    uint8_t code, id;
    uint16_t len; /* of the body, as the header says */
    struct bytes body;
    struct bytes all; /* the body with what follows it in the frame */
    bool cut;
};

static enum dissect_result read_control(struct bytes in, struct control *c)
{
    *c = (struct control){ .code = bytes_u8(&in), .id = bytes_u8(&in) };
    c->len = bytes_be16(&in);
    if (in.short_read)
        return DISSECT_SHORT;
    if (c->len < 4)
        return DISSECT_BAD;
    c->len = (uint16_t)(c->len - 4);
    c->all = in;
    c->cut = in.left < c->len;
    c->body = c->cut ? in : bytes_sub(&in, c->len); /* padding follows */
    return DISSECT_OK;
}

static bool same_options(const struct ppp_request *r, const struct control *c)
{
    size_t n = c->body.left < r->kept_len ? c->body.left : r->kept_len;

    return r->len == c->len && (n == 0 || memcmp(r->kept, c->body.p, n) == 0);
}

/* Text of the outside world, as long as it fits. */
static void keep_text(char out[PPP_NAME_MAX], struct bytes in)
{
    size_t n = in.left < PPP_NAME_MAX - 1 ? in.left : PPP_NAME_MAX - 1;

    bytes_copy(&in, out, n);
    out[n] = '\0';
}

/* As an Ethernet frame, without padding and tags, whatever carries the session here. */
static uint32_t frame_size(const struct packet *p)
{
    if (!p)
        return 0;
    return p->seen & SEEN_PPPOE && !p->wifi ? ETHERNET_PPPOE_LEN + p->pppoe_len : p->true_len;
}

/* -- requests and their answers ---------------------------------------------------------------- */

/* The request is no longer waited for. */
static void drop_request(struct dissect_ctx *ctx, struct ppp_state *st, unsigned layer,
                         unsigned from, const char *why)
{
    struct ppp_half *h = &st->half[layer][from];

    if (h->request.o.n_resent)
        ppp_emit_unacked(ctx, st, layer, from, why);
    h->request.o = (struct outstanding){ 0 };
}

/* LCP anew takes everything above it down (RFC 1661 section 3.4). */
static void renegotiate(struct dissect_ctx *ctx, struct ppp_state *st)
{
    unsigned i, end;

    for (i = PPP_LCP + 1; i < PPP_LAYERS; i++)
        for (end = 0; end < 2; end++) {
            struct ppp_half *h = &st->half[i][end];

            drop_request(ctx, st, i, end, "renegotiated");
            h->acked_frame = h->ack_sent_frame = 0;
            h->opened = false;
        }
}

/* A layer was terminated; what was acknowledged stays on record. */
static void close_layer(struct dissect_ctx *ctx, struct ppp_state *st, unsigned layer)
{
    unsigned end;

    for (end = 0; end < 2; end++) {
        drop_request(ctx, st, layer, end, "terminated");
        st->half[layer][end].opened = false;
        st->half[layer][end].closed = true;
    }
}

/* Is this the request before, sent again? */
static bool is_again(const struct dissect_ctx *ctx, const struct ppp_state *st, unsigned layer,
                     unsigned from, const struct control *c)
{
    const struct ppp_half *h = &st->half[layer][from], *peer = &st->half[layer][!from];
    const struct ppp_request *r = &h->request;

    /* Once it was open, even the same id is another negotiation. */
    if (!r->o.sent_frame || !same_options(r, c) || r->through_frame)
        return false;
    if (r->id == c->id)
        return true;
    if (!r->n_acks && !r->n_refusals) /* RFC 1661 section 5.1: a retransmission may have a new id */
        return true;
    /* Acknowledged, and asked for again out of the blue: not at the other end's wish. */
    return r->n_acks && ctx->now_ns - r->o.last_ns >= CROSSING_NS &&
           ctx->now_ns - r->o.last_ns <= RETRY_NS &&
           (!peer->last_frame || ctx->now_ns - peer->last_ns >= CROSSING_NS);
}

static void new_request(struct dissect_ctx *ctx, struct ppp_state *st, unsigned layer,
                        unsigned from, const struct control *c)
{
    struct ppp_request *r = &st->half[layer][from].request;
    struct bytes body = c->body;

    drop_request(ctx, st, layer, from, "superseded");
    *r = (struct ppp_request){
        .id = c->id,
        .cut = c->cut,
        .len = c->len,
        .size = frame_size(ctx->packet),
        .n_ids = 1,
        .peer_before = st->n_frames[!from],
    };
    r->kept_len = (uint8_t)(body.left < sizeof(r->kept) ? body.left : sizeof(r->kept));
    bytes_copy(&body, r->kept, r->kept_len);
    outstanding_send(&r->o, ctx->frame_no, ctx->now_ns);
}

static void request(struct dissect_ctx *ctx, struct ppp_state *st, unsigned layer, unsigned from,
                    const struct control *c)
{
    struct ppp_half *h = &st->half[layer][from], *peer = &st->half[layer][!from];
    struct ppp_request *r = &h->request;
    /* What an open layer sends when it begins anew has a new id; a timer mostly keeps the old one.
     */
    bool new_id = !h->n_requests || r->id != c->id;

    if (is_again(ctx, st, layer, from, c)) {
        if (r->id == c->id && ctx->now_ns - r->o.last_ns < COPY_NS)
            return;
        /* Had the Ack arrived, it would be Opened: it has acknowledged the other end's request.
         * That was seen, or the other end sends what only an open layer does (RFC 1332 section 2).
         */
        r->n_after_ack += r->n_acks && (h->ack_sent_frame || peer->data_frame > peer->last_frame) &&
                          ctx->now_ns - r->last_ack_ns >= CROSSING_NS;
        r->n_ids += r->id != c->id;
        r->id = c->id;
        outstanding_resend(&r->o, ctx->frame_no, ctx->now_ns);
    } else {
        if (layer == PPP_LCP && (h->opened || peer->opened))
            renegotiate(ctx, st);
        new_request(ctx, st, layer, from, c);
    }
    /* Open, and asked again by its peer: it goes down and begins anew (RFC 1661 section 4.1). */
    if (new_id && h->acked_frame && peer->request.o.n_resent &&
        ctx->now_ns - peer->request.o.last_ns < REACTION_NS)
        peer->request.n_reactions++;
    if (layer == PPP_LCP)
        st->over = false;
    if (!h->n_requests++) {
        h->first_frame = ctx->frame_no;
        h->first_ns = ctx->now_ns;
        h->first_id = c->id;
    }
    h->last_frame = ctx->frame_no;
    h->last_ns = ctx->now_ns;
    h->acked_frame = peer->ack_sent_frame = 0;
    h->opened = peer->opened = h->closed = peer->closed = h->rejected = false;
}

static void judge_opened(const struct dissect_ctx *ctx, struct ppp_half *h)
{
    if (h->opened || !h->acked_frame || !h->ack_sent_frame)
        return;
    h->opened = true;
    if (!h->n_opened++) {
        h->opened_frame = ctx->frame_no;
        h->opened_ns = ctx->now_ns;
    }
}

static void ack(struct dissect_ctx *ctx, struct ppp_half *h, struct ppp_half *asker,
                const struct control *c)
{
    struct ppp_request *r = &asker->request;

    if (!r->o.sent_frame || r->id != c->id || !same_options(r, c))
        return; /* of an earlier request: the asker discards it */
    if (r->last_ack_frame > r->o.last_frame && ctx->now_ns - r->last_ack_ns < COPY_NS)
        return;
    h->n_acks++;
    if (!r->n_acks++) {
        outstanding_answer(&r->o, ctx->frame_no, ctx->now_ns);
        r->ack_size = frame_size(ctx->packet);
    }
    r->last_ack_frame = ctx->frame_no;
    r->last_ack_ns = ctx->now_ns;
    asker->acked_frame = h->ack_sent_frame = ctx->frame_no;
    judge_opened(ctx, asker);
    judge_opened(ctx, h);
}

static void refuse(struct dissect_ctx *ctx, struct ppp_half *h, struct ppp_half *asker,
                   const struct control *c)
{
    struct ppp_request *r = &asker->request;

    h->n_naks += c->code == PPP_NAK;
    h->n_rejects += c->code == PPP_REJECT;
    if (!r->o.sent_frame || r->id != c->id)
        return;
    r->n_refusals++;
    r->refused_frame = ctx->frame_no;
}

/* -- the end of a layer, of a session ---------------------------------------------------------- */

static void end_terminate(struct dissect_ctx *ctx, struct ppp_half *h, unsigned layer,
                          unsigned from)
{
    if (h->terminate.sent_frame)
        ppp_emit_terminate(ctx, h, layer, from);
    h->terminate = (struct outstanding){ 0 };
}

static void over(struct dissect_ctx *ctx, struct ppp_state *st)
{
    unsigned i;

    if (!st->over)
        for (i = 0; i < PPP_LAYERS; i++)
            close_layer(ctx, st, i);
    st->over = true;
}

static void terminate(struct dissect_ctx *ctx, struct ppp_state *st, unsigned layer, unsigned from,
                      const struct control *c)
{
    struct ppp_half *h = &st->half[layer][from];

    if (h->terminate.sent_frame && h->terminate_id == c->id) {
        outstanding_resend(&h->terminate, ctx->frame_no, ctx->now_ns);
        return;
    }
    end_terminate(ctx, h, layer, from);
    outstanding_send(&h->terminate, ctx->frame_no, ctx->now_ns);
    h->terminate_id = c->id;
    keep_text(h->reason, c->body);
    if (layer == PPP_LCP)
        over(ctx, st);
    else
        close_layer(ctx, st, layer);
}

static void terminate_ack(struct dissect_ctx *ctx, struct ppp_half *asker, const struct control *c)
{
    if (outstanding_open(&asker->terminate) && asker->terminate_id == c->id)
        outstanding_answer(&asker->terminate, ctx->frame_no, ctx->now_ns);
}

/* The other end does not know the protocol: an answer to everything asked in it. */
static void reject(struct dissect_ctx *ctx, struct ppp_state *st, unsigned layer, unsigned from,
                   const struct control *c)
{
    struct bytes body = c->body;
    uint16_t number = c->code == PPP_CODE_REJECT ? bytes_u8(&body) : bytes_be16(&body);
    int rejected = c->code == PPP_CODE_REJECT ? -1 : ppp_layer_of(number);

    if (body.short_read)
        return;
    ppp_emit_reject(ctx, layer, c->code == PPP_CODE_REJECT ? "code" : "protocol", number);
    if (rejected > 0) {
        st->half[rejected][!from].rejected = true;
        st->half[rejected][!from].request.n_refusals++;
        st->half[rejected][!from].request.refused_frame = ctx->frame_no;
        drop_request(ctx, st, (unsigned)rejected, !from, "rejected");
    }
}

/* -- echoes, authentication -------------------------------------------------------------------- */

static void end_run(struct dissect_ctx *ctx, struct ppp_state *st, unsigned from)
{
    struct ppp_echoes *e = &st->echo[from];

    if (e->run.sent_frame && (e->run.n_resent || !e->run.answer_frame))
        ppp_emit_echo(ctx, st, from);
    e->run = (struct outstanding){ 0 };
}

static void echo(struct dissect_ctx *ctx, struct ppp_state *st, unsigned from,
                 const struct control *c)
{
    struct ppp_echoes *e = &st->echo[c->code == PPP_ECHO ? from : !from];

    if (st->over) /* the other end has left */
        return;
    if (c->code == PPP_ECHO) {
        bool again = e->run.sent_frame && e->id == c->id && ctx->now_ns - e->run.last_ns < COPY_NS;

        if (again)
            return;
        e->n_sent++;
        e->id = c->id;
        if (e->run.sent_frame)
            outstanding_resend(&e->run, ctx->frame_no, ctx->now_ns);
        else
            outstanding_send(&e->run, ctx->frame_no, ctx->now_ns);
        return;
    }
    if (!e->run.sent_frame)
        return;
    e->n_answered++;
    outstanding_answer(&e->run, ctx->frame_no, ctx->now_ns);
    end_run(ctx, st, !from);
}

static void auth_asked(struct dissect_ctx *ctx, struct ppp_auth *a, const char *method, unsigned by,
                       struct bytes name)
{
    if (a->method == method && a->by == by && outstanding_open(&a->o)) {
        outstanding_resend(&a->o, ctx->frame_no, ctx->now_ns);
        return;
    }
    *a = (struct ppp_auth){ .method = method, .by = (uint8_t)by };
    keep_text(a->name, name);
    outstanding_send(&a->o, ctx->frame_no, ctx->now_ns);
}

static void auth_answered(struct dissect_ctx *ctx, struct ppp_auth *a, bool accepted,
                          const char *message)
{
    if (!a->method || !outstanding_open(&a->o))
        return;
    outstanding_answer(&a->o, ctx->frame_no, ctx->now_ns);
    ppp_emit_auth(ctx, a, true, accepted ? "accepted" : "refused", message);
}

/* RFC 1334 section 2.2 */
static void pap(struct dissect_ctx *ctx, struct ppp_state *st, unsigned from, struct control *c)
{
    struct bytes name, password;
    char message[PPP_NAME_MAX];
    uint8_t len;

    if (c->code == 1) {
        /* A length that lies must not show the password's end. */
        len = bytes_u8(&c->all);
        name = bytes_sub(&c->all, len);
        len = bytes_u8(&c->all);
        password = bytes_sub(&c->all, len);
        dissect_secret(ctx, password.p, password.left);
        auth_asked(ctx, &st->auth, "pap", from, name);
    } else if (c->code == 2 || c->code == 3) {
        len = bytes_u8(&c->body);
        keep_text(message, bytes_sub(&c->body, len));
        auth_answered(ctx, &st->auth, c->code == 2, message);
    }
}

/* RFC 1994 section 4; a response and an MS-CHAPv2 proof ("S=...") allow guessing the password. */
static void chap(struct dissect_ctx *ctx, struct ppp_state *st, unsigned from, struct control *c)
{
    struct bytes value;
    char message[PPP_NAME_MAX];
    uint8_t len;

    if (c->code == 2) {
        len = bytes_u8(&c->body);
        value = bytes_sub(&c->body, len);
        dissect_secret(ctx, value.p, value.left);
        auth_asked(ctx, &st->auth, "chap", from, c->body);
    } else if (c->code == 3 || c->code == 4) {
        bool proof = bytes_peek(&c->body, 0) == 'S' && bytes_peek(&c->body, 1) == '=';

        keep_text(message, c->body);
        if (proof)
            dissect_secret(ctx, c->body.p, c->body.left);
        auth_answered(ctx, &st->auth, c->code == 3, proof ? NULL : message);
    }
}

/* -- frames ------------------------------------------------------------------------------------ */

/* Without addresses: whose packet must this be?  An answer is the other end's, a new wish that of
 * the end whose last one was refused, or that has none yet. */
static unsigned infer_end(const struct ppp_state *st, unsigned layer, const struct control *c)
{
    const struct ppp_half *h = st->half[layer];
    unsigned end;

    for (end = 0; end < 2; end++) {
        const struct ppp_request *r = &h[end].request;
        bool fits = r->o.sent_frame && r->id == c->id;

        if (c->code == PPP_REQUEST && fits && same_options(r, c))
            return end;
        if ((c->code == PPP_ACK && fits && same_options(r, c)) ||
            ((c->code == PPP_NAK || c->code == PPP_REJECT) && fits && !r->n_acks))
            return !end;
        if (c->code == PPP_REQUEST && r->o.sent_frame && r->n_refusals && !r->n_acks)
            return end;
    }
    return c->code == PPP_REQUEST && h[0].n_requests && !h[1].n_requests;
}

static void control(struct dissect_ctx *ctx, struct ppp_state *st, unsigned layer, unsigned from,
                    struct control *c)
{
    struct ppp_half *h = &st->half[layer][from], *peer = &st->half[layer][!from];

    switch (c->code) {
    case PPP_REQUEST:
        request(ctx, st, layer, from, c);
        break;
    case PPP_ACK:
        ack(ctx, h, peer, c);
        break;
    case PPP_NAK:
    case PPP_REJECT:
        refuse(ctx, h, peer, c);
        break;
    case PPP_TERMINATE:
        terminate(ctx, st, layer, from, c);
        break;
    case PPP_TERMINATE_ACK:
        terminate_ack(ctx, peer, c);
        break;
    case PPP_CODE_REJECT:
        reject(ctx, st, layer, from, c);
        break;
    case PPP_PROTOCOL_REJECT:
    case PPP_ECHO:
    case PPP_ECHO_REPLY:
        if (layer != PPP_LCP) /* 8 to 10 are LCP's only */
            break;
        if (c->code == PPP_PROTOCOL_REJECT)
            reject(ctx, st, layer, from, c);
        else
            echo(ctx, st, from, c);
        break;
    default:
        break;
    }
}

/* What only an open layer sends: the last Ack has got through. */
static void through(const struct dissect_ctx *ctx, struct ppp_half *h)
{
    struct ppp_request *r = &h->request;

    if (r->o.sent_frame && r->last_ack_frame > r->o.last_frame && !r->through_frame)
        r->through_frame = ctx->frame_no;
}

static enum dissect_result ppp_packet(struct dissect_ctx *ctx, struct bytes in)
{
    struct ppp_state *st = dissect_state(ctx);
    const struct packet *p = ctx->packet;
    int layer = ppp_layer_of(p->ppp_protocol), data = ppp_layer_of_data(p->ppp_protocol);
    unsigned from = ctx->from;
    enum dissect_result rc;
    struct control c;

    if (p->pppoe_code == PADT) {
        over(ctx, st);
        return DISSECT_OK;
    }
    st->ends_known =
        memcmp(&ctx->flow->key.lo, &ctx->flow->key.hi, sizeof(ctx->flow->key.lo)) != 0 &&
        !ctx->flow->link_mixed;
    st->n_frames[from]++;
    if (layer != PPP_LCP)
        through(ctx, &st->half[PPP_LCP][from]);
    if (data >= 0) {
        st->half[data][from].n_data++;
        st->half[data][from].data_frame = ctx->frame_no;
        through(ctx, &st->half[data][from]);
        return DISSECT_OK;
    }
    if (layer < 0 && p->ppp_protocol != PROTOCOL_PAP && p->ppp_protocol != PROTOCOL_CHAP)
        return DISSECT_OK;
    rc = read_control(in, &c);
    if (rc != DISSECT_OK)
        return rc;
    if (layer >= 0 && !st->ends_known)
        ctx->from = from = infer_end(st, (unsigned)layer, &c);
    if (layer >= 0)
        control(ctx, st, (unsigned)layer, from, &c);
    else if (p->ppp_protocol == PROTOCOL_PAP)
        pap(ctx, st, from, &c);
    else
        chap(ctx, st, from, &c);
    return DISSECT_OK;
}

/* -- the end ----------------------------------------------------------------------------------- */

/* Something was asked, and the session ends for us without an answer. */
static bool is_waiting(const struct ppp_state *st, int64_t now_ns)
{
    bool above = false;
    unsigned i, end;

    for (i = 0; i < PPP_LAYERS; i++)
        for (end = 0; end < 2; end++) {
            const struct ppp_half *h = &st->half[i][end];
            const struct ppp_request *r = &h->request;

            above = above || (i != PPP_LCP && h->opened_frame);
            /* Acknowledged, and it asks on: it waits for what the other end does not ask for, or
             * for the Ack. */
            if (r->o.n_resent >= 2 && h->acked_frame && !h->opened && !h->closed && !h->rejected &&
                !r->n_refusals)
                return true;
            if (r->o.sent_frame && !h->acked_frame && r->refused_frame < r->o.last_frame &&
                now_ns - r->o.sent_ns >= FLOW_PATIENCE_NS)
                return true;
        }
    for (end = 0; end < 2; end++)
        if (outstanding_open(&st->echo[end].run) &&
            outstanding_waited_ns(&st->echo[end].run, now_ns) >= FLOW_PATIENCE_NS)
            return true;
    return outstanding_open(&st->auth.o) && !above &&
           outstanding_waited_ns(&st->auth.o, now_ns) >= FLOW_PATIENCE_NS;
}

static void ppp_end(struct dissect_ctx *ctx)
{
    struct ppp_state *st = dissect_state(ctx);
    unsigned i, end;

    /* Where two ends share a name it is not known who sent what, nor whether all was answered. */
    if ((!st->over && is_waiting(st, ctx->now_ns)) || ctx->flow->link_mixed)
        ctx->flow->outstanding = true;
    if (outstanding_open(&st->auth.o))
        ppp_emit_auth(ctx, &st->auth, false, "unanswered", NULL);
    for (i = 0; i < PPP_LAYERS; i++)
        for (end = 0; end < 2; end++) {
            struct ppp_half *h = &st->half[i][end];

            drop_request(ctx, st, i, end, "end");
            end_terminate(ctx, h, i, end);
            if (h->n_requests || h->n_acks || h->n_naks || h->n_rejects)
                ppp_emit_layer(ctx, st, i, end);
        }
    for (end = 0; end < 2; end++)
        end_run(ctx, st, end);
}

const struct dissector ppp_dissector = {
    .name = "ppp",
    .app = "PPP",
    .spec = "RFC 1661, 1332, 5072, 1334, 1994",
    .facts = ppp_fact_kinds,
    .state_size = sizeof(struct ppp_state),
    .packet = ppp_packet,
    .end = ppp_end,
};
