/*
 * home: what stands on the first screen beside the verdicts: what was read, and what the answer
 * lacks.
 */
#ifndef TUI_HOME_H
#define TUI_HOME_H

#include "tui/lines.h"

struct case_result; /* verdict/result.h */
struct str;
struct ui;

/* What was read, captures first, each with how far. */
void home_sources(struct ui *ui, struct lines *out);
/* Sources that were not read, or not to their end, and rules that failed: each with its reason. */
void home_troubles(struct ui *ui, struct lines *out);
/* The same in one line, counted; "": nothing is missing. */
void home_brief(struct ui *ui, const struct case_result *r, struct str *out);

#endif
