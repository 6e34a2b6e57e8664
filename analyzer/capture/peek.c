/*
 * peek: tagged files of Omnipeek, and of EtherPeek and AiroPeek NX (.pkt, .apc, .tpc, .wpz).
 *
 * A chain of blocks: four letters, the length of what follows (0: up to the end of the file), a
 * word whose first byte says whether that is compressed; all little-endian.  \x7fver and sess are
 * XML, pkts holds the packets.  A packet is a run of attributes (16-bit tag, 32-bit value); tag
 * ffff ends the run with the number of captured bytes, which follow at once.
 *
 * Both lengths of a packet count the four check bytes of Ethernet and 802.11, and mostly zeros are
 * in their place.  Frames are handed on without them: as every other format has them, and so that
 * nobody takes four zeros for a wrong checksum.
 *
 * Sources: the vendor's plug-in kit (tagfile.h, PeekPacket.h, PeekCaptureFile.cpp) and real files;
 * where Wireshark's wiretap/peektagged.c disagrees (docs/differences.md), the files decided.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "capture/capture.h"
#include "capture/peek_session.h"

#define BLOCK_HEADER_LEN 12u
#define BLOCKS_MAX       1024u      /* before the packets; real files have two */
#define XML_MAX          (1u << 20) /* of a block that are looked at; real ones have 4096 bytes */
#define ATTRIBUTE_LEN    6u
#define ATTRIBUTES_MAX   256u /* of one packet; 29 are known */
#define PACKET_MAX       262144u
#define CHECK_LEN        4u

/* From 1601-01-01 to 1970-01-01, in nanoseconds: more than a signed number can count. */
#define EPOCH_NS (UINT64_C(11644473600) * UINT64_C(1000000000))

enum block_flags { BLOCK_COMPRESSED = 0xff };

enum tag {
    TAG_WIRE_LEN = 0x00,
    TAG_TIME_LOW = 0x01,
    TAG_TIME_HIGH = 0x02,
    TAG_CHANNEL = 0x04,
    TAG_RATE = 0x05,
    TAG_SIGNAL_PERCENT = 0x06,
    TAG_SIGNAL_DBM = 0x07,
    TAG_NOISE_DBM = 0x09,
    TAG_FREQUENCY = 0x0d,
    TAG_HT_FLAGS = 0x15,
    TAG_DATA = 0xffff,
};

enum ht_flag { HT_RATE_IS_MCS = 0x100 };

struct peek_state {
    struct peek_session session;
    uint16_t linktype;
    uint64_t end; /* of the block of packets at hand; UINT64_MAX: the end of the file */
    uint64_t frame_no;
};

struct block {
    uint64_t at, end; /* of its data; `end` UINT64_MAX: it goes to the end of the file */
    char id[4];
    bool compressed;
};

struct record {
    unsigned seen; /* bit of each tag up to 31 */
    uint32_t wire_len, cap_len, ht_flags, rate;
    uint32_t time_low, time_high;
    struct frame_radio radio;
};

static bool peek_probe(struct bytes head)
{
    return bytes_be32(&head) == 0x7f766572;
}

static bool is_id(const struct block *b, const char *id)
{
    return memcmp(b->id, id, 4) == 0;
}

/* CAPTURE_END: the file ends before it. */
static enum capture_result read_block(struct capture *c, uint64_t at, struct block *b,
                                      struct err *why)
{
    struct bytes in = capture_at(c, at, BLOCK_HEADER_LEN);
    size_t left = in.left;
    uint32_t len;

    if (left == 0)
        return CAPTURE_END;
    bytes_copy(&in, b->id, 4);
    len = bytes_le32(&in);
    b->compressed = bytes_le32(&in) & BLOCK_COMPRESSED;
    b->at = at + BLOCK_HEADER_LEN;
    b->end = len ? b->at + len : UINT64_MAX;
    if (!in.short_read)
        return CAPTURE_FRAME;
    err_set(why, ERR_FORMAT, "cut within the block header at offset %llu (%zu of %u bytes)",
            (unsigned long long)at, left, BLOCK_HEADER_LEN);
    return CAPTURE_CUT;
}

static bool is_all_there(const struct capture *c, const struct block *b)
{
    return b->end == UINT64_MAX || capture_at(c, b->end - 1, 1).left;
}

