/* pairview: two vantages as records, and their frames side by side. */
#include "config.h"

#include "frame/pairview.h"

#include "support/rows.h"

static void test_records(struct store *s, struct pairview *p)
{
    struct pairview_direction d;
    struct pairview_kind kinds[8];
    struct pairview_finding findings[8];
    struct pairview_lost lost[4];
    struct err err = { 0 };
    size_t n = 0;

    is_int(pairview_next(s, 0, p, &err), 1, "there is a pair");
    is_int(p->source[0], 2, "of the client");
    is_int(p->source[1], 3, "and the server");
    ok(p->compared && !p->reason[0], "it was compared");
    is_int(pairview_to_first(p, pairview_to_other(p, CASE_T0)), CASE_T0, "clocks there and back");
    is_int(pairview_direction(s, p, 0, &d, &err), ERR_OK, "client to server");
    ok(d.lost > 0 && d.delivered > 0, "%llu lost", (unsigned long long)d.lost);
    is_int(pairview_kinds(s, p, 0, kinds, 8, &n, &err), ERR_OK, "kinds");
    is_int((int64_t)n, 1, "one");
    is_str(n ? kinds[0].kind : "", "IPCP Configure-Ack", "acknowledgements");
    is_int(pairview_findings(s, p, 0, findings, 8, &n, &err), ERR_OK, "findings");
    is_str(n ? findings[0].text : "", "up to 32 bytes (delivered from 36 on)", "what they share");
    is_int(pairview_lost(s, p, 0, 0, lost, 4, &n, &err), ERR_OK, "the first lost frames");
    is_int((int64_t)n, 4, "four of them");
    is_int((int64_t)lost[0].frame_no, 17, "the first is 17");
    is_int(pairview_lost(s, p, 0, lost[3].frame_no, lost, 4, &n, &err), ERR_OK, "the next ones");
    ok(n && lost[0].frame_no > 17, "go on behind");
    is_int(pairview_next(s, p->id, p, &err), 0, "there is no second pair");
    is_int(pairview_of(s, 3, 2, p, &err), 1, "the two in another order");
    is_int(pairview_read(s, 99, p, &err), ERR_USAGE, "no pair 99");
    pairview_next(s, 0, p, &err);
}

/* Every frame of the client has its row; what only the server has is there, too. */
static void test_frames(struct store *s, const struct pairview *p)
{
    struct frame_reader *r = frame_reader_new(s, false);
    struct err err = { 0 };
    struct ladder *l = ladder_open_pair(s, r, p->id, &err);
    uint64_t i, lost = 0, both = 0;
    struct ladder_row row;

    for (i = 0; l && ladder_row(l, i, &row, &err) == 1; i++) {
        lost += (row.flags & LADDER_LOST) != 0;
        both += row.other_frame != 0;
    }
    is_int((int64_t)lost, (int64_t)(p->only[0] + p->only[1]), "lost frames");
    is_int((int64_t)both, (int64_t)p->both, "frames at both");
    is_int((int64_t)i, 197, "one row for each");
    is_int(ladder_row(l, 16, &row, &err), 1, "row 16");
    is_str(row.label, "IPCP Configure-Ack id 1", "names the message");
    ladder_close(l);
    frame_reader_free(r);
}

/* A third capture is paired with the first one only, and belongs to the conversation all the same.
 */
static void test_lives(struct store *s)
{
    struct pairview_life lives[4];
    struct err err = { 0 };
    size_t n = 0, again = 0;

    is_int(pairview_lives(s, 2, 1, lives, 4, &n, &err), ERR_OK, "who saw a conversation");
    is_int((int64_t)n, 2, "both");
    is_int(lives[0].source, 2, "by source");
    sql_exec(store_db(s),
             "INSERT INTO pair_flow SELECT 0, 999, first_source, first_flow, 9, 7, NULL, 0 FROM "
             "pair_flow "
             "WHERE first_source = 2 AND first_flow = 1 LIMIT 1",
             &err);
    pairview_lives(s, 9, 7, lives, 4, &n, &err);
    is_int((int64_t)n, 3, "and a third one");
    pairview_lives(s, 3, lives[1].flow, lives, 4, &again, &err);
    is_int((int64_t)again, 3, "whichever is asked for");
    is_int(lives[2].flow, 7, "the third one last");
    pairview_lives(s, 3, 4000000, lives, 4, &n, &err);
    is_int((int64_t)n, 1, "an unknown one is alone");
    is_int(pairview_lives(s, 9, 7, lives, 2, &n, &err), ERR_OK, "no more than asked for");
    is_int((int64_t)n, 2, "two");
}

int main(void)
{
    struct store *s = rows_analyze("pppoe", "pppoe-tap/fault");
    struct pairview p;
    char path[128];

    test_records(s, &p);
    test_frames(s, &p);
    store_close(s);
    s = case_open(case_path("pppoe", path), STORE_WRITE);
    test_lives(s);
    store_close(s);
    case_end();
    return tap_done();
}
