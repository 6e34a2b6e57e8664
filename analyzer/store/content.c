/* content: what a source holds beside its facts: flows, interfaces, exhibits, comments, packets. */
#include "config.h"

#include <assert.h>
#include <sqlite3.h>
#include <string.h>

#include "base/mem.h"
#include "store/inside.h"
#include "store/packet_chunk.h"
#include "store/sql.h"

void store_fail(struct store *s, const struct err *err)
{
    if (!s->failed.code)
        s->failed = *err;
}

struct sqlite3_stmt *store_insert(struct store *s, enum store_insert which, const char *sql)
{
    struct err err = { 0 };

    assert(s->begun);
    if (s->failed.code)
        return NULL;
    if (!s->inserts[which] && sql_prepare(s->db, sql, &s->inserts[which], &err)) {
        store_fail(s, &err);
        return NULL;
    }
    sqlite3_bind_int64(s->inserts[which], 1, s->source);
    return s->inserts[which];
}

void store_run_insert(struct store *s, struct sqlite3_stmt *st)
{
    struct err err = { 0 };

    if (sql_run(st, &err))
        store_fail(s, &err);
}

static void bind_word(struct sqlite3_stmt *st, int at, const char *s)
{
    sql_bind_foreign(st, at, s, s ? strlen(s) : 0);
}

void store_put_interface(struct store *s, const struct store_interface *i)
{
    struct sqlite3_stmt *st =
        store_insert(s, INSERT_INTERFACE,
                     "INSERT OR REPLACE INTO interface VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
                     "?9)");

    if (!st)
        return;
    sqlite3_bind_int64(st, 2, i->interface_no);
    sqlite3_bind_int64(st, 3, i->section_no);
    sqlite3_bind_int64(st, 4, i->linktype);
    sqlite3_bind_int64(st, 5, i->snap_len);
    sqlite3_bind_int64(st, 6, (int64_t)i->ticks_per_s);
    bind_word(st, 7, i->name);
    bind_word(st, 8, i->description);
    bind_word(st, 9, i->link);
    store_run_insert(s, st);
}

void store_put_flow(struct store *s, const struct store_flow *f)
{
    struct sqlite3_stmt *st = store_insert(s, INSERT_FLOW,
                                           "INSERT INTO flow VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, "
                                           "?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
                                           "?19, ?20, ?21, ?22, ?23, ?24, ?25)");

    if (!st)
        return;
    s->lives[0]++;
    s->lives[1] += f->set_up;
    s->lives[2] += f->outstanding;
    s->lives[3] += f->a_frames && f->b_frames;
    late_flow(s);
    sqlite3_bind_int64(st, 2, f->id);
    bind_word(st, 3, f->proto ? f->proto : "");
    bind_word(st, 4, f->a ? f->a : "");
    bind_word(st, 5, f->b ? f->b : "");
    sql_bind_int_if(st, 6, f->has_ports, f->a_port);
    sql_bind_int_if(st, 7, f->has_ports, f->b_port);
    sql_bind_int_if(st, 8, f->vlan != 0, f->vlan);
    sqlite3_bind_int64(st, 9, f->life);
    sqlite3_bind_int64(st, 10, (int64_t)f->first_frame);
    sqlite3_bind_int64(st, 11, (int64_t)f->last_frame);
    sql_bind_int_if(st, 12, f->has_time, f->first_ns);
    sql_bind_int_if(st, 13, f->has_time, f->last_ns);
    sqlite3_bind_int64(st, 14, (int64_t)f->a_frames);
    sqlite3_bind_int64(st, 15, (int64_t)f->b_frames);
    sqlite3_bind_int64(st, 16, (int64_t)f->a_bytes);
    sqlite3_bind_int64(st, 17, (int64_t)f->b_bytes);
    sqlite3_bind_int64(st, 18, (int64_t)f->copies);
    bind_word(st, 19, f->app);
    bind_word(st, 20, f->app_by);
    sqlite3_bind_int64(st, 21, f->a_opened);
    sqlite3_bind_int64(st, 22, f->set_up);
    sqlite3_bind_int64(st, 23, f->outstanding);
    bind_word(st, 24, f->end);
    bind_word(st, 25, f->tunnel);
    store_run_insert(s, st);
}

/* Puts the cursor on the first packet from `frame_no` on; false: there is none. */
static bool seek_packet(struct store *s, uint64_t frame_no)
{
    if (s->n_packets)
        store_flush_packets(s);
    if (!s->packet_of &&
        sql_prepare(s->db,
                    "SELECT frame, offset, cap_len, wire_len, linktype FROM packet "
                    "WHERE source = ?1 AND frame >= ?2 ORDER BY frame",
                    &s->packet_of, NULL))
        return false;
    sqlite3_reset(s->packet_of);
    sqlite3_bind_int64(s->packet_of, 1, s->source);
    sqlite3_bind_int64(s->packet_of, 2, (int64_t)frame_no);
    return sql_step(s->packet_of, NULL) == 1;
}