static int no_packets(const struct block *b, struct err *err, const char *what)
{
    char id[5] = { 0 };
    int i;

    for (i = 0; i < 4; i++)
        id[i] = b->id[i] > ' ' && b->id[i] < 0x7f ? b->id[i] : '?';
    return err_set(err, ERR_FORMAT, "an Omnipeek capture whose '%s' block at offset %llu %s", id,
                   (unsigned long long)(b->at - BLOCK_HEADER_LEN), what);
}

/* A compressed file is a window that moves along, so the text is read before its end is looked for.
 */
static int read_xml(struct capture *c, struct peek_session *session, const struct block *b,
                    struct err *err)
{
    uint64_t len = b->end - b->at;
    size_t want = len < XML_MAX ? (size_t)len : XML_MAX;
    struct bytes in = capture_at(c, b->at, want);

    if (b->end != UINT64_MAX && in.left < want)
        return no_packets(b, err, "is cut: the file ends before its packets");
    peek_session_read(session, bytes_of(in.p, in.left < want ? in.left : want));
    return ERR_OK;
}

/* One block before the packets.  ERR_OK: it is read or passed over. */
static int read_head_block(struct capture *c, struct peek_session *session, const struct block *b,
                           struct err *err)
{
    bool xml = is_id(b, "\x7fver") || is_id(b, "sess");
    int rc = ERR_OK;

    if (is_id(b, "npkt") || is_id(b, "pktx") || is_id(b, "pktz"))
        return no_packets(b, err, "is of a newer kind that is not supported yet");
    if (b->compressed && (xml || is_id(b, "pkts")))
        return no_packets(
            b, err, "is compressed, which is not supported yet (save it without compression)");
    if (is_id(b, "pkts"))
        return ERR_OK;
    if (xml)
        rc = read_xml(c, session, b, err);
    if (!rc && !is_all_there(c, b))
        return no_packets(b, err, "is cut: the file ends before its packets");
    return rc;
}

/* Leaves the position at the first packet. */
static int find_packets(struct capture *c, struct peek_state *s, struct err *err)
{
    struct block b = { .end = 0 };
    struct err why = { 0 };
    unsigned n;
    int rc;

    for (n = 0; n < BLOCKS_MAX; n++) {
        enum capture_result got = CAPTURE_END;

        if (b.end != UINT64_MAX)
            got = read_block(c, b.end, &b, &why);
        if (got == CAPTURE_CUT)
            return err_set(err, ERR_FORMAT, "an Omnipeek capture, %s", why.msg);
        if (got == CAPTURE_END)
            break;
        rc = read_head_block(c, &s->session, &b, err);
        if (rc)
            return rc;
        if (is_id(&b, "pkts")) {
            s->end = b.end;
            capture_set_offset(c, b.at);
            return ERR_OK;
        }
    }
    return err_set(err, ERR_FORMAT, "an Omnipeek capture that ends before its packets");
}

static int peek_open(struct capture *c, void **state, struct err *err)
{
    struct peek_state *s = xcalloc(1, sizeof(*s));
    int rc = find_packets(c, s, err);

    if (!rc)
        rc = peek_session_linktype(&s->session, &s->linktype, err);
    if (rc) {
        peek_session_free(&s->session);
        free(s);
        return rc;
    }
    capture_set_title(c, s->linktype == 1 ? "Omnipeek, Ethernet" : "Omnipeek, 802.11");
    peek_session_tell(&s->session, s->linktype, 1000000000, capture_hooks(c));
    *state = s;
    return ERR_OK;
}

static void peek_close(void *state)
{
    struct peek_state *s = state;

    peek_session_free(&s->session);
    free(s);
}

static enum capture_result bad(struct err *why, uint64_t at, const char *what)
{
    err_set(why, ERR_FORMAT, "the packet record at offset %llu %s", (unsigned long long)at, what);
    return CAPTURE_BAD;
}

static void know(struct frame_radio *r, enum radio_known what, int32_t v, int32_t least,
                 int32_t most)
{
    if (v < least || v > most)
        return;
    r->known |= what;
    if (what == RADIO_CHANNEL)
        r->channel = (uint16_t)v;
    else if (what == RADIO_FREQUENCY)
        r->frequency_mhz = (uint32_t)v;
    else if (what == RADIO_PERCENT)
        r->signal_percent = (uint8_t)v;
    else if (what == RADIO_SIGNAL)
        r->signal_dbm = (int16_t)v;
    else
        r->noise_dbm = (int16_t)v;
}

