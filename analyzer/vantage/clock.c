#include "config.h"

#include "vantage/clock.h"

#include <math.h>
#include <stdlib.h>

#include "base/times.h"

static int64_t difference(const struct clock_point *p)
{
    return p->b_ns - p->a_ns;
}

static int by_difference(const void *x, const void *y)
{
    int64_t a = difference(x), b = difference(y);

    return (a > b) - (a < b);
}

/* The points within the tolerance of the median, moved to the front; returns their number. */
static size_t keep_inliers(struct clock_point *p, size_t n)
{
    int64_t median;
    size_t i, kept = 0;

    qsort(p, n, sizeof(*p), by_difference);
    median = difference(&p[n / 2]);
    for (i = 0; i < n; i++)
        if (llabs(difference(&p[i]) - median) <= CLOCK_TOLERANCE_NS)
            p[kept++] = p[i];
    return kept;
}

/* Least squares of the difference over a's time; 0 where the span says nothing about drift. */
static double fit_drift(const struct clock_point *p, size_t n, double mean_t, double mean_d,
                        int64_t origin_t, int64_t origin_d)
{
    double tt = 0, td = 0;
    int64_t first = p[0].a_ns, last = first;
    size_t i;

    for (i = 0; i < n; i++) {
        double t = (double)(p[i].a_ns - origin_t) - mean_t;
        double d = (double)(difference(&p[i]) - origin_d) - mean_d;

        tt += t * t;
        td += t * d;
        first = p[i].a_ns < first ? p[i].a_ns : first;
        last = p[i].a_ns > last ? p[i].a_ns : last;
    }
    return last - first < CLOCK_DRIFT_SPAN_NS || n < 16 || tt <= 0 ? 0 : td / tt;
}

bool clock_fit(struct clock_point *p, size_t n, struct clock_fit *out)
{
    double mean_t = 0, mean_d = 0;
    int64_t origin_t, origin_d;
    size_t i, kept;

    if (n < CLOCK_POINTS_MIN)
        return false;
    kept = keep_inliers(p, n);
    if (kept < CLOCK_POINTS_MIN || kept * 2 < n)
        return false;
    origin_t = p[0].a_ns;
    origin_d = difference(&p[kept / 2]);
    for (i = 0; i < kept; i++) {
        mean_t += (double)(p[i].a_ns - origin_t) / (double)kept;
        mean_d += (double)(difference(&p[i]) - origin_d) / (double)kept;
    }
    *out = (struct clock_fit){ .n = kept };
    out->drift = fit_drift(p, kept, mean_t, mean_d, origin_t, origin_d);
    out->at_ns = origin_t + (int64_t)mean_t;
    out->offset_ns = origin_d + (int64_t)mean_d;
    for (i = 0; i < kept; i++) {
        double expected = (double)(p[i].a_ns - out->at_ns) * out->drift;
        int64_t off = llabs(difference(&p[i]) - out->offset_ns - (int64_t)expected);

        out->error_ns = off > out->error_ns ? off : out->error_ns;
    }
    return true;
}

int64_t clock_to_a(const struct clock_fit *f, int64_t b_ns)
{
    int64_t a;
    double gained;

    if (__builtin_sub_overflow(b_ns, f->offset_ns, &a))
        a = b_ns < 0 ? INT64_MIN : INT64_MAX;
    a = times_tame(a);
    gained = (double)(a - f->at_ns) * f->drift / (1 + f->drift);
    return fabs(gained) < 4e18 ? times_tame(a - (int64_t)gained) : a;
}
