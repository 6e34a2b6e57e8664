/* test_tcp_marks: every flag of tcp.analysis, with its overlaps, as Wireshark 4.0 sets them. */
#include "config.h"

#include "tests/unit/flow/play.h"

#define RETRANSMISSION TCP_MARK_RETRANSMISSION

static void resending(void)
{
    play_start();
    open_life(0, 0); /* round trip 11 ms */
    at(1);
    is_marks(c("PA", 101, 501, 100), 0, "new data");
    at(300);
    is_marks(c("PA", 101, 501, 100), RETRANSMISSION, "sent again: a retransmission");
    at(10);
    is_marks(s("A", 501, 201, 0), 0, "an ACK");
    at(300);
    is_marks(c("PA", 101, 501, 100), TCP_MARK_SPURIOUS_RETRANSMISSION | RETRANSMISSION,
             "sent again after its ACK: spurious too");
    at(1);
    is_marks(s("A", 501, 201, 0), TCP_MARK_DUPLICATE_ACK, "  answered by a duplicate ACK");
    at(1);
    is_marks(c("FA", 201, 501, 0), 0, "a FIN");
    at(300);
    is_marks(c("FA", 201, 501, 0), RETRANSMISSION, "sent again: never spurious");

    play_start();
    open_life(0, 0);
    at(100);
    c("PA", 101, 501, 100);
    is_marks(c("PA", 301, 501, 100), TCP_MARK_LOST_SEGMENT, "a segment was missed");
    at(5);
    is_marks(c("PA", 201, 501, 100), TCP_MARK_OUT_OF_ORDER,
             "within a round trip: out of order, no retransmission");
    at(100);
    c("PA", 501, 501, 100);
    at(12);
    is_marks(c("PA", 401, 501, 100), RETRANSMISSION, "a round trip later: a retransmission");
    at(100);
    c("PA", 601, 501, 100);
    at(5);
    is_marks(c("PA", 601, 501, 100), RETRANSMISSION,
             "the last segment again is never out of order");

    /* Out of order counts from the highest segment, not from the last one. */
    play_start();
    open_life(0, 0);
    at(100);
    c("PA", 101, 501, 100);
    c("PA", 301, 501, 100);
    at(10);
    c("A", 401, 501, 0);
    at(5);
    is_marks(c("PA", 201, 501, 100), RETRANSMISSION, "15 ms behind the highest segment");

    play_start();
    c("PA", 101, 501, 100);
    c("PA", 301, 501, 100);
    at(2);
    is_marks(c("PA", 201, 501, 100), TCP_MARK_OUT_OF_ORDER, "round trip unknown: within 3 ms");
    at(2);
    is_marks(c("PA", 201, 501, 100), RETRANSMISSION, "  and not later");
}

static void duplicates(void)
{
    play_start();
    open_life(0, 0);
    at(1);
    for (uint32_t i = 0; i < 4; i++)
        c("PA", 201 + 100 * i, 501, 100);
    at(10);
    is_marks(s("A", 501, 101, 0), TCP_MARK_DUPLICATE_ACK, "duplicate ACK 1");
    is_marks(s("A", 501, 101, 0), TCP_MARK_DUPLICATE_ACK, "duplicate ACK 2");
    is_num(end_of(1)->n_dup_ack, 2, "  counted");
    at(5);
    is_marks(c("PA", 101, 501, 100), TCP_MARK_FAST_RETRANSMISSION | RETRANSMISSION,
             "within 20 ms: a fast retransmission, and a retransmission");
    at(25);
    is_marks(c("PA", 101, 501, 100), RETRANSMISSION, "after 30 ms: none that is fast");
    is_marks(s("A", 501, 101, 0), TCP_MARK_DUPLICATE_ACK, "duplicate ACK 3");
    at(15);
    is_marks(c("PA", 101, 501, 100), TCP_MARK_FAST_RETRANSMISSION | RETRANSMISSION,
             "the 20 ms count from the last duplicate");
    at(1);
    window[1] = 9000;
    n_sack = 1;
    is_marks(s("A", 501, 101, 0), TCP_MARK_DUPLICATE_ACK, "with SACK the window may change");
    n_sack = 0;
    window[1] = 9100;
    is_marks(s("A", 501, 101, 0), TCP_MARK_WINDOW_UPDATE, "without: a window update");
    is_num(end_of(1)->n_dup_ack, 4, "  which does not end the count");
    is_marks(s("A", 501, 601, 0), 0, "the ACK advances");
    is_num(end_of(1)->n_dup_ack, 0, "  that does");
}

