/*
 * mark: what of a frame survives on its way through a network, as one number.
 *
 * Two vantages of one network see the same packet with other MAC addresses, TTL, checksums, VLAN
 * tags, padding and snap length, and behind a NAT with other addresses and ports.  All of that is
 * left out of the mark; what is left (IP ID, sequence numbers, sizes, the first payload bytes) tells
 * packets apart.  PPP and other link-level frames may repeat byte for byte: their marks repeat too,
 * and they are matched in order.
 */
#ifndef PACKET_MARK_H
#define PACKET_MARK_H

#include <stdbool.h>
#include <stdint.h>

#define MARK_PAYLOAD_LEN 16u /* payload bytes that count; a snap length may cut the rest */

struct packet;

/* The mark; false: the frame says too little to be told from others. */
bool packet_mark(const struct packet *p, uint64_t *mark);

/* Where in a capture it was met: its interface, direction, sending MAC, VLAN and tunnels, mixed
 * down to a number. The same mark at another place within PACKET_COPY_NS is the same packet on its
 * way through the machine. */
#define PACKET_COPY_NS INT64_C(250000000) /* queues included */
uint64_t packet_place(const struct packet *p);

/* Who sent it: the source address (IP, else MAC), mixed down to a number.  0: not known. */
uint64_t packet_sender(const struct packet *p);
/* Who it is for, in the same numbers. */
uint64_t packet_receiver(const struct packet *p);

/*
 * Does it stay on its link?  Frames without an IP header, link-local and multicast ones do not pass a
 * router, so that they are no loss behind one.
 */
bool packet_is_local(const struct packet *p);

/*
 * What kind of message it is, in the field's words: "TCP SYN", "TCP data", "UDP",
 * "IPCP Configure-Ack", "PPPoE PADT", "ARP".  Static text.
 */
const char *packet_kind(const struct packet *p);

#endif
