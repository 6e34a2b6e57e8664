/*
 * pcapng: blocks, sections and interfaces (draft-ietf-opsawg-pcapng).
 *
 * A file may hold several sections, each with its own byte order and its own list of interfaces,
 * and each interface has its own link type and clock.  Interfaces are numbered over the whole file
 * here.  Blocks that we do not know are skipped by their length.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/times.h"
#include "base/vec.h"
#include "capture/capture.h"

#define BLOCK_LEN_LEAST   12u
#define PACKET_BLOCK_MAX  (CAPTURE_FRAME_MAX + (1u << 20)) /* a frame and its options */
#define SECRETS_HEAD      16u /* type and length of a block of secrets, and of the secrets in it */
#define BYTE_ORDER_MAGIC  0x1a2b3c4du
#define DECIMAL_RESOL_MAX 19u /* 10^19 ticks a second still fit 64 bits */
#define BINARY_RESOL_MAX  63u
#define DROPS_UNKNOWN     0xffffu /* obsolete packet block */

enum pcapng_block {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 2, /* obsolete */
    BLOCK_SIMPLE = 3,
    BLOCK_STATISTICS = 5,
    BLOCK_ENHANCED = 6,
    BLOCK_JOURNAL = 9,
    BLOCK_SECRETS = 10,
    BLOCK_SYSDIG_EVENT = 0x204, /* and its later forms */
    BLOCK_SYSDIG_EVENT_FLAGS = 0x208,
    BLOCK_SYSDIG_EVENT_2 = 0x216,
    BLOCK_SYSDIG_EVENT_FLAGS_2 = 0x217,
    BLOCK_SYSDIG_EVENT_LARGE = 0x221,
    BLOCK_SYSDIG_EVENT_FLAGS_LARGE = 0x222,
    BLOCK_CUSTOM = 0x00000bad,
    BLOCK_CUSTOM_NO_COPY = 0x40000bad,
};

enum pcapng_option {
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    OPTION_IF_NAME = 2,
    OPTION_IF_DESCRIPTION = 3,
    OPTION_IF_TSRESOL = 9,
    OPTION_IF_FCSLEN = 13,
    OPTION_IF_TSOFFSET = 14,
    OPTION_PACKET_FLAGS = 2,
    OPTION_ISB_IFDROP = 5,
    OPTION_ISB_OSDROP = 7,
};

struct pcapng_interface {
    uint16_t linktype;
    uint8_t fcs_len;
    uint32_t snap_len;
    uint64_t ticks_per_s; /* 0: a resolution that nothing can count; its frames have no time */
    int64_t offset_s;
    uint64_t dropped;
};

struct pcapng_state {
    bool big;
    uint32_t n_sections;                 /* 0 before the first header */
    struct pcapng_interface *interfaces; /* of the whole file */
    size_t n_interfaces, cap_interfaces;
    size_t section_first; /* first interface of this section */
    uint64_t frame_no;
};

struct block {
    uint32_t type, total_len;
    uint64_t at;       /* of the block in the file */
    struct bytes body; /* between the two lengths */
    bool cut;          /* body is the beginning only; the end of the block was not read yet */
};

struct option {
    uint16_t code;
    struct bytes value;
};

static bool pcapng_probe(struct bytes head)
{
    uint32_t type = bytes_be32(&head), magic;

    bytes_skip(&head, 4);
    magic = bytes_be32(&head);
    /* A header that is cut before the magic is still worth a better message than "unknown". */
    return type == BLOCK_SECTION && (head.short_read || magic == BYTE_ORDER_MAGIC ||
                                     __builtin_bswap32(magic) == BYTE_ORDER_MAGIC);
}

static enum capture_result bad(struct err *why, const struct block *b, const char *what)
{
    err_set(why, ERR_FORMAT, "the block at offset %llu (type %#x) %s", (unsigned long long)b->at,
            b->type, what);
    return CAPTURE_BAD;
}

