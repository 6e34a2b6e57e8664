/*
 * text: what a frame carries as text, and what the frames of its conversation behind it carry.
 *
 * Bytes of the capture never reach the terminal as they are: what is no printable character is a
 * dot, and only the line ends of the text end lines.
 */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/vec.h"
#include "frame/frame.h"
#include "frame/layers.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/lines.h"
#include "tui/ui.h"

#define FRAMES_MAX 500               /* frames behind the first that are looked at */
#define BYTES_MAX  ((size_t)1 << 18) /* of payload that are shown */
#define LINE_MAX   4096              /* bytes of one line; longer ones go on in the next */
#define TAB        8
#define STOP_STEPS 20000 /* steps of SQLite between two looks at the keyboard */

/* A frame in the text: where it begins. */
struct part {
    size_t line;
    uint64_t frame;
};

struct text_state {
    struct lines lines;
    struct part *parts;
    size_t n_parts, cap_parts, n_bytes;
    uint32_t source, flow;
    uint64_t frame;
    char end[2][80];
    int rows;
    bool cut; /* there is more of the conversation */
};

/* -- bytes as text ----------------------------------------------------------------------------- */

/* Marks without a width that are no part of a letter: they order other characters about. */
static bool rearranges(uint32_t code)
{
    return (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

/* Length of a character that can be shown as it is; 0: it cannot. */
static size_t printable(const uint8_t *p, size_t n, bool first)
{
    uint32_t code = 0;
    size_t len = str_utf8((const char *)p, n, &code);
    char one[8] = { 0 };

    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xfffd || rearranges(code) ||
        len >= sizeof(one))
        return 0;
    memcpy(one, p, len);
    /* A combining mark needs something to stand on. */
    return str_width(one) || !first ? len : 0;
}

static void end_line(struct text_state *s, struct str *line, unsigned style)
{
    lines_add(&s->lines, 0, " ", STYLE_DIM, 2, str_get(line), style, 0);
    str_clear(line);
}

static void add_text(struct text_state *s, const uint8_t *p, size_t n, unsigned style)
{
    struct str line = { 0 };
    size_t i = 0;

    while (i < n) {
        size_t len = printable(p + i, n - i, !line.len);

        if (p[i] == '\n' || line.len >= LINE_MAX)
            end_line(s, &line, style);
        if (p[i] == '\t')
            str_pad(&line, TAB - str_width(str_get(&line)) % TAB, ' ');
        else if (len)
            str_addn(&line, p + i, len);
        else if (p[i] != '\n' && !(p[i] == '\r' && i + 1 < n && p[i + 1] == '\n'))
            str_addc(&line, '.');
        i += len ? len : 1;
    }
    if (line.len)
        end_line(s, &line, style);
    str_free(&line);
}

/* -- frames ------------------------------------------------------------------------------------ */

/* What lies behind all headers; false: nothing does. */
static bool payload_of(const struct frame_view *v, size_t *at, size_t *len)
{
    struct layers layers;
    bool found = false;
    size_t i;

    layers_of(v, &layers);
    for (i = 0; i < layers.n; i++) {
        if (strcmp(layers.lines[i].name, "payload") != 0 || !layers.lines[i].len)
            continue;
        *at = layers.lines[i].at;
        *len = layers.lines[i].len;
        found = *at <= v->len && *len <= v->len - *at;
    }
    layers_free(&layers);
    return found;
}

static void add_head(struct ui *ui, struct text_state *s, const struct frame_view *v, size_t len,
                     bool again)
{
    struct str head = { 0 };
    char when[UI_TIME_LEN];

    str_addf(&head, "frame %llu  %s", (unsigned long long)v->frame_no,
             ui_time(ui, v->has_time, v->time_ns, when));
    if (s->end[0][0])
        str_addf(&head, "  %s \xe2\x86\x92 %s", s->end[v->from_b], s->end[!v->from_b]);
    if (len)
        str_addf(&head, "  %zu bytes%s%s", len, again ? ", sent again" : "",
                 v->masked ? ", secret bytes are shown as '*'" : "");
    else
        str_adds(&head, v->origin == FRAME_MISSING ? "  its bytes are not to be had"
                                                   : "  carries nothing behind its headers");
    if (s->lines.n)
        lines_gap(&s->lines);
    VEC_PUSH(s->parts, s->n_parts, s->cap_parts, (struct part){ s->lines.n, v->frame_no });
    lines_say(&s->lines, 1, v->from_b ? STYLE_B : STYLE_A, str_get(&head));
    str_free(&head);
}

/* A frame without payload is shown only if it was asked for. */
static int add_frame(struct ui *ui, struct text_state *s, uint64_t frame, bool again,
                     struct err *err)
{
    struct frame_view v;
    size_t at = 0, len = 0;
    int rc = frame_read(ui_frames(ui), s->source, frame, &v, err);

    if (rc)
        return rc;
    if (!payload_of(&v, &at, &len))
        len = 0;
    if (!len && frame != s->frame)
        return ERR_OK;
    add_head(ui, s, &v, len, again);
    add_text(s, v.bytes + at, len, again ? STYLE_DIM : STYLE_TEXT);
    s->n_bytes += len;
    return ERR_OK;
}

static void read_ends(struct ui *ui, struct text_state *s)
{
    sqlite3_stmt *st = NULL;
    int i;

    s->flow = 0;
    s->end[0][0] = s->end[1][0] = '\0';
    if (sql_prepare(store_db(ui_store(ui)),
                    "SELECT p.flow, endpoint(f.a, f.a_port), endpoint(f.b, f.b_port) FROM packet p "
                    "JOIN flow f ON f.source = p.source AND f.id = p.flow WHERE p.source = ?1 AND "
                    "p.frame = ?2",
                    &st, NULL))
        return;
    sqlite3_bind_int64(st, 1, s->source);
    sqlite3_bind_int64(st, 2, (int64_t)s->frame);
    if (sql_step(st, NULL) == 1) {
        s->flow = (uint32_t)sqlite3_column_int64(st, 0);
        for (i = 0; i < 2; i++) {
            struct str end = { 0 };

            str_add_foreign(&end, sql_text(st, i + 1), strlen(sql_text(st, i + 1)));
            snprintf(s->end[i], sizeof(s->end[i]), "%.79s", str_get(&end));
            str_free(&end);
        }
    }
    sqlite3_finalize(st);
}

static int stop_wanted(void *user)
{
    return ui_stopped(user);
}

/* The frames of the conversation behind the first one, as many as there is room for. */
static void add_following(struct ui *ui, struct text_state *s)
{
    struct sqlite3 *db = store_db(ui_store(ui));
    sqlite3_stmt *st = NULL;
    int n = 0;

    /* Not copies of a frame that was seen already (packets has all). */
    if (sql_prepare(
            db,
            "SELECT frame, mark_resent(marks) FROM packet WHERE source = ?1 AND frame > ?2 AND "
            "frame <= (SELECT last_frame FROM flow WHERE source = ?1 AND id = ?3) AND "
            "flow = ?3 AND NOT mark_copy(marks) ORDER BY frame",
            &st, NULL))
        return;
    sqlite3_bind_int64(st, 1, s->source);
    sqlite3_bind_int64(st, 2, (int64_t)s->frame);
    sqlite3_bind_int64(st, 3, s->flow);
    sqlite3_progress_handler(db, STOP_STEPS, stop_wanted, ui);
    while (!s->cut && sql_step(st, NULL) == 1) {
        s->cut = n++ == FRAMES_MAX || s->n_bytes >= BYTES_MAX || ui_stopped(ui);
        if (!s->cut && add_frame(ui, s, (uint64_t)sqlite3_column_int64(st, 0),
                                 sqlite3_column_int(st, 1) != 0, NULL))
            break;
    }
    sqlite3_progress_handler(db, 0, NULL, NULL);
    sqlite3_finalize(st);
    if (!s->cut)
        return;
    lines_gap(&s->lines);
    lines_say(&s->lines, 1, STYLE_DIM,
              "the conversation goes on (to the right reads on from here)");
}

static int text_reload(struct ui *ui, void *state, struct err *err)
{
    struct text_state *s = state;
    int rc;

    lines_clear(&s->lines);
    s->n_parts = s->n_bytes = 0;
    s->cut = false;
    read_ends(ui, s);
    rc = add_frame(ui, s, s->frame, false, err);
    if (!rc && s->flow)
        add_following(ui, s);
    return rc;
}

static uint64_t first_frame(struct ui *ui, uint32_t source, uint32_t flow)
{
    char sql[128];

    snprintf(sql, sizeof(sql), "SELECT first_frame FROM flow WHERE source = %u AND id = %u", source,
             flow);
    return (uint64_t)sql_number(store_db(ui_store(ui)), sql, 1);
}

/* args: source (0: the first capture), frame; or flow: from its first frame on. */
static int text_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct text_state *s = state;

    s->lines.measure = LINES_MEASURE;
    s->source = args->source;
    s->frame = args->frame  ? args->frame
               : args->flow ? first_frame(ui, args->source, args->flow)
                            : 1;
    if (!s->source)
        s->source = (uint32_t)sql_number(store_db(ui_store(ui)),
                                         "SELECT min(id) FROM source WHERE kind = 'capture'", 0);
    if (!s->source)
        return err_set(err, ERR_USAGE, "there is no capture in this case");
    return text_reload(ui, state, err);
}

