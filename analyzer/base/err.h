/*
 * err: how a failure of the outside world (file, disk, SQL) travels up.
 *
 * Functions that can fail return 0 or a negative enum err_code and fill the caller's struct err.
 * Only main, the TUI and the batch log print.  Odd bytes in a capture are not errors: they are
 * findings (facts); a bug of ours is an assert.  Messages read "path: what (what to do)".
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_code {
    ERR_OK = 0,
    ERR_IO = -1,      /* open, read, write, map */
    ERR_FORMAT = -2,  /* not a file of this kind, or damaged beyond use */
    ERR_LIMIT = -3,   /* a named limit was reached */
    ERR_SQL = -4,     /* SQLite said no */
    ERR_USAGE = -5,   /* the caller's words are off: unknown filter, bad rule */
    ERR_STOPPED = -6, /* Ctrl-C */
    ERR_PIPE = -8,    /* whoever read our output went away: nothing to complain about */
    ERR_GONE = -7,    /* an input that could be read before cannot be read now */
    ERR_FOREIGN = -9, /* no input of ours at all: a picture, a text, an empty file */
};

struct err {
    enum err_code code;
    char msg[512];
};

/* Formats into *err (may be NULL) and returns `code`, so callers write: return err_set(...); */
int err_set(struct err *err, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " in front of what *err says; returns its code. */
int err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
