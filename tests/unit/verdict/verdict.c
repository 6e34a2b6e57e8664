/* verdict: from rows to verdicts, ids that stay, causes, and every breach of the contract. */
#include "config.h"

#include "base/digest.h"
#include "base/str.h"
#include "support/rules.h"

static char why[512], text[1024];

/* A rule whose row is changed at one place. */
static void is_breach(struct store *s, const char *from, const char *to, const char *want)
{
    char sql[2048], *at;

    snprintf(sql, sizeof(sql), "%s%s", RULE_HEAD("t") "-- numbers: \n", RULE_ROW);
    snprintf(sql, sizeof(sql), "%s%s", RULE_HEAD("t"), RULE_ROW);
    at = strstr(sql, from);
    if (at) {
        memmove(at + strlen(to), at + strlen(from), strlen(at + strlen(from)) + 1);
        memcpy(at, to, strlen(to));
    }
    rules_clear();
    rules_write("t", sql);
    is_int(rules_run(s, why, sizeof(why)), 1, to);
    ok(strstr(why, want) != NULL, "  %s", want);
    if (!strstr(why, want))
        printf("#   got %s\n", why);
}

static void test_contract(struct store *s)
{
    is_breach(s, "AS say", "AS says", "no column `say`");
    is_breach(s, "'k' AS", "NULL AS", "`verdict_key` is empty");
    is_breach(s, "'it' AS", "'that' AS", "no `because.that`");
    is_breach(s, "'likely'", "'sure'", "state `sure`");
    is_breach(s, "'warning'", "'bad'", "severity `bad`");
    is_breach(s, "'flow:1'", "'flow:9'", "no flow 9");
    is_breach(s, "'flow:1'", "'pair:9'", "no pair 9");
    is_breach(s, "'flow:1'", "'flow:x'", "is none of");
    is_breach(s, "'flow:1'", "'planet:x'", "is none of");
    is_breach(s, "'flow:1'", "'source:77'", "no source 77");
    is_breach(s, "1 AS source", "9 AS source", "no source 9");
    is_breach(s, "1 AS source", "'a' AS source", "`source` is no");
    is_breach(s, "NULL AS line", "3 AS line", "exactly one");
    is_breach(s, "2 AS frame", "NULL AS frame", "exactly one");
    is_breach(s, "2 AS frame", "0 AS frame", "`frame` is no number");
    is_breach(s, "NULL AS at,", "-1 AS at,", "no bytes");
    is_breach(s, "'first' AS what", "'second' AS what", "no `what.second`");
    is_breach(s, "NULL AS rivals", "'r' AS rivals", "no `rival.r`");
    is_breach(s, "NULL AS missing", "' m ' AS missing", "no `missing.m`");
    is_breach(s, "NULL AS caused_by", "'x/y' AS caused_by", "names no verdict");
    is_breach(s, "NULL AS caused_by", "'t/k' AS caused_by", "itself");
    is_breach(s, "AS caused_by",
              "AS caused_by UNION ALL SELECT 'k', 'it', 'unknown', 'warning', "
              "'flow:1', 1, 3, NULL, NULL, NULL, 'last', NULL, NULL, NULL",
              "column `state` differs");
    is_breach(s, "SELECT", "SELEKT", "syntax error");
    is_breach(s, "{first.time}", "{colour}", "unknown name {colour}");
    is_breach(s, "{first.time}", "{first.colour}", "unknown name {first.colour}");
    is_breach(s, "SELECT", "-- numbers: n int\nSELECT", "names n, which is no column");
    is_breach(s, "SELECT", "-- numbers: n int\nSELECT 'x' AS n,", "not of its type");
    is_breach(s, "SELECT", "-- numbers: n bool\nSELECT 2 AS n,", "not of its type");
    is_int(sql_number(store_db(s), "SELECT count(*) FROM verdict", -1), 0, "and nothing is said");
}

