/*
 * tap: the test harness: prints TAP (Test Anything Protocol), one line per check.
 *
 *     int main(void)
 *     {
 *         is_int(2 + 2, 4, "adds");
 *         return tap_done();
 *     }
 */
#ifndef TESTS_SUPPORT_TAP_H
#define TESTS_SUPPORT_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_n, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static bool ok(bool pass, const char *fmt, ...)
{
    va_list ap;

    tap_failed += !pass;
    printf("%sok %d - ", pass ? "" : "not ", ++tap_n);
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
    fflush(stdout);
    return pass;
}

__attribute__((unused)) static bool is_int(int64_t got, int64_t want, const char *what)
{
    bool pass = ok(got == want, "%s", what);

    if (!pass)
        printf("#   got %lld, wanted %lld\n", (long long)got, (long long)want);
    return pass;
}

__attribute__((unused)) static bool is_str(const char *got, const char *want, const char *what)
{
    bool same = got && want ? strcmp(got, want) == 0 : got == want;
    bool pass = ok(same, "%s", what);

    if (!pass)
        printf("#   got    %s\n#   wanted %s\n", got ? got : "(null)", want ? want : "(null)");
    return pass;
}

__attribute__((unused)) static int tap_done(void)
{
    printf("1..%d\n", tap_n);
    return tap_failed ? 1 : 0;
}

#endif
