/* replay: runs a fuzz target over the files and folders of its arguments, and says so in TAP. */
#include "config.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int n_run;

static void run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *p = NULL;
    size_t len = 0, cap = 0, got;

    if (!f)
        return;
    do {
        cap = cap ? cap * 2 : 65536;
        p = xrealloc(p, cap, 1);
        got = fread(p + len, 1, cap - len, f);
        len += got;
    } while (got);
    fclose(f);
    p = xrealloc(p, len, 1); /* exact: the sanitizer sees a read past the end */
    LLVMFuzzerTestOneInput(p, len);
    free(p);
    printf("ok %d - %s\n", ++n_run, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
}

static void run_path(const char *path)
{
    struct stat st;
    struct dirent **names;
    int i, n;

    if (stat(path, &st) || !S_ISDIR(st.st_mode)) {
        run_file(path);
        return;
    }
    n = scandir(path, &names, NULL, alphasort);
    for (i = 0; i < n; i++) {
        char sub[4096];

        snprintf(sub, sizeof(sub), "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            run_path(sub);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
}

/* Without arguments: the corpus of the target, by the program's name (fuzz_NAME). */
int main(int argc, char **argv)
{
    const char *top = getenv("TOP_SRCDIR"), *name = strrchr(argv[0], '/');
    char corpus[4096];
    int i;

    for (i = 1; i < argc; i++)
        run_path(argv[i]);
    if (argc < 2 && top) {
        name = name ? name + 1 : argv[0];
        if (strncmp(name, "fuzz_", 5) == 0)
            name += 5;
        snprintf(corpus, sizeof(corpus), "%s/tests/fuzz/corpus/%s", top, name);
        run_path(corpus);
    }
    printf("1..%d\n", n_run);
    return n_run ? 0 : 1;
}
