#include "config.h"

#include "store/packet_vtab.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/packet_chunk.h"
#include "store/store.h"

enum {
    COL_SOURCE,
    COL_FRAME,
    COL_TIME,
    COL_WIRE_LEN,
    COL_CAP_LEN,
    COL_INTERFACE,
    COL_OFFSET,
    COL_FLOW,
    COL_FROM_B,
    COL_MARKS,
    COL_TROUBLE,
    COL_LINKTYPE,
    COL_CHANNEL, /* from here on in the order of the bits of store_packet.radio_known */
    COL_FREQUENCY,
    COL_RATE,
    COL_MCS,
    COL_SIGNAL,
    COL_NOISE,
    COL_PERCENT
};


static const char declaration[] =
    "CREATE TABLE packet(source INTEGER, frame INTEGER, time_ns INTEGER, wire_len INTEGER, "
    "cap_len INTEGER, interface INTEGER, offset INTEGER, flow INTEGER, from_b INTEGER, "
    "marks INTEGER, trouble INTEGER, linktype INTEGER, channel INTEGER, frequency_mhz INTEGER, "
    "rate_kbps INTEGER, mcs INTEGER, signal_dbm INTEGER, noise_dbm INTEGER, "
    "signal_percent INTEGER)";

/* Columns of the chunk that a column of the table needs. */
static const unsigned needs[] = {
    [COL_SOURCE] = 0,
    [COL_FRAME] = 1u << CHUNK_FRAME,
    [COL_TIME] = 1u << CHUNK_TIME | 1u << CHUNK_HAS_TIME,
    [COL_WIRE_LEN] = 1u << CHUNK_WIRE_LEN,
    [COL_CAP_LEN] = 1u << CHUNK_CAP_LEN,
    [COL_INTERFACE] = 1u << CHUNK_INTERFACE,
    [COL_OFFSET] = 1u << CHUNK_OFFSET,
    [COL_FLOW] = 1u << CHUNK_FLOW,
    [COL_FROM_B] = 1u << CHUNK_FLOW,
    [COL_MARKS] = 1u << CHUNK_MARKS,
    [COL_TROUBLE] = 1u << CHUNK_TROUBLE,
    [COL_LINKTYPE] = 1u << CHUNK_LINKTYPE,
    [COL_CHANNEL] = 1u << CHUNK_RADIO_KNOWN | 1u << CHUNK_CHANNEL,
    [COL_FREQUENCY] = 1u << CHUNK_RADIO_KNOWN | 1u << CHUNK_FREQUENCY,
    [COL_RATE] = 1u << CHUNK_RADIO_KNOWN | 1u << CHUNK_RATE,
    [COL_MCS] = 1u << CHUNK_RADIO_KNOWN | 1u << CHUNK_MCS,
    [COL_SIGNAL] = 1u << CHUNK_RADIO_KNOWN | 1u << CHUNK_SIGNAL,
    [COL_NOISE] = 1u << CHUNK_RADIO_KNOWN | 1u << CHUNK_NOISE,
    [COL_PERCENT] = 1u << CHUNK_RADIO_KNOWN | 1u << CHUNK_PERCENT,
};

/* What a plan narrows, in idxNum; the arguments of xFilter come in this order. */
enum plan {
    PLAN_SOURCE = 1 << 0,   /* = */
    PLAN_FRAME = 1 << 1,    /* = */
    PLAN_FRAME_LO = 1 << 2, /* > or >= */
    PLAN_FRAME_HI = 1 << 3, /* < or <= */
    PLAN_TIME_LO = 1 << 4,
    PLAN_TIME_HI = 1 << 5,
    PLAN_KINDS = 6,
    PLAN_BACK = 1 << 6,     /* the last frame first */
    PLAN_NEEDS_SHIFT = 8 /* above: the chunk columns wanted */
};

struct table {
    sqlite3_vtab base;
    sqlite3 *db;
    struct cursor *spare; /* a closed one: its statement and memory serve the next one */
};

struct cursor {
    sqlite3_vtab_cursor base;
    sqlite3_stmt *chunks;
    struct store_packet *packets; /* of the chunk at hand */
    size_t n, at;
    int64_t source, first_frame; /* of the chunk */
    int64_t frame_lo, frame_hi;
    unsigned want;
    const char *sql; /* what `chunks` was prepared for */
    bool back;
    bool alone; /* one frame, and its chunk is at hand already */
    bool eof;
};

