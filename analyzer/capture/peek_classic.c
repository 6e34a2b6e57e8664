/*
 * peek_classic: the older files of EtherPeek, TokenPeek and AiroPeek 1, versions 5, 6 and 7.
 *
 * 50 bytes of header, then the packets, all big-endian.  No real magic: the version, the reserved
 * words that must be zero, a medium that exists and a first record that makes sense tell it.
 * Version 7 has times in microseconds since 1904; before that they count from the header's date.
 *
 * Lengths of version 7 count four check bytes, as in tagged files (peek.c), and they are taken off
 * in the same way; of versions 5 and 6 nobody says so.  A frame of 802.11 begins with four bytes
 * about the radio.
 *
 * Sources: the vendor's plug-in kit (PeekFile.h, PeekPacket.h, MediaTypes.h) and a real file of
 * version 7; versions 5 and 6 from what Wireshark's wiretap/peekclassic.c knows.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/times.h"
#include "capture/capture.h"
#include "capture/peek_session.h"

#define FILE_HEADER_LEN   50u
#define V7_RECORD_LEN     16u
#define V5_RECORD_LEN     26u
#define RADIO_HEADER_LEN  4u
#define CHECK_LEN         4u
#define LINKTYPE_ETHERNET 1
#define LINKTYPE_WIFI     105
#define MAC_EPOCH_S       INT64_C(2082844800) /* from 1904-01-01 to 1970-01-01 */

struct classic_state {
    uint8_t version;
    uint16_t linktype;
    uint32_t date_s;          /* since 1904 */
    uint32_t count, file_len; /* as the header says */
    uint64_t frame_no;
};

struct classic_header {
    uint8_t version, status;
    uint32_t file_len, count, date_s, media, subtype, application, link_speed;
    uint32_t reserved[3];
};

/* Check in->short_read. */
static struct classic_header read_header(struct bytes *in)
{
    struct classic_header h;
    int i;

    h.version = bytes_u8(in) & 0x7f; /* EtherHelp sets the top bit */
    h.status = bytes_u8(in);
    h.file_len = bytes_be32(in);
    h.count = bytes_be32(in);
    h.date_s = bytes_be32(in);
    bytes_skip(in, 8); /* start and stop: real files have ffffffff there */
    h.media = bytes_be32(in);
    h.subtype = bytes_be32(in);
    h.application = bytes_be32(in);
    h.link_speed = bytes_be32(in);
    for (i = 0; i < 3; i++)
        h.reserved[i] = bytes_be32(in);
    return h;
}

static uint32_t record_len(uint8_t version)
{
    return version == 7 ? V7_RECORD_LEN : V5_RECORD_LEN;
}

struct record {
    uint16_t protocol, wire_len, slice_len;
    uint8_t flags, status;
    uint64_t time; /* version 7: microseconds since 1904; else milliseconds since the date */
};

/* Check in->short_read. */
static struct record read_record(struct bytes *in, uint8_t version)
{
    struct record r = { 0 };

    if (version == 7)
        r.protocol = bytes_be16(in);
    r.wire_len = bytes_be16(in);
    r.slice_len = bytes_be16(in);
    r.flags = bytes_u8(in);
    r.status = bytes_u8(in);
    if (version == 7) {
        r.time = bytes_be64(in);
        return r;
    }
    r.time = bytes_be32(in);
    bytes_skip(in, 4); /* destination and source: numbers of a name table */
    r.protocol = bytes_be16(in);
    bytes_skip(in, 8 + 2); /* the protocol's name, the filter that let it pass */
    return r;
}

static bool is_medium(const struct classic_header *h)
{
    return h->media == 0 ? h->subtype <= 2 : h->media == 1 && h->subtype == 0;
}

/* Nothing that a stray file has by chance: a medium, 12 zeros, a date, lengths that fit together.
 */
static bool classic_probe(struct bytes head)
{
    struct classic_header h = read_header(&head);
    struct record r;

    if (head.short_read || h.version < 5 || h.version > 7 || !is_medium(&h))
        return false;
    if (h.reserved[0] | h.reserved[1] | h.reserved[2] || h.date_s < MAC_EPOCH_S)
        return false;
    if (h.file_len < FILE_HEADER_LEN ||
        (h.file_len - FILE_HEADER_LEN) / record_len(h.version) < h.count)
        return false;
    r = read_record(&head, h.version);
    return head.short_read || r.slice_len <= r.wire_len;
}

static int classic_open(struct capture *c, void **state, struct err *err)
{
    struct bytes in = capture_at(c, 0, FILE_HEADER_LEN);
    struct classic_header h = read_header(&in);
    struct peek_session session = { .link_speed = h.link_speed };
    struct classic_state *s;
    uint16_t linktype = 0;
    int rc = peek_media_linktype(h.media, h.subtype, &linktype, err);

    if (rc)
        return rc;
    s = xcalloc(1, sizeof(*s));
    s->version = h.version;
    s->linktype = linktype;
    s->date_s = h.date_s;
    s->count = h.count;
    s->file_len = h.file_len;
    capture_set_offset(c, FILE_HEADER_LEN);
    capture_set_title(c, h.version == 7 ? "EtherPeek, version 7" : "EtherPeek, version 5 or 6");
    if (linktype != LINKTYPE_ETHERNET)
        capture_set_title(c, h.version == 7 ? "AiroPeek, version 7" : "AiroPeek, version 5 or 6");
    peek_session_tell(&session, linktype, h.version == 7 ? 1000000 : 1000, capture_hooks(c));
    *state = s;
    return ERR_OK;
}

