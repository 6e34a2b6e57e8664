/*
 * command: one word of the command line.
 *
 * Each command is one file with one `const struct command`, one line in commands.h and one in
 * local.mk.  Results go to stdout, talk to stderr.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

/* Exit status of every command; the highest that applies (design.md section 6). */
enum exit_status {
    EXIT_CLEAN = 0,        /* all input read, nothing found */
    EXIT_FOUND = 1,        /* a verdict at or above --fail-on */
    EXIT_USAGE = 2,        /* the words are off */
    EXIT_CUT = 3,          /* some input was unreadable or cut short */
    EXIT_NOTHING = 4,      /* nothing could be read */
    EXIT_INTERRUPTED = 130 /* Ctrl-C */
};

struct option; /* getopt.h */

struct command {
    const char *name;
    const char *args;    /* "[-o CASE] PATH..." */
    const char *summary; /* one line */
    const char *help;    /* the options, as text; ends with a newline */
    /* The options, as getopt_long has them, of the commands whose word may be left out; else NULL.
     */
    const char *letters;
    const struct option *options;
    /* argv[0] is the command's name.  Returns the exit status. */
    int (*run)(int argc, char **argv);
};

struct err;

/* "deadwire: message" on stderr, if there is one worth saying. */
void command_complain(const struct err *err);

/* "deadwire NAME: message", a hint to --help; returns EXIT_USAGE. */
int command_usage(const char *name, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Prints usage, summary and options of a command on stdout. */
void command_help(const struct command *c);

#endif