static int vtab_connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
                        sqlite3_vtab **out, char **message)
{
    struct table *t;
    int rc = sqlite3_declare_vtab(db, declaration);

    (void)aux, (void)argc, (void)argv, (void)message;
    if (rc)
        return rc;
    sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
    t = sqlite3_malloc(sizeof(*t));
    if (!t)
        return SQLITE_NOMEM;
    *t = (struct table){ .db = db };
    *out = &t->base;
    return SQLITE_OK;
}

static void free_cursor(struct cursor *c)
{
    if (!c)
        return;
    sqlite3_finalize(c->chunks);
    free(c->packets);
    sqlite3_free(c);
}

static int vtab_disconnect(sqlite3_vtab *base)
{
    free_cursor(((struct table *)base)->spare);
    sqlite3_free(base);
    return SQLITE_OK;
}

/* The bit of a constraint, or 0 if the plan cannot use it. */
static int plan_of(const struct sqlite3_index_constraint *c)
{
    bool eq = c->op == SQLITE_INDEX_CONSTRAINT_EQ;
    bool lo = c->op == SQLITE_INDEX_CONSTRAINT_GT || c->op == SQLITE_INDEX_CONSTRAINT_GE;
    bool hi = c->op == SQLITE_INDEX_CONSTRAINT_LT || c->op == SQLITE_INDEX_CONSTRAINT_LE;

    if (!c->usable)
        return 0;
    switch (c->iColumn) {
    case COL_SOURCE:
        return eq ? PLAN_SOURCE : 0;
    case COL_FRAME:
        return eq ? PLAN_FRAME : lo ? PLAN_FRAME_LO : hi ? PLAN_FRAME_HI : 0;
    case COL_TIME:
        return lo ? PLAN_TIME_LO : hi ? PLAN_TIME_HI : 0;
    default:
        return 0;
    }
}

/* The last frames of one source first: what a list that is read from its end asks for. */
static bool is_backward(const sqlite3_index_info *info, int plan)
{
    return info->nOrderBy == 1 && info->aOrderBy[0].desc && info->aOrderBy[0].iColumn == COL_FRAME &&
           plan & PLAN_SOURCE;
}

/* Chunks come by source and first frame, packets by frame. */
static bool is_ordered(const sqlite3_index_info *info, int plan)
{
    const struct sqlite3_index_orderby *o = info->aOrderBy;

    if (is_backward(info, plan))
        return true;
    if (info->nOrderBy == 1 && !o[0].desc)
        return o[0].iColumn == COL_SOURCE || (o[0].iColumn == COL_FRAME && (plan & PLAN_SOURCE));
    return info->nOrderBy == 2 && !o[0].desc && !o[1].desc && o[0].iColumn == COL_SOURCE &&
           o[1].iColumn == COL_FRAME;
}

static unsigned wanted(sqlite3_uint64 used)
{
    unsigned want = needs[COL_FRAME];
    size_t i;

    for (i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
        if (used >> i & 1)
            want |= needs[i];
    return want;
}

static int vtab_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    int at[PLAN_KINDS], i, k, plan = 0, n = 0;
    double rows = 1e7;

    (void)base;
    for (i = 0; i < info->nConstraint; i++) {
        int bit = plan_of(&info->aConstraint[i]);

        if (!bit || (plan & bit))
            continue;
        plan |= bit;
        at[__builtin_ctz((unsigned)bit)] = i;
    }
    for (k = 0; k < PLAN_KINDS; k++)
        if (plan >> k & 1)
            info->aConstraintUsage[at[k]].argvIndex = ++n; /* SQLite checks the values again */
    rows /= plan & PLAN_SOURCE ? 10 : 1;
    rows /= plan & PLAN_FRAME ? 1e6 : 1;
    rows /= plan & (PLAN_FRAME_LO | PLAN_TIME_LO) ? 4 : 1;
    rows /= plan & (PLAN_FRAME_HI | PLAN_TIME_HI) ? 4 : 1;
    if ((plan & PLAN_SOURCE) && (plan & PLAN_FRAME)) {
        rows = 1;
        info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
    }
    info->estimatedRows = (sqlite3_int64)rows;
    info->estimatedCost = 1000 + rows; /* a chunk must be unpacked, even for one row */
    info->orderByConsumed = is_ordered(info, plan);
    if (is_backward(info, plan))
        plan |= PLAN_BACK;
    info->idxNum = (int)((unsigned)plan | wanted(info->colUsed) << PLAN_NEEDS_SHIFT);
    return SQLITE_OK;
}

