#include "config.h"

#include "store/packet_chunk.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/store.h"

enum version { VERSION_WIRED = 1, VERSION_RADIO = 2 };

/* How the values of a column are written; the shortest wins. */
enum coding {
    CODING_PLAIN, /* one varint a value */
    CODING_DELTA, /* zigzag varints: difference to the value before, in units of the first varint */
    CODING_RUNS,  /* pairs: value, how often */
    CODINGS
};

/* Arithmetic is modulo 2^64, so that no value of a capture is out of range. */
static uint64_t zigzag(uint64_t v)
{
    return (v << 1) ^ (v >> 63 ? UINT64_MAX : 0);
}

static uint64_t unzigzag(uint64_t v)
{
    return (v >> 1) ^ (v & 1 ? UINT64_MAX : 0);
}

/* Returns where the next one goes; ten bytes at most. */
static char *put_varint(char *at, uint64_t v)
{
    while (v >= 0x80) {
        *at++ = (char)(v | 0x80);
        v >>= 7;
    }
    *at++ = (char)v;
    return at;
}

static void add_varint(struct str *out, uint64_t v)
{
    char bytes[10];

    str_addn(out, bytes, (size_t)(put_varint(bytes, v) - bytes));
}

static uint64_t get_varint(struct bytes *b)
{
    uint64_t v = 0;
    unsigned shift;

    if (b->left && b->p[0] < 0x80) /* most values */
        return bytes_u8(b);
    for (shift = 0; shift < 64; shift += 7) {
        uint8_t c = bytes_u8(b);

        v |= (uint64_t)(c & 0x7f) << shift;
        if (c < 0x80)
            return v;
    }
    b->short_read = true; /* eleven bytes: nobody wrote that */
    return 0;
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t r = a % b;

        a = b;
        b = r;
    }
    return a;
}

static uint64_t magnitude(uint64_t v)
{
    return v >> 63 ? 0 - v : v;
}

static char *write_plain(const uint64_t *v, size_t n, char *at)
{
    size_t i;

    for (i = 0; i < n; i++)
        at = put_varint(at, v[i]);
    return at;
}

/* Microsecond clocks give differences that are all multiples of 1000. */
static char *write_delta(const uint64_t *v, size_t n, uint64_t unit, char *at)
{
    size_t i;

    at = put_varint(at, unit);
    at = put_varint(at, v[0]);
    for (i = 1; i < n; i++) {
        uint64_t d = v[i] - v[i - 1], m = magnitude(d);

        m = unit == 1 ? m : m / unit;
        at = put_varint(at, zigzag(d >> 63 ? 0 - m : m));
    }
    return at;
}

static char *write_runs(const uint64_t *v, size_t n, char *at)
{
    size_t i, k;

    for (i = 0; i < n; i = k) {
        for (k = i + 1; k < n && v[k] == v[i];)
            k++;
        at = put_varint(at, v[i]);
        at = put_varint(at, k - i);
    }
    return at;
}

static size_t varint_len(uint64_t v)
{
    return v ? (size_t)(70 - __builtin_clzll(v)) / 7 : 1;
}

/* The unit of write_delta. */
static uint64_t unit_of(const uint64_t *v, size_t n)
{
    uint64_t unit = 0;
    size_t i;

    for (i = 1; i < n && unit != 1; i++)
        unit = gcd(unit, magnitude(v[i] - v[i - 1]));
    return unit ? unit : 1;
}

/* How long each coding would be: only the shortest is written. */
static void measure(const uint64_t *v, size_t n, uint64_t unit, size_t len[CODINGS])
{
    size_t i, run = 1;

    len[CODING_PLAIN] = varint_len(v[0]);
    len[CODING_DELTA] = varint_len(unit) + varint_len(v[0]);
    len[CODING_RUNS] = 0;
    for (i = 1; i < n; i++) {
        uint64_t d = v[i] - v[i - 1], m;

        len[CODING_PLAIN] += varint_len(v[i]);
        if (!d) {
            len[CODING_DELTA]++;
            run++;
            continue;
        }
        m = unit == 1 ? magnitude(d) : magnitude(d) / unit;
        len[CODING_DELTA] += varint_len(zigzag(d >> 63 ? 0 - m : m));
        len[CODING_RUNS] += varint_len(v[i - 1]) + varint_len(run);
        run = 1;
    }
    len[CODING_RUNS] += varint_len(v[n - 1]) + varint_len(run);
}

