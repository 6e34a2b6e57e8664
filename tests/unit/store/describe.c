/*
 * describe: docs/store.md says what the descriptors say, fact kinds of every room included.
 *
 * `describe --print > docs/store.md` writes it anew.
 */
#include "config.h"

#include <stdlib.h>

#include "cli/load.h"
#include "store/store.h"
#include "support/tap.h"

static char *read_doc(void)
{
    const char *top = getenv("TOP_SRCDIR");
    char path[4096], *text = NULL;
    size_t len = 0, cap = 1 << 20;
    FILE *f;

    snprintf(path, sizeof(path), "%s/docs/store.md", top ? top : ".");
    f = fopen(path, "r");
    if (!f)
        return NULL;
    text = malloc(cap);
    len = fread(text, 1, cap - 1, f);
    text[len] = '\0';
    fclose(f);
    return text;
}

int main(int argc, char **argv)
{
    const struct fact_kind **kinds = load_fact_kinds();
    char *want = store_describe(kinds), *got;

    if (argc > 1 && strcmp(argv[1], "--print") == 0) {
        fputs(want, stdout);
        free(want);
        free(kinds);
        return 0;
    }
    got = read_doc();
    ok(got && strcmp(got, want) == 0, "docs/store.md is what store_describe writes");
    ok(strstr(want, "| `time_ns` | INTEGER | ns |") != NULL, "columns have units");
    free(got);
    free(want);
    free(kinds);
    return tap_done();
}
