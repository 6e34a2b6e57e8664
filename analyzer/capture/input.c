#include "config.h"

#include "capture/input.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/thread.h"
#include "capture/mapping.h"
#include "capture/spool.h"
#include "capture/unpack.h"
#include "capture/window.h"

#define LEFT_BEHIND ((uint64_t)8 << 20)  /* bytes of a mapping that reading may keep in memory */
#define HASH_PIECE  ((size_t)4 << 20)

struct input {
    struct mapping *map; /* NULL: bytes in memory */
    const uint8_t *p;
    uint64_t len;
    uint64_t dropped;      /* pages of `map` before this were given back */
    struct window *window; /* unpacked: then all of the above is empty */
    bool hashed, hashing;  /* hashing: on a thread of its own, which has to be joined */
    atomic_bool no_hash;   /* nobody wants it any more */
    pthread_t hasher;
    uint8_t sha256[SHA256_LEN];
};

/* How to open: on whom to wait. */
struct patience {
    bool waits; /* for somebody who begins to write into a FIFO */
    const volatile sig_atomic_t *stop;
};

/* Maps `len` bytes of `fd`; what counts starts at `from` (standard input may be half read). */
static int map_file(struct input *in, const char *path, int fd, uint64_t len, uint64_t from,
                    struct err *err)
{
    int rc;

    in->p = (const uint8_t *)"";
    if (from >= len)
        return ERR_OK;
    rc = mapping_open(path, fd, len, &in->map, err);
    if (rc)
        return rc;
    in->p = mapping_bytes(in->map) + from;
    in->len = len - from;
    return ERR_OK;
}

static int open_pipe(struct input *in, const char *path, int fd, const volatile sig_atomic_t *stop,
                     struct err *err)
{
    uint64_t len;
    int tmp, rc = spool(path, fd, stop, &tmp, &len, err);

    if (rc)
        return rc;
    rc = map_file(in, path, tmp, len, 0, err);
    close(tmp);
    return rc;
}

/* A terminal or /dev/zero never ends; /dev/null is an empty file. */
static int open_device(struct input *in, const char *path, int fd, struct err *err)
{
    uint8_t byte;
    ssize_t n;

    if (isatty(fd))
        return err_set(err, ERR_IO, "%s: is a terminal (give it a file or a pipe)", path);
    n = read(fd, &byte, 1);
    if (n < 0)
        return err_set(err, ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
    if (n > 0)
        return err_set(err, ERR_IO, "%s: is a device, not a file", path);
    return map_file(in, path, fd, 0, 0, err);
}

static int open_file(const char *path, struct patience patience, struct input **out,
                     struct err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    const char *name = is_stdin ? "standard input" : path;
    /* A FIFO must not keep us before we can look whether to stop. */
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct input *in = xcalloc(1, sizeof(*in));
    struct stat st;
    off_t from = 0;
    int rc;

    *out = NULL;
    if (fd < 0 || fstat(fd, &st)) {
        rc = err_set(err, ERR_IO, "%s: cannot be opened: %s", name, strerror(errno));
        goto out;
    }
    if (S_ISREG(st.st_mode)) {
        if (is_stdin)
            from = lseek(fd, 0, SEEK_CUR);
        rc = map_file(in, name, fd, (uint64_t)st.st_size, from > 0 ? (uint64_t)from : 0, err);
    } else if (S_ISFIFO(st.st_mode) && !is_stdin && !patience.waits && spool_is_dry(fd)) {
        rc = err_set(err, ERR_IO, "%s: is a pipe, and nobody writes into it", name);
    } else if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)) {
        rc = open_pipe(in, name, fd, patience.stop, err);
    } else if (S_ISCHR(st.st_mode)) {
        rc = open_device(in, name, fd, err);
    } else {
        rc = err_set(err, ERR_IO, "%s: is %s", name,
                     S_ISDIR(st.st_mode) ? "a folder" : "neither a file nor a pipe");
    }
out:
    if (fd >= 0 && !is_stdin)
        close(fd);
    if (rc == ERR_OK)
        *out = in;
    else
        input_close(in);
    return rc;
}

static int wrap(struct input *base, bool owned, const char *member, struct input **out,
                struct err *err)
{
    struct input *in = xcalloc(1, sizeof(*in));
    int rc = window_open(base, owned, member, &in->window, err);

    *out = rc ? NULL : in;
    if (rc)
        free(in);
    return rc;
}

/* A compressed file that is no archive becomes what was compressed; everything else stays. */
static int unwrap(struct input *base, struct input **out, struct err *err)
{
    struct unpack *u = NULL;
    struct unpack_member m;
    bool packed;

    *out = base;
    if (!unpack_probe(base))
        return ERR_OK;
    packed = unpack_open(base, &u, NULL) == ERR_OK && unpack_next(u, &m, NULL) == 1 &&
             !unpack_is_archive(u) && unpack_title(u)[0];
    unpack_close(u);
    /* What cannot be opened after all is refused, and named, by whoever wants to read it. */
    return packed ? wrap(base, true, NULL, out, err) : ERR_OK;
}