static bool all_equal(const uint64_t *v, size_t n)
{
    size_t i;

    for (i = 1; i < n && v[i] == v[0];)
        i++;
    return i == n;
}

static void write_column(const uint64_t *v, size_t n, struct str *out)
{
    uint64_t unit = 1;
    size_t len[CODINGS];
    int c, best = CODING_PLAIN;
    char *at, *end;

    if (n >= 16 && all_equal(v, n)) { /* one run, as most columns are; nothing is shorter */
        best = CODING_RUNS;
        len[best] = varint_len(v[0]) + varint_len(n);
    } else {
        unit = unit_of(v, n);
        measure(v, n, unit, len);
        for (c = 1; c < CODINGS; c++)
            if (len[c] < len[best])
                best = c;
    }
    str_addc(out, (char)best);
    add_varint(out, len[best]);
    str_pad(out, len[best], '\0');
    at = out->s + out->len - len[best];
    end = best == CODING_PLAIN   ? write_plain(v, n, at)
          : best == CODING_DELTA ? write_delta(v, n, unit, at)
                                 : write_runs(v, n, at);
    assert(end == out->s + out->len);
    (void)end;
}

/* The value of a column; what the packet before foretells is taken off. */
static uint64_t column_of(const struct store_packet *p, size_t i, enum chunk_column c)
{
    const struct store_packet *now = &p[i], *last = i ? &p[i - 1] : NULL;

    switch (c) {
    case CHUNK_FRAME:
        return last ? now->frame_no - last->frame_no - 1 : now->frame_no;
    case CHUNK_HAS_TIME:
        return now->has_time;
    case CHUNK_TIME:
        return (uint64_t)now->time_ns;
    case CHUNK_WIRE_LEN:
        return now->wire_len;
    case CHUNK_CAP_LEN:
        return zigzag((uint64_t)now->wire_len - now->cap_len);
    case CHUNK_INTERFACE:
        return now->interface_no;
    case CHUNK_OFFSET:
        return last ? zigzag(now->offset - last->offset - last->cap_len) : now->offset;
    case CHUNK_FLOW:
        return (uint64_t)now->flow << 1 | now->from_b;
    case CHUNK_MARKS:
        return now->marks;
    case CHUNK_TROUBLE:
        return now->trouble;
    case CHUNK_LINKTYPE:
        return now->linktype;
    case CHUNK_RADIO_KNOWN:
        return now->radio_known;
    case CHUNK_CHANNEL:
        return now->channel;
    case CHUNK_FREQUENCY:
        return now->frequency_mhz;
    case CHUNK_RATE:
        return now->rate_kbps;
    case CHUNK_MCS:
        return now->mcs;
    case CHUNK_SIGNAL:
        return zigzag((uint64_t)now->signal_dbm);
    case CHUNK_NOISE:
        return zigzag((uint64_t)now->noise_dbm);
    case CHUNK_PERCENT:
        return now->signal_percent;
    default:
        return 0;
    }
}

/* Columns of a version. */
static int columns_of(int version)
{
    return version == VERSION_WIRED ? CHUNK_RADIO_KNOWN : CHUNK_COLUMNS;
}

static int version_for(const struct store_packet *p, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (p[i].radio_known)
            return VERSION_RADIO;
    return VERSION_WIRED;
}

void chunk_encode(const struct store_packet *p, size_t n, struct str *out)
{
    uint64_t *v = xcalloc(n, sizeof(*v));
    int c, version = version_for(p, n);
    size_t i;

    str_addc(out, (char)version);
    add_varint(out, n);
    for (c = 0; c < columns_of(version); c++) {
        for (i = 0; i < n; i++)
            v[i] = column_of(p, i, (enum chunk_column)c);
        write_column(v, n, out);
    }
    free(v);
}

