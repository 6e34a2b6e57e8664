/*
 * progress: one line on stderr that says how far a long file is, and nothing elsewhere.
 *
 *     a.pcap  1.2 of 3.4 GB  35 %
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

enum progress_mode { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct progress {
    bool on, shown;
    const char *what; /* borrowed */
    uint64_t total;   /* bytes; 0: unknown */
    int64_t last_ns;
};

/* AUTO: on if stderr is a terminal. */
void progress_start(struct progress *p, enum progress_mode mode, const char *what, uint64_t total);
/* Cheap; redraws at most five times a second. */
void progress_show(struct progress *p, uint64_t done);
/* Wipes the line. */
void progress_end(struct progress *p);

#endif
