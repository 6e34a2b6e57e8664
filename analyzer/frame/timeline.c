#include "config.h"

#include "frame/timeline.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "flow/tcp.h"
#include "frame/scan.h"
#include "frame/words.h"
#include "store/packet_chunk.h"
#include "store/sql.h"
#include "store/store.h"

#define POLL_EVERY 256u /* rows between two looks at the watch */

struct reading {
    struct store *store;
    const struct timeline_query *q;
    struct timeline *out;
    bool share; /* no chunk is unpacked that has sums */
    sqlite3_stmt *data;
    struct store_packet *packets; /* of a chunk that is unpacked */
    uint64_t done, total;         /* frames of the captures in question */
};

/* -- times ------------------------------------------------------------------------------------- */

int timeline_range(struct store *s, uint32_t source, int64_t *from_ns, int64_t *to_ns,
                   struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(store_db(s),
                         "SELECT min(first_ns), max(last_ns) FROM source WHERE kind = 'capture' "
                         "AND (?1 = 0 OR id = ?1)",
                         &st, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(st, 1, source);
    rc = sql_step(st, err);
    if (rc == 1 && sqlite3_column_type(st, 0) == SQLITE_NULL)
        rc = 0;
    if (rc == 1) {
        *from_ns = scan_tame(sqlite3_column_int64(st, 0));
        *to_ns = scan_tame(sqlite3_column_int64(st, 1));
    }
    sqlite3_finalize(st);
    return rc;
}

static uint64_t width_of(const struct timeline *t)
{
    uint64_t span = (uint64_t)(t->to_ns - t->from_ns) + 1;

    return span / t->n_buckets + (span % t->n_buckets != 0);
}

size_t timeline_bucket_of(const struct timeline *t, int64_t ns)
{
    if (!t->n_buckets || ns < t->from_ns || ns > t->to_ns)
        return SIZE_MAX;
    return (size_t)((uint64_t)(ns - t->from_ns) / width_of(t));
}

/* -- traffic ----------------------------------------------------------------------------------- */

static void count_packet(struct reading *r, const struct store_packet *p)
{
    size_t at = p->has_time ? timeline_bucket_of(r->out, scan_tame(p->time_ns)) : SIZE_MAX;
    struct timeline_bucket *b;

    if (at == SIZE_MAX)
        return;
    b = &r->out->buckets[at];
    b->frames++;
    b->bytes += p->wire_len;
    b->resent += (p->marks & TCP_MARKS_RESENT) != 0;
    b->resets += (p->marks & TCP_MARK_RST_ACCEPTED) != 0;
}

/* Unpacks one chunk; a damaged one is passed over, and what is shown is not all. */
static int count_packets(struct reading *r, int64_t source, int64_t first, struct err *err)
{
    unsigned want = 1u << CHUNK_HAS_TIME | 1u << CHUNK_TIME;
    size_t i, n = 0;
    int rc = ERR_OK;

    if (r->q->details)
        want |= 1u << CHUNK_WIRE_LEN | 1u << CHUNK_MARKS;
    if (!r->data)
        rc = sql_prepare(store_db(r->store),
                         "SELECT data FROM packet_chunk WHERE source = ?1 AND first_frame = ?2",
                         &r->data, err);
    if (rc)
        return rc;
    if (!r->packets)
        r->packets = xcalloc(CHUNK_PACKETS, sizeof(*r->packets));
    sqlite3_bind_int64(r->data, 1, source);
    sqlite3_bind_int64(r->data, 2, first);
    rc = sql_step(r->data, err);
    if (rc == 1 &&
        chunk_decode(sqlite3_column_blob(r->data, 0), (size_t)sqlite3_column_bytes(r->data, 0),
                     want, r->packets, &n) != ERR_OK)
        r->out->partial = true;
    sqlite3_reset(r->data);
    for (i = 0; i < n; i++)
        count_packet(r, &r->packets[i]);
    return rc < 0 ? rc : ERR_OK;
}

static const char chunks_sql[] =
    "SELECT source, first_frame, last_frame, min_ns, max_ns, bytes, resent, resets "
    "FROM packet_chunk WHERE (?1 = 0 OR source = ?1) ORDER BY source, first_frame";

/* A case of an older version, opened to be read only, has no sums. */
static const char old_chunks_sql[] =
    "SELECT source, first_frame, last_frame, min_ns, max_ns, NULL, NULL, NULL "
    "FROM packet_chunk WHERE (?1 = 0 OR source = ?1) ORDER BY source, first_frame";

static bool has_sums(sqlite3_stmt *st)
{
    return sqlite3_column_type(st, 5) != SQLITE_NULL;
}

static struct timeline_bucket sums_of(uint64_t frames, sqlite3_stmt *st)
{
    return (struct timeline_bucket){ .frames = frames,
                                     .bytes = (uint64_t)sqlite3_column_int64(st, 5),
                                     .resent = (uint64_t)sqlite3_column_int64(st, 6),
                                     .resets = (uint64_t)sqlite3_column_int64(st, 7) };
}

static void add_sums(struct timeline_bucket *b, const struct timeline_bucket *sums)
{
    b->frames += sums->frames;
    b->bytes += sums->bytes;
    b->resent += sums->resent;
    b->resets += sums->resets;
}

/* Nanoseconds of a chunk from its first to `to`; exact where that matters, at its end. */
static double part_of(int64_t min, int64_t to)
{
    return (double)((uint64_t)to - (uint64_t)min + 1);
}

/* What of `n` lies between two parts of its chunk: over all parts it adds up to `n`. */
static uint64_t share(uint64_t n, double from, double to)
{
    return (uint64_t)((double)n * to) - (uint64_t)((double)n * from);
}

/*
 * Shares the sums of a chunk from `min` to `max` out among its buckets, as if its packets were
 * evenly spread.  A chunk is 4096 packets in a row: over a whole case that moves a few of them
 * to the next column, and saves the reading of a blob for each column.
 */
static void share_out(struct timeline *t, int64_t min, int64_t max,
                      const struct timeline_bucket *sums)
{
    int64_t left = min > t->from_ns ? min : t->from_ns, right = max < t->to_ns ? max : t->to_ns;
    size_t i, last = timeline_bucket_of(t, right);
    double whole = part_of(min, max), from = left > min ? part_of(min, left - 1) / whole : 0, to;

    for (i = timeline_bucket_of(t, left); i <= last; i++, from = to) {
        int64_t end = i == last ? right : t->from_ns + (int64_t)(width_of(t) * (i + 1)) - 1;
        struct timeline_bucket part;

        to = part_of(min, end) / whole;
        part = (struct timeline_bucket){ .frames = share(sums->frames, from, to),
                                         .bytes = share(sums->bytes, from, to),
                                         .resent = share(sums->resent, from, to),
                                         .resets = share(sums->resets, from, to) };
        add_sums(&t->buckets[i], &part);
        t->buckets[i].shared = true;
    }
    t->n_shared++;
}

/* 1: go on, 0: stopped. */
static int count_chunk(struct reading *r, sqlite3_stmt *st, struct err *err)
{
    int64_t first = sqlite3_column_int64(st, 1), last = sqlite3_column_int64(st, 2);
    int64_t min = scan_tame(sqlite3_column_int64(st, 3)),
            max = scan_tame(sqlite3_column_int64(st, 4));
    uint64_t frames = last >= first && first > 0 && last - first < (int64_t)CHUNK_PACKETS
                          ? (uint64_t)(last - first) + 1
                          : 0;
    size_t from = timeline_bucket_of(r->out, min), to = timeline_bucket_of(r->out, max);
    struct timeline_bucket sums = sums_of(frames, st);
    bool inside = from == to && from != SIZE_MAX;
    int rc;

    r->done += frames;
    if (sqlite3_column_type(st, 3) == SQLITE_NULL || max < r->out->from_ns || min > r->out->to_ns)
        return 1;
    if (inside && (has_sums(st) || !r->q->details)) {
        add_sums(&r->out->buckets[from], &sums);
        return 1;
    }
    if (r->share && has_sums(st) && max >= min) {
        share_out(r->out, min, max, &sums);
        return 1;
    }
    rc = count_packets(r, sqlite3_column_int64(st, 0), first, err);
    if (rc)
        return rc;
    return !watch_stops(r->q->watch, r->done, r->total);
}

static int count_chunks(struct reading *r, struct err *err)
{
    sqlite3_stmt *st = NULL;
    unsigned n = 0;
    int rc = ERR_OK;

    r->done = 0;
    if (sql_prepare(store_db(r->store), chunks_sql, &st, NULL))
        rc = sql_prepare(store_db(r->store), old_chunks_sql, &st, err);
    if (rc)
        return rc;
    sqlite3_bind_int64(st, 1, r->q->source);
    while ((rc = sql_step(st, err)) == 1) {
        rc = count_chunk(r, st, err);
        if (rc == 1 && ++n % POLL_EVERY == 0)
            rc = !watch_stops(r->q->watch, r->done, r->total);
        if (rc <= 0) {
            r->out->partial = r->out->partial || rc == 0;
            break;
        }
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

static void forget_traffic(struct timeline *t)
{
    size_t i;

    for (i = 0; i < t->n_buckets; i++) {
        struct timeline_bucket *b = &t->buckets[i];

        *b = (struct timeline_bucket){ .lost = b->lost, .worst = b->worst };
    }
    t->n_shared = 0;
}

/* The sums first; what lies across buckets is unpacked if it is not too much. */
static int count_traffic(struct reading *r, struct err *err)
{
    int rc;

    r->share = r->q->unpack_most != 0;
    rc = count_chunks(r, err);
    if (rc || r->out->partial || !r->out->n_shared || r->out->n_shared > r->q->unpack_most)
        return rc;
    forget_traffic(r->out);
    r->share = false;
    return count_chunks(r, err);
}

/* -- faults and verdicts ----------------------------------------------------------------------- */

static int count_lost(struct reading *r, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc;

    if (sql_prepare(store_db(r->store),
                    "SELECT time_ns FROM pair_lost WHERE (?1 = 0 OR from_source = ?1) "
                    "AND time_ns BETWEEN ?2 AND ?3",
                    &st, NULL))
        return ERR_OK; /* a case that was never compared */
    sqlite3_bind_int64(st, 1, r->q->source);
    sqlite3_bind_int64(st, 2, r->out->from_ns);
    sqlite3_bind_int64(st, 3, r->out->to_ns);
    while ((rc = sql_step(st, err)) == 1)
        r->out->buckets[timeline_bucket_of(r->out, sqlite3_column_int64(st, 0))].lost++;
    sqlite3_finalize(st);
    return rc;
}

static uint8_t severity_of(const char *name)
{
    static const char *const names[] = { "info", "notice", "warning", "critical" };
    uint8_t i;

    for (i = 0; i < 4; i++)
        if (strcmp(names[i], name) == 0)
            return (uint8_t)(TIMELINE_INFO + i);
    return TIMELINE_NONE;
}

static int by_time(const void *x, const void *y)
{
    const struct timeline_mark *a = x, *b = y;

    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->frame_no != b->frame_no)
        return a->frame_no < b->frame_no ? -1 : 1;
    return strcmp(a->verdict, b->verdict);
}

static const char marks_sql[] =
    "SELECT e.time_ns, v.severity, v.id, v.title, e.source, e.frame, e.line, e.n FROM verdict v "
    "JOIN verdict_evidence e ON e.verdict = v.id WHERE e.time_ns BETWEEN ?2 AND ?3 "
    "AND (?1 = 0 OR e.source = ?1) ORDER BY v.rank, e.n LIMIT ?4";

static void add_mark(struct timeline *t, sqlite3_stmt *st)
{
    struct timeline_mark m = { .time_ns = sqlite3_column_int64(st, 0),
                               .severity = severity_of(sql_text(st, 1)),
                               .source = (uint32_t)sqlite3_column_int64(st, 4),
                               .frame_no = (uint64_t)sqlite3_column_int64(st, 5),
                               .line = (uint64_t)sqlite3_column_int64(st, 6),
                               .first = sqlite3_column_int64(st, 7) == 1 };
    struct timeline_bucket *b = &t->buckets[timeline_bucket_of(t, m.time_ns)];

    words_column(m.verdict, sizeof(m.verdict), st, 2);
    words_column(m.title, sizeof(m.title), st, 3);
    if (m.severity > b->worst)
        b->worst = m.severity;
    VEC_PUSH(t->marks, t->n_marks, t->cap_marks, m);
}

static int read_marks(struct reading *r, struct err *err)
{
    struct timeline *t = r->out;
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(store_db(r->store), marks_sql, &st, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(st, 1, r->q->source);
    sqlite3_bind_int64(st, 2, t->from_ns);
    sqlite3_bind_int64(st, 3, t->to_ns);
    sqlite3_bind_int64(st, 4, TIMELINE_MARKS_MAX + 1);
    while ((rc = sql_step(st, err)) == 1) {
        t->marks_cut = t->n_marks == TIMELINE_MARKS_MAX;
        if (!t->marks_cut)
            add_mark(t, st);
    }
    sqlite3_finalize(st);
    if (t->n_marks)
        qsort(t->marks, t->n_marks, sizeof(t->marks[0]), by_time);
    return rc;
}

/* -- all of it --------------------------------------------------------------------------------- */

static void find_max(struct timeline *t)
{
    size_t i;

    for (i = 0; i < t->n_buckets; i++) {
        if (t->buckets[i].frames > t->max_frames)
            t->max_frames = t->buckets[i].frames;
        if (t->buckets[i].bytes > t->max_bytes)
            t->max_bytes = t->buckets[i].bytes;
    }
}

static uint64_t count_frames(struct store *s, uint32_t source)
{
    sqlite3_stmt *st = NULL;
    uint64_t n = 0;

    if (sql_prepare(store_db(s),
                    "SELECT total(packets) FROM source WHERE kind = 'capture' AND (?1 = 0 OR "
                    "id = ?1)",
                    &st, NULL))
        return 0;
    sqlite3_bind_int64(st, 1, source);
    if (sql_step(st, NULL) == 1)
        n = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}

int timeline_read(struct store *s, const struct timeline_query *q, struct timeline *out,
                  struct err *err)
{
    struct reading r = { .store = s, .q = q, .out = out };
    int rc;

    *out = (struct timeline){ .from_ns = scan_tame(q->from_ns), .to_ns = scan_tame(q->to_ns) };
    if (q->n_buckets == 0 || q->n_buckets > TIMELINE_BUCKETS_MAX || out->to_ns < out->from_ns)
        return err_set(err, ERR_USAGE, "no such span of time, or too many columns");
    out->n_buckets = q->n_buckets;
    out->buckets = xcalloc(q->n_buckets, sizeof(*out->buckets));
    r.total = count_frames(s, q->source);
    /* The small tables first: they are there whenever the counting is stopped. */
    rc = read_marks(&r, err);
    if (!rc)
        rc = count_lost(&r, err);
    if (!rc)
        rc = count_traffic(&r, err);
    find_max(out);
    sqlite3_finalize(r.data);
    free(r.packets);
    return rc;
}

void timeline_free(struct timeline *t)
{
    free(t->buckets);
    free(t->marks);
    *t = (struct timeline){ 0 };
}

int timeline_frame_at(struct store *s, uint32_t source, int64_t ns, uint64_t *frame_no,
                      uint32_t *flow, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(store_db(s),
                         "SELECT frame, flow FROM packet WHERE source = ?1 AND time_ns >= ?2 "
                         "ORDER BY frame LIMIT 1",
                         &st, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(st, 1, source);
    sqlite3_bind_int64(st, 2, ns);
    rc = sql_step(st, err);
    if (rc == 1) {
        *frame_no = (uint64_t)sqlite3_column_int64(st, 0);
        *flow = (uint32_t)sqlite3_column_int64(st, 1);
    }
    sqlite3_finalize(st);
    return rc;
}
