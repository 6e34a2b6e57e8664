/*
 * radio: what receivers put before an 802.11 frame: radiotap (radiotap.org), PPI (CACE, "Per-Packet
 * Information Header Specification"), AVS and Prism (tcpdump.org/linktypes 163 and 119).
 *
 * Each says how long it is; what is inside only adds to the frame's radio data, and whether four
 * bytes of checksum follow the frame.
 */
#include "config.h"

#include "packet/walk.h"

#define FCS_LEN          4
#define RADIOTAP_WORDS   32 /* presence words; real ones have up to a handful */
#define RADIOTAP_FIELDS  29 /* bits of a word that are fields; then namespaces, and "more" */
#define PPI_FIELDS_MAX   64
#define PPI_COMMON       2
#define PRISM_ITEMS_AT   24
#define PRISM_ITEMS_MAX  10
#define RADIO_HEADER_MAX 4096 /* AVS and Prism; a longer header is damage */

#define LINKTYPE_PPI 192

enum radiotap_bit {
    RADIOTAP_TSFT = 0,
    RADIOTAP_FLAGS = 1,
    RADIOTAP_RATE = 2,
    RADIOTAP_CHANNEL = 3,
    RADIOTAP_SIGNAL = 5,
    RADIOTAP_NOISE = 6,
    RADIOTAP_XCHANNEL = 18,
    RADIOTAP_MCS = 19,
    RADIOTAP_VHT = 21,
    RADIOTAP_HE = 23,
    RADIOTAP_NAMESPACE = 29,
    RADIOTAP_VENDOR = 30,
    RADIOTAP_MORE = 31,
};

enum radiotap_flag { RADIOTAP_FCS = 0x10, RADIOTAP_PAD = 0x20, RADIOTAP_BAD_FCS = 0x40 };

/* Alignment and length of each field; length 0: nobody knows. */
static const struct {
    uint8_t align, len;
} fields[RADIOTAP_FIELDS] = {
    { 8, 8 },  { 1, 1 }, { 1, 1 }, { 2, 4 }, { 1, 2 }, { 1, 1 },  { 1, 1 },  { 2, 2 },
    { 2, 2 },  { 2, 2 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 },  { 2, 2 },  { 2, 2 },
    { 1, 1 },  { 1, 1 }, { 4, 8 }, { 1, 3 }, { 4, 8 }, { 2, 12 }, { 8, 12 }, { 2, 12 },
    { 2, 12 }, { 2, 6 }, { 1, 1 }, { 2, 4 }, { 1, 0 },
};

/* -- values -------------------------------------------------------------------- */

/* The first that is told counts: of several antennas, radiotap has the combined value first. */
static bool is_new(struct frame_radio *r, enum radio_known what, bool plausible)
{
    if (!plausible || r->known & what)
        return false;
    r->known |= what;
    return true;
}

static void set_signal(struct frame_radio *r, int32_t dbm)
{
    if (is_new(r, RADIO_SIGNAL, dbm > -200 && dbm < 0))
        r->signal_dbm = (int16_t)dbm;
}

static void set_noise(struct frame_radio *r, int32_t dbm)
{
    if (is_new(r, RADIO_NOISE, dbm > -200 && dbm < 0))
        r->noise_dbm = (int16_t)dbm;
}

static void set_rate(struct frame_radio *r, uint64_t kbps)
{
    if (is_new(r, RADIO_RATE, kbps > 0 && kbps < 100000000))
        r->rate_kbps = (uint32_t)kbps;
}

static void set_channel(struct frame_radio *r, uint32_t channel)
{
    if (is_new(r, RADIO_CHANNEL, channel > 0 && channel < 256))
        r->channel = (uint16_t)channel;
}

/* IEEE 802.11-2020 annex E: channel numbers count steps of 5 MHz from where the band starts. */
static void set_frequency(struct frame_radio *r, uint32_t mhz)
{
    if (!is_new(r, RADIO_FREQUENCY, mhz > 0 && mhz < 100000))
        return;
    r->frequency_mhz = mhz;
    if (mhz == 2484)
        set_channel(r, 14);
    else if (mhz > 2407 && mhz < 2484)
        set_channel(r, (mhz - 2407) / 5);
    else if (mhz > 5000 && mhz < 5900)
        set_channel(r, (mhz - 5000) / 5);
    else if (mhz > 5950 && mhz < 7150)
        set_channel(r, (mhz - 5950) / 5);
}

