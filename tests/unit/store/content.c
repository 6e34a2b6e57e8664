/* facts and the rest of what a source holds: out as it went in, foreign text made safe. */
#include "config.h"

#include "support/case.h"

static void is_row(struct store *s, const char *sql, const char *want)
{
    sqlite3_stmt *st = NULL;
    struct err err = { 0 };
    char got[512] = "";

    if (sql_prepare(store_db(s), sql, &st, &err))
        printf("# %s\n", err.msg);
    else if (sql_step(st, &err) == 1)
        snprintf(got, sizeof(got), "%s", sql_text(st, 0));
    sqlite3_finalize(st);
    is_str(got, want, sql);
}

int main(void)
{
    char path[128];
    struct store *s = case_open(case_path("content.case", path), STORE_WRITE);
    struct store_interface itf = { .interface_no = 1, .linktype = 1, .name = "eth\x1b[31m0" };
    struct fact_value pair[] = { fact_int(1), fact_int(2) };
    struct fact_where none = { 0 };
    struct source src;

    case_fill(s);
    is_row(s,
           "SELECT group_concat(id || name || n || share || hex(raw) || frame2 || ' ' || flow "
           "|| time_text(time_ns)) FROM test_event WHERE source = 1 AND id = 1",
           "1syn70.500013 12026-11-21T08:00:02.000000000Z");
    is_row(s, "SELECT line || text || local_time || (time_ns IS NULL) FROM log_event",
           "12cannot bindNov 21 08:00:121");
    is_row(s, "SELECT a || a_port || b || b_port || set_up || end FROM flow WHERE source = 2",
           "192.0.2.7269472001:db8::188831open");
    is_row(s, "SELECT seconds(1234567890) || ' ' || seconds(-1) || ' ' || (seconds(NULL) IS NULL)",
           "1.235 0.0 1");
    store_begin(s, 2, NULL);
    store_source(s, 2, &src, NULL);
    store_put_interface(s, &itf);
    store_put_exhibit(s, 3, 1, 99, "abc", 3, true);
    store_put_exhibit(s, 3, 1, 99, "xyz", 3, false);
    store_put_exhibit(s, 4, 1, 0, NULL, 0, false);
    store_put_comment(s, "section", 0, "hello", 5);
    store_put_comment(s, "frame", 7, "a\nb", 3);
    is_int(store_commit(s, &src, NULL), 0, "commit");
    is_row(s, "SELECT name || (description IS NULL) FROM interface", "eth\\x1b[31m01");
    is_row(s, "SELECT group_concat(frame || bytes || masked) FROM exhibit", "3abc1,40");
    is_row(s, "SELECT group_concat(id || of || coalesce(frame, '-') || text) FROM comment",
           "1section-hello,2frame7a\\x0ab");
    is_int(store_begin_pairs(s, NULL), 0, "pairs");
    store_facts(s)->put(store_facts(s)->user, &case_pair, &none, pair);
    is_int(store_commit_pairs(s, NULL), 0, "pairs are written");
    is_row(s, "SELECT group_concat(source || id || first_source || other_source) FROM pair_source",
           "0112");
    store_close(s);
    case_end();
    return tap_done();
}
