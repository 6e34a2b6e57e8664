/*
 * marks: what the TCP machine saw in a frame (`packet.marks`, enum tcp_mark), for those who do not
 * know it.
 */
#ifndef FRAME_MARKS_H
#define FRAME_MARKS_H

#include "base/err.h"

struct sqlite3;

/*
 * Makes SQL functions known to a connection: mark_note(marks), the one thing about the frame that
 * matters most, in a word or two, or ""; mark_copy(marks) and mark_resent(marks), 1 or 0.
 */
int marks_extend(struct sqlite3 *db, struct err *err);

#endif