/* Goes from an archive to the member that `rest` names, through archives inside it. */
static int descend(struct input *base, const char *rest, unsigned depth, struct input **out,
                   struct err *err)
{
    struct window_search search = { .wanted = rest };
    struct unpack *u = NULL;
    struct unpack_member m;
    const char *inner = NULL;
    struct input *in = NULL;
    struct str name = { 0 };
    bool found = false;
    int rc = unpack_open(base, &u, err);

    while (!rc && !found && (rc = unpack_next(u, &m, err)) > 0) {
        found = window_search_next(&search, m.name, &inner);
        rc = 0;
    }
    unpack_close(u);
    if (!rc && !found)
        rc = err_set(err, ERR_FORMAT, "is not in the archive");
    if (!rc && inner && depth >= INPUT_DEPTH_MAX)
        rc = err_set(err, ERR_LIMIT, "archives nested deeper than %u", INPUT_DEPTH_MAX);
    if (rc) {
        input_close(base);
        return rc;
    }
    str_addn(&name, rest, inner ? (size_t)(inner - rest) - 1 : strlen(rest));
    rc = wrap(base, true, str_get(&name), &in, err);
    str_free(&name);
    if (rc || !inner) {
        *out = in;
        return rc;
    }
    return descend(in, inner, depth + 1, out, err);
}

/* The file whose path ends before a "!", and what stands behind that; NULL: there is none. */
static char *outer_file(const char *path, const char **rest)
{
    const char *at;

    for (at = strchr(path, '!'); at; at = strchr(at + 1, '!')) {
        char *file = xstrndup(path, (size_t)(at - path));
        struct stat st;

        if (stat(file, &st) == 0 && S_ISREG(st.st_mode)) {
            *rest = at + 1;
            return file;
        }
        free(file);
    }
    return NULL;
}

static int open_packed(const char *path, struct patience patience, struct input **out,
                       struct err *err)
{
    const char *rest = NULL;
    struct input *base = NULL;
    struct stat st;
    char *file = strcmp(path, "-") && stat(path, &st) ? outer_file(path, &rest) : NULL;
    int rc;

    *out = NULL;
    if (!file)
        return open_file(path, patience, out, err);
    rc = open_file(file, patience, &base, err);
    if (!rc)
        rc = descend(base, rest, 1, out, err);
    if (rc)
        err_prefix(err, "%s", path);
    free(file);
    return rc;
}

int input_open_packed(const char *path, struct input **out, struct err *err)
{
    return open_packed(path, (struct patience){ 0 }, out, err);
}

static int unwrap_all(const char *path, struct input **out, struct err *err)
{
    unsigned depth;
    int rc = ERR_OK;

    for (depth = 0; !rc && depth < INPUT_DEPTH_MAX; depth++) {
        struct input *base = *out;

        rc = unwrap(base, out, err);
        if (rc)
            err_prefix(err, "%s", path);
        if (*out == base)
            break;
    }
    return rc;
}

int input_open(const char *path, struct input **out, struct err *err)
{
    int rc = input_open_packed(path, out, err);

    return rc ? rc : unwrap_all(path, out, err);
}

int input_open_wait(const char *path, const volatile sig_atomic_t *stop, struct input **out,
                    struct err *err)
{
    int rc = open_packed(path, (struct patience){ true, stop }, out, err);

    return rc ? rc : unwrap_all(path, out, err);
}

/* -- one member after the other ------------------------------------------------------------------
 */

/* Closes what is unpacked from others until `until` is the outermost. */
static struct input *peel(struct input *in, const struct input *until)
{
    while (in != until) {
        struct input *base = window_peel(in->window);

        free(in);
        in = base;
    }
    return in;
}

/* The file that both paths are in, and what each has behind its "!"; false: it is not one. */
static bool same_file(const char *before, const char *path, const char **was, const char **rest)
{
    struct stat st;
    char *a = stat(path, &st) ? outer_file(path, rest) : NULL;
    char *b = a ? outer_file(before, was) : NULL;
    bool same = b && strcmp(a, b) == 0;

    free(a);
    free(b);
    return same;
}

/* The level of archive, counted from the file, on which `rest` is another member; *rest from there.
 */
static struct input *parting(struct input *in, const char **rest, unsigned *depth)
{
    struct input *levels[2 * INPUT_DEPTH_MAX + 2];
    unsigned n = 0, i;

    for (; in->window && n < sizeof(levels) / sizeof(levels[0]); in = window_base(in->window))
        levels[n++] = in;
    *depth = 1;
    for (i = n; i-- > 0;) {
        const char *name = window_member(levels[i]->window);
        size_t len = name ? strlen(name) : 0;

        if (!name)
            return NULL;
        if (strncmp(*rest, name, len) != 0 || (*rest)[len] != '!')
            return levels[i];
        *rest += len + 1;
        ++*depth;
    }
    return NULL;
}

/* The input for `path` from what is on the shelf, which is empty then; NULL: not that way. */
static struct input *go_on(struct input_shelf *s, const char *path)
{
    const char *was, *rest, *inner = NULL;
    struct input *in = s->in, *at;
    unsigned depth;