bool store_packet_of(struct store *s, uint64_t frame_no, struct store_packet *out)
{
    uint64_t at = s->packet_at;
    bool more = true;

    /* A chunk is unpacked whole: going on in it is cheap, looking one up again is not. */
    if (!at || at > frame_no || frame_no - at > CHUNK_PACKETS)
        more = seek_packet(s, frame_no);
    while (more && (at = (uint64_t)sqlite3_column_int64(s->packet_of, 0)) < frame_no)
        more = sql_step(s->packet_of, NULL) == 1;
    s->packet_at = more ? at : 0;
    if (!more || at != frame_no)
        return false;
    *out = (struct store_packet){
        .frame_no = frame_no,
        .offset = (uint64_t)sqlite3_column_int64(s->packet_of, 1),
        .cap_len = (uint32_t)sqlite3_column_int64(s->packet_of, 2),
        .wire_len = (uint32_t)sqlite3_column_int64(s->packet_of, 3),
        .linktype = (uint16_t)sqlite3_column_int64(s->packet_of, 4),
    };
    return true;
}

void store_packet_of_end(struct store *s)
{
    if (s->packet_of)
        sqlite3_reset(s->packet_of);
    s->packet_at = 0;
}

void store_put_exhibit(struct store *s, uint64_t frame_no, uint16_t linktype, uint32_t wire_len,
                       const void *bytes, size_t len, bool masked)
{
    struct sqlite3_stmt *st = store_insert(
        s, INSERT_EXHIBIT, "INSERT OR IGNORE INTO exhibit VALUES(?1, ?2, ?3, ?4, ?5, ?6)");

    if (!st)
        return;
    sqlite3_bind_int64(st, 2, (int64_t)frame_no);
    sqlite3_bind_int64(st, 3, linktype);
    sqlite3_bind_int64(st, 4, wire_len);
    sqlite3_bind_int64(st, 5, masked);
    sqlite3_bind_blob64(st, 6, len ? bytes : "", len, SQLITE_STATIC);
    store_run_insert(s, st);
}

void store_put_secret(struct store *s, uint64_t first_frame, uint64_t last_frame, uint32_t at,
                      uint32_t len)
{
    struct sqlite3_stmt *st =
        store_insert(s, INSERT_SECRET, "INSERT INTO secret VALUES(?1, ?2, ?3, ?4, ?5, ?6)");

    if (!st)
        return;
    sqlite3_bind_int64(st, 2, (int64_t)++s->last_secret);
    sqlite3_bind_int64(st, 3, (int64_t)first_frame);
    sqlite3_bind_int64(st, 4, (int64_t)last_frame);
    sql_bind_int_if(st, 5, len != 0, at);
    sql_bind_int_if(st, 6, len != 0, len);
    store_run_insert(s, st);
}

void store_put_comment(struct store *s, const char *of, uint64_t frame_no, const void *text,
                       size_t len)
{
    struct sqlite3_stmt *st =
        store_insert(s, INSERT_COMMENT, "INSERT INTO comment VALUES(?1, ?2, ?3, ?4, ?5)");

    if (!st)
        return;
    sqlite3_bind_int64(st, 2, (int64_t)++s->last_comment);
    sql_bind_text(st, 3, of);
    sql_bind_int_if(st, 4, frame_no != 0, (int64_t)frame_no);
    sql_bind_foreign(st, 5, len ? text : "", len);
    store_run_insert(s, st);
}

void store_put_packet(struct store *s, const struct store_packet *p)
{
    assert(s->begun);
    if (!s->packets)
        s->packets = xcalloc(CHUNK_PACKETS, sizeof(*s->packets));
    s->packets[s->n_packets++] = *p;
    if (s->n_packets == CHUNK_PACKETS)
        store_flush_packets(s);
}

void store_flush_packets(struct store *s)
{
    struct sqlite3_stmt *st;
    int64_t min = 0, max = 0;
    int64_t bytes = 0, resent = 0, resets = 0;
    bool has_time = false;
    size_t i;

    if (!s->n_packets)
        return;
    st = store_insert(s, INSERT_CHUNK,
                      "INSERT INTO packet_chunk VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    if (st) {
        for (i = 0; i < s->n_packets; i++) {
            const struct store_packet *p = &s->packets[i];

            if (!p->has_time)
                continue;
            min = !has_time || p->time_ns < min ? p->time_ns : min;
            max = !has_time || p->time_ns > max ? p->time_ns : max;
            has_time = true;
            bytes += p->wire_len;
            resent += p->resent;
            resets += p->reset;
        }
        str_clear(&s->blob);
        chunk_encode(s->packets, s->n_packets, &s->blob);
        sqlite3_bind_int64(st, 2, (int64_t)s->packets[0].frame_no);
        sqlite3_bind_int64(st, 3, (int64_t)s->packets[s->n_packets - 1].frame_no);
        sql_bind_int_if(st, 4, has_time, min);
        sql_bind_int_if(st, 5, has_time, max);
        sqlite3_bind_blob64(st, 6, s->blob.s, s->blob.len, SQLITE_STATIC);
        sqlite3_bind_int64(st, 7, bytes);
        sqlite3_bind_int64(st, 8, resent);
        sqlite3_bind_int64(st, 9, resets);
        store_run_insert(s, st);
    }
    s->n_packets = 0;
}
