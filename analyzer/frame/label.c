#include "config.h"

#include "frame/label.h"

#include <stdio.h>
#include <string.h>

#include "flow/tcp.h"
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
    if (*words)
        words_add(out, len, ", %s", words);
}

static void link_level(const struct packet *p, char *out, size_t len)
{
    words_add(out, len, "%s", packet_kind(p));
    if (p->ppp_protocol && p->payload_len >= 2)
        words_add(out, len, " id %u", p->payload[1]);
    if (p->pppoe_code && p->pppoe_session)
        words_add(out, len, " session 0x%04x", p->pppoe_session);
}

static void headers(const struct label_about *about, const struct store_packet *row,
                    const struct packet *p, char *out, size_t len)
{
    if (!p->src.family)
        link_level(p, out, len);
    else if (p->l4 == 6)
        tcp(about, row, p, out, len);
    else if (p->l4 == 17)
        words_add(out, len, "%s %u bytes", *about->app ? about->app : "UDP", p->payload_wire_len);
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
