/*
 * mqtt_facts: what an MQTT session leaves, read in clear or guessed from TLS record sizes.
 */
#ifndef DISSECTORS_MQTT_FACTS_H
#define DISSECTORS_MQTT_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/outstanding.h"

struct dissect_ctx;
struct fact_kind;

extern const struct fact_kind mqtt_session_fact;

struct mqtt_session {
    bool by_size;        /* a guess from TLS record sizes; else its content was read */
    int level;           /* 3 (3.1), 4 (3.1.1), 5; 0: CONNECT not seen */
    int keepalive_s;     /* -1: not seen */
    uint8_t client;      /* which end is the client: 0 a, 1 b */
    struct outstanding ping;
    uint32_t n_pings, n_answered;
    uint64_t connect_frame, connack_frame, disconnect_frame;
    int connack_code;    /* -1: not seen */
    uint64_t client_frame, server_frame; /* last message of each */
    int64_t client_ns, server_ns;
    uint64_t heard_frame; /* last bytes of the server that may hide a PINGRESP */
    int64_t heard_ns;
    uint64_t stray_frame; /* a PINGRESP that no PINGREQ was open for, 0: none */
    int64_t stray_ns;
    uint64_t n_messages;
    bool client_lost; /* the client's last bytes were not read as messages */
};

void mqtt_session_start(struct mqtt_session *s, bool by_size);
/* The server spoke, and whether a PINGRESP was among it is not known. */
void mqtt_heard(struct mqtt_session *s, uint64_t frame_no, int64_t ns);
void mqtt_ping(struct mqtt_session *s, uint64_t frame_no, int64_t ns);
void mqtt_pong(struct mqtt_session *s, uint64_t frame_no, int64_t ns);
/* The client has said goodbye to TCP: what the server says from then on, nobody hears. */
bool mqtt_is_left(const struct dissect_ctx *ctx, const struct mqtt_session *s);
void mqtt_session_emit(struct dissect_ctx *ctx, const struct mqtt_session *s);

#endif
