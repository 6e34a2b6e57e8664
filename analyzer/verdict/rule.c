#include "config.h"

#include "verdict/rule.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"
#include "verdict/template.h"
#include "verdict/verdict.h"

enum entry_name {
    NAME_ID,
    NAME_TITLE,
    NAME_BECAUSE,
    NAME_ADVICE,
    NAME_WHAT,
    NAME_RIVAL,
    NAME_MISSING,
    NAME_NUMBERS,
    NAME_AFTER,
    NAME_FACTS,
    NAME_SOURCES,
    NAME_SAMPLES,
    NAMES
};

static const struct {
    const char *name;
    bool keyed, localized;
} names[NAMES] = {
    [NAME_ID] = { "id", false, false },           [NAME_TITLE] = { "title", false, true },
    [NAME_BECAUSE] = { "because", true, true },   [NAME_ADVICE] = { "advice", true, true },
    [NAME_WHAT] = { "what", true, true },         [NAME_RIVAL] = { "rival", true, true },
    [NAME_MISSING] = { "missing", true, true },   [NAME_NUMBERS] = { "numbers", false, false },
    [NAME_AFTER] = { "after", false, false },     [NAME_FACTS] = { "facts", false, false },
    [NAME_SOURCES] = { "sources", false, false }, [NAME_SAMPLES] = { "samples", false, false },
};

struct parser {
    const char *origin;
    const char *at, *end;
    unsigned line;
    struct arena *arena;
    struct err *err;
    struct rule_text *texts[NAMES]; /* malloc'd while parsing */
    unsigned *lines[NAMES];         /* where each entry stands */
    size_t n[NAMES], cap[NAMES], lines_cap[NAMES];
};

