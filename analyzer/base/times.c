#include "config.h"

#include "base/times.h"

#include <stdio.h>
#include <time.h>

static void split(int64_t ns, struct tm *tm, long *frac)
{
    int64_t s = ns / NS_PER_S, f = ns % NS_PER_S;
    time_t t;

    if (f < 0) {
        f += NS_PER_S;
        s--;
    }
    t = (time_t)s;
    gmtime_r(&t, tm);
    *frac = (long)f;
}

const char *times_format(int64_t ns, char out[TIMES_LEN])
{
    struct tm tm;
    long frac;

    split(ns, &tm, &frac);
    snprintf(out, TIMES_LEN, "%04u-%02u-%02uT%02u:%02u:%02u.%09luZ",
             (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100,
             (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100,
             (unsigned)tm.tm_sec % 100, (unsigned long)frac % 1000000000);
    return out;
}

const char *times_clock(int64_t ns, char out[TIMES_LEN])
{
    struct tm tm;
    long frac;

    split(ns, &tm, &frac);
    snprintf(out, TIMES_LEN, "%02u:%02u:%02u.%06lu", (unsigned)tm.tm_hour % 100,
             (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100,
             (unsigned long)frac / 1000 % 1000000);
    return out;
}

int64_t times_from(int64_t seconds, uint64_t fraction, uint64_t per_second)
{
    unsigned __int128 sub;
    int64_t ns;

    if (per_second == 0)
        return 0;
    /* The usual clocks need no division. */
    if (per_second == 1000000 && fraction < per_second)
        sub = fraction * 1000;
    else if (per_second == (uint64_t)NS_PER_S)
        sub = fraction;
    else
        sub = (unsigned __int128)fraction * (uint64_t)NS_PER_S / per_second;
    if (sub > INT64_MAX / 2)
        return INT64_MAX;
    if (__builtin_mul_overflow(seconds, NS_PER_S, &ns) ||
        __builtin_add_overflow(ns, (int64_t)sub, &ns))
        return seconds < 0 ? INT64_MIN : INT64_MAX;
    return ns;
}

int64_t times_days(int64_t y, unsigned m, unsigned d)
{
    int64_t era;
    unsigned yoe, doy, doe;

    y -= m <= 2;
    era = y / 400;
    yoe = (unsigned)(y - era * 400);
    doy = (153 * (m + (m > 2 ? -3u : 9u)) + 2) / 5 + d - 1;
    doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + (int64_t)doe - 719468;
}
