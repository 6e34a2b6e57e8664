/*
 * clock: how the clocks of two captures differ: an offset, a drift, and how far both can be trusted.
 *
 * The points are frames that both captures hold exactly once.
 */
#ifndef VANTAGE_CLOCK_H
#define VANTAGE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_POINTS_MIN   3u
#define CLOCK_APART_MAX_NS INT64_C(120000000000) /* further apart, two clocks are rarely of one time */
#define CLOCK_TOLERANCE_NS INT64_C(2000000000) /* points further off the median are chance matches */
#define CLOCK_DRIFT_SPAN_NS INT64_C(60000000000) /* shorter than this, drift is not looked for */

struct clock_point {
    int64_t a_ns, b_ns;
};

struct clock_fit {
    int64_t offset_ns;   /* b minus a at `at_ns` of a's clock */
    int64_t at_ns;
    double drift;        /* seconds that b gains per second of a */
    int64_t error_ns;    /* no inlier is further off */
    size_t n;            /* inliers */
};

/* False: too few points agree.  `points` is sorted in place. */
bool clock_fit(struct clock_point *points, size_t n, struct clock_fit *out);

/* A time of b on a's clock. */
int64_t clock_to_a(const struct clock_fit *f, int64_t b_ns);

#endif
