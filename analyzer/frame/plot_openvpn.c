/* plot_openvpn: how full the send windows of a tunnel's control channel were, from the facts. */
#include "config.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "frame/belief_openvpn.h"
#include "frame/plot_inside.h"
#include "frame/scan.h"
#include "store/sql.h"
#include "store/store.h"

#define IDS_MAX 32768u /* packet ids of one flow that are looked at */

enum what { SENT, SENT_AGAIN, ANSWERED };

struct event {
    uint64_t frame_no;
    int64_t ns;
    int64_t negotiation;
    uint32_t id;
    uint8_t what, end;
};

/* The window of one end: ids without an answer, and the first one that was not sent yet. */
struct window {
    int64_t negotiation;
    uint32_t next, open[BELIEF_IDS_MAX];
    unsigned n;
};

static const char ids_sql[] =
    "SELECT i.negotiation, i.sent_by, i.packet_id, i.sent_frame, s.time_ns, i.ack_frame, i.ack_ns, "
    "iif(i.resent > 0, i.last_frame, NULL), l.time_ns FROM openvpn_id i "
    "LEFT JOIN packet s ON s.source = i.source AND s.frame = i.sent_frame "
    "LEFT JOIN packet l ON l.source = i.source AND l.frame = iif(i.resent > 0, i.last_frame, NULL) "
    "WHERE i.source = ?1 AND i.flow = ?2 ORDER BY i.id LIMIT ?3";

struct events {
    struct event *all;
    size_t n, cap;
};

static void add_event(struct events *list, sqlite3_stmt *st, int frame, uint8_t what)
{
    int64_t ns = sqlite3_column_int64(st, frame + 1), id = sqlite3_column_int64(st, 2);
    struct event e = { .frame_no = (uint64_t)sqlite3_column_int64(st, frame),
                       .ns = scan_tame(ns),
                       .negotiation = sqlite3_column_int64(st, 0),
                       .id = (uint32_t)id,
                       .what = what,
                       .end = strcmp(sql_text(st, 1), "b") == 0 };

    if (sqlite3_column_type(st, frame) != SQLITE_NULL &&
        sqlite3_column_type(st, frame + 1) != SQLITE_NULL && id >= 0 && id <= OPENVPN_ID_MAX)
        VEC_PUSH(list->all, list->n, list->cap, e);
}

static int read_events(struct store *s, uint32_t source, uint32_t flow, struct events *list,
                       struct plot *out, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t n = 0;
    int rc;

    if (sql_prepare(store_db(s), ids_sql, &st, NULL))
        return ERR_OK; /* a case without such facts */
    sqlite3_bind_int64(st, 1, source);
    sqlite3_bind_int64(st, 2, flow);
    sqlite3_bind_int64(st, 3, IDS_MAX);
    while ((rc = sql_step(st, err)) == 1) {
        add_event(list, st, 3, SENT);
        add_event(list, st, 5, ANSWERED);
        add_event(list, st, 7, SENT_AGAIN);
        n++;
    }
    sqlite3_finalize(st);
    out->partial = n == IDS_MAX;
    return rc;
}

static int by_frame(const void *x, const void *y)
{
    const struct event *a = x, *b = y;

    if (a->frame_no != b->frame_no)
        return a->frame_no < b->frame_no ? -1 : 1;
    if (a->what != b->what)
        return a->what - b->what;
    return a->id != b->id ? (a->id < b->id ? -1 : 1) : a->end - b->end;
}

static void forget(struct window *w, unsigned i)
{
    memmove(&w->open[i], &w->open[i + 1], (w->n - i - 1u) * sizeof(w->open[0]));
    w->n--;
}

static void change(struct window *w, const struct event *e)
{
    unsigned i;

    if (e->negotiation > w->negotiation)
        *w = (struct window){ .negotiation = e->negotiation };
    if (e->negotiation < w->negotiation)
        return;
    if (e->what == ANSWERED) {
        for (i = 0; i < w->n && w->open[i] != e->id;)
            i++;
        if (i < w->n)
            forget(w, i);
    } else if (e->what == SENT) {
        if (w->n == BELIEF_IDS_MAX)
            forget(w, 0);
        w->open[w->n++] = e->id;
        w->next = e->id + 1 > w->next ? e->id + 1 : w->next;
    }
}

static uint32_t fill_of(const struct window *w)
{
    uint32_t lowest = w->next;
    unsigned i;

    for (i = 0; i < w->n; i++)
        if (w->open[i] < lowest)
            lowest = w->open[i];
    return w->next - lowest;
}

static int flow_start(struct store *s, uint32_t source, uint32_t flow, int64_t *ns, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(store_db(s), "SELECT first_ns FROM flow WHERE source = ?1 AND id = ?2",
                         &st, err);

    if (rc)
        return rc;
    sqlite3_bind_int64(st, 1, source);
    sqlite3_bind_int64(st, 2, flow);
    rc = sql_step(st, err);
    if (rc == 1)
        *ns = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    if (rc == 0)
        return err_set(err, ERR_USAGE, "no flow %u in source %u", flow, source);
    *ns = scan_tame(*ns);
    return rc < 0 ? rc : ERR_OK;
}

int plot_openvpn(struct store *s, uint32_t source, uint32_t flow, size_t max, struct plot *out,
                 struct err *err)
{
    struct window window[2] = { { 0 } };
    struct events list = { 0 };
    size_t i;
    int rc;

    *out = (struct plot){ 0 };
    max = plot_bounded(max);
    rc = flow_start(s, source, flow, &out->origin_ns, err);
    if (!rc)
        rc = read_events(s, source, flow, &list, out, err);
    if (list.n)
        qsort(list.all, list.n, sizeof(list.all[0]), by_frame);
    for (i = 0; i < list.n; i++) {
        const struct event *e = &list.all[i];
        struct plot_point p = {
            .x = e->ns - out->origin_ns, .frame_no = e->frame_no, .kind = PLOT_FILL, .end = e->end
        };

        change(&window[e->end], e);
        p.y = fill_of(&window[e->end]);
        plot_add(out, max, p);
        if (e->what != SENT_AGAIN)
            continue;
        p.kind = PLOT_STUCK;
        p.y = e->id;
        plot_add(out, max, p);
    }
    free(list.all);
    plot_settle(out, max);
    return rc;
}
