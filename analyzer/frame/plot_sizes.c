/* plot_sizes: sizes of what was lost between two vantages against what was delivered. */
#include "config.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "frame/pairview.h"
#include "frame/plot_inside.h"
#include "frame/vantage_side.h"
#include "frame/watch.h"
#include "store/sql.h"
#include "store/store.h"

#define SIZE_TOP    65535u      /* larger frames count as this size */
#define FRAMES_MAX  (4u << 20)  /* frames looked at; more is told as partial */
#define FLOWS_TOP   (16u << 20) /* flows with a higher number are left out */
#define SENDERS_MAX 64u         /* senders of lost frames that are told apart */
#define POLL_EVERY  4096u

struct sizes {
    struct store *store;
    uint32_t from, to;
    struct pairview pair;
    uint64_t *count[2]; /* by size: lost, delivered */
    char (*senders)[64];
    size_t n_senders, cap_senders;
    uint8_t *ends; /* of each flow of `from`: bit 0 a, bit 1 b is such a sender */
    size_t n_flows;
};

static int ask(struct sizes *z, const char *sql, sqlite3_stmt **st, struct err *err)
{
    int rc = sql_prepare(store_db(z->store), sql, st, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(*st, 1, z->from);
    if (sqlite3_bind_parameter_count(*st) > 1)
        sqlite3_bind_int64(*st, 2, z->to);
    return ERR_OK;
}

static uint32_t size_of(int64_t size)
{
    return size < 0 ? 0 : size > (int64_t)SIZE_TOP ? SIZE_TOP : (uint32_t)size;
}

static int read_lost(struct sizes *z, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc =
        ask(z, "SELECT size FROM pair_lost WHERE from_source = ?1 AND to_source = ?2", &st, err);

    while (!rc && (rc = sql_step(st, err)) == 1) {
        z->count[0][size_of(sqlite3_column_int64(st, 0))]++;
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc;
}

/* Who sent what was lost: only these senders' frames go in this direction for sure. */
static const char senders_sql[] =
    "SELECT DISTINCT iif(p.from_b, f.b, f.a) FROM pair_lost l JOIN packet p ON p.source = "
    "l.from_source AND p.frame = l.frame JOIN flow f ON f.source = p.source AND f.id = p.flow "
    "WHERE l.from_source = ?1 AND l.to_source = ?2 LIMIT 64";

static int read_senders(struct sizes *z, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = ask(z, senders_sql, &st, err);

    z->senders = xcalloc(SENDERS_MAX, sizeof(*z->senders));
    while (!rc && z->n_senders < SENDERS_MAX && (rc = sql_step(st, err)) == 1) {
        const char *name = sql_text(st, 0);

        if (strlen(name) < sizeof(z->senders[0]))
            strcpy(z->senders[z->n_senders++], name);
        rc = ERR_OK;
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : ERR_OK;
}

static bool is_sender(const struct sizes *z, const char *name)
{
    size_t i;

    for (i = 0; i < z->n_senders; i++)
        if (strcmp(z->senders[i], name) == 0)
            return true;
    return false;
}

/* 1 if all were read, 0: stopped. */
static int read_flows(struct sizes *z, const struct watch *w, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t n = 0, cap = 0;
    int rc = ask(z, "SELECT id, a, b FROM flow WHERE source = ?1 ORDER BY id", &st, err);

    while (!rc && (rc = sql_step(st, err)) == 1) {
        int64_t id = sqlite3_column_int64(st, 0);

        rc = ERR_OK;
        if (++n % POLL_EVERY == 0 && watch_stops(w, 0, 0)) {
            sqlite3_finalize(st);
            return 0;
        }
        if (id <= 0 || id >= (int64_t)FLOWS_TOP)
            continue;
        while (z->n_flows <= (size_t)id)
            VEC_PUSH(z->ends, z->n_flows, cap, 0);
        z->ends[id] = (uint8_t)(is_sender(z, sql_text(st, 1)) | is_sender(z, sql_text(st, 2)) << 1);
    }
    sqlite3_finalize(st);
    return rc < 0 ? rc : 1;
}

static bool counts(const struct sizes *z, const struct side *v)
{
    const struct store_packet *p = &v->row;
    int64_t ns = side_time(v, p->time_ns);

    return p->has_time && p->flow && p->flow < z->n_flows && z->ends[p->flow] >> p->from_b & 1 &&
           !side_is_lost(v, p->frame_no) && ns >= z->pair.from_ns && ns <= z->pair.to_ns;
}

static int read_delivered(struct sizes *z, struct frame_reader *r, const struct watch *w,
                          struct plot *out, struct err *err)
{
    struct side v;
    size_t n = 0;
    int rc = side_open(&v, z->store, r, z->from, 0, w, err);

    if (!rc)
        rc = side_read_lost(&v, z->to, err);
    if (z->pair.source[1] == z->from) {
        v.pair = &z->pair;
        v.pair_side = 1;
    }
    while (!rc && (rc = side_take(&v, true, err)) == 1) {
        rc = ERR_OK;
        if (++n > FRAMES_MAX) {
            out->partial = true;
            break;
        }
        if (!counts(z, &v))
            continue;
        out->approximate = out->approximate || !v.has_packet;
        z->count[1][size_of(v.has_packet ? v.packet.true_len : v.row.wire_len)]++;
    }
    side_close(&v);
    return rc;
}

static void draw(const struct sizes *z, size_t max, struct plot *out)
{
    uint32_t size;
    unsigned k;

    for (size = 0; size <= SIZE_TOP; size++)
        for (k = 0; k < 2; k++)
            if (z->count[k][size])
                plot_add(out, max,
                         (struct plot_point){ .x = size,
                                              .y = (int64_t)z->count[k][size],
                                              .kind = k ? PLOT_DELIVERED : PLOT_LOST });
}

int plot_sizes(struct store *s, struct frame_reader *r, uint32_t from_source, uint32_t to_source,
               size_t max, const struct watch *w, struct plot *out, struct err *err)
{
    struct sizes z = { .store = s, .from = from_source, .to = to_source };
    int rc;

    *out = (struct plot){ 0 };
    max = plot_bounded(max);
    rc = pairview_of(s, from_source, to_source, &z.pair, err);
    if (rc <= 0)
        return rc ? rc : err_set(err, ERR_USAGE, "these two are no vantages of one network");
    z.count[0] = xcalloc(SIZE_TOP + 1u, sizeof(uint64_t));
    z.count[1] = xcalloc(SIZE_TOP + 1u, sizeof(uint64_t));
    rc = read_lost(&z, err);
    if (!rc)
        rc = read_senders(&z, err);
    if (!rc)
        rc = read_flows(&z, w, err);
    out->partial = rc == 0;
    if (rc == 1)
        rc = read_delivered(&z, r, w, out, err);
    if (rc == ERR_STOPPED) {
        out->partial = true;
        rc = ERR_OK;
    }
    draw(&z, max, out);
    plot_settle(out, max);
    free(z.count[0]);
    free(z.count[1]);
    free(z.senders);
    free(z.ends);
    return rc;
}
