/* test_stream: bytes in order, whatever order they came in. */
#include "config.h"

#include <stdlib.h>

#include "flow/stream.h"
#include "support/tap.h"

static struct stream s;
static struct stream_budget budget;
static char got[1 << 18]; /* what was delivered; '|' where bytes are missing */
static size_t n_got, n_calls;
static size_t appetite; /* bytes the taker uses of a call */
static size_t n_back;   /* bytes it gave back */

static size_t take(void *user, struct bytes in, bool after_gap)
{
    size_t used = in.left < appetite ? in.left : appetite;

    (void)user;
    n_calls++;
    n_got -= n_back;
    if (after_gap) {
        got[n_got++] = '|';
    }
    memcpy(got + n_got, in.p, in.left);
    n_got += in.left;
    got[n_got] = '\0';
    n_back = in.left - used;
    if (used < in.left && after_gap)
        n_back = in.left - used;
    return used;
}

static const struct stream_taker taker = { take, NULL };

static void begin(uint32_t next)
{
    stream_stop(&s, &budget);
    s = (struct stream){ .started = true, .next = next };
    budget = (struct stream_budget){ .max = 1 << 20 };
    n_got = n_calls = n_back = 0;
    got[0] = '\0';
    appetite = SIZE_MAX;
}

static void push(uint32_t seq, const char *text)
{
    stream_push(&s, &budget, seq, (const uint8_t *)text, (uint32_t)strlen(text),
                (uint32_t)strlen(text), &taker);
}

/* Of `wire_len` bytes only the text was captured. */
static void snapped(uint32_t seq, const char *text, uint32_t wire_len)
{
    stream_push(&s, &budget, seq, (const uint8_t *)text, (uint32_t)strlen(text), wire_len, &taker);
}

static void order(void)
{
    begin(100);
    push(100, "abc");
    push(103, "def");
    is_str(got, "abcdef", "in order");
    is_int((int64_t)n_calls, 2, "  as they come");
    push(100, "abc");
    push(103, "QQQ");
    is_str(got, "abcdef", "a retransmission changes nothing");
    push(105, "Xgh");
    is_str(got, "abcdefgh", "its new part counts");

    begin(100);
    push(106, "ghi");
    push(103, "def");
    is_str(got, "", "a hole: nothing yet");
    push(100, "abc");
    is_str(got, "abcdefghi", "filled: all of it");
    is_int((int64_t)budget.used, 0, "  no memory is left in use");

    s = (struct stream){ 0 };
    begin(0);
    s.started = false;
    push(5000, "abc");
    is_str(got, "abc", "without a SYN it begins where it is met");
    push(4990, "0123456789");
    is_str(got, "abc", "  what lies before does not count");
}

static void first_wins(void)
{
    begin(100);
    push(110, "KLMNO");
    push(105, "fghijXXXXX");
    is_str(got, "", "two waiting pieces overlap");
    push(100, "abcde");
    is_str(got, "abcdefghijKLMNO", "  the one that came first wins");

    begin(100);
    push(105, "FGHIJ");
    push(103, "deXXXXXkl");
    push(100, "abc");
    is_str(got, "abcdeFGHIJkl", "one inside the other");

    begin(100);
    push(105, "FGHIJ");
    push(105, "XXXXXklm");
    push(100, "abcde");
    is_str(got, "abcdeFGHIJklm", "the same start, longer");

    begin(100);
    push(103, "DE");
    push(100, "abcXXf");
    is_str(got, "abcDEf", "in order, over a waiting piece");

    begin(100);
    push(103, "D");
    push(105, "F");
    push(107, "H");
    push(101, "bcXeXgXi");
    is_int(s.n_ahead, 7, "over several waiting pieces");
    push(100, "a");
    is_str(got, "abcDeFgHi", "  only the holes between are filled");
    is_int((int64_t)budget.used, 0, "  no memory is left in use");
}

