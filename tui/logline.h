/* logline: a line of a log with those around it, as lines of text. */
#ifndef TUI_LOGLINE_H
#define TUI_LOGLINE_H

#include <stdint.h>

#include "tui/lines.h"

struct ui;

/* Replaces what `out` holds; the line itself is lit. */
void logline_show(struct ui *ui, uint32_t source, uint64_t line_no, struct lines *out);
/* From a line on, as many as LOGLINE_MAX. */
#define LOGLINE_MAX   20000u
#define LOGLINE_ABOVE 3 /* lines shown before it */
/* The first line that logline_all reads for this one. */
uint64_t logline_first(uint64_t line_no);
void logline_all(struct ui *ui, uint32_t source, uint64_t line_no, struct lines *out);

#endif
