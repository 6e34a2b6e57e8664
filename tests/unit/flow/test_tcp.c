/* test_tcp: what each end must believe, and what becomes of a segment (RFC 9293 section 3.10). */
#include "config.h"

#include "tests/unit/flow/play.h"

static void handshake(void)
{
    play_start();
    c("S", 100, 0, 0);
    is_state(0, "SYN-SENT", "a SYN: the client is in SYN-SENT");
    is_state(1, "unknown", "  nothing is known of the server");
    at(10);
    s("SA", 500, 101, 0);
    is_state(1, "SYN-RECEIVED", "a SYN/ACK: the server is in SYN-RECEIVED");
    at(2);
    c("A", 101, 501, 0);
    is_state(0, "ESTABLISHED", "the ACK: the client is established");
    is_state(1, "ESTABLISHED", "  the server too");
    is_num(now->rtt_ns, 12 * MS, "the handshake's round trip");
    ok(now->syn_frame == 1 && now->synack_frame == 2 && now->established_frame == 3, "its frames");
    ok(!waits(0) && !waits(1), "nothing waits");

    play_start();
    c("S", 100, 0, 0);
    at(1000);
    is_marks(c("S", 100, 0, 0), TCP_MARK_RETRANSMISSION, "a SYN sent again");
    is_num(judged, TCP_BELONGS, "  of the same life");
    is_num(waits(0)->o.n_resent, 1, "  it waits, resent once");
    at(10);
    s("SA", 500, 101, 0);
    ok(!waits(0), "  and is answered");
    at(1000);
    is_marks(s("SA", 500, 101, 0), TCP_MARK_RETRANSMISSION, "a SYN/ACK sent again");
    is_num(judged, TCP_BELONGS, "  of the same life");

    play_start();
    c("S", 100, 0, 0);
    at(10);
    s("SA", 500, 101, 0);
    at(3000);
    s("SA", 900500, 101, 0);
    is_num(judged, TCP_BELONGS, "SYN cookies: a new server ISN before the ACK is no new life");
    at(10);
    c("A", 101, 900501, 0);
    is_state(1, "ESTABLISHED", "  the second one counts");
    is_num(end_of(1)->isn, 900500, "  its ISN");
    is_marks(s("PA", 900501, 101, 10), 0, "  data behind it is in place");

    play_start();
    c("S", 100, 0, 0);
    at(1);
    s("S", 500, 0, 0);
    is_num(judged, TCP_BELONGS, "a simultaneous open");
    at(1);
    c("SA", 100, 501, 0);
    at(1);
    s("SA", 500, 101, 0);
    is_num(judged, TCP_BELONGS, "  stays one life");
    at(1);
    c("A", 101, 501, 0);
    s("A", 501, 101, 0);
    is_state(0, "ESTABLISHED", "  and is established");
    is_state(1, "ESTABLISHED", "  at both ends");
    is_num(n_lives, 1, "  one life in all");
}

static void refused(void)
{
    play_start();
    c("S", 100, 0, 0);
    at(10);
    ok(s("RA", 0, 101, 0) & TCP_MARK_RST_ACCEPTED, "RST|ACK with seq 0 refuses a SYN");
    is_num(now->refused_frame, 2, "  refused");
    is_state(0, "reset", "  the client gave up");
    ok(tcp_over(now), "  over");
    at(1000);
    c("S", 100, 0, 0);
    is_num(judged, TCP_NEXT_LIFE, "the next SYN is the next life, although its ISN is the same");

    play_start();
    c("S", 100, 0, 0);
    at(10);
    ok(s("RA", 0, 99, 0) & TCP_MARK_RST_IGNORED, "a RST|ACK of another number is ignored");
    is_state(0, "SYN-SENT", "  (RFC 9293 section 3.10.7.3)");
    at(10);
    ok(s("R", 0, 0, 0) & TCP_MARK_RST_IGNORED, "a RST without ACK in SYN-SENT is dropped");
    is_state(0, "SYN-SENT", "  (second check)");
    is_num(now->refused_frame, 0, "  nothing was refused");
}

