/* rules: the rules, and for each what it says, its sources and its SQL. */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/lines.h"
#include "tui/ui.h"
#include "verdict/verdict.h"

#define NAME_HANG 28 /* columns of their ids */

struct rules_state {
    struct lines lines;
    bool one; /* one rule's text, not the list */
    char id[64];
    int rows;
};

/* Which rules could not judge this case, and why; `id` NULL: any, also those that are not loaded
 * now. */
static void say_failures(struct ui *ui, const char *id, struct lines *out)
{
    sqlite3_stmt *st = NULL;
    size_t before = out->n;

    if (sql_prepare(store_db(ui_store(ui)),
                    "SELECT rule, 'failed: ' || message FROM rule_error WHERE ?1 IS NULL OR rule = "
                    "?1 ORDER BY rule",
                    &st, NULL))
        return;
    sql_bind_text(st, 1, id);
    while (sql_step(st, NULL) == 1)
        lines_add(out, 1, sql_text(st, 0), STYLE_WARNING, NAME_HANG, sql_text(st, 1), STYLE_WARNING,
                  0);
    sqlite3_finalize(st);
    if (out->n > before)
        lines_gap(out);
}

static void list(struct ui *ui, const struct rules *r, struct lines *out)
{
    size_t i;

    say_failures(ui, NULL, out);
    for (i = 0; i < rules_count(r); i++)
        lines_add(out, 1, rules_at(r, i)->id, STYLE_STRONG, NAME_HANG, rules_at(r, i)->title,
                  STYLE_TEXT, (int)i + 1);
    out->chosen = rules_count(r) ? 1 : 0;
}

static void show_sql(const char *sql, struct lines *out)
{
    while (*sql) {
        size_t n = strcspn(sql, "\n");
        struct str line = { 0 };
        bool comment = strncmp(sql, "--", 2) == 0;

        str_add_foreign(&line, sql, n);
        lines_say(out, 1, comment ? STYLE_DIM : STYLE_TEXT, str_get(&line));
        str_free(&line);
        sql += n + (sql[n] == '\n');
    }
}

/* args.text: the id of one rule; with `wait` the list, at that one. */
static int rules_open(struct ui *ui, void *state, const struct view_args *args, struct err *err)
{
    struct rules_state *s = state;
    const struct rules *r = ui_rules(ui);
    size_t i;

    if (!r)
        return err_set(err, ERR_USAGE, "no rules are loaded");
    if (!args->text[0] || args->wait) {
        list(ui, r, &s->lines);
        for (i = 0; i < rules_count(r) && args->wait; i++)
            if (strcmp(rules_at(r, i)->id, args->text) == 0)
                s->lines.chosen = (int)i + 1;
        return ERR_OK;
    }
    s->one = true;
    snprintf(s->id, sizeof(s->id), "%.63s", args->text);
    for (i = 0; i < rules_count(r); i++) {
        if (strcmp(rules_at(r, i)->id, args->text) != 0)
            continue;
        lines_say(&s->lines, 1, STYLE_STRONG, rules_at(r, i)->title);
        lines_say(&s->lines, 1, STYLE_DIM, rules_at(r, i)->origin);
        lines_gap(&s->lines);
        say_failures(ui, args->text, &s->lines);
        show_sql(rules_at(r, i)->sql, &s->lines);
        return ERR_OK;
    }
    return err_set(err, ERR_USAGE, "no rule '%.60s'", args->text);
}

static void rules_draw(struct ui *ui, void *state, struct area a)
{
    struct rules_state *s = state;

    s->rows = a.rows;
    lines_draw(&s->lines, ui_grid(ui), a);
}

static bool rules_act(struct ui *ui, void *state, enum action action, int count)
{
    struct rules_state *s = state;
    struct view_args args = { 0 };

    if (action != ACTION_open || s->one || !s->lines.chosen)
        return lines_act(&s->lines, action, count, s->rows);
    snprintf(args.text, sizeof(args.text), "%s",
             rules_at(ui_rules(ui), (size_t)s->lines.chosen - 1)->id);
    ui_open(ui, "rules", &args);
    return true;
}

static bool rules_search(struct ui *ui, void *state, const char *text, bool back)
{
    struct rules_state *s = state;

    (void)ui;
    return lines_search(&s->lines, text, back);
}

static bool rules_place(struct ui *ui, void *state, struct view_args *out)
{
    struct rules_state *s = state;

    out->wait = !s->one;
    if (s->one)
        snprintf(out->text, sizeof(out->text), "%s", s->id);
    else if (s->lines.chosen)
        snprintf(out->text, sizeof(out->text), "%s",
                 rules_at(ui_rules(ui), (size_t)s->lines.chosen - 1)->id);
    return s->one || s->lines.chosen;
}

static void rules_close(void *state)
{
    struct rules_state *s = state;

    lines_free(&s->lines);
}

extern const struct view_ops rules_view;
const struct view_ops rules_view = {
    .name = "rules",
    .help = "the rules, with their sources and their SQL",
    .bar = { ACTION_open, ACTION_search },
    .state_size = sizeof(struct rules_state),
    .open = rules_open,
    .draw = rules_draw,
    .act = rules_act,
    .search = rules_search,
    .place = rules_place,
    .close = rules_close,
};
