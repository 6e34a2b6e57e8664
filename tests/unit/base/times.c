/* times: ticks of any clock become nanoseconds, and nanoseconds text. */
#include "config.h"

#include "base/times.h"

#include "tests/support/tap.h"

int main(void)
{
    char out[TIMES_LEN];

    is_int(times_from(2, 500000, 1000000), INT64_C(2500000000), "microseconds");
    is_int(times_from(2, 1500000, 1000000), INT64_C(3500000000), "more than a second of them");
    is_int(times_from(2, 999999999, 1000000000), INT64_C(2999999999), "nanoseconds");
    is_int(times_from(2, 4000000000, 1000000000), INT64_C(6000000000), "more than a second of them");
    is_int(times_from(2, 3, 7), INT64_C(2428571428), "a clock of seven ticks a second");
    is_int(times_from(-1, 250, 1000), -750000000, "before 1970");
    is_int(times_from(INT64_MAX, 0, 1000000), INT64_MAX, "too late: saturates");
    is_int(times_from(INT64_MIN, 0, 1000000), INT64_MIN, "too early: saturates");
    is_int(times_from(0, UINT64_MAX, 1000000000), INT64_MAX, "a fraction beyond all: saturates");
    is_int(times_from(5, 5, 0), 0, "a clock that does not tick");
    is_str(times_format(INT64_C(1795248000000000001), out), "2026-11-21T08:00:00.000000001Z",
           "RFC 3339");
    is_str(times_format(-1, out), "1969-12-31T23:59:59.999999999Z", "before 1970");
    is_str(times_clock(INT64_C(1795248000123456789), out), "08:00:00.123456", "for people");
    return tap_done();
}
