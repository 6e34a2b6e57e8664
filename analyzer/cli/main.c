/* main: the table of commands. */
#include "config.h"

#include <fcntl.h>
#include <getopt.h>
#include <errno.h>
#include <locale.h>
#include <openssl/crypto.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_MALLINFO2
#include <malloc.h>
#endif

#include "base/err.h"
#include "base/mem.h"
#include "cli/command.h"
#include "flow/app.h"

#define X(name) extern const struct command name##_command;
#include "cli/commands.h"
#undef X

static const struct command *const commands[] = {
#define X(name) &name##_command,
#include "cli/commands.h"
#undef X
    NULL,
};

static const struct command *find(const char *name)
{
    const struct command *const *c;

    for (c = commands; *c; c++)
        if (strcmp((*c)->name, name) == 0)
            return *c;
    return NULL;
}

int command_usage(const char *name, const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "deadwire %s: ", name);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\nTry: deadwire %s --help\n", name);
    return EXIT_USAGE;
}

void command_complain(const struct err *err)
{
    if (err->code && err->code != ERR_PIPE)
        fprintf(stderr, "deadwire: %s\n", err->msg);
}

void command_help(const struct command *c)
{
    printf("usage: deadwire %s %s\n\n%s\n\n%s", c->name, c->args, c->summary, c->help);
}

static void print_help(void)
{
    const struct command *const *c;

    puts(
        "deadwire: why did this connection die?\n\n"
        "usage: deadwire PATH...              look into captures and logs: screens on a terminal,\n"
        "                                     the verdicts as text elsewhere\n"
        "       deadwire COMMAND [ARG...]\n\n"
        "commands:");
    for (c = commands; *c; c++)
        printf("  %-10s %s\n", (*c)->name, (*c)->summary);
    puts("\n'deadwire COMMAND --help' lists the options.\n"
         "exit status: 0 nothing found, 1 faults found, 2 usage, 3 input cut short, 4 nothing "
         "readable");
}

static void print_version(void)
{
    const char *ndpi = app_version();

    printf("deadwire %s\n%s\nSQLite %s\n%s\n", PACKAGE_VERSION, pcap_lib_version(),
           sqlite3_libversion(), OpenSSL_version(OPENSSL_VERSION));
    if (*ndpi)
        printf("nDPI %s\n", ndpi);
}

/* Whoever read our output had enough of it, as head does. */
static bool reader_left(void)
{
    struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

    return poll(&p, 1, 0) == 1 && (p.revents & POLLERR);
}

/*
 * Results that did not get out are no results: a full disk must not look like success.  A reader
 * that left changes nothing: what was found does not depend on how much of it was read.
 */
static int finish(int status)
{
    bool lost = fflush(stdout) != 0 || ferror(stdout);
    int why = errno;

    if (!lost || status == EXIT_NOTHING || status == EXIT_INTERRUPTED || reader_left())
        return status;
    fprintf(stderr, "deadwire: cannot write the results: %s\n", strerror(why));
    return EXIT_NOTHING;
}

/*
 * Where a standard stream is closed, the next file that is opened would take its place: our case
 * would be read as input, or written over by results.  What stands there instead can only be used
 * the wrong way round.
 */
static void fill_streams(void)
{
    int fd;

    for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(EXIT_NOTHING);
}

/* A file, a folder, or a member of an archive. */
static bool names_input(const char *path)
{
    char *archive = xstrdup(path), *bang = strchr(archive, '!');
    bool there = access(path, F_OK) == 0;

    if (!there && bang) {
        *bang = '\0';
        there = access(archive, F_OK) == 0;
    }
    free(archive);
    return there;
}

static bool for_a_person(void)
{
    const char *term = getenv("TERM");
    int fd;

    if (!isatty(STDOUT_FILENO) || !term || !*term || strcmp(term, "dumb") == 0)
        return false;
    fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* Has it a meaning for each of the options? */
static bool understands(const struct command *c, int argc, char *const *argv)
{
    char **words = xcalloc((size_t)argc + 1, sizeof(*words)); /* getopt_long puts them in order */
    int letter = 0;

    memcpy(words, argv, (size_t)argc * sizeof(*words));
    optind = 0;
    while (letter != '?' && letter != ':' && letter != -1)
        letter = getopt_long(argc, words, c->letters, c->options, NULL);
    optind = 0; /* the command begins anew */
    free(words);
    return letter == -1;
}

int main(int argc, char **argv)
{
    const struct command *c;

#ifdef HAVE_MALLINFO2 /* glibc */
    /* Lives come and go by the thousand; giving their pages back each time costs more than they do. */
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
#endif
    fill_streams();
    setlocale(LC_CTYPE, "");
    if (argc < 2) {
        print_help();
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return finish(EXIT_CLEAN);
    }
    if (strcmp(argv[1], "--version") == 0) {
        print_version();
        return finish(EXIT_CLEAN);
    }
    signal(SIGPIPE, SIG_IGN); /* a reader that goes away is a write error, not our death */
    c = find(argv[1]);
    if (c)
        return finish(c->run(argc - 1, argv + 1));
    /*
     * `deadwire FILE...`: the first word is no command but something that exists, a pipe, or
     * options.  A person at a terminal gets the screens; a pipe, a file, or options that the
     * screens do not know get the text.
     */
    if (argv[1][0] == '-' || names_input(argv[1])) {
        c = find("tui");
        if (!for_a_person() || !understands(c, argc, argv))
            c = find("analyze");
        return finish(c->run(argc, argv));
    }
    fprintf(stderr, "deadwire: %s is neither a command nor a file\nTry: deadwire --help\n",
            argv[1]);
    return EXIT_USAGE;
}
