/* rules: lists the rules, shows one, tests them on their samples. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/rules_test.h"
#include "verdict/verdict.h"

static const struct option options[] = { CLI_OPTION_HELP,
                                         { "rules", required_argument, NULL, 'r' },
                                         { "samples", required_argument, NULL, 's' },
                                         { 0 } };
extern const struct command rules_command;

static void list(const struct rules *r)
{
    size_t i, widest = 0;

    for (i = 0; i < rules_count(r); i++)
        widest = strlen(rules_at(r, i)->id) > widest ? strlen(rules_at(r, i)->id) : widest;
    for (i = 0; i < rules_count(r); i++) {
        const struct rule *rule = rules_at(r, i);
        bool own = strcmp(rule->origin, "built in") != 0;

        printf("%-*s  %s%s%s%s\n", (int)widest, rule->id, rule->title, own ? "  (" : "",
               own ? rule->origin : "", own ? ")" : "");
    }
}

static int show(const struct rules *r, const char *id)
{
    size_t i;

    for (i = 0; i < rules_count(r); i++) {
        if (strcmp(rules_at(r, i)->id, id) == 0) {
            fputs(rules_at(r, i)->sql, stdout);
            return EXIT_CLEAN;
        }
    }
    return command_usage("rules", "there is no rule %s ('deadwire rules list' shows them)", id);
}

static int run_words(const struct rules *r, const char *samples, int argc, char **argv)
{
    if (argc > 0 && strcmp(argv[0], "test") == 0)
        return rules_test(r, samples ? samples : "samples", argv + 1, (size_t)argc - 1);
    if (samples)
        return command_usage("rules", "--samples is for test");
    if (argc == 0 || (argc == 1 && strcmp(argv[0], "list") == 0)) {
        list(r);
        return EXIT_CLEAN;
    }
    if (argc == 2 && strcmp(argv[0], "show") == 0)
        return show(r, argv[1]);
    return command_usage("rules", "use list, show ID, or test");
}

static int rules_run(int argc, char **argv)
{
    struct cli_options o = cli_options_new("rules", NULL);
    const char **dirs = NULL, *samples = NULL;
    size_t n_dirs = 0, cap = 0;
    struct rules *r = NULL;
    struct err err = { 0 };
    int c, status;

    while ((c = getopt_long(argc, argv, ":h", options, NULL)) != -1)
        if (cli_option(&o, c, argv))
            continue;
        else if (c == 'r')
            VEC_PUSH(dirs, n_dirs, cap, optarg);
        else
            samples = optarg;
    VEC_PUSH(dirs, n_dirs, cap, NULL);
    if (o.status == CLI_HELP) {
        command_help(&rules_command);
        status = EXIT_CLEAN;
    } else if (o.status) {
        status = o.status;
    } else if (rules_load(dirs, &r, &err)) {
        if (*dirs)
            err_prefix(&err, "--rules");
        command_complain(&err);
        status = EXIT_USAGE;
    } else {
        status = run_words(r, samples, argc - optind, argv + optind);
    }
    rules_free(r);
    free(dirs);
    return status;
}

const struct command rules_command = {
    .name = "rules",
    .args = "[--rules=DIR]... [list | show ID | test [--samples=DIR] [ID...]]",
    .summary = "the rules: what they say, their SQL, their tests",
    .help =
        "  --rules=DIR          adds the rules of a folder (and checks them)\n"
        "  --samples=DIR        test: the folder of the samples (default: samples)\n"
        "  -h, --help           this text\n\n"
        "list is the default. test analyzes the samples that the rules' headers name, and\n"
        "writes TAP; the exit status is 1 where a rule does not say what its header promises.\n",
    .run = rules_run,
};
