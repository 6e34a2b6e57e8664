#include "config.h"

#include "evidence/openvpn_line.h"

#include <string.h>

#define PREFIX_MAX 320u /* bytes; a longer one is none */

static const struct {
    const char *text, *kind;
    enum openvpn_line_means means;
} events[] = {
    { "TLS Error: TLS key negotiation failed", "negotiation failed", OPENVPN_MEANS_FAILED },
    { "TLS Error: TLS handshake failed", "handshake failed", OPENVPN_MEANS_FAILED },
    { "TLS Error: ", "TLS error", OPENVPN_MEANS_NOTHING },
    { "Inactivity timeout (--", "inactivity", OPENVPN_MEANS_FAILED },
    { "SIGUSR1[", "restart", OPENVPN_MEANS_FAILED },
    { "SIGHUP[", "restart", OPENVPN_MEANS_END },
    { "SIGTERM[", "exit", OPENVPN_MEANS_END },
    { "SIGINT[", "exit", OPENVPN_MEANS_END },
    { "Initialization Sequence Completed", "up", OPENVPN_MEANS_NOTHING },
    { "Peer Connection Initiated with", "peer up", OPENVPN_MEANS_UP },
    { "AUTH_FAILED", "auth failed", OPENVPN_MEANS_NOTHING },
    { "VERIFY ERROR: ", "verify error", OPENVPN_MEANS_NOTHING },
    { "TLS: soft reset", "soft reset", OPENVPN_MEANS_NOTHING },
    { "TLS: Initial packet from", "initial packet", OPENVPN_MEANS_NOTHING },
    { "Connection reset, restarting", "connection reset", OPENVPN_MEANS_FAILED },
};

/* Words that make a line OpenVPN's, and whose log they speak for. */
static const struct {
    const char *text;
    int server, client;
} words[] = {
    { "MULTI: ", 1, 0 },
    { "client-instance", 1, 0 },
    { "IFCONFIG POOL", 1, 0 },
    { "GET INST BY REAL", 1, 0 },
    { "Attempting to establish TCP connection", 0, 1 },
    { "'PUSH_REPLY,", 0, 0 },
    { "OPTIONS IMPORT: ", 0, 1 },
    { "link local: ", 0, 0 },
    { "link local (bound): ", 0, 0 },
    { "link remote:", 0, 0 },
    { "VERIFY OK: ", 0, 0 },
    { "VERIFY KU OK", 0, 0 },
    { "Control Channel: TLSv1", 0, 0 },
    { "Control Channel MTU parms", 0, 0 },
    { "Data Channel MTU parms", 0, 0 },
    { "Current Parameter Settings:", 0, 0 },
    { "library versions: OpenSSL", 0, 0 },
    { "SENT CONTROL [", 0, 0 },
    { "Local Options String", 0, 0 },
    { "TUN/TAP device", 0, 0 },
    { "SENT PING", 0, 0 },
    { "TLS: tls_", 0, 0 },
    { "ACK mark active", 0, 0 },
    { "P_CONTROL_", 0, 0 },
    { "P_DATA_V", 0, 0 },
    { "P_ACK_V1", 0, 0 },
};

/* "May  1 10:00:00 host ovpn-server[123]: message": passes over host and tag. */
static void skip_tag(struct bytes *in)
{
    struct bytes head = bytes_of(in->p, in->left < 160 ? in->left : 160);
    size_t at = text_find(head, "]: "), i = at;

    if (at == head.left)
        return;
    while (i && text_is_digit(head.p[i - 1]))
        i--;
    if (i && i < at && head.p[i - 1] == '[')
        bytes_skip(in, at + 3);
}

static struct bytes trimmed(struct bytes b)
{
    while (b.left && b.p[b.left - 1] == ' ')
        b.left--;
    return b;
}

/* "addr:port" or "name/addr:port", perhaps with "[name]" behind it; else empty. */
static struct bytes prefix_of(struct bytes in)
{
    struct bytes b = trimmed(in);
    size_t i;

