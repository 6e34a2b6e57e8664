#include "config.h"

#include "store/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define NAME_PREFIX "deadwire-"
#define NAME_SUFFIX ".case"
#define TRIES       16

/* Lives until the process ends: exit() looks at it once more, and frees it. */
struct temporary {
    char *path; /* NULL: removed */
    int fd;     /* holds the flock */
    pid_t owner;
};

static void unlink_all(const char *path)
{
    static const char *const beside[] = { "-journal", "-wal", "-shm", "" };
    char name[4096];
    size_t i;

    for (i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
        int n = snprintf(name, sizeof(name), "%s%s", path, beside[i]);

        if (n > 0 && (size_t)n < sizeof(name))
            unlink(name);
    }
}

static void at_exit(int status, void *arg)
{
    struct temporary *t = arg;

    (void)status;
    if (t->path && t->owner == getpid())
        unlink_all(t->path);
    free(t->path);
    free(t);
}

static bool is_ours(const char *name)
{
    size_t n = strlen(name), suffix = strlen(NAME_SUFFIX);
    long pid;

    if (strncmp(name, NAME_PREFIX, strlen(NAME_PREFIX)) != 0 || n < suffix ||
        strcmp(name + n - suffix, NAME_SUFFIX) != 0)
        return false;
    pid = strtol(name + strlen(NAME_PREFIX), NULL, 10);
    /* Not our own: closing any descriptor of a file would drop SQLite's locks on it. */
    return pid > 0 && pid != (long)getpid();
}

/* Removes files whose owner was killed. */
static void sweep(const char *folder)
{
    DIR *d = opendir(folder);
    struct dirent *e;
    struct stat st;
    char path[4096];
    int fd, n;

    if (!d)
        return;
    while ((e = readdir(d))) {
        if (!is_ours(e->d_name))
            continue;
        n = snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
        if (n < 0 || (size_t)n >= sizeof(path))
            continue;
        fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0)
            continue;
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
            flock(fd, LOCK_EX | LOCK_NB) == 0)
            unlink_all(path);
        close(fd);
    }
    closedir(d);
}

/* A fresh file that we hold; another process's sweep may have taken it before our flock. */
static int make(const char *folder, char *path, size_t size)
{
    struct stat st;
    int fd, tries, n;

    for (tries = 0; tries < TRIES; tries++) {
        n = snprintf(path, size, "%s/" NAME_PREFIX "%ld-XXXXXX" NAME_SUFFIX, folder,
                     (long)getpid());
        if (n < 0 || (size_t)n >= size) {
            errno = ENAMETOOLONG;
            return -1;
        }
        fd = mkostemps(path, (int)strlen(NAME_SUFFIX), O_CLOEXEC);
        if (fd < 0)
            return -1;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 && st.st_nlink > 0)
            return fd;
        close(fd);
    }
    errno = EBUSY;
    return -1;
}

int temporary_new(struct temporary **out, struct err *err)
{
    const char *folder = getenv("TMPDIR");
    struct temporary *t;
    char path[3072];
    int fd;

    *out = NULL;
    if (!folder || !*folder)
        folder = "/tmp";
    sweep(folder);
    fd = make(folder, path, sizeof(path));
    if (fd < 0)
        return err_set(err, ERR_IO, "%s: cannot create a temporary case: %s (set TMPDIR)", folder,
                       strerror(errno));
    t = xcalloc(1, sizeof(*t));
    t->path = xstrdup(path);
    t->fd = fd;
    t->owner = getpid();
    on_exit(at_exit, t);
    *out = t;
    return ERR_OK;
}

const char *temporary_path(const struct temporary *t)
{
    return t->path;
}

void temporary_remove(struct temporary *t)
{
    if (!t || !t->path)
        return;
    if (t->owner == getpid())
        unlink_all(t->path);
    free(t->path);
    t->path = NULL;
    close(t->fd);
}
