/*
 * openvpn_line: one line of an OpenVPN log, taken apart.
 *
 *     TIME [us=N ][PREFIX ]MESSAGE        PREFIX: addr:port, name/addr:port, or none (a client)
 *
 * Shapes are those of OpenVPN 2.3 to 2.6 (src/openvpn/error.c, reliable.c, ssl.c protocol_dump),
 * also without their brackets, as copies from web pages have them.
 */
#ifndef EVIDENCE_OPENVPN_LINE_H
#define EVIDENCE_OPENVPN_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/text.h"

#define OPENVPN_LINE_IDS_MAX 16

enum openvpn_line_is {
    OPENVPN_LINE_OTHER,
    OPENVPN_LINE_BROKEN, /* ACK output sequence broken: [next] ids */
    OPENVPN_LINE_READ,   /* a control packet came: ids are what it acknowledges */
    OPENVPN_LINE_WRITE,  /* a control packet was sent */
    OPENVPN_LINE_ACKED,  /* ACK received for pid N */
    OPENVPN_LINE_SENT,   /* ACK reliable_send ID N */
    OPENVPN_LINE_EVENT,
};

/* What an event means for a negotiation that is under way. */
enum openvpn_line_means {
    OPENVPN_MEANS_NOTHING,
    OPENVPN_MEANS_UP,
    OPENVPN_MEANS_FAILED,
    OPENVPN_MEANS_END
};

struct openvpn_line {
    enum openvpn_line_is is;
    bool known; /* of a shape that only OpenVPN writes */
    struct text_time time;
    struct bytes peer;   /* the prefix; empty in a client's log */
    struct bytes text;   /* the message */
    struct bytes remote; /* READ, WRITE, "link remote": the address in it; or empty */
    uint32_t next, low;  /* BROKEN */
    uint32_t ids[OPENVPN_LINE_IDS_MAX]; /* READ: acknowledged */
    size_t n_ids;
    bool has_id; /* WRITE, ACKED, SENT */
    uint32_t id;
    bool starts;       /* READ, WRITE: a hard or soft reset, ids begin anew */
    const char *event; /* EVENT: its kind */
    enum openvpn_line_means means;
    int server, client; /* whose log this line speaks for: 1 if so */
};

void openvpn_line(struct bytes line, struct openvpn_line *out);

#endif