__attribute__((format(printf, 3, 4))) static int fail_at(struct parser *p, unsigned line,
                                                         const char *fmt, ...)
{
    struct str what = { 0 };
    char text[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    str_add_foreign(&what, text, strlen(text));
    err_set(p->err, ERR_USAGE, "%s:%u: %s", p->origin, line, str_get(&what));
    str_free(&what);
    return ERR_USAGE;
}

static bool is_word(const char *s, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (!isalnum((unsigned char)s[i]) && s[i] != '_' && s[i] != '-')
            return false;
    return n > 0;
}

/* The next line without its end; false at the end of the file. */
static bool next_line(struct parser *p, const char **line, size_t *len)
{
    const char *nl;

    if (p->at >= p->end)
        return false;
    nl = memchr(p->at, '\n', (size_t)(p->end - p->at));
    *line = p->at;
    *len = (size_t)((nl ? nl : p->end) - p->at);
    p->at = nl ? nl + 1 : p->end;
    p->line++;
    if (*len && (*line)[*len - 1] == '\r')
        --*len;
    return true;
}

static int check_text(struct parser *p, const char *text, size_t len)
{
    unsigned line = 1;
    size_t i = 0, n;
    uint32_t c;

    while (i < len) {
        n = str_utf8(text + i, len - i, &c);
        if (c == '\n')
            line++;
        else if (c == 0 || (n == 1 && (unsigned char)text[i] >= 0x80))
            return fail_at(p, line, "not UTF-8 text");
        i += n;
    }
    return ERR_OK;
}

/* "NAME[.KEY][@LOCALE]" */
static int parse_name(struct parser *p, const char *s, size_t len, enum entry_name *name,
                      struct rule_text *out)
{
    const char *at = memchr(s, '@', len);
    size_t head = at ? (size_t)(at - s) : len, tail = at ? len - head - 1 : 0;
    const char *dot = memchr(s, '.', head);
    size_t word = dot ? (size_t)(dot - s) : head, key = dot ? head - word - 1 : 0;
    int i;

    for (i = 0; i < NAMES; i++)
        if (strlen(names[i].name) == word && memcmp(names[i].name, s, word) == 0)
            break;
    if (i == NAMES)
        return fail_at(p, p->line, "unknown name `%.*s`", (int)(word < 60 ? word : 60), s);
    *name = (enum entry_name)i;
    if (names[i].keyed != (dot != NULL))
        return fail_at(p, p->line, "`%s` %s", names[i].name,
                       names[i].keyed ? "needs a .KEY" : "takes no .KEY");
    if (at && !names[i].localized)
        return fail_at(p, p->line, "`%s` takes no @LOCALE", names[i].name);
    if ((dot && !is_word(dot + 1, key)) || (at && !is_word(at + 1, tail)))
        return fail_at(p, p->line, "a KEY or LOCALE is made of letters, digits, `_` and `-`");
    out->key = arena_dup(p->arena, dot ? dot + 1 : "", key);
    out->locale = arena_dup(p->arena, at ? at + 1 : "", tail);
    return out->key && out->locale ? ERR_OK : fail_at(p, p->line, "the rules are too large");
}

static int add_entry(struct parser *p, enum entry_name name, struct rule_text entry, unsigned line)
{
    size_t i;

    for (i = 0; i < p->n[name]; i++)
        if (strcmp(p->texts[name][i].key, entry.key) == 0 &&
            strcmp(p->texts[name][i].locale, entry.locale) == 0)
            return fail_at(p, line, "`%s` stands here twice (first in line %u)", names[name].name,
                           p->lines[name][i]);
    if (p->n[name] >= RULE_TEXTS_MAX)
        return fail_at(p, line, "more than %u entries of `%s`", RULE_TEXTS_MAX, names[name].name);
    i = p->n[name];
    VEC_PUSH(p->lines[name], i, p->lines_cap[name], line);
    VEC_PUSH(p->texts[name], p->n[name], p->cap[name], entry);
    return ERR_OK;
}

/* Adds words to a text with single blanks between lines. */
static void add_words(struct str *text, const char *s, size_t len)
{
    while (len && (*s == ' ' || *s == '\t'))
        s++, len--;
    while (len && (s[len - 1] == ' ' || s[len - 1] == '\t'))
        len--;
    if (text->len && len)
        str_addc(text, ' ');
    str_addn(text, s, len);
}

/* One header entry whose first line is s; takes its continuation lines too. */
static int parse_entry(struct parser *p, const char *s, size_t len)
{
    const char *colon = memchr(s, ':', len), *next;
    struct rule_text entry = { 0 };
    struct str text = { 0 };
    enum entry_name name = NAME_ID;
    unsigned line = p->line;
    size_t next_len;
    int rc;

    if (!colon)
        return fail_at(p, line, "not `-- NAME: text` (a comment may follow the header)");
    rc = parse_name(p, s, (size_t)(colon - s), &name, &entry);
    if (rc)
        return rc;
    add_words(&text, colon + 1, len - (size_t)(colon + 1 - s));
    for (;;) {
        struct parser before = *p;

        if (!next_line(p, &next, &next_len))
            break;
        if (next_len < 5 || memcmp(next, "--   ", 5) != 0) {
            p->at = before.at;
            p->line = before.line;
            break;
        }
        add_words(&text, next + 5, next_len - 5);
    }
    entry.text = arena_dup(p->arena, str_get(&text), text.len);
    str_free(&text);
    if (!entry.text)
        return fail_at(p, line, "the rules are too large");
    if (!*entry.text)
        return fail_at(p, line, "`%s` says nothing", names[name].name);
    return add_entry(p, name, entry, line);
}

static int parse_header(struct parser *p)
{
    const char *line;
    size_t len;
    int rc;

    for (;;) {
        struct parser before = *p;

        if (!next_line(p, &line, &len))
            return fail_at(p, p->line, "no SELECT behind the header");
        if (len < 2 || memcmp(line, "--", 2) != 0) {
            p->at = before.at;
            return ERR_OK;
        }
        if (len == 2)
            continue;
        if (line[2] != ' ' || (len > 3 && line[3] == ' '))
            return fail_at(p, p->line, "a header line begins with `-- ` and its name");
        rc = parse_entry(p, line + 3, len - 3);
        if (rc)
            return rc;
    }
}

/* -- what the entries mean ------------------------------------------------------------------ */

const char *rule_text_of(const struct rule_text *texts, const char *key, const char *locale)
{
    for (; texts && texts->key; texts++)
        if (strcmp(texts->key, key) == 0 && strcmp(texts->locale, locale) == 0)
            return texts->text;
    return NULL;
}

/* Copies the entries of a name into the arena, with a terminator. */
static const struct rule_text *settle(struct parser *p, enum entry_name name)
{
    size_t n = p->n[name];
    struct rule_text *t = arena_alloc(p->arena, (n + 1) * sizeof(*t));

    if (t && n)
        memcpy(t, p->texts[name], n * sizeof(*t));
    return t;
}

static bool known_later(void *user, const char *name, size_t len)
{
    (void)user, (void)name, (void)len; /* columns are known when the rule is run */
    return true;
}

static int check_texts(struct parser *p, enum entry_name name, const struct rule_text *all)
{
    struct err why = { 0 };
    size_t i;

    for (i = 0; i < p->n[name]; i++) {
        const struct rule_text *t = &p->texts[name][i];
        const char *bar = strstr(t->text, " | ");

        if (*t->locale && !rule_text_of(all, t->key, ""))
            return fail_at(p, p->lines[name][i], "`%s` in %s only: the default is missing",
                           names[name].name, t->locale);
        if ((name == NAME_BECAUSE || name == NAME_ADVICE) &&
            template_check(t->text, known_later, NULL, &why))
            return fail_at(p, p->lines[name][i], "%s", why.msg);
        if (name == NAME_RIVAL && (!bar || bar == t->text || !bar[3]))
            return fail_at(p, p->lines[name][i], "a rival is `other cause | what would settle it`");
    }
    return ERR_OK;
}

/* "NAME int|real|bool|text, ..." */
static int parse_numbers(struct parser *p, const char *text, unsigned line, struct rule *out)
{
    static const char *const types[] = { "int", "real", "bool", "text" };
    struct rule_number *list;
    char *copy = arena_dup(p->arena, text, strlen(text)), *rest = copy, *one, *word, *type, *more;
    size_t n = 1, k = 0;
    int i;

    for (one = copy; one && *one; one++)
        n += *one == ',';
    list = arena_alloc(p->arena, (n + 1) * sizeof(*list));
    if (!copy || !list)
        return fail_at(p, line, "the rules are too large");
    out->numbers = list;
    while ((one = strsep(&rest, ","))) {
        word = strtok_r(one, " \t", &more);
        type = word ? strtok_r(NULL, " \t", &more) : NULL;
        for (i = 0; i < 4 && type; i++)
            if (strcmp(types[i], type) == 0)
                break;
        if (!type || i == 4 || strtok_r(NULL, " \t", &more) || !is_word(word, strlen(word)))
            return fail_at(p, line, "numbers are `NAME int|real|bool|text, ...`");
        list[k++] = (struct rule_number){ word, (enum rule_number_type)i };
    }
    return ERR_OK;
}

/* The words of an entry that stands at most once, ended by NULL; none where it is missing. */
static int parse_words(struct parser *p, enum entry_name name, const char *const **out)
{
    const char *text = p->n[name] ? p->texts[name][0].text : "";
    char *copy = arena_dup(p->arena, text, strlen(text)), *word, *more;
    const char **list = arena_alloc(p->arena, (strlen(text) / 2 + 2) * sizeof(*list));
    size_t n = 0;

    if (!copy || !list)
        return fail_at(p, p->n[name] ? p->lines[name][0] : 1, "the rules are too large");
    *out = list;
    for (word = strtok_r(copy, " ,\t", &more); word; word = strtok_r(NULL, " ,\t", &more))
        list[n++] = word;
    return ERR_OK;
}

static const char *only(struct parser *p, enum entry_name name)
{
    return p->n[name] ? p->texts[name][0].text : NULL;
}

static int understand(struct parser *p, struct rule *out)
{
    const struct rule_text **fields[NAMES] = {
        [NAME_TITLE] = &out->titles, [NAME_BECAUSE] = &out->because, [NAME_ADVICE] = &out->advice,
        [NAME_WHAT] = &out->what,    [NAME_RIVAL] = &out->rival,     [NAME_MISSING] = &out->missing
    };
    size_t i;
    int name, rc;

    for (name = 0; name < NAMES; name++) {
        if (!fields[name])
            continue;
        *fields[name] = settle(p, (enum entry_name)name);
        if (!*fields[name])
            return fail_at(p, 1, "the rules are too large");
        rc = check_texts(p, (enum entry_name)name, *fields[name]);
        if (rc)
            return rc;
    }
    out->id = only(p, NAME_ID);
    out->title = rule_text_of(out->titles, "", "");
    out->sources = only(p, NAME_SOURCES);
    out->samples = only(p, NAME_SAMPLES);
    if (!out->id || !is_word(out->id, strlen(out->id)))
        return fail_at(p, 1, "needs an `id` of letters, digits and `-`");
    if (!out->title || !p->n[NAME_BECAUSE] || !p->n[NAME_WHAT])
        return fail_at(p, 1, "needs a `%s`",
                       !out->title           ? "title"
                       : !p->n[NAME_BECAUSE] ? "because.SAY"
                                             : "what.KEY");
    for (i = 0; i < p->n[NAME_ADVICE]; i++)
        if (!rule_text_of(out->because, p->texts[NAME_ADVICE][i].key, ""))
            return fail_at(p, p->lines[NAME_ADVICE][i], "advice for `%s`, which has no because",
                           p->texts[NAME_ADVICE][i].key);
    rc = parse_words(p, NAME_AFTER, &out->after);
    if (rc == ERR_OK)
        rc = parse_words(p, NAME_FACTS, &out->facts);
    if (rc == ERR_OK && p->n[NAME_NUMBERS])
        return parse_numbers(p, only(p, NAME_NUMBERS), p->lines[NAME_NUMBERS][0], out);
    out->numbers = arena_alloc(p->arena, sizeof(*out->numbers));
    return rc == ERR_OK && !out->numbers ? fail_at(p, 1, "the rules are too large") : rc;
}

int rule_parse(const char *origin, const void *text, size_t len, struct arena *a, struct rule *out,
               struct err *err)
{
    struct parser p = { .origin = origin, .arena = a, .err = err };
    int name, rc;

    *out = (struct rule){ .origin = origin };
    if (len > RULE_LEN_MAX)
        return err_set(err, ERR_LIMIT, "%s: longer than %u bytes", origin, RULE_LEN_MAX);
    p.at = text;
    p.end = p.at + len;
    rc = len ? check_text(&p, text, len) : ERR_OK;
    if (rc == ERR_OK)
        rc = parse_header(&p);
    if (rc == ERR_OK)
        rc = understand(&p, out);
    if (rc == ERR_OK) {
        out->sql = arena_dup(a, text, len);
        if (!out->sql)
            rc = fail_at(&p, 1, "the rules are too large");
    }
    for (name = 0; name < NAMES; name++) {
        free(p.texts[name]);
        free(p.lines[name]);
    }
    return rc;
}
