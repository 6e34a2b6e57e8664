/* rule: the header of a rule file, and what is said about a broken one. */
#include "config.h"

#include "base/arena.h"
#include "support/tap.h"
#include "verdict/rule.h"
#include "verdict/verdict.h"

#define GOOD "-- id: a-b\n-- title: T\n-- because.x: B\n-- what.w: W\n"

static void is_error(const char *text, const char *want)
{
    struct arena *a = arena_new(1 << 20);
    struct rule r;
    struct err err = { 0 };
    int rc = rule_parse("f.sql", text, strlen(text), a, &r, &err);

    ok(rc < 0, "refused: %s", want);
    ok(strstr(err.msg, want) != NULL, "says so");
    if (!strstr(err.msg, want))
        printf("#   got %s\n", err.msg);
    arena_free(a);
}

static void test_good(void)
{
    static const char text[] = "-- id: a-b\r\n"
                               "-- title: One line\r\n"
                               "-- title@zh_CN: \xe4\xb8\x80\n"
                               "-- because.x: from {n} on,\n"
                               "--   and {{on}}\n"
                               "-- because.x@zh_CN: zh\n"
                               "--\n"
                               "-- advice.x: do: it\n"
                               "-- what.w: W\n"
                               "-- rival.r: cause | settle\n"
                               "-- missing.m: M\n"
                               "-- numbers: n int, silent_s  real,ok bool, t text\n"
                               "-- after: p q\n"
                               "-- sources: RFC 1\n"
                               "-- samples: fires: x\n"
                               "SELECT 1 -- not a header\n";
    struct arena *a = arena_new(1 << 20);
    struct rule r;
    struct err err = { 0 };

    is_int(rule_parse("f", text, sizeof(text) - 1, a, &r, &err), 0, "a good header");
    is_str(r.id, "a-b", "id");
    is_str(r.title, "One line", "title");
    is_str(rule_text_of(r.titles, "", "zh_CN"), "\xe4\xb8\x80", "title in another language");
    is_str(rule_text_of(r.because, "x", ""), "from {n} on, and {{on}}", "continued lines");
    is_str(rule_text_of(r.because, "x", "zh_CN"), "zh", "the other language");
    is_str(rule_text_of(r.advice, "x", ""), "do: it", "advice");
    is_str(rule_text_of(r.rival, "r", ""), "cause | settle", "rival");
    ok(rule_text_of(r.missing, "n", "") == NULL, "no such key");
    ok(strcmp(r.numbers[1].name, "silent_s") == 0 && r.numbers[1].type == RULE_REAL &&
           r.numbers[2].type == RULE_BOOL && r.numbers[3].type == RULE_TEXT && !r.numbers[4].name,
       "numbers");
    ok(strcmp(r.after[0], "p") == 0 && strcmp(r.after[1], "q") == 0 && !r.after[2], "after");
    is_str(r.sql, text, "the whole file");
    arena_free(a);
}

int main(void)
{
    test_good();
    is_error("", "no SELECT");
    is_error(GOOD, "f.sql:4: no SELECT");
    is_error("SELECT 1", "needs an `id`");
    is_error("-- id: a b\nSELECT 1", "needs an `id`");
    is_error("-- id: a\n-- title: T\n-- what.w: W\nSELECT 1", "needs a `because.SAY`");
    is_error("-- id: a\n-- title: T\n-- because.w: W\nSELECT 1", "needs a `what.KEY`");
    is_error("-- id: a\n-- because.w: W\n-- what.w: W\nSELECT 1", "needs a `title`");
    is_error(GOOD "-- colour: red\nSELECT 1", "f.sql:5: unknown name `colour`");
    is_error(GOOD "-- some words\nSELECT 1", "f.sql:5: not `-- NAME: text`");
    is_error(GOOD "--x: y\nSELECT 1", "f.sql:5: a header line");
    is_error(GOOD "--  id: y\nSELECT 1", "f.sql:5: a header line");
    is_error(GOOD "-- id.x: y\nSELECT 1", "`id` takes no .KEY");
    is_error(GOOD "-- what: y\nSELECT 1", "`what` needs a .KEY");
    is_error(GOOD "-- what.a b: y\nSELECT 1", "a KEY or LOCALE");
    is_error(GOOD "-- after@de: y\nSELECT 1", "`after` takes no @LOCALE");
    is_error(GOOD "-- what.w: y\nSELECT 1", "f.sql:5: `what` stands here twice (first in line 4)");
    is_error(GOOD "-- what.z@de: y\nSELECT 1", "`what` in de only");
    is_error(GOOD "-- what.z:\nSELECT 1", "`what` says nothing");
    is_error(GOOD "-- advice.z: y\nSELECT 1", "advice for `z`");
    is_error(GOOD "-- rival.z: y\nSELECT 1", "a rival is");
    is_error(GOOD "-- rival.z: | y\nSELECT 1", "a rival is");
    is_error(GOOD "-- because.z: a {b\nSELECT 1", "f.sql:5: a stray brace");
    is_error(GOOD "-- because.z: a } b\nSELECT 1", "a stray brace");
    is_error(GOOD "-- because.z: a {} b\nSELECT 1", "a stray brace");
    is_error(GOOD "-- numbers: n\nSELECT 1", "f.sql:5: numbers are");
    is_error(GOOD "-- numbers: n float\nSELECT 1", "numbers are");
    is_error(GOOD "-- numbers: n int x\nSELECT 1", "numbers are");
    is_error(GOOD "-- numbers: n int,\nSELECT 1", "numbers are");
    is_error(GOOD "SELECT '\xff'", "f.sql:5: not UTF-8");
    return tap_done();
}
