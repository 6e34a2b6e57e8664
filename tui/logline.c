#include "config.h"

#include "tui/logline.h"

#include <stdio.h>

#include "base/str.h"
#include "frame/logtext.h"
#include "store/store.h"
#include "tui/ui.h"

#define AROUND 40 /* lines before and behind */

struct taking {
    struct lines *out;
    uint64_t lit;
};

static bool take(void *user, uint64_t line_no, const char *text)
{
    struct taking *t = user;
    char label[24];

    snprintf(label, sizeof(label), "%7llu", (unsigned long long)line_no);
    lines_add(t->out, 1, label, line_no == t->lit ? STYLE_CITED : STYLE_DIM, 9, text,
              line_no == t->lit ? STYLE_STRONG : STYLE_TEXT, 0);
    return true;
}

static void head(struct ui *ui, uint32_t source, uint64_t line_no, struct lines *out)
{
    struct source src;
    struct str s = { 0 };

    if (store_source(ui_store(ui), source, &src, NULL) == ERR_OK)
        str_addf(&s, "line %llu of %s", (unsigned long long)line_no,
                 src.name ? src.name : src.path);
    lines_say(out, 1, STYLE_STRONG, str_get(&s));
    lines_gap(out);
    str_free(&s);
}

static void read_some(struct ui *ui, uint32_t source, uint64_t from, uint64_t to, uint64_t lit,
                      struct lines *out)
{
    struct taking t = { out, lit };
    struct err err = { 0 };

    if (logtext_read(ui_store(ui), source, from, to, take, &t, &err))
        lines_say(out, 1, STYLE_WARNING, err.msg);
}

void logline_show(struct ui *ui, uint32_t source, uint64_t line_no, struct lines *out)
{
    uint64_t from = line_no > 3 ? line_no - 3 : 1;

    lines_clear(out);
    out->top = 0;
    head(ui, source, line_no, out);
    read_some(ui, source, from, line_no + AROUND, line_no, out);
}

uint64_t logline_first(uint64_t line_no)
{
    return line_no > AROUND ? line_no - AROUND : 1;
}

void logline_all(struct ui *ui, uint32_t source, uint64_t line_no, struct lines *out)
{
    uint64_t from = logline_first(line_no), above = line_no ? line_no - from : 0;

    lines_clear(out);
    read_some(ui, source, from, from + LOGLINE_MAX, line_no, out);
    out->top = above > LOGLINE_ABOVE ? (size_t)above - LOGLINE_ABOVE : 0;
}
