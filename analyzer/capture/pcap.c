/*
 * pcap: the classic libpcap file (draft-ietf-opsawg-pcap; libpcap savefile.c, sf-pcap.c).
 *
 * Three relatives share its magic numbers: Alexey Kuznetzov's "modified" files (a1b2cd34) and the
 * Red Hat and Nokia ones, which keep the usual magic but have longer record headers (Wireshark
 * wiretap/libpcap.c tells them apart by trying).  We try too: the header length with which the
 * first records make sense.  AIX's tcpdump writes version 2.2, nanoseconds, and the interface types
 * of RFC 1573 in place of link types.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/times.h"
#include "capture/capture.h"

#define PREFETCH 128u /* bytes: from the record header to the TCP header */
#define FILE_HEADER_LEN   24
#define RECORD_HEADER_LEN 16
#define TRIED_RECORDS     4
#define SNAP_USUAL        262144u /* libpcap's largest snap length */
#define LINK_HAS_FCS      (1u << 26)

enum pcap_magic {
    MAGIC_US = 0xa1b2c3d4,
    MAGIC_NS = 0xa1b23c4d,
    MAGIC_MODIFIED = 0xa1b2cd34,
};

struct pcap_state {
    bool big, ns;
    bool lengths_may_be_swapped; /* before version 2.4 nobody agreed which comes first */
    uint32_t record_header_len;
    uint32_t snap_len;
    uint16_t linktype;
    uint8_t fcs_len;
    uint64_t frame_no;
};

struct record {
    uint32_t s, fraction, cap_len, wire_len;
};

static bool known_magic(uint32_t magic)
{
    return magic == MAGIC_US || magic == MAGIC_NS || magic == MAGIC_MODIFIED;
}

static bool pcap_probe(struct bytes head)
{
    struct bytes again = head;
    uint32_t be = bytes_be32(&head), le = bytes_le32(&again);

    return known_magic(be) || known_magic(le);
}

/* Reads a record's header, cursor behind it; check b->short_read. */
static struct record read_record(const struct pcap_state *s, struct bytes *b, uint32_t header_len)
{
    struct record r;

    r.s = bytes_u32(b, s->big);
    r.fraction = bytes_u32(b, s->big);
    r.cap_len = bytes_u32(b, s->big);
    r.wire_len = bytes_u32(b, s->big);
    bytes_skip(b, header_len - RECORD_HEADER_LEN);
    if (s->lengths_may_be_swapped && r.cap_len > r.wire_len) {
        uint32_t cap_len = r.wire_len;

        r.wire_len = r.cap_len;
        r.cap_len = cap_len;
    }
    return r;
}

/* How many of the first records make sense with record headers of this length; -1: one does not. */
static int chain_fits(const struct pcap_state *s, struct bytes b, uint32_t header_len)
{
    uint32_t most = s->snap_len > SNAP_USUAL ? s->snap_len : SNAP_USUAL, first_s = 0;
    int i;

    for (i = 0; i < TRIED_RECORDS && b.left; i++) {
        struct record r = read_record(s, &b, header_len);

        if (b.short_read)
            return i;
        if (r.cap_len > most || r.cap_len > r.wire_len || r.wire_len > CAPTURE_FRAME_MAX)
            return -1;
        if (r.fraction >= (s->ns ? 1000000000u : 1000000u))
            return -1;
        if (i && (r.s > first_s ? r.s - first_s : first_s - r.s) > 366 * 86400u)
            return -1;
        first_s = r.s;
        bytes_skip(&b, r.cap_len);
    }
    return i;
}

static uint32_t find_header_len(const struct pcap_state *s, uint32_t magic, struct bytes records)
{
    static const uint32_t usual[] = { 16, 24, 20 }, modified[] = { 24, 28 };
    const uint32_t *tries = magic == MAGIC_MODIFIED ? modified : usual;
    size_t n = magic == MAGIC_MODIFIED ? 2 : 3, i;

    if (magic == MAGIC_NS)
        return RECORD_HEADER_LEN;
    for (i = 0; i < n; i++)
        if (chain_fits(s, records, tries[i]) >= (i ? 2 : 0)) /* odd ones must convince */
            return tries[i];
    return tries[0];
}

/* The LINKTYPE_ of an interface type that AIX writes; -1: it is none of them. */
static int aix_linktype(uint16_t major, uint16_t minor, uint32_t link)
{
    static const struct {
        uint32_t type;
        int linktype;
    } types[] = { { 6, 1 }, { 9, 6 }, { 15, 10 }, { 24, 0 } };
    size_t i;

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (major == 2 && minor == 2 && types[i].type == link)
            return types[i].linktype;
    return -1;
}

static const char *title_of(uint32_t magic, const struct pcap_state *s)
{
    if (magic == MAGIC_MODIFIED || s->record_header_len != RECORD_HEADER_LEN)
        return s->big ? "modified pcap, big-endian" : "modified pcap";
    if (s->ns && magic == MAGIC_US)
        return s->big ? "pcap of AIX, nanoseconds, big-endian" : "pcap of AIX, nanoseconds";
    if (s->ns)
        return s->big ? "pcap, nanoseconds, big-endian" : "pcap, nanoseconds";
    return s->big ? "pcap, big-endian" : "pcap";
}

