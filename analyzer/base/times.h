/*
 * times: nanoseconds since 1970 (UTC) as text.
 *
 * The machine's own time zone is never used.
 */
#ifndef BASE_TIMES_H
#define BASE_TIMES_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_S INT64_C(1000000000)
#define TIMES_LEN 40 /* room for what times_format writes, NUL included */

/* "2026-11-21T08:00:00.000000000Z" (RFC 3339).  Returns `out`. */
const char *times_format(int64_t ns, char out[TIMES_LEN]);

/* For people, without the date: "08:00:00.000000".  Returns `out`. */
const char *times_clock(int64_t ns, char out[TIMES_LEN]);

/* Held within 146 years of 1970, so that no difference of two overflows; classic pcap ends before. */
static inline int64_t times_tame(int64_t ns)
{
    const int64_t max = INT64_MAX / 2;

    return ns > max ? max : ns < -max ? -max : ns;
}

/* Seconds and a fraction of `unit` (1e6, 1e9, ...) as ns; saturates instead of overflowing. */
int64_t times_from(int64_t seconds, uint64_t fraction, uint64_t per_second);

/* Days since 1970 of a date of the Gregorian calendar, month and day from 1; years before 0 are not
 * meant (Howard Hinnant, days_from_civil). */
int64_t times_days(int64_t year, unsigned month, unsigned day);

#endif