/* What is looked up frame by frame opens a cursor each time. */
static int vtab_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    struct table *t = (struct table *)base;
    struct cursor *c = t->spare;

    if (!c) {
        c = sqlite3_malloc(sizeof(*c));
        if (!c)
            return SQLITE_NOMEM;
        *c = (struct cursor){ 0 };
    }
    t->spare = NULL;
    *out = &c->base;
    return SQLITE_OK;
}

/* The case may change before the next one is opened: its packets are not kept. */
static int vtab_close(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    struct table *t = (struct table *)base->pVtab;

    sqlite3_reset(c->chunks);
    c->n = 0;
    c->first_frame = 0;
    if (t->spare)
        free_cursor(c);
    else
        t->spare = c;
    return SQLITE_OK;
}

static bool in_range(const struct cursor *c, const struct store_packet *p)
{
    return (int64_t)p->frame_no >= c->frame_lo && (int64_t)p->frame_no <= c->frame_hi;
}

static void turn_round(struct store_packet *packets, size_t n)
{
    size_t i;

    for (i = 0; i < n / 2; i++) {
        struct store_packet p = packets[i];

        packets[i] = packets[n - 1 - i];
        packets[n - 1 - i] = p;
    }
}

/*
 * The packets of the chunk that the statement stands on.  Where one frame is asked for, that one;
 * where another one of the same chunk was asked for before, all of them: more will follow.
 */
static int unpack(struct cursor *c)
{
    const void *blob = sqlite3_column_blob(c->chunks, 1);
    size_t len = (size_t)sqlite3_column_bytes(c->chunks, 1);
    int64_t source = sqlite3_column_int64(c->chunks, 0);
    int64_t first_frame = sqlite3_column_int64(c->chunks, 2);
    bool again = source == c->source && first_frame == c->first_frame, found;
    int rc;

    c->source = source;
    c->first_frame = first_frame;
    c->at = 0;
    if (again || c->frame_lo != c->frame_hi || c->want & 1u << CHUNK_OFFSET) {
        rc = chunk_decode(blob, len, c->want, c->packets, &c->n);
    } else {
        rc = chunk_find(blob, len, c->want, (uint64_t)c->frame_lo, c->packets, &found);
        c->n = rc == ERR_OK && found;
    }
    if (rc)
        return SQLITE_CORRUPT_VTAB;
    if (c->back)
        turn_round(c->packets, c->n);
    return SQLITE_OK;
}

/* Unpacks chunks until one has a packet in range. */
static int next_packet(struct cursor *c)
{
    for (;;) {
        int rc;

        while (c->at < c->n && !in_range(c, &c->packets[c->at]))
            c->at++;
        if (c->at < c->n)
            return SQLITE_OK;
        if (c->alone) {
            c->eof = true;
            return SQLITE_OK;
        }
        rc = sqlite3_step(c->chunks);
        if (rc != SQLITE_ROW) {
            c->eof = true;
            rc = rc == SQLITE_DONE ? SQLITE_OK : rc;
            sqlite3_reset(c->chunks);
            return rc;
        }
        rc = unpack(c);
        if (rc)
            return rc;
    }
}

static const char scan_sql[] =
    "SELECT source, data, first_frame FROM main.packet_chunk WHERE (?1 IS NULL OR source = ?1) "
    "AND first_frame <= ?3 AND last_frame >= ?2 "
    "AND (?4 IS NULL OR max_ns >= ?4) AND (?5 IS NULL OR min_ns <= ?5) "
    "ORDER BY source, first_frame";

