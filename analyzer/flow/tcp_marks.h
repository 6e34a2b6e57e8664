/*
 * tcp_marks: what a segment is among its neighbours (retransmission, keep-alive, zero window ...).
 *
 * The definitions and their order are those of Wireshark's tcp.analysis.* (doc/wsug_src
 * "TCP Analysis", epan/dissectors/packet-tcp.c), so that counts can be compared.
 */
#ifndef FLOW_TCP_MARKS_H
#define FLOW_TCP_MARKS_H

#include "flow/tcp.h"

/* Marks of `s` against the life as it stood before it; changes only the bookkeeping of marks. */
unsigned tcp_marks(struct tcp_life *t, const struct tcp_segment *s);

/* Remembers what the marks of later segments depend on; after the segment was applied. */
void tcp_marks_note(struct tcp_life *t, const struct tcp_segment *s, unsigned marks);

#endif