static void unseen(void)
{
    play_start();
    open_life(0, 0);
    at(10);
    is_marks(s("A", 501, 301, 0), TCP_MARK_ACK_LOST_SEGMENT, "acknowledges what was not captured");
    at(10);
    is_marks(c("PA", 301, 501, 10), TCP_MARK_LOST_SEGMENT, "  and so the next segment has a hole");
    at(10);
    is_marks(s("A", 501, 311, 0), TCP_MARK_ACK_LOST_SEGMENT, "  acknowledged: behind the hole");
    at(10);
    is_marks(c("PA", 311, 501, 10), 0, "  then all is in place");
    at(10);
    is_marks(s("A", 501, 321, 0), 0, "  again");
    at(10);
    is_marks(c("R", 400, 0, 0), 0, "a RST has no hole before it");
}

static void windows(void)
{
    play_start();
    scale[0] = scale[1] = 2;
    window[1] = 50;
    open_life(0, 0);
    at(1);
    is_marks(c("PA", 101, 501, 200), TCP_MARK_WINDOW_FULL, "200 bytes fill a window of 50 << 2");
    at(10);
    window[1] = 0;
    is_marks(s("A", 501, 301, 0), TCP_MARK_ZERO_WINDOW, "window zero");
    at(500);
    is_marks(c("A", 301, 501, 1), TCP_MARK_ZERO_WINDOW_PROBE, "a probe, and nothing else");
    at(1);
    is_marks(s("A", 501, 301, 0), TCP_MARK_ZERO_WINDOW | TCP_MARK_ZERO_WINDOW_PROBE_ACK,
             "its answer is a zero window too");
    at(500);
    is_marks(c("A", 301, 501, 1), TCP_MARK_ZERO_WINDOW_PROBE, "the probe again: no retransmission");
    at(1);
    window[1] = 50;
    is_marks(s("A", 501, 301, 0), TCP_MARK_WINDOW_UPDATE, "the window opens");

    play_start();
    open_life(0, 0);
    at(1);
    window[0] = 0;
    is_marks(c("RA", 101, 501, 0), 0, "a RST with window 0 is no zero window");
    play_start();
    window[1] = 100;
    c("PA", 101, 501, 10);
    s("A", 501, 111, 0);
    is_marks(c("PA", 111, 501, 100), 0, "scale not known: no full window");
}

static void keep_alives(void)
{
    play_start();
    open_life(20, 0);
    at(1000);
    is_marks(c("A", 120, 501, 0), TCP_MARK_KEEP_ALIVE, "a keep-alive without data");
    at(5);
    is_marks(s("A", 501, 121, 0), TCP_MARK_KEEP_ALIVE_ACK, "  its ACK is no duplicate");
    at(1000);
    is_marks(c("A", 120, 501, 1), TCP_MARK_KEEP_ALIVE, "with a byte: no retransmission");
    at(5);
    window[1] = 8000;
    is_marks(s("A", 501, 121, 0), TCP_MARK_WINDOW_UPDATE, "an answer with another window");
    at(5);
    is_marks(s("A", 501, 121, 0), TCP_MARK_KEEP_ALIVE_ACK,
             "the keep-alive is still the last segment");
    at(5);
    is_marks(c("A", 121, 501, 0), TCP_MARK_DUPLICATE_ACK, "an ACK in place");
    is_marks(s("A", 501, 121, 0), TCP_MARK_DUPLICATE_ACK, "now it is a duplicate");
    is_marks(c("FA", 120, 501, 0), RETRANSMISSION, "a FIN is no keep-alive");
    is_marks(c("PA", 120, 501, 30), 0, "one byte behind, but more than that: new data");
}

/* A SYN on a live tuple is our own mark; Wireshark calls it retransmission or a new stream. */
static void same_isn(void)
{
    play_start();
    open_life(20, 0);
    at(1000);
    is_marks(c("S", 100, 0, 0), 0, "a SYN on a live tuple is no retransmission of it");
    at(5);
    ok(s("A", 501, 121, 0) == (TCP_MARK_DUPLICATE_ACK | TCP_MARK_CHALLENGE_ACK),
       "a challenge ACK in the same numbers is a duplicate ACK as well");
}

int main(void)
{
    resending();
    duplicates();
    unseen();
    windows();
    keep_alives();
    same_isn();
    return tap_done();
}
