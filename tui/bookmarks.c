#include "config.h"

#include "tui/bookmarks.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/keep.h"
#include "tui/ui.h"

/* Where a view stood: what opens it there again. */
struct place {
    const struct view_ops *ops; /* NULL: nowhere */
    struct view_args args;
};

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

#define N_LETTERS (sizeof(letters) - 1)

struct bookmarks {
    struct place all[N_LETTERS]; /* by place of the letter in `letters` */
    struct place before;         /* where the last jump began */
    int last;                    /* visited last; -1: none was */
};

struct bookmarks *bookmarks_new(void)
{
    struct bookmarks *b = xcalloc(1, sizeof(*b));

    b->last = -1;
    return b;
}

void bookmarks_free(struct bookmarks *b)
{
    free(b);
}

static int index_of(int key)
{
    const char *at = key > 0 && key < 0x80 ? strchr(letters, key) : NULL;

    return at ? (int)(at - letters) : -1;
}

static bool present(struct ui *ui, struct place *out)
{
    const struct ui_level *l = &ui->stack[ui->n_levels - 1];

    *out = (struct place){ .ops = l->ops };
    return l->ops->place && l->ops->place(ui, l->state, &out->args);
}

static bool same(const struct place *x, const struct place *y)
{
    const struct view_args *a = &x->args, *b = &y->args;

    return x->ops == y->ops && a->source == b->source && a->flow == b->flow &&
           a->frame == b->frame && a->line == b->line && a->wait == b->wait && a->ns == b->ns &&
           strcmp(a->verdict, b->verdict) == 0 && strcmp(a->text, b->text) == 0;
}

/* "packets, frame 24" */
static const char *words(const struct place *p, char out[96])
{
    int n = snprintf(out, 96, "%s", p->ops->name);

    if (p->args.frame)
        snprintf(out + n, 96 - (size_t)n, ", frame %llu", (unsigned long long)p->args.frame);
    else if (p->args.flow)
        snprintf(out + n, 96 - (size_t)n, ", conversation %u", p->args.flow);
    else if (p->args.verdict[0])
        snprintf(out + n, 96 - (size_t)n, ", %.31s", p->args.verdict);
    else if (p->args.text[0])
        snprintf(out + n, 96 - (size_t)n, ", %.60s", p->args.text);
    else if (p->args.line)
        snprintf(out + n, 96 - (size_t)n, ", line %llu", (unsigned long long)p->args.line);
    return out;
}

/* -- the case ---------------------------------------------------------------------------------- */

static void take(struct bookmarks *b, sqlite3_stmt *st)
{
    int i = index_of((unsigned char)sql_text(st, 0)[0]);
    struct place p = { .ops = view_find(sql_text(st, 1)) };

    if (i < 0 || !p.ops || !p.ops->place)
        return;
    p.args.source = (uint32_t)sqlite3_column_int64(st, 2);
    p.args.flow = (uint32_t)sqlite3_column_int64(st, 3);
    p.args.frame = (uint64_t)sqlite3_column_int64(st, 4);
    p.args.line = (uint64_t)sqlite3_column_int64(st, 5);
    p.args.wait = sqlite3_column_type(st, 6) != SQLITE_NULL;
    p.args.ns = sqlite3_column_int64(st, 6);
    snprintf(p.args.verdict, sizeof(p.args.verdict), "%s", sql_text(st, 7));
    snprintf(p.args.text, sizeof(p.args.text), "%s", sql_text(st, 8));
    b->all[i] = p;
}

void bookmarks_read(struct ui *ui)
{
    sqlite3_stmt *st = NULL;

    /* A case of an older version has no such table: no bookmarks then. */
    if (sql_prepare(store_db(ui->store),
                    "SELECT name, view, source, flow, frame, line, point, ifnull(verdict, ''), "
                    "ifnull(text, '') FROM bookmark ORDER BY name",
                    &st, NULL) == ERR_OK)
        while (sql_step(st, NULL) == 1)
            take(ui->bookmarks, st);
    sqlite3_finalize(st);
}

static void bind_place(sqlite3_stmt *st, const struct place *p)
{
    const struct view_args *a = &p->args;

    sql_bind_text(st, 2, p->ops->name);
    sqlite3_bind_int64(st, 3, a->source);
    sqlite3_bind_int64(st, 4, a->flow);
    sqlite3_bind_int64(st, 5, (int64_t)a->frame);
    sqlite3_bind_int64(st, 6, (int64_t)a->line);
    if (a->wait)
        sqlite3_bind_int64(st, 7, a->ns);
    sql_bind_text(st, 8, a->verdict[0] ? a->verdict : NULL);
    sql_bind_text(st, 9, a->text[0] ? a->text : NULL);
}