static const char long_rule[] =
    "-- id: t\n-- title: T\n-- title@zh_CN: ZT\n"
    "-- because.it: {n} at {first.frame}, {last.time} of {first.source}, {s} s, {none} "
    "{last.line}\n"
    "-- because.it@zh_CN: Z{n}\n-- advice.it: look\n"
    "-- what.first: the first\n-- what.first@zh_CN: ZF\n-- what.last: the last\n"
    "-- rival.r: other | settle it\n-- rival.r@zh_CN: ZR | ZS\n-- rival.q: more | settle too\n"
    "-- missing.m: the rest\n"
    "-- numbers: n int, s real, tiny real, yes bool, word text, none int\n"
    "SELECT name || ' key' AS verdict_key, 'it' AS say, 'unknown' AS state, 'notice' AS severity,\n"
    "'flow:1' AS subject, source, frame, NULL AS line, 5 AS at, 2 AS at_len,\n"
    "'first' AS what, 'r q' AS rivals, 'm' AS missing, NULL AS caused_by, n, 1.5 AS s,\n"
    "0.0000123456 AS tiny, 1 AS yes, 'a\"b' AS word, NULL AS none\n"
    "FROM test_event WHERE source = 2 AND name = 'syn'\n"
    "UNION ALL SELECT 'syn key', 'it', 'unknown', 'notice', 'flow:1', 3, NULL, 12, NULL, NULL, "
    "'last',\n"
    "'r q', 'm', NULL, 7, 1.5, 0.0000123456, 1, 'a\"b', NULL\n";

static void test_content(struct store *s)
{
    rules_clear();
    rules_write("t", long_rule);
    if (!is_int(rules_run(s, why, sizeof(why)), 0, "a rule with everything"))
        printf("#   %s\n", why);
    is_str(rules_ask(s, "SELECT because FROM verdict", text),
           "7 at 2, Nov 21 08:00:12 of site/b.pcap, 1.5 s, ? 12", "the sentence");
    is_str(rules_ask(s, "SELECT numbers FROM verdict", text),
           "{\"n\":7,\"s\":1.5,\"tiny\":1.23e-05,\"yes\":true,\"word\":\"a\\\"b\",\"none\":null}",
           "numbers");
    is_str(rules_ask(s, "SELECT subject_kind || ' ' || proto || ' ' || a || ' ' || b FROM verdict",
                     text),
           "flow tcp 192.0.2.7:26947 [2001:db8::1]:8883", "the subject");
    is_str(rules_ask(s,
                     "SELECT group_concat(n || ' ' || source || ' ' || coalesce(frame, '-') || "
                     "' ' || coalesce(line, '-') || ' ' || coalesce(time_ns, local_time) || ' ' "
                     "|| coalesce(at_len, '-') || ' ' || what, ';') FROM verdict_evidence",
                     text),
           "1 2 2 - 1795248002000000000 2 the first;2 3 - 12 Nov 21 08:00:12 - the last",
           "evidence");
    is_str(rules_ask(s, "SELECT group_concat(n || cause || '/' || settle, ';') FROM verdict_rival",
                     text),
           "1other/settle it;2more/settle too", "rivals");
    is_str(rules_ask(s, "SELECT text FROM verdict_missing", text), "the rest", "missing");
    is_str(rules_ask(s, "SELECT group_concat(part || '=' || text, ';') FROM verdict_text", text),
           "because=Z7;rival.r=ZR;settle.r=ZS;title=ZT;what.first=ZF", "other languages");
}

/* The id as design.md section 5 gives it. */
static void test_id(struct store *s)
{
    uint8_t hash[32];
    struct str t = { 0 }, id = { 0 };
    size_t i;

    str_addn(&t, "t", 2);
    for (i = 0; i < 32; i++)
        str_adds(&t, "11"); /* the log has the smallest hash */
    str_addn(&t,
             "\0"
             "12\0syn key",
             11);
    sha256(t.s, t.len, hash);
    str_add_hex(&id, hash, 8);
    is_str(rules_ask(s, "SELECT id FROM verdict", text), id.s, "id");
    str_free(&t);
    str_free(&id);
}

