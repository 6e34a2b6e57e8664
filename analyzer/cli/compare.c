/* compare: two captures of the same traffic, side by side. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/stop.h"
#include "report/compare.h"
#include "store/store.h"
#include "verdict/verdict.h"

extern const struct command compare_command;

static const char *const formats[] = { "text", "json", "jsonl", NULL };
static const struct option options[] = {
    CLI_OPTION_FORMAT, CLI_OPTION_COLOR, CLI_OPTION_FAIL_ON, CLI_OPTION_HELP, { 0 }
};

static bool one_file(const char *a, const char *b)
{
    struct stat x, y;

    return strcmp(a, b) == 0 ||
           (stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

static int run(const struct cli_options *o, char **paths, size_t n)
{
    const struct fact_kind **kinds = load_fact_kinds();
    struct report_options report = cli_report_options(o, (enum report_format)o->format, stdout);
    struct ingest_options ingest = { .stop = stop_catch() };
    struct cli_text text = { .out = stdout };
    struct load_result got = { 0 };
    struct rules *rules = NULL;
    struct store *s = NULL;
    struct err err = { 0 };
    int status = EXIT_NOTHING;
    int rc = rules_load(NULL, &rules, &err);

    if (!rc)
        rc = store_open(NULL, STORE_TEMPORARY, kinds, &s, &err);
    if (!rc)
        rc = load_paths(s, paths, n, &ingest, rules, NULL, &got, &err);
    if (!rc)
        rc = report_compare(s, &report, cli_text(&text, report.format == REPORT_TEXT), &err);
    cli_text_end(&text);
    if (!rc && o->format != REPORT_TEXT) /* what programs read has pairs only */
        rc = report_compare_unread(s, stderr, NULL, &err);
    if (!rc || rc == ERR_PIPE)
        status = got.stopped ? EXIT_INTERRUPTED : cli_exit_status(o, s, &err);
    command_complain(&err);
    store_close(s);
    rules_free(rules);
    free(kinds);
    return status;
}

static int compare_run(int argc, char **argv)
{
    struct cli_options o = cli_options_new("compare", formats);
    int c;

    while (!o.status && (c = getopt_long(argc, argv, ":h", options, NULL)) != -1)
        cli_option(&o, c, argv);
    if (o.status == CLI_HELP) {
        command_help(&compare_command);
        return EXIT_CLEAN;
    }
    if (o.status)
        return o.status;
    if (argc - optind != 2)
        return command_usage("compare", "needs two captures");
    if (one_file(argv[optind], argv[optind + 1]))
        return command_usage("compare", "%s and %s are the same file", argv[optind],
                             argv[optind + 1]);
    return run(&o, argv + optind, 2);
}

const struct command compare_command = {
    .name = "compare",
    .args = "[OPTION...] A B",
    .summary = "two captures of the same traffic, side by side",
    .help =
        "Shows how the clocks differ, what was lost in each direction, and what the lost frames\n"
        "have in common.\n\n"
        "  --format=NAME        text (default), json, jsonl: one object a pair\n" CLI_COLOR_HELP
            CLI_FAIL_ON_HELP CLI_HELP_HELP,
    .run = compare_run,
};
