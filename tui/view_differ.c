/* differ: the two marked conversations, column by column; what is the same stands once. */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/lines.h"
#include "tui/ui.h"

#define HANG 20

struct differ {
    struct lines lines;
    int rows;
};

/* What of a conversation can be compared: a name and an expression over `flow`. */
static const struct {
    const char *name, *sql;
    bool time;
} parts[] = {
    { "capture", "(SELECT name FROM source s WHERE s.id = flow.source)", false },
    { "conversation", "id", false },
    { "protocol", "proto", false },
    { "a", "endpoint(a, a_port)", false },
    { "b", "endpoint(b, b_port)", false },
    { "life", "life", false },
    { "application", "app", false },
    { "first frame", "first_frame", false },
    { "start", "first_ns", true },
    { "end", "last_ns", true },
    { "seconds", "seconds(last_ns - first_ns)", false },
    { "frames of a", "a_frames", false },
    { "frames of b", "b_frames", false },
    { "bytes of a", "a_bytes", false },
    { "bytes of b", "b_bytes", false },
    { "seen twice", "copies", false },
    { "set up", "iif(set_up, 'yes', 'no')", false },
    { "unanswered at end", "iif(outstanding, 'yes', 'no')", false },
    { "how it ended", "\"end\"", false },
    { "tunnel", "tunnel", false },
    { "verdicts",
      "(SELECT group_concat(v.title, '; ') FROM verdict v WHERE v.subject_kind = 'flow' AND "
      "v.subject_source = flow.source AND v.subject_id = flow.id)",
      false },
};

#define N_PARTS (sizeof(parts) / sizeof(parts[0]))

static int ask(struct ui *ui, const struct mark *m, sqlite3_stmt **st, struct err *err)
{
    struct str sql = { 0 };
    size_t i;
    int rc;

    str_adds(&sql, "SELECT ");
    for (i = 0; i < N_PARTS; i++)
        str_addf(&sql, "%s%s", i ? ", " : "", parts[i].sql);
    str_adds(&sql, " FROM flow WHERE source = ?1 AND id = ?2");
    rc = sql_prepare(store_db(ui_store(ui)), str_get(&sql), st, err);
    str_free(&sql);
    if (rc)
        return rc;
    sqlite3_bind_int64(*st, 1, m->source);
    sqlite3_bind_int64(*st, 2, (int64_t)m->no);
    rc = sql_step(*st, err);
    return rc < 0    ? rc
           : rc == 0 ? err_set(err, ERR_USAGE, "a marked conversation is not in the case any more")
                     : ERR_OK;
}

static void text_of(struct ui *ui, sqlite3_stmt *st, size_t i, struct str *out)
{
    char when[UI_TIME_LEN];

    str_clear(out);
    if (sqlite3_column_type(st, (int)i) == SQLITE_NULL)
        return;
    if (parts[i].time)
        str_adds(out, ui_time(ui, true, sqlite3_column_int64(st, (int)i), when));
    else
        str_add_foreign(out, sql_text(st, (int)i), strlen(sql_text(st, (int)i)));
}

static void add_part(struct ui *ui, sqlite3_stmt *const st[2], size_t i, struct lines *out)
{
    struct str text[2] = { { 0 }, { 0 } }, label = { 0 };
    int k;

    for (k = 0; k < 2; k++)
        text_of(ui, st[k], i, &text[k]);
    if (strcmp(str_get(&text[0]), str_get(&text[1])) == 0) {
        if (text[0].len)
            lines_add(out, 3, parts[i].name, STYLE_DIM, HANG, str_get(&text[0]), STYLE_DIM, 0);
    } else {
        for (k = 0; k < 2; k++) {
            str_clear(&label);
            str_addf(&label, "%d %s", k + 1, parts[i].name);
            lines_add(out, 1, str_get(&label), STYLE_DIM, HANG + 2,
                      text[k].len ? str_get(&text[k]) : "\xe2\x80\x93", k ? STYLE_B : STYLE_A, 0);
        }
    }
    str_free(&text[0]);
    str_free(&text[1]);
    str_free(&label);
}

static int differ_reload(struct ui *ui, void *state, struct err *err)
{
    struct differ *d = state;
    const struct mark *a = ui_mark_at(ui, MARK_LIFE, 0), *b = ui_mark_at(ui, MARK_LIFE, 1);
    sqlite3_stmt *st[2] = { NULL, NULL };
    size_t i;
    int rc;

    if (!a || !b)
        return err_set(err, ERR_USAGE, "mark two conversations first");
    rc = ask(ui, a, &st[0], err);
    if (!rc)
        rc = ask(ui, b, &st[1], err);
    if (!rc)
        lines_clear(&d->lines);
    for (i = 0; i < N_PARTS && !rc; i++)
        add_part(ui, st, i, &d->lines);
    sqlite3_finalize(st[0]);
    sqlite3_finalize(st[1]);
    return rc;
}

static int differ_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct differ *d = state;

    (void)args;
    d->lines.measure = LINES_MEASURE;
    return differ_reload(ui, state, err);
}

static void differ_draw(struct ui *ui, void *state, struct area a)
{
    struct differ *d = state;

    d->rows = a.rows;
    lines_draw(&d->lines, ui_grid(ui), a);
}

static bool differ_act(struct ui *ui, void *state, enum action action, int count)
{
    struct differ *d = state;

    (void)ui;
    return lines_act(&d->lines, action, count, d->rows);
}

static bool differ_search(struct ui *ui, void *state, const char *text, bool back)
{
    struct differ *d = state;

    (void)ui;
    return lines_search(&d->lines, text, back);
}

static void differ_copy(struct ui *ui, void *state, struct str *out)
{
    struct differ *d = state;

    (void)ui;
    lines_copy(&d->lines, out);
}

static void differ_close(void *state)
{
    struct differ *d = state;

    lines_free(&d->lines);
}

extern const struct view_ops differ_view;
const struct view_ops differ_view = {
    .name = "differ",
    .help = "two marked conversations (Space, then =), and in what they differ",
    .bar = { ACTION_page_down, ACTION_search, ACTION_copy, ACTION_unmark },
    .state_size = sizeof(struct differ),
    .open = differ_open,
    .reload = differ_reload,
    .draw = differ_draw,
    .act = differ_act,
    .search = differ_search,
    .copy = differ_copy,
    .close = differ_close,
};