    if (b.left && b.p[b.left - 1] == ']') {
        for (i = b.left; i && b.p[i - 1] != '[';)
            i--;
        b.left = i ? i - 1 : 0;
        b = trimmed(b);
    }
    for (i = b.left; i && text_is_digit(b.p[i - 1]);)
        i--;
    if (!i || i == b.left || b.p[i - 1] != ':' || b.left > PREFIX_MAX)
        return bytes_of(in.p, 0);
    return b;
}

static void set_message(struct openvpn_line *out, struct bytes rest, size_t at)
{
    out->peer = prefix_of(bytes_of(rest.p, at));
    out->text = bytes_of(rest.p + at, rest.left - at);
    out->known = true;
    out->server |= out->peer.left > 0;
}

/* -- reliable layer ------------------------------------------------------------------------- */

static bool broken(struct openvpn_line *out, struct bytes rest)
{
    static const char words_[] = "ACK output sequence broken:";
    size_t at = text_find(rest, words_), n = 0;
    struct bytes b = rest;
    uint64_t v;

    if (at == rest.left)
        return false;
    bytes_skip(&b, at + strlen(words_));
    text_blanks(&b);
    text_skip(&b, "[");
    text_blanks(&b);
    if (!text_number(&b, UINT32_MAX, &v))
        return false;
    out->next = (uint32_t)v;
    text_skip(&b, "]");
    while (text_blanks(&b) && text_number(&b, UINT32_MAX, &v)) {
        if (!n++ || v < out->low)
            out->low = (uint32_t)v;
    }
    if (!n || out->low >= out->next)
        return false;
    out->is = OPENVPN_LINE_BROKEN;
    set_message(out, rest, at);
    return true;
}

/* A line "WORDS N": one id. */
static bool one_id(struct openvpn_line *out, struct bytes rest, const char *text,
                   enum openvpn_line_is is)
{
    size_t at = text_find(rest, text);
    struct bytes b = rest;
    uint64_t v;

    if (at == rest.left)
        return false;
    bytes_skip(&b, at + strlen(text));
    if (!text_number(&b, UINT32_MAX, &v))
        return false;
    out->is = is;
    out->has_id = true;
    out->id = (uint32_t)v;
    set_message(out, rest, at);
    return true;
}

/* -- packets -------------------------------------------------------------------------------- */

static struct bytes next_word(struct bytes *b)
{
    struct bytes w;

    text_blanks(b);
    w = bytes_of(b->p, 0);
    while (b->left && b->p[0] != ' ' && b->p[0] != '\t') {
        bytes_skip(b, 1);
        w.left++;
    }
    return w;
}

/* What stands behind the opcode: "kid=0 sid=.. .. pid=[ #2 ] [ 4 3 sid=.. .. ] pid=5 DATA len=216".
 */
static void packet_ids(struct openvpn_line *out, struct bytes b)
{
    uint64_t v;

    while (b.left) {
        struct bytes w = next_word(&b), n = w;

        if (!w.left || text_starts(w, "DATA"))
            return;
        if (text_starts(w, "pid=[")) { /* the replay id of tls-auth, tls-crypt */
            size_t end = text_find(b, "]");

            bytes_skip(&b, end < b.left ? end + 1 : end);
        } else if (text_starts(w, "sid=")) {
            next_word(&b);
        } else if (text_skip(&n, "pid=")) {
            out->has_id = text_number(&n, UINT32_MAX, &v) && !n.left;
            out->id = out->has_id ? (uint32_t)v : 0;
        } else {
            text_skip(&n, "[");
            if (text_number(&n, UINT32_MAX, &v) && out->n_ids < OPENVPN_LINE_IDS_MAX)
                out->ids[out->n_ids++] = (uint32_t)v;
        }
    }
}