/* The reverse of column_of; columns come in the order of the enum. */
static inline void set_column(struct store_packet *p, size_t i, enum chunk_column c, uint64_t v)
{
    struct store_packet *now = &p[i], *last = i ? &p[i - 1] : NULL;

    switch (c) {
    case CHUNK_FRAME:
        now->frame_no = last ? last->frame_no + 1 + v : v;
        break;
    case CHUNK_HAS_TIME:
        now->has_time = v != 0;
        break;
    case CHUNK_TIME:
        now->time_ns = (int64_t)v;
        break;
    case CHUNK_WIRE_LEN:
        now->wire_len = (uint32_t)v;
        break;
    case CHUNK_CAP_LEN:
        now->cap_len = (uint32_t)(now->wire_len - unzigzag(v));
        break;
    case CHUNK_INTERFACE:
        now->interface_no = (uint32_t)v;
        break;
    case CHUNK_OFFSET:
        now->offset = last ? last->offset + last->cap_len + unzigzag(v) : v;
        break;
    case CHUNK_FLOW:
        now->flow = (uint32_t)(v >> 1);
        now->from_b = v & 1;
        break;
    case CHUNK_MARKS:
        now->marks = (uint32_t)v;
        break;
    case CHUNK_TROUBLE:
        now->trouble = (uint32_t)v;
        break;
    case CHUNK_LINKTYPE:
        now->linktype = (uint16_t)v;
        break;
    case CHUNK_RADIO_KNOWN:
        now->radio_known = (uint32_t)v;
        break;
    case CHUNK_CHANNEL:
        now->channel = (uint16_t)v;
        break;
    case CHUNK_FREQUENCY:
        now->frequency_mhz = (uint32_t)v;
        break;
    case CHUNK_RATE:
        now->rate_kbps = (uint32_t)v;
        break;
    case CHUNK_MCS:
        now->mcs = (uint8_t)v;
        break;
    case CHUNK_SIGNAL:
        now->signal_dbm = (int16_t)unzigzag(v);
        break;
    case CHUNK_NOISE:
        now->noise_dbm = (int16_t)unzigzag(v);
        break;
    case CHUNK_PERCENT:
        now->signal_percent = (uint8_t)v;
        break;
    default:
        break;
    }
}

/* The values of a column, one after the other; in.short_read: there are not so many. */
struct values {
    struct bytes in;
    int coding;
    bool begun;
    uint64_t unit, last, run;
};

static struct values values_of(struct bytes column, int coding)
{
    struct values x = { .in = column, .coding = coding, .unit = 1 };

    if (coding == CODING_DELTA)
        x.unit = get_varint(&x.in);
    return x;
}

static inline uint64_t next_value(struct values *x)
{
    if (x->coding == CODING_RUNS) {
        if (x->run == 0) {
            x->last = get_varint(&x->in);
            x->run = get_varint(&x->in);
            if (x->run == 0)
                x->in.short_read = true;
        }
        x->run--;
    } else if (x->coding == CODING_DELTA && x->begun) {
        x->last += unzigzag(get_varint(&x->in)) * x->unit;
    } else {
        x->last = get_varint(&x->in);
    }
    x->begun = true;
    return x->last;
}

static inline __attribute__((always_inline)) bool
read_values(struct bytes column, int coding, enum chunk_column c, struct store_packet *p, size_t n)
{
    struct values x = values_of(column, coding);
    size_t i;

    for (i = 0; i < n && !x.in.short_read; i++)
        set_column(p, i, c, next_value(&x));
    return !x.in.short_read && x.in.left == 0 && x.run == 0;
}

/* The columns that most questions are about are read by code of their own. */
static bool read_column(struct bytes in, int coding, enum chunk_column c, struct store_packet *p,
                        size_t n)
{
    switch (c) {
    case CHUNK_FRAME:
        return read_values(in, coding, CHUNK_FRAME, p, n);
    case CHUNK_HAS_TIME:
        return read_values(in, coding, CHUNK_HAS_TIME, p, n);
    case CHUNK_TIME:
        return read_values(in, coding, CHUNK_TIME, p, n);
    case CHUNK_FLOW:
        return read_values(in, coding, CHUNK_FLOW, p, n);
    case CHUNK_MARKS:
        return read_values(in, coding, CHUNK_MARKS, p, n);
    default:
        return read_values(in, coding, c, p, n);
    }
}

