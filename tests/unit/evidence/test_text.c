#include "config.h"

#include "evidence/text.h"

#include "support/tap.h"

static void time_is(const char *line, int64_t us, bool zone, const char *rest)
{
    struct bytes b = bytes_of(line, strlen(line));
    struct text_time t;

    ok(text_time(&b, &t) && t.clock_us == us && t.has_zone == zone && b.left == strlen(rest) &&
           memcmp(b.p, rest, b.left) == 0,
       "time of: %s", line);
    if (t.clock_us != us)
        printf("#   got %lld\n", (long long)t.clock_us);
}

static void no_time(const char *line)
{
    struct bytes b = bytes_of(line, strlen(line));
    struct text_time t;

    ok(!text_time(&b, &t) && !t.has_clock && b.left == strlen(line), "no time: %s", line);
}

static void test_times(void)
{
    time_is("Wed Jul 24 16:53:15 2013 us=12 x", INT64_C(1374684795000012), false, "x");
    time_is("Thu Aug  1 16:53:15 2013 x", INT64_C(1375375995000000), false, "x");
    time_is("2024-05-01 10:00:00 us=500000 x", INT64_C(1714557600500000), false, "x");
    time_is("2024-05-01T10:00:00.25Z x", INT64_C(1714557600250000), true, "x");
    time_is("2024-05-01T10:00:00,25+02:00 x", INT64_C(1714550400250000), true, "x");
    time_is("1714550000.123456 20 x", INT64_C(1714550000123456), true, "20 x");
    time_is("May  1 10:00:00 host x", INT64_C(957175200000000), false, "host x");
    no_time("10:00:00 x");
    no_time("2024-13-01 10:00:00 x");
    no_time("2024-05-01 25:00:00 x");
    no_time("99999999999999999999.123456 x");
    no_time("Wed Jul 99 16:53:15 2013");
    time_is("2255-01-01 00:00:00Z x", INT64_C(8993721600000000), true, "x");
    no_time("2300-01-01 00:00:00 x");
    no_time("0001-01-01 00:00:00 x");
    no_time("98765432100.000000 x");
    no_time("");
}

static void test_numbers(void)
{
    struct bytes b = bytes_of("65535x", 6);
    uint64_t v = 0;

    ok(text_number(&b, 65535, &v) && v == 65535 && b.left == 1, "the largest that is allowed");
    b = bytes_of("65536", 5);
    ok(!text_number(&b, 65535, &v) && b.left == 5, "one more");
    b = bytes_of("18446744073709551616", 20);
    ok(!text_number(&b, UINT64_MAX, &v), "more than 64 bits");
    b = bytes_of("7", 1);
    ok(!text_number(&b, 3, &v), "a digit above the limit");
    ok(text_find(bytes_of("abc", 3), "bc") == 1 && text_find(bytes_of("abc", 3), "x") == 3 &&
           text_find_any_case(bytes_of("aBC", 3), "bc") == 1,
       "words are found");
}

static bool begins(const char *line, const char *word)
{
    struct bytes b = bytes_of(line, strlen(line));

    return text_begins_word(b, text_find_any_case(b, word));
}

static void test_words(void)
{
    ok(begins("bind", "bind") && begins("a bind", "bind") && begins("tcp_bind", "bind") &&
           begins("tcpBind", "bind"),
       "a word begins");
    ok(!begins("unbind", "bind") && !begins("UNBIND", "bind"), "it is a part of another one");
}

int main(void)
{
    test_times();
    test_words();
    test_numbers();
    return tap_done();
}