static void write_simple(const char *key, const char *source, const char *frame)
{
    char sql[1024];

    snprintf(
        sql, sizeof(sql),
        RULE_HEAD("t") "SELECT %s AS verdict_key, 'it' AS say, 'likely' AS state, 'warning' AS "
                       "severity, 'host:h' AS subject, %s, %s, NULL AS line, NULL AS at, NULL "
                       "AS at_len, 'first' AS what, NULL AS rivals, NULL AS missing, NULL AS "
                       "caused_by FROM source",
        key, source, frame);
    rules_clear();
    rules_write("t", sql);
}

/* A flow that another capture may have too, which could not be found out, is judged by nobody. */
static void test_unrelated(struct store *s)
{
    sql_exec(store_db(s),
             "CREATE TABLE pair_view(view_source, view_flow);"
             "CREATE TABLE pair_unrelated(of_source); INSERT INTO pair_unrelated VALUES(2), (9)",
             NULL);
    rules_clear();
    rules_write("t", RULE_HEAD("t") "SELECT 'k' AS verdict_key, 'it' AS say, 'likely' AS state, "
                                    "'warning' AS severity, 'flow:1' AS subject, 2 AS source, "
                                    "2 AS frame, NULL AS line, NULL AS at, NULL AS at_len, "
                                    "'first' AS what, NULL AS rivals, NULL AS missing, "
                                    "NULL AS caused_by");
    rules_run(s, why, sizeof(why));
    is_str(rules_ask(s, "SELECT state FROM verdict", text), "unknown", "a flow not related");
    is_str(rules_ask(s, "SELECT key FROM verdict_missing", text), "unrelated", "  for that reason");
    sql_exec(store_db(s), "INSERT INTO pair_view VALUES(2, 1)", NULL);
    rules_run(s, why, sizeof(why));
    is_str(rules_ask(s, "SELECT state FROM verdict", text), "likely", "one that is");
    sql_exec(store_db(s), "INSERT INTO pair_unrelated VALUES(10)", NULL);
    rules_run(s, why, sizeof(why));
    is_str(rules_ask(s, "SELECT state FROM verdict", text), "unknown",
           "one that is, but perhaps not to all");
    sql_exec(store_db(s), "DROP TABLE pair_view; DROP TABLE pair_unrelated", NULL);
}

static void test_kept(struct store *s)
{
    char old[32];

    write_simple("'k'", "1 AS source", "5 AS frame");
    rules_run(s, why, sizeof(why));
    snprintf(old, sizeof(old), "%s", rules_ask(s, "SELECT id FROM verdict", text));
    sql_exec(store_db(s), "INSERT INTO annotation SELECT id, 'accepted', 'seen' FROM verdict",
             NULL);
    write_simple("'k'", "id AS source", "iif(id = 1, 5, 4) AS frame");
    is_int(rules_run(s, why, sizeof(why)), 0, "a further vantage joins");
    is_str(rules_ask(s, "SELECT id FROM verdict", text), old, "the id stays");
    is_str(rules_ask(s, "SELECT source || ' ' || frame FROM verdict", text), "3 4",
           "though the anchor moved");
    is_str(rules_ask(s, "SELECT text FROM verdict JOIN annotation ON verdict = id", text), "seen",
           "and the note is found");
    write_simple("'other ' || id", "1 AS source", "id + 4 AS frame");
    rules_run(s, why, sizeof(why));
    is_str(rules_ask(s, "SELECT count(*) FROM verdict", text), "3", "three verdicts");
    write_simple("'other ' || id", "1 AS source", "id + 4 AS frame");
    snprintf(old, sizeof(old), "%s",
             rules_ask(s, "SELECT group_concat(substr(id, 1, 8)) FROM verdict", text));
    rules_run(s, why, sizeof(why));
    is_str(rules_ask(s, "SELECT group_concat(substr(id, 1, 8)) FROM verdict", text), old,
           "the same again");
}

