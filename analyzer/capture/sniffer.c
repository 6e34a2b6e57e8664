/*
 * sniffer: captures of Sniffer for Windows (and its ancestor NetXRay 2), versions 2.0 to 2.3.
 *
 * 128 bytes of header, all little-endian, then records.  The buffer is a ring: records end at the
 * header's end offset, and go on behind the header when the file ends before that.  Times are ticks
 * since the capture began; what a tick is depends on the link and the kind of adapter, and where
 * that is not known for sure the file is not read: a wrong clock would be worse.
 *
 * Sources: what Wireshark's wiretap/netxray.c knows; real files.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/times.h"
#include "capture/capture.h"

#define FILE_HEADER_LEN     128u
#define RECORD_HEADER_LEN   40u
#define LINKTYPE_ETHERNET   1
#define LINKTYPE_TOKEN_RING 6
#define LINKTYPE_FDDI       10
#define MINOR_MAX           3u
#define TAIL_MARK           0xffffu /* in a record: four bytes behind the frame are counted */
#define TAIL_LEN            4u
#define SECONDS_MAX         (UINT64_C(1) << 40) /* far beyond what a time can say */

/* Adapters of Ethernet: NDIS, and pods with clocks of their own. */
enum kind {
    KIND_NDIS = 0,
    KIND_GIGABIT_POD = 2,
    KIND_OTHER_POD = 3,
};

struct sniffer_state {
    uint16_t linktype;
    bool has_check; /* the four bytes are a check sequence; else nobody knows what they are */
    uint64_t ticks_per_s, start_ticks;
    int64_t start_s;
    uint64_t start, end; /* offsets of the first record, and behind the last */
    uint64_t n_frames;   /* as the header says */
    uint64_t at;         /* of the next record */
    bool turned;         /* reading goes on behind the header */
    uint64_t frame_no;
};

static bool sniffer_probe(struct bytes head)
{
    uint8_t version[8];

    if (bytes_be32(&head) != 0x58435000) /* XCP */
        return false;
    bytes_copy(&head, version, sizeof(version));
    return !head.short_read && memcmp(version, "002.00", 6) == 0;
}

/* `plus` says how media are numbered: 0 from 0; with 2 only Ethernet was seen, as 1. */
static int find_linktype(uint8_t medium, uint8_t plus, uint16_t *out, struct err *err)
{
    static const uint16_t linktypes[] = { LINKTYPE_ETHERNET, LINKTYPE_TOKEN_RING, LINKTYPE_FDDI };

    if (plus == 2 && medium == 1) {
        *out = LINKTYPE_ETHERNET;
        return ERR_OK;
    }
    if (plus)
        return err_set(err, ERR_FORMAT,
                       "is a Sniffer capture of medium %u in numbering %u, which is not supported "
                       "yet",
                       medium, plus);
    if (medium >= sizeof(linktypes) / sizeof(linktypes[0]))
        return err_set(err, ERR_FORMAT,
                       "is a Sniffer capture of medium %u, which is not supported yet", medium);
    *out = linktypes[medium];
    return ERR_OK;
}

/* 0: not known for sure.  `real` is only true of Ethernet. */
static uint64_t find_ticks(uint16_t linktype, uint8_t kind, uint8_t unit, uint32_t real)
{
    static const uint64_t ndis[] = { 1000000, 1193000 },
                          gigabit_pod[] = { 1000000000, 0, 31250000 },
                          other_pod[] = { 1000000, 0, 1250000 };

    if (kind == KIND_NDIS && unit < 2)
        return ndis[unit];
    if (linktype != LINKTYPE_ETHERNET || unit > 2)
        return 0;
    switch (kind) {
    case KIND_NDIS:
        return real;
    case KIND_GIGABIT_POD:
        return gigabit_pod[unit];
    case KIND_OTHER_POD:
        return other_pod[unit];
    default:
        return 0;
    }
}