static void text_draw(struct ui *ui, void *state, struct area a)
{
    struct text_state *s = state;

    s->rows = a.rows;
    lines_draw(&s->lines, ui_grid(ui), a);
}

/* The frame that the first row on the screen belongs to. */
static uint64_t frame_at_top(const struct text_state *s)
{
    size_t line = lines_first(&s->lines), i;
    uint64_t frame = s->frame;

    /* The gap before a head belongs to what follows. */
    for (i = 0; i < s->n_parts && s->parts[i].line <= line + 1; i++)
        frame = s->parts[i].frame;
    return frame;
}

static bool text_act(struct ui *ui, void *state, enum action action, int count)
{
    struct text_state *s = state;
    struct view_args args = { .source = s->source, .flow = s->flow };
    struct err err = { 0 };

    switch (action) {
    case ACTION_open:
    case ACTION_hex:
        args.frame = frame_at_top(s);
        ui_open(ui, "frame", &args);
        return true;
    case ACTION_ladder:
        args.frame = frame_at_top(s);
        if (s->flow)
            ui_open(ui, "ladder", &args);
        else
            ui_say(ui, "this frame belongs to no conversation");
        return true;
    case ACTION_right: /* the last frame that was read comes first now */
        if (!s->cut) {
            ui_say(ui, "this is all of it");
            return true;
        }
        s->frame = s->parts[s->n_parts - 1].frame;
        s->lines.top = 0;
        if (text_reload(ui, s, &err))
            ui_fail(ui, &err);
        return true;
    default:
        return lines_act(&s->lines, action, count, s->rows);
    }
}

