/* test_paths: folders walked, sorted, each path once. */
#include "config.h"

#include <sys/stat.h>

#include "ingest/paths.h"
#include "support/case.h"

static char root[128];

static const char *at(const char *name, char out[256])
{
    snprintf(out, 256, "%s/%s", root, name);
    return out;
}

static void touch(const char *name)
{
    char path[256];
    FILE *f = fopen(at(name, path), "w");

    if (f)
        fclose(f);
}

static void folder(const char *name)
{
    char path[256];

    mkdir(at(name, path), 0777);
}

/* The paths below the root, with bundle and '*' for walked ones. */
static const char *list(char *const *args, size_t n, char out[2048])
{
    struct paths p;
    struct err err = { 0 };
    size_t i, len = 0, skip = strlen(root) + 1;

    out[0] = '\0';
    if (paths_expand(args, n, &p, &err))
        return err.msg[0] ? "failed" : "?";
    for (i = 0; i < p.n; i++)
        len += (size_t)snprintf(out + len, 2048 - len, "%s%s:%u%s", i ? " " : "",
                                strncmp(p.all[i].path, root, skip - 1) ? p.all[i].path
                                                                       : p.all[i].path + skip,
                                p.all[i].bundle, p.all[i].walked ? "*" : "");
    paths_free(&p);
    return out;
}

/* Why what lies at `name` is passed over, of all that is below `dir`. */
static const char *why(char *dir, const char *name, char out[256])
{
    struct paths p;
    char path[256];
    size_t i;

    snprintf(out, 256, "not listed");
    if (paths_expand(&dir, 1, &p, NULL))
        return "failed";
    at(name, path);
    for (i = 0; i < p.n; i++)
        if (strncmp(p.all[i].path, path, strlen(path)) == 0)
            snprintf(out, 256, "%s%s", p.all[i].no_input ? "" : "! ",
                     p.all[i].refused ? p.all[i].refused : "read");
    paths_free(&p);
    return out;
}

/* What is met and cannot be a source is named; a limit is no end of the run. */
static void skipped(void)
{
    char path[256], dir[256], out[256], deep[1024];
    unsigned i;
    size_t len;

    folder("odd");
    touch("odd/a.pcap");
    if (mkfifo(at("odd/pipe", path), 0600) || symlink("nowhere", at("odd/broken", path)) ||
        symlink(root, at("odd/loop", path)) || symlink("a.pcap", at("odd/link", path)))
        printf("# no links here\n");
    len = (size_t)snprintf(deep, sizeof(deep), "%s", at("odd/deep", path));
    for (i = 0; i <= PATHS_DEPTH_MAX; i++) {
        mkdir(deep, 0777);
        len += (size_t)snprintf(deep + len, sizeof(deep) - len, "/d");
    }
    at("odd", dir);
    is_str(why(dir, "odd/pipe", out), "is a pipe (name it to have it read)", "a pipe");
    is_str(why(dir, "odd/broken", out), "is a link that leads nowhere", "a broken link");
    is_str(why(dir, "odd/loop", out), "is a link to a folder, which is not followed", "a loop");
    is_str(why(dir, "odd/link", out), "! read", "a link to a file is that file");
    is_str(why(dir, "odd/deep", out), "lies deeper than 64 folders: name it to have it read",
           "a folder too deep");
    is_str(why(dir, "odd/a.pcap", out), "! read", "and the capture beside it is read");
}

int main(void)
{
    char out[2048], a[256], b[256], c[256], d[264], dash[] = "-";

    case_path("tree", root);
    mkdir(root, 0777);
    folder("x");
    folder("x/sub");
    folder("y");
    folder("empty");
    touch("x/2.pcap");
    touch("x/10.pcap");
    touch("x/.hidden");
    touch("x/sub/a.log");
    touch("y/b.pcap");
    touch("z.pcap");
    if (symlink(root, at("x/loop", a)))
        printf("# no links here\n");

    at("z.pcap", a);
    at("x", b);
    is_str(
        list((char *[]){ a, b }, 2, out),
        "x/10.pcap:1* x/2.pcap:1* x/loop:1* x/sub/a.log:2* z.pcap:3",
        "sorted by bytes; a bundle per folder, numbered by first path; no hidden ones, no loops");
    is_str(list((char *[]){ b, a, b }, 3, out),
           "x/10.pcap:1* x/2.pcap:1* x/loop:1* x/sub/a.log:2* z.pcap:3",
           "each once, whatever the order of arguments");
    at("x/2.pcap", c);
    is_str(list((char *[]){ b, c }, 2, out), "x/10.pcap:1* x/2.pcap:2 x/loop:1* x/sub/a.log:3*",
           "what is named counts as named");
    snprintf(d, sizeof(d), "%s/empty", root);
    is_str(list((char *[]){ d }, 1, out), "", "an empty folder");
    is_str(list(NULL, 0, out), "", "no arguments");
    snprintf(d, sizeof(d), "%s/missing.pcap", root);
    is_str(list((char *[]){ d, dash }, 2, out), "-:1 missing.pcap:1",
           "a missing file stays, to be reported; so does standard input");
    snprintf(d, sizeof(d), "%s/", b);
    is_str(list((char *[]){ d }, 1, out), "x/10.pcap:1* x/2.pcap:1* x/loop:1* x/sub/a.log:2*",
           "a slash at the end is not doubled");
    skipped();
    case_end();
    return tap_done();
}