static void closing(void)
{
    play_start();
    open_life(50, 80);
    at(5);
    c("FA", 151, 581, 0);
    is_state(0, "FIN-WAIT", "a FIN: FIN-WAIT");
    is_state(1, "ESTABLISHED", "  not known at the other end");
    at(5);
    s("A", 581, 152, 0);
    is_state(1, "CLOSE-WAIT", "acknowledged: CLOSE-WAIT");
    at(5);
    s("PA", 581, 152, 100);
    ok(!tcp_over(now), "half closed: data goes on the other way");
    is_num(end_of(0)->acked_bytes, 50, "  a FIN is no byte");
    at(1);
    c("A", 152, 681, 0);
    at(5);
    s("FA", 681, 152, 0);
    is_state(1, "LAST-ACK", "the second FIN: LAST-ACK");
    at(200);
    is_marks(s("FA", 681, 152, 0), TCP_MARK_RETRANSMISSION, "  sent again");
    at(5);
    c("A", 152, 682, 0);
    is_state(0, "TIME-WAIT", "the last ACK: TIME-WAIT");
    is_state(1, "CLOSED", "  and CLOSED");
    ok(tcp_over(now) && now->closed_frame == frame_no, "  over");
    is_num(end_of(1)->acked_bytes, 180, "  bytes of the server");
    at(1000);
    c("S", 7000, 0, 0);
    is_num(judged, TCP_NEXT_LIFE, "a SYN after that is port reuse, not an attempt");
    ok(!old->attempt.pending && !now->attempt.pending, "  no attempt");

    play_start();
    open_life(0, 0);
    at(5);
    c("FA", 101, 501, 0);
    at(1);
    s("FA", 501, 101, 0);
    at(1);
    c("A", 102, 502, 0);
    s("A", 502, 102, 0);
    ok(tcp_over(now), "both FINs cross: over");
}

static void resets(void)
{
    play_start();
    open_life(50, 80);
    at(5);
    ok(s("RA", 581, 151, 0) & TCP_MARK_RST_ACCEPTED, "a RST at RCV.NXT is taken");
    ok(now->rst_verdict == RST_EXACT && now->rst_by == 1, "  exact, by b");
    is_state(0, "reset", "  the client is reset");

    play_start();
    open_life(50, 80);
    at(5);
    ok(s("R", 591, 0, 0) & TCP_MARK_RST_IGNORED, "a RST 10 ahead: in window, not exact");
    is_num(now->rst_verdict, RST_IN_WINDOW, "  (RFC 5961 section 3.2: challenge ACK)");
    is_state(0, "ESTABLISHED", "  the client lives");
    ok(!tcp_over(now), "  so does the connection");

    play_start();
    open_life(50, 80);
    at(5);
    ok(s("R", 531, 0, 0) & TCP_MARK_RST_IGNORED, "a RST 50 behind: outside");
    is_num(now->rst_verdict, RST_OUTSIDE, "  dropped silently");
    at(1);
    ok(s("R", 581 + 70000, 0, 0) & TCP_MARK_RST_IGNORED, "a RST beyond the window");
    is_num(now->rst_verdict, RST_OUTSIDE, "  outside");
    at(1);
    s("R", 581, 0, 0);
    is_num(now->rst_verdict, RST_EXACT, "the one that counts is kept");
    is_num(now->rst_frame, frame_no, "  its frame");

    play_start();
    open_life(50, 0);
    at(5);
    s("PA", 501, 151, 300);
    at(0.1);
    ok(s("R", 801, 0, 0) & TCP_MARK_RST_ACCEPTED, "a RST behind data in flight");
    play_start();
    open_life(50, 0);
    at(5);
    s("PA", 501, 151, 300);
    at(300);
    s("PA", 501, 151, 300);
    at(600);
    ok(s("R", 801, 0, 0) & TCP_MARK_RST_IGNORED, "a RST behind data that never arrived");

    play_start();
    open_life(50, 80);
    at(5);
    c("FA", 151, 581, 0);
    at(5);
    s("A", 581, 152, 0);
    at(5);
    ok(c("R", 151, 0, 0) & TCP_MARK_RST_ACCEPTED, "CLOSE-WAIT: a RST at RCV.NXT - 1 is taken");
}