static void set_mcs(struct frame_radio *r, unsigned mcs)
{
    if (is_new(r, RADIO_MCS, mcs < 128))
        r->mcs = (uint8_t)mcs;
}

/*
 * 802.11n and ac: one stream of the lowest index carries `base_kbps` in the channel's width with
 * the long guard interval; the indexes multiply that (IEEE 802.11-2020 sections 19.5 and 21.5).
 */
static void set_ht_rate(struct frame_radio *r, uint32_t base_kbps, unsigned index, unsigned streams,
                        bool short_guard)
{
    static const uint8_t thirds[] = { 3, 6, 9, 12, 18, 24, 27, 30, 36, 40 };
    uint64_t kbps;

    if (index >= sizeof(thirds) || !base_kbps || !streams || streams > 8)
        return;
    kbps = (uint64_t)base_kbps * thirds[index] * streams / 3;
    set_rate(r, short_guard ? kbps * 10 / 9 : kbps);
}

/* -- radiotap ------------------------------------------------------------------ */

struct radiotap {
    struct bytes all; /* the header, `len` bytes as it says */
    size_t at;        /* of the next field; alignment counts from the start of the header */
    uint8_t flags;
    struct frame_radio *radio;
};

static void radiotap_mcs(struct frame_radio *r, struct bytes b)
{
    uint8_t known = bytes_u8(&b), flags = bytes_u8(&b), mcs = bytes_u8(&b);

    if (!(known & 2) || r->known & RADIO_MCS)
        return;
    set_mcs(r, mcs);
    if ((known & 5) == 5 && mcs < 32) /* the width and the guard interval are known */
        set_ht_rate(r, (flags & 3) == 1 ? 13500 : 6500, mcs % 8, mcs / 8 + 1u, flags & 4);
}

static void radiotap_vht(struct frame_radio *r, struct bytes b)
{
    uint16_t known = bytes_le16(&b);
    uint8_t flags = bytes_u8(&b), width = bytes_u8(&b), user = bytes_u8(&b);
    uint32_t base = width == 0    ? 6500
                    : width == 1  ? 13500
                    : width == 4  ? 29250
                    : width == 11 ? 58500
                                  : 0;

    if (!(user & 15)) /* no streams: the first user is not there */
        return;
    set_mcs(r, user >> 4);
    if ((known & 0x44) == 0x44)
        set_ht_rate(r, base, user >> 4, user & 15, flags & 4);
}

static void radiotap_field(struct radiotap *t, unsigned bit, struct bytes b)
{
    struct frame_radio *r = t->radio;

    switch (bit) {
    case RADIOTAP_FLAGS:
        t->flags = bytes_u8(&b);
        break;
    case RADIOTAP_RATE:
        set_rate(r, bytes_u8(&b) * 500u);
        break;
    case RADIOTAP_CHANNEL:
        set_frequency(r, bytes_le16(&b));
        break;
    case RADIOTAP_SIGNAL:
        set_signal(r, (int8_t)bytes_u8(&b));
        break;
    case RADIOTAP_NOISE:
        set_noise(r, (int8_t)bytes_u8(&b));
        break;
    case RADIOTAP_XCHANNEL:
        bytes_skip(&b, 4);
        set_frequency(r, bytes_le16(&b));
        set_channel(r, bytes_u8(&b));
        break;
    case RADIOTAP_MCS:
        radiotap_mcs(r, b);
        break;
    case RADIOTAP_VHT:
        radiotap_vht(r, b);
        break;
    case RADIOTAP_HE: /* data1 bit 5: the index is known; it is in data3 */
        if (bytes_le16(&b) & 0x20) {
            bytes_skip(&b, 2);
            set_mcs(r, bytes_le16(&b) >> 8 & 15);
        }
        break;
    default:
        break;
    }
}

/* The field at the position, aligned; short_read if it is not there. */
static struct bytes radiotap_take(struct radiotap *t, unsigned align, unsigned len)
{
    struct bytes b = t->all;

    t->at = (t->at + align - 1) / align * align;
    bytes_skip(&b, t->at);
    t->at += len;
    return bytes_sub(&b, len);
}

