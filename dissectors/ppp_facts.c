#include "config.h"

#include "dissectors/ppp_facts.h"

#include <stdio.h>

#include "dissectors/dissect.h"
#include "flow/flow.h"

/* clang-format off */
static const struct fact_column layer_columns[] = {
    { "session", FACT_INT, "", "PPPoE session id; 0: PPP without PPPoE", 0 },
    { "protocol", FACT_TEXT, "", "lcp, ipcp, ipv6cp, ccp, ecp, ...", FACT_KEY },
    { "at_end", FACT_TEXT, "", "a or b", 0 },
    { "ends_known", FACT_INT, "bool", "0: no addresses; who sent what was inferred", 0 },
    { "requests", FACT_INT, "", "Configure-Requests that it sent", 0 },
    { "first_request_frame", FACT_INT, "frame", "first of them", FACT_CITES },
    { "first_request_id", FACT_INT, "", "its id", 0 },
    { "last_request_frame", FACT_INT, "frame", "last of them", FACT_CITES },
    { "last_request_id", FACT_INT, "", "its id", 0 },
    { "acked_frame", FACT_INT, "frame", "the other end's Ack of the last request; NULL: none", FACT_CITES },
    { "ack_sent_frame", FACT_INT, "frame", "its own Ack of the other end's last request", FACT_CITES },
    { "acks", FACT_INT, "", "Configure-Acks that it sent", 0 },
    { "naks", FACT_INT, "", "Configure-Naks that it sent", 0 },
    { "rejects", FACT_INT, "", "Configure-Rejects that it sent", 0 },
    { "opened_frame", FACT_INT, "frame", "when it must have opened, if all of this reached it; NULL: never", FACT_CITES },
    { "opened_ns", FACT_INT, "ns", "its time", 0 },
    { "opened", FACT_INT, "", "how often", 0 },
    { "state", FACT_TEXT, "", "at the end: opened, ack-sent, ack-received, request-sent, closed, rejected, starting", 0 },
    { "options", FACT_TEXT, "", "of its last request", 0 },
    { "address", FACT_TEXT, "", "that it asked for last", 0 },
    { "data", FACT_INT, "frames", "of what the protocol carries (IP packets of IPCP), sent by it", 0 },
};
static const struct fact_kind layer_fact = {
    "ppp_layer", FACT_OF_FRAME, "a PPP control protocol at one end of a session", layer_columns,
    sizeof(layer_columns) / sizeof(layer_columns[0]),
};

static const struct fact_column unacked_columns[] = {
    { "session", FACT_INT, "", "PPPoE session id; 0: PPP without PPPoE", 0 },
    { "protocol", FACT_TEXT, "", "lcp, ipcp, ipv6cp, ccp, ecp, ...", FACT_KEY },
    { "sent_by", FACT_TEXT, "", "a or b: who asks", 0 },
    { "ends_known", FACT_INT, "bool", "0: no addresses; who sent what was inferred", 0 },
    { "request_id", FACT_INT, "", "id of its last sending", 0 },
    { "ids", FACT_INT, "", "how many ids the sendings had", 0 },
    { "size", FACT_INT, "bytes", "true size of the first frame", 0 },
    { "options", FACT_TEXT, "", "what it asks for", 0 },
    { "requests", FACT_INT, "", "how often it was sent", 0 },
    { "sent_frame", FACT_INT, "frame", "first sending", FACT_CITES },
    { "resend_frame", FACT_INT, "frame", "second", FACT_CITES },
    { "last_frame", FACT_INT, "frame", "last", FACT_CITES },
    { "last_ns", FACT_INT, "ns", "its time", 0 },
    { "interval_ns", FACT_INT, "ns", "mean time between two sendings", 0 },
    { "ack_frame", FACT_INT, "frame", "first Configure-Ack seen here; NULL: none", FACT_CITES },
    { "last_ack_frame", FACT_INT, "frame", "last one", FACT_CITES },
    { "last_ack_ns", FACT_INT, "ns", "its time", 0 },
    { "acks", FACT_INT, "", "Configure-Acks seen here", 0 },
    { "ack_size", FACT_INT, "bytes", "true size of the first of them", 0 },
    { "after_ack", FACT_INT, "", "sendings after an Ack that was seen here, by an end that has itself acknowledged and would be open with it; crossing packets left out", 0 },
    { "refusals", FACT_INT, "", "Naks and Rejects of it seen here", 0 },
    { "reactions", FACT_INT, "", "sendings at which the other end, already acknowledged, began anew with a new id", 0 },
    { "peer_frames", FACT_INT, "frames", "of the other end since the first sending", 0 },
    { "through_frame", FACT_INT, "frame", "after the last Ack: what the asker sends only once it is open", FACT_CITES },
    { "ended", FACT_TEXT, "", "superseded, renegotiated, terminated, end", 0 },
};
static const struct fact_kind unacked_fact = {
    "ppp_unacked", FACT_OF_FRAME, "a Configure-Request that was sent again", unacked_columns,
    sizeof(unacked_columns) / sizeof(unacked_columns[0]),
};

