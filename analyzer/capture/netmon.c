/*
 * netmon: captures of Microsoft Network Monitor, versions 1 and 2 (Network Monitor 3 writes 2.1
 * to 2.3).
 *
 * A header, the frames, and at the end a table of their offsets, all little-endian.  The
 * table decides on the order: Network Monitor 2 writes its buffer as it lies, a ring, so that the
 * first frame may stand in the middle of the file.  In a file that was cut the table is missing;
 * the frames are then read as they lie.
 *
 * The time in the header is that of the machine's own zone, which only records of 2.3 say more of:
 * they have theirs in UTC.  Of the others the header's is taken as UTC, and the title says so.
 *
 * Sources: CAPTUREFILE_HEADER_VALUES (learn.microsoft.com, win32/netmon2); records and media as
 * Wireshark's wiretap/netmon.c knows them; real files of 2.0.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/times.h"
#include "capture/capture.h"

#define FILE_HEADER_LEN 72u /* at least; the first frame mostly stands at 128 */
#define FIRST_FRAME_AT  128u
#define FRAMES_MAX      (1u << 24) /* entries of the table: 64 MiB */
#define KEPT_LEN        (1u << 20) /* of what was read, for a table that goes back a little */
#define ANEW_TIMES      8u         /* next_place: what may be read anew, by what was read ... */
#define ANEW_LEAST      (64u << 20) /* ... or in a small file */
#define OVERLAP_MAX     65536u      /* bytes of records that may lie in others, in all */
#define TRAILER_LEN_MAX 15u
#define EPOCH_1601_S    INT64_C(11644473600) /* from 1601-01-01 to 1970-01-01 */
#define PER_S           10000000u            /* of a FILETIME */

/* Media (NDIS, and what Network Monitor 3 made of them) and what a record may be instead. */
enum medium {
    MEDIUM_NONE = 0, /* seen in Network Monitor 3 on frames of Ethernet */
    MEDIUM_ETHERNET = 1,
    MEDIUM_TOKEN_RING = 2,
    MEDIUM_FDDI = 3,
    MEDIUM_WIFI = 6,   /* 802.11 behind a header of the receiver */
    MEDIUM_TUNNEL = 7, /* IP without a link header: tunnels, wireless WAN, raw */
    MEDIUM_WWAN = 8,
    MEDIUM_RAW = 9,
    MEDIUM_LINKTYPE = 0xe000, /* the lower 12 bits are a LINKTYPE_ */
    MEDIUM_ABOUT = 0xffe0,    /* from here on: no frame, but events, names of networks, filters */
    /* Not even numbered by Wireshark: headers of payload, networks, names of hosts. */
    MEDIUM_UNNUMBERED = 0xfffc,
    MEDIUM_UNNUMBERED_LAST = 0xfffe,
};

#define LINKTYPE_ETHERNET   1
#define LINKTYPE_TOKEN_RING 6
#define LINKTYPE_FDDI       10
#define LINKTYPE_RAW        101
#define LINKTYPE_WIFI       105
#define LINKTYPE_USER0      147 /* for what has no number: nobody decodes it */

struct netmon_state {
    uint8_t major, minor;
    uint16_t medium;
    int64_t start_ns;
    uint32_t table_offset;
    uint32_t *table; /* offsets of the frames; NULL: they are read as they lie */
    uint32_t n, i;
    uint64_t at;        /* behind the last record */
    uint64_t low, high; /* where the first record of those read begins, and the last ends */
    uint64_t taken;     /* bytes of records read */
    uint64_t kept_from; /* see look */
    uint64_t anew;
    uint64_t frame_no;
};

static bool netmon_probe(struct bytes head)
{
    uint32_t magic = bytes_be32(&head);
    uint8_t minor = bytes_u8(&head), major = bytes_u8(&head);

    return !head.short_read && minor < 100 &&
           ((magic == 0x52545353 && major == 1) ||
            (magic == 0x474d4255 && major == 2)); /* RTSS, GMBU */
}