/* The next option; false behind the last one.  An option that runs over the end ends the list. */
static bool next_option(struct bytes *b, bool big, struct option *o)
{
    uint16_t len;

    if (b->left < 4)
        return false;
    o->code = bytes_u16(b, big);
    len = bytes_u16(b, big);
    if (o->code == OPTION_END || len > b->left)
        return false;
    o->value = bytes_sub(b, len);
    bytes_skip(b, (4u - len % 4u) % 4u); /* the last padding may be missing */
    return true;
}

static void tell_comment(struct capture *c, enum capture_comment_of of, uint64_t frame_no,
                         const struct option *o)
{
    const struct capture_hooks *hooks = capture_hooks(c);

    if (o->code == OPTION_COMMENT && hooks->comment)
        hooks->comment(hooks->user, of, frame_no, o->value);
}

/* A section header tells the byte order by which its own length must be read. */
static bool section_order(struct bytes body, bool *big)
{
    uint32_t magic = bytes_be32(&body);

    *big = magic == BYTE_ORDER_MAGIC;
    return !body.short_read && (*big || __builtin_bswap32(magic) == BYTE_ORDER_MAGIC);
}

/* Blocks that are looked into; the others are passed over, however long they are. */
static bool is_read(uint32_t type)
{
    switch (type) {
    case BLOCK_SECTION:
    case BLOCK_INTERFACE:
    case BLOCK_PACKET:
    case BLOCK_SIMPLE:
    case BLOCK_STATISTICS:
    case BLOCK_ENHANCED:
    case BLOCK_SECRETS:
        return true;
    default:
        return false;
    }
}

/*
 * Blocks that are no packets but that Wireshark (wiretap/pcapng.c, since 3.6) numbers among them:
 * whoever looks up a frame there must find the same number here.
 */
static bool is_record(uint32_t type)
{
    switch (type) {
    case BLOCK_JOURNAL:
    case BLOCK_SYSDIG_EVENT:
    case BLOCK_SYSDIG_EVENT_FLAGS:
    case BLOCK_SYSDIG_EVENT_2:
    case BLOCK_SYSDIG_EVENT_FLAGS_2:
    case BLOCK_SYSDIG_EVENT_LARGE:
    case BLOCK_SYSDIG_EVENT_FLAGS_LARGE:
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_NO_COPY:
        return true;
    default:
        return false;
    }
}

/* Some writers leave the padding out of the length, though not out of the file. */
static uint64_t padded_len(const struct block *b)
{
    return ((uint64_t)b->total_len + 3) & ~UINT64_C(3);
}

/* The length once more, behind the body, is the last of the block. */
static enum capture_result end_block(struct capture *c, const struct block *b, struct bytes in,
                                     bool big, struct err *why)
{
    if (bytes_u32(&in, big) != b->total_len)
        return bad(why, b, "has two lengths that differ");
    capture_set_offset(c, b->at + padded_len(b));
    return CAPTURE_FRAME;
}

/* The end of a block of which not all was looked at. */
static enum capture_result pass_over(struct capture *c, const struct block *b, bool big,
                                     struct err *why)
{
    struct bytes in = capture_at(c, b->at + padded_len(b) - 4, 4);

    if (in.left >= 4)
        return end_block(c, b, in, big, why);
    err_set(why, ERR_FORMAT, "cut within the block at offset %llu (type %#x, %u bytes)",
            (unsigned long long)b->at, b->type, b->total_len);
    return CAPTURE_CUT;
}

/* The header of the block at the cursor is read: its body, and its length once more behind that. */
static enum capture_result read_body(struct capture *c, struct block *b, bool big, struct err *why)
{
    uint64_t len = padded_len(b);
    struct bytes in;

