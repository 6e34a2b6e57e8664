/* analyze: load captures, logs and folders; print the verdicts. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/vec.h"
#include "capture/filter.h"
#include "cli/command.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/stop.h"
#include "dissectors/keys.h"
#include "store/store.h"
#include "verdict/verdict.h"

extern const struct command analyze_command;

static const char *const formats[] = { "text", "json", "jsonl", NULL };

enum { OPT_FILTER = 1, OPT_PROGRESS, OPT_RULES, OPT_AGAIN, OPT_OPENVPN_KEY };

static const char letters[] = ":ho:";
static const struct option options[] = {
    CLI_OPTIONS,
    { "output", required_argument, NULL, 'o' },
    { "filter", required_argument, NULL, OPT_FILTER },
    { "progress", required_argument, NULL, OPT_PROGRESS },
    { "rules", required_argument, NULL, OPT_RULES },
    { "openvpn-key", required_argument, NULL, OPT_OPENVPN_KEY },
    { "again", no_argument, NULL, OPT_AGAIN },
    { 0 },
};

struct words {
    struct cli_options common;
    struct ingest_options ingest;
    struct dissect_keys keys;
    const char *case_path;
    const char **rules; /* ended by NULL once parsed */
    size_t n_rules, cap_rules;
};

static void add_openvpn_key(struct words *w, const char *path)
{
    struct err err = { 0 };

    w->ingest.keys = &w->keys;
    if (keys_add_openvpn(&w->keys, path, &err))
        w->common.status = command_usage("analyze", "--openvpn-key: %s", err.msg);
}

static void parse(struct words *w, int argc, char **argv)
{
    static const char *const whens[] = { "auto", "always", "never", NULL };
    int c;

    w->common = cli_options_new("analyze", formats);
    while (!w->common.status && (c = getopt_long(argc, argv, letters, options, NULL)) != -1) {
        if (cli_option(&w->common, c, argv))
            continue;
        switch (c) {
        case 'o':
            w->case_path = optarg;
            break;
        case OPT_FILTER:
            w->ingest.filter = optarg;
            break;
        case OPT_PROGRESS:
            w->ingest.progress =
                (enum progress_mode)cli_choose(&w->common, "progress", whens, optarg);
            break;
        case OPT_RULES:
            VEC_PUSH(w->rules, w->n_rules, w->cap_rules, optarg);
            break;
        case OPT_OPENVPN_KEY:
            add_openvpn_key(w, optarg);
            break;
        default:
            w->ingest.again = true;
            break;
        }
    }
    VEC_PUSH(w->rules, w->n_rules, w->cap_rules, NULL);
}

/* A wrong filter is a usage error, before anything is opened. */
static int check_filter(const char *filter)
{
    struct filter *f = NULL;
    struct err err = { 0 };
    int rc = filter ? filter_new(filter, &f, &err) : ERR_OK;

    filter_free(f);
    return rc ? command_usage("analyze", "--filter: %s", err.msg) : 0;
}

/* How much there is to read; 0: nobody knows (a folder, a pipe). */
static uint64_t bytes_of_files(char *const *paths, size_t n)
{
    uint64_t sum = 0;
    struct stat st;
    size_t i;

    for (i = 0; i < n; i++) {
        if (stat(paths[i], &st) || !S_ISREG(st.st_mode))
            return 0;
        sum += (uint64_t)st.st_size;
    }
    return sum;
}

static int run(const struct words *w, char **paths, size_t n_paths)
{
    const struct fact_kind **kinds = load_fact_kinds();
    struct report_options report =
        cli_report_options(&w->common, (enum report_format)w->common.format, stdout);
    struct cli_text text = { .out = stdout };
    struct load_result got = { 0 };
    struct rules *rules = NULL;
    struct store *s = NULL;
    struct err err = { 0 };
    int status = EXIT_NOTHING;
    int rc = rules_load(w->rules, &rules, &err);

    if (rc)
        status = EXIT_USAGE;
    if (rc && *w->rules)
        err_prefix(&err, "--rules");
    if (!rc)
        rc = store_open_for(w->case_path, w->case_path ? STORE_WRITE : STORE_TEMPORARY, kinds,
                            bytes_of_files(paths, n_paths), &s, &err);
    if (!rc)
        rc = load_paths(s, paths, n_paths, &w->ingest, rules, NULL, &got, &err);
    if (!rc)
        rc = report_case(s, &report, cli_text(&text, report.format == REPORT_TEXT), &err);
    cli_text_end(&text);
    if (!rc || rc == ERR_PIPE)
        status = got.stopped ? EXIT_INTERRUPTED : cli_exit_status(&w->common, s, &err);
    if (got.n_gone && status < EXIT_CUT)
        status = EXIT_CUT;
    command_complain(&err);
    store_close(s);
    rules_free(rules);
    free(kinds);
    return status;
}

static int analyze_run(int argc, char **argv)
{
    struct words w = { 0 };
    int status;

    parse(&w, argc, argv);
    status = w.common.status;
    if (status == CLI_HELP) {
        command_help(&analyze_command);
        status = EXIT_CLEAN;
    } else if (!status && optind == argc) {
        status = command_usage("analyze", "needs a file, a folder, or - for standard input");
    } else if (!status) {
        status = check_filter(w.ingest.filter);
        if (!status) {
            w.ingest.stop = stop_catch();
            status = run(&w, argv + optind, (size_t)(argc - optind));
        }
    }
    free(w.rules);
    return status;
}

const struct command analyze_command = {
    .name = "analyze",
    .args = "[OPTION...] PATH...",
    .summary = "load captures, logs and folders; print the verdicts",
    .help =
        "PATH is a capture (pcap, pcapng, Omnipeek, NetMon, ERF ...), a key log, a log, an archive\n"
        "or a folder of such, or - for standard input.\n\n"
        "  -o, --output=CASE    keep the case in this file; an existing one is added to\n"
        "  --filter=EXPRESSION  only frames that pass this capture filter (pcap-filter(7))\n"
        "  --rules=DIR          more rules, besides the built-in ones; may be repeated\n"
        "  --openvpn-key=FILE   a static key (tls-auth, tls-crypt) that opens OpenVPN's control\n"
        "                       channel; may be repeated\n"
        "  --again              read sources again that the case already knows\n"
        "  --format=NAME        text (default), json, jsonl\n"
        "  --progress=WHEN      auto (default), always, never\n" CLI_OPTIONS_HELP,
    .letters = letters,
    .options = options,
    .run = analyze_run,
};
