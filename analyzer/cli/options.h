/*
 * options: the words that several commands understand.
 *
 *     --format=NAME  --color[=WHEN]  --width=N  --brief  --locale=NAME  --fail-on=SEVERITY  --help
 *
 * A command puts those that mean something to it into its own getopt_long table (CLI_OPTIONS are
 * all of them) and hands what getopt_long returns to cli_option first:
 *
 *     static const struct option options[] = { CLI_OPTIONS, { "rules", 1, NULL, 'r' }, { 0 } };
 *     struct cli_options o = cli_options_new("analyze", formats);
 *
 *     while ((c = getopt_long(argc, argv, ":o:h", options, NULL)) != -1)
 *         if (cli_option(&o, c, argv))   ...ours: next (o.status says when to stop)
 *         else switch (c) { case 'o': ...
 *     if (o.status) return o.status == CLI_HELP ? (command_help(&x), EXIT_CLEAN) : o.status;
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "report/report.h"

struct store;

enum { CLI_FORMAT = 1000, CLI_COLOR, CLI_WIDTH, CLI_FAIL_ON, CLI_LOCALE, CLI_BRIEF, CLI_HELP };

/* clang-format off */
#define CLI_OPTION_FORMAT  { "format", required_argument, NULL, CLI_FORMAT }
#define CLI_OPTION_COLOR   { "color", optional_argument, NULL, CLI_COLOR }
#define CLI_OPTION_WIDTH   { "width", required_argument, NULL, CLI_WIDTH }
#define CLI_OPTION_BRIEF   { "brief", no_argument, NULL, CLI_BRIEF }
#define CLI_OPTION_LOCALE  { "locale", required_argument, NULL, CLI_LOCALE }
#define CLI_OPTION_FAIL_ON { "fail-on", required_argument, NULL, CLI_FAIL_ON }
#define CLI_OPTION_HELP    { "help", no_argument, NULL, 'h' }
#define CLI_OPTIONS                                                                   \
    CLI_OPTION_FORMAT, CLI_OPTION_COLOR, CLI_OPTION_WIDTH, CLI_OPTION_BRIEF,          \
    CLI_OPTION_LOCALE, CLI_OPTION_FAIL_ON, CLI_OPTION_HELP

/* The part of a command's help that is about them. */
#define CLI_COLOR_HELP                                                                \
    "  --color[=WHEN]       auto (default), always, never; NO_COLOR is respected\n"
#define CLI_WIDTH_HELP                                                                \
    "  --width=N            columns of text; at least 40 and at most 100 are used\n"            \
    "                       (default: the terminal's, else 80)\n"
#define CLI_BRIEF_HELP                                                                \
    "  --brief              the worst verdict on one screen, the others a line each\n"
#define CLI_LOCALE_HELP                                                               \
    "  --locale=NAME        the rules' words in that language, where they have them:\n" \
    "                       zh_CN\n"
#define CLI_FAIL_ON_HELP                                                              \
    "  --fail-on=SEVERITY   exit with 1 from this on: critical, warning (default),\n" \
    "                       notice, info, never\n"
#define CLI_HELP_HELP "  -h, --help           this text\n"
#define CLI_OPTIONS_HELP                                                              \
    CLI_COLOR_HELP CLI_WIDTH_HELP CLI_BRIEF_HELP CLI_LOCALE_HELP CLI_FAIL_ON_HELP CLI_HELP_HELP
/* clang-format on */

struct cli_options {
    const char *command;        /* borrowed */
    const char *const *formats; /* names that --format takes, ended by NULL; the first is default */
    int format;                 /* index into them */
    int color;                  /* -1: auto, 0: never, 1: always */
    unsigned width;             /* 0: not given */
    int fail_on;                /* 0 critical .. 3 info, -1: never */
    char locale[16];            /* "": not given */
    bool brief;
    int status;                 /* 0: go on; CLI_HELP; else the exit status, already explained */
};

struct cli_options cli_options_new(const char *command, const char *const *formats);

/* True if `c` was one of ours (or an error of getopt_long, which is explained on stderr). */
bool cli_option(struct cli_options *o, int c, char **argv);
/* The index of the word that --`option` was given, one of `words` (ended by NULL); else o->status
 * says no. */
int cli_choose(struct cli_options *o, const char *option, const char *const *words,
               const char *word);

/* As report_case wants it; `out` decides about colour and width. */
struct report_options cli_report_options(const struct cli_options *o, enum report_format format,
                                         FILE *out);

/*
 * Where text for people goes: stdout; or, where that is a terminal without UTF-8, a stream of ours
 * that cli_text_end brings there in ASCII.  What programs read (`text` false) stays as it is.
 */
struct cli_text {
    FILE *out;
    char *bytes;
    size_t len;
};
FILE *cli_text(struct cli_text *t, bool text);
void cli_text_end(struct cli_text *t);

/* Colour on this stream? */
bool cli_wants_color(const struct cli_options *o, FILE *out);

/*
 * The exit status of a case: 1 a verdict at or above --fail-on that is not `unknown`, 3 a source
 * that was unreadable or cut short, 4 nothing was read; the highest that applies.
 */
int cli_exit_status(const struct cli_options *o, struct store *s, struct err *err);

#endif
