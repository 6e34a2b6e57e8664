/*
 * label: one frame in the field's words, short enough for an arrow: "SYN seq 6509",
 * "PSH ACK 282 bytes, TLS ClientHello", "IPCP Configure-Request id 1".
 *
 * Nothing of a payload is quoted, only what kind of message it is.
 */
#ifndef FRAME_LABEL_H
#define FRAME_LABEL_H

#include <stdbool.h>
#include <stddef.h>

struct belief;
struct notes;
struct packet;
struct store_packet;

struct label_about {
    const char *proto, *app; /* of the flow; "" */
    bool addresses;          /* say who and to whom: rows of many flows */
    const struct notes *notes;
    const struct belief *belief; /* before or after the frame; NULL: none */
};

/* `p` NULL: the bytes are gone, and the facts must say it. */
void label_of(const struct label_about *about, const struct store_packet *row,
              const struct packet *p, char *out, size_t len);

#endif
