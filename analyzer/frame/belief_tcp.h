/*
 * belief_tcp: the part of belief that runs the TCP machine.
 */
#ifndef FRAME_BELIEF_TCP_H
#define FRAME_BELIEF_TCP_H

#include <stddef.h>
#include <stdint.h>

#include "frame/belief.h"

int belief_tcp_learn(struct store *s, uint32_t source, uint32_t flow, struct belief_about *about,
                     struct err *err);
void belief_tcp_frame(struct belief *b, const struct store_packet *row, const struct packet *p);
void belief_tcp_state(const struct belief *b, const struct belief_about *about, unsigned end,
                      char *out, size_t len);
void belief_tcp_detail(const struct belief *b, unsigned end, int64_t now_ns, char *out, size_t len);

#endif
