/*
 * erf: the Extensible Record Format of Endace's DAG cards.
 *
 * No file header, only records: 16 bytes big-endian but for the time (little-endian, seconds and a
 * binary fraction), extension headers of 8 bytes as long as the top bit of the last type says so,
 * then what the type says.  Ethernet has two bytes in front, and its lengths count the check
 * sequence.  What is no frame of a link that is read keeps its record (LINKTYPE_ERF): it is
 * counted, as Wireshark numbers it.
 *
 * A card has up to four interfaces, in the record's flags; they are numbered as they are met, and
 * have the link of their first record that is not about the card itself, if it comes soon.  Most
 * types count in each record how many frames were lost before it.
 *
 * Sources: wiki.wireshark.org/ERF, Endace EDM01 (DAG card user guide, data formats); real files.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/times.h"
#include "capture/capture.h"

#define HEADER_LEN        16u
#define EXTENSION_LEN     8u
#define EXTENSIONS_MAX    16
#define CHECK_LEN         4u
#define INTERFACES        4
#define LINKTYPE_ETHERNET 1
#define LINKTYPE_RAW      101
#define LINKTYPE_ERF      197
#define TYPES             49u
#define PROBE_SECONDS     800000000u /* 1995: there was no DAG card before */
#define PROBE_GAP_S       86400u
#define LOOK_LEN          (256u << 10) /* link_ahead */

enum erf_type {
    ERF_HDLC_POS = 1,
    ERF_ETH = 2,
    ERF_COLOR_HDLC_POS = 10,
    ERF_COLOR_ETH = 11,
    ERF_DSM_COLOR_HDLC_POS = 15,
    ERF_DSM_COLOR_ETH = 16,
    ERF_COLOR_MC_HDLC_POS = 17,
    ERF_COLOR_HASH_POS = 19,
    ERF_COLOR_HASH_ETH = 20,
    ERF_IPV4 = 22,
    ERF_IPV6 = 23,
    ERF_META = 27,
    ERF_PAD = 48,
};

struct erf_state {
    uint32_t interface_no[INTERFACES]; /* + 1; 0: not met yet */
    uint32_t n_interfaces;
    uint64_t frame_no;
};

struct record {
    uint32_t s, fraction;
    uint8_t type, flags;
    uint16_t len, lost, wire_len;
};

/* Check in->short_read. */
static struct record read_record(struct bytes *in)
{
    struct record r;

    r.fraction = bytes_le32(in);
    r.s = bytes_le32(in);
    r.type = bytes_u8(in);
    r.flags = bytes_u8(in);
    r.len = bytes_be16(in);
    r.lost = bytes_be16(in);
    r.wire_len = bytes_be16(in);
    return r;
}

/* No magic: two records in a row must make sense. */
static bool erf_probe(struct bytes head)
{
    uint32_t last_s = 0;
    int i;

    for (i = 0; i < 2; i++) {
        struct bytes in = head;
        struct record r = read_record(&in);
        uint8_t type = r.type & 0x7f;

        if (in.short_read || type == 0 || type > 28 || r.len < HEADER_LEN || r.wire_len == 0 ||
            r.s < PROBE_SECONDS)
            return false;
        if (i && (r.s < last_s ? last_s - r.s : r.s - last_s) > PROBE_GAP_S)
            return false;
        last_s = r.s;
        bytes_skip(&head, r.len);
    }
    return true;
}

static int erf_open(struct capture *c, void **state, struct err *err)
{
    (void)err;
    *state = xcalloc(1, sizeof(struct erf_state));
    capture_set_offset(c, 0);
    return ERR_OK;
}

/* What stands between the record's header and the frame; *linktype of the frame. */
static uint32_t front_len(struct bytes in, const struct record *r, uint16_t *linktype)
{
    uint32_t len = 0;
    uint8_t more = r->type;
    int n;

    for (n = 0; more & 0x80 && n < EXTENSIONS_MAX; n++) {
        more = bytes_u8(&in);
        bytes_skip(&in, EXTENSION_LEN - 1);
        len += EXTENSION_LEN;
    }
    switch (r->type & 0x7f) {
    case ERF_ETH:
    case ERF_COLOR_ETH:
    case ERF_DSM_COLOR_ETH:
    case ERF_COLOR_HASH_ETH:
        *linktype = LINKTYPE_ETHERNET;
        return len + 2;
    case ERF_IPV4:
    case ERF_IPV6:
        *linktype = LINKTYPE_RAW;
        return len;
    default:
        *linktype = LINKTYPE_ERF;
        return 0;
    }
}

/* Types with a colour have it where the others count what was lost. */
static bool counts_lost(uint8_t type)
{
    switch (type & 0x7f) {
    case ERF_COLOR_HDLC_POS:
    case ERF_COLOR_ETH:
    case ERF_DSM_COLOR_HDLC_POS:
    case ERF_DSM_COLOR_ETH:
    case ERF_COLOR_MC_HDLC_POS:
    case ERF_COLOR_HASH_POS:
    case ERF_COLOR_HASH_ETH:
        return false;
    default:
        return (type & 0x7f) <= ERF_IPV6;
    }
}

