/* packets: the frames of one capture, or of one conversation in it; millions are as near as ten. */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/ui.h"
#include "tui/view_tables.h"

struct packets {
    struct table table; /* first: view_tables.h */
    struct table_spec spec;
    char where[96];
    uint32_t source, flow;
};

#define ENDS(x, y)                                                                                 \
    "(SELECT endpoint(" x ", " x "_port) || ' \xe2\x86\x92 ' || endpoint(" y ", " y                \
    "_port) FROM flow f WHERE f.source = packet.source AND f.id = packet.flow)"

/* clang-format off */
static const struct table_column columns[] = {
    { "frame", "frame", 5, SHOW_NUMBER, 0 },
    { "time", "time_ns", 15, SHOW_TIME, 0 },
    { "bytes", "wire_len", 5, SHOW_NUMBER, 0 },
    { "from \xe2\x86\x92 to",
      "CASE WHEN flow IS NULL THEN '' WHEN from_b THEN " ENDS("b", "a") " ELSE " ENDS("a", "b")
      " END", -30, SHOW_TEXT, 0 },
    { "app", "(SELECT app FROM flow f WHERE f.source = packet.source AND f.id = packet.flow)", 8,
      SHOW_TEXT, 100 },
    { "note", "mark_note(marks)", 13, SHOW_TEXT, 0 },
    { "signal", "signal_dbm", 6, SHOW_NUMBER, 130 },
    { NULL, NULL, 0, SHOW_TEXT, 0 },
};
/* clang-format on */

/* The first capture behind (or before) this one; 0: there is none. */
static uint32_t other_source(struct ui *ui, uint32_t source, bool back)
{
    char sql[160];

    snprintf(sql, sizeof(sql),
             "SELECT %s(id) FROM source WHERE kind = 'capture' AND packets > 0 AND id %s %u",
             back ? "max" : "min", back ? "<" : ">", source);
    return (uint32_t)sql_number(store_db(ui_store(ui)), sql, 0);
}

static bool is_marked(struct ui *ui, const struct table *t, const struct table_row *r)
{
    return ui_frame_marked(ui, (uint32_t)t->fixed, (uint64_t)r->key);
}

static int open_source(struct ui *ui, struct packets *p, uint32_t source, uint32_t flow,
                       struct err *err)
{
    p->source = source;
    p->flow = flow;
    if (flow)
        snprintf(p->where, sizeof(p->where), "source = ?1 AND flow = %u", flow);
    else
        snprintf(p->where, sizeof(p->where), "source = ?1");
    p->spec = (struct table_spec){ .name = "packets",
                                   .numbered = true,
                                   .from = "packet",
                                   .where = p->where,
                                   .key = "frame",
                                   .columns = columns };
    if (table_open(&p->table, ui, &p->spec, source, err))
        return err->code;
    p->table.marked = is_marked;
    return ERR_OK;
}

static int packets_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct packets *p = state;
    uint32_t source = args->source ? args->source : other_source(ui, 0, false);
    int rc;

    if (!source)
        return err_set(err, ERR_USAGE, "there are no packets in this case");
    rc = open_source(ui, p, source, args->flow, err);
    if (!rc && args->frame)
        rc = table_go(&p->table, ui, (int64_t)args->frame, 0, err);
    return rc;
}

static void go_source(struct ui *ui, struct packets *p, bool back)
{
    uint32_t source = other_source(ui, p->source, back);
    struct err err = { 0 };

    if (!source) {
        ui_say(ui, back ? "this is the first capture" : "this is the last capture");
        return;
    }
    table_close(&p->table);
    if (open_source(ui, p, source, 0, &err))
        ui_fail(ui, &err);
}

/* The frames that verdicts cite; ?3: of this conversation only, 0: of all. */
#define CITED                                                                                      \
    "SELECT e.frame FROM verdict_evidence e JOIN verdict v ON v.id = e.verdict WHERE e.source = "  \
    "?1 AND v.state "                                                                              \
    "!= 'unknown' AND (?3 = 0 OR (SELECT flow FROM packet p WHERE p.source = e.source AND "        \
    "p.frame = e.frame) = ?3) AND v.severity "

static const char *cited_sql(enum action which)
{
    return which == ACTION_next_finding ? CITED
               "IN ('critical', 'warning') AND e.frame > ?2 ORDER BY e.frame LIMIT 1"
           : which == ACTION_prev_finding
               ? CITED "IN ('critical', 'warning') AND e.frame < ?2 ORDER BY e.frame DESC LIMIT 1"
               : CITED "= 'warning' AND e.frame > ?2 ORDER BY e.frame LIMIT 1";
}

