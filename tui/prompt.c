#include "config.h"

#include "tui/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/keys.h"

static const char *const signs[PROMPT_KINDS] = { "",   "/",      "filter: ",  ":",
                                                 "; ", "note: ", "write to: " };

void prompt_start(struct prompt *p, enum prompt_kind kind, const char *text)
{
    p->kind = kind;
    str_clear(&p->text);
    str_adds(&p->text, text ? text : "");
    p->at = p->text.len;
    p->back = p->tried = 0;
    str_clear(&p->word);
}

void prompt_end(struct prompt *p)
{
    p->kind = PROMPT_NONE;
}

void prompt_free(struct prompt *p)
{
    int k, i;

    for (k = 0; k < PROMPT_KINDS; k++)
        for (i = 0; i < p->n_history[k]; i++)
            free(p->history[k][i]);
    str_free(&p->text);
    str_free(&p->word);
}

static void remember(struct prompt *p)
{
    char **h = p->history[p->kind];
    int *n = &p->n_history[p->kind];

    if (!p->text.len || (*n && strcmp(h[*n - 1], p->text.s) == 0))
        return;
    if (*n == PROMPT_HISTORY_MAX) {
        free(h[0]);
        memmove(h, h + 1, (PROMPT_HISTORY_MAX - 1) * sizeof(*h));
        (*n)--;
    }
    h[(*n)++] = xstrdup(p->text.s);
}

static void replace(struct prompt *p, const char *text)
{
    str_clear(&p->text);
    str_adds(&p->text, text);
    p->at = p->text.len;
}

static void recall(struct prompt *p, int by)
{
    int n = p->n_history[p->kind], back = p->back + by;

    if (back < 0 || back > n)
        return;
    p->back = back;
    replace(p, back ? p->history[p->kind][n - back] : "");
}

/* Takes away the bytes from `from` to `to`; the cursor stands at `from` then. */
static void cut(struct prompt *p, size_t from, size_t to)
{
    char *rest = xstrdup(str_get(&p->text) + to);

    p->text.len = from;
    if (p->text.s)
        p->text.s[from] = '\0';
    str_adds(&p->text, rest);
    free(rest);
    p->at = from;
}

static void insert(struct prompt *p, const char *s)
{
    char *rest = xstrdup(str_get(&p->text) + p->at);

    if (p->text.len + strlen(s) <= PROMPT_LEN_MAX) {
        cut(p, p->at, p->text.len);
        str_adds(&p->text, s);
        p->at = p->text.len;
        str_adds(&p->text, rest);
    }
    free(rest);
}

static size_t before(const struct prompt *p, size_t at)
{
    while (at && (str_get(&p->text)[--at] & 0xc0) == 0x80)
        ;
    return at;
}

static size_t behind(const struct prompt *p, size_t at)
{
    uint32_t code = 0;

    return at < p->text.len ? at + str_utf8(p->text.s + at, p->text.len - at, &code) : at;
}

static size_t word_start(const struct prompt *p)
{
    size_t at = p->at;

    while (at && !strchr(" ,()=", str_get(&p->text)[at - 1]))
        at--;
    return at;
}

static void complete(struct prompt *p)
{
    size_t from = word_start(p);
    const char *c;

    if (!p->candidate)
        return;
    if (!p->tried) {
        str_clear(&p->word);
        str_addn(&p->word, str_get(&p->text) + from, p->at - from);
    }
    c = p->candidate(p->user, p->kind, str_get(&p->word), p->tried);
    if (!c && p->tried) { /* round */
        p->tried = 0;
        c = p->candidate(p->user, p->kind, str_get(&p->word), 0);
    }
    if (!c)
        return;
    p->tried++;
    cut(p, from, p->at);
    insert(p, c);
}

static void type(struct prompt *p, int key)
{
    char utf8[5];

    keys_utf8(key, utf8);
    insert(p, utf8);
}

enum prompt_result prompt_key(struct prompt *p, int key)
{
    if (key != KEY_CODE_TAB)
        p->tried = 0;
    switch (key) {
    case KEY_CODE_ESC:
    case KEY_CTRL('C'):
    case KEY_CTRL('G'):
        return PROMPT_GIVEN_UP;
    case KEY_CODE_ENTER:
    case '\n':
        remember(p);
        return PROMPT_DONE;
    case KEY_CODE_UP:
    case KEY_CTRL('P'):
        recall(p, 1);
        break;
    case KEY_CODE_DOWN:
    case KEY_CTRL('N'):
        recall(p, -1);
        break;
    case KEY_CODE_LEFT:
        p->at = before(p, p->at);
        break;
    case KEY_CODE_RIGHT:
        p->at = behind(p, p->at);
        break;
    case KEY_CODE_HOME:
    case KEY_CTRL('A'):
        p->at = 0;
        break;
    case KEY_CODE_END:
    case KEY_CTRL('E'):
        p->at = p->text.len;
        break;
    case KEY_CODE_BACKSPACE:
    case KEY_CTRL('H'):
    case 0x7f:
        if (!p->text.len)
            return PROMPT_GIVEN_UP;
        if (p->at)
            cut(p, before(p, p->at), p->at);
        break;
    case KEY_CODE_DELETE:
        if (p->at < p->text.len)
            cut(p, p->at, behind(p, p->at));
        break;
    case KEY_CTRL('U'):
        cut(p, 0, p->at);
        break;
    case KEY_CTRL('K'):
        cut(p, p->at, p->text.len);
        break;
    case KEY_CTRL('W'):
        cut(p, word_start(p), p->at);
        break;
    case KEY_CODE_TAB:
        complete(p);
        break;
    default:
        if (key >= 0x20 && key < KEY_CODE_SPECIAL)
            type(p, key);
    }
    return PROMPT_GOES_ON;
}

int prompt_draw(const struct prompt *p, struct grid *g, int row)
{
    int sign = grid_put(g, row, 0, g->cols, STYLE_BAR_KEY, signs[p->kind]), col, room;
    char *head = xstrndup(str_get(&p->text), p->at);
    const char *text = str_get(&p->text);
    int ahead = (int)str_width(head), skip = 0;

    room = g->cols - sign - 1;
    /* A line longer than the screen is shown around the cursor. */
    while (ahead - skip > room && *text) {
        uint32_t code = 0;
        size_t n = str_utf8(text, strlen(text), &code);

        char one[8] = { 0 };

        memcpy(one, text, n < sizeof(one) ? n : sizeof(one) - 1);
        text += n;
        skip += (int)str_width(one);
    }
    grid_fill(g, row, sign, g->cols - sign, STYLE_PROMPT, " ");
    grid_put(g, row, sign, room + 1, STYLE_PROMPT, text);
    col = sign + ahead - skip;
    free(head);
    return col < g->cols ? col : g->cols - 1;
}
