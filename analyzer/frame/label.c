#include "config.h"

#include "frame/label.h"

#include <stdio.h>
#include <string.h>

#include "flow/tcp.h"
#include "frame/belief.h"
#include "frame/label_app.h"
#include "frame/notes.h"
#include "frame/words.h"
#include "packet/mark.h"
#include "packet/packet.h"
#include "store/store.h"

static bool starts(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

static bool openvpn(const struct label_about *about, struct bytes in, char *out, size_t len);

/* OpenVPN over TCP: packets with their length in front, if the segment begins with one. */
static void segment(const struct label_about *about, struct bytes in, char *out, size_t len)
{
    while (in.left > 2) {
        uint16_t n = bytes_be16(&in);

        if (!n || n > in.left || !openvpn(about, bytes_sub(&in, n), out, len))
            return;
    }
}

static void tcp(const struct label_about *about, const struct store_packet *row,
                const struct packet *p, char *out, size_t len)
{
    static const struct {
        uint8_t flag;
        const char *name;
    } names[] = { { TCP_SYN, "SYN" },
                  { TCP_FIN, "FIN" },
                  { TCP_RST, "RST" },
                  { TCP_PSH, "PSH" },
                  { TCP_ACK, "ACK" } };
    const struct tcp_view *t = &p->tcp;
    bool numbers = t->flags & (TCP_SYN | TCP_RST | TCP_FIN) || row->marks & TCP_MARK_CHALLENGE_ACK;
    struct bytes in = bytes_of(p->payload, p->payload_len);
    char words[96] = "";
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (t->flags & names[i].flag)
            words_add(out, len, "%s%s", *out ? " " : "", names[i].name);
    if (!*out)
        words_add(out, len, "no flag");
    if (numbers)
        words_add(out, len, " seq %u", t->seq);
    if (numbers && t->flags & TCP_ACK && !(t->flags & TCP_FIN))
        words_add(out, len, " ack %u", t->ack);
    if (p->payload_wire_len)
        words_add(out, len, " %u byte%s", p->payload_wire_len, p->payload_wire_len == 1 ? "" : "s");
    if (row->marks & TCP_MARK_KEEP_ALIVE)
        words_add(out, len, ", keep-alive");
    else if (p->payload_len && starts(about->app, "TLS"))
        label_tls(in, words, sizeof(words));
    else if (p->payload_len && strcmp(about->app, "MQTT") == 0)
        label_mqtt(in, words, sizeof(words));
    else if (p->payload_len > 2 && strcmp(about->app, "OpenVPN") == 0)
        segment(about, in, words, sizeof(words));
    if (*words)
        words_add(out, len, ", %s", words);
}

/* RFC 1334 section 2.2, RFC 1994 section 4 */
static const char *auth_name(const struct packet *p)
{
    static const char *const pap[] = { "PAP request", "PAP accepted", "PAP refused" };
    static const char *const chap[] = { "CHAP challenge", "CHAP response", "CHAP accepted",
                                        "CHAP refused" };
    uint8_t code = p->payload_len ? p->payload[0] : 0;

    if (p->ppp_protocol == 0xc023 && code >= 1 && code <= 3)
        return pap[code - 1];
    if (p->ppp_protocol == 0xc223 && code >= 1 && code <= 4)
        return chap[code - 1];
    return NULL;
}

static void link_level(const struct packet *p, char *out, size_t len)
{
    const char *auth = auth_name(p);

    words_add(out, len, "%s", auth ? auth : packet_kind(p));
    if (p->ppp_protocol && p->payload_len >= 2)
        words_add(out, len, " id %u", p->payload[1]);
    if (p->pppoe_code && p->pppoe_session)
        words_add(out, len, " session 0x%04x", p->pppoe_session);
}

static const char *openvpn_name(uint8_t op)
{
    static const char *const names[] = {
        [OPENVPN_HARD_RESET_CLIENT_V1] = "HARD_RESET_CLIENT_V1",
        [OPENVPN_HARD_RESET_SERVER_V1] = "HARD_RESET_SERVER_V1",
        [OPENVPN_SOFT_RESET_V1] = "SOFT_RESET",
        [OPENVPN_CONTROL_V1] = "P_CONTROL",
        [OPENVPN_ACK_V1] = "P_ACK",
        [OPENVPN_DATA_V1] = "P_DATA",
        [OPENVPN_HARD_RESET_CLIENT_V2] = "HARD_RESET_CLIENT_V2",
        [OPENVPN_HARD_RESET_SERVER_V2] = "HARD_RESET_SERVER_V2",
        [OPENVPN_DATA_V2] = "P_DATA",
        [OPENVPN_HARD_RESET_CLIENT_V3] = "HARD_RESET_CLIENT_V3",
        [OPENVPN_WKC_V1] = "P_CONTROL_WKC",
    };

    return op < sizeof(names) / sizeof(names[0]) ? names[op] : NULL;
}

/* One packet of a tunnel; false: it does not parse under the wrapping that was learnt. */
static bool openvpn(const struct label_about *about, struct bytes in, char *out, size_t len)
{
    const struct openvpn_wrapping *w =
        about->belief ? &about->belief->openvpn.wrapping[(bytes_peek(&in, 0) & 7) != 0] : NULL;
    struct openvpn_packet p;
    unsigned i;

    if (!w || !in.left || !openvpn_parse(in, w, &p) || !openvpn_name(p.op))
        return false;
    words_add(out, len, "%s%s", *out ? ", " : "", openvpn_name(p.op));
    if (!p.control) {
        words_add(out, len, " %zu bytes", in.left);
        return true;
    }
    if (p.encrypted) {
        words_add(out, len, " %zu bytes, encrypted", in.left);
        return true;
    }
    if (p.has_id)
        words_add(out, len, " id %u", p.id);
    for (i = 0; i < p.n_acks; i++)
        words_add(out, len, "%s%u", i ? " " : " acks ", p.acks[i]);
    if (p.key_id)
        words_add(out, len, " (key %u)", p.key_id);
    return true;
}

static void udp(const struct label_about *about, const struct packet *p, char *out, size_t len)
{
    struct bytes in = bytes_of(p->payload, p->payload_len);

    if (p->payload_len && strcmp(about->app, "OpenVPN") == 0 && openvpn(about, in, out, len))
        return;
    words_add(out, len, "%s %u bytes", *about->app ? about->app : "UDP", p->payload_wire_len);
}

static void headers(const struct label_about *about, const struct store_packet *row,
                    const struct packet *p, char *out, size_t len)
{
    if (!p->src.family)
        link_level(p, out, len);
    else if (p->l4 == 6)
        tcp(about, row, p, out, len);
    else if (p->l4 == 17)
        udp(about, p, out, len);
    else
        words_add(out, len, "%s", packet_kind(p));
}

static void addresses(const struct packet *p, char *out, size_t len)
{
    char src[IP_ADDR_LEN], dst[IP_ADDR_LEN];
    bool ports = p->l4 == 6 || p->l4 == 17;

    if (!p->src.family)
        return;
    words_add(out, len, "  %s", ip_addr_text(&p->src, src));
    if (ports)
        words_add(out, len, ":%u", p->src_port);
    words_add(out, len, " \xe2\x86\x92 %s", ip_addr_text(&p->dst, dst));
    if (ports)
        words_add(out, len, ":%u", p->dst_port);
}

/* What the facts say and the headers did not. */
static void facts(const struct label_about *about, const struct store_packet *row, bool bare,
                  char *out, size_t len)
{
    size_t n = 0;
    const struct note *note = about->notes ? notes_of(about->notes, row->frame_no, &n) : NULL;

    for (; n; n--, note++) {
        const char *last = strrchr(note->text, ' ');

        if ((note->bare && !bare) || strstr(out, last ? last + 1 : note->text))
            continue;
        words_add(out, len, "%s%s", *out ? ", " : "", note->text);
    }
}

void label_of(const struct label_about *about, const struct store_packet *row,
              const struct packet *p, char *out, size_t len)
{
    *out = '\0';
    if (p)
        headers(about, row, p, out, len);
    facts(about, row, !p, out, len);
    if (!*out)
        words_add(out, len, "%s, %u bytes on the wire", *about->proto ? about->proto : "frame",
                  row->wire_len);
    if (p && about->addresses)
        addresses(p, out, len);
}