static void take(struct record *r, uint16_t tag, uint32_t v)
{
    switch (tag) {
    case TAG_WIRE_LEN:
        r->wire_len = v;
        break;
    case TAG_TIME_LOW:
        r->time_low = v;
        break;
    case TAG_TIME_HIGH:
        r->time_high = v;
        break;
    case TAG_CHANNEL:
        know(&r->radio, RADIO_CHANNEL, (int32_t)v, 1, 999);
        break;
    case TAG_RATE:
        r->rate = v;
        break;
    case TAG_SIGNAL_PERCENT:
        know(&r->radio, RADIO_PERCENT, (int32_t)v, 0, 100);
        break;
    case TAG_SIGNAL_DBM: /* "no value" is -32767 in the short numbers of the older headers */
        know(&r->radio, RADIO_SIGNAL, (int32_t)v, -200, -1);
        break;
    case TAG_NOISE_DBM:
        know(&r->radio, RADIO_NOISE, (int32_t)v, -200, -1);
        break;
    case TAG_FREQUENCY:
        know(&r->radio, RADIO_FREQUENCY, (int32_t)v, 1, 100000);
        break;
    case TAG_HT_FLAGS:
        r->ht_flags = v;
        break;
    case TAG_DATA:
        r->cap_len = v;
        break;
    default:
        break; /* of no use to us, or of the future: every value has 32 bits */
    }
    if (tag < 32)
        r->seen |= 1u << tag;
}

/* The attributes of one packet; `in` stands behind them. */
static enum capture_result read_attributes(struct bytes *in, uint64_t at, struct record *r,
                                           struct err *why)
{
    const unsigned needed = 1u << TAG_WIRE_LEN | 1u << TAG_TIME_LOW | 1u << TAG_TIME_HIGH;
    uint16_t tag = 0;
    unsigned n;

    for (n = 0; n < ATTRIBUTES_MAX && tag != TAG_DATA; n++) {
        uint32_t v;

        tag = bytes_le16(in);
        v = bytes_le32(in);
        if (in->short_read) {
            err_set(why, ERR_FORMAT, "cut within the header of the packet record at offset %llu",
                    (unsigned long long)at);
            return CAPTURE_CUT;
        }
        if (tag < 32 && r->seen & needed & 1u << tag)
            return bad(why, at, "has its length or its time twice");
        take(r, tag, v);
    }
    if (tag != TAG_DATA)
        return bad(why, at, "has no end");
    if ((r->seen & needed) != needed)
        return bad(why, at, "has no length or no time");
    if (r->cap_len == 0)
        r->cap_len = r->wire_len; /* so Wireshark reads it; no real file has it */
    if (r->cap_len > PACKET_MAX || r->cap_len > r->wire_len)
        return bad(why, at, "says it holds more bytes than a packet can have");
    return CAPTURE_FRAME;
}

static struct frame_radio radio_of(const struct record *r)
{
    struct frame_radio radio = r->radio;

    if (!(r->seen & 1u << TAG_RATE))
        return radio;
    if (r->ht_flags & HT_RATE_IS_MCS && r->rate <= 255) {
        radio.known |= RADIO_MCS;
        radio.mcs = (uint8_t)r->rate;
    } else if (!(r->ht_flags & HT_RATE_IS_MCS) && r->rate && r->rate <= 100000) {
        radio.known |= RADIO_RATE;
        radio.rate_kbps = r->rate * 500;
    }
    return radio;
}

/* Nanoseconds since 1601, unsigned; what is too early for us is the earliest time there is. */
static int64_t time_of(const struct record *r)
{
    uint64_t ns = (uint64_t)r->time_high << 32 | r->time_low;

    if (ns >= EPOCH_NS)
        return (int64_t)(ns - EPOCH_NS);
    return EPOCH_NS - ns > INT64_MAX ? INT64_MIN : -(int64_t)(EPOCH_NS - ns);
}

static enum capture_result read_record(struct capture *c, struct peek_state *s, struct frame *f,
                                       struct err *why)
{
    uint64_t at = capture_offset(c), data_at;
    struct bytes in = capture_at(c, at, ATTRIBUTES_MAX * ATTRIBUTE_LEN);
    struct record r = { 0 };
    enum capture_result rc;
    size_t had = in.left;
    uint32_t wire_len;

