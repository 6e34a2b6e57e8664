/* kill: a writer killed at any moment leaves finished sources only, and the next run goes on. */
#include "config.h"

#include <signal.h>
#include <sys/wait.h>

#include "support/case.h"

#define SOURCES 12
#define FRAMES  5000
#define ROUNDS  25

/* The whole work, from wherever the last one was killed. */
static void work(const char *path)
{
    struct store *s = case_open(path, STORE_WRITE);
    char names[SOURCES][8];
    const char *paths[SOURCES];
    uint32_t bundles[SOURCES], ids[SOURCES];
    struct source src;
    unsigned i;

    for (i = 0; i < SOURCES; i++) {
        snprintf(names[i], sizeof(names[i]), "f%02u", i % 100);
        paths[i] = names[i];
        bundles[i] = 1;
    }
    store_register(s, paths, bundles, SOURCES, ids, NULL);
    for (i = 0; i < SOURCES; i++)
        if (store_source(s, ids[i], &src, NULL) == 0 && src.status != SOURCE_COMPLETE) {
            store_expect(s, i / 2 % 2 ? UINT64_MAX : 0); /* large ones are journalled otherwise */
            case_capture(s, ids[i], (uint8_t)i, FRAMES, true, false);
        }
    store_close(s);
}

/* What is wrong with the case, in numbers of rows; 0 is good. */
static int64_t wrong(const char *path)
{
    struct store *s;
    struct err err = { 0 };
    int64_t n;

    if (store_open(path, STORE_READ, NULL, &s, &err)) {
        printf("# %s\n", err.msg);
        return access(path, F_OK) == 0 && err.code != ERR_FORMAT; /* killed before it was a case */
    }
    n = sql_number(store_db(s),
                   "SELECT sum(status NOT IN ('pending', 'complete')) + "
                   "abs(sum(status = 'complete') - (SELECT count(*) FROM flow)) + "
                   "abs(sum(status = 'complete') * 5000 - (SELECT count(*) FROM packet)) + "
                   "abs(sum(status = 'complete') * 2 - (SELECT count(*) FROM test_event)) "
                   "FROM source",
                   0);
    n += sql_number(store_db(s),
                    "SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'", 0);
    store_close(s);
    return n;
}

int main(void)
{
    char path[128];
    int64_t bad = 0;
    int i, status;

    case_path("kill.case", path);
    for (i = 0; i < ROUNDS; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            work(path);
            _exit(0);
        }
        usleep(1000u + (unsigned)i * 700u);
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        bad += wrong(path);
    }
    is_int(bad, 0, "killed again and again: finished sources only");
    work(path);
    is_int(wrong(path), 0, "consistent at the end");
    case_end();
    return tap_done();
}
