#include "config.h"

#include "frame/belief.h"

#include <stdio.h>
#include <string.h>

#include "frame/belief_tcp.h"
#include "packet/packet.h"
#include "store/store.h"

int belief_learn(struct store *s, uint32_t source, uint32_t flow, const char *proto,
                 const char *app, struct belief_about *about, struct err *err)
{
    *about = (struct belief_about){ 0 };
    if (strcmp(proto, "tcp") == 0) {
        about->kind = BELIEF_TCP;
        about->mqtt = strcmp(app, "MQTT") == 0;
        return belief_tcp_learn(s, source, flow, about, err);
    }
    return ERR_OK;
}

void belief_start(struct belief *b, const struct belief_about *about)
{
    memset(b, 0, sizeof(*b));
    if (about->opened)
        b->tcp = about->start;
    else
        tcp_start(&b->tcp);
}

void belief_frame(struct belief *b, const struct belief_about *about,
                  const struct store_packet *row, const struct packet *p)
{
    b->frame_no = row->frame_no;
    if (about->kind == BELIEF_TCP) {
        if (!p || p->l4 != 6)
            b->blind = b->blind || !(row->marks & TCP_MARK_COPY);
        else if (!b->blind)
            belief_tcp_frame(b, row, p);
    }
    if (row->has_time)
        b->now_ns = row->time_ns;
}

void belief_state(const struct belief *b, const struct belief_about *about, unsigned end, char *out,
                  size_t len)
{
    *out = '\0';
    if (about->kind == BELIEF_TCP)
        belief_tcp_state(b, about, end, out, len);
}

void belief_detail(const struct belief *b, const struct belief_about *about, unsigned end,
                   int64_t now_ns, char *out, size_t len)
{
    *out = '\0';
    if (about->kind == BELIEF_TCP)
        belief_tcp_detail(b, end, now_ns, out, len);
}