static int sniffer_open(struct capture *c, void **state, struct err *err)
{
    struct bytes in = capture_at(c, 0, FILE_HEADER_LEN);
    const struct capture_hooks *hooks = capture_hooks(c);
    struct sniffer_state s = { 0 }, *kept;
    uint8_t version[8], medium, plus, kind, unit;
    unsigned minor;
    uint32_t real;
    int rc;

    if (in.left < FILE_HEADER_LEN)
        return err_set(err, ERR_FORMAT, "cut within its file header (%zu of %u bytes)", in.left,
                       FILE_HEADER_LEN);
    bytes_skip(&in, 4);
    bytes_copy(&in, version, sizeof(version));
    minor = version[6] - (unsigned)'0';
    if (minor > MINOR_MAX || version[7])
        return err_set(err, ERR_FORMAT,
                       "is a Sniffer capture of a version other than 2.0 to 2.%u, which is not "
                       "supported yet",
                       MINOR_MAX);
    s.start_s = bytes_le32(&in);
    s.n_frames = bytes_le32(&in);
    bytes_skip(&in, 4);
    s.start = bytes_le32(&in);
    s.end = bytes_le32(&in);
    bytes_skip(&in, 12);
    medium = bytes_u8(&in);
    plus = bytes_u8(&in);
    bytes_skip(&in, 2);
    unit = bytes_u8(&in);
    bytes_skip(&in, 3);
    s.start_ticks = bytes_le64(&in);
    bytes_skip(&in, 16);
    real = bytes_le32(&in);
    bytes_skip(&in, 4);
    kind = bytes_u8(&in);
    rc = find_linktype(medium, plus, &s.linktype, err);
    if (rc)
        return rc;
    s.ticks_per_s = find_ticks(s.linktype, kind, unit, real);
    if (!s.ticks_per_s)
        return err_set(err, ERR_FORMAT,
                       "is a Sniffer capture of medium %u by an adapter of kind %u with clock %u, "
                       "which is not supported yet",
                       medium, kind, unit);
    if (kind != KIND_NDIS && minor >= 2)
        s.start_ticks = 0; /* whatever the header says */
    s.has_check = (real >> 8 & 0xffff) == 0x1234;
    if (s.start < FILE_HEADER_LEN || s.end < FILE_HEADER_LEN)
        return err_set(err, ERR_FORMAT,
                       "is a Sniffer capture whose records begin or end inside its header");
    s.at = s.start;
    kept = xmalloc(sizeof(*kept));
    *kept = s;
    *state = kept;
    capture_set_offset(c, FILE_HEADER_LEN);
    if (hooks->interface) {
        struct capture_interface i = { .linktype = s.linktype, .ticks_per_s = s.ticks_per_s };

        hooks->interface(hooks->user, &i);
    }
    return ERR_OK;
}

static int64_t time_of(const struct sniffer_state *s, uint64_t ticks)
{
    uint64_t seconds;

    ticks = ticks > s->start_ticks ? ticks - s->start_ticks : 0;
    seconds = ticks / s->ticks_per_s;
    return times_from(s->start_s + (int64_t)(seconds < SECONDS_MAX ? seconds : SECONDS_MAX),
                      ticks % s->ticks_per_s, s->ticks_per_s);
}

/* A check sequence is told of, other bytes are taken off. */
static void take_tail(const struct sniffer_state *s, struct frame *f)
{
    if (s->has_check) {
        f->fcs_len = TAIL_LEN;
        return;
    }
    f->cap_len -= f->cap_len < TAIL_LEN ? f->cap_len : TAIL_LEN;
    f->wire_len -= f->wire_len < TAIL_LEN ? f->wire_len : TAIL_LEN;
}

static enum capture_result sniffer_next(struct capture *c, void *state, struct frame *f,
                                        struct err *why)
{
    struct sniffer_state *s = state;
    uint64_t at = s->at, ticks;
    struct bytes in;
    uint16_t wire_len, cap_len, tail;

    if (at == s->end)
        return CAPTURE_END;
    in = capture_at(c, at, RECORD_HEADER_LEN);
    if (!in.left && s->end < s->start && s->frame_no && !s->turned) {
        s->turned = true;
        at = FILE_HEADER_LEN;
        in = capture_at(c, at, RECORD_HEADER_LEN);
    }
    ticks = bytes_le64(&in);
    wire_len = bytes_le16(&in);
    cap_len = bytes_le16(&in);
    bytes_skip(&in, 2);
    tail = bytes_le16(&in);
    bytes_skip(&in, RECORD_HEADER_LEN - 16);
    if (in.short_read) {
        err_set(why, ERR_FORMAT, "cut at offset %llu, before frame %llu of %llu",
                (unsigned long long)at, (unsigned long long)s->frame_no + 1,
                (unsigned long long)s->n_frames);
        return CAPTURE_CUT;
    }
    in = capture_at(c, at + RECORD_HEADER_LEN, cap_len);
    if (in.left < cap_len) {
        err_set(why, ERR_FORMAT, "cut within the record at offset %llu (%zu of %u bytes)",
                (unsigned long long)at, in.left, cap_len);
        return CAPTURE_CUT;
    }
    if ((at < s->end && at + RECORD_HEADER_LEN + cap_len > s->end) ||
        (s->turned && at >= s->start)) {
        err_set(why, ERR_FORMAT, "the record at offset %llu goes beyond the end of the records",
                (unsigned long long)at);
        return CAPTURE_BAD;
    }
    *f = (struct frame){
        .frame_no = ++s->frame_no,
        .time_ns = time_of(s, ticks),
        .has_time = true,
        .wire_len = wire_len > cap_len ? wire_len : cap_len,
        .cap_len = cap_len,
        .linktype = s->linktype,
        .offset = at + RECORD_HEADER_LEN,
        .bytes = in.p,
    };
    if (tail == TAIL_MARK && s->linktype == LINKTYPE_ETHERNET)
        take_tail(s, f);
    s->at = f->offset + cap_len;
    capture_set_offset(c, s->at);
    return CAPTURE_FRAME;
}

extern const struct capture_format sniffer_format;
const struct capture_format sniffer_format = {
    .name = "sniffer",
    .title = "Sniffer (Windows)",
    .probe = sniffer_probe,
    .open = sniffer_open,
    .next = sniffer_next,
    .close = free,
};
