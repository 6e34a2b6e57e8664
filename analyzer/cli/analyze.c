/* analyze: load captures, logs and folders; print the verdicts. */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/load.h"
#include "store/store.h"
#include "verdict/verdict.h"

static int analyze_run(int argc, char **argv)
{
    const struct fact_kind **kinds = load_fact_kinds();
    struct ingest_options o = { 0 };
    struct load_result got;
    struct store *s = NULL;
    struct err err = { 0 };
    struct rules *rules = NULL;
    int rc = rules_load(NULL, &rules, &err);

    if (!rc)
        rc = store_open(argv[1], STORE_WRITE, kinds, &s, &err);

    if (!rc)
        rc = load_paths(s, argv + 2, (size_t)(argc - 2), &o, rules, &got, &err);
    if (rc)
        fprintf(stderr, "deadwire analyze: %s\n", err.msg);
    store_close(s);
    rules_free(rules);
    free(kinds);
    return rc ? EXIT_NOTHING : EXIT_CLEAN;
}

const struct command analyze_command = {
    .name = "analyze",
    .args = "[-o CASE] PATH...",
    .summary = "load captures, logs and folders; print the verdicts",
    .help = "",
    .run = analyze_run,
};