    b->cut = b->type == BLOCK_SECRETS && b->total_len > PACKET_BLOCK_MAX;
    if (!is_read(b->type) && !(is_record(b->type) && b->total_len <= PACKET_BLOCK_MAX)) {
        b->body = bytes_of(NULL, 0);
        return pass_over(c, b, big, why);
    }
    if (b->total_len > PACKET_BLOCK_MAX && !b->cut)
        return bad(why, b, "says it is longer than any frame");
    if (b->cut)
        len = SECRETS_HEAD + CAPTURE_SECRETS_MAX;
    in = capture_at(c, b->at, (size_t)len);
    if (in.left < len) {
        err_set(why, ERR_FORMAT, "cut within the block at offset %llu (%zu of %u bytes)",
                (unsigned long long)b->at, in.left, b->total_len);
        return CAPTURE_CUT;
    }
    bytes_skip(&in, 8);
    b->body = bytes_sub(&in, (size_t)len - (b->cut ? 8 : BLOCK_LEN_LEAST));
    return b->cut ? CAPTURE_FRAME : end_block(c, b, in, big, why);
}

/* Reads the frame of one block.  CAPTURE_FRAME: *b is filled. */
static enum capture_result read_block(struct capture *c, struct pcapng_state *s, struct block *b,
                                      struct err *why)
{
    struct bytes in, peek;
    size_t left;

    b->at = capture_offset(c);
    in = capture_at(c, b->at, BLOCK_LEN_LEAST);
    left = in.left;
    if (left == 0)
        return CAPTURE_END;
    peek = in;
    b->type = bytes_u32(&in, s->big);
    bytes_skip(&in, 4);
    if (b->type == BLOCK_SECTION && left >= BLOCK_LEN_LEAST && !section_order(in, &s->big))
        return bad(why, b, "has no byte-order magic");
    bytes_skip(&peek, 4);
    b->total_len = bytes_u32(&peek, s->big);
    if (left < BLOCK_LEN_LEAST) {
        err_set(why, ERR_FORMAT, "cut within the block header at offset %llu (%zu bytes left)",
                (unsigned long long)b->at, left);
        return CAPTURE_CUT;
    }
    if (b->total_len < BLOCK_LEN_LEAST)
        return bad(why, b, "has an impossible length");
    return read_body(c, b, s->big, why);
}

static enum capture_result read_section(struct capture *c, struct pcapng_state *s,
                                        const struct block *b, struct err *why)
{
    struct bytes in = b->body;
    uint16_t major, minor;
    struct option o;

    bytes_skip(&in, 4); /* byte-order magic */
    major = bytes_u16(&in, s->big);
    minor = bytes_u16(&in, s->big);
    bytes_skip(&in, 8); /* section length: often "unknown", and the blocks tell it anyway */
    if (in.short_read)
        return bad(why, b, "is too short for a section header");
    /* 1.2 is what some writers put for 1.0 (draft, section 4.1). */
    if (major != 1 || (minor != 0 && minor != 2))
        return bad(why, b, "is of a pcapng version that is not known");
    s->n_sections++;
    s->section_first = s->n_interfaces;
    while (next_option(&in, s->big, &o))
        tell_comment(c, COMMENT_SECTION, 0, &o);
    return CAPTURE_FRAME;
}

/* if_tsresol: negative power of 10, or of 2 with the top bit set. */
static uint64_t ticks_per_second(uint8_t resol)
{
    unsigned power = resol & 0x7f;
    uint64_t ticks = 1;

    if (resol & 0x80)
        return power <= BINARY_RESOL_MAX ? UINT64_C(1) << power : 0;
    if (power > DECIMAL_RESOL_MAX)
        return 0;
    while (power--)
        ticks *= 10;
    return ticks;
}