static int64_t time_of(const struct classic_state *s, const struct record *r)
{
    if (s->version == 7)
        return times_from((int64_t)(r->time / 1000000) - MAC_EPOCH_S, r->time % 1000000, 1000000);
    return times_from((int64_t)s->date_s + (int64_t)(r->time / 1000) - MAC_EPOCH_S, r->time % 1000,
                      1000);
}

/* Rate in units of 500 kbit/s, channel, signal in percent, one byte of padding. */
static struct frame_radio take_radio(struct bytes *in)
{
    uint8_t rate = bytes_u8(in), channel = bytes_u8(in), percent = bytes_u8(in);
    struct frame_radio radio = { 0 };

    bytes_skip(in, 1);
    if (in->short_read)
        return radio;
    radio.known = (rate ? RADIO_RATE : 0u) | (channel ? RADIO_CHANNEL : 0u) |
                  (percent <= 100 ? RADIO_PERCENT : 0u);
    radio.rate_kbps = rate * 500u;
    radio.channel = channel;
    radio.signal_percent = percent <= 100 ? percent : 0;
    return radio;
}

static uint32_t less(uint32_t a, uint32_t b)
{
    return a > b ? a - b : 0;
}

static void fill_frame(struct classic_state *s, const struct record *r, uint64_t data_at,
                       struct bytes in, struct frame *f)
{
    uint32_t skip = s->linktype == LINKTYPE_WIFI ? RADIO_HEADER_LEN : 0;
    uint32_t cap_len = (uint32_t)in.left,
             wire_len = less(r->wire_len, s->version == 7 ? CHECK_LEN : 0);
    struct frame_radio radio = { 0 };
    struct bytes head;

    if (cap_len > wire_len)
        cap_len = wire_len;
    if (skip > cap_len)
        skip = cap_len;
    head = bytes_sub(&in, skip);
    if (skip)
        radio = take_radio(&head);
    *f = (struct frame){
        .frame_no = ++s->frame_no,
        .time_ns = time_of(s, r),
        .has_time = true,
        .wire_len = wire_len - skip,
        .cap_len = cap_len - skip,
        .linktype = s->linktype,
        .offset = data_at + skip,
        .bytes = in.p,
        .radio = radio,
    };
}

/* Behind the last record: does the file hold what it says? */
static enum capture_result check_count(const struct classic_state *s, struct err *why)
{
    if (s->count <= s->frame_no) /* more: it was written while the capture went on */
        return CAPTURE_END;
    err_set(why, ERR_FORMAT, "the file says %u packets, %llu were read", s->count,
            (unsigned long long)s->frame_no);
    return CAPTURE_CUT;
}

static enum capture_result classic_next(struct capture *c, void *state, struct frame *f,
                                        struct err *why)
{
    struct classic_state *s = state;
    uint64_t at = capture_offset(c), data_at = at + record_len(s->version);
    struct bytes in = capture_at(c, at, record_len(s->version));
    size_t left = in.left;
    struct record r;
    uint32_t len, pad;

    if (left == 0 || (at == s->file_len && s->frame_no == s->count))
        return check_count(s, why);
    r = read_record(&in, s->version);
    if (in.short_read) {
        err_set(why, ERR_FORMAT, "cut within the record header at offset %llu (%zu of %u bytes)",
                (unsigned long long)at, left, record_len(s->version));
        return CAPTURE_CUT;
    }
    if (r.slice_len > r.wire_len) {
        err_set(why, ERR_FORMAT, "the record at offset %llu says it holds more than the packet had",
                (unsigned long long)at);
        return CAPTURE_BAD;
    }
    len = r.slice_len ? r.slice_len : r.wire_len;
    /* Version 7 pads to an even length; the padding of the last record may be missing. */
    pad = s->version == 7 && len % 2;
    in = capture_at(c, data_at, len + pad);
    if (in.left < len) {
        err_set(why, ERR_FORMAT, "cut within the record at offset %llu (%zu of %u bytes)",
                (unsigned long long)at, in.left, len);
        return CAPTURE_CUT;
    }
    fill_frame(s, &r, data_at, bytes_of(in.p, len), f);
    capture_set_offset(c, data_at + len + (in.left > len ? pad : 0));
    return CAPTURE_FRAME;
}

extern const struct capture_format peek_classic_format;
const struct capture_format peek_classic_format = {
    .name = "peek-classic",
    .title = "EtherPeek",
    .probe = classic_probe,
    .open = classic_open,
    .next = classic_next,
    .close = free,
};
