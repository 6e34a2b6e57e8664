/*
 * ppp_facts: what a PPP session leaves, and the state it is gathered in.
 */
#ifndef DISSECTORS_PPP_FACTS_H
#define DISSECTORS_PPP_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "dissectors/ppp_config.h"
#include "flow/outstanding.h"

#define PPP_OPTIONS_KEPT 96u /* bytes of a request that are kept and compared */
#define PPP_NAME_MAX     64u

struct dissect_ctx;
struct fact_kind;

/* A Configure-Request and its repetitions: one thing that one end wants acknowledged. */
struct ppp_request {
    struct outstanding o; /* answered: acknowledged here for the first time */
    uint8_t id;           /* of the last sending */
    bool cut;             /* its options were not all captured */
    uint16_t len;         /* of the options as sent */
    uint8_t kept_len, kept[PPP_OPTIONS_KEPT];
    uint32_t size;        /* true size of the first frame */
    uint32_t n_ids;       /* ids that the repetitions had */
    uint32_t n_acks, n_refusals;
    uint32_t n_after_ack; /* sendings that an Ack which was seen here would have ended */
    uint32_t n_reactions; /* sendings that made the other end, which was done, ask anew */
    uint64_t refused_frame, last_ack_frame, through_frame;
    int64_t last_ack_ns;
    uint32_t ack_size;
    uint64_t peer_before; /* frames of the other end before the first sending */
};

/* One protocol at one end, after RFC 1661 section 4. */
struct ppp_half {
    uint32_t n_requests, n_acks, n_naks, n_rejects; /* sent by this end */
    uint64_t first_frame, last_frame;               /* of its requests */
    int64_t first_ns, last_ns;
    uint8_t first_id;
    struct ppp_request request;
    uint64_t acked_frame;    /* the other end acknowledged the present request */
    uint64_t ack_sent_frame; /* this end acknowledged the other end's present request */
    uint64_t opened_frame;   /* first time that it had both */
    int64_t opened_ns;
    uint32_t n_opened;
    bool opened, rejected, closed;
    uint64_t n_data, data_frame; /* of what the layer carries; the last one */
    struct outstanding terminate;
    uint8_t terminate_id;
    char reason[PPP_NAME_MAX]; /* of its Terminate-Request */
};

/* Echo-Requests of one end that nothing answered, one after the other. */
struct ppp_echoes {
    struct outstanding run;
    uint32_t n_sent, n_answered;
    uint8_t id;
};

struct ppp_auth {
    const char *method;      /* NULL: none */
    uint8_t by;              /* who has to prove itself */
    struct outstanding o;    /* its request or response */
    char name[PPP_NAME_MAX];
};

struct ppp_state {
    bool ends_known;
    bool over;               /* PADT, or LCP terminated */
    uint64_t over_frame;
    uint64_t n_frames[2];
    struct ppp_half half[PPP_LAYERS][2];
    struct ppp_echoes echo[2];
    struct ppp_auth auth;
};

extern const struct fact_kind *const ppp_fact_kinds[];

void ppp_emit_layer(struct dissect_ctx *ctx, const struct ppp_state *st, unsigned layer,
                    unsigned end);
/* `why`: what ended the wait, "end" for the capture's end. */
void ppp_emit_unacked(struct dissect_ctx *ctx, const struct ppp_state *st, unsigned layer,
                      unsigned from, const char *why);
void ppp_emit_echo(struct dissect_ctx *ctx, const struct ppp_state *st, unsigned from);
void ppp_emit_auth(struct dissect_ctx *ctx, const struct ppp_auth *a, bool answered,
                   const char *outcome, const char *message);
void ppp_emit_terminate(struct dissect_ctx *ctx, const struct ppp_half *h, unsigned layer,
                        unsigned from);
/* `what`: "protocol" or "code"; `rejected`: its number. */
void ppp_emit_reject(struct dissect_ctx *ctx, unsigned layer, const char *what, unsigned rejected);

#endif