static const struct fact_column echo_columns[] = {
    { "sent_by", FACT_TEXT, "", "a or b: who asks", 0 },
    { "unanswered", FACT_INT, "", "Echo-Requests in a row without an answer", 0 },
    { "first_frame", FACT_INT, "frame", "first of them", FACT_CITES },
    { "last_frame", FACT_INT, "frame", "last of them", FACT_CITES },
    { "last_ns", FACT_INT, "ns", "its time", 0 },
    { "answer_frame", FACT_INT, "frame", "the reply that came in the end; NULL: none", FACT_CITES },
    { "sent", FACT_INT, "", "Echo-Requests of this end so far", 0 },
    { "answered", FACT_INT, "", "replies to it so far", 0 },
};
static const struct fact_kind echo_fact = {
    "ppp_echo", FACT_OF_FRAME, "LCP Echo-Requests that went unanswered, one after the other",
    echo_columns, sizeof(echo_columns) / sizeof(echo_columns[0]),
};

static const struct fact_column auth_columns[] = {
    { "method", FACT_TEXT, "", "pap or chap", 0 },
    { "sent_by", FACT_TEXT, "", "a or b: who has to prove itself", 0 },
    { "name", FACT_TEXT, "", "user name as sent", 0 },
    { "request_frame", FACT_INT, "frame", "the request or response", FACT_CITES },
    { "requests", FACT_INT, "", "how often it was sent", 0 },
    { "answer_frame", FACT_INT, "frame", "the answer; NULL: none", FACT_CITES },
    { "outcome", FACT_TEXT, "", "accepted, refused, unanswered", 0 },
    { "message", FACT_TEXT, "", "text of the answer", 0 },
};
static const struct fact_kind auth_fact = {
    "ppp_auth", FACT_OF_FRAME, "an authentication of PPP", auth_columns,
    sizeof(auth_columns) / sizeof(auth_columns[0]),
};

static const struct fact_column terminate_columns[] = {
    { "protocol", FACT_TEXT, "", "lcp ends the session, another one only itself", 0 },
    { "sent_by", FACT_TEXT, "", "a or b", 0 },
    { "terminate_frame", FACT_INT, "frame", "first sending", FACT_CITES },
    { "requests", FACT_INT, "", "how often it was sent", 0 },
    { "ack_frame", FACT_INT, "frame", "Terminate-Ack; NULL: none", FACT_CITES },
    { "reason", FACT_TEXT, "", "its text", 0 },
};
static const struct fact_kind terminate_fact = {
    "ppp_terminate", FACT_OF_FRAME, "a Terminate-Request of PPP", terminate_columns,
    sizeof(terminate_columns) / sizeof(terminate_columns[0]),
};

static const struct fact_column reject_columns[] = {
    { "protocol", FACT_TEXT, "", "in which it was sent", 0 },
    { "sent_by", FACT_TEXT, "", "a or b: who rejects", 0 },
    { "what", FACT_TEXT, "", "protocol or code", 0 },
    { "rejected", FACT_INT, "", "number of that protocol or code", 0 },
    { "reject_frame", FACT_INT, "frame", "the packet", FACT_CITES },
};
static const struct fact_kind reject_fact = {
    "ppp_reject", FACT_OF_FRAME, "a Protocol-Reject or Code-Reject", reject_columns,
    sizeof(reject_columns) / sizeof(reject_columns[0]),
};
/* clang-format on */

const struct fact_kind *const ppp_fact_kinds[] = {
    &layer_fact, &unacked_fact, &echo_fact, &auth_fact, &terminate_fact, &reject_fact, NULL,
};

static struct fact_value frame_value(uint64_t frame_no)
{
    return fact_int_if(frame_no, (int64_t)frame_no);
}

static struct fact_value text_if(const char *s)
{
    return s && s[0] ? fact_text(s) : fact_null();
}

static const char *state_name(const struct ppp_half *h)
{
    if (h->rejected)
        return "rejected";
    if (h->closed)
        return "closed";
    if (h->opened)
        return "opened";
    if (h->acked_frame)
        return "ack-received";
    if (h->ack_sent_frame)
        return "ack-sent";
    return h->n_requests ? "request-sent" : "starting";
}