/* As notes: the case is open for reading, and opened again to write this one row. */
static int keep(struct ui *ui, int i, struct err *err)
{
    const struct place *p = &ui->bookmarks->all[i];
    const char name[] = { letters[i], '\0' };
    struct store *s = NULL;
    sqlite3_stmt *st = NULL;
    int rc = keep_open(ui, &s, err);

    if (!rc)
        rc = sql_prepare(store_db(s),
                         p->ops ? "INSERT OR REPLACE INTO bookmark VALUES(?1, ?2, ?3, ?4, ?5, ?6, "
                                  "?7, ?8, ?9)"
                                : "DELETE FROM bookmark WHERE name = ?1",
                         &st, err);
    if (!rc) {
        sql_bind_text(st, 1, name);
        if (p->ops)
            bind_place(st, p);
        rc = sql_run(st, err);
    }
    sqlite3_finalize(st);
    store_close(s);
    return rc;
}

/* -- keys -------------------------------------------------------------------------------------- */

static void set(struct ui *ui, int i)
{
    struct bookmarks *b = ui->bookmarks;
    struct place here;
    struct err err = { 0 };
    char what[96];
    bool gone;

    if (!present(ui, &here)) {
        ui_say(ui, "nothing is chosen here that a bookmark could keep");
        return;
    }
    gone = b->all[i].ops && same(&b->all[i], &here);
    b->all[i] = gone ? (struct place){ 0 } : here;
    b->last = i;
    words(&here, what);
    if (keep(ui, i, &err))
        ui_say(ui, "bookmark %c %s for this session only: %.200s", letters[i],
               gone ? "is taken away" : "is set", err.msg);
    else
        ui_say(ui, gone ? "bookmark %c is taken away: %s" : "bookmark %c: %s", letters[i], what);
}

/* Says nothing where the view itself had something to say: that it could not be opened. */
static void go(struct ui *ui, const struct place *to, const char *name)
{
    struct place target = *to;
    char what[96];

    bookmark_leave_from(ui);
    ui_go(ui, target.ops, &target.args);
    if (!ui->message.len)
        ui_say(ui, "%s: %s", name, words(&target, what));
}

static void visit(struct ui *ui, int i)
{
    char name[] = "bookmark .";

    name[sizeof(name) - 2] = letters[i];
    ui->bookmarks->last = i;
    go(ui, &ui->bookmarks->all[i], name);
}

void bookmark_ask(struct ui *ui, enum action action)
{
    ui->pending = action;
}

void bookmark_key(struct ui *ui, int key)
{
    enum action asked = ui->pending;
    const struct bookmarks *b = ui->bookmarks;
    int i = index_of(key);

    ui->pending = ACTION_NONE;
    if (key == KEY_CODE_ESC || key == KEY_CTRL('C') || key == KEY_CTRL('G'))
        return;
    /* The key that asked, once more: back. */
    if (asked == ACTION_jump && keys_action(ui->keys, NULL, key) == ACTION_jump) {
        if (b->before.ops)
            go(ui, &b->before, "back");
        else
            ui_say(ui, "there was no jump to come back from");
    } else if (i < 0) {
        ui_say(ui, "a bookmark is a letter");
    } else if (asked == ACTION_bookmark) {
        set(ui, i);
    } else if (b->all[i].ops) {
        visit(ui, i);
    } else {
        ui_say(ui, "no bookmark %c", letters[i]);
    }
}

void bookmark_hint(const struct ui *ui, struct str *out)
{
    const struct bookmarks *b = ui->bookmarks;
    char key[16];
    size_t i;

    if (ui->pending == ACTION_bookmark) {
        str_adds(out, "bookmark: a letter sets it, the same one again takes it away; ");
    } else {
        str_adds(out, "jump to bookmark:");
        for (i = 0; i < N_LETTERS; i++)
            if (b->all[i].ops)
                str_addf(out, " %c", letters[i]);
        str_addf(out, "%s; %s back to where you were; ", out->s[out->len - 1] == ':' ? " none" : "",
                 keys_of(ui->keys, NULL, ACTION_jump, key));
    }
    str_adds(out, "Esc gives up");
}

void bookmark_step(struct ui *ui, bool back)
{
    const struct bookmarks *b = ui->bookmarks;
    int n = (int)N_LETTERS, i = b->last < 0 ? (back ? 0 : -1) : b->last, tried;
    char key[16];

    for (tried = 0; tried < n; tried++) {
        i = (i + (back ? n - 1 : 1)) % n;
        if (b->all[i].ops) {
            visit(ui, i);
            return;
        }
    }
    ui_say(ui, "no bookmark is set (%s and a letter sets one)",
           keys_of(ui->keys, NULL, ACTION_bookmark, key));
}

void bookmark_leave_from(struct ui *ui)
{
    struct place here;

    if (present(ui, &here))
        ui->bookmarks->before = here;
}
