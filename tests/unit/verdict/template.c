/* template: names in sentences. */
#include "config.h"

#include "base/str.h"
#include "support/tap.h"
#include "verdict/template.h"

static bool is_x(void *user, const char *name, size_t len)
{
    (void)user;
    return len == 1 && *name == 'x';
}

static void add(void *user, const char *name, size_t len, struct str *out)
{
    str_addf(out, "%s%.*s", (const char *)user, (int)len, name);
}

int main(void)
{
    struct str out = { 0 };
    struct err err = { 0 };
    char prefix[] = "$";

    is_int(template_check("a {x} b {x}", is_x, NULL, &err), 0, "known names");
    is_int(template_check("{y}", is_x, NULL, &err), ERR_USAGE, "an unknown name");
    is_str(err.msg, "unknown name {y}", "is named");
    is_int(template_check("{{y}}", is_x, NULL, &err), 0, "doubled braces");
    is_int(template_check("{x", is_x, NULL, &err), ERR_USAGE, "not closed");
    is_int(template_check("x}", is_x, NULL, &err), ERR_USAGE, "not opened");
    is_int(template_check("{a{x}}", is_x, NULL, &err), ERR_USAGE, "nested");
    template_render("a {x}{long.name} {{b}} }}{{", add, prefix, &out);
    is_str(str_get(&out), "a $x$long.name {b} }{", "rendered");
    str_free(&out);
    return tap_done();
}