static void test_causes(struct store *s)
{
    rules_clear();
    rules_write("u",
                RULE_HEAD("u") "SELECT column1 AS verdict_key, 'it' AS say, 'likely' AS state, "
                               "'info' AS severity, 'program:p' AS subject, 1 AS source, 2 AS "
                               "frame, NULL AS line, NULL AS at, NULL AS at_len, 'first' AS "
                               "what, NULL AS rivals, NULL AS missing, NULL AS caused_by FROM "
                               "(VALUES ('a'), ('a b'), ('c'))");
    rules_write("t",
                RULE_HEAD("t") "-- after: u\n"
                               "SELECT 'k' AS verdict_key, 'it' AS say, 'likely' AS state, "
                               "'critical' AS severity, 'link:A B' AS subject, 1 AS source, 2 "
                               "AS frame, NULL AS line, NULL AS at, NULL AS at_len, 'first' AS "
                               "what, NULL AS rivals, NULL AS missing, (SELECT "
                               "group_concat(rule || '/' || verdict_key, ' ') FROM said WHERE "
                               "verdict_key <> 'a') AS caused_by");
    is_int(rules_run(s, why, sizeof(why)), 0, "a rule that reads another's results");
    is_str(rules_ask(s,
                     "SELECT group_concat(k) FROM (SELECT v.verdict_key AS k FROM verdict_link l "
                     "JOIN verdict v ON v.id = l.cause ORDER BY 1)",
                     text),
           "a b,c", "causes with blanks");
    is_str(rules_ask(s,
                     "SELECT group_concat(verdict_key || ' ' || subject_kind || ' ' || a, ';') "
                     "FROM (SELECT * FROM verdict ORDER BY rank)",
                     text),
           "k link A;a program p;a b program p;c program p", "the worst first");
}

/* `facts` says which tables must have a row. */
static void test_facts(struct store *s)
{
    rules_clear();
    rules_write("t", RULE_HEAD("t") "-- facts: test_event\n" RULE_ROW);
    is_int(rules_run(s, why, sizeof(why)), 0, "a rule with facts");
    is_str(rules_ask(s, "SELECT count(*) FROM verdict", text), "1", "  speaks");
    rules_write("t", RULE_HEAD("t") "-- facts: verdict_text exhibit\n" RULE_ROW);
    is_int(rules_run(s, why, sizeof(why)), 0, "one without");
    is_str(rules_ask(s, "SELECT count(*) FROM verdict", text), "0", "  is not asked");
    rules_write("t", RULE_HEAD("t") "-- facts: verdict_text, test_event\n" RULE_ROW);
    is_int(rules_run(s, why, sizeof(why)), 0, "one with some of them");
    is_str(rules_ask(s, "SELECT count(*) FROM verdict", text), "1", "  speaks");
    rules_write("t", RULE_HEAD("t") "-- facts: no_such_thing\nSELECT * FROM no_such_thing");
    is_int(rules_run(s, why, sizeof(why)), 1, "one whose facts nobody knows");
    ok(strstr(why, "no such table") != NULL, "  is an error");
}

/* Of too many rows the first verdicts are kept, the last one only if it is whole. */
static void test_many(struct store *s)
{
    rules_clear();
    rules_write(
        "t",
        RULE_HEAD(
            "t") "WITH RECURSIVE many(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM many WHERE i < "
                 "120000) "
                 "SELECT 'k' || (i / 3) AS verdict_key, 'it' AS say, 'likely' AS state, 'warning' AS "
                 "severity, "
                 "'flow:1' AS subject, 1 AS source, 2 AS frame, NULL AS line, NULL AS at, NULL AS "
                 "at_len, "
                 "'first' AS what, NULL AS rivals, NULL AS missing, NULL AS caused_by FROM many");
    is_int(rules_run(s, why, sizeof(why)), 1, "a rule with 120,000 rows");
    ok(strstr(why, "(verdicts: 33333)") != NULL, "  is told");
    is_str(rules_ask(s, "SELECT count(*) FROM verdict", text), "33333",
           "  its whole verdicts are kept");
}

int main(void)
{
    char path[128];
    struct store *s = case_open(case_path("verdict.case", path), STORE_WRITE);

    case_fill(s);
    test_contract(s);
    test_content(s);
    test_id(s);
    test_unrelated(s);
    test_kept(s);
    test_causes(s);
    test_facts(s);
    test_many(s);
    store_close(s);
    s = case_open(NULL, STORE_TEMPORARY);
    case_fill(s);
    test_causes(s);
    store_close(s);
    case_end();
    return tap_done();
}