/* With a source the key leads straight to the first chunk. */
static const char seek_sql[] =
    "SELECT source, data, first_frame FROM main.packet_chunk WHERE source = ?1 "
    "AND first_frame >= coalesce((SELECT max(first_frame) FROM main.packet_chunk "
    "WHERE source = ?1 AND first_frame <= ?2), 0) "
    "AND first_frame <= ?3 AND last_frame >= ?2 "
    "AND (?4 IS NULL OR max_ns >= ?4) AND (?5 IS NULL OR min_ns <= ?5) "
    "ORDER BY source, first_frame";

/* The same, the last chunk first. */
static const char back_sql[] =
    "SELECT source, data, first_frame FROM main.packet_chunk WHERE source = ?1 "
    "AND first_frame >= coalesce((SELECT max(first_frame) FROM main.packet_chunk "
    "WHERE source = ?1 AND first_frame <= ?2), 0) "
    "AND first_frame <= ?3 AND last_frame >= ?2 "
    "AND (?4 IS NULL OR max_ns >= ?4) AND (?5 IS NULL OR min_ns <= ?5) "
    "ORDER BY source DESC, first_frame DESC";

/* A bound that is no whole number (2.5, text) is left to SQLite, which checks every row. */
static bool is_int(sqlite3_value *v)
{
    return sqlite3_value_type(v) == SQLITE_INTEGER;
}

static void bind_plan(struct cursor *c, int plan, sqlite3_value **args)
{
    sqlite3_value *v[PLAN_KINDS] = { NULL };
    int k, n = 0;

    for (k = 0; k < PLAN_KINDS; k++)
        if (plan >> k & 1)
            v[k] = args[n++];
    c->frame_lo = INT64_MIN;
    c->frame_hi = INT64_MAX;
    if (v[1] && is_int(v[1]))
        c->frame_lo = c->frame_hi = sqlite3_value_int64(v[1]);
    if (v[2] && is_int(v[2]) && sqlite3_value_int64(v[2]) > c->frame_lo)
        c->frame_lo = sqlite3_value_int64(v[2]);
    if (v[3] && is_int(v[3]) && sqlite3_value_int64(v[3]) < c->frame_hi)
        c->frame_hi = sqlite3_value_int64(v[3]);
    if (v[0])
        sqlite3_bind_value(c->chunks, 1, v[0]);
    sqlite3_bind_int64(c->chunks, 2, c->frame_lo);
    sqlite3_bind_int64(c->chunks, 3, c->frame_hi);
    if (v[4] && is_int(v[4]))
        sqlite3_bind_value(c->chunks, 4, v[4]);
    if (v[5] && is_int(v[5]))
        sqlite3_bind_value(c->chunks, 5, v[5]);
}

static int prepare_chunks(struct cursor *c, int plan)
{
    const char *sql = plan & PLAN_BACK ? back_sql : plan & PLAN_SOURCE ? seek_sql : scan_sql;

    c->back = plan & PLAN_BACK;
    if (c->chunks && c->sql == sql)
        return SQLITE_OK;
    sqlite3_finalize(c->chunks);
    c->chunks = NULL;
    c->sql = sql;
    if (!c->packets)
        c->packets = xmalloc(CHUNK_PACKETS * sizeof(*c->packets)); /* chunk_decode fills it */
    return sqlite3_prepare_v2(((struct table *)c->base.pVtab)->db, sql, -1, &c->chunks, NULL);
}

/* A join that asks for frame after frame stays in one chunk for long. */
static bool is_at_hand(struct cursor *c, int plan, unsigned want, sqlite3_value **args)
{
    uint64_t frame;

    if ((plan & 0xff) != (PLAN_SOURCE | PLAN_FRAME) || want != c->want || c->n == 0 ||
        !is_int(args[0]) || !is_int(args[1]) || sqlite3_value_int64(args[0]) != c->source)
        return false;
    frame = (uint64_t)sqlite3_value_int64(args[1]);
    if (frame < c->packets[0].frame_no || frame > c->packets[c->n - 1].frame_no)
        return false;
    c->at = (size_t)(frame - c->packets[0].frame_no);
    if (c->at >= c->n || c->packets[c->at].frame_no != frame)
        c->at = 0;
    c->frame_lo = c->frame_hi = (int64_t)frame;
    return true;
}

