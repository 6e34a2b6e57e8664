/*
 * rows: analyses samples into a case (with $DEADWIRE), and ladders as text.
 */
#ifndef TESTS_SUPPORT_ROWS_H
#define TESTS_SUPPORT_ROWS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "frame/frame.h"
#include "frame/ladder.h"
#include "frame/words.h"
#include "store/sql.h"
#include "store/store.h"
#include "support/case.h"

/*
 * A path below samples/, analysed into a new case; ends the test if that fails.  The case knows the
 * captures by absolute paths, so that they can be opened from here.
 */
__attribute__((unused)) static struct store *rows_analyze(const char *name, const char *sample)
{
    const char *top = getenv("TOP_SRCDIR"), *deadwire = getenv("DEADWIRE");
    char path[128], command[1024];
    struct store *s = NULL;
    struct err err = { 0 };
    int status;

    case_path(name, path);
    snprintf(command, sizeof(command), "'%s' analyze -o '%s' '%s/samples/%s' >/dev/null 2>&1",
             deadwire ? deadwire : "deadwire", path, top ? top : ".", sample);
    status = system(command);
    if (status == -1 || store_open(path, STORE_READ, NULL, &s, &err)) {
        printf("Bail out! %s: %s\n", command, err.msg);
        exit(1);
    }
    return s;
}

/* "3 0.120 a>b ACK  | ESTABLISHED | ESTABLISHED (flags)": one row, with details if asked. */
__attribute__((unused)) static void rows_text(const struct ladder *l, const struct ladder_row *r,
                                              bool details, struct str *out)
{
    const struct ladder_head *h = ladder_head(l);
    char words[256];
    unsigned end;

    str_addf(out, "%s%llu %s %s", r->source == h->source ? "" : "+",
             (unsigned long long)r->frame_no, r->from ? "<-" : "->", r->label);
    for (end = 0; end < 2; end++) {
        str_addf(out, " | %s", r->state[end]);
        if (details && r->detail[end][0])
            str_addf(out, " [%s]", r->detail[end]);
    }
    if (r->flags & ~(unsigned)LADDER_OUTSIDE)
        str_addf(out, " (%s)", ladder_flag_words(r->flags & ~(unsigned)LADDER_OUTSIDE, words,
                                                 sizeof(words)));
    str_addc(out, '\n');
}

/* Rows [from, to) of a flow as text; the caller frees it. */
__attribute__((unused)) static char *rows_of(struct store *s, uint32_t source, uint32_t flow,
                                             uint64_t from, uint64_t to, bool details)
{
    struct frame_reader *r = frame_reader_new(s, false);
    struct err err = { 0 };
    struct ladder *l = ladder_open(s, r, source, flow, &err);
    struct str out = { 0 };
    struct ladder_row row;
    uint64_t i;
    int rc = 1;

    for (i = from; l && i < to && (rc = ladder_row(l, i, &row, &err)) == 1; i++)
        rows_text(l, &row, details, &out);
    if (!l || rc < 0)
        str_addf(&out, "error: %s\n", err.msg);
    ladder_close(l);
    frame_reader_free(r);
    return str_take(&out);
}

#endif
