#include "config.h"

#include "tui/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#define TEXT_LEAST 12 /* columns of text, however far it is indented */

void lines_clear(struct lines *l)
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        free(l->all[i].label);
        free(l->all[i].text);
    }
    l->n = l->n_rows = 0;
    l->width = 0;
}

void lines_free(struct lines *l)
{
    lines_clear(l);
    free(l->all);
    free(l->rows);
    *l = (struct lines){ 0 };
}

void lines_add(struct lines *l, int indent, const char *label, unsigned label_style, int hang,
               const char *text, unsigned style, int tag)
{
    if (l->n > LINES_MAX)
        return;
    if (l->n == LINES_MAX) {
        label = NULL;
        text = "more than can be shown here";
    }
    VEC_PUSH(l->all, l->n, l->cap,
             (struct line){ .label = label ? xstrdup(label) : NULL,
                            .text = xstrdup(text ? text : ""),
                            .label_style = label_style,
                            .style = style,
                            .indent = indent,
                            .hang = hang,
                            .tag = tag });
    l->width = 0;
}

void lines_say(struct lines *l, int indent, unsigned style, const char *text)
{
    lines_add(l, indent, NULL, STYLE_TEXT, 0, text, style, 0);
}

void lines_gap(struct lines *l)
{
    lines_add(l, 0, NULL, STYLE_TEXT, 0, "", STYLE_TEXT, 0);
}

/* Where the text of a line starts. */
static int text_col(const struct line *x)
{
    int label = x->label ? (int)str_width(x->label) : 0;

    return x->indent + (x->hang > label ? x->hang : label ? label + 1 : 0);
}

/* Bytes that fit: up to a blank, behind a wide character, else as many as there is room for. */
static size_t fit(const char *s, size_t columns)
{
    size_t n = str_fit(s, columns), i = n, last;
    uint32_t code = 0;

    if (!s[n])
        return n;
    while (i > 0 && s[i] != ' ')
        i--;
    for (last = i; i < n;) {
        i += str_utf8(s + i, strlen(s + i), &code);
        if (code >= 0x2e80 && i <= n)
            last = i;
    }
    if (last)
        return last;
    return n ? n : str_utf8(s, strlen(s), &code);
}

static void wrap(struct lines *l, size_t index, int width)
{
    const struct line *x = &l->all[index];
    int room = width - text_col(x);
    const char *s = x->text;
    bool first = true;

    if (room < TEXT_LEAST)
        room = TEXT_LEAST;
    do {
        size_t n = fit(s, (size_t)room);

        VEC_PUSH(l->rows, l->n_rows, l->cap_rows,
                 (struct row){ index, (size_t)(s - x->text), n, first });
        s += n;
        s += strspn(s, " ");
        first = false;
    } while (*s);
}

static void layout(struct lines *l, int width)
{
    size_t i;

    if (l->measure && width > l->measure)
        width = l->measure;
    if (l->width == width)
        return;
    l->n_rows = 0;
    for (i = 0; i < l->n; i++)
        wrap(l, i, width);
    l->width = width;
}

size_t lines_first(const struct lines *l)
{
    return l->top < l->n_rows ? l->rows[l->top].line : 0;
}

static void keep_inside(struct lines *l, int rows)
{
    size_t most = l->n_rows > (size_t)rows ? l->n_rows - (size_t)rows : 0;

    if (l->top > most)
        l->top = most;
}

/* The chosen line comes into sight. */
static void follow(struct lines *l, int rows)
{
    size_t i, first = l->n_rows, last = 0;

    for (i = 0; i < l->n_rows; i++) {
        if (!l->chosen || l->all[l->rows[i].line].tag != l->chosen)
            continue;
        if (i < first)
            first = i;
        last = i;
    }
    if (first == l->n_rows)
        return;
    if (last >= l->top + (size_t)rows)
        l->top = last + 1 - (size_t)rows;
    if (first < l->top)
        l->top = first;
}

/* All rows of a chosen line, with the mark at the first one. */
static void select_row(struct grid *g, struct area a, int row, bool first)
{
    grid_select(g, row, a.col, a.cols);
    if (!first)
        grid_put(g, row, a.col, 1, STYLE_TEXT | STYLE_SELECTED, " ");
}