/* The true length and place of a frame lean on columns before them. */
static unsigned with_needed(unsigned want)
{
    if (want & (1u << CHUNK_OFFSET))
        want |= 1u << CHUNK_CAP_LEN;
    if (want & (1u << CHUNK_CAP_LEN))
        want |= 1u << CHUNK_WIRE_LEN;
    return want;
}

/* A blob, as far as its head was read. */
struct chunk {
    struct bytes in; /* the columns that follow */
    int version;
    size_t n; /* packets */
};

static int open_chunk(const void *blob, size_t len, struct chunk *k)
{
    uint64_t n;

    *k = (struct chunk){ .in = bytes_of(blob, len) };
    k->version = blob ? bytes_u8(&k->in) : 0;
    if (k->version != VERSION_WIRED && k->version != VERSION_RADIO)
        return ERR_FORMAT;
    n = get_varint(&k->in);
    if (k->in.short_read || n == 0 || n > CHUNK_PACKETS)
        return ERR_FORMAT;
    k->n = (size_t)n;
    return ERR_OK;
}

static int next_column(struct chunk *k, struct bytes *column, int *coding)
{
    uint64_t len;

    *coding = bytes_u8(&k->in);
    len = get_varint(&k->in);
    if (k->in.short_read || len > k->in.left || *coding >= CODINGS)
        return ERR_FORMAT;
    *column = bytes_sub(&k->in, (size_t)len);
    return ERR_OK;
}

int chunk_decode(const void *blob, size_t len, unsigned want, struct store_packet *out, size_t *n)
{
    struct chunk k;
    int c, rc = open_chunk(blob, len, &k);

    *n = 0;
    if (rc)
        return rc;
    want = with_needed(want);
    memset(out, 0, k.n * sizeof(*out));
    for (c = 0; c < columns_of(k.version); c++) {
        struct bytes column;
        int coding;

        if (next_column(&k, &column, &coding))
            return ERR_FORMAT;
        if ((want >> c & 1) && !read_column(column, coding, (enum chunk_column)c, out, k.n))
            return ERR_FORMAT;
    }
    if (k.in.left)
        return ERR_FORMAT;
    *n = k.n;
    return ERR_OK;
}

/* The values of a column but for those before `at`. */
static struct values values_from(struct bytes column, int coding, size_t at)
{
    struct values x = values_of(column, coding);

    while (at-- && !x.in.short_read)
        next_value(&x);
    return x;
}

/* The index of a frame, n if it is not there: frames are numbered upwards. */
static size_t index_of(struct bytes column, int coding, size_t n, uint64_t frame_no)
{
    struct values x = values_of(column, coding);
    uint64_t frame = next_value(&x);
    size_t i;

    for (i = 0; i < n && frame < frame_no && !x.in.short_read; i++)
        frame += 1 + next_value(&x);
    return i < n && frame == frame_no ? i : n;
}

int chunk_find(const void *blob, size_t len, unsigned want, uint64_t frame_no,
               struct store_packet *out, bool *found)
{
    struct chunk k;
    size_t at = 0;
    int c, rc = open_chunk(blob, len, &k);

    *found = false;
    *out = (struct store_packet){ 0 };
    assert(!(want & 1u << CHUNK_OFFSET));
    want = with_needed(want);
    for (c = 0; c < columns_of(k.version) && rc == ERR_OK; c++) {
        struct bytes column;
        struct values x;
        int coding;

        rc = next_column(&k, &column, &coding);
        if (rc)
            break;
        if (c == CHUNK_FRAME) {
            at = index_of(column, coding, k.n, frame_no);
            if (at == k.n)
                return ERR_OK;
            out->frame_no = frame_no;
        } else if (want >> c & 1) {
            x = values_from(column, coding, at);
            set_column(out, 0, (enum chunk_column)c, next_value(&x));
            rc = x.in.short_read ? ERR_FORMAT : ERR_OK;
        }
    }
    *found = rc == ERR_OK;
    return rc;
}
