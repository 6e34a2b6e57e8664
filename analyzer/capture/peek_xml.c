#include "config.h"

#include "capture/peek_xml.h"

#include <string.h>

#include "base/str.h"

#define ENTITY_LEN_MAX 10u /* "&#x10ffff;" */

static const char cdata[] = "<![CDATA[";

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool begins(struct bytes b, const char *what)
{
    size_t len = strlen(what);

    return b.left >= len && memcmp(b.p, what, len) == 0;
}

/* Moves behind the next `what`; false (at the end) if there is none. */
static bool skip_behind(struct bytes *b, const char *what)
{
    while (b->left && !begins(*b, what))
        bytes_skip(b, 1);
    if (!b->left)
        return false;
    bytes_skip(b, strlen(what));
    return true;
}

static struct bytes up_to(struct bytes b, const char *what)
{
    struct bytes rest = b;

    while (rest.left && !begins(rest, what))
        bytes_skip(&rest, 1);
    return bytes_of(b.p, b.left - rest.left);
}

static struct bytes trim(struct bytes b)
{
    while (b.left && is_blank(b.p[0]))
        bytes_skip(&b, 1);
    while (b.left && is_blank(b.p[b.left - 1]))
        b.left--;
    return b;
}

struct peek_xml peek_xml_of(struct bytes text)
{
    return (struct peek_xml){ .rest = text };
}

/* A start tag: its name, and whether it is an end as well ("<Comment/>"). */
static bool start_tag(struct bytes *b, struct bytes *name, bool *empty)
{
    struct bytes tag;

    bytes_skip(b, 1);
    tag = up_to(*b, ">");
    bytes_skip(b, tag.left);
    if (!b->left)
        return false;
    bytes_skip(b, 1);
    *empty = tag.left && tag.p[tag.left - 1] == '/';
    tag.left -= *empty;
    *name = bytes_of(tag.p, 0);
    while (name->left < tag.left && !is_blank(tag.p[name->left]))
        name->left++;
    return name->left != 0;
}

static struct bytes text_at(struct bytes b)
{
    struct bytes text = trim(up_to(b, "<"));

    if (text.left)
        return text;
    while (b.left && is_blank(b.p[0]))
        bytes_skip(&b, 1);
    if (!begins(b, cdata))
        return text;
    bytes_skip(&b, sizeof(cdata) - 1);
    return trim(up_to(b, "]]>"));
}

bool peek_xml_next(struct peek_xml *x, struct peek_element *out)
{
    struct bytes *b = &x->rest;

    while (b->left) {
        bool empty;

        *b = bytes_of(b->p, b->left);
        bytes_skip(b, up_to(*b, "<").left);
        if (begins(*b, "<?")) {
            skip_behind(b, "?>");
        } else if (begins(*b, "<!--")) {
            skip_behind(b, "-->");
        } else if (begins(*b, cdata)) {
            skip_behind(b, "]]>");
        } else if (begins(*b, "<!")) {
            skip_behind(b, ">");
        } else if (begins(*b, "</")) {
            if (!skip_behind(b, ">") || x->depth == 0)
                return false;
            x->depth--;
        } else if (b->left) {
            if (!start_tag(b, &out->name, &empty) || x->depth == PEEK_XML_DEPTH_MAX)
                return false;
            out->depth = x->depth + 1;
            out->text = empty ? bytes_of(b->p, 0) : text_at(*b);
            x->depth += !empty;
            return true;
        }
    }
    return false;
}

bool peek_xml_is(const struct peek_element *e, const char *name)
{
    return e->name.left == strlen(name) && memcmp(e->name.p, name, e->name.left) == 0;
}

static void add_utf8(struct str *s, uint32_t code)
{
    if (code < 0x80) {
        str_addc(s, (char)code);
    } else if (code < 0x800) {
        str_addc(s, (char)(0xc0 | code >> 6));
        str_addc(s, (char)(0x80 | (code & 0x3f)));
    } else {
        if (code < 0x10000) {
            str_addc(s, (char)(0xe0 | code >> 12));
        } else {
            str_addc(s, (char)(0xf0 | code >> 18));
            str_addc(s, (char)(0x80 | (code >> 12 & 0x3f)));
        }
        str_addc(s, (char)(0x80 | (code >> 6 & 0x3f)));
        str_addc(s, (char)(0x80 | (code & 0x3f)));
    }
}

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* The character of "&#38;" or "&#x26;", without its '&'; 0: it is none. */
static uint32_t reference(struct bytes b)
{
    uint32_t base = 10, code = 0;

    bytes_skip(&b, 1);
    if (b.left && b.p[0] == 'x') {
        base = 16;
        bytes_skip(&b, 1);
    }
    while (b.left && b.p[0] != ';') {
        uint32_t d = (uint32_t)digit(bytes_u8(&b));

        if (d >= base || code > 0x10ffff)
            return 0;
        code = code * base + d;
    }
    return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : code;
}

/* The character of the entity at the cursor and its length; 0: nothing that is known. */
static uint32_t entity(struct bytes b, size_t *len)
{
    static const struct {
        const char *name;
        char is;
    } names[] = {
        { "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' }, { "&quot;", '"' }, { "&apos;", '\'' }
    };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (begins(b, names[i].name)) {
            *len = strlen(names[i].name);
            return (uint32_t)names[i].is;
        }
    }
    if (!begins(b, "&#"))
        return 0;
    if (b.left > ENTITY_LEN_MAX)
        b.left = ENTITY_LEN_MAX;
    *len = up_to(b, ";").left + 1;
    if (*len > b.left)
        return 0;
    bytes_skip(&b, 1);
    return reference(bytes_of(b.p, *len - 1));
}

char *peek_xml_text(const struct peek_element *e, size_t max)
{
    struct bytes b = e->text;
    struct str s = { 0 };

    while (b.left && s.len + 4 <= max) {
        size_t len = 1;
        uint32_t code = b.p[0] == '&' ? entity(b, &len) : 0;

        if (code) {
            add_utf8(&s, code);
            bytes_skip(&b, len);
        } else if (b.p[0]) {
            str_addc(&s, (char)bytes_u8(&b));
        } else {
            break; /* no text holds a zero */
        }
    }
    return str_take(&s);
}

bool peek_xml_number(const struct peek_element *e, uint64_t *out)
{
    struct bytes b = e->text;
    uint64_t n = 0;

    if (!b.left)
        return false;
    while (b.left) {
        uint8_t c = bytes_u8(&b);

        if (c < '0' || c > '9' || __builtin_mul_overflow(n, UINT64_C(10), &n) ||
            __builtin_add_overflow(n, (uint64_t)(c - '0'), &n))
            return false;
    }
    *out = n;
    return true;
}