static enum capture_result read_interface(struct capture *c, struct pcapng_state *s,
                                          const struct block *b, struct err *why)
{
    const struct capture_hooks *hooks = capture_hooks(c);
    struct pcapng_interface i = { .ticks_per_s = 1000000 };
    struct bytes in = b->body, name = bytes_of(NULL, 0), description = name, options;
    struct option o;

    i.linktype = bytes_u16(&in, s->big);
    bytes_skip(&in, 2);
    i.snap_len = bytes_u32(&in, s->big);
    if (in.short_read)
        return bad(why, b, "is too short for an interface");
    if (s->n_interfaces >= CAPTURE_INTERFACES_MAX)
        return bad(why, b, "is one interface more than the 65536 that are read");
    options = in;
    while (next_option(&in, s->big, &o)) {
        if (o.code == OPTION_IF_NAME)
            name = o.value;
        else if (o.code == OPTION_IF_DESCRIPTION)
            description = o.value;
        else if (o.code == OPTION_IF_TSRESOL && o.value.left)
            i.ticks_per_s = ticks_per_second(bytes_u8(&o.value));
        else if (o.code == OPTION_IF_FCSLEN)
            i.fcs_len = bytes_u8(&o.value);
        else if (o.code == OPTION_IF_TSOFFSET)
            i.offset_s = (int64_t)bytes_u64(&o.value, s->big);
    }
    if (hooks->interface) {
        struct capture_interface told = {
            .interface_no = (uint32_t)s->n_interfaces,
            .section_no = s->n_sections - 1,
            .linktype = i.linktype,
            .snap_len = i.snap_len,
            .ticks_per_s = i.ticks_per_s,
            .offset_s = i.offset_s,
            .name = name,
            .description = description,
        };

        hooks->interface(hooks->user, &told);
    }
    while (next_option(&options, s->big, &o))
        tell_comment(c, COMMENT_INTERFACE, 0, &o);
    VEC_PUSH(s->interfaces, s->n_interfaces, s->cap_interfaces, i);
    return CAPTURE_FRAME;
}

static struct pcapng_interface *find_interface(const struct pcapng_state *s, uint32_t id)
{
    return id < s->n_interfaces - s->section_first ? &s->interfaces[s->section_first + id] : NULL;
}

static int64_t frame_time(const struct pcapng_interface *i, uint64_t ticks)
{
    uint64_t s = ticks / i->ticks_per_s;
    int64_t sum;

    if (s > INT64_MAX)
        return INT64_MAX;
    if (__builtin_add_overflow((int64_t)s, i->offset_s, &sum))
        return i->offset_s < 0 ? INT64_MIN : INT64_MAX;
    return times_from(sum, ticks % i->ticks_per_s, i->ticks_per_s);
}

static enum capture_result read_statistics(struct capture *c, struct pcapng_state *s,
                                           const struct block *b, struct err *why)
{
    const struct capture_hooks *hooks = capture_hooks(c);
    struct bytes in = b->body;
    uint32_t id = bytes_u32(&in, s->big);
    struct pcapng_interface *i;
    uint64_t dropped = 0;
    struct option o;

    bytes_skip(&in, 8); /* when it was written */
    if (in.short_read)
        return bad(why, b, "is too short for interface statistics");
    i = find_interface(s, id);
    while (next_option(&in, s->big, &o)) {
        tell_comment(c, COMMENT_STATISTICS, 0, &o);
        if (o.code == OPTION_ISB_IFDROP || o.code == OPTION_ISB_OSDROP)
            dropped += bytes_u64(&o.value, s->big);
    }
    if (!i || dropped <= i->dropped)
        return CAPTURE_FRAME;
    if (hooks->dropped)
        hooks->dropped(hooks->user, (uint32_t)(i - s->interfaces), dropped - i->dropped);
    i->dropped = dropped;
    return CAPTURE_FRAME;
}

