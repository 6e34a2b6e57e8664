#include "config.h"

#include "frame/scan.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/mem.h"
#include "frame/watch.h"
#include "store/packet_chunk.h"
#include "store/sql.h"

#define WANTED                                                                                     \
    (1u << CHUNK_FRAME | 1u << CHUNK_HAS_TIME | 1u << CHUNK_TIME | 1u << CHUNK_WIRE_LEN |          \
     1u << CHUNK_CAP_LEN | 1u << CHUNK_INTERFACE | 1u << CHUNK_OFFSET | 1u << CHUNK_FLOW |         \
     1u << CHUNK_MARKS | 1u << CHUNK_TROUBLE | 1u << CHUNK_LINKTYPE)

/* ?2 is where to look for the chunk that holds a frame, or behind which chunk to go on. */
static const char chunk_sql[] =
    "SELECT first_frame, data FROM packet_chunk WHERE source = ?1 AND first_frame >= "
    "iif(?3, coalesce((SELECT max(first_frame) FROM packet_chunk WHERE source = ?1 AND "
    "first_frame <= ?2), 0), ?2) AND first_frame <= ?4 ORDER BY first_frame LIMIT 1";

void scan_start(struct scan *c, struct store *s, uint32_t source, uint32_t flow, uint64_t first,
                uint64_t last, const struct watch *w)
{
    *c = (struct scan){ .store = s,
                        .source = source,
                        .flow = flow,
                        .first = first,
                        .last = last < INT64_MAX ? last : INT64_MAX - 1,
                        .watch = w,
                        .from = first };
}

void scan_end(struct scan *c)
{
    sqlite3_finalize(c->chunk);
    free(c->packets);
    c->chunk = NULL;
    c->packets = NULL;
}

void scan_seek(struct scan *c, uint64_t frame_no)
{
    if (frame_no < c->first)
        frame_no = c->first;
    c->from = frame_no;
    if (c->n && frame_no >= c->packets[0].frame_no && frame_no <= c->packets[c->n - 1].frame_no) {
        c->at = 0;
        return;
    }
    c->n = c->at = 0;
    c->chunk_from = 0;
    c->ended = false;
}

static bool has_flow(const struct scan *c)
{
    size_t i;

    for (i = 0; i < c->n; i++)
        if (c->packets[i].flow == c->flow)
            return true;
    return false;
}

/* Times so far out that their differences would not fit are of a stranger's making. */
static void tame_times(struct scan *c)
{
    size_t i;

    for (i = 0; i < c->n; i++)
        c->packets[i].time_ns = scan_tame(c->packets[i].time_ns);
}

/* Unpacks the chunk that the statement stands on; one without the flow is left empty. */
static int unpack(struct scan *c, struct err *err)
{
    const void *data = sqlite3_column_blob(c->chunk, 1);
    size_t len = (size_t)sqlite3_column_bytes(c->chunk, 1);
    int rc = ERR_OK;

    c->at = c->n = 0;
    if (c->flow) {
        rc = chunk_decode(data, len, 1u << CHUNK_FLOW, c->packets, &c->n);
        if (!rc && !has_flow(c)) {
            c->n = 0;
            return ERR_OK;
        }
    }
    if (!rc)
        rc = chunk_decode(data, len, WANTED, c->packets, &c->n);
    tame_times(c);
    return rc ? err_set(err, ERR_FORMAT, "the packet index is damaged") : ERR_OK;
}

/* 1: another chunk, maybe empty. */
static int next_chunk(struct scan *c, struct err *err)
{
    uint64_t at = c->chunk_from ? c->chunk_from : c->from;
    int rc = c->chunk ? ERR_OK : sql_prepare(store_db(c->store), chunk_sql, &c->chunk, err);

    if (rc)
        return rc;
    if (at > c->last || c->from > c->last || c->ended)
        return 0;
    if (watch_stops(c->watch, at - c->first, c->last - c->first))
        return err_set(err, ERR_STOPPED, "stopped");
    if (!c->packets)
        c->packets = xcalloc(CHUNK_PACKETS, sizeof(*c->packets));
    sqlite3_bind_int64(c->chunk, 1, c->source);
    sqlite3_bind_int64(c->chunk, 2, (int64_t)at);
    sqlite3_bind_int(c->chunk, 3, c->chunk_from == 0);
    sqlite3_bind_int64(c->chunk, 4, (int64_t)c->last);
    rc = sql_step(c->chunk, err);
    if (rc == 1) {
        int64_t first = sqlite3_column_int64(c->chunk, 0);

        c->chunk_from = first < 0 ? 1 : (uint64_t)first + 1;
        rc = unpack(c, err);
        rc = rc ? rc : 1;
    }
    c->ended = rc == 0;
    sqlite3_reset(c->chunk);
    return rc;
}

int scan_peek(struct scan *c, const struct store_packet **out, struct err *err)
{
    for (;;) {
        int rc;

        for (; c->at < c->n; c->at++) {
            const struct store_packet *p = &c->packets[c->at];

            if (p->frame_no < c->from || (c->flow && p->flow != c->flow))
                continue;
            if (p->frame_no > c->last)
                return 0;
            *out = p;
            return 1;
        }
        rc = next_chunk(c, err);
        if (rc <= 0)
            return rc;
    }
}

void scan_take(struct scan *c)
{
    if (c->at < c->n)
        c->from = c->packets[c->at++].frame_no + 1;
}
