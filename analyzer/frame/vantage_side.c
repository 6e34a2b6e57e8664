#include "config.h"

#include "frame/vantage_side.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "frame/frame.h"
#include "frame/ladder.h"
#include "frame/words.h"
#include "store/sql.h"
#include "store/store.h"

/* -- the flow ---------------------------------------------------------------------------------- */

static const char flow_sql[] =
    "SELECT proto, app, tunnel, a, a_port, b, b_port, life, first_frame, last_frame, a_frames, "
    "b_frames, a_bytes, b_bytes, copies, first_ns, last_ns FROM flow WHERE source = ?1 AND id = ?2";

static void end_name(sqlite3_stmt *st, int column, char *out, size_t len)
{
    bool port = sqlite3_column_type(st, column + 1) != SQLITE_NULL;
    bool v6 = port && strchr(sql_text(st, column), ':');

    *out = '\0';
    if (v6)
        words_add(out, len, "[");
    words_column(out + strlen(out), len - strlen(out), st, column);
    if (v6)
        words_add(out, len, "]");
    if (port)
        words_add(out, len, ":%u", (unsigned)sqlite3_column_int(st, column + 1) & 0xffff);
}

static uint64_t count(sqlite3_stmt *st, int column)
{
    int64_t v = sqlite3_column_int64(st, column);

    return v < 0 ? 0 : (uint64_t)v;
}

static void read_flow(sqlite3_stmt *st, struct side_flow *h)
{
    int i;

    words_column(h->proto, sizeof(h->proto), st, 0);
    words_column(h->app, sizeof(h->app), st, 1);
    words_column(h->tunnel, sizeof(h->tunnel), st, 2);
    h->life = (uint32_t)sqlite3_column_int64(st, 7);
    h->first_frame = count(st, 8);
    h->last_frame = count(st, 9);
    for (i = 0; i < 2; i++) {
        end_name(st, 3 + 2 * i, h->end[i], sizeof(h->end[i]));
        h->n_frames[i] = count(st, 10 + i);
        h->n_bytes[i] = count(st, 12 + i);
    }
    h->n_copies = count(st, 14);
    h->has_time = sqlite3_column_type(st, 15) != SQLITE_NULL;
    h->first_ns = scan_tame(sqlite3_column_int64(st, 15));
    h->last_ns = scan_tame(sqlite3_column_int64(st, 16));
}

static int find_flow(struct side *v, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(store_db(v->store), flow_sql, &st, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(st, 1, v->source);
    sqlite3_bind_int64(st, 2, v->flow);
    rc = sql_step(st, err);
    if (rc == 1)
        read_flow(st, &v->head);
    sqlite3_finalize(st);
    if (rc == 0)
        rc = err_set(err, ERR_USAGE, "no flow %u in source %u", v->flow, v->source);
    return rc < 0 ? rc : ERR_OK;
}

/* Flow 0: the head is that of the source. */
static int find_source(struct side *v, struct err *err)
{
    struct source src;
    int rc = store_source(v->store, v->source, &src, err);

    if (rc)
        return rc;
    v->head.first_frame = 1;
    v->head.last_frame = INT64_MAX;
    v->head.n_frames[0] = src.packets;
    v->head.has_time = src.has_time;
    v->head.first_ns = scan_tame(src.first_ns);
    v->head.last_ns = scan_tame(src.last_ns);
    return ERR_OK;
}

int side_open(struct side *v, struct store *s, struct frame_reader *r, uint32_t source,
              uint32_t flow, const struct watch *w, struct err *err)
{
    int rc;

    *v = (struct side){ .store = s, .source = source, .flow = flow, .reader = r };
    if (!r)
        v->reader = v->own_reader = frame_reader_new(s, false);
    v->decoder = packet_decoder_new();
    rc = flow ? find_flow(v, err) : find_source(v, err);
    scan_start(&v->scan, s, source, flow, v->head.first_frame, v->head.last_frame, w);
    if (!rc && flow)
        rc = notes_read(s, source, flow, &v->notes, err);
    if (!rc && flow)
        rc = belief_learn(s, source, flow, v->head.proto, v->head.app,
                          strcmp(v->head.end[0], v->head.end[1]) == 0, &v->about, err);
    return rc;
}

void side_close(struct side *v)
{
    scan_end(&v->scan);
    notes_free(&v->notes);
    if (v->decoder)
        packet_decoder_free(v->decoder);
    frame_reader_free(v->own_reader);
    free(v->lost);
    *v = (struct side){ 0 };
}

/* -- losses ------------------------------------------------------------------------------------ */

static const char lost_sql[] =
    "SELECT frame FROM pair_lost WHERE from_source = ?1 AND to_source = ?2 "
    "AND (?3 = 0 OR flow = ?3) AND frame > 0 ORDER BY frame LIMIT ?4";

int side_read_lost(struct side *v, uint32_t to, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t cap = 0;
    int rc;

    if (sql_prepare(store_db(v->store), lost_sql, &st, NULL))
        return ERR_OK; /* a case that was never compared */
    sqlite3_bind_int64(st, 1, v->source);
    sqlite3_bind_int64(st, 2, to);
    sqlite3_bind_int64(st, 3, v->flow);
    sqlite3_bind_int64(st, 4, LADDER_LOST_MAX + 1);
    while ((rc = sql_step(st, err)) == 1) {
        if (v->n_lost == LADDER_LOST_MAX) {
            v->lost_cut = true;
            rc = ERR_OK;
            break;
        }
        VEC_PUSH(v->lost, v->n_lost, cap, (uint64_t)sqlite3_column_int64(st, 0));
    }
    sqlite3_finalize(st);
    return rc;
}

bool side_is_lost(const struct side *v, uint64_t frame_no)
{
    size_t lo = 0, hi = v->n_lost;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (v->lost[mid] < frame_no)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < v->n_lost && v->lost[lo] == frame_no;
}

/* -- frames ------------------------------------------------------------------------------------ */

int64_t side_time(const struct side *v, int64_t ns)
{
    if (!v->pair)
        return ns;
    return v->pair_side ? pairview_to_first(v->pair, ns) : pairview_to_other(v->pair, ns);
}

int64_t side_own_time(const struct side *v, int64_t ns)
{
    if (!v->pair)
        return ns;
    return v->pair_side ? pairview_to_other(v->pair, ns) : pairview_to_first(v->pair, ns);
}

int side_peek(struct side *v, const struct store_packet **row, struct err *err)
{
    return scan_peek(&v->scan, row, err);
}

int side_take(struct side *v, bool decode, struct err *err)
{
    const struct store_packet *row;
    struct frame_view view;
    int rc = scan_peek(&v->scan, &row, err);

    if (rc <= 0)
        return rc;
    v->row = *row;
    v->has_packet = false;
    if (decode) {
        rc = frame_read_headers(v->reader, v->source, &v->row, &view, err);
        if (rc)
            return rc;
        v->has_packet = view.origin != FRAME_MISSING;
    }
    if (v->has_packet) {
        v->frame = (struct frame){ .frame_no = view.frame_no,
                                   .time_ns = view.time_ns,
                                   .has_time = view.has_time,
                                   .wire_len = view.wire_len,
                                   .cap_len = (uint32_t)view.len,
                                   .linktype = view.linktype,
                                   .bytes = view.bytes };
        packet_decode(v->decoder, &v->frame, &v->packet);
    }
    scan_take(&v->scan);
    return 1;
}
