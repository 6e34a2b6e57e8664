/* info: what a file is and how far it can be read. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/times.h"
#include "base/vec.h"
#include "capture/capture.h"
#include "capture/input.h"
#include "capture/linktype.h"
#include "cli/command.h"
#include "cli/options.h"
#include "ingest/paths.h"

#define INFO_COMMENTS_SHOWN   3u
#define INFO_COMMENT_LEN      120u /* bytes of one comment that are shown */
#define INFO_INTERFACES_SHOWN 16u  /* in text; JSON has all */
#define SHA256_BYTES          32

enum info_format { INFO_TEXT, INFO_JSON, INFO_JSONL };
enum info_status { INFO_COMPLETE, INFO_PARTIAL, INFO_UNREADABLE, INFO_SKIPPED };

static const char *const status_names[] = { "complete", "partial", "unreadable", "skipped" };

struct info_interface {
    uint16_t linktype;
    uint32_t snap_len;
    char *name, *description;
    uint64_t packets, dropped;
};

struct info {
    const char *path;
    enum info_status status;
    char reason[sizeof(((struct err *)0)->msg)];
    bool has_bytes;
    uint64_t size, stopped_at;
    uint8_t sha256[SHA256_BYTES];
    char format[32], title[64], packing[64];
    uint64_t packets, bytes_captured, bytes_on_wire, cut_packets, backwards;
    bool has_time;
    int64_t first_ns, last_ns, previous_ns;
    uint64_t n_comments, n_secrets;
    char *comments[INFO_COMMENTS_SHOWN];
    struct info_interface *interfaces;
    size_t n_interfaces, cap_interfaces;
};

static char *text_of(struct bytes b, size_t most)
{
    struct str s = { 0 };

    str_add_foreign(&s, b.p, b.left < most ? b.left : most);
    if (b.left > most)
        str_adds(&s, "...");
    return str_take(&s);
}

static void on_interface(void *user, const struct capture_interface *i)
{
    struct info *f = user;
    struct info_interface x = { .linktype = i->linktype,
                                .snap_len = i->snap_len,
                                .name = text_of(i->name, INFO_COMMENT_LEN),
                                .description = text_of(i->description, INFO_COMMENT_LEN) };

    VEC_PUSH(f->interfaces, f->n_interfaces, f->cap_interfaces, x);
}

static void on_comment(void *user, enum capture_comment_of of, uint64_t frame_no, struct bytes text)
{
    struct info *f = user;

    (void)of;
    (void)frame_no;
    if (f->n_comments < INFO_COMMENTS_SHOWN)
        f->comments[f->n_comments] = text_of(text, INFO_COMMENT_LEN);
    f->n_comments++;
}

static void on_secrets(void *user, uint32_t type, struct bytes data)
{
    struct info *f = user;

    (void)type;
    (void)data;
    f->n_secrets++;
}

static void on_dropped(void *user, uint32_t interface_no, uint64_t n)
{
    struct info *f = user;

    if (interface_no < f->n_interfaces)
        f->interfaces[interface_no].dropped += n;
}

static void info_free(struct info *f)
{
    size_t i;

    for (i = 0; i < f->n_interfaces; i++) {
        free(f->interfaces[i].name);
        free(f->interfaces[i].description);
    }
    free(f->interfaces);
    for (i = 0; i < INFO_COMMENTS_SHOWN; i++)
        free(f->comments[i]);
}

static void count(struct info *f, const struct frame *frame)
{
    f->packets++;
    f->bytes_captured += frame->cap_len;
    f->bytes_on_wire += frame->wire_len;
    f->cut_packets += frame->cap_len < frame->wire_len;
    if (frame->interface_no < f->n_interfaces)
        f->interfaces[frame->interface_no].packets++;
    if (!frame->has_time || frame->linktype == CAPTURE_NO_LINK) /* what is no frame moves no clock */
        return;
    f->backwards += f->has_time && frame->time_ns < f->previous_ns;
    if (!f->has_time || frame->time_ns < f->first_ns)
        f->first_ns = frame->time_ns;
    if (!f->has_time || frame->time_ns > f->last_ns)
        f->last_ns = frame->time_ns;
    f->previous_ns = frame->time_ns;
    f->has_time = true;
}