static enum capture_result read_secrets(struct capture *c, struct pcapng_state *s,
                                        const struct block *b, struct err *why)
{
    const struct capture_hooks *hooks = capture_hooks(c);
    struct bytes in = b->body;
    uint32_t type = bytes_u32(&in, s->big), len = bytes_u32(&in, s->big);

    if (in.short_read || len > b->total_len || (len > in.left && !b->cut))
        return bad(why, b, "is too short for its secrets");
    if (len > CAPTURE_SECRETS_MAX)
        len = CAPTURE_SECRETS_MAX;
    if (hooks->secrets)
        hooks->secrets(hooks->user, type, bytes_sub(&in, len));
    return b->cut ? pass_over(c, b, s->big, why) : CAPTURE_FRAME;
}

/* What the three kinds of packet blocks have in common, once their headers are read. */
struct packet_block {
    uint32_t id;
    bool has_time;
    uint64_t ticks;
    uint32_t cap_len, wire_len;
    struct bytes rest; /* the frame's bytes, padding, options */
};

static enum capture_result fill_frame(struct capture *c, struct pcapng_state *s,
                                      const struct block *b, const struct packet_block *pb,
                                      struct frame *f, struct err *why)
{
    const struct pcapng_interface *i = find_interface(s, pb->id);
    struct bytes rest = pb->rest;
    struct option o;
    uint32_t flags;

    if (!i)
        return bad(why, b, "refers to an interface that was not described");
    if (pb->cap_len > CAPTURE_FRAME_MAX)
        return bad(why, b, "holds a frame of an absurd size");
    if (pb->cap_len > rest.left)
        return bad(why, b, "is too short for its frame");
    *f = (struct frame){
        .frame_no = ++s->frame_no,
        .time_ns = pb->has_time && i->ticks_per_s ? frame_time(i, pb->ticks) : 0,
        .has_time = pb->has_time && i->ticks_per_s,
        .wire_len = pb->wire_len > pb->cap_len ? pb->wire_len : pb->cap_len,
        .cap_len = pb->cap_len,
        .interface_no = (uint32_t)(i - s->interfaces),
        .linktype = i->linktype,
        .fcs_len = i->fcs_len,
        .offset = capture_offset(c) - 4 - rest.left,
        .bytes = rest.p,
    };
    if (b->type == BLOCK_SIMPLE)
        return CAPTURE_FRAME;
    bytes_skip(&rest, pb->cap_len);
    bytes_skip(&rest, (4u - pb->cap_len % 4u) % 4u);
    while (next_option(&rest, s->big, &o)) {
        tell_comment(c, COMMENT_FRAME, f->frame_no, &o);
        if (o.code != OPTION_PACKET_FLAGS)
            continue;
        flags = bytes_u32(&o.value, s->big);
        if (flags >> 5 & 15)
            f->fcs_len = (uint8_t)(flags >> 5 & 15);
    }
    return CAPTURE_FRAME;
}

/* An obsolete packet block says how many were lost before it. */
static void tell_drops(const struct capture *c, const struct pcapng_state *s, uint32_t id,
                       uint16_t drops)
{
    const struct capture_hooks *hooks = capture_hooks(c);
    const struct pcapng_interface *i = find_interface(s, id);

    if (i && hooks->dropped)
        hooks->dropped(hooks->user, (uint32_t)(i - s->interfaces), drops);
}

static enum capture_result read_packet(struct capture *c, struct pcapng_state *s,
                                       const struct block *b, struct frame *f, struct err *why)
{
    const struct pcapng_interface *i;
    struct packet_block pb = { .rest = b->body };
    uint16_t drops = 0;

    if (b->type == BLOCK_SIMPLE) {
        pb.wire_len = bytes_u32(&pb.rest, s->big);
        i = find_interface(s, 0);
        pb.cap_len = pb.wire_len;
        if (i && i->snap_len && pb.cap_len > i->snap_len)
            pb.cap_len = i->snap_len;
        if (pb.cap_len > pb.rest.left && pb.rest.left < CAPTURE_FRAME_MAX)
            pb.cap_len = (uint32_t)pb.rest.left; /* snapped by something that is not written down */
    } else {
        pb.has_time = true;
        if (b->type == BLOCK_PACKET) {
            pb.id = bytes_u16(&pb.rest, s->big);
            drops = bytes_u16(&pb.rest, s->big);
        } else {
            pb.id = bytes_u32(&pb.rest, s->big);
        }
        pb.ticks = (uint64_t)bytes_u32(&pb.rest, s->big) << 32;
        pb.ticks |= bytes_u32(&pb.rest, s->big);
        pb.cap_len = bytes_u32(&pb.rest, s->big);
        pb.wire_len = bytes_u32(&pb.rest, s->big);
    }
    if (pb.rest.short_read)
        return bad(why, b, "is too short for a packet");
    if (drops && drops != DROPS_UNKNOWN)
        tell_drops(c, s, pb.id, drops);
    return fill_frame(c, s, b, &pb, f, why);
}