    rc = read_attributes(&in, at, &r, why);
    if (rc != CAPTURE_FRAME)
        return rc;
    data_at = at + (had - in.left);
    if (data_at + r.cap_len > s->end)
        return bad(why, at, "runs over the end of its block");
    in = capture_at(c, data_at, r.cap_len);
    if (in.left < r.cap_len) {
        err_set(why, ERR_FORMAT, "cut within the packet record at offset %llu (%zu of %u bytes)",
                (unsigned long long)at, in.left, r.cap_len);
        return CAPTURE_CUT;
    }
    /* The check bytes are the last of the packet: of a sliced one they are not there. */
    wire_len = r.wire_len > CHECK_LEN ? r.wire_len - CHECK_LEN : 0;
    *f = (struct frame){
        .frame_no = ++s->frame_no,
        .time_ns = time_of(&r),
        .has_time = true,
        .wire_len = wire_len,
        .cap_len = r.cap_len < wire_len ? r.cap_len : wire_len,
        .linktype = s->linktype,
        .offset = data_at,
        .bytes = in.p,
        .radio = radio_of(&r),
    };
    capture_set_offset(c, data_at + r.cap_len);
    return CAPTURE_FRAME;
}

/* At the end of the file: does it hold what it says? */
static enum capture_result check_count(struct capture *c, const struct peek_state *s,
                                       struct err *why)
{
    const struct capture_hooks *hooks = capture_hooks(c);
    const struct peek_session *session = &s->session;
    struct err text = { 0 };

    /* 0: written before the capture began. */
    if (!session->has_count || !session->count || session->count == s->frame_no)
        return CAPTURE_END;
    err_set(&text, ERR_FORMAT, "the file says %llu packets, %llu were read",
            (unsigned long long)session->count, (unsigned long long)s->frame_no);
    if (session->count > s->frame_no) {
        *why = text;
        return CAPTURE_CUT;
    }
    if (hooks->comment)
        hooks->comment(hooks->user, COMMENT_SECTION, 0, bytes_of(text.msg, strlen(text.msg)));
    return CAPTURE_END;
}

/* The next block of packets, behind the one that has been read. */
static enum capture_result next_packets(struct capture *c, struct peek_state *s, struct err *why)
{
    struct block b;
    enum capture_result rc;

    for (;;) {
        rc = read_block(c, capture_offset(c), &b, why);
        if (rc == CAPTURE_END)
            return check_count(c, s, why);
        if (rc != CAPTURE_FRAME)
            return rc;
        if (is_id(&b, "pkts") && !b.compressed) {
            s->end = b.end;
            capture_set_offset(c, b.at);
            return CAPTURE_FRAME;
        }
        if (is_id(&b, "pkts") || is_id(&b, "pktx") || is_id(&b, "pktz")) {
            err_set(why, ERR_FORMAT,
                    "the block at offset %llu holds packets that are compressed or "
                    "of a newer kind, which is not supported yet",
                    (unsigned long long)capture_offset(c));
            return CAPTURE_BAD;
        }
        if (!is_all_there(c, &b)) {
            err_set(why, ERR_FORMAT, "cut within the block at offset %llu",
                    (unsigned long long)capture_offset(c));
            return CAPTURE_CUT;
        }
        if (b.end == UINT64_MAX)
            return check_count(c, s, why);
        capture_set_offset(c, b.end);
    }
}

static enum capture_result peek_next(struct capture *c, void *state, struct frame *f,
                                     struct err *why)
{
    struct peek_state *s = state;
    enum capture_result rc;

    for (;;) {
        uint64_t at = capture_offset(c);

        if (at < s->end && capture_at(c, at, 1).left)
            return read_record(c, s, f, why);
        if (at < s->end && s->end != UINT64_MAX) {
            err_set(why, ERR_FORMAT,
                    "cut within the packets: the file ends at offset %llu, they at %llu",
                    (unsigned long long)at, (unsigned long long)s->end);
            return CAPTURE_CUT;
        }
        if (at < s->end)
            return check_count(c, s, why);
        rc = next_packets(c, s, why);
        if (rc != CAPTURE_FRAME)
            return rc;
    }
}

extern const struct capture_format peek_format;
const struct capture_format peek_format = {
    .name = "peek",
    .title = "Omnipeek",
    .probe = peek_probe,
    .open = peek_open,
    .next = peek_next,
    .close = peek_close,
};