static void fail(struct info *f, const struct err *err)
{
    size_t len = strlen(f->path);
    const char *msg = err->msg;

    /* The path stands beside it already. */
    if (strncmp(msg, f->path, len) == 0 && msg[len] == ':')
        msg += len + 1 + (msg[len + 1] == ' ');
    snprintf(f->reason, sizeof(f->reason), "%s", msg);
}

/* Reads one file to its end.  `walked`: what is no capture at all is passed over.  Free with
 * info_free. */
static void look(const char *path, bool walked, struct info *f)
{
    const struct capture_hooks hooks = { f, on_interface, on_comment, on_secrets, on_dropped };
    struct input *in = NULL;
    struct capture *c = NULL;
    struct err err = { 0 };
    enum capture_result rc;
    struct frame frame;
    const char *guess;

    *f = (struct info){ .path = path, .status = INFO_UNREADABLE };
    if (input_open_wait(path, NULL, &in, &err)) {
        fail(f, &err);
        return;
    }
    snprintf(f->packing, sizeof(f->packing), "%s", input_packing(in) ? input_packing(in) : "");
    if (capture_open(in, &hooks, &c, &err)) {
        fail(f, &err);
        if (walked && err.code == ERR_FOREIGN)
            f->status = INFO_SKIPPED;
        guess = capture_guess(input_at(in, 0, 4096));
        snprintf(f->format, sizeof(f->format), "%s", guess ? guess : "");
        snprintf(f->title, sizeof(f->title), "%s", guess ? guess : "unknown");
        goto out;
    }
    while ((rc = capture_next(c, &frame, &err)) == CAPTURE_FRAME)
        count(f, &frame);
    f->status = rc == CAPTURE_END ? INFO_COMPLETE : INFO_PARTIAL;
    if (rc != CAPTURE_END)
        fail(f, &err);
    f->stopped_at = capture_offset(c);
    snprintf(f->format, sizeof(f->format), "%s", capture_format_name(c));
    snprintf(f->title, sizeof(f->title), "%s", capture_title(c));
out:
    /* Last, because what is packed is hashed as it goes by. */
    f->has_bytes = true;
    memcpy(f->sha256, input_sha256(in), SHA256_BYTES);
    f->size = input_len(in);
    capture_close(c);
    input_close(in);
}

static void refused(const struct path *p, struct info *f)
{
    *f = (struct info){ .path = p->path, .status = p->no_input ? INFO_SKIPPED : INFO_UNREADABLE };
    snprintf(f->reason, sizeof(f->reason), "%s", p->refused);
}

/* -- text ---------------------------------------------------------------------- */

static const char *link_name(uint16_t linktype, char out[32])
{
    const char *name = linktype_name(linktype);

    if (name)
        snprintf(out, 32, "%s", name);
    else
        snprintf(out, 32, "link type %u", linktype);
    return out;
}

static void row(struct str *s, const char *label, const char *value)
{
    str_addf(s, "  %-11s %s\n", label, value);
}

static void text_interfaces(struct str *s, const struct info *f)
{
    size_t i;

    for (i = 0; i < f->n_interfaces && i < INFO_INTERFACES_SHOWN; i++) {
        const struct info_interface *x = &f->interfaces[i];
        const char *title = linktype_title(x->linktype);
        char link[32], number[32], drops[32];
        struct str line = { 0 };

        str_addf(&line, "%zu: %s", i, link_name(x->linktype, link));
        if (title)
            str_addf(&line, " (%s)", title);
        if (x->name[0])
            str_addf(&line, ", %s", x->name);
        if (x->description[0])
            str_addf(&line, ", %s", x->description);
        str_addf(&line, ", %s packet%s", str_group(x->packets, number), x->packets == 1 ? "" : "s");
        if (x->dropped)
            str_addf(&line, ", %s dropped", str_group(x->dropped, drops));
        row(s, i ? "" : f->n_interfaces > 1 ? "interfaces" : "interface", str_get(&line));
        str_free(&line);
    }
    if (f->n_interfaces > INFO_INTERFACES_SHOWN)
        str_addf(s, "  %-11s and %zu more\n", "", f->n_interfaces - INFO_INTERFACES_SHOWN);
}