/* SYSTEMTIME: year, month, day of the week, day, hour, minute, second, millisecond. */
static int64_t read_start(struct bytes *in)
{
    uint16_t v[8];
    int i;

    for (i = 0; i < 8; i++)
        v[i] = bytes_le16(in);
    if (v[0] < 1970 || v[1] < 1 || v[1] > 12 || v[3] < 1 || v[3] > 31 || v[4] > 23 || v[5] > 59 ||
        v[6] > 60 || v[7] > 999)
        return 0;
    return times_from(times_days(v[0], v[1], v[3]) * 86400 + v[4] * 3600 + v[5] * 60 + v[6], v[7],
                      1000);
}

static bool find_linktype(uint16_t medium, uint16_t *out)
{
    if (medium >= MEDIUM_LINKTYPE && medium <= (MEDIUM_LINKTYPE | 0xfff)) {
        *out = medium & 0xfff;
        return true;
    }
    switch (medium) {
    case MEDIUM_NONE:
    case MEDIUM_ETHERNET:
        *out = LINKTYPE_ETHERNET;
        return true;
    case MEDIUM_TOKEN_RING:
        *out = LINKTYPE_TOKEN_RING;
        return true;
    case MEDIUM_FDDI:
        *out = LINKTYPE_FDDI;
        return true;
    case MEDIUM_WIFI:
        *out = LINKTYPE_WIFI;
        return true;
    case MEDIUM_TUNNEL:
    case MEDIUM_WWAN:
    case MEDIUM_RAW:
        *out = LINKTYPE_RAW;
        return true;
    default:
        return false;
    }
}

/* Each record of 2.1 and later has a medium of its own. */
static bool has_own_medium(const struct netmon_state *s)
{
    return s->major == 2 && s->minor >= 1;
}

static uint32_t trailer_len(const struct netmon_state *s)
{
    if (!has_own_medium(s))
        return 0;
    return s->minor == 1 ? 2 : s->minor == 2 ? 6 : TRAILER_LEN_MAX;
}

/*
 * A table without entries is complete only where no frame lies in front of it.  A copy: what is
 * compressed is a window that does not like to go back.
 */
static void read_table(const struct capture *c, struct netmon_state *s, uint32_t len)
{
    struct bytes in;
    uint32_t i;

    s->n = len / 4;
    if (s->n > FRAMES_MAX)
        s->n = FRAMES_MAX;
    if (s->table_offset < FILE_HEADER_LEN || (!s->n && s->table_offset > FIRST_FRAME_AT))
        return;
    in = capture_at(c, s->table_offset, s->n * 4);
    if (in.left / 4 < s->n)
        return;
    s->table = xcalloc(s->n + 1, sizeof(*s->table)); /* there may be no frames */
    for (i = 0; i < s->n; i++)
        s->table[i] = bytes_le32(&in);
}

static const char *title_of(const struct netmon_state *s)
{
    if (s->major == 1)
        return "Microsoft NetMon 1.x, local times";
    return s->minor >= 3 ? "Microsoft NetMon 2.3" : "Microsoft NetMon 2.x, local times";
}

static int netmon_open(struct capture *c, void **state, struct err *err)
{
    struct bytes in = capture_at(c, 0, FILE_HEADER_LEN);
    const struct capture_hooks *hooks = capture_hooks(c);
    struct netmon_state s = { 0 }, *kept;
    struct capture_interface i = { .ticks_per_s = 1000000 };
    size_t len = in.left;
    uint32_t table_len;

    bytes_skip(&in, 4);
    s.minor = bytes_u8(&in);
    s.major = bytes_u8(&in);
    s.medium = bytes_le16(&in);
    s.start_ns = read_start(&in);
    s.table_offset = bytes_le32(&in);
    table_len = bytes_le32(&in);
    if (len < FILE_HEADER_LEN)
        return err_set(err, ERR_FORMAT, "cut within its file header (%zu of %u bytes)", len,
                       FILE_HEADER_LEN);
    if (!find_linktype(s.medium, &i.linktype) && !has_own_medium(&s))
        return err_set(err, ERR_FORMAT,
                       "is a Microsoft NetMon capture of medium %u, which is not supported yet",
                       s.medium);
    read_table(c, &s, table_len);
    s.at = FIRST_FRAME_AT;
    s.low = UINT64_MAX;
    kept = xmalloc(sizeof(*kept));
    *kept = s;
    *state = kept;
    capture_set_title(c, title_of(&s));
    capture_set_offset(c, FILE_HEADER_LEN);
    if (hooks->interface)
        hooks->interface(hooks->user, &i);
    return ERR_OK;
}