static int pcap_open(struct capture *c, void **state, struct err *err)
{
    struct bytes b = capture_at(c, 0, FILE_HEADER_LEN + TRIED_RECORDS * (SNAP_USUAL + 32));
    struct pcap_state s = { .big = bytes_peek(&b, 0) == 0xa1 };
    const struct capture_hooks *hooks = capture_hooks(c);
    size_t len = b.left;
    uint32_t magic = bytes_u32(&b, s.big), link;
    uint16_t major = bytes_u16(&b, s.big), minor = bytes_u16(&b, s.big);
    struct pcap_state *kept;
    int aix;

    bytes_skip(&b, 8); /* thiszone and sigfigs: always zero, and nobody uses them */
    s.snap_len = bytes_u32(&b, s.big);
    link = bytes_u32(&b, s.big);
    if (b.short_read)
        return err_set(err, ERR_FORMAT, "cut within its file header (%zu of %d bytes)", len,
                       FILE_HEADER_LEN);
    if (major != 2 || minor > 4)
        return err_set(err, ERR_FORMAT, "pcap version %u.%u is not known", major, minor);
    aix = magic == MAGIC_US ? aix_linktype(major, minor, link) : -1;
    s.ns = magic == MAGIC_NS || aix >= 0;
    s.lengths_may_be_swapped = minor < 4;
    s.linktype = (uint16_t)(aix >= 0 ? aix : (int)(link & 0xffff));
    /* The length is counted in 16-bit words. */
    s.fcs_len = link & LINK_HAS_FCS ? (uint8_t)((link >> 28) * 2) : 0;
    s.record_header_len = find_header_len(&s, magic, b);
    capture_set_title(c, title_of(magic, &s));
    capture_set_offset(c, FILE_HEADER_LEN);
    kept = xmalloc(sizeof(*kept));
    *kept = s;
    *state = kept;
    if (hooks->interface) {
        struct capture_interface i = { .linktype = s.linktype,
                                       .snap_len = s.snap_len,
                                       .ticks_per_s = s.ns ? 1000000000u : 1000000u };

        hooks->interface(hooks->user, &i);
    }
    return ERR_OK;
}

/* A file that was laid out in advance and never filled would read as a row of empty frames. */
static bool all_zeros(struct bytes b, size_t n)
{
    uint8_t any = 0;

    while (n--)
        any |= bytes_u8(&b);
    return !any && !b.short_read;
}

static enum capture_result pcap_next(struct capture *c, void *state, struct frame *f,
                                     struct err *why)
{
    struct pcap_state *s = state;
    uint64_t at = capture_offset(c);
    struct bytes b = capture_at(c, at, 2 * (size_t)s->record_header_len);
    size_t left = b.left;
    struct record r;

    if (left == 0)
        return CAPTURE_END;
    r = read_record(s, &b, s->record_header_len);
    if (b.short_read) {
        err_set(why, ERR_FORMAT, "cut within the record header at offset %llu (%zu of %u bytes)",
                (unsigned long long)at, left, s->record_header_len);
        return CAPTURE_CUT;
    }
    if (r.s == 0 && all_zeros(capture_at(c, at, 2 * (size_t)s->record_header_len),
                              2 * (size_t)s->record_header_len)) {
        err_set(why, ERR_FORMAT, "nothing but zeros at offset %llu", (unsigned long long)at);
        return CAPTURE_BAD;
    }
    if (r.cap_len <= CAPTURE_FRAME_MAX && r.cap_len > b.left) /* not all of it is at hand yet */
        b = capture_at(c, at + s->record_header_len, r.cap_len);
    /* More than any snap length and more than there is: a damaged number, not a cut file. */
    if (r.cap_len > CAPTURE_FRAME_MAX ||
        (r.cap_len > b.left && r.cap_len > SNAP_USUAL && r.cap_len > s->snap_len)) {
        err_set(why, ERR_FORMAT,
                "the record at offset %llu says it holds %u bytes, which is absurd",
                (unsigned long long)at, r.cap_len);
        return CAPTURE_BAD;
    }
    if (r.cap_len > b.left) {
        err_set(why, ERR_FORMAT, "cut within the record at offset %llu (%zu of %u bytes)",
                (unsigned long long)at, b.left, r.cap_len);
        return CAPTURE_CUT;
    }
    *f = (struct frame){
        .frame_no = ++s->frame_no,
        .time_ns = times_from(r.s, r.fraction, s->ns ? 1000000000u : 1000000u),
        .has_time = true,
        .wire_len = r.wire_len > r.cap_len ? r.wire_len : r.cap_len,
        .cap_len = r.cap_len,
        .linktype = s->linktype,
        .fcs_len = s->fcs_len,
        .offset = at + s->record_header_len,
        .bytes = b.p,
    };
    capture_set_offset(c, f->offset + r.cap_len);
    /* Of a bulk transfer only the headers are looked at: the next ones are not in any cache yet. */
    if (b.left - r.cap_len >= PREFETCH) {
        __builtin_prefetch(b.p + r.cap_len);
        __builtin_prefetch(b.p + r.cap_len + PREFETCH / 2);
    }
    return CAPTURE_FRAME;
}

extern const struct capture_format pcap_format;
const struct capture_format pcap_format = {
    .name = "pcap",
    .title = "pcap",
    .probe = pcap_probe,
    .open = pcap_open,
    .next = pcap_next,
    .close = free,
    .usual_head = 16,
};
