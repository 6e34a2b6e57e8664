/*
 * wire: frames onto a pcap file, for the generator of captures (make_capture.c).
 *
 * Ethernet, IPv4 or IPv6, TCP or UDP; Internet checksums only where a reader looks at them (IPv4),
 * as on a host that leaves the others to its network card.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define WIRE_PAYLOAD_MAX 1460u

enum wire_flag { WIRE_FIN = 1, WIRE_SYN = 2, WIRE_RST = 4, WIRE_PSH = 8, WIRE_ACK = 16 };

struct wire {
    FILE *file;
    uint64_t n_frames, n_bytes; /* bytes of the file */
    int64_t now_us;             /* since the first frame */
    uint16_t ip_id;
};

struct wire_end {
    uint8_t addr[16];
    uint16_t port;
};

/* One packet from `src` to `dst`. */
struct wire_packet {
    const struct wire_end *src, *dst;
    bool ipv6, udp;
    uint16_t vlan; /* 0: none */
    uint32_t seq, ack;
    uint8_t flags;
    const uint8_t *payload;
    uint32_t len;
};

/* False: the file cannot be made (errno says why). */
bool wire_open(struct wire *w, const char *path);
void wire_put(struct wire *w, const struct wire_packet *p);
/* False: something was not written. */
bool wire_close(struct wire *w);

#endif
