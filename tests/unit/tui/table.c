/* table: paging by key over more rows than fit into the window, sorting, filtering, going. */
#include "config.h"

#include "tui/table.h"

#include "support/case.h"
#include "support/screen.h"
#include "tui/ui.h"

#define ROWS  1000
#define SHOWN 7 /* rows of the screen below the head */

static int no_key(void *user, int timeout_ms)
{
    (void)user;
    (void)timeout_ms;
    return KEY_CODE_NONE;
}

static const struct ui_io io = { .key = no_key };

static const struct table_column columns[] = {
    { "id", "id", 6, SHOW_NUMBER, 0 },       { "name", "name", -8, SHOW_TEXT, 0 },
    { "seen", "seen_ns", 20, SHOW_TEXT, 0 }, { "share", "share", 8, SHOW_TEXT, 0 },
    { NULL, NULL, 0, SHOW_TEXT, 0 },
};
static const struct table_spec spec = {
    .from = "thing", .key = "source", .key2 = "id", .columns = columns
};

/* Two sources of 500 rows; times differ in the last digit only, every third name is unknown. */
static void fill(struct ui *ui)
{
    char path[128];
    struct err err = { 0 };

    ui->store = case_open(case_path("table.db", path), STORE_TEMPORARY);
    ui->io = &io;
    ui->typed_ahead = KEY_CODE_NONE;
    ui->grid = grid_new(SHOWN + 1, 60, false);
    if (sql_exec(store_db(ui->store),
                 "CREATE TEMP TABLE thing(source INTEGER, id INTEGER, name TEXT, seen_ns INTEGER, "
                 "share REAL, PRIMARY KEY(source, id));"
                 "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999) "
                 "INSERT INTO thing SELECT i / 500 + 1, i % 500 + 1, CASE WHEN i % 3 THEN 'name ' "
                 "|| (i % 10) END, 1795248000000000000 + (i * 7) % 1000, (i % 4) / 4.0 FROM n",
                 &err)) {
        printf("Bail out! %s\n", err.msg);
        exit(1);
    }
}

static void draw(struct table *t, struct ui *ui)
{
    grid_clear(ui->grid);
    table_draw(t, ui, (struct area){ 0, 0, ui->grid->rows, ui->grid->cols });
}

/* Walks with one key until nothing moves; the number of rows, and whether none came twice. */
static int walk(struct table *t, struct ui *ui, enum action action, int count, bool *once)
{
    static bool seen[3][501];
    int n = 0;

    memset(seen, 0, sizeof(seen));
    *once = true;
    for (;;) {
        const struct table_row *r = table_row(t);
        int64_t key = r ? r->key : 0, key2 = r ? r->key2 : 0;

        if (!r || key < 1 || key > 2 || key2 < 1 || key2 > 500)
            return -1;
        *once = *once && !seen[key][key2];
        seen[key][key2] = true;
        n++;
        table_act(t, ui, action, count);
        draw(t, ui);
        r = table_row(t);
        if (r->key == key && r->key2 == key2)
            return n;
    }
}

static void test_paging(struct ui *ui, struct table *t)
{
    bool once;

    is_int(walk(t, ui, ACTION_down, 0, &once), ROWS, "down through every row");
    ok(once, "each of them once");
    is_int(walk(t, ui, ACTION_up, 0, &once), ROWS, "and up");
    ok(once, "each of them once");
    is_int(t->n <= TABLE_WINDOW, 1, "with few in memory");
    table_act(t, ui, ACTION_down, 950);
    draw(t, ui);
    is_int(table_row(t)->key2, 451, "many rows at once");
    table_act(t, ui, ACTION_page_up, 100);
    draw(t, ui);
    is_int(table_row(t)->key2, 351, "a hundred pages back");
    table_act(t, ui, ACTION_end, 0);
    draw(t, ui);
    is_row(ui->grid, SHOWN, "›   500          1795248000000000993  0.75", "the end");
    table_act(t, ui, ACTION_top, 0);
    draw(t, ui);
    is_row(ui->grid, 1, "›     1          1795248000000000000  0.0", "the top");
}

