/* detail: one verdict in words: its sentence, evidence, rivals, advice; for the views that show it.
 */
#ifndef TUI_DETAIL_H
#define TUI_DETAIL_H

#include <stdbool.h>

#include "tui/lines.h"

struct ui;
struct str;

/* Sign and style of a severity and state ("confirmed", "unknown"). */
const char *detail_sign(const char *severity, const char *state, unsigned *style);

/*
 * Fills `out` with the verdict.  Lines of evidence carry its `n` as their tag.  `evidence_only`:
 * nothing but these.
 */
void detail_of(struct ui *ui, const char *id, bool evidence_only, struct lines *out);

/* "tcp 10.0.0.1:1 → 10.0.0.2:2", from the columns of a row of `verdict`. */
void detail_subject(const char *kind, const char *proto, const char *a, const char *b,
                    struct str *out);

/* The text of a part ("title", "because") in the reader's language; `otherwise` where there is
 * none. */
void detail_words(struct ui *ui, const char *id, const char *part, const char *otherwise,
                  struct str *out);

#endif
