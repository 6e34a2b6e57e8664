/* show: one frame of a case: its layers, what the case knows of it, its bytes. */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/times.h"
#include "cli/command.h"
#include "cli/options.h"
#include "frame/facts.h"
#include "frame/frame.h"
#include "frame/layers.h"
#include "report/page.h"
#include "store/sql.h"
#include "store/store.h"

#define NAME_WIDTH 16u /* columns of a layer's or a fact's name */

static const struct option options[] = {
    { "source", required_argument, NULL, 's' },
    { "with-secrets", no_argument, NULL, 'w' },
    CLI_OPTION_WIDTH,
    CLI_OPTION_HELP,
    { 0 },
};

extern const struct command show_command;

/* The capture of that name, or the only one there is. */
static int find_source(struct store *s, const char *name, uint32_t *out, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc =
        sql_prepare(store_db(s),
                    "SELECT id FROM source WHERE kind = 'capture' AND (?1 IS NULL OR name = ?1 "
                    "OR path = ?1) ORDER BY id",
                    &st, err);

    if (rc)
        return rc;
    sql_bind_text(st, 1, name);
    rc = sql_step(st, err);
    if (rc == 1) {
        *out = (uint32_t)sqlite3_column_int64(st, 0);
        rc = sql_step(st, err) == 1
                 ? err_set(err, ERR_USAGE, "there are several captures (say which: --source=NAME)")
                 : ERR_OK;
    } else if (rc == 0) {
        rc = err_set(err, ERR_USAGE, name ? "no capture '%s' in this case" : "no capture%s",
                     name ? name : " in this case");
    }
    sqlite3_finalize(st);
    return rc;
}

static void print_head(struct store *s, const struct frame_view *v, FILE *out)
{
    struct source src;
    char when[TIMES_LEN];

    if (store_source(s, v->source, &src, NULL) == ERR_OK)
        fputs(src.name ? src.name : src.path, out);
    fprintf(out, "  frame %llu", (unsigned long long)v->frame_no);
    if (v->has_time)
        fprintf(out, "  %s", times_format(v->time_ns, when));
    fprintf(out, "  %u bytes", v->wire_len);
    if (v->cap_len < v->wire_len)
        fprintf(out, ", %u captured", v->cap_len);
    fputc('\n', out);
    if (v->origin == FRAME_MISSING)
        fprintf(out, "  its bytes are not to be had: %s\n", v->why);
    if (v->origin == FRAME_FROM_EXHIBIT)
        fprintf(out, "  the first %zu bytes, which the case kept: %s\n", v->len, v->why);
    if (v->masked)
        fputs("  secret bytes are shown as '*' (--with-secrets shows them from the capture)\n",
              out);
}

/* A name and what is said of it, wrapped beside the name. */
static void print_line(struct page *p, const char *name, const char *text)
{
    size_t width = strlen(name) > NAME_WIDTH ? strlen(name) : NAME_WIDTH;

    page_blanks(p, PAGE_INDENT);
    page_cell(p, STYLE_NONE, name, width);
    page_blanks(p, 1);
    page_wrapped(p, STYLE_NONE, text, PAGE_INDENT + width + 1, PAGE_INDENT + NAME_WIDTH + 1);
}

static void print_body(struct store *s, const struct frame_view *v, struct page *p)
{
    struct layers layers;
    struct frame_facts facts;
    size_t i, at;

    layers_of(v, &layers);
    if (layers.n)
        fputc('\n', p->out);
    for (i = 0; i < layers.n; i++)
        print_line(p, layers.lines[i].name, layers.lines[i].text);
    layers_free(&layers);
    frame_facts_of(s, v->source, v->frame_no, &facts);
    if (facts.n)
        fputc('\n', p->out);
    for (i = 0; i < facts.n; i++)
        print_line(p, facts.lines[i].kind, facts.lines[i].text);
    frame_facts_free(&facts);
    if (v->len)
        fputc('\n', p->out);
    for (at = 0; at < v->len; at += 16) {
        struct str line = { 0 };

        layers_hex(v, at, &line);
        fprintf(p->out, "  %s\n", str_get(&line));
        str_free(&line);
    }
}

static int show(const struct cli_options *o, const char *path, const char *name, uint64_t frame_no,
                bool secrets)
{
    struct frame_reader *r = NULL;
    struct cli_text text;
    struct page page = { 0 };
    struct store *s = NULL;
    struct frame_view v;
    struct err err = { 0 };
    uint32_t source = 0;
    int rc = store_open(path, STORE_READ, NULL, &s, &err);

    if (!rc)
        rc = find_source(s, name, &source, &err);
    if (!rc) {
        r = frame_reader_new(s, secrets);
        rc = frame_read(r, source, frame_no, &v, &err);
    }
    if (!rc) {
        page.out = cli_text(&text, true);
        page.width = page_width(cli_report_options(o, REPORT_TEXT, stdout).width);
        print_head(s, &v, page.out);
        print_body(s, &v, &page);
        cli_text_end(&text);
    }
    command_complain(&err);
    frame_reader_free(r);
    store_close(s);
    return rc == ERR_OK      ? v.origin == FRAME_MISSING ? EXIT_CUT : EXIT_CLEAN
           : rc == ERR_USAGE ? EXIT_USAGE
                             : EXIT_NOTHING;
}

static int show_run(int argc, char **argv)
{
    struct cli_options o = cli_options_new("show", NULL);
    const char *name = NULL;
    bool secrets = false;
    unsigned long long n;
    char *end;
    int c;

    while ((c = getopt_long(argc, argv, ":h", options, NULL)) != -1)
        if (cli_option(&o, c, argv))
            continue;
        else if (c == 's')
            name = optarg;
        else
            secrets = true;
    if (o.status == CLI_HELP) {
        command_help(&show_command);
        return EXIT_CLEAN;
    }
    if (o.status)
        return o.status;
    if (argc - optind != 2)
        return command_usage("show", "needs a CASE and a FRAME");
    n = strtoull(argv[optind + 1], &end, 10);
    if (!n || *end || argv[optind + 1][0] == '-')
        return command_usage("show", "'%s' is no frame number", argv[optind + 1]);
    return show(&o, argv[optind], name, n, secrets);
}

const struct command show_command = {
    .name = "show",
    .args = "[--source=NAME] CASE FRAME",
    .summary = "show one frame: layers, facts, bytes",
    .help = "  --source=NAME        the capture, where the case has several\n"
            "  --with-secrets       do not mask passwords (from the capture only)\n" CLI_WIDTH_HELP
                CLI_HELP_HELP,
    .run = show_run,
};