/* Numbered, its bytes kept where they are not absurdly many, and nothing else. */
static void fill_record(struct pcapng_state *s, const struct block *b, struct frame *f)
{
    uint32_t len = b->body.left <= CAPTURE_FRAME_MAX ? (uint32_t)b->body.left : 0;

    *f = (struct frame){
        .frame_no = ++s->frame_no,
        .wire_len = len,
        .cap_len = len,
        .interface_no = CAPTURE_NO_INTERFACE,
        .linktype = CAPTURE_NO_LINK,
        .offset = b->at + 8,
        .bytes = len ? b->body.p : (const uint8_t *)"",
    };
}

static int pcapng_open(struct capture *c, void **state, struct err *err)
{
    struct pcapng_state *s = xcalloc(1, sizeof(*s));
    struct err why = { 0 };
    struct block b;

    if (read_block(c, s, &b, &why) != CAPTURE_FRAME ||
        read_section(c, s, &b, &why) != CAPTURE_FRAME) {
        free(s);
        return err_set(err, ERR_FORMAT, "no pcapng section: %s", why.msg);
    }
    capture_set_title(c, s->big ? "pcapng, big-endian" : "pcapng");
    *state = s;
    return ERR_OK;
}

static void pcapng_close(void *state)
{
    struct pcapng_state *s = state;

    free(s->interfaces);
    free(s);
}

/* A block is read whole or not at all: where one is bad, reading stands before it. */
static enum capture_result pcapng_next(struct capture *c, void *state, struct frame *f,
                                       struct err *why)
{
    struct pcapng_state *s = state;
    enum capture_result rc;
    struct block b = { 0 };

    for (;;) {
        rc = read_block(c, s, &b, why);
        if (rc != CAPTURE_FRAME)
            return rc;
        switch (b.type) {
        case BLOCK_SECTION:
            rc = read_section(c, s, &b, why);
            break;
        case BLOCK_INTERFACE:
            rc = read_interface(c, s, &b, why);
            break;
        case BLOCK_STATISTICS:
            rc = read_statistics(c, s, &b, why);
            break;
        case BLOCK_SECRETS:
            rc = read_secrets(c, s, &b, why);
            break;
        case BLOCK_PACKET:
        case BLOCK_SIMPLE:
        case BLOCK_ENHANCED:
            rc = read_packet(c, s, &b, f, why);
            if (rc == CAPTURE_FRAME)
                return rc;
            break;
        default:
            if (is_record(b.type)) {
                fill_record(s, &b, f);
                return CAPTURE_FRAME;
            }
            break; /* name resolution, or of the future */
        }
        if (rc != CAPTURE_FRAME) {
            capture_set_offset(c, b.at);
            return rc;
        }
    }
}

extern const struct capture_format pcapng_format;
const struct capture_format pcapng_format = {
    .name = "pcapng",
    .title = "pcapng",
    .probe = pcapng_probe,
    .open = pcapng_open,
    .next = pcapng_next,
    .close = pcapng_close,
    .usual_head = 28, /* of an Enhanced Packet Block */
};