/* The link of the first record of the port, from `at` on, that is not about the card itself. */
static uint16_t link_ahead(const struct capture *c, uint64_t at, unsigned port)
{
    struct bytes in = capture_at(c, at, LOOK_LEN);

    if (in.left > LOOK_LEN)
        in.left = LOOK_LEN;
    while (!in.short_read) {
        struct bytes head = in;
        struct record r = read_record(&head);
        uint16_t linktype;

        if (head.short_read || r.len < HEADER_LEN)
            break;
        if ((r.flags & (INTERFACES - 1)) == port && (r.type & 0x7f) != ERF_META &&
            (r.type & 0x7f) != ERF_PAD) {
            front_len(head, &r, &linktype);
            return linktype;
        }
        bytes_skip(&in, r.len);
    }
    return LINKTYPE_ERF;
}

/* Of the record at `at`, whose bytes are to be asked for anew. */
static uint32_t interface_of(struct capture *c, struct erf_state *s, uint64_t at,
                             const struct record *r)
{
    const struct capture_hooks *hooks = capture_hooks(c);
    unsigned port = r->flags & (INTERFACES - 1);
    uint32_t *no = &s->interface_no[port];

    if (!*no) {
        static const char names[INTERFACES][2] = { "A", "B", "C", "D" };
        struct capture_interface i = { .interface_no = s->n_interfaces++,
                                       .linktype = link_ahead(c, at, port),
                                       .ticks_per_s = UINT64_C(1) << 32,
                                       .name = bytes_of(names[port], 1) };

        *no = s->n_interfaces;
        if (hooks->interface)
            hooks->interface(hooks->user, &i);
    }
    if (r->lost && counts_lost(r->type) && hooks->dropped)
        hooks->dropped(hooks->user, *no - 1, r->lost);
    return *no - 1;
}

static enum capture_result next_record(struct capture *c, uint64_t at, struct record *r,
                                       struct bytes *in, struct err *why)
{
    size_t left;

    *in = capture_at(c, at, HEADER_LEN);
    left = in->left;
    if (left == 0)
        return CAPTURE_END;
    *r = read_record(in);
    if (in->short_read) {
        err_set(why, ERR_FORMAT, "cut within the record header at offset %llu (%zu of %u bytes)",
                (unsigned long long)at, left, HEADER_LEN);
        return CAPTURE_CUT;
    }
    if (r->len < HEADER_LEN || (r->type & 0x7f) >= TYPES) {
        err_set(
            why, ERR_FORMAT,
            "the record at offset %llu says it is of type %u and %u bytes long, which is absurd",
            (unsigned long long)at, r->type & 0x7fu, r->len);
        return CAPTURE_BAD;
    }
    *in = capture_at(c, at, r->len);
    if (in->left < r->len) {
        err_set(why, ERR_FORMAT, "cut within the record at offset %llu (%zu of %u bytes)",
                (unsigned long long)at, in->left, r->len);
        return CAPTURE_CUT;
    }
    in->left = r->len;
    capture_set_offset(c, at + r->len);
    return CAPTURE_FRAME;
}

static enum capture_result erf_next(struct capture *c, void *state, struct frame *f,
                                    struct err *why)
{
    struct erf_state *s = state;
    struct record r;
    struct bytes in;
    uint32_t front, interface_no;
    uint16_t linktype;
    uint64_t at;

    do {
        enum capture_result result;

        at = capture_offset(c);
        result = next_record(c, at, &r, &in, why);
        if (result != CAPTURE_FRAME)
            return result;
    } while ((r.type & 0x7f) == ERF_PAD);
    front = front_len(bytes_of(in.p + HEADER_LEN, in.left - HEADER_LEN), &r, &linktype);
    interface_no = interface_of(c, s, at, &r);
    in = capture_at(c, at, r.len);
    if (linktype != LINKTYPE_ERF)
        front += HEADER_LEN;
    if (front > r.len) {
        err_set(why, ERR_FORMAT, "the record at offset %llu is too short for its headers",
                (unsigned long long)at);
        return CAPTURE_BAD;
    }
    *f = (struct frame){
        .frame_no = ++s->frame_no,
        .time_ns = times_from(r.s, r.fraction, UINT64_C(1) << 32),
        .has_time = true,
        .cap_len = r.len - front,
        .interface_no = interface_no,
        .linktype = linktype,
        .offset = at + front,
        .bytes = in.p + front,
    };
    f->wire_len = linktype == LINKTYPE_ERF ? f->cap_len : r.wire_len;
    if (linktype == LINKTYPE_ETHERNET && f->wire_len >= CHECK_LEN)
        f->wire_len -= CHECK_LEN;
    if (f->cap_len > f->wire_len) /* records are filled up to a multiple of eight */
        f->cap_len = f->wire_len;
    return CAPTURE_FRAME;
}

extern const struct capture_format erf_format;
const struct capture_format erf_format = {
    .name = "erf",
    .title = "Endace ERF",
    .probe = erf_probe,
    .open = erf_open,
    .next = erf_next,
    .close = free,
};
