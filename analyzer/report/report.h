/*
 * report: a case as text for people, or as JSON for programs.
 *
 * Reads the case only.  The machine formats (docs/store.md has the tables behind them) do not
 * depend on locale, width or colour and are the same byte for byte for the same case.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

struct store;

#define REPORT_WIDTH_LEAST 40u
#define REPORT_WIDTH_MOST  100u /* longer lines are hard to read */

enum report_format { REPORT_TEXT, REPORT_JSON, REPORT_JSONL };

struct report_options {
    enum report_format format;
    bool color;         /* text only */
    unsigned width;     /* columns; 0: 80; what is outside the two above is as they are */
    bool brief;         /* text only: the worst verdict, the others a line each */
    const char *locale; /* "zh_CN": the rules' own words in that language; NULL: default */
};

/* ERR_IO: `out` could not be written to. */
int report_case(struct store *s, const struct report_options *o, FILE *out, struct err *err);

#endif
