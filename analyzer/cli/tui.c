/* tui: the terminal program over a case, or over captures that are loaded while one looks at them.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "cli/command.h"
#include "cli/loader.h"
#include "cli/options.h"
#include "store/sql.h"
#include "store/store.h"
#include "tui/tui.h"
#include "verdict/verdict.h"

enum { OPT_ASCII = 1, OPT_LIGHT, OPT_NO_COLOR, OPT_SCRIPT, OPT_SIZE };

static const char letters[] = ":h";
static const struct option options[] = {
    { "ascii", no_argument, NULL, OPT_ASCII },
    { "light", no_argument, NULL, OPT_LIGHT },
    CLI_OPTION_LOCALE,
    { "no-color", no_argument, NULL, OPT_NO_COLOR },
    { "script", required_argument, NULL, OPT_SCRIPT },
    { "size", required_argument, NULL, OPT_SIZE },
    CLI_OPTION_HELP,
    { 0 },
};

extern const struct command tui_command;

struct words {
    struct cli_options common;
    struct tui_options tui;
    const char *script;
    int rows, cols;
};

/*
 * Is this one file a case?  Everything else is something to be loaded.  A pipe is never asked:
 * whoever opens and closes it takes away what somebody else writes into it.
 */
static bool is_case(const char *path)
{
    struct store *s = NULL;
    struct stat st;
    bool regular = stat(path, &st) == 0 && S_ISREG(st.st_mode);
    int rc = regular ? store_open(path, STORE_READ, NULL, &s, NULL) : ERR_FORMAT;
    bool yes = rc == ERR_OK || rc == ERR_SQL; /* one that cannot be read now is one, too */

    store_close(s);
    return yes;
}

static char *config_path(void)
{
    const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    struct str s = { 0 };

    if (folder && *folder)
        str_addf(&s, "%s/deadwire/keys", folder);
    else if (home && *home)
        str_addf(&s, "%s/.config/deadwire/keys", home);
    else
        return NULL;
    return str_take(&s);
}

static char *read_script(const char *path, struct err *err)
{
    struct str s = { 0 };
    char part[4096];
    size_t n;
    FILE *f = fopen(path, "r");

    if (!f) {
        err_set(err, ERR_IO, "%s: cannot be opened", path);
        return NULL;
    }
    while ((n = fread(part, 1, sizeof(part), f)) > 0)
        str_addn(&s, part, n);
    fclose(f);
    return str_take(&s);
}

static int show(const struct words *w, const struct tui_options *o, struct err *err)
{
    char *script;
    int rc;

    if (!w->script)
        return tui_run(o, err);
    script = read_script(w->script, err);
    rc = script ? tui_play(o, script, w->rows, w->cols, stdout, err) : ERR_IO;
    free(script);
    return rc;
}

/* Everything was tried, and no source could be read. */
static bool nothing_readable(const char *path)
{
    struct store *s = NULL;
    bool none = store_open(path, STORE_READ, NULL, &s, NULL) == ERR_OK &&
                sql_number(store_db(s),
                           "SELECT count(*) > 0 AND total(status IN ('complete', 'partial', "
                           "'pending')) = 0 FROM source",
                           0) == 1;

    store_close(s);
    return none;
}

/* Words for the title: the case, or what is loaded. */
static char *title_of(char **paths, int n)
{
    struct str s = { 0 };

    str_add_foreign(&s, paths[0], strlen(paths[0]));
    if (n > 1)
        str_addf(&s, " and %d more", n - 1);
    return str_take(&s);
}

static int run(struct words *w, char **paths, int n)
{
    struct tui_options o = w->tui;
    struct loader *loader = NULL;
    struct rules *rules = NULL;
    struct err err = { 0 };
    char *config = config_path(), *title = title_of(paths, n);
    bool nothing = false;
    int rc = rules_load(NULL, &rules, &err);

    o.config = config;
    o.title = title;
    o.rules = rules;
    if (!rc && n == 1 && is_case(paths[0])) {
        o.path = paths[0];
    } else if (!rc) {
        rc = loader_start(paths, (size_t)n, rules, &loader, &err);
        o.path = loader ? loader_path(loader) : NULL;
        o.temporary = true;
        o.host = loader ? loader_host(loader) : NULL;
        if (!rc && w->script)
            loader_wait(loader);
    }
    if (!rc)
        rc = show(w, &o, &err);
    if (!rc)
        nothing = nothing_readable(o.path);
    loader_end(loader);
    command_complain(&err);
    rules_free(rules);
    free(config);
    free(title);
    if (nothing)
        return EXIT_NOTHING;
    return rc == ERR_OK ? EXIT_CLEAN : rc == ERR_USAGE ? EXIT_USAGE : EXIT_NOTHING;
}

static void parse(struct words *w, int argc, char **argv)
{
    const char *no_color = getenv("NO_COLOR");
    int c;

    w->common = cli_options_new("tui", NULL);
    w->tui.no_color = no_color && *no_color;
    while ((c = getopt_long(argc, argv, letters, options, NULL)) != -1) {
        if (cli_option(&w->common, c, argv))
            continue;
        switch (c) {
        case OPT_ASCII:
            w->tui.ascii = true;
            break;
        case OPT_LIGHT:
            w->tui.look = LOOK_LIGHT;
            w->tui.look_given = true;
            break;
        case OPT_NO_COLOR:
            w->tui.no_color = true;
            break;
        case OPT_SCRIPT:
            w->script = optarg;
            break;
        default:
            if (sscanf(optarg, "%dx%d", &w->cols, &w->rows) != 2)
                w->common.status =
                    command_usage("tui", "--size=%s: COLUMNSxROWS, like 80x24", optarg);
            break;
        }
    }
    if (*w->common.locale)
        w->tui.locale = w->common.locale;
}

static int tui_run_command(int argc, char **argv)
{
    struct words w = { .rows = 24, .cols = 80 };

    parse(&w, argc, argv);
    if (w.common.status == CLI_HELP) {
        command_help(&tui_command);
        return EXIT_CLEAN;
    }
    if (w.common.status)
        return w.common.status;
    if (optind == argc)
        return command_usage("tui", "which case, or which files?");
    return run(&w, argv + optind, argc - optind);
}

const struct command tui_command = {
    .name = "tui",
    .args = "[OPTION...] CASE | PATH...",
    .summary = "browse and triage in the terminal",
    .help = "  --ascii              no characters beyond ASCII\n"
            "  --light              for a light background\n" CLI_LOCALE_HELP
            "  --no-color           bold and underline instead of colours (also NO_COLOR)\n"
            "  --script=FILE        without a terminal: keys from a file, screens to stdout\n"
            "  --size=COLSxROWS     of the screen of a script (80x24)\n" CLI_HELP_HELP,
    .letters = letters,
    .options = options,
    .run = tui_run_command,
};
