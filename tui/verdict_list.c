#include "config.h"

#include "tui/verdict_list.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/detail.h"
#include "tui/ui.h"

#define SHOWN_MAX 2000  /* verdicts in the list; the worst come first */
#define LINKS_MAX 20000 /* links between them that are looked at */

/* Two items of which the first causes the second. */
struct link {
    int cause, effect;
};

static void free_items(struct verdict_list *v)
{
    size_t i;

    for (i = 0; i < v->n; i++) {
        free(v->items[i].title);
        free(v->items[i].subject);
        free(v->items[i].mark);
    }
    v->n = 0;
}

static void take(struct ui *ui, struct verdict_list *v, sqlite3_stmt *st)
{
    struct verdict_item x = { 0 };
    struct str title = { 0 }, subject = { 0 };

    snprintf(x.id, sizeof(x.id), "%s", sql_text(st, 0));
    snprintf(x.severity, sizeof(x.severity), "%s", sql_text(st, 1));
    snprintf(x.state, sizeof(x.state), "%s", sql_text(st, 2));
    detail_words(ui, x.id, "title", sql_text(st, 3), &title);
    detail_subject(sql_text(st, 4), sql_text(st, 5), sql_text(st, 6), sql_text(st, 7), &subject);
    x.title = str_take(&title);
    x.subject = str_take(&subject);
    x.timed = sqlite3_column_type(st, 8) != SQLITE_NULL;
    x.ns = sqlite3_column_int64(st, 8);
    x.mark = sqlite3_column_type(st, 9) != SQLITE_NULL ? xstrdup(sql_text(st, 9)) : NULL;
    x.rank = x.group = (int)v->n;
    VEC_PUSH(v->items, v->n, v->cap, x);
}

/* What a person dismissed stands last. */
static const char list_sql[] = "SELECT v.id, v.severity, v.state, v.title, v.subject_kind, "
                               "v.proto, v.a, v.b, v.time_ns, n.mark"
                               " FROM verdict v LEFT JOIN annotation n ON n.verdict = v.id"
                               " ORDER BY n.mark IS 'dismissed', v.rank LIMIT ?1";

static int index_of(const struct verdict_list *v, const char *id)
{
    size_t i;

    for (i = 0; i < v->n; i++)
        if (strcmp(v->items[i].id, id) == 0)
            return (int)i;
    return -1;
}

static size_t read_links(struct ui *ui, const struct verdict_list *v, struct link **out)
{
    sqlite3_stmt *st = NULL;
    size_t n = 0, cap = 0;

    *out = NULL;
    if (sql_prepare(store_db(ui_store(ui)),
                    "SELECT cause, effect FROM verdict_link ORDER BY cause, "
                    "effect",
                    &st, NULL))
        return 0;
    while (n < LINKS_MAX && sql_step(st, NULL) == 1) {
        struct link l = { index_of(v, sql_text(st, 0)), index_of(v, sql_text(st, 1)) };

        if (l.cause >= 0 && l.effect >= 0)
            VEC_PUSH(*out, n, cap, l);
    }
    sqlite3_finalize(st);
    return n;
}

/* Everything that hangs together gets the number of its worst member; as often as something
 * changes. */
static void find_groups(struct verdict_list *v, const struct link *links, size_t n)
{
    bool changed = true;
    size_t i;

    while (changed) {
        changed = false;
        for (i = 0; i < n; i++) {
            int *a = &v->items[links[i].cause].group, *b = &v->items[links[i].effect].group;

            if (*a == *b)
                continue;
            *a = *b = *a < *b ? *a : *b;
            changed = true;
        }
    }
}

/* Causes of the heads, and causes of those; what followed from the heads; what shares a cause with
 * them. */
static void find_places(struct verdict_list *v, const struct link *links, size_t n)
{
    bool changed = true;
    size_t i;

    for (i = 0; i < v->n; i++)
        v->items[i].place = v->items[i].group == (int)i ? PLACE_HEAD : PLACE_KIN;
    while (changed) {
        changed = false;
        for (i = 0; i < n; i++) {
            struct verdict_item *cause = &v->items[links[i].cause],
                                *effect = &v->items[links[i].effect];
            enum place was[] = { cause->place, effect->place };

            if (cause->place == PLACE_KIN &&
                (effect->place == PLACE_HEAD || effect->place == PLACE_CAUSE))
                cause->place = PLACE_CAUSE;
            if (effect->place == PLACE_KIN &&
                (cause->place == PLACE_HEAD || cause->place == PLACE_EFFECT))
                effect->place = PLACE_EFFECT;
            changed |= cause->place != was[0] || effect->place != was[1];
        }
    }
}

static int by_group(const void *x, const void *y)
{
    const struct verdict_item *a = x, *b = y;

    if (a->group != b->group)
        return a->group - b->group;
    return a->place != b->place ? (int)a->place - (int)b->place : a->rank - b->rank;
}

static void arrange(struct ui *ui, struct verdict_list *v)
{
    struct link *links = NULL;
    size_t n = read_links(ui, v, &links);

    find_groups(v, links, n);
    find_places(v, links, n);
    free(links);
    if (v->n)
        qsort(v->items, v->n, sizeof(*v->items), by_group);
}

int verdict_list_read(struct ui *ui, struct verdict_list *v, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(store_db(ui_store(ui)), list_sql, &st, err);

    if (rc)
        return rc;
    free_items(v);
    sqlite3_bind_int(st, 1, SHOWN_MAX + 1);
    while ((rc = sql_step(st, err)) == 1 && v->n < SHOWN_MAX)
        take(ui, v, st);
    v->more = rc == 1;
    sqlite3_finalize(st);
    arrange(ui, v);
    return rc < 0 ? rc : ERR_OK;
}

void verdict_list_free(struct verdict_list *v)
{
    free_items(v);
    free(v->items);
    *v = (struct verdict_list){ 0 };
}