void ppp_emit_layer(struct dissect_ctx *ctx, const struct ppp_state *st, unsigned layer,
                    unsigned end)
{
    const struct ppp_half *h = &st->half[layer][end];
    const struct ppp_request *r = &h->request;
    char options[PPP_OPTIONS_TEXT], address[48];
    bool has_address;

    ppp_options_text(layer, bytes_of(r->kept, r->kept_len), options);
    has_address = ppp_options_address(layer, bytes_of(r->kept, r->kept_len), address);
    fact_emit_at(ctx, &layer_fact, h->first_frame ? h->first_frame : ctx->flow->first_frame,
                 h->first_frame ? h->first_ns : ctx->flow->first_ns,
                 (struct fact_value[]){
                     fact_int(ctx->flow->key.lo_port),
                     fact_text(ppp_layer_name(layer)),
                     fact_end(end),
                     fact_int(st->ends_known),
                     fact_int(h->n_requests),
                     frame_value(h->first_frame),
                     fact_int_if(h->n_requests, h->first_id),
                     frame_value(h->last_frame),
                     fact_int_if(h->n_requests, r->id),
                     frame_value(h->acked_frame),
                     frame_value(h->ack_sent_frame),
                     fact_int(h->n_acks),
                     fact_int(h->n_naks),
                     fact_int(h->n_rejects),
                     frame_value(h->opened_frame),
                     fact_int_if(h->opened_frame, h->opened_ns),
                     fact_int(h->n_opened),
                     fact_text(state_name(h)),
                     text_if(options),
                     has_address ? fact_text(address) : fact_null(),
                     fact_int((int64_t)h->n_data),
                 });
}

void ppp_emit_unacked(struct dissect_ctx *ctx, const struct ppp_state *st, unsigned layer,
                      unsigned from, const char *why)
{
    const struct ppp_request *r = &st->half[layer][from].request;
    char options[PPP_OPTIONS_TEXT];

    ppp_options_text(layer, bytes_of(r->kept, r->kept_len), options);
    fact_emit_at(ctx, &unacked_fact, r->o.sent_frame, r->o.sent_ns,
                 (struct fact_value[]){
                     fact_int(ctx->flow->key.lo_port),
                     fact_text(ppp_layer_name(layer)),
                     fact_end(from),
                     fact_int(st->ends_known),
                     fact_int(r->id),
                     fact_int(r->n_ids),
                     fact_int(r->size),
                     text_if(options),
                     fact_int(r->o.n_resent + 1),
                     frame_value(r->o.sent_frame),
                     frame_value(r->o.resend_frame),
                     frame_value(r->o.last_frame),
                     fact_int(r->o.last_ns),
                     fact_int_if(r->o.n_resent,
                                 r->o.n_resent ? (r->o.last_ns - r->o.sent_ns) / r->o.n_resent : 0),
                     frame_value(r->o.answer_frame),
                     frame_value(r->last_ack_frame),
                     fact_int_if(r->last_ack_frame, r->last_ack_ns),
                     fact_int(r->n_acks),
                     fact_int_if(r->n_acks, r->ack_size),
                     fact_int(r->n_after_ack),
                     fact_int(r->n_refusals),
                     fact_int(r->n_reactions),
                     fact_int((int64_t)(st->n_frames[!from] - r->peer_before)),
                     frame_value(r->through_frame),
                     fact_text(why),
                 });
}

void ppp_emit_echo(struct dissect_ctx *ctx, const struct ppp_state *st, unsigned from)
{
    const struct ppp_echoes *e = &st->echo[from];

    fact_emit_at(ctx, &echo_fact, e->run.sent_frame, e->run.sent_ns,
                 (struct fact_value[]){
                     fact_end(from),
                     fact_int(e->run.n_resent + 1),
                     frame_value(e->run.sent_frame),
                     frame_value(e->run.last_frame),
                     fact_int(e->run.last_ns),
                     frame_value(e->run.answer_frame),
                     fact_int(e->n_sent),
                     fact_int(e->n_answered),
                 });
}

void ppp_emit_auth(struct dissect_ctx *ctx, const struct ppp_auth *a, bool answered,
                   const char *outcome, const char *message)
{
    fact_emit_at(ctx, &auth_fact, a->o.sent_frame, a->o.sent_ns,
                 (struct fact_value[]){
                     fact_text(a->method),
                     fact_end(a->by),
                     text_if(a->name),
                     frame_value(a->o.sent_frame),
                     fact_int(a->o.n_resent + 1),
                     answered ? frame_value(ctx->frame_no) : fact_null(),
                     fact_text(outcome),
                     text_if(message),
                 });
}

void ppp_emit_terminate(struct dissect_ctx *ctx, const struct ppp_half *h, unsigned layer,
                        unsigned from)
{
    fact_emit_at(ctx, &terminate_fact, h->terminate.sent_frame, h->terminate.sent_ns,
                 (struct fact_value[]){
                     fact_text(ppp_layer_name(layer)),
                     fact_end(from),
                     frame_value(h->terminate.sent_frame),
                     fact_int(h->terminate.n_resent + 1),
                     frame_value(h->terminate.answer_frame),
                     text_if(h->reason),
                 });
}

void ppp_emit_reject(struct dissect_ctx *ctx, unsigned layer, const char *what, unsigned rejected)
{
    fact_emit(ctx, &reject_fact,
              (struct fact_value[]){
                  fact_text(ppp_layer_name(layer)),
                  fact_end(ctx->from),
                  fact_text(what),
                  fact_int(rejected),
                  frame_value(ctx->frame_no),
              });
}
