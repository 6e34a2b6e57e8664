/* page: lines of text, wrapped and in colour, for a person at a terminal. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PAGE_INDENT 2u /* columns of what stands below a heading */

struct store;

enum style { STYLE_NONE, STYLE_BOLD, STYLE_DIM, STYLE_RED, STYLE_YELLOW, STYLE_BLUE, STYLE_GREEN };

/* Everything is borrowed. */
struct page {
    struct store *s;
    FILE *out;
    bool color, brief;
    unsigned width;     /* columns */
    const char *locale; /* of the rules' words, or NULL */
    int64_t day;        /* of the last date written; INT64_MIN: none */
};

/* What is asked for, or 80 (0), within what can be read well. */
unsigned page_width(unsigned asked);

void page_put(struct page *p, enum style style, const char *text);
void page_blanks(struct page *p, size_t n);
/* Text padded to `columns`; cut with an ellipsis where it is wider. */
void page_cell(struct page *p, enum style style, const char *text, size_t columns);
/* `text` wrapped; the first line goes on where we are (`at` columns in), others are indented. */
void page_wrapped(struct page *p, enum style style, const char *text, size_t at, size_t indent);
/* "Label  text", wrapped under itself. */
void page_item(struct page *p, const char *label, const char *text);
/* "and 1,234 more" */
void page_more(struct page *p, size_t indent, uint64_t left);

#endif
