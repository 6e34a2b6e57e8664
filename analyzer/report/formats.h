/* formats: the writers behind report_case. */
#ifndef REPORT_FORMATS_H
#define REPORT_FORMATS_H

#include <stdio.h>

#include "base/err.h"
#include "report/report.h"

struct page;
struct store;

int report_json(struct store *s, const struct report_options *o, FILE *out, struct err *err);
int report_text(struct store *s, const struct report_options *o, FILE *out, struct err *err);
/* The verdicts alone, for report_text: the worst comes first. */
int text_verdicts(struct page *p, struct err *err);

#endif
