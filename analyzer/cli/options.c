#include "config.h"

#include "cli/options.h"

#include <langinfo.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/plain.h"
#include "base/str.h"
#include "cli/command.h"
#include "store/sql.h"
#include "store/store.h"

static const char *const severities[] = { "critical", "warning", "notice", "info", "never", NULL };
enum { FAIL_NEVER = 4 }; /* "never" in severities */
enum { WIDTH_MAX = 10000 };
static const char *const colors[] = { "auto", "always", "never", NULL };
static const int color_values[] = { -1, 1, 0 }; /* of cli_options.color */

struct cli_options cli_options_new(const char *command, const char *const *formats)
{
    return (
        struct cli_options){ .command = command, .formats = formats, .color = -1, .fail_on = 1 };
}

static int word_in(const char *const *words, const char *word)
{
    int i;

    for (i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

int cli_choose(struct cli_options *o, const char *option, const char *const *words,
               const char *word)
{
    struct str all = { 0 };
    int i = word_in(words, word);

    if (i >= 0)
        return i;
    for (i = 0; words[i]; i++)
        str_addf(&all, "%s%s", i ? ", " : "", words[i]);
    o->status = command_usage(o->command, "--%s=%s: use one of %s", option, word, str_get(&all));
    str_free(&all);
    return 0;
}

static void take_width(struct cli_options *o, const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);

    if (!*text || *end || !n || n > WIDTH_MAX)
        o->status = command_usage(o->command, "--width=%s: a number of columns (%u to %u are used)",
                                  text, REPORT_WIDTH_LEAST, REPORT_WIDTH_MOST);
    else
        o->width = (unsigned)n;
}

/* getopt_long keeps the letter in optopt; a long word is the one it has just passed. */
static void complain(struct cli_options *o, int c, char **argv)
{
    const char *word = optind > 0 ? argv[optind - 1] : "";

    if (c == ':')
        o->status = command_usage(o->command, "%s needs a value", word);
    else if (optopt && optopt < 256 && strncmp(word, "--", 2) != 0)
        o->status = command_usage(o->command, "unknown option -%c", optopt);
    else
        o->status = command_usage(o->command, "unknown option %s", word);
}

bool cli_option(struct cli_options *o, int c, char **argv)
{
    if (o->status && c != 'h')
        return true; /* the first complaint is enough */
    switch (c) {
    case CLI_FORMAT:
        o->format = cli_choose(o, "format", o->formats, optarg);
        return true;
    case CLI_COLOR:
        o->color = optarg ? color_values[cli_choose(o, "color", colors, optarg)] : 1;
        return true;
    case CLI_WIDTH:
        take_width(o, optarg);
        return true;
    case CLI_FAIL_ON:
        o->fail_on = cli_choose(o, "fail-on", severities, optarg);
        if (o->fail_on == FAIL_NEVER)
            o->fail_on = -1;
        return true;
    case CLI_LOCALE:
        snprintf(o->locale, sizeof(o->locale), "%s", optarg);
        return true;
    case CLI_BRIEF:
        o->brief = true;
        return true;
    case 'h':
        o->status = CLI_HELP;
        return true;
    case ':':
    case '?':
        complain(o, c, argv);
        return true;
    default:
        return false;
    }
}

bool cli_wants_color(const struct cli_options *o, FILE *out)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    if (o->color >= 0)
        return o->color;
    return isatty(fileno(out)) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

struct report_options cli_report_options(const struct cli_options *o, enum report_format format,
                                         FILE *out)
{
    struct winsize size;
    unsigned width = o->width;

    if (!width && isatty(fileno(out)) && ioctl(fileno(out), TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    return (struct report_options){ .format = format,
                                    .color = cli_wants_color(o, out),
                                    .brief = o->brief,
                                    .width = width,
                                    .locale = *o->locale ? o->locale : NULL };
}

FILE *cli_text(struct cli_text *t, bool text)
{
    *t = (struct cli_text){ .out = stdout };
    if (text && isatty(STDOUT_FILENO) && strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        t->out = open_memstream(&t->bytes, &t->len);
    if (!t->out)
        t->out = stdout;
    return t->out;
}

void cli_text_end(struct cli_text *t)
{
    struct str plain = { 0 };

    if (t->out == stdout)
        return;
    fclose(t->out);
    plain_add(&plain, t->bytes);
    fputs(str_get(&plain), stdout);
    str_free(&plain);
    free(t->bytes);
}

int cli_exit_status(const struct cli_options *o, struct store *s, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = sql_prepare(store_db(s),
                         "SELECT total(status IN ('complete', 'partial')), "
                         "total(status IN ('unreadable', 'partial')), (SELECT count(*) FROM "
                         "verdict WHERE state <> 'unknown' AND ?1 >= CASE severity WHEN 'critical' "
                         "THEN 0 WHEN 'warning' THEN 1 WHEN 'notice' THEN 2 ELSE 3 END) "
                         "FROM source",
                         &st, err);
    int status = EXIT_NOTHING;

    if (rc == ERR_OK) {
        sqlite3_bind_int(st, 1, o->fail_on);
        rc = sql_step(st, err);
    }
    if (rc == 1 && sqlite3_column_int64(st, 0) > 0)
        status = sqlite3_column_int64(st, 1) > 0   ? EXIT_CUT
                 : sqlite3_column_int64(st, 2) > 0 ? EXIT_FOUND
                                                   : EXIT_CLEAN;
    sqlite3_finalize(st);
    return status;
}
