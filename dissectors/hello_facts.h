/*
 * hello_facts: the facts that a hello leaves, whatever carried it (TLS, DTLS, QUIC, OpenVPN).
 */
#ifndef DISSECTORS_HELLO_FACTS_H
#define DISSECTORS_HELLO_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct client_hello;
struct dissect_ctx;
struct fact_kind;
struct server_hello;

extern const struct fact_kind client_hello_fact, server_hello_fact;

/* Counts the hello (not that of DTLS) and emits its row.  `again`: it answers a HelloRetryRequest or HelloVerify. */
void hello_emit_client(struct dissect_ctx *ctx, const struct client_hello *h, const char *carrier,
                       bool again);
void hello_emit_server(struct dissect_ctx *ctx, const struct server_hello *h, const char *carrier);

#endif
