/*
 * result: what the verdicts, conversations and sources of a case come to (design.md section 5).
 */
#ifndef VERDICT_RESULT_H
#define VERDICT_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct store;

enum case_outcome { CASE_FAULT, CASE_HEALTHY, CASE_UNKNOWN };

struct case_result {
    enum case_outcome outcome;
    char reason[256]; /* in words, never empty */
    uint64_t verdicts, worst; /* all of them; those at `warning` or above that are not `unknown` */
    uint64_t sources, unread; /* all; those unreadable or cut short */
    uint64_t packets;
    uint64_t flows, set_up, outstanding;
    uint64_t evicted; /* lives that were not followed to their end */
    uint64_t no_clock; /* captures whose times cannot be relied on: the clock went back, or stood
                          still */
    uint64_t ppp_unfollowed; /* frames of PPP control that nobody follows */
    uint64_t failed_rules;
    bool has_time;
    int64_t first_ns, last_ns;
};

int verdict_result(struct store *s, struct case_result *out, struct err *err);

/* "fault", "healthy", "unknown" */
const char *case_outcome_name(enum case_outcome o);

#endif
