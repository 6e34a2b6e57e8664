#include "config.h"

#include "frame/marks.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/tcp.h"
#include "store/sql.h"

/* What says more stands before what says less. */
static const struct {
    uint32_t marks;
    const char *note;
} notes[] = {
    { TCP_MARK_COPY, "copy" },
    { TCP_MARK_SYN_ON_LIVE, "SYN on live" },
    { TCP_MARK_CHALLENGE_ACK, "challenge ACK" },
    { TCP_MARK_RETRANSMISSION, "resent" },
    { TCP_MARK_OUT_OF_ORDER, "out of order" },
    { TCP_MARKS_RESENT, "resent" },
    { TCP_MARK_LOST_SEGMENT, "gap before" },
    { TCP_MARK_KEEP_ALIVE, "keep-alive" },
    { TCP_MARK_ZERO_WINDOW, "zero window" },
    { TCP_MARK_DUPLICATE_ACK, "dup ACK" },
};

static void mark_note(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    uint32_t marks = (uint32_t)sqlite3_value_int64(args[0]);
    const char *note = "";
    size_t i;

    (void)n;
    for (i = 0; i < sizeof(notes) / sizeof(notes[0]) && !*note; i++)
        if (marks & notes[i].marks)
            note = notes[i].note;
    sqlite3_result_text(ctx, note, -1, SQLITE_STATIC);
}

static void mark_copy(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    (void)n;
    sqlite3_result_int(ctx, (sqlite3_value_int64(args[0]) & TCP_MARK_COPY) != 0);
}

static void mark_resent(sqlite3_context *ctx, int n, sqlite3_value **args)
{
    (void)n;
    sqlite3_result_int(ctx, (sqlite3_value_int64(args[0]) & TCP_MARKS_RESENT) != 0);
}

int marks_extend(struct sqlite3 *db, struct err *err)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

    if (sqlite3_create_function_v2(db, "mark_note", 1, flags, NULL, mark_note, NULL, NULL, NULL) ||
        sqlite3_create_function_v2(db, "mark_copy", 1, flags, NULL, mark_copy, NULL, NULL, NULL) ||
        sqlite3_create_function_v2(db, "mark_resent", 1, flags, NULL, mark_resent, NULL, NULL,
                                   NULL))
        return sql_error(db, err);
    return ERR_OK;
}