static void test_sorting(struct ui *ui, struct table *t)
{
    static const char *const what[] = { "by number", "by text with NULL", "by times", "by reals" };
    bool once;
    int i;

    for (i = 0; i < 4; i++) {
        table_act(t, ui, ACTION_sort_next, 0);
        draw(t, ui);
        is_int(walk(t, ui, ACTION_down, 0, &once), ROWS, what[i]);
        ok(once, "%s: each row once", what[i]);
        table_act(t, ui, ACTION_sort_reverse, 0);
        draw(t, ui);
        is_int(walk(t, ui, ACTION_down, 0, &once), ROWS, "backwards");
        is_int(walk(t, ui, ACTION_up, 0, &once), ROWS, "and up again");
        ok(once, "%s: each row once", what[i]);
        table_act(t, ui, ACTION_sort_reverse, 0);
    }
    table_act(t, ui, ACTION_sort_next, 0);
    is_int(t->sort, -1, "and by nothing again");
    table_act(t, ui, ACTION_sort_prev, 0);
    table_act(t, ui, ACTION_sort_prev, 0);
    draw(t, ui);
    is_row(ui->grid, 1, "›     1          1795248000000000000  0.0", "the earliest time first");
    is_row(ui->grid, 2, "    144  name 3  1795248000000000001  0.75", "then the next ns");
    table_act(t, ui, ACTION_sort_next, 0);
    table_act(t, ui, ACTION_sort_next, 0);
}

static void test_finding(struct ui *ui, struct table *t)
{
    struct str status = { 0 };
    struct err err = { 0 };
    bool once;

    is_int(table_go(t, ui, 2, 100, &err), ERR_OK, "to a row");
    draw(t, ui);
    is_int(table_row(t)->key2, 100, "which is there");
    table_act(t, ui, ACTION_up, 0);
    draw(t, ui);
    is_int(table_row(t)->key2, 99, "with those before it");
    is_int(table_go(t, ui, 3, 1, &err), ERR_OK, "behind the last one");
    is_int(table_row(t)->key2, 500, "is the last one");
    is_int(table_filter(t, ui, "NAME 3", &err), ERR_OK, "a filter");
    draw(t, ui);
    is_int(walk(t, ui, ACTION_down, 0, &once), 66, "leaves some");
    table_status(t, &status);
    is_str(str_get(&status), "only 'NAME 3'  ", "and is told");
    is_int(table_filter(t, ui, "%'\"", &err), ERR_OK, "a filter is no SQL");
    draw(t, ui);
    ok(!table_row(t), "and may leave nothing");
    ok(!table_search(t, ui, "x", false), "where nothing is found");
    table_act(t, ui, ACTION_down, 0);
    table_act(t, ui, ACTION_end, 0);
    draw(t, ui);
    is_int(table_filter(t, ui, NULL, &err), ERR_OK, "no filter");
    ok(table_search(t, ui, "name 9", false), "a search");
    draw(t, ui);
    is_str(table_row(t)->cells[1], "name 9", "finds");
    ok(table_search(t, ui, "0000000993", false), "far behind as well");
    is_str(table_row(t)->cells[2], "1795248000000000993", "finds");
    ok(!table_search(t, ui, "nowhere", true), "or not");
    str_free(&status);
}

int main(void)
{
    struct ui ui = { 0 };
    struct table t;
    struct err err = { 0 };

    fill(&ui);
    is_int(table_open(&t, &ui, &spec, 0, &err), ERR_OK, "opened");
    draw(&t, &ui);
    test_paging(&ui, &t);
    test_sorting(&ui, &t);
    test_finding(&ui, &t);
    table_close(&t);
    grid_free(ui.grid);
    str_free(&ui.message);
    store_close(ui.store);
    case_end();
    return tap_done();
}
