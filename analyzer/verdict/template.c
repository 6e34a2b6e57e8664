#include "config.h"

#include "verdict/template.h"

#include <string.h>

#include "base/str.h"

struct piece {
    const char *p;
    size_t len;
    bool name; /* else literal text */
};

/* The next piece of a template; 0 at its end, -1 for a stray brace. */
static int next_piece(const char **at, struct piece *out)
{
    const char *t = *at;
    size_t n = strcspn(t, "{}");

    *out = (struct piece){ t, n, false };
    if (n) {
        *at = t + n;
        return 1;
    }
    if (!*t)
        return 0;
    if (t[1] == t[0]) {
        out->len = 1;
        *at = t + 2;
        return 1;
    }
    n = strcspn(t + 1, "{}");
    if (*t == '}' || t[1 + n] != '}' || n == 0)
        return -1;
    *out = (struct piece){ t + 1, n, true };
    *at = t + n + 2;
    return 1;
}

int template_check(const char *t, bool (*known)(void *user, const char *name, size_t len),
                   void *user, struct err *err)
{
    const char *at = t;
    struct piece p;
    int rc;

    while ((rc = next_piece(&at, &p)) == 1)
        if (p.name && !known(user, p.p, p.len))
            return err_set(err, ERR_USAGE, "unknown name {%.*s}", (int)(p.len < 80 ? p.len : 80),
                           p.p);
    if (rc < 0)
        return err_set(err, ERR_USAGE, "a stray brace at `%.20s` (write {{ or }})", at);
    return ERR_OK;
}

void template_render(const char *t,
                     void (*add)(void *user, const char *name, size_t len, struct str *out),
                     void *user, struct str *out)
{
    struct piece p;

    while (next_piece(&t, &p) == 1) {
        if (p.name)
            add(user, p.p, p.len, out);
        else
            str_addn(out, p.p, p.len);
    }
}