    if (!in || !same_file(s->path, path, &was, &rest))
        return NULL;
    at = parting(in, &rest, &depth);
    if (!at)
        return NULL;
    s->in = NULL;
    in = peel(in, at);
    if (!window_advance(in->window, rest, &inner) || (inner && depth >= INPUT_DEPTH_MAX)) {
        input_close(in);
        return NULL;
    }
    if (inner && descend(in, inner, depth + 1, &in, NULL))
        return NULL;
    return in;
}

int input_shelf_open(struct input_shelf *s, const char *path, struct input **out, struct err *err)
{
    struct input *in = go_on(s, path);
    int rc = ERR_OK;

    input_shelf_clear(s);
    if (in)
        rc = unwrap_all(path, &in, err);
    else
        rc = input_open_wait(path, s->stop, &in, err);
    *out = rc ? NULL : in;
    if (!rc) {
        s->path = xstrdup(path);
        s->in = in;
    }
    return rc;
}

void input_shelf_clear(struct input_shelf *s)
{
    input_close(s->in);
    free(s->path);
    s->in = NULL;
    s->path = NULL;
}

struct input *input_advance(struct input *in, const char *name)
{
    const char *inner = NULL;

    if (in->window && window_advance(in->window, name, &inner) && !inner)
        return in;
    input_close(in);
    return NULL;
}

int input_open_member(struct input *outer, const char *name, struct input **out, struct err *err)
{
    return wrap(outer, false, name, out, err);
}

struct input *input_of(const void *p, size_t len)
{
    struct input *in = xcalloc(1, sizeof(*in));

    in->p = p;
    in->len = len;
    return in;
}

void input_close(struct input *in)
{
    if (!in)
        return;
    if (in->hashing) {
        atomic_store(&in->no_hash, true);
        pthread_join(in->hasher, NULL);
    }
    window_close(in->window);
    mapping_close(in->map);
    free(in);
}

/* Offsets as input_at has them. */
static void drop_pages(const struct input *in, uint64_t from, uint64_t to)
{
    uint64_t skipped = in->map ? (uint64_t)(in->p - mapping_bytes(in->map)) : 0;

    if (in->map)
        mapping_drop(in->map, skipped + from, skipped + to);
}

struct bytes input_at(struct input *in, uint64_t offset, size_t want)
{
    if (in->window)
        return window_at(in->window, offset, want);
    if (offset > in->len)
        offset = in->len;
    if (offset < in->dropped) {
        in->dropped = offset;
    } else if (offset - in->dropped > 2 * LEFT_BEHIND) {
        drop_pages(in, in->dropped, offset - LEFT_BEHIND);
        in->dropped = offset - LEFT_BEHIND;
    }
    return bytes_of(in->p + offset, (size_t)(in->len - offset));
}

struct bytes input_peek(const struct input *in, uint64_t offset)
{
    if (in->window)
        return window_peek(in->window, offset);
    if (offset > in->len)
        offset = in->len;
    return bytes_of(in->p + offset, (size_t)(in->len - offset));
}

uint64_t input_len(const struct input *in)
{
    return in->window ? window_len(in->window) : in->len;
}

bool input_is_whole(const struct input *in)
{
    return !in->window;
}

/* The file that everything is unpacked from. */
static const struct input *outermost(const struct input *in)
{
    while (in->window)
        in = window_base(in->window);
    return in;
}

bool input_damaged(const struct input *in)
{
    in = outermost(in);
    return in->map && mapping_damaged(in->map);
}

bool input_cut(const struct input *in, struct err *why)
{
    return in->window && window_damaged(in->window, why);
}

const char *input_packing(const struct input *in)
{
    return in->window ? window_title(in->window) : NULL;
}

uint64_t input_done(const struct input *in, uint64_t offset)
{
    for (; in->window; in = window_base(in->window))
        offset = window_taken(in->window);
    return offset;
}

uint64_t input_file_len(const struct input *in)
{
    return outermost(in)->len;
}

static void *hash(void *user)
{
    struct input *in = user;
    struct digest *d = digest_new();
    uint64_t at;

    for (at = 0; at < in->len && !atomic_load(&in->no_hash); at += HASH_PIECE) {
        size_t n = in->len - at < HASH_PIECE ? (size_t)(in->len - at) : HASH_PIECE;

        digest_add(d, in->p + at, n);
        drop_pages(in, at, at + n);
    }
    digest_end(d, in->sha256);
    return NULL;
}

void input_hash_beside(struct input *in)
{
    if (!in->window && !in->hashed && !in->hashing)
        in->hashing = thread_start(&in->hasher, hash, in);
}

const uint8_t *input_sha256(struct input *in)
{
    if (in->window)
        return window_sha256(in->window);
    if (in->hashing)
        pthread_join(in->hasher, NULL);
    else if (!in->hashed)
        hash(in);
    in->hashing = false;
    in->hashed = true;
    return in->sha256;
}
