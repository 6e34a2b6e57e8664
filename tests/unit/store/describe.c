/* describe: docs/store.md says what the descriptors say; `--print` writes it anew. */
#include "config.h"

#include <stdlib.h>

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
    char *want = store_describe(NULL), *got;

    if (argc > 1 && strcmp(argv[1], "--print") == 0) {
        fputs(want, stdout);
        free(want);
        return 0;
    }
    got = read_doc();
    /* The kinds of fact follow after the ordinary tables. */
    ok(got && strncmp(got, want, strlen(want)) == 0, "docs/store.md is what store_describe writes");
    ok(strstr(want, "| `time_ns` | INTEGER | ns |") != NULL, "columns have units");
    free(got);
    free(want);
    return tap_done();
}
