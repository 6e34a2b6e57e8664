/* test_input: files, pipes, folders, and a file that shrinks while it is read. */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/capture.h"
#include "capture/input.h"
#include "capture/mapping.h"
#include "tests/support/build.h"
#include "tests/support/tap.h"

static char folder[] = "/tmp/deadwire-test-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const void *p, size_t len)
{
    FILE *f = fopen(path_of(name), "wb");

    if (!f || fwrite(p, 1, len, f) != len)
        abort();
    fclose(f);
}

static void regular(void)
{
    static const uint8_t abc[] = { 0xba, 0x78, 0x16, 0xbf };
    struct input *in = NULL;
    struct err err = { 0 };

    write_file("abc", "abc", 3);
    is_int(input_open(path_of("abc"), &in, &err), ERR_OK, "a file");
    is_int((int64_t)input_len(in), 3, "its length");
    ok(memcmp(input_at(in, 0, 3).p, "abc", 3) == 0, "its bytes");
    ok(memcmp(input_sha256(in), abc, 4) == 0, "its SHA-256");
    ok(!input_damaged(in), "not damaged");
    input_close(in);

    write_file("empty", "", 0);
    is_int(input_open(path_of("empty"), &in, &err), ERR_OK, "an empty file");
    is_int((int64_t)input_len(in), 0, "has no bytes");
    ok(input_at(in, 0, 1).p != NULL, "but a place");
    input_close(in);

    in = NULL;
    is_int(input_open(path_of("missing"), &in, &err), ERR_IO, "a missing file");
    ok(strstr(err.msg, "missing: cannot be opened"), "says so");
    is_int(input_open(folder, &in, &err), ERR_IO, "a folder");
    ok(strstr(err.msg, "is a folder"), "says so");
    is_int(input_open("/dev/zero", &in, &err), ERR_IO, "an endless device");
    is_int(input_open("/dev/null", &in, &err), ERR_OK, "/dev/null is empty");
    is_int((int64_t)input_len(in), 0, "without a byte");
    input_close(in);
    input_close(NULL);
}

/* The writer of a FIFO is another process. */
static void fifo(void)
{
    struct input *in = NULL;
    const volatile sig_atomic_t stop = 1;
    struct err err = { 0 };
    uint8_t bytes[1000];
    pid_t pid;
    int i;

    memset(bytes, 'x', sizeof(bytes));
    if (mkfifo(path_of("fifo"), 0600))
        abort();
    pid = fork();
    if (pid == 0) {
        int fd = open(path_of("fifo"), O_WRONLY | O_CLOEXEC);

        for (i = 0; i < 3000; i++)
            if (write(fd, bytes, sizeof(bytes)) < 0)
                _exit(1);
        _exit(0);
    }
    is_int(input_open_wait(path_of("fifo"), NULL, &in, &err), ERR_OK, "a FIFO");
    is_int((int64_t)input_len(in), 3000000, "all of it");
    ok(input_at(in, 2999999, 1).p[0] == 'x', "to the last byte");
    input_close(in);
    waitpid(pid, NULL, 0);

    setenv("TMPDIR", "/nonexistent", 1);
    pid = fork();
    if (pid == 0) {
        int fd = open(path_of("fifo"), O_WRONLY | O_CLOEXEC);

        _exit(fd < 0);
    }
    is_int(input_open_wait(path_of("fifo"), NULL, &in, &err), ERR_IO,
           "a FIFO without a place to keep it");
    ok(strstr(err.msg, "TMPDIR"), "says what to set");
    waitpid(pid, NULL, 0);
    unsetenv("TMPDIR");

    /* Nobody comes: who reads it again does not wait, who reads it first waits until he is told. */
    is_int(input_open(path_of("fifo"), &in, &err), ERR_IO, "a FIFO into which nobody writes");
    ok(strstr(err.msg, "nobody writes"), "says so");
    is_int(input_open_wait(path_of("fifo"), &stop, &in, &err), ERR_STOPPED,
           "waiting can be stopped");
}

/* Frames that lie behind the cut are not made up from zeros. */
static void shrinks(void)
{
    struct build b = { 0 };
    struct input *in = NULL;
    struct capture *c = NULL;
    struct err err = { 0 };
    struct frame f;
    uint8_t bytes[1000] = { 1 };
    unsigned i, n = 0;
    enum capture_result rc;

    pcap_header(&b, false, false, 1);
    for (i = 0; i < 100; i++)
        pcap_record(&b, false, 1 + i, 0, bytes, sizeof(bytes), sizeof(bytes));
    write_file("shrinks", b.p, b.len);
    is_int(input_open(path_of("shrinks"), &in, &err), ERR_OK, "a capture");
    is_int(capture_open(in, NULL, &c, &err), ERR_OK, "opened");
    is_int(capture_next(c, &f, &err), CAPTURE_FRAME, "a frame");
    if (truncate(path_of("shrinks"), 20000))
        abort();
    while ((rc = capture_next(c, &f, &err)) == CAPTURE_FRAME)
        n++;
    is_int(rc, CAPTURE_CUT, "a file that shrinks is cut, and the program lives");
    ok(n >= 10 && n < 25, "what was there was read");
    ok(strstr(err.msg, "became shorter") != NULL, "says so");
    ok(input_damaged(in), "the input is marked");
    capture_close(c);
    input_close(in);
    is_int(input_open(path_of("shrinks"), &in, &err), ERR_OK, "opened again");
    ok(!input_damaged(in), "the mark is gone with the mapping");
    input_close(in);
    build_free(&b);
}

/* A SIGBUS that is not ours ends the program as ever. */
static void foreign_fault(void)
{
    int status = 0, fd;
    pid_t pid;

    write_file("other", "x", 1);
    fd = open(path_of("other"), O_RDONLY | O_CLOEXEC);
    pid = fork();
    if (pid == 0) {
        volatile uint8_t *p = mmap(NULL, 16384, PROT_READ, MAP_PRIVATE, fd, 0);

        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(3);
        _exit(p[8192] ? 77 : 78); /* not reached */
    }
    waitpid(pid, &status, 0);
    /* With the sanitizer its handler, which was there before ours, ends the program. */
    ok(WIFSIGNALED(status) || (WEXITSTATUS(status) != 77 && WEXITSTATUS(status) != 78),
       "another mapping's fault is not hidden");
    close(fd);
}

static void many(void)
{
    static struct input *ins[MAPPINGS_MAX + 1];
    struct err err = { 0 };
    unsigned i, opened = 0;

    for (i = 0; i <= MAPPINGS_MAX; i++)
        opened += input_open(path_of("abc"), &ins[i], &err) == ERR_OK;
    is_int(opened, MAPPINGS_MAX, "as many files as the limit says");
    is_int(err.code, ERR_LIMIT, "one more is refused");
    for (i = 0; i <= MAPPINGS_MAX; i++)
        input_close(ins[i]);
    is_int(input_open(path_of("abc"), &ins[0], &err), ERR_OK, "places come back");
    input_close(ins[0]);
}

int main(void)
{
    static const char *const names[] = { "abc", "empty", "fifo", "shrinks", "other" };
    size_t i;

    if (!mkdtemp(folder))
        return 1;
    regular();
    fifo();
    shrinks();
    foreign_fault();
    many();
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unlink(path_of(names[i]));
    rmdir(folder);
    return tap_done();
}