static void text_frames(struct str *s, const struct info *f)
{
    char number[32], more[32], when[TIMES_LEN];
    int64_t span = f->last_ns > f->first_ns && f->first_ns >= 0 ? f->last_ns - f->first_ns : 0;
    struct str line = { 0 };
    size_t i;

    str_addf(&line, "%s", str_group(f->packets, number));
    if (f->packets)
        str_addf(&line, ", %s bytes on the wire", str_group(f->bytes_on_wire, more));
    if (f->cut_packets)
        str_addf(&line, ", %s cut short when captured", str_group(f->cut_packets, more));
    row(s, "packets", str_get(&line));
    str_free(&line);
    if (f->has_time) {
        row(s, "first", times_format(f->first_ns, when));
        str_addf(&line, "%s, %lld.%03lld s later", times_format(f->last_ns, when),
                 (long long)(span / NS_PER_S), (long long)(span % NS_PER_S / 1000000));
        row(s, "last", str_get(&line));
        str_free(&line);
    }
    if (f->backwards) {
        str_addf(&line, "%s step%s backwards", str_group(f->backwards, number),
                 f->backwards == 1 ? "" : "s");
        row(s, "clock", str_get(&line));
        str_free(&line);
    }
    for (i = 0; i < f->n_comments && i < INFO_COMMENTS_SHOWN; i++)
        row(s, i ? "" : "comments", f->comments[i]);
    if (f->n_comments > INFO_COMMENTS_SHOWN)
        str_addf(s, "  %-11s and %s more\n", "",
                 str_group(f->n_comments - INFO_COMMENTS_SHOWN, number));
    if (f->n_secrets)
        str_addf(s, "  %-11s %s embedded\n", "key logs", str_group(f->n_secrets, number));
}

static void print_text(const struct info *f)
{
    struct str s = { 0 };
    char number[32];

    str_add_foreign(&s, f->path, strlen(f->path));
    str_addc(&s, '\n');
    if (f->title[0])
        row(&s, "format", f->title);
    if (f->packing[0])
        row(&s, "packed", f->packing);
    if (f->has_bytes) {
        str_addf(&s, "  %-11s %s bytes\n", "size", str_group(f->size, number));
        str_addf(&s, "  %-11s ", "sha256");
        str_add_hex(&s, f->sha256, SHA256_BYTES);
        str_addc(&s, '\n');
    }
    if (f->status == INFO_COMPLETE || f->status == INFO_PARTIAL) {
        text_interfaces(&s, f);
        text_frames(&s, f);
    }
    str_addf(&s, "  %-11s %s", "status", status_names[f->status]);
    if (f->status == INFO_PARTIAL)
        str_addf(&s, ", read up to offset %llu", (unsigned long long)f->stopped_at);
    if (f->reason[0]) {
        str_adds(&s, ": ");
        str_add_foreign(&s, f->reason, strlen(f->reason));
    }
    puts(s.s);
    str_free(&s);
}

/* -- JSON ---------------------------------------------------------------------- */

static void json_string(struct str *s, const char *text)
{
    struct str safe = { 0 };
    const char *p;

    str_add_foreign(&safe, text, strlen(text)); /* leaves no control characters */
    str_addc(s, '"');
    for (p = str_get(&safe); *p; p++) {
        if (*p == '"' || *p == '\\')
            str_addc(s, '\\');
        str_addc(s, *p);
    }
    str_addc(s, '"');
    str_free(&safe);
}

static void json_text(struct str *s, const char *key, const char *text)
{
    str_addf(s, ",\"%s\":", key);
    if (text && text[0])
        json_string(s, text);
    else
        str_adds(s, "null");
}

static void json_number(struct str *s, const char *key, uint64_t n)
{
    str_addf(s, ",\"%s\":%llu", key, (unsigned long long)n);
}

static void json_time(struct str *s, const char *key, bool has, int64_t ns)
{
    char when[TIMES_LEN];

    if (has)
        str_addf(s, ",\"%s\":\"%s\",\"%s_ns\":\"%lld\"", key, times_format(ns, when), key,
                 (long long)ns);
    else
        str_addf(s, ",\"%s\":null,\"%s_ns\":null", key, key);
}

