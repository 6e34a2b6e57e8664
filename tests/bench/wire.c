#include "config.h"

#include "bench/wire.h"

#include <string.h>

#define T0_S        1795248000u /* of the first frame */
#define FRAME_MAX   (14 + 4 + 40 + 20 + WIRE_PAYLOAD_MAX)
#define FILE_BUFFER (1u << 20)

static uint8_t *put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
    return p + 2;
}

static uint8_t *put32(uint8_t *p, uint32_t v)
{
    return put16(put16(p, v >> 16), v & 0xffff);
}

static void native32(FILE *f, uint32_t v)
{
    fwrite(&v, sizeof(v), 1, f);
}

bool wire_open(struct wire *w, const char *path)
{
    static const uint16_t version[2] = { 2, 4 };

    memset(w, 0, sizeof(*w));
    w->file = fopen(path, "wb");
    if (!w->file)
        return false;
    setvbuf(w->file, NULL, _IOFBF, FILE_BUFFER);
    native32(w->file, 0xa1b2c3d4);
    fwrite(version, sizeof(version), 1, w->file);
    native32(w->file, 0);
    native32(w->file, 0);
    native32(w->file, 262144);
    native32(w->file, 1);
    w->n_bytes = 24;
    return true;
}

static uint8_t *put_link(uint8_t *at, const struct wire_packet *p)
{
    static const uint8_t mac[6] = { 0x02, 0, 0x5e, 0, 0, 0 };

    memcpy(at, mac, 6);
    at[5] = p->dst->addr[3];
    memcpy(at + 6, mac, 6);
    at[11] = p->src->addr[3];
    at += 12;
    if (p->vlan)
        at = put16(put16(at, 0x8100), p->vlan);
    return put16(at, p->ipv6 ? 0x86dd : 0x0800);
}

static uint8_t *put_ip(struct wire *w, uint8_t *at, const struct wire_packet *p, unsigned len)
{
    uint8_t *head = at;
    uint32_t sum = 0;
    unsigned i;

    if (p->ipv6) {
        at = put16(put32(at, 0x60000000), len);
        *at++ = p->udp ? 17 : 6;
        *at++ = 64;
        memcpy(at, p->src->addr, 16);
        memcpy(at + 16, p->dst->addr, 16);
        return at + 32;
    }
    at = put16(put16(at, 0x4500), 20 + len);
    at = put16(put16(at, ++w->ip_id), 0);
    *at++ = 64;
    *at++ = p->udp ? 17 : 6;
    at = put16(at, 0);
    memcpy(at, p->src->addr, 4);
    memcpy(at + 4, p->dst->addr, 4);
    for (i = 0; i < 20; i += 2)
        sum += (uint32_t)head[i] << 8 | head[i + 1];
    sum = (sum & 0xffff) + (sum >> 16);
    put16(head + 10, ~(sum + (sum >> 16)) & 0xffff);
    return at + 8;
}

static uint8_t *put_transport(uint8_t *at, const struct wire_packet *p)
{
    at = put16(put16(at, p->src->port), p->dst->port);
    if (p->udp)
        return put16(put16(at, 8 + p->len), 0);
    at = put32(put32(at, p->seq), p->flags & WIRE_ACK ? p->ack : 0);
    *at++ = 5 << 4;
    *at++ = p->flags;
    return put32(put16(at, 65000), 0);
}

void wire_put(struct wire *w, const struct wire_packet *p)
{
    uint8_t frame[FRAME_MAX], *at = put_link(frame, p);
    uint32_t len;

    at = put_ip(w, at, p, (p->udp ? 8 : 20) + p->len);
    at = put_transport(at, p);
    memcpy(at, p->payload, p->len);
    len = (uint32_t)(at - frame) + p->len;
    native32(w->file, T0_S + (uint32_t)(w->now_us / 1000000));
    native32(w->file, (uint32_t)(w->now_us % 1000000));
    native32(w->file, len);
    native32(w->file, len);
    fwrite(frame, len, 1, w->file);
    w->n_frames++;
    w->n_bytes += 16 + len;
}

bool wire_close(struct wire *w)
{
    bool bad = ferror(w->file) != 0;

    return fclose(w->file) == 0 && !bad;
}
