/* ladder_head: whose conversation it is, and which other capture saw it. */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "frame/ladder_inside.h"
#include "frame/words.h"
#include "store/sql.h"
#include "store/store.h"

static void source_name(struct store *s, uint32_t id, char *out, size_t len)
{
    struct source src;

    *out = '\0';
    if (store_source(s, id, &src, NULL) == ERR_OK)
        words_copy(out, len, src.name ? src.name : src.path ? src.path : "");
}

static void copy_head(struct ladder *l)
{
    const struct side_flow *f = &l->side[0].head;
    struct ladder_head *h = &l->head;
    int i;

    source_name(l->store, h->source, h->source_name, sizeof(h->source_name));
    memcpy(h->proto, f->proto, sizeof(h->proto));
    memcpy(h->app, f->app, sizeof(h->app));
    memcpy(h->tunnel, f->tunnel, sizeof(h->tunnel));
    memcpy(h->end, f->end, sizeof(h->end));
    h->life = f->life;
    h->has_time = f->has_time;
    h->first_ns = f->first_ns;
    h->last_ns = f->last_ns;
    for (i = 0; i < 2; i++) {
        h->n_frames[i] = f->n_frames[i];
        h->n_bytes[i] = f->n_bytes[i];
    }
    h->opened_flow = l->side[0].about.opened_flow;
    h->opened_frame = l->side[0].about.opened_frame;
}

/* -- the other vantage ------------------------------------------------------------------------- */

static const char lost_by_sql[] =
    "SELECT from_source FROM pair_lost l JOIN packet p ON p.source = l.from_source AND "
    "p.frame = l.frame WHERE l.from_source IN (?1, ?2) AND l.to_source IN (?1, ?2) AND "
    "l.flow = iif(l.from_source = ?1, ?3, ?4) AND p.from_b = ?5 ORDER BY l.id LIMIT 1";

/* Frames of this end were lost on their way: the source that has them is nearer.  0: none was. */
static uint32_t lost_by(struct ladder *l, unsigned end)
{
    sqlite3_stmt *st = NULL;
    uint32_t source = 0;

    if (sql_prepare(store_db(l->store), lost_by_sql, &st, NULL))
        return 0;
    sqlite3_bind_int64(st, 1, l->head.source);
    sqlite3_bind_int64(st, 2, l->head.other_source);
    sqlite3_bind_int64(st, 3, l->head.flow);
    sqlite3_bind_int64(st, 4, l->head.other_flow);
    sqlite3_bind_int64(st, 5, end);
    if (sql_step(st, NULL) == 1)
        source = (uint32_t)sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return source;
}

/*
 * Which capture is nearer to which end: the one from which its frames were lost; else the one that
 * saw the first frame of a earlier.  (If the clocks cannot tell, both saw the same.)
 */
static void find_near(struct ladder *l)
{
    uint32_t here = l->head.source, a = lost_by(l, 0), b = lost_by(l, 1);
    const struct side_flow *f = &l->side[0].head, *g = &l->side[1].head;
    unsigned side_a;

    if (a)
        side_a = a != here;
    else if (b)
        side_a = b == here;
    else
        side_a = f->has_time && g->has_time && side_time(&l->side[1], g->first_ns) < f->first_ns;
    l->near[0] = side_a;
    l->near[1] = !side_a;
}

static int open_other(struct ladder *l, uint32_t source, uint32_t flow, struct err *err)
{
    struct ladder_head *h = &l->head;
    struct side *here = &l->side[0], *there = &l->side[1];
    int rc = side_open(there, l->store, NULL, source, flow, &l->watch, err);

    if (rc)
        return rc;
    h->other_source = source;
    h->other_flow = flow;
    source_name(l->store, source, h->other_name, sizeof(h->other_name));
    there->pair = &l->pair;
    there->pair_side = l->pair.source[1] == source;
    h->compared = l->pair.compared;
    h->clock_error_ns = l->pair.error_ns;
    rc = side_read_lost(here, source, err);
    if (!rc)
        rc = side_read_lost(there, h->source, err);
    h->n_lost[0] = here->n_lost;
    h->n_lost[1] = there->n_lost;
    h->lost_cut = here->lost_cut || there->lost_cut;
    if (!rc)
        rc = twin_open(&l->twin, there, &l->watch, err);
    if (flow)
        find_near(l);
    h->near[0] = l->near[0] ? source : h->source;
    h->near[1] = l->near[1] ? source : h->source;
    return rc;
}

int ladder_find_flow(struct ladder *l, struct frame_reader *r, uint32_t source, uint32_t flow,
                     const struct pairview_life *beside, struct err *err)
{
    uint32_t other = beside ? beside->source : 0, other_flow = beside ? beside->flow : 0;
    int rc = side_open(&l->side[0], l->store, r, source, flow, &l->watch, err);

    l->head.source = source;
    l->head.flow = flow;
    l->head.near[0] = l->head.near[1] = source;
    if (rc)
        return rc;
    copy_head(l);
    rc = flow && !beside
             ? pairview_partner(l->store, l->head.source, l->head.flow, &other, &other_flow, err)
             : ERR_OK;
    if (rc || !other || !other_flow || other == source)
        return rc;
    rc = pairview_of(l->store, source, other, &l->pair, err);
    if (rc != 1)
        return rc < 0 ? rc : ERR_OK; /* lives that name each other, but no common clock */
    /* A case that contradicts itself: the flow is shown as this capture has it. */
    rc = open_other(l, other, other_flow, NULL);
    if (rc == ERR_USAGE) {
        side_close(&l->side[1]);
        rc = ERR_OK;
    }
    return rc ? err_set(err, (enum err_code)rc, "the other capture of this flow cannot be read")
              : ERR_OK;
}

int ladder_find_pair(struct ladder *l, struct frame_reader *r, int64_t pair, struct err *err)
{
    int rc = pairview_read(l->store, pair, &l->pair, err);

    if (rc)
        return rc;
    rc = ladder_find_flow(l, r, l->pair.source[0], 0, NULL, err);
    return rc ? rc : open_other(l, l->pair.source[1], 0, err);
}