static int vtab_filter(sqlite3_vtab_cursor *base, int plan, const char *name, int argc,
                       sqlite3_value **args)
{
    struct cursor *c = (struct cursor *)base;
    unsigned want = (unsigned)plan >> PLAN_NEEDS_SHIFT;
    int rc;

    (void)name;
    /* No comparison with NULL is true: a join that has no frame to ask for costs nothing. */
    c->eof = true;
    for (rc = 0; rc < argc; rc++)
        if (sqlite3_value_type(args[rc]) == SQLITE_NULL)
            return SQLITE_OK;
    c->eof = false;
    c->alone = is_at_hand(c, plan, want, args);
    if (c->alone)
        return next_packet(c);
    rc = prepare_chunks(c, plan);
    if (rc)
        return rc;
    sqlite3_reset(c->chunks);
    sqlite3_clear_bindings(c->chunks);
    c->want = want;
    c->n = c->at = 0;
    bind_plan(c, plan, args);
    return next_packet(c);
}

static int vtab_next(sqlite3_vtab_cursor *base)
{
    struct cursor *c = (struct cursor *)base;

    c->at++;
    return next_packet(c);
}

static int vtab_eof(sqlite3_vtab_cursor *base)
{
    return ((struct cursor *)base)->eof;
}

static void result_if(sqlite3_context *ctx, bool known, int64_t v)
{
    if (known)
        sqlite3_result_int64(ctx, v);
}

static int64_t radio_value(const struct store_packet *p, int column)
{
    switch (column) {
    case COL_CHANNEL:
        return p->channel;
    case COL_FREQUENCY:
        return p->frequency_mhz;
    case COL_RATE:
        return p->rate_kbps;
    case COL_MCS:
        return p->mcs;
    case COL_SIGNAL:
        return p->signal_dbm;
    case COL_NOISE:
        return p->noise_dbm;
    default:
        return p->signal_percent;
    }
}

static int vtab_column(sqlite3_vtab_cursor *base, sqlite3_context *ctx, int column)
{
    const struct cursor *c = (const struct cursor *)base;
    const struct store_packet *p = &c->packets[c->at];

    switch (column) {
    case COL_SOURCE:
        sqlite3_result_int64(ctx, c->source);
        break;
    case COL_FRAME:
        sqlite3_result_int64(ctx, (int64_t)p->frame_no);
        break;
    case COL_TIME:
        result_if(ctx, p->has_time, p->time_ns);
        break;
    case COL_WIRE_LEN:
        sqlite3_result_int64(ctx, p->wire_len);
        break;
    case COL_CAP_LEN:
        sqlite3_result_int64(ctx, p->cap_len);
        break;
    case COL_INTERFACE:
        result_if(ctx, p->interface_no != STORE_NO_INTERFACE, p->interface_no);
        break;
    case COL_OFFSET:
        sqlite3_result_int64(ctx, (int64_t)p->offset);
        break;
    case COL_FLOW:
        result_if(ctx, p->flow != 0, p->flow);
        break;
    case COL_FROM_B:
        result_if(ctx, p->flow != 0, p->from_b);
        break;
    case COL_MARKS:
        sqlite3_result_int64(ctx, p->marks);
        break;
    case COL_TROUBLE:
        sqlite3_result_int64(ctx, p->trouble);
        break;
    case COL_LINKTYPE:
        sqlite3_result_int64(ctx, p->linktype);
        break;
    default:
        result_if(ctx, p->radio_known >> (column - COL_CHANNEL) & 1, radio_value(p, column));
        break;
    }
    return SQLITE_OK;
}

static int vtab_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    const struct cursor *c = (const struct cursor *)base;

    *out = (sqlite3_int64)((uint64_t)c->source << 40 ^ c->packets[c->at].frame_no);
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .xConnect = vtab_connect, /* no xCreate: it is there without CREATE, and only so */
    .xDisconnect = vtab_disconnect,
    .xBestIndex = vtab_best_index,
    .xOpen = vtab_open,
    .xClose = vtab_close,
    .xFilter = vtab_filter,
    .xNext = vtab_next,
    .xEof = vtab_eof,
    .xColumn = vtab_column,
    .xRowid = vtab_rowid,
};

int packet_vtab_register(struct sqlite3 *db)
{
    return sqlite3_create_module_v2(db, "packet", &module, NULL, NULL);
}
