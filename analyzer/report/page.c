#include "config.h"

#include "report/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "report/report.h"

#define WIDTH_DEFAULT 80u

static const char *const style_codes[] = { "", "1", "2", "1;31", "1;33", "1;34", "1;32" };

unsigned page_width(unsigned asked)
{
    if (!asked)
        return WIDTH_DEFAULT;
    return asked < REPORT_WIDTH_LEAST  ? REPORT_WIDTH_LEAST
           : asked > REPORT_WIDTH_MOST ? REPORT_WIDTH_MOST
                                       : asked;
}

void page_put(struct page *p, enum style style, const char *text)
{
    if (p->color && style)
        fprintf(p->out, "\x1b[%sm%s\x1b[0m", style_codes[style], text);
    else
        fputs(text, p->out);
}

void page_blanks(struct page *p, size_t n)
{
    while (n--)
        fputc(' ', p->out);
}

void page_cell(struct page *p, enum style style, const char *text, size_t columns)
{
    size_t width = str_width(text);
    struct str cut = { 0 };

    if (width > columns && columns > 0) {
        str_addn(&cut, text, str_fit(text, columns - 1));
        str_adds(&cut, "\xe2\x80\xa6");
        text = str_get(&cut);
        width = str_width(text);
    }
    page_put(p, style, text);
    page_blanks(p, columns > width ? columns - width : 0);
    str_free(&cut);
}

/* Bytes of the longest line that fits: broken at a blank, else between wide characters, else hard.
 */
static size_t line_len(const char *s, size_t columns)
{
    size_t fit = str_fit(s, columns), i = fit, last;
    uint32_t c;

    if (!s[fit])
        return fit;
    while (i > 0 && s[i] != ' ')
        i--;
    last = i;
    /* Chinese has no blanks: any place behind a wide character is as good. */
    for (i = last; i < fit;) {
        size_t n = str_utf8(s + i, strnlen(s + i, 4), &c);

        i += n;
        if (c >= 0x2e80 && i <= fit)
            last = i;
    }
    return last ? last : fit ? fit : str_utf8(s, strnlen(s, 4), &c);
}

void page_wrapped(struct page *p, enum style style, const char *text, size_t at, size_t indent)
{
    bool first = true;

    if (indent > p->width) /* what stands before it may be of any length in a stranger's case */
        indent = p->width;
    while (*text) {
        size_t room = p->width > (first ? at : indent) + 8 ? p->width - (first ? at : indent) : 8;
        size_t n = line_len(text, room);
        char *line = xstrndup(text, n);

        if (!first)
            page_blanks(p, indent);
        page_put(p, style, line);
        fputc('\n', p->out);
        free(line);
        text += n;
        text += strspn(text, " ");
        first = false;
    }
    if (first)
        fputc('\n', p->out);
}

void page_item(struct page *p, const char *label, const char *text)
{
    page_blanks(p, PAGE_INDENT);
    page_put(p, STYLE_DIM, label);
    fputs("  ", p->out);
    page_wrapped(p, STYLE_NONE, text, PAGE_INDENT + str_width(label) + 2,
                 PAGE_INDENT + str_width(label) + 2);
}

void page_more(struct page *p, size_t indent, uint64_t left)
{
    char line[64], n[32];

    snprintf(line, sizeof(line), "and %s more", str_group(left, n));
    page_blanks(p, indent);
    page_put(p, STYLE_DIM, line);
    fputc('\n', p->out);
}