/* The fields of one presence word.  False: what follows cannot be found. */
static bool radiotap_word(struct radiotap *t, uint32_t present, bool vendor)
{
    unsigned bit;

    for (bit = 0; !vendor && bit < RADIOTAP_FIELDS; bit++) {
        struct bytes b;

        if (!(present >> bit & 1))
            continue;
        if (!fields[bit].len)
            return false;
        b = radiotap_take(t, fields[bit].align, fields[bit].len);
        if (b.short_read)
            return false;
        radiotap_field(t, bit, b);
    }
    if (present >> RADIOTAP_VENDOR & 1) { /* OUI, kind, and how many bytes are his */
        struct bytes b = radiotap_take(t, 2, 6);

        bytes_skip(&b, 4);
        t->at += bytes_le16(&b);
        return !b.short_read;
    }
    return true;
}

/*
 * The words first: each may say that another one follows.  The bits of a word begin anew only where
 * the one before named a namespace; a continuation without one has fields that nobody knows.
 */
static void radiotap_walk(struct radiotap *t)
{
    struct bytes words = t->all;
    uint32_t present[RADIOTAP_WORDS];
    unsigned n = 0, i;
    bool vendor = false, known = true;

    bytes_skip(&words, 4);
    do {
        present[n] = bytes_le32(&words);
    } while (present[n++] >> RADIOTAP_MORE & 1 && n < RADIOTAP_WORDS);
    if (words.short_read)
        return;
    t->at = 4 + 4 * (size_t)n;
    for (i = 0; i < n; i++) {
        if ((!known && !vendor && present[i] & 0x1fffffff) || !radiotap_word(t, present[i], vendor))
            return;
        known = present[i] >> RADIOTAP_NAMESPACE & 3;
        if (known)
            vendor = present[i] >> RADIOTAP_VENDOR & 1;
    }
}

static void bad_header(struct walk *w, const struct bytes *h)
{
    walk_stop(w, h->short_read && w->in.left < w->wire_left ? TROUBLE_SNAPPED : TROUBLE_BAD_LINK);
}

/* Behind the radio's header: the frame, perhaps with its checksum, perhaps a wrong one. */
static void to_wifi(struct walk *w, bool has_fcs, bool bad_fcs)
{
    if (has_fcs && w->wire_left >= FCS_LEN)
        walk_trim(w, w->wire_left - FCS_LEN);
    w->total = w->wire_left;
    if (bad_fcs)
        walk_stop(w, TROUBLE_BAD_LINK);
    else
        walk_to(w, WALK_WIFI, 0);
}

void radio_radiotap(struct walk *w)
{
    struct bytes h = w->in;
    struct radiotap t = { .radio = &w->p->radio };
    uint8_t version = bytes_u8(&h);
    uint16_t len;

    bytes_skip(&h, 1);
    len = bytes_le16(&h);
    if (h.short_read || version != 0 || len < 8) {
        bad_header(w, &h);
        return;
    }
    h = w->in;
    t.all = bytes_sub(&h, len);
    t.all.short_read = false;
    radiotap_walk(&t);
    if (!walk_header(w, LAYER_RADIOTAP, len, TROUBLE_BAD_LINK))
        return;
    w->wifi_pad = t.flags & RADIOTAP_PAD;
    to_wifi(w, t.flags & RADIOTAP_FCS, t.flags & RADIOTAP_BAD_FCS);
}

/* -- PPI ----------------------------------------------------------------------- */

enum ppi_flag { PPI_HAS_FCS = 1, PPI_BAD_FCS = 4 };

static uint16_t ppi_common(struct frame_radio *r, struct bytes b)
{
    uint16_t flags;

    bytes_skip(&b, 8); /* the card's clock */
    flags = bytes_le16(&b);
    set_rate(r, bytes_le16(&b) * 500u);
    set_frequency(r, bytes_le16(&b));
    bytes_skip(&b, 2 + 2); /* kind of channel, frequency hopping */
    set_signal(r, (int8_t)bytes_u8(&b));
    set_noise(r, (int8_t)bytes_u8(&b));
    return b.short_read ? 0 : flags;
}

/* Fields of type, length, value; bit 0 of the header's flags: each is padded to 4 bytes. */
static uint16_t ppi_fields(struct frame_radio *r, struct bytes b, bool padded)
{
    uint16_t flags = 0;
    unsigned n;

    for (n = 0; n < PPI_FIELDS_MAX && b.left >= 4; n++) {
        uint16_t type = bytes_le16(&b), len = bytes_le16(&b);
        struct bytes field = bytes_sub(&b, len);

        if (field.short_read)
            break;
        if (type == PPI_COMMON)
            flags = ppi_common(r, field);
        if (padded)
            bytes_skip(&b, (4u - len % 4u) % 4u);
    }
    return flags;
}