/* 0: there is none. */
static int64_t cited_from(struct ui *ui, struct packets *p, enum action which, int64_t from,
                          struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t frame = 0;

    if (sql_prepare(store_db(ui_store(ui)), cited_sql(which), &st, err))
        return 0;
    sqlite3_bind_int64(st, 1, p->source);
    sqlite3_bind_int64(st, 2, from);
    sqlite3_bind_int64(st, 3, p->flow);
    if (sql_step(st, err) == 1)
        frame = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return frame;
}

/* To the next frame that proves something. */
static void go_cited(struct ui *ui, struct packets *p, enum action which)
{
    const struct table_row *r = table_row(&p->table);
    struct err err = { 0 };
    int64_t frame = cited_from(ui, p, which, r ? r->key : 0, &err);
    int rc;

    if (!frame && which == ACTION_next_warning)
        frame = cited_from(ui, p, which, 0, &err);
    rc = err.code;
    if (!rc && !frame)
        ui_say(ui, which == ACTION_prev_finding   ? "no verdict cites a frame before this one"
                   : which == ACTION_next_finding ? "no verdict cites a frame behind this one"
                                                  : "no warning cites a frame here");
    else if (!rc && (p->table.sort >= 0 || p->table.reverse || p->table.filter))
        ui_say(ui, "frame %lld is cited (sorted or filtered, it is not gone to)", (long long)frame);
    else if (!rc)
        rc = table_go(&p->table, ui, frame, 0, &err);
    if (rc)
        ui_fail(ui, &err);
}

static bool packets_act(struct ui *ui, void *state, enum action action, int count)
{
    struct packets *p = state;
    const struct table_row *r = table_row(&p->table);
    struct view_args args = { .source = p->source };

    if (action == ACTION_next_file || action == ACTION_prev_file) {
        go_source(ui, p, action == ACTION_prev_file);
        return true;
    }
    if (action == ACTION_next_finding || action == ACTION_prev_finding ||
        action == ACTION_next_warning) {
        go_cited(ui, p, action);
        return true;
    }
    if (r && action == ACTION_mark) {
        ui_mark(ui, &(struct mark){ MARK_FRAME, p->source, (uint64_t)r->key, "" });
        return table_act(&p->table, ui, ACTION_down, 0);
    }
    if (r && (action == ACTION_open || action == ACTION_text)) {
        args.frame = (uint64_t)r->key;
        ui_open(ui, action == ACTION_open ? "frame" : "text", &args);
        return true;
    }
    if (r && (action == ACTION_ladder || action == ACTION_plot)) {
        sqlite3_stmt *st = NULL;

        args.frame = (uint64_t)r->key;
        if (sql_prepare(store_db(ui_store(ui)),
                        "SELECT flow FROM packet WHERE source = ?1 AND frame = ?2", &st,
                        NULL) == ERR_OK) {
            sqlite3_bind_int64(st, 1, p->source);
            sqlite3_bind_int64(st, 2, r->key);
            if (sql_step(st, NULL) == 1)
                args.flow = (uint32_t)sqlite3_column_int64(st, 0);
        }
        sqlite3_finalize(st);
        if (args.flow)
            ui_open(ui, action_name(action), &args);
        else
            ui_say(ui, "this frame belongs to no conversation");
        return true;
    }
    return table_act(&p->table, ui, action, count);
}

static bool packets_place(struct ui *ui, void *state, struct view_args *out)
{
    struct packets *p = state;
    const struct table_row *r = table_row(&p->table);

    (void)ui;
    out->source = p->source;
    out->flow = p->flow;
    out->frame = r ? (uint64_t)r->key : 0;
    return r;
}

static void packets_status(struct ui *ui, void *state, struct str *out)
{
    struct packets *p = state;
    struct source src;

    table_status(&p->table, out);
    if (p->flow)
        str_addf(out, "conversation %u of ", p->flow);
    if (store_source(ui_store(ui), p->source, &src, NULL) == ERR_OK && src.name)
        str_adds(out, src.name);
}

extern const struct view_ops packets_view;
const struct view_ops packets_view = {
    .name = "packets",
    .help = "the frames of a capture, or of one conversation",
    .bar = { ACTION_open, ACTION_ladder, ACTION_text, ACTION_filter, ACTION_search,
             ACTION_prev_file, ACTION_next_file, ACTION_time_format },
    .state_size = sizeof(struct packets),
    .open = packets_open,
    .reload = tables_reload,
    .draw = tables_draw,
    .act = packets_act,
    .search = tables_search,
    .copy = tables_copy,
    .table = tables_table,
    .place = packets_place,
    .filter = tables_filter,
    .click = tables_click,
    .status = packets_status,
    .close = tables_close,
};
