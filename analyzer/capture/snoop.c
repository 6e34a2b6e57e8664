/*
 * snoop: captures of Solaris snoop, version 2 (RFC 1761).
 *
 * Everything is big-endian; a record says its own length, padding included.  Versions above 2 are
 * Shomiti's (Surveyor), whose data link numbers mean other things.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/times.h"
#include "capture/capture.h"

#define FILE_HEADER_LEN   16
#define RECORD_HEADER_LEN 24u
#define RECORD_MAX        (CAPTURE_FRAME_MAX + (1u << 16)) /* a frame and its padding */
#define MAGIC             UINT64_C(0x736e6f6f70000000)

struct snoop_state {
    uint16_t linktype;
    uint32_t dropped; /* as the last record had it */
    uint64_t frame_no;
};

/* RFC 1761 section 3, and the Solaris header sys/dlpi.h for those above 9. */
static const struct {
    const char *name;
    int linktype; /* -1: not read */
} datalinks[] = {
    { "IEEE 802.3", 1 },
    { "IEEE 802.4 Token Bus", -1 },
    { "IEEE 802.5 Token Ring", 6 },
    { "IEEE 802.6 Metro Net", -1 },
    { "Ethernet", 1 },
    { "HDLC", -1 },
    { "character synchronous lines", -1 },
    { "IBM channel-to-channel", -1 },
    { "FDDI", 10 },
    { "another link", -1 },
};

#define DATALINK_ATM    18 /* a pseudo header of 4 bytes, which is what LINKTYPE_SUNATM has */
#define LINKTYPE_SUNATM 123

static bool snoop_probe(struct bytes head)
{
    return bytes_be64(&head) == MAGIC;
}

static int find_linktype(uint32_t datalink, uint16_t *out, struct err *err)
{
    size_t n = sizeof(datalinks) / sizeof(datalinks[0]);
    int linktype = -1;

    if (datalink == DATALINK_ATM)
        linktype = LINKTYPE_SUNATM;
    else if (datalink < n)
        linktype = datalinks[datalink].linktype;
    if (linktype < 0)
        return err_set(err, ERR_FORMAT,
                       "is a snoop capture of %s (data link %u), which is not supported yet",
                       datalink < n ? datalinks[datalink].name : "a link we do not know", datalink);
    *out = (uint16_t)linktype;
    return ERR_OK;
}

static int snoop_open(struct capture *c, void **state, struct err *err)
{
    struct bytes in = capture_at(c, 0, FILE_HEADER_LEN);
    const struct capture_hooks *hooks = capture_hooks(c);
    size_t len = in.left;
    struct snoop_state *s;
    uint32_t version, datalink;
    uint16_t linktype = 0;
    int rc;

    bytes_skip(&in, 8);
    version = bytes_be32(&in);
    datalink = bytes_be32(&in);
    if (in.short_read)
        return err_set(err, ERR_FORMAT, "cut within its file header (%zu of %d bytes)", len,
                       FILE_HEADER_LEN);
    if (version != 2)
        return err_set(err, ERR_FORMAT,
                       "is a snoop capture of version %u%s, which is not supported yet", version,
                       version >= 3 && version <= 5 ? " (Shomiti Surveyor)" : "");
    rc = find_linktype(datalink, &linktype, err);
    if (rc)
        return rc;
    s = xcalloc(1, sizeof(*s));
    s->linktype = linktype;
    *state = s;
    capture_set_offset(c, FILE_HEADER_LEN);
    if (hooks->interface) {
        struct capture_interface i = { .linktype = linktype, .ticks_per_s = 1000000 };

        hooks->interface(hooks->user, &i);
    }
    return ERR_OK;
}

struct record {
    uint32_t wire_len, cap_len, len, dropped, s, us;
};

static struct record read_header(struct bytes *in)
{
    struct record r;

    r.wire_len = bytes_be32(in);
    r.cap_len = bytes_be32(in);
    r.len = bytes_be32(in);
    r.dropped = bytes_be32(in);
    r.s = bytes_be32(in);
    r.us = bytes_be32(in);
    return r;
}

/* The number counts from the start of the capture; one that is smaller begins anew. */
static void tell_dropped(struct capture *c, struct snoop_state *s, uint32_t dropped)
{
    const struct capture_hooks *hooks = capture_hooks(c);

    if (dropped > s->dropped && hooks->dropped)
        hooks->dropped(hooks->user, 0, dropped - s->dropped);
    s->dropped = dropped;
}

static enum capture_result snoop_next(struct capture *c, void *state, struct frame *f,
                                      struct err *why)
{
    struct snoop_state *s = state;
    uint64_t at = capture_offset(c);
    struct bytes in = capture_at(c, at, RECORD_HEADER_LEN);
    size_t left = in.left;
    struct record r;

    if (left == 0)
        return CAPTURE_END;
    r = read_header(&in);
    if (in.short_read) {
        err_set(why, ERR_FORMAT, "cut within the record header at offset %llu (%zu of %u bytes)",
                (unsigned long long)at, left, RECORD_HEADER_LEN);
        return CAPTURE_CUT;
    }
    if (r.cap_len > CAPTURE_FRAME_MAX || r.len > RECORD_MAX ||
        r.len < RECORD_HEADER_LEN + r.cap_len) {
        err_set(why, ERR_FORMAT,
                "the record at offset %llu says it is %u bytes long and holds %u, which is absurd",
                (unsigned long long)at, r.len, r.cap_len);
        return CAPTURE_BAD;
    }
    in = capture_at(c, at, r.len);
    if (in.left < r.len) {
        err_set(why, ERR_FORMAT, "cut within the record at offset %llu (%zu of %u bytes)",
                (unsigned long long)at, in.left, r.len);
        return CAPTURE_CUT;
    }
    bytes_skip(&in, RECORD_HEADER_LEN);
    tell_dropped(c, s, r.dropped);
    *f = (struct frame){
        .frame_no = ++s->frame_no,
        .time_ns = times_from(r.s, r.us, 1000000),
        .has_time = true,
        .wire_len = r.wire_len > r.cap_len ? r.wire_len : r.cap_len,
        .cap_len = r.cap_len,
        .linktype = s->linktype,
        .offset = at + RECORD_HEADER_LEN,
        .bytes = in.p,
    };
    capture_set_offset(c, at + r.len);
    return CAPTURE_FRAME;
}

extern const struct capture_format snoop_format;
const struct capture_format snoop_format = {
    .name = "snoop",
    .title = "snoop",
    .probe = snoop_probe,
    .open = snoop_open,
    .next = snoop_next,
    .close = free,
};
