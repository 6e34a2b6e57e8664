#include "config.h"

#include "frame/frame.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "capture/capture.h"
#include "capture/input.h"
#include "packet/packet.h"
#include "store/sql.h"
#include "store/store.h"

struct frame_reader {
    struct store *store;
    bool secrets;
    uint32_t source;  /* that `in` belongs to, 0: none */
    struct input *in; /* NULL: `why` says why not */
    char why[256];
    uint8_t *bytes;
    size_t cap;
    struct sqlite3_stmt *packet, *exhibit, *secret;
};

struct frame_reader *frame_reader_new(struct store *s, bool secrets)
{
    struct frame_reader *r = xcalloc(1, sizeof(*r));

    r->store = s;
    r->secrets = secrets;
    return r;
}

void frame_reader_free(struct frame_reader *r)
{
    if (!r)
        return;
    sqlite3_finalize(r->packet);
    sqlite3_finalize(r->exhibit);
    sqlite3_finalize(r->secret);
    input_close(r->in);
    free(r->bytes);
    free(r);
}

/* The statement, prepared at its first use, bound to source and frame. */
static int ask(struct frame_reader *r, struct sqlite3_stmt **st, const char *sql, uint32_t source,
               uint64_t frame_no, struct err *err)
{
    int rc = *st ? ERR_OK : sql_prepare(store_db(r->store), sql, st, err);

    if (rc)
        return rc;
    sqlite3_reset(*st);
    sqlite3_bind_int64(*st, 1, source);
    sqlite3_bind_int64(*st, 2, (int64_t)frame_no);
    return ERR_OK;
}

static int read_index(struct frame_reader *r, struct frame_view *v, uint64_t *offset,
                      struct err *err)
{
    int rc =
        ask(r, &r->packet,
            "SELECT time_ns, wire_len, cap_len, linktype, interface, \"offset\", flow, from_b, "
            "marks FROM packet WHERE source = ?1 AND frame = ?2",
            v->source, v->frame_no, err);

    if (rc)
        return rc;
    rc = sql_step(r->packet, err);
    if (rc < 0)
        return ERR_SQL;
    if (rc == 0)
        return err_set(err, ERR_USAGE, "no frame %llu in this source",
                       (unsigned long long)v->frame_no);
    v->has_time = sqlite3_column_type(r->packet, 0) != SQLITE_NULL;
    v->time_ns = sqlite3_column_int64(r->packet, 0);
    v->wire_len = (uint32_t)sqlite3_column_int64(r->packet, 1);
    v->cap_len = (uint32_t)sqlite3_column_int64(r->packet, 2);
    v->linktype = (uint16_t)sqlite3_column_int(r->packet, 3);
    v->interface_no = (uint32_t)sqlite3_column_int64(r->packet, 4);
    *offset = (uint64_t)sqlite3_column_int64(r->packet, 5);
    v->flow = (uint32_t)sqlite3_column_int64(r->packet, 6);
    v->from_b = sqlite3_column_int(r->packet, 7);
    v->marks = (uint32_t)sqlite3_column_int64(r->packet, 8);
    sqlite3_reset(r->packet);
    return ERR_OK;
}

/*
 * A path that does not begin at the root belongs to the folder that the case was made in; the case may
 * have been moved, or be looked at from elsewhere.
 */
static int open_path(struct store *s, const char *path, struct input **out, struct err *err)
{
    struct sqlite3_stmt *st = NULL;
    int rc = input_open(path, out, err);

    if (rc == ERR_OK || path[0] == '/' ||
        sql_prepare(store_db(s), "SELECT DISTINCT folder FROM run ORDER BY id DESC LIMIT 8", &st,
                    NULL))
        return rc;
    while (rc && sql_step(st, NULL) == 1) {
        struct str there = { 0 };

        str_addf(&there, "%s/%s", sql_text(st, 0), path);
        rc = input_open(str_get(&there), out, NULL);
        str_free(&there);
    }
    sqlite3_finalize(st);
    return rc;
}

/*
 * Opens the capture of a source.  It must still be as long as it was: of a file that was written
 * anew an offset says nothing.  (The hash would be sure, and takes seconds on a large file.)
 */
static int open_source(struct frame_reader *r, uint32_t source, struct err *err)
{
    struct source src;
    struct err why = { 0 };
    int rc;

    if (r->source == source)
        return ERR_OK;
    input_close(r->in);
    r->in = NULL;
    r->source = 0;
    r->why[0] = '\0';
    rc = store_source(r->store, source, &src, err);
    if (rc)
        return rc;
    r->source = source;
    if (strcmp(src.path, "-") == 0) {
        snprintf(r->why, sizeof(r->why), "it came from standard input");
    } else if (open_path(r->store, src.path, &r->in, &why)) {
        snprintf(r->why, sizeof(r->why), "%.250s", why.msg);
    } else if (input_is_whole(r->in) && input_len(r->in) != src.size) {
        snprintf(r->why, sizeof(r->why), "%.200s has changed since it was read", src.path);
        input_close(r->in);
        r->in = NULL;
    }
    return ERR_OK;
}

