/*
 * compare: pairs of vantages side by side: clocks, losses by direction and kind, what the lost have in
 * common, the lost frames.
 */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "report/report.h"

struct store;

/* All pairs of the case.  JSON and JSONL give one deadwire.pair/1 object a pair. */
int report_compare(struct store *s, const struct report_options *o, FILE *out, struct err *err);

/* What was not read, or not to its end, a line each; *captures (may be NULL) were. */
int report_compare_unread(struct store *s, FILE *out, int64_t *captures, struct err *err);

#endif