static void json_info(struct str *s, const struct info *f)
{
    size_t i;

    str_adds(s, "{\"schema\":\"deadwire.info/1\"");
    json_text(s, "path", f->path);
    json_text(s, "status", status_names[f->status]);
    json_text(s, "reason", f->reason);
    str_adds(s, ",\"stopped_at\":");
    if (f->status == INFO_PARTIAL)
        str_addf(s, "%llu", (unsigned long long)f->stopped_at);
    else
        str_adds(s, "null");
    json_text(s, "format", f->format);
    json_text(s, "title", f->title);
    if (f->has_bytes) {
        json_number(s, "size", f->size);
        str_adds(s, ",\"sha256\":\"");
        str_add_hex(s, f->sha256, SHA256_BYTES);
        str_addc(s, '"');
    } else {
        str_adds(s, ",\"size\":null,\"sha256\":null");
    }
    json_number(s, "packets", f->packets);
    json_number(s, "packets_cut", f->cut_packets);
    json_number(s, "bytes_captured", f->bytes_captured);
    json_number(s, "bytes_on_wire", f->bytes_on_wire);
    json_number(s, "clock_backwards", f->backwards);
    json_time(s, "first", f->has_time, f->first_ns);
    json_time(s, "last", f->has_time, f->last_ns);
    json_number(s, "comments", f->n_comments);
    json_number(s, "key_logs", f->n_secrets);
    str_adds(s, ",\"interfaces\":[");
    for (i = 0; i < f->n_interfaces; i++) {
        const struct info_interface *x = &f->interfaces[i];

        str_addf(s, "%s{\"interface\":%zu,\"linktype\":%u", i ? "," : "", i, x->linktype);
        json_text(s, "link", linktype_name(x->linktype));
        json_text(s, "name", x->name);
        json_text(s, "description", x->description);
        json_number(s, "snap_len", x->snap_len);
        json_number(s, "packets", x->packets);
        json_number(s, "dropped", x->dropped);
        str_addc(s, '}');
    }
    str_adds(s, "]}");
}

static void print_json(const struct info *f, enum info_format format, bool first, bool last)
{
    struct str s = { 0 };

    if (format == INFO_JSON)
        str_adds(&s, first ? "[\n" : "");
    json_info(&s, f);
    if (format == INFO_JSON)
        str_adds(&s, last ? "\n]" : ",");
    puts(s.s);
    str_free(&s);
}

/* -- the command --------------------------------------------------------------- */

static const char *const formats[] = { "text", "json", "jsonl", NULL }; /* enum info_format */
static const struct option options[] = { CLI_OPTION_FORMAT, CLI_OPTION_HELP, { 0 } };

static int info_run(int argc, char **argv);

extern const struct command info_command;
const struct command info_command = {
    .name = "info",
    .args = "[--format=NAME] FILE...",
    .summary = "say what a file is and how far it can be read",
    .help = "  --format=NAME        text (default), json (one array), jsonl (one object a "
            "line)\n" CLI_HELP_HELP "\n"
            "FILE may be - for standard input.  Exit status: 0 all read to the end, 3 some file\n"
            "was cut short or unreadable, 4 none could be read.\n",
    .run = info_run,
};

static int info_run(int argc, char **argv)
{
    struct cli_options o = cli_options_new("info", formats);
    enum info_format format;
    unsigned n_read = 0, n_short = 0;
    struct paths paths = { 0 };
    struct err err = { 0 };
    size_t i;
    int c;

    while ((c = getopt_long(argc, argv, ":h", options, NULL)) != -1)
        cli_option(&o, c, argv);
    if (o.status == CLI_HELP) {
        command_help(&info_command);
        return EXIT_CLEAN;
    }
    if (o.status)
        return o.status;
    format = (enum info_format)o.format;
    if (optind == argc)
        return command_usage("info", "which file?");
    if (paths_expand(argv + optind, (size_t)(argc - optind), &paths, &err)) {
        command_complain(&err);
        return EXIT_USAGE;
    }
    for (i = 0; i < paths.n; i++) {
        struct info f;

        if (paths.all[i].refused)
            refused(&paths.all[i], &f);
        else
            look(paths.all[i].path, paths.all[i].walked, &f);
        if (format == INFO_TEXT) {
            if (i)
                putchar('\n');
            print_text(&f);
        } else {
            print_json(&f, format, i == 0, i == paths.n - 1);
        }
        fflush(stdout);
        n_read += f.status == INFO_COMPLETE || f.status == INFO_PARTIAL;
        n_short += f.status == INFO_UNREADABLE || f.status == INFO_PARTIAL;
        info_free(&f);
    }
    paths_free(&paths);
    return n_read == 0 ? EXIT_NOTHING : n_short ? EXIT_CUT : EXIT_CLEAN;
}