static void holes(void)
{
    begin(100);
    push(100, "abc");
    push(106, "ghi");
    stream_acked(&s, &budget, 103, &taker);
    is_str(got, "abc", "an ACK before the hole skips nothing");
    stream_acked(&s, &budget, 109, &taker);
    is_str(got, "abc|ghi", "an ACK behind it does");
    push(103, "def");
    is_str(got, "abc|ghi", "  for good");
    push(109, "jkl");
    is_str(got, "abc|ghijkl", "  and it goes on");

    begin(100);
    push(103, "d");
    push(106, "g");
    push(109, "j");
    stream_acked(&s, &budget, 107, &taker);
    is_str(got, "|d|g", "two holes before the ACK, one behind it");

    begin(100);
    for (uint32_t i = 0; i < STREAM_PIECES_MAX; i++)
        push(110 + 2 * i, "x");
    is_int(s.n_ahead, STREAM_PIECES_MAX, "as many pieces as may wait");
    push(110 + 2 * STREAM_PIECES_MAX, "y");
    ok(n_got >= 2 && got[0] == '|' && got[1] == 'x', "one more: the first hole is skipped");
    ok(s.n_ahead <= STREAM_PIECES_MAX, "  the bound holds");
}

static void cut(void)
{
    begin(100);
    snapped(100, "abc", 10);
    push(110, "klm");
    is_str(got, "abc|klm", "behind a snapped segment bytes are missing");
    push(113, "n");
    is_str(got, "abc|klmn", "  once");

    begin(100);
    snapped(100, "", 10);
    push(110, "klm");
    is_str(got, "|klm", "nothing of it was captured");

    begin(100);
    snapped(105, "fg", 5);
    push(110, "k");
    push(100, "abcde");
    is_str(got, "abcdefg|k", "a snapped piece that waited");
    push(100, "abcdefghij");
    is_str(got, "abcdefg|k", "  a whole copy of it is too late");

    begin(100);
    appetite = 0;
    snapped(100, "abc", 10);
    is_int(s.n_kept, 0, "what was kept cannot be completed");
}

static void kept(void)
{
    begin(100);
    appetite = 2;
    push(100, "abcde");
    is_int(s.n_kept, 3, "what is not used is kept");
    push(105, "f");
    is_str(got, "abcdef", "  and comes again");
    appetite = SIZE_MAX;
    push(106, "g");
    is_int(s.n_kept, 0, "  until it is used");

    begin(100);
    appetite = 0;
    push(100, "abc");
    push(106, "ghi");
    stream_acked(&s, &budget, 109, &taker);
    ok(s.n_kept == 3 && strcmp(got, "|ghi") == 0, "kept bytes before a hole are dropped");
}

static void limits(void)
{
    static char big[40000];

    memset(big, 'x', sizeof(big) - 1);
    begin(0);
    appetite = 0;
    push(0, big);
    push(39999, big);
    ok(!s.off, "kept, within the bound");
    push(79998, big);
    ok(s.off && budget.n_refused == 1, "beyond it the stream is given up, and counted");
    is_int((int64_t)budget.used, 0, "  its memory is free");
    n_calls = 0;
    push(119997, "abc");
    is_int((int64_t)n_calls, 0, "  it takes nothing more");

    begin(0);
    budget.max = 1000;
    appetite = 0;
    push(0, big);
    ok(s.off && budget.n_refused == 1, "a budget that is used up");
    begin(0);
    budget.max = 100;
    push(10, "abc");
    ok(budget.used >= 3, "a waiting piece counts");
    big[120] = '\0';
    push(20, big);
    ok(!s.off && budget.used <= budget.max && s.next == 140,
       "no room to wait: the hole is skipped");
    ok(got[0] == '|' && got[1] == 'a', "  in order");
    big[120] = 'x';

    begin(0);
    push(100000, big);
    is_int(s.n_ahead, 1, "bytes may wait");
    push(200000, big);
    ok(s.ahead_bytes <= STREAM_AHEAD_MAX, "  not without bound");
}

static void wrap(void)
{
    begin(0xfffffffe);
    push(2, "ef");
    push(0xfffffffe, "abcd");
    is_str(got, "abcdef", "across 2^32");
    is_int(s.next, 4, "  next");
    begin(0xfffffff0);
    push(3, "x");
    stream_acked(&s, &budget, 4, &taker);
    is_str(got, "|x", "a hole across 2^32, acknowledged");
    begin(100);
    push(100 + (UINT32_C(1) << 31), "x");
    is_str(got, "", "half way round: neither old nor new");
}

int main(void)
{
    order();
    first_wins();
    holes();
    cut();
    kept();
    limits();
    wrap();
    stream_stop(&s, &budget);
    return tap_done();
}
