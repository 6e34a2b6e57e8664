/* rules: the set, its order, and what keeps it from loading. */
#include "config.h"

#include "support/rules.h"

static int load(struct rules **r, struct err *err)
{
    const char *dirs[] = { rules_folder, NULL };

    *err = (struct err){ 0 };
    return rules_load(dirs, r, err);
}

/* Where a rule runs among the test's own, or -1. */
static int place(const struct rules *r, const char *id)
{
    size_t i;

    for (i = 0; i < rules_count(r); i++)
        if (strcmp(rules_at(r, i)->id, id) == 0)
            return (int)i;
    return -1;
}

int main(void)
{
    struct rules *r;
    struct err err;

    rules_clear();
    rules_write("zz-a", RULE_HEAD("zz-a") "-- after: zz-c\nSELECT 1");
    rules_write("zz-b", RULE_HEAD("zz-b") "SELECT 1");
    rules_write("zz-c", RULE_HEAD("zz-c") "-- after: zz-d\nSELECT 1");
    rules_write("zz-d", RULE_HEAD("zz-d") "SELECT 1");
    is_int(load(&r, &err), 0, "loads a folder");
    ok(place(r, "zz-b") < place(r, "zz-d") && place(r, "zz-d") < place(r, "zz-c") &&
           place(r, "zz-c") < place(r, "zz-a"),
       "by `after`, then by id");
    ok(strstr(rules_at(r, (size_t)place(r, "zz-a"))->origin, "/zz-a.sql") != NULL, "origin");
    ok(rules_at(r, rules_count(r)) == NULL, "no more than there are");
    rules_free(r);
    rules_write("zz-d", RULE_HEAD("zz-d") "-- after: zz-a\nSELECT 1");
    is_int(load(&r, &err), ERR_USAGE, "a circle");
    ok(strstr(err.msg, "waits for itself") != NULL, "is named: %s", strrchr(err.msg, '/'));
    rules_write("zz-d", RULE_HEAD("zz-d") "-- after: nobody\nSELECT 1");
    is_int(load(&r, &err), ERR_USAGE, "after a rule that does not exist");
    ok(strstr(err.msg, "nobody") != NULL, "is named");
    rules_write("zz-d", RULE_HEAD("zz-e") "SELECT 1");
    is_int(load(&r, &err), ERR_USAGE, "an id that is not the file's name");
    rules_write("zz-d", "nonsense");
    is_int(load(&r, &err), ERR_USAGE, "a broken file");
    ok(strstr(err.msg, "zz-d.sql:") != NULL, "names file and line");
    strcpy(rules_folder, "/nonexistent");
    is_int(load(&r, &err), ERR_IO, "no such folder");
    case_end();
    return tap_done();
}
