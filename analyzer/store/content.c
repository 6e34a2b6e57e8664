/* content: what a source holds beside its facts: flows, interfaces, exhibits, comments, packets. */
#include "config.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdlib.h>
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

/* By enum store_insert. */
static const struct insert inserts[INSERTS] = {
    [INSERT_FLOW] = { .table = "flow" },
    [INSERT_INTERFACE] = { .table = "interface", .or_else = "OR REPLACE" },
    [INSERT_EXHIBIT] = { .table = "exhibit", .or_else = "OR IGNORE" },
    [INSERT_COMMENT] = { .table = "comment" },
    [INSERT_CHUNK] = { .table = "packet_chunk" },
    [INSERT_SECRET] = { .table = "secret" },
};

void content_open(struct store *s)
{
    memcpy(s->inserts, inserts, sizeof(inserts));
}

void content_close(struct store *s)
{
    size_t i;

    for (i = 0; i < INSERTS; i++)
        sqlite3_finalize(s->inserts[i].st);
    sqlite3_finalize(s->packet_of);
    free(s->packets);
}

void store_put_interface(struct store *s, const struct store_interface *i)
{
    row_start(s, &s->inserts[INSERT_INTERFACE]);
    row_int(s, i->interface_no);
    row_int(s, i->section_no);
    row_int(s, i->linktype);
    row_int(s, i->snap_len);
    row_int(s, (int64_t)i->ticks_per_s);
    row_word(s, i->name);
    row_word(s, i->description);
    row_word(s, i->link);
    row_end(s);
}

void store_put_flow(struct store *s, const struct store_flow *f)
{
    s->lives[0]++;
    s->lives[1] += f->set_up;
    s->lives[2] += f->outstanding;
    s->lives[3] += f->a_frames && f->b_frames;
    row_start(s, &s->inserts[INSERT_FLOW]);
    row_int(s, f->id);
    row_word(s, f->proto ? f->proto : "");
    row_word(s, f->a ? f->a : "");
    row_word(s, f->b ? f->b : "");
    row_int_if(s, f->has_ports, f->a_port);
    row_int_if(s, f->has_ports, f->b_port);
    row_int_if(s, f->vlan != 0, f->vlan);
    row_int(s, f->life);
    row_int(s, (int64_t)f->first_frame);
    row_int(s, (int64_t)f->last_frame);
    row_int_if(s, f->has_time, f->first_ns);
    row_int_if(s, f->has_time, f->last_ns);
    row_int(s, (int64_t)f->a_frames);
    row_int(s, (int64_t)f->b_frames);
    row_int(s, (int64_t)f->a_bytes);
    row_int(s, (int64_t)f->b_bytes);
    row_int(s, (int64_t)f->copies);
    row_word(s, f->app);
    row_word(s, f->app_by);
    row_int(s, f->a_opened);
    row_int(s, f->set_up);
    row_int(s, f->outstanding);
    row_word(s, f->end);
    row_word(s, f->tunnel);
    row_end(s);
}

/* Puts the cursor on the first packet from `frame_no` on; false: there is none. */
static bool seek_packet(struct store *s, uint64_t frame_no)
{
    store_flush_packets(s);
    rows_settle(s);
    s->reading = true;
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
    s->reading = false;
}

void store_flows_over(struct store *s)
{
    rows_flows_over(s);
}

void store_put_exhibit(struct store *s, uint64_t frame_no, uint16_t linktype, uint32_t wire_len,
                       const void *bytes, size_t len, bool masked)
{
    row_start(s, &s->inserts[INSERT_EXHIBIT]);
    row_int(s, (int64_t)frame_no);
    row_int(s, linktype);
    row_int(s, wire_len);
    row_int(s, masked);
    row_blob(s, bytes, len);
    row_end(s);
}

void store_put_secret(struct store *s, uint64_t first_frame, uint64_t last_frame, uint32_t at,
                      uint32_t len)
{
    row_start(s, &s->inserts[INSERT_SECRET]);
    row_int(s, (int64_t)++s->last_secret);
    row_int(s, (int64_t)first_frame);
    row_int(s, (int64_t)last_frame);
    row_int_if(s, len != 0, at);
    row_int_if(s, len != 0, len);
    row_end(s);
}

void store_put_comment(struct store *s, const char *of, uint64_t frame_no, const void *text,
                       size_t len)
{
    row_start(s, &s->inserts[INSERT_COMMENT]);
    row_int(s, (int64_t)++s->last_comment);
    row_word(s, of);
    row_int_if(s, frame_no != 0, (int64_t)frame_no);
    row_text(s, len ? text : "", len);
    row_end(s);
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
    int64_t min = 0, max = 0, bytes = 0, resent = 0, resets = 0;
    bool has_time = false;
    size_t i;

    if (!s->n_packets)
        return;
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
    row_start(s, &s->inserts[INSERT_CHUNK]);
    row_int(s, (int64_t)s->packets[0].frame_no);
    row_int(s, (int64_t)s->packets[s->n_packets - 1].frame_no);
    row_int_if(s, has_time, min);
    row_int_if(s, has_time, max);
    row_packets(s, s->packets, s->n_packets);
    row_int(s, bytes);
    row_int(s, resent);
    row_int(s, resets);
    row_end(s);
    s->n_packets = 0;
}