void lines_draw(struct lines *l, struct grid *g, struct area a)
{
    int i;

    if (a.rows <= 0 || a.cols <= 0)
        return;
    layout(l, a.cols);
    keep_inside(l, a.rows);
    for (i = 0; i < a.rows && l->top + (size_t)i < l->n_rows; i++) {
        const struct row *r = &l->rows[l->top + (size_t)i];
        const struct line *x = &l->all[r->line];
        char *part = xstrndup(x->text + r->from, r->len);
        int col = text_col(x);

        if (r->first && x->label)
            grid_put(g, a.row + i, a.col + x->indent, a.cols - x->indent, x->label_style, x->label);
        grid_put(g, a.row + i, a.col + col, a.cols - col, x->style, part);
        if (l->chosen && x->tag == l->chosen)
            select_row(g, a, a.row + i, r->first);
        free(part);
    }
}

/* The tag after (or before) the chosen one; the same where there is none. */
static int neighbour(const struct lines *l, bool back)
{
    int before = 0, found = l->chosen;
    size_t i;

    for (i = 0; i < l->n; i++) {
        int tag = l->all[i].tag;

        if (!tag)
            continue;
        if (tag == l->chosen && back)
            return before ? before : tag;
        if (before == l->chosen && tag != before && !back)
            return tag;
        if (tag != before)
            before = tag;
    }
    return found;
}

static int end_tag(const struct lines *l, bool last)
{
    int tag = 0;
    size_t i;

    for (i = 0; i < l->n; i++)
        if (l->all[i].tag && (last || !tag))
            tag = l->all[i].tag;
    return tag;
}

static bool move(struct lines *l, int by, int rows)
{
    if (by < 0)
        l->top = l->top > (size_t)-by ? l->top + (size_t)by : 0;
    else
        l->top += (size_t)by;
    keep_inside(l, rows);
    return true;
}

static bool step(struct lines *l, bool back, int count, int rows)
{
    int n = count > 0 ? count : 1, tag;

    if (!l->chosen)
        return move(l, back ? -n : n, rows);
    while (n-- > 0) {
        tag = neighbour(l, back);
        /* Behind the last one the text itself is scrolled. */
        if (tag == l->chosen)
            return move(l, back ? -1 : 1, rows);
        l->chosen = tag;
    }
    follow(l, rows);
    return true;
}

bool lines_act(struct lines *l, enum action action, int count, int rows)
{
    if (rows < 1)
        rows = 1;
    if (l->width == 0)
        layout(l, 80);
    switch (action) {
    case ACTION_down:
    case ACTION_up:
        return step(l, action == ACTION_up, count, rows);
    case ACTION_page_down:
    case ACTION_mark: /* a text has nothing to mark */
        return move(l, rows, rows);
    case ACTION_page_up:
        return move(l, -rows, rows);
    case ACTION_half_down:
        return move(l, rows / 2, rows);
    case ACTION_half_up:
        return move(l, -rows / 2, rows);
    case ACTION_top:
        l->top = 0;
        l->chosen = l->chosen ? end_tag(l, false) : 0;
        return true;
    case ACTION_end:
        if (l->chosen && count > 0) {
            l->top = 0;
            l->chosen = end_tag(l, false);
            return count > 1 ? step(l, false, count - 1, rows) : true;
        }
        l->chosen = l->chosen ? end_tag(l, true) : 0;
        l->top = count > 0 ? (size_t)count - 1 : l->n_rows;
        keep_inside(l, rows);
        return true;
    default:
        return false;
    }
}

bool lines_search(struct lines *l, const char *text, bool back)
{
    size_t i;

    if (l->width == 0)
        layout(l, 80);
    for (i = 1; i < l->n_rows; i++) {
        size_t at = back ? (l->top + l->n_rows - i) % l->n_rows : (l->top + i) % l->n_rows;
        const struct line *x = &l->all[l->rows[at].line];

        if (!l->rows[at].first ||
            (!strcasestr(x->text, text) && !(x->label && strcasestr(x->label, text))))
            continue;
        l->top = at;
        if (x->tag)
            l->chosen = x->tag;
        return true;
    }
    return false;
}

void lines_copy(const struct lines *l, struct str *out)
{
    size_t i;

    for (i = 0; i < l->n; i++) {
        const struct line *x = &l->all[i];

        if (l->chosen && x->tag != l->chosen)
            continue;
        str_addf(out, "%s%s%s%s", out->len ? "\n" : "", x->label ? x->label : "",
                 x->label ? "  " : "", x->text);
    }
}