struct record {
    int64_t delta; /* since the header's time: microseconds, in version 1 milliseconds */
    uint32_t wire_len, cap_len;
    uint64_t offset; /* of the bytes in the file */
    const uint8_t *bytes;
    uint16_t medium;
    uint64_t filetime; /* 100 ns since 1601, UTC; 0: it has none */
};

static void read_head(const struct netmon_state *s, struct bytes *in, struct record *r)
{
    if (s->major == 1) {
        r->delta = bytes_le32(in);
        r->wire_len = bytes_le16(in);
        r->cap_len = bytes_le16(in);
    } else {
        r->delta = (int64_t)bytes_le64(in);
        r->wire_len = bytes_le32(in);
        r->cap_len = bytes_le32(in);
    }
}

static void read_trailer(const struct netmon_state *s, struct bytes *in, struct record *r)
{
    r->medium = has_own_medium(s) ? bytes_le16(in) : s->medium;
    bytes_skip(in, 4); /* the process */
    r->filetime = has_own_medium(s) && s->minor >= 3 ? bytes_le64(in) : 0;
}

/* A clock that was set back while Network Monitor 3 listened gives negative ones. */
static int64_t time_of(const struct netmon_state *s, const struct record *r)
{
    int64_t unit = s->major == 1 ? 1000 : 1000000, most = INT64_MAX / NS_PER_S * unit;

    if (r->filetime)
        return times_from((int64_t)(r->filetime / PER_S) - EPOCH_1601_S, r->filetime % PER_S,
                          PER_S);
    if (r->delta > most || r->delta < -most)
        return s->start_ns;
    return times_tame(times_tame(s->start_ns) +
                      times_tame(r->delta / unit * NS_PER_S + r->delta % unit * (NS_PER_S / unit)));
}

/*
 * As capture_at.  What is compressed forgets what lies before the bytes asked for last, and is
 * unpacked anew to go back there, which `anew` counts: so a bit of what was read is asked for
 * again.
 */
static struct bytes look(const struct capture *c, struct netmon_state *s, uint64_t at, size_t want)
{
    uint64_t from = at > KEPT_LEN ? at - KEPT_LEN : 0;
    struct bytes in;

    if (at < s->kept_from && !capture_is_whole(c))
        s->anew += s->kept_from;
    if (at < s->kept_from || from > s->kept_from)
        s->kept_from = from;
    in = capture_at(c, s->kept_from, (size_t)(at - s->kept_from) + want);
    bytes_skip(&in, (size_t)(at - s->kept_from));
    return in;
}

/* Where the next record lies.  CAPTURE_FRAME: at *at. */
static enum capture_result next_place(struct capture *c, struct netmon_state *s, uint64_t *at,
                                      struct err *why)
{
    *at = s->at;
    if (!s->table) {
        if (*at != s->table_offset && capture_at(c, *at, 1).left)
            return CAPTURE_FRAME;
        err_set(why, ERR_FORMAT, "the table of its frames is missing, which are read as they lie");
        return CAPTURE_CUT;
    }
    if (s->i == s->n) {
        if (s->n < FRAMES_MAX)
            return CAPTURE_END;
        err_set(why, ERR_FORMAT, "no more than %u frames of a NetMon capture are read", FRAMES_MAX);
        return CAPTURE_CUT;
    }
    *at = s->table[s->i++];
    if (s->anew <= ANEW_TIMES * s->high || s->anew <= ANEW_LEAST)
        return CAPTURE_FRAME;
    err_set(why, ERR_FORMAT, "the frame table goes far back again and again, which is absurd");
    return CAPTURE_BAD;
}

/* The header of the receiver says its own length; no check sequence follows the frame. */
static void skip_receiver(struct frame *f)
{
    struct bytes in = bytes_of(f->bytes, f->cap_len);
    uint8_t version = bytes_u8(&in);
    uint16_t len = bytes_le16(&in);

    if (version != 2 || len > f->cap_len) {
        f->linktype = LINKTYPE_USER0;
        return;
    }
    f->bytes += len;
    f->offset += len;
    f->cap_len -= len;
    f->wire_len -= len;
}

