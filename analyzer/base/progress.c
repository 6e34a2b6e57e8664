#include "config.h"

#include "base/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/times.h"

static int64_t now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

void progress_start(struct progress *p, enum progress_mode mode, const char *what, uint64_t total)
{
    *p = (struct progress){ .what = what, .total = total };
    p->on = mode == PROGRESS_ALWAYS || (mode == PROGRESS_AUTO && isatty(STDERR_FILENO));
    p->last_ns = p->on ? now_ns() : 0;
}

void progress_show(struct progress *p, uint64_t done)
{
    int64_t now;

    if (!p->on)
        return;
    now = now_ns();
    if (now - p->last_ns < NS_PER_S / 5)
        return;
    p->last_ns = now;
    p->shown = true;
    if (p->total)
        fprintf(stderr, "\r\033[K%s  %.1f of %.1f MB  %u %%", p->what, (double)done / 1e6,
                (double)p->total / 1e6, (unsigned)(100.0 * (double)done / (double)p->total));
    else
        fprintf(stderr, "\r\033[K%s  %.1f MB", p->what, (double)done / 1e6);
    fflush(stderr);
}

void progress_end(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    p->on = p->shown = false;
}
