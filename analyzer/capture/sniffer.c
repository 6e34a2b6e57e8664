/*
 * sniffer: captures of Sniffer for Windows (and its ancestor NetXRay 2), versions 2.0 to 2.3.
 *
 * 128 bytes of header, all little-endian, then records.  The buffer is a ring: records end at the
 * header's end offset, and go on behind the header when the file ends before that.  Times are ticks
 * since the capture began; what a tick is depends on the kind of adapter, and where that is not
 * known the file is not read: a wrong clock would be worse.
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

struct sniffer_state {
    uint16_t linktype;
    uint64_t ticks_per_s, start_ticks;
    int64_t start_s;
    uint64_t start, end; /* offsets of the first record, and behind the last */
    uint64_t n_frames;   /* as the header says */
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

static int find_linktype(uint8_t medium, uint16_t *out, struct err *err)
{
    static const uint16_t linktypes[] = { LINKTYPE_ETHERNET, LINKTYPE_TOKEN_RING, LINKTYPE_FDDI };

    if (medium >= sizeof(linktypes) / sizeof(linktypes[0]))
        return err_set(err, ERR_FORMAT,
                       "is a Sniffer capture of medium %u, which is not supported yet", medium);
    *out = linktypes[medium];
    return ERR_OK;
}

/* By the kind of adapter: NDIS, and pods with clocks of their own. */
static uint64_t find_ticks(uint8_t kind, uint8_t unit, uint32_t real)
{
    static const uint64_t ndis[] = { 1000000, 1193000 },
                          gigabit_pod[] = { 1000000000, 0, 31250000 },
                          other_pod[] = { 1000000, 0, 1250000 };

    switch (kind) {
    case 0:
        return unit < 2 ? ndis[unit] : unit == 2 ? real : 0;
    case 2:
        return unit < 3 ? gigabit_pod[unit] : 0;
    case 3:
        return unit < 3 ? other_pod[unit] : 0;
    default:
        return 0;
    }
}

static int sniffer_open(struct capture *c, void **state, struct err *err)
{
    struct bytes in = capture_at(c, 0, FILE_HEADER_LEN);
    const struct capture_hooks *hooks = capture_hooks(c);
    struct sniffer_state s = { 0 }, *kept;
    uint8_t medium, kind, unit;
    uint32_t real;
    int rc;

    if (in.left < FILE_HEADER_LEN)
        return err_set(err, ERR_FORMAT, "cut within its file header (%zu of %u bytes)", in.left,
                       FILE_HEADER_LEN);
    bytes_skip(&in, 12);
    s.start_s = bytes_le32(&in);
    s.n_frames = bytes_le32(&in);
    bytes_skip(&in, 4);
    s.start = bytes_le32(&in);
    s.end = bytes_le32(&in);
    bytes_skip(&in, 12);
    medium = bytes_u8(&in);
    bytes_skip(&in, 3);
    unit = bytes_u8(&in);
    bytes_skip(&in, 3);
    s.start_ticks = bytes_le64(&in);
    bytes_skip(&in, 16);
    real = bytes_le32(&in);
    bytes_skip(&in, 4);
    kind = bytes_u8(&in);
    rc = find_linktype(medium, &s.linktype, err);
    if (rc)
        return rc;
    s.ticks_per_s = find_ticks(kind, unit, real);
    if (!s.ticks_per_s)
        return err_set(err, ERR_FORMAT,
                       "is a Sniffer capture of an adapter of kind %u with clock %u, which is not "
                       "supported yet",
                       kind, unit);
    if (s.start < FILE_HEADER_LEN || s.end < FILE_HEADER_LEN)
        return err_set(err, ERR_FORMAT,
                       "is a Sniffer capture whose records begin or end inside its header");
    kept = xmalloc(sizeof(*kept));
    *kept = s;
    *state = kept;
    capture_set_offset(c, s.start);
    if (hooks->interface) {
        struct capture_interface i = { .linktype = s.linktype, .ticks_per_s = s.ticks_per_s };

        hooks->interface(hooks->user, &i);
    }
    return ERR_OK;
}

static enum capture_result sniffer_next(struct capture *c, void *state, struct frame *f,
                                        struct err *why)
{
    struct sniffer_state *s = state;
    uint64_t at = capture_offset(c), ticks;
    struct bytes in;
    uint16_t wire_len, cap_len;

    if (at == s->end)
        return CAPTURE_END;
    in = capture_at(c, at, RECORD_HEADER_LEN);
    if (!in.left && s->end < s->start && !s->turned) {
        s->turned = true;
        at = FILE_HEADER_LEN;
        in = capture_at(c, at, RECORD_HEADER_LEN);
    }
    ticks = bytes_le64(&in);
    wire_len = bytes_le16(&in);
    cap_len = bytes_le16(&in);
    bytes_skip(&in, RECORD_HEADER_LEN - 12);
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
    ticks = ticks > s->start_ticks ? ticks - s->start_ticks : 0;
    *f = (struct frame){
        .frame_no = ++s->frame_no,
        .time_ns = times_from(s->start_s + (int64_t)(ticks / s->ticks_per_s),
                              ticks % s->ticks_per_s, s->ticks_per_s),
        .has_time = true,
        .wire_len = wire_len > cap_len ? wire_len : cap_len,
        .cap_len = cap_len,
        .linktype = s->linktype,
        .offset = at + RECORD_HEADER_LEN,
        .bytes = in.p,
    };
    capture_set_offset(c, f->offset + cap_len);
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