/* "UDPv4 READ [22] from [AF_INET]192.0.2.7:1194: P_ACK_V1 kid=0 [ 1 ]" */
static bool packet(struct openvpn_line *out, struct bytes rest)
{
    size_t read = text_find(rest, " READ "), write = text_find(rest, " WRITE "), at, op;
    bool is_read = read < write;
    struct bytes b = rest, opcode, address;

    at = is_read ? read : write;
    if (at == rest.left)
        return false;
    bytes_skip(&b, at + (is_read ? 6 : 7));
    op = text_find(b, ": P_");
    if (op == b.left)
        return false;
    while (at && rest.p[at - 1] != ' ')
        at--;
    if (memcmp(rest.p + at, "UDP", 3) != 0 && memcmp(rest.p + at, "TCP", 3) != 0)
        return false;
    address = bytes_of(b.p, op);
    bytes_skip(&b, op + 2);
    opcode = next_word(&b);
    if (text_find(address, " [AF_") < address.left)
        bytes_skip(&address, text_find(address, " [AF_") + 1);
    else if (text_find(address, is_read ? "from " : "to ") < address.left)
        bytes_skip(&address, text_find(address, is_read ? "from " : "to ") + (is_read ? 5 : 3));
    out->remote = address;
    out->is = is_read ? OPENVPN_LINE_READ : OPENVPN_LINE_WRITE;
    out->starts = text_has(opcode, "_RESET_");
    if (text_has(opcode, "HARD_RESET_CLIENT"))
        *(is_read ? &out->server : &out->client) = 1;
    if (text_has(opcode, "HARD_RESET_SERVER"))
        *(is_read ? &out->client : &out->server) = 1;
    if (!text_starts(opcode, "P_DATA"))
        packet_ids(out, b);
    set_message(out, rest, at);
    return true;
}

/* -- everything else ------------------------------------------------------------------------ */

static bool event(struct openvpn_line *out, struct bytes rest)
{
    size_t i, at;

    for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        at = text_find(rest, events[i].text);
        if (at == rest.left)
            continue;
        out->is = OPENVPN_LINE_EVENT;
        out->event = events[i].kind;
        out->means = events[i].means;
        set_message(out, rest, at);
        return true;
    }
    return false;
}

static void other(struct openvpn_line *out, struct bytes rest)
{
    size_t i, at;

    out->text = rest;
    out->peer = bytes_of(rest.p, 0);
    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        at = text_find(rest, words[i].text);
        if (at == rest.left)
            continue;
        set_message(out, rest, at);
        out->server |= words[i].server;
        out->client |= words[i].client;
        break;
    }
    if (!out->known)
        return;
    if (text_has(rest, "PUSH: Received control message: 'PUSH_REPLY"))
        out->client = 1;
    at = text_find(rest, "link remote: [AF_INET");
    if (at < rest.left && !text_has(rest, "[undef]") && !out->peer.left) {
        out->client = 1;
        out->remote = bytes_of(rest.p + at + 13, rest.left - at - 13);
    }
}

void openvpn_line(struct bytes line, struct openvpn_line *out)
{
    struct bytes rest = line;
    uint64_t flags;

    *out = (struct openvpn_line){ .is = OPENVPN_LINE_OTHER };
    text_blanks(&rest);
    if (text_time(&rest, &out->time) && out->time.has_zone) {
        /* --machine-readable-output: the flags of the message in hex */
        struct bytes b = rest, w = next_word(&b);

        if (w.left && w.left <= 8 && text_number(&w, UINT32_MAX, &flags)) {
            while (w.left && ((w.p[0] | 0x20) >= 'a' && (w.p[0] | 0x20) <= 'f'))
                bytes_skip(&w, 1);
            if (!w.left && text_blanks(&b))
                rest = b;
        }
    }
    skip_tag(&rest);
    if (!broken(out, rest) && !packet(out, rest) &&
        !one_id(out, rest, "ACK received for pid ", OPENVPN_LINE_ACKED) &&
        !one_id(out, rest, "ACK reliable_send ID ", OPENVPN_LINE_SENT) && !event(out, rest))
        other(out, rest);
}
