/* result: fault, healthy, unknown, and the reason in words. */
#include "config.h"

#include "support/case.h"
#include "verdict/result.h"

static void is_result(struct store *s, enum case_outcome want, const char *words)
{
    struct case_result r;

    verdict_result(s, &r, NULL);
    ok(r.outcome == want && strstr(r.reason, words), "%s: %s", case_outcome_name(want), words);
    if (r.outcome != want || !strstr(r.reason, words))
        printf("#   got %s: %s\n", case_outcome_name(r.outcome), r.reason);
}

static void say(struct store *s, const char *id, const char *state, const char *severity)
{
    char sql[512];

    snprintf(sql, sizeof(sql),
             "INSERT INTO verdict VALUES('%s', 1, 'r', 'k', 'it', '%s', '%s', 'Title %s', 'b', "
             "NULL, 'host:h', 'host', NULL, NULL, NULL, 'h', NULL, '{}', 1, 1, NULL, NULL)",
             id, state, severity, id);
    sql_exec(store_db(s), sql, NULL);
}

int main(void)
{
    const char *paths[] = { "a", "b" };
    const uint32_t bundles[] = { 1, 1 };
    uint32_t ids[2];
    struct store *s = case_open(NULL, STORE_TEMPORARY);
    sqlite3 *db = store_db(s);

    is_result(s, CASE_UNKNOWN, "no frames");
    store_register(s, paths, bundles, 2, ids, NULL);
    case_capture(s, 1, 1, 0, false, false);
    is_result(s, CASE_UNKNOWN, "no frames");
    case_capture(s, 1, 1, 3, true, false);
    is_result(s, CASE_HEALTHY, "1 conversation set up");
    case_capture(s, 2, 2, 3, true, true);
    is_result(s, CASE_UNKNOWN, "1 conversation ended with something unanswered");
    case_capture(s, 2, 2, 3, false, false);
    is_result(s, CASE_HEALTHY, "1 conversation");
    case_capture(s, 1, 1, 3, false, false);
    is_result(s, CASE_UNKNOWN, "one direction only");
    sql_exec(db, "UPDATE source SET lives_both_ways = 1", NULL);
    is_result(s, CASE_UNKNOWN, "no conversation completed");
    sql_exec(db, "UPDATE source SET lives = NULL; DELETE FROM flow", NULL);
    is_result(s, CASE_UNKNOWN, "without a conversation");
    case_capture(s, 1, 1, 3, true, false);
    say(s, "n", "confirmed", "notice");
    is_result(s, CASE_HEALTHY, "1 conversation");
    sql_exec(db, "INSERT INTO rule_error VALUES('r', 'o', 'm')", NULL);
    is_result(s, CASE_UNKNOWN, "1 rule could not be run");
    say(s, "u", "unknown", "warning");
    sql_exec(db, "INSERT INTO verdict_missing VALUES('u', 1, 'k', 'the other side')", NULL);
    is_result(s, CASE_UNKNOWN, "undecided: Title u; missing: the other side");
    say(s, "f", "likely", "warning");
    is_result(s, CASE_FAULT, "Title f");
    store_close(s);
    return tap_done();
}
