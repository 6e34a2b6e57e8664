/* wifi: 802.11 data frames (IEEE 802.11-2020 section 9). */
#include "config.h"

#include <string.h>

#include "capture/capture.h"
#include "packet/decoder.h"
#include "packet/walk.h"

#define AMSDU_HEADER_LEN 14
#define MESH_HEADER_LEN  6 /* flags, TTL, sequence; then up to two addresses */

enum wifi_flag {
    WIFI_TO_DS = 0x01,
    WIFI_FROM_DS = 0x02,
    WIFI_RETRY = 0x08,
    WIFI_PROTECTED = 0x40,
    WIFI_ORDER = 0x80,
};

#define WIFI_DATA         2
#define WIFI_SUBTYPE_QOS  8
#define WIFI_SUBTYPE_NULL 4
#define WIFI_QOS_AMSDU    0x80
#define WIFI_QOS_MESH     0x100

static bool is_llc(struct bytes b)
{
    return bytes_be24(&b) == 0xaaaa03;
}

static bool llc_behind(struct bytes b, uint32_t at)
{
    bytes_skip(&b, at);
    return is_llc(b);
}

/* Some captures were decrypted and kept the bit, with or without the header of WEP (4) or CCMP (8).
 */
static void protected_body(struct walk *w, bool amsdu)
{
    uint32_t at;

    for (at = 0; at <= 8; at += 4) {
        bool inner = amsdu && llc_behind(w->in, at + AMSDU_HEADER_LEN);

        if (!inner && !llc_behind(w->in, at))
            continue;
        if (at == 0 || walk_link_header(w, LAYER_WIFI, at))
            walk_to(w, inner ? WALK_AMSDU : WALK_LLC, 0);
        return;
    }
    walk_stop(w, TROUBLE_ENCRYPTED);
}

/*
 * Mesh control stands before the body of a mesh's data frames (section 9.2.4.8.3).  Its bit in the
 * QoS field is part of a number elsewhere, so the body must look like one as well.
 */
static bool skip_mesh(struct walk *w)
{
    uint8_t extension = bytes_peek(&w->in, 0) & 3;
    uint32_t len = MESH_HEADER_LEN + 6u * extension;

    if (bytes_peek(&w->in, 0) > 2 || is_llc(w->in) || !llc_behind(w->in, len))
        return true;
    return walk_link_header(w, LAYER_WIFI, len);
}

/* What follows this subframe of `len` bytes, padded to 4: for packet_decode_next. */
static void keep_rest(struct walk *w, uint32_t len)
{
    struct bytes rest = w->in;
    uint32_t padded = (len + AMSDU_HEADER_LEN + 3) / 4 * 4 - AMSDU_HEADER_LEN;

    if (!w->d || !w->base || padded >= w->wire_left)
        return;
    bytes_skip(&rest, padded);
    if (rest.left == 0)
        return;
    w->d->rest.in = rest;
    w->d->rest.wire_left = w->wire_left - padded;
    w->d->rest.at = (uint32_t)(rest.p - w->base);
}

/* An A-MSDU: DA, SA, length, LLC for each subframe. */
void wifi_amsdu(struct walk *w)
{
    struct bytes h = w->in;
    uint16_t len;

    bytes_copy(&h, w->p->mac_dst, 6);
    bytes_copy(&h, w->p->mac_src, 6);
    len = bytes_be16(&h);
    if (!walk_link_header(w, LAYER_WIFI, AMSDU_HEADER_LEN))
        return;
    keep_rest(w, len);
    walk_size(w, len);
    if (!walk_trim(w, len))
        w->p->trouble |= TROUBLE_BAD_LINK;
    walk_to(w, WALK_LLC, 0);
}

static void remember(struct walk *w, const uint8_t ra[6], uint8_t tid, uint32_t wire_len)
{
    struct packet *p = w->p;
    struct retry_slot slot = {
        .tid = tid, .seq = p->wifi_seq, .wire_len = wire_len, .time_ns = p->frame->time_ns
    };

    memcpy(slot.ta, p->wifi_ta, 6);
    memcpy(slot.ra, ra, 6);
    if (w->d && retry_seen(&w->d->retries, &slot) && p->wifi_retry)
        p->link_copy = true;
}

void wifi_step(struct walk *w)
{
    static const uint8_t none[6];
    struct bytes h = w->in;
    struct packet *p = w->p;
    uint8_t control = bytes_u8(&h), flags = bytes_u8(&h), subtype = control >> 4;
    uint8_t a1[6], a2[6], a3[6], a4[6] = { 0 };
    bool qos = subtype & WIFI_SUBTYPE_QOS, four = (flags & 3) == (WIFI_TO_DS | WIFI_FROM_DS);
    uint32_t len = 24, wire_len = w->wire_left;
    uint16_t qos_control = 0;

    if ((control >> 2 & 3) != WIFI_DATA || control & 3) {
        /* Management and control frames: headers of 10 to 28 bytes that carry no IP. */
        walk_header(w, LAYER_WIFI, w->in.left < 24 ? (uint32_t)w->in.left : 24, TROUBLE_BAD_LINK);
        walk_stop(w, 0);
        return;
    }
    bytes_skip(&h, 2); /* duration */
    bytes_copy(&h, a1, 6);
    bytes_copy(&h, a2, 6);
    bytes_copy(&h, a3, 6);
    p->wifi_seq = bytes_le16(&h);
    if (four) {
        bytes_copy(&h, a4, 6);
        len += 6;
    }
    if (qos) {
        qos_control = bytes_le16(&h);
        len += 2;
        if (flags & WIFI_ORDER)
            len += 4; /* HT control */
    }
    if (w->wifi_pad)
        len = (len + 3) & ~3u;
    if (!walk_link_header(w, LAYER_WIFI, len))
        return;
    p->wifi = true;
    p->wifi_retry = flags & WIFI_RETRY;
    memcpy(p->wifi_ta, a2, 6);
    p->has_mac = w->own_mac = true;
    memcpy(p->mac_dst, flags & WIFI_TO_DS ? a3 : a1, 6);
    memcpy(p->mac_src, four ? a4 : flags & WIFI_FROM_DS ? a3 : a2, 6);
    if (memcmp(a2, none, 6) != 0)
        remember(w, a1, qos_control & 15, wire_len);
    if (subtype & WIFI_SUBTYPE_NULL)
        walk_stop(w, 0);
    else if (p->wifi_seq & 15)
        walk_stop(w, TROUBLE_FRAGMENT); /* a later fragment of a MAC frame has no LLC header */
    else if (flags & WIFI_PROTECTED)
        protected_body(w, qos_control & WIFI_QOS_AMSDU);
    else if (qos_control & WIFI_QOS_AMSDU)
        walk_to(w, WALK_AMSDU, 0);
    else if (!(qos_control & WIFI_QOS_MESH && flags & WIFI_FROM_DS) || skip_mesh(w))
        walk_to(w, WALK_LLC, 0);
}