static bool text_search(struct ui *ui, void *state, const char *text, bool back)
{
    struct text_state *s = state;

    (void)ui;
    return lines_search(&s->lines, text, back);
}

static bool text_place(struct ui *ui, void *state, struct view_args *out)
{
    struct text_state *s = state;

    (void)ui;
    out->source = s->source;
    out->frame = frame_at_top(s);
    return true;
}

static void text_copy(struct ui *ui, void *state, struct str *out)
{
    struct text_state *s = state;

    (void)ui;
    lines_copy(&s->lines, out);
}

static void text_status(struct ui *ui, void *state, struct str *out)
{
    struct text_state *s = state;
    struct source src;

    if (store_source(ui_store(ui), s->source, &src, NULL) == ERR_OK && src.name)
        str_adds(out, src.name);
}

static void text_close(void *state)
{
    struct text_state *s = state;

    lines_free(&s->lines);
    free(s->parts);
}

extern const struct view_ops text_view;
const struct view_ops text_view = {
    .name = "text",
    .help = "what a frame, and its conversation from there on, carries as text",
    .bar = { ACTION_open, ACTION_ladder, ACTION_page_down, ACTION_search, ACTION_right,
             ACTION_copy },
    .state_size = sizeof(struct text_state),
    .open = text_open,
    .reload = text_reload,
    .draw = text_draw,
    .act = text_act,
    .search = text_search,
    .copy = text_copy,
    .place = text_place,
    .status = text_status,
    .close = text_close,
};
