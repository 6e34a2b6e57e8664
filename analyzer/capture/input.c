#include "config.h"

#include "capture/input.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/str.h"

#define SPOOL_CHUNK (1u << 20)

/*
 * A page of a mapped file that is gone (the file was cut, the disk is bad) raises SIGBUS, and a
 * signal handler gets no context: hence the only mutable globals of this file.  A slot is taken by
 * setting `end` last, and given back by clearing it first, so the handler never sees half of one.
 */
static struct mapping {
    atomic_bool taken, damaged;
    _Atomic uintptr_t start, end;
} mappings[INPUT_OPEN_MAX];
static struct sigaction old_action; /* what to do about any other SIGBUS */
static uintptr_t page_size;
static atomic_flag handler_set = ATOMIC_FLAG_INIT;

struct input {
    uint8_t *map; /* NULL: nothing to unmap */
    size_t map_len;
    const uint8_t *p;
    uint64_t len;
    struct mapping *slot; /* NULL: bytes in memory */
    bool hashed;
    uint8_t sha256[SHA256_LEN];
};

/* Only async-signal-safe things here; mmap is a bare system call on Linux. */
static void on_sigbus(int sig, siginfo_t *info, void *context)
{
    uintptr_t at = (uintptr_t)info->si_addr, page = at & ~(page_size - 1);
    int saved = errno;
    size_t i;

    (void)context;
    for (i = 0; i < INPUT_OPEN_MAX; i++) {
        struct mapping *m = &mappings[i];

        if (at < atomic_load(&m->start) || at >= atomic_load(&m->end))
            continue;
        if (mmap((void *)page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
                 0) == MAP_FAILED)
            break;
        atomic_store(&m->damaged, true);
        errno = saved;
        return;
    }
    /* Not ours: back to what was there before; the access faults again and ends there. */
    sigaction(sig, &old_action, NULL);
    errno = saved;
}

static void set_handler(void)
{
    struct sigaction action = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO | SA_NODEFER };

    if (atomic_flag_test_and_set(&handler_set))
        return;
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &old_action);
}

static struct mapping *take_slot(void)
{
    size_t i;

    for (i = 0; i < INPUT_OPEN_MAX; i++) {
        bool no = false;

        if (atomic_compare_exchange_strong(&mappings[i].taken, &no, true))
            return &mappings[i];
    }
    return NULL;
}

static void drop_slot(struct mapping *m)
{
    if (!m)
        return;
    atomic_store(&m->end, 0);
    atomic_store(&m->start, 0);
    atomic_store(&m->damaged, false);
    atomic_store(&m->taken, false);
}

/* Maps `len` bytes of `fd`; what counts starts at `from` (standard input may be half read). */
static int map_file(struct input *in, const char *path, int fd, uint64_t len, uint64_t from,
                    struct err *err)
{
    void *map;

    in->p = (const uint8_t *)"";
    if (from >= len)
        return ERR_OK;
    if (len > SIZE_MAX)
        return err_set(err, ERR_LIMIT, "%s: too large to map", path);
    in->slot = take_slot();
    if (!in->slot)
        return err_set(err, ERR_LIMIT, "%s: more than %u files are open at once", path,
                       INPUT_OPEN_MAX);
    map = mmap(NULL, (size_t)len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED)
        return err_set(err, ERR_IO, "%s: cannot be mapped: %s", path, strerror(errno));
    in->map = map;
    in->map_len = (size_t)len;
    atomic_store(&in->slot->start, (uintptr_t)map);
    atomic_store(&in->slot->end, (uintptr_t)map + (uintptr_t)len);
    set_handler();
    posix_madvise(map, (size_t)len, POSIX_MADV_SEQUENTIAL);
    in->p = in->map + from;
    in->len = len - from;
    return ERR_OK;
}

static int write_all(int fd, const uint8_t *p, size_t len)
{
    while (len) {
        ssize_t n = write(fd, p, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

/* Copies a pipe to an unlinked temporary file; *len is how much came. */
static int spool(const char *path, int from, int to, const char *folder, uint64_t *len,
                 struct err *err)
{
    uint8_t *chunk = xmalloc(SPOOL_CHUNK);
    int rc = ERR_OK;
    ssize_t n;

    *len = 0;
    while ((n = read(from, chunk, SPOOL_CHUNK)) != 0) {
        if (n < 0 && errno == EINTR)
            rc = err_set(err, ERR_STOPPED, "%s: interrupted", path);
        else if (n < 0)
            rc = err_set(err, ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
        else if (*len + (uint64_t)n > (uint64_t)INPUT_SPOOL_MAX)
            rc = err_set(err, ERR_LIMIT, "%s: a pipe may bring %lld GiB at most (use a file)", path,
                         (long long)(INPUT_SPOOL_MAX >> 30));
        else if (write_all(to, chunk, (size_t)n))
            rc = err_set(err, ERR_IO,
                         "%s: cannot be kept in %s: %s (set TMPDIR to a folder with room)", path,
                         folder, strerror(errno));
        if (rc)
            break;
        *len += (uint64_t)n;
    }
    free(chunk);
    return rc;
}

static int open_pipe(struct input *in, const char *path, int fd, struct err *err)
{
    const char *folder = getenv("TMPDIR");
    struct str name = { 0 };
    int tmp = -1, rc;
    uint64_t len;

    if (!folder || !*folder)
        folder = "/tmp";
    str_addf(&name, "%s/deadwire-XXXXXX", folder);
    tmp = mkostemp(name.s, O_CLOEXEC);
    if (tmp < 0) {
        rc = err_set(err, ERR_IO, "%s: no temporary file in %s: %s (set TMPDIR)", path, folder,
                     strerror(errno));
        goto out;
    }
    unlink(name.s);
    rc = spool(path, fd, tmp, folder, &len, err);
    if (rc == ERR_OK)
        rc = map_file(in, path, tmp, len, 0, err);
out:
    if (tmp >= 0)
        close(tmp);
    str_free(&name);
    return rc;
}

/* A terminal or /dev/zero never ends; /dev/null is an empty file. */
static int open_device(struct input *in, const char *path, int fd, struct err *err)
{
    uint8_t byte;

    if (isatty(fd))
        return err_set(err, ERR_IO, "%s: is a terminal (give it a file or a pipe)", path);
    if (read(fd, &byte, 1) != 0)
        return err_set(err, ERR_IO, "%s: is a device, not a file", path);
    return map_file(in, path, fd, 0, 0, err);
}

int input_open(const char *path, struct input **out, struct err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    const char *name = is_stdin ? "standard input" : path;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
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
    } else if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)) {
        rc = open_pipe(in, name, fd, err);
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
    if (in->map)
        munmap(in->map, in->map_len);
    drop_slot(in->slot);
    free(in);
}

struct bytes input_at(struct input *in, uint64_t offset, size_t want)
{
    (void)want; /* all of it is there */
    if (offset > in->len)
        offset = in->len;
    return bytes_of(in->p + offset, (size_t)(in->len - offset));
}

uint64_t input_len(const struct input *in)
{
    return in->len;
}

bool input_damaged(const struct input *in)
{
    return in->slot && atomic_load(&in->slot->damaged);
}

const uint8_t *input_sha256(struct input *in)
{
    if (!in->hashed) {
        sha256(in->p, (size_t)in->len, in->sha256);
        in->hashed = true;
    }
    return in->sha256;
}
