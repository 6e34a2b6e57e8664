/* verdicts: prints the verdicts of a case again. */
#include "config.h"

#include <stdio.h>

#include "cli/command.h"
#include "cli/options.h"
#include "store/store.h"

static const char *const formats[] = { "text", "json", "jsonl", NULL };
static const struct option options[] = { CLI_OPTIONS, { 0 } };

extern const struct command verdicts_command;

static int verdicts_run(int argc, char **argv)
{
    struct cli_options o = cli_options_new("verdicts", formats);
    struct cli_text text = { .out = stdout };
    struct report_options report;
    struct store *s = NULL;
    struct err err = { 0 };
    int c, rc, status = EXIT_NOTHING;

    while ((c = getopt_long(argc, argv, ":h", options, NULL)) != -1)
        cli_option(&o, c, argv);
    if (o.status == CLI_HELP) {
        command_help(&verdicts_command);
        return EXIT_CLEAN;
    }
    if (o.status)
        return o.status;
    if (argc - optind != 1)
        return command_usage("verdicts", "needs one CASE");
    report = cli_report_options(&o, (enum report_format)o.format, stdout);
    rc = store_open(argv[optind], STORE_READ, NULL, &s, &err);
    if (!rc)
        rc = report_case(s, &report, cli_text(&text, report.format == REPORT_TEXT), &err);
    cli_text_end(&text);
    if (!rc || rc == ERR_PIPE)
        status = cli_exit_status(&o, s, &err);
    command_complain(&err);
    store_close(s);
    return status;
}

const struct command verdicts_command = {
    .name = "verdicts",
    .args = "[OPTION...] CASE",
    .summary = "print the verdicts of a case again",
    .help = "  --format=NAME        text (default), json, jsonl\n" CLI_OPTIONS_HELP,
    .run = verdicts_run,
};