/*
 * Records do not overlap (but for the last one of a ring, which a real file has in the first one's
 * header): many more bytes than lie between the first and the last were read twice.
 */
static bool read_twice(struct netmon_state *s, uint64_t at, uint32_t len)
{
    if (at < s->low)
        s->low = at;
    if (at + len > s->high)
        s->high = at + len;
    s->taken += len;
    return s->taken > s->high - s->low + OVERLAP_MAX;
}

static enum capture_result read_record(struct capture *c, struct netmon_state *s, uint64_t at,
                                       struct record *r, struct err *why)
{
    uint32_t head_len = s->major == 1 ? 8 : 16, len;
    struct bytes in;

    if (at < FILE_HEADER_LEN) {
        err_set(why, ERR_FORMAT,
                "the frame table says that a record lies at offset %llu, inside the file header",
                (unsigned long long)at);
        return CAPTURE_BAD;
    }
    in = look(c, s, at, head_len);
    read_head(s, &in, r);
    if (in.short_read) {
        err_set(why, ERR_FORMAT, "cut within the record header at offset %llu",
                (unsigned long long)at);
        return CAPTURE_CUT;
    }
    if (r->cap_len > CAPTURE_FRAME_MAX) {
        err_set(why, ERR_FORMAT,
                "the record at offset %llu says it holds %u bytes, which is absurd",
                (unsigned long long)at, r->cap_len);
        return CAPTURE_BAD;
    }
    len = r->cap_len + trailer_len(s);
    in = look(c, s, at + head_len, len);
    if (in.left < len) {
        err_set(why, ERR_FORMAT, "cut within the record at offset %llu (%zu of %u bytes)",
                (unsigned long long)at, in.left, len);
        return CAPTURE_CUT;
    }
    if (read_twice(s, at, head_len + r->cap_len)) {
        err_set(why, ERR_FORMAT,
                "the frame table lists the record at offset %llu, or one before it, twice",
                (unsigned long long)at);
        return CAPTURE_BAD;
    }
    r->offset = at + head_len;
    r->bytes = in.p;
    bytes_skip(&in, r->cap_len);
    read_trailer(s, &in, r);
    s->at = r->offset + len;
    capture_set_offset(c, s->at);
    return CAPTURE_FRAME;
}

static enum capture_result netmon_next(struct capture *c, void *state, struct frame *f,
                                       struct err *why)
{
    struct netmon_state *s = state;
    struct record r;

    do {
        uint64_t at;
        enum capture_result result = next_place(c, s, &at, why);

        if (result == CAPTURE_FRAME)
            result = read_record(c, s, at, &r, why);
        if (result != CAPTURE_FRAME)
            return result;
    } while (r.medium >= MEDIUM_UNNUMBERED && r.medium <= MEDIUM_UNNUMBERED_LAST);
    *f = (struct frame){
        .frame_no = ++s->frame_no,
        .time_ns = time_of(s, &r),
        .has_time = true,
        .wire_len = r.wire_len > r.cap_len ? r.wire_len : r.cap_len,
        .cap_len = r.cap_len,
        .linktype = LINKTYPE_USER0,
        .offset = r.offset,
        .bytes = r.bytes,
    };
    if (r.medium >= MEDIUM_ABOUT) {
        f->linktype = CAPTURE_NO_LINK;
        f->interface_no = CAPTURE_NO_INTERFACE;
    } else if (find_linktype(r.medium, &f->linktype) && r.medium == MEDIUM_WIFI) {
        skip_receiver(f);
    }
    return CAPTURE_FRAME;
}

static void netmon_close(void *state)
{
    struct netmon_state *s = state;

    free(s->table);
    free(s);
}

extern const struct capture_format netmon_format;
const struct capture_format netmon_format = {
    .name = "netmon",
    .title = "Microsoft NetMon",
    .probe = netmon_probe,
    .open = netmon_open,
    .next = netmon_next,
    .close = netmon_close,
};
