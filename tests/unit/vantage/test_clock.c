/* test_clock: offset, drift and error bound of two clocks, from shared frames. */
#include "config.h"

#include "vantage/clock.h"

#include <stdlib.h>

#include "support/tap.h"

#define N 400

static uint32_t seed = 1;

static int64_t random_below(int64_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (int64_t)(seed >> 8) % n;
}

/* Points over `span`, b ahead by `offset`, gaining `ppm`; up to `jitter` late; `wild` of them wrong. */
static bool fit(int64_t span, int64_t offset, double ppm, int64_t jitter, int wild,
                struct clock_fit *out)
{
    struct clock_point p[N];
    int i;

    for (i = 0; i < N; i++) {
        p[i].a_ns = INT64_C(1700000000000000000) + span / N * i;
        p[i].b_ns = p[i].a_ns + offset + (int64_t)((double)(span / N * i) * ppm / 1e6) +
                    (jitter ? random_below(jitter) : 0);
        if (i % 10 < wild)
            p[i].b_ns += INT64_C(3600000000000) + i * INT64_C(9000000000);
    }
    return clock_fit(p, N, out);
}

int main(void)
{
    const int64_t hour = INT64_C(3600000000000), ms = 1000000;
    struct clock_point few[2] = { { 1, 2 }, { 3, 4 } };
    struct clock_fit f;
    int64_t a;

    ok(!clock_fit(few, 2, &f), "two points are too few");

    ok(fit(hour, 7200 * INT64_C(1000000000), 0, 2 * ms, 0, &f), "an offset of two hours");
    ok(llabs(f.offset_ns - 7200 * INT64_C(1000000000)) <= 2 * ms, "is found within the jitter");
    ok(f.error_ns <= 2 * ms, "and the error bound is the jitter's");

    ok(fit(hour, -5 * ms, 50, ms, 0, &f), "a drift of 50 ppm");
    ok(f.drift > 49e-6 && f.drift < 51e-6, "is found");
    ok(f.error_ns <= 2 * ms, "and leaves no error behind");
    a = INT64_C(1700000000000000000) + hour / 2;
    ok(llabs(clock_to_a(&f, a - 5 * ms + (int64_t)((double)(hour / 2) * 50e-6)) - a) <= 2 * ms,
       "a time of b comes back on a's clock");

    ok(fit(hour, 20 * ms, 0, ms, 3, &f), "three in ten are chance matches");
    ok(llabs(f.offset_ns - 20 * ms) <= 2 * ms, "do not move the offset");
    ok(!fit(hour, 20 * ms, 0, ms, 6, &f), "six in ten are no clock at all");

    ok(fit(INT64_C(1000000000), 3 * ms, 0, ms, 0, &f), "a second of traffic");
    ok(f.drift == 0, "says nothing about drift");

    f = (struct clock_fit){ .offset_ns = INT64_MAX - 1, .at_ns = -INT64_MAX / 2, .drift = 0.5 };
    ok(clock_to_a(&f, -INT64_MAX / 2) == -INT64_MAX / 2,
       "no time is too far away for another clock");
    return tap_done();
}
