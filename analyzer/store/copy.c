/* copy: a case, as it is, into another file. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/inside.h"
#include "store/sql.h"
#include "store/store.h"

static int copy_into(struct sqlite3 *from, const char *path, struct err *err)
{
    struct sqlite3 *to = NULL;
    sqlite3_backup *b = NULL;
    int rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

    if (rc == SQLITE_OK)
        b = sqlite3_backup_init(to, "main", from, "main");
    if (b) {
        sqlite3_backup_step(b, -1);
        rc = sqlite3_backup_finish(b);
    }
    if (rc != SQLITE_OK || !b)
        err_set(err, ERR_IO, "%s: cannot be written: %s", path, sqlite3_errmsg(to));
    else /* a plain file, as store_close leaves it */
        sql_exec(to, "PRAGMA journal_mode=DELETE", NULL);
    sqlite3_close_v2(to);
    return rc == SQLITE_OK && b ? ERR_OK : ERR_IO;
}

int store_copy(struct store *s, const char *path, struct err *err)
{
    /* Never over a file that is there: it may be a capture. */
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), rc;
    char *name;

    if (fd < 0)
        return errno == EEXIST
                   ? err_set(err, ERR_USAGE, "%s is there already: choose another name", path)
                   : err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    close(fd);
    name = store_file_name(path);
    rc = copy_into(s->db, name, err);
    if (rc)
        unlink(path);
    free(name);
    return rc;
}