static void midstream(void)
{
    play_start();
    c("PA", 1000, 2000, 20);
    is_state(0, "ESTABLISHED", "mid-stream: who sends data is established");
    is_state(1, "unknown", "  of the other end nothing is known");
    at(10);
    s("A", 2000, 1020, 0);
    is_state(1, "ESTABLISHED", "  until it speaks");
    is_num(now->syn_frame, 0, "  no SYN was captured");
    is_num(end_of(0)->acked_bytes, 0, "  the first ACK does not tell how much");
    at(10);
    c("PA", 1020, 2000, 30);
    at(10);
    s("A", 2000, 1050, 0);
    is_num(end_of(0)->acked_bytes, 30, "  later ones do");

    play_start();
    c("S", 100, 0, 0);
    at(10);
    c("A", 101, 501, 0);
    at(1);
    c("PA", 101, 501, 40);
    at(10);
    c("PA", 141, 601, 40);
    is_state(0, "ESTABLISHED", "one direction only: established");
    is_num(end_of(1)->nxt, 601, "  the acknowledgements show what the other end sent");
    is_num(n_lives, 1, "  one life");

    play_start();
    s("SA", 500, 101, 0);
    is_state(1, "SYN-RECEIVED", "the SYN was missed: the SYN/ACK tells");
    at(1);
    c("A", 101, 501, 0);
    is_state(0, "ESTABLISHED", "  established");
}

static void wrap(void)
{
    play_start();
    c("S", 0xfffffff0, 0, 0);
    at(10);
    s("SA", 0xffffffff, 0xfffffff1, 0);
    at(1);
    c("A", 0xfffffff1, 0, 0);
    is_state(1, "ESTABLISHED", "the server's ISN is 2^32 - 1");
    at(1);
    is_marks(c("PA", 0xfffffff1, 0, 100), 0, "data across 2^32 is in place");
    at(10);
    is_marks(s("A", 0, 0x55, 0), 0, "  its ACK too");
    is_num(end_of(0)->acked_bytes, 100, "  100 bytes");
    ok(!waits(0), "  nothing waits");
    at(10);
    is_marks(c("PA", 0x55, 0, 10), 0, "and behind it");
    at(300);
    is_marks(c("PA", 0x55, 0, 10), TCP_MARK_RETRANSMISSION, "  a retransmission is one");
    at(10);
    ok(s("R", 0, 0, 0) & TCP_MARK_RST_ACCEPTED, "a RST with sequence number 0 is exact");
}