void radio_ppi(struct walk *w)
{
    struct bytes h = w->in, fields_in;
    uint8_t flags;
    uint16_t len, common;
    uint32_t inner;

    bytes_skip(&h, 1);
    flags = bytes_u8(&h);
    len = bytes_le16(&h);
    inner = bytes_le32(&h);
    fields_in = bytes_sub(&h, len > 8 ? len - 8u : 0);
    fields_in.short_read = false;
    common = ppi_fields(&w->p->radio, fields_in, flags & 1);
    if (!walk_header(w, LAYER_PPI, len < 8 ? 8 : len, TROUBLE_BAD_LINK))
        return;
    w->total = w->wire_left;
    if (inner == LINKTYPE_PPI || inner > 0xffff)
        walk_stop(w, TROUBLE_UNKNOWN_LINK);
    else if (inner == LINKTYPE_WIFI)
        to_wifi(w, common & PPI_HAS_FCS, common & PPI_BAD_FCS);
    else
        walk_to(w, WALK_LINK, inner);
}

/* -- AVS and Prism ------------------------------------------------------------- */

/* Big-endian: magic with the version, length, two clocks, then words. */
void radio_avs(struct walk *w)
{
    struct bytes h = w->in;
    struct frame_radio *r = &w->p->radio;
    uint32_t magic = bytes_be32(&h), len = bytes_be32(&h), channel, kind;

    if (h.short_read || magic >> 4 != 0x8021100 || len < 8 || len > RADIO_HEADER_MAX) {
        bad_header(w, &h);
        return;
    }
    h = w->in;
    h = bytes_sub(&h, len);
    h.short_read = false;
    bytes_skip(&h, 8 + 16 + 4); /* so far, the clocks, the kind of modulation */
    channel = bytes_be32(&h);
    if (channel < 256)
        set_channel(r, channel);
    else
        set_frequency(r, channel > 100000 ? channel / 1000 : channel); /* MHz, or kHz */
    set_rate(r, (uint64_t)bytes_be32(&h) * 100);
    bytes_skip(&h, 8); /* antenna, priority */
    kind = bytes_be32(&h);
    if (kind == 2) { /* dBm; the others have no unit */
        set_signal(r, (int32_t)bytes_be32(&h));
        set_noise(r, (int32_t)bytes_be32(&h));
    }
    if (walk_header(w, LAYER_AVS, len, TROUBLE_BAD_LINK))
        to_wifi(w, false, false);
}

/* An item of Prism: id, whether it is set (0), length, value. */
static void prism_item(struct frame_radio *r, uint32_t id, int32_t v)
{
    switch (id >> 16 ? id >> 16 : id >> 12) { /* two drivers, two ways to count */
    case 3:
        set_channel(r, (uint32_t)v);
        break;
    case 6:
        set_signal(r, v);
        break;
    case 7:
        set_noise(r, v);
        break;
    case 8:
        if (v > 0)
            set_rate(r, (uint64_t)v * 500);
        break;
    default:
        break;
    }
}

/* In the writer's own byte order, which the code of the message tells: 0x44 or 0x41. */
void radio_prism(struct walk *w)
{
    struct bytes h = w->in, items;
    uint32_t code = bytes_be32(&h), len;
    bool big = code < 0x100;
    int i;

    if (code >> 4 == 0x8021100) {
        radio_avs(w);
        return;
    }
    code = big ? code : __builtin_bswap32(code);
    len = bytes_u32(&h, big);
    if (h.short_read || (code != 0x44 && code != 0x41) || len < PRISM_ITEMS_AT ||
        len > RADIO_HEADER_MAX) {
        bad_header(w, &h);
        return;
    }
    h = w->in;
    items = bytes_sub(&h, len);
    items.short_read = false;
    bytes_skip(&items, PRISM_ITEMS_AT);
    for (i = 0; i < PRISM_ITEMS_MAX && items.left >= 12; i++) {
        uint32_t id = bytes_u32(&items, big);
        uint16_t unset = bytes_u16(&items, big);

        bytes_skip(&items, 2);
        if (unset)
            bytes_skip(&items, 4);
        else
            prism_item(&w->p->radio, id, (int32_t)bytes_u32(&items, big));
    }
    if (walk_header(w, LAYER_PRISM, len, TROUBLE_BAD_LINK))
        to_wifi(w, false, false);
}
