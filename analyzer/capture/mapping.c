#include "config.h"

#include "capture/mapping.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * A page of a mapped file that is gone (the file was cut, the disk is bad) raises SIGBUS, and a
 * signal handler gets no context: hence the only mutable globals of this file.  A slot is taken by
 * setting `end` last, and given back by clearing it first, so the handler never sees half of one.
 */
static struct mapping {
    atomic_bool taken, damaged;
    _Atomic uintptr_t start, end;
} mappings[MAPPINGS_MAX];
static struct sigaction old_action; /* what to do about any other SIGBUS */
static uintptr_t page_size;
static atomic_flag handler_set = ATOMIC_FLAG_INIT;

/* Only async-signal-safe things here; mmap is a bare system call on Linux. */
static void on_sigbus(int sig, siginfo_t *info, void *context)
{
    uintptr_t at = (uintptr_t)info->si_addr, page = at & ~(page_size - 1);
    int saved = errno;
    size_t i;

    (void)context;
    for (i = 0; i < MAPPINGS_MAX; i++) {
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

    for (i = 0; i < MAPPINGS_MAX; i++) {
        bool no = false;

        if (atomic_compare_exchange_strong(&mappings[i].taken, &no, true))
            return &mappings[i];
    }
    return NULL;
}

int mapping_open(const char *path, int fd, uint64_t len, struct mapping **out, struct err *err)
{
    struct mapping *m;
    void *map;

    *out = NULL;
    if (len > SIZE_MAX)
        return err_set(err, ERR_LIMIT, "%s: too large to map", path);
    m = take_slot();
    if (!m)
        return err_set(err, ERR_LIMIT, "%s: more than %u files are open at once", path,
                       MAPPINGS_MAX);
    map = mmap(NULL, (size_t)len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED) {
        atomic_store(&m->taken, false);
        return err_set(err, ERR_IO, "%s: cannot be mapped: %s", path, strerror(errno));
    }
    set_handler();
    atomic_store(&m->start, (uintptr_t)map);
    atomic_store(&m->end, (uintptr_t)map + (uintptr_t)len);
    posix_madvise(map, (size_t)len, POSIX_MADV_SEQUENTIAL);
    *out = m;
    return ERR_OK;
}

void mapping_close(struct mapping *m)
{
    uintptr_t start, end;

    if (!m)
        return;
    start = atomic_load(&m->start);
    end = atomic_load(&m->end);
    munmap((void *)start, end - start);
    atomic_store(&m->end, 0);
    atomic_store(&m->start, 0);
    atomic_store(&m->damaged, false);
    atomic_store(&m->taken, false);
}

const uint8_t *mapping_bytes(const struct mapping *m)
{
    return (const uint8_t *)atomic_load(&m->start);
}

bool mapping_damaged(const struct mapping *m)
{
    return atomic_load(&m->damaged);
}

void mapping_drop(const struct mapping *m, uint64_t from, uint64_t to)
{
    uintptr_t start = (atomic_load(&m->start) + from) & ~(page_size - 1);
    uintptr_t end = (atomic_load(&m->start) + to) & ~(page_size - 1);

    if (end > start)
        madvise((void *)start, end - start, MADV_DONTNEED);
}
