#include "config.h"

#include "capture/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "capture/input.h"

#define CHUNK   (1u << 20)
#define LOOK_MS 100 /* how often it is asked whether to stop */

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

/* Until something can be read, or the last writer is gone. */
static int wait_for(const char *path, int fd, const volatile sig_atomic_t *stop, struct err *err)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    int n = 0;

    while (n == 0 || (n < 0 && errno == EINTR)) {
        if (stop && *stop)
            return err_set(err, ERR_STOPPED, "%s: interrupted", path);
        n = poll(&p, 1, LOOK_MS);
    }
    return n > 0 ? ERR_OK : err_set(err, ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
}

/* A piece of a pipe; 0: its end, negative: *err says why. */
static ssize_t read_piece(const char *path, int fd, uint8_t *chunk,
                          const volatile sig_atomic_t *stop, struct err *err)
{
    ssize_t n = -1;
    int rc = ERR_OK;

    do {
        rc = wait_for(path, fd, stop, err);
        if (rc)
            return rc;
        n = read(fd, chunk, CHUNK);
    } while (n < 0 && (errno == EINTR || errno == EAGAIN));
    return n >= 0 ? n : err_set(err, ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
}

/* Copies what comes; *len is how much that was. */
static int copy(const char *path, int from, int to, const char *folder,
                const volatile sig_atomic_t *stop, uint64_t *len, struct err *err)
{
    uint8_t *chunk = xmalloc(CHUNK);
    int rc = ERR_OK;
    ssize_t n;

    *len = 0;
    while ((n = read_piece(path, from, chunk, stop, err)) != 0) {
        if (n < 0)
            rc = (int)n;
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

int spool(const char *path, int fd, const volatile sig_atomic_t *stop, int *out, uint64_t *len,
          struct err *err)
{
    const char *folder = getenv("TMPDIR");
    struct str name = { 0 };
    int rc = wait_for(path, fd, stop, err);

    *out = -1;
    *len = 0;
    if (rc)
        return rc;
    if (!folder || !*folder)
        folder = "/tmp";
    str_addf(&name, "%s/deadwire-XXXXXX", folder);
    *out = mkostemp(name.s, O_CLOEXEC);
    if (*out < 0)
        rc = err_set(err, ERR_IO, "%s: no temporary file in %s: %s (set TMPDIR)", path, folder,
                     strerror(errno));
    else
        unlink(name.s);
    if (!rc)
        rc = copy(path, fd, *out, folder, stop, len, err);
    if (rc && *out >= 0)
        close(*out);
    str_free(&name);
    return rc;
}

/* Nothing came, and it ends although it was never written into since it was opened. */
bool spool_is_dry(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    uint8_t byte;

    return poll(&p, 1, 0) == 0 && read(fd, &byte, 1) == 0;
}