static void waiting(void)
{
    const struct tcp_sent *w;

    play_start();
    open_life(50, 80);
    at(1000);
    c("PA", 151, 581, 20);
    at(300);
    c("PA", 151, 581, 20);
    at(600);
    c("PA", 151, 581, 20);
    w = waits(0);
    ok(w && w->seq == 151 && w->end == 171, "data waits");
    is_num(w->o.n_resent, 2, "  resent twice");
    is_num(w->o.last_frame, frame_no, "  the last sending");
    is_num(w->o.resend_frame, frame_no - 1, "  the first resend");
    at(100);
    s("A", 581, 171, 0);
    ok(!waits(0), "  answered");
    ok(end_of(0)->repaired.n_resent == 2 &&
           outstanding_waited_ns(&end_of(0)->repaired, 0) == 1000 * MS,
       "  and remembered as repaired after 1 s");
    is_num(end_of(0)->last_advance_frame, frame_no, "  the ACK that advanced");

    play_start();
    open_life(0, 0);
    at(1);
    c("PA", 101, 501, 100);
    c("PA", 201, 501, 100);
    at(10);
    s("A", 501, 150, 0);
    w = waits(0);
    ok(w && w->seq == 150 && w->end == 201, "a partial ACK leaves the rest of the piece");
    at(1);
    s("A", 501, 301, 0);
    ok(!waits(0), "  all of it");

    play_start();
    open_life(0, 0);
    for (uint32_t i = 0; i < 20; i++)
        c("PA", 101 + 10 * i, 501, 10);
    ok(end_of(0)->flight_joined && end_of(0)->n_flight == TCP_FLIGHT_MAX,
       "more than fits is joined");
    at(10);
    s("A", 501, 301, 0);
    ok(!waits(0), "  and answered as one");
}

static void keep_alive(void)
{
    play_start();
    open_life(50, 80);
    at(60000);
    is_marks(c("A", 150, 581, 0), TCP_MARK_KEEP_ALIVE, "a keep-alive");
    ok(outstanding_open(&end_of(0)->keep_alive), "  waits");
    at(10);
    is_marks(s("A", 581, 151, 0), TCP_MARK_KEEP_ALIVE_ACK, "  answered");
    ok(!outstanding_open(&end_of(0)->keep_alive), "  no longer");
    at(60000);
    c("A", 150, 581, 1);
    at(75000);
    c("A", 150, 581, 1);
    at(75000);
    is_marks(c("A", 150, 581, 1), TCP_MARK_KEEP_ALIVE, "keep-alives with one byte");
    ok(outstanding_open(&end_of(0)->keep_alive) && end_of(0)->keep_alive.n_resent == 2,
       "  unanswered, resent twice");
    is_num(end_of(0)->n_keep_alive, 4, "  counted");
    ok(!waits(0), "  its byte is old data, not in flight");
}

static void out_of_time(void)
{
    play_start();
    open_life(50, 80);
    at(-5000);
    ok(c("S", 100, 0, 0) & TCP_MARK_LATE, "a SYN out of time order");
    ok(!now->attempt.pending, "  is no attempt");
    is_num(n_lives, 1, "  and no life");
    is_state(0, "ESTABLISHED", "  and changes no state");
    at(5001);
    c("S", 9000, 0, 0);
    ok(now->attempt.pending, "one in order is");
    at(-2000);
    ok(!(s("A", 581, 151, 0) & TCP_MARK_CHALLENGE_ACK), "an ACK from before it is no challenge");
    is_num(now->attempt.n_challenge, 0, "  not counted");
}

static void zero_window(void)
{
    play_start();
    open_life(50, 0);
    at(1);
    window[0] = 0;
    is_marks(c("A", 151, 501, 0), TCP_MARK_ZERO_WINDOW, "the client's window closes");
    ok(end_of(0)->zero_window_frame == frame_no, "  since this frame");
    at(500);
    is_marks(s("A", 501, 151, 1), TCP_MARK_ZERO_WINDOW_PROBE, "a probe");
    at(1);
    is_marks(c("A", 151, 501, 0), TCP_MARK_ZERO_WINDOW | TCP_MARK_ZERO_WINDOW_PROBE_ACK,
             "  answered, still closed");
    at(500);
    window[0] = 8192;
    is_marks(c("A", 151, 501, 0), TCP_MARK_WINDOW_UPDATE, "it opens");
    is_num(end_of(0)->zero_window_frame, 0, "  over");
    is_num(end_of(0)->n_zero_window, 2, "  two segments of it");
}

int main(void)
{
    handshake();
    refused();
    closing();
    resets();
    midstream();
    wrap();
    waiting();
    keep_alive();
    out_of_time();
    zero_window();
    return tap_done();
}