static void keep(struct frame_reader *r, struct frame_view *v, const void *p, size_t len)
{
    if (len > r->cap) {
        r->bytes = xrealloc(r->bytes, len, 1);
        r->cap = len;
    }
    if (len)
        memcpy(r->bytes, p, len);
    v->bytes = r->bytes ? r->bytes : (const uint8_t *)"";
    v->len = len;
}

static bool from_capture(struct frame_reader *r, struct frame_view *v, uint64_t offset)
{
    struct bytes b;

    if (!r->in || v->cap_len > CAPTURE_FRAME_MAX)
        return false;
    b = input_at(r->in, offset, v->cap_len);
    if (b.left < v->cap_len) {
        snprintf(r->why, sizeof(r->why), "the file is shorter than it was");
        return false;
    }
    keep(r, v, b.p, v->cap_len);
    v->origin = FRAME_FROM_CAPTURE;
    return true;
}

static int from_exhibit(struct frame_reader *r, struct frame_view *v, struct err *err)
{
    int rc =
        ask(r, &r->exhibit, "SELECT bytes, masked FROM exhibit WHERE source = ?1 AND frame = ?2",
            v->source, v->frame_no, err);

    if (rc)
        return rc;
    rc = sql_step(r->exhibit, err);
    if (rc < 0)
        return ERR_SQL;
    v->origin = rc ? FRAME_FROM_EXHIBIT : FRAME_MISSING;
    if (rc) {
        keep(r, v, sqlite3_column_blob(r->exhibit, 0), (size_t)sqlite3_column_bytes(r->exhibit, 0));
        v->masked = sqlite3_column_int(r->exhibit, 1);
    }
    sqlite3_reset(r->exhibit);
    return ERR_OK;
}

static void hide(struct frame_reader *r, struct frame_view *v, size_t at, size_t len)
{
    if (at >= v->len)
        return;
    memset(r->bytes + at, '*', len < v->len - at ? len : v->len - at);
    v->masked = true;
}

static uint32_t payload_at(const struct frame_view *v)
{
    struct packet_decoder *d = packet_decoder_new();
    struct frame f = { .frame_no = v->frame_no,
                       .wire_len = v->wire_len,
                       .cap_len = (uint32_t)v->len,
                       .linktype = v->linktype,
                       .bytes = v->bytes };
    struct packet p;
    uint32_t at;

    packet_decode(d, &f, &p);
    at = p.payload_at == UINT32_MAX ? 0 : p.payload_at;
    packet_decoder_free(d);
    return at;
}

static int mask(struct frame_reader *r, struct frame_view *v, struct err *err)
{
    int rc = ask(r, &r->secret,
                 "SELECT \"at\", len FROM secret WHERE source = ?1 AND first_frame <= ?2 AND "
                 "last_frame >= ?2",
                 v->source, v->frame_no, err);

    while (rc == ERR_OK && (rc = sql_step(r->secret, err)) > 0) {
        if (sqlite3_column_type(r->secret, 1) == SQLITE_NULL)
            hide(r, v, payload_at(v), v->len);
        else
            hide(r, v, (size_t)sqlite3_column_int64(r->secret, 0),
                 (size_t)sqlite3_column_int64(r->secret, 1));
        rc = ERR_OK;
    }
    sqlite3_reset(r->secret);
    return rc < 0 ? rc : ERR_OK;
}

/* Everything but masking. */
static int read_bytes(struct frame_reader *r, struct frame_view *v, uint64_t offset,
                      struct err *err)
{
    int rc = open_source(r, v->source, err);

    if (rc || from_capture(r, v, offset))
        return rc;
    snprintf(v->why, sizeof(v->why), "%s", r->why);
    return from_exhibit(r, v, err);
}

int frame_read(struct frame_reader *r, uint32_t source, uint64_t frame_no, struct frame_view *out,
               struct err *err)
{
    uint64_t offset = 0;
    int rc;

    *out = (struct frame_view){ .source = source, .frame_no = frame_no };
    out->bytes = (const uint8_t *)"";
    rc = read_index(r, out, &offset, err);
    if (!rc)
        rc = read_bytes(r, out, offset, err);
    if (rc || r->secrets || out->origin != FRAME_FROM_CAPTURE)
        return rc;
    return mask(r, out, err);
}

int frame_read_headers(struct frame_reader *r, uint32_t source, const struct store_packet *p,
                       struct frame_view *out, struct err *err)
{
    *out = (struct frame_view){ .source = source,
                                .frame_no = p->frame_no,
                                .has_time = p->has_time,
                                .time_ns = p->time_ns,
                                .wire_len = p->wire_len,
                                .cap_len = p->cap_len,
                                .linktype = p->linktype,
                                .interface_no = p->interface_no,
                                .flow = p->flow,
                                .from_b = p->from_b,
                                .marks = p->marks,
                                .bytes = (const uint8_t *)"" };
    return read_bytes(r, out, p->offset, err);
}
