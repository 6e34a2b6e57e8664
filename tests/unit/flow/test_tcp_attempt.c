/*
 * test_tcp_attempt: a four-tuple is opened again while the other end still holds the old life.
 *
 * In each case the old life is: ISNs 100 and 500, 50 bytes up, 80 down; so the server's SND.NXT is
 * 581 and its RCV.NXT 151.
 */
#include "config.h"

#include "tests/unit/flow/play.h"

#define S_NXT 581
#define S_RCV 151

static const struct tcp_attempt *a(void)
{
    return &now->attempt;
}

static void begin(void)
{
    play_start();
    open_life(50, 80);
    at(30000);
}

/* What a synchronized server answers: RFC 5961 section 4.2, whatever the SYN's number. */
static void challenged(uint32_t isn, const char *what)
{
    begin();
    ok(c("S", isn, 0, 0) & TCP_MARK_SYN_ON_LIVE, "%s: a SYN on a live tuple", what);
    is_num(judged, TCP_IS_ATTEMPT, "  an attempt");
    is_num(a()->held, TCP_ESTABLISHED, "  on an established life");
    is_num(a()->quiet_ns, 30000 * MS, "  after 30 s of quiet");
    is_num(a()->quiet_frame, frame_no - 1, "  since this frame");
    is_state(0, "SYN-SENT", "  the client forgot");
    is_state(1, "ESTABLISHED", "  the server did not");
    ok(a()->old_isn_known && a()->old_isn == 100 && a()->isn == isn, "  both ISNs");
    at(10);
    ok(s("A", S_NXT, S_RCV, 0) & TCP_MARK_CHALLENGE_ACK, "  a challenge ACK");
    ok(a()->challenge_exact && a()->n_challenge == 1, "  with the old life's numbers");
    is_state(1, "ESTABLISHED", "  the server still holds it");
    is_num(n_lives, 1, "  one life");
}

static void challenges(void)
{
    challenged(100, "the same ISN");
    challenged(4000, "an ISN in the window");
    challenged(S_RCV, "ISN = RCV.NXT");
    challenged(S_RCV - 1, "ISN = RCV.NXT - 1: the challenge has ack = ISN + 1");
    challenged(0x80000000, "an ISN far off");

    /* Nothing was sent up, same ISN: the challenge acknowledges just the new SYN as well. */
    play_start();
    open_life(0, 80);
    at(30000);
    c("S", 100, 0, 0);
    at(10);
    ok(s("A", S_NXT, 101, 0) & TCP_MARK_CHALLENGE_ACK, "a challenge that acknowledges ISN + 1");
    at(1000);
    c("S", 100, 0, 0);
    at(10);
    s("A", S_NXT, 101, 0);
    is_num(a()->n_challenge, 2, "  two of them");
    is_num(n_lives, 1, "  and no new life");

    begin();
    c("S", 100, 0, 0);
    at(1);
    s("A", S_NXT, S_RCV, 0);
    for (int i = 0; i < 4; i++) {
        at(100);
        ok(c("S", 100, 0, 0) & TCP_MARK_SYN_ON_LIVE, "SYN %d", i + 2);
    }
    at(101);
    s("A", S_NXT, S_RCV, 0);
    is_num(a()->n_challenge, 2, "5 SYNs, 2 answers: rate limited");
    is_num(a()->syn.n_resent, 4, "  4 resends");
    is_num(a()->syn.sent_frame, frame_no - 6, "  from the first one");

    begin();
    c("SA", 9000, 1, 0);
    is_num(n_lives, 2, "a SYN/ACK of new numbers from the client: its SYN was missed");
}

static void half_closed(void)
{
    play_start();
    open_life(50, 80);
    at(5);
    c("FA", 151, 581, 0);
    at(5);
    s("A", 581, 152, 0);
    at(5000);
    c("S", 100, 0, 0);
    is_num(judged, TCP_IS_ATTEMPT, "CLOSE-WAIT: an attempt");
    is_num(a()->held, TCP_CLOSE_WAIT, "  held");
    at(1);
    ok(s("A", 581, 152, 0) & TCP_MARK_CHALLENGE_ACK, "  challenged");
    ok(a()->challenge_exact, "  exactly");

    play_start();
    open_life(50, 80);
    at(5);
    s("FA", 581, 151, 0);
    at(5);
    c("A", 151, 582, 0);
    at(5000);
    c("S", 100, 0, 0);
    is_num(a()->held, TCP_FIN_WAIT, "FIN-WAIT-2: held");
    at(1);
    ok(s("A", 582, 151, 0) & TCP_MARK_CHALLENGE_ACK, "  challenged below RCV.NXT");
    at(1);
    c("RA", 151, 582, 0);
    ok(a()->rst_exact, "  RST at RCV.NXT");

    play_start();
    open_life(50, 80);
    at(5);
    s("FA", 581, 151, 0);
    at(5);
    c("A", 151, 582, 0);
    at(5000);
    c("S", 700, 0, 0);
    at(1);
    s("RA", 0, 701, 0);
    ok(a()->refused_frame == frame_no && !a()->refused_by_old, "FIN-WAIT-2, orphaned: refused");
    is_state(1, "reset", "  and gone");
    at(1000);
    c("S", 701, 0, 0);
    at(1);
    s("SA", 90000, 702, 0);
    is_num(n_lives, 2, "  a later SYN is accepted");

    /* SYN-RECEIVED: another ISN is challenged with the old life's numbers. */
    play_start();
    c("S", 100, 0, 0);
    at(10);
    s("SA", 500, 101, 0);
    at(2000);
    c("S", 9000, 0, 0);
    is_num(judged, TCP_IS_ATTEMPT, "SYN-RECEIVED, another ISN: an attempt");
    at(1);
    ok(s("A", 501, 101, 0) & TCP_MARK_CHALLENGE_ACK, "  challenged");
    is_state(1, "SYN-RECEIVED", "  the server still waits for its ACK");
    play_start();
    c("S", 100, 0, 0);
    at(10);
    s("SA", 500, 101, 0);
    at(2000);
    c("S", 100, 0, 0);
    is_num(judged, TCP_BELONGS, "SYN-RECEIVED, the same ISN: a retransmission");
}

static void time_wait(void)
{
    /* The server closed first: it is in TIME-WAIT. */
    for (int i = 0; i < 2; i++) {
        play_start();
        open_life(50, 80);
        at(5);
        s("FA", 581, 151, 0);
        at(5);
        c("FA", 151, 582, 0);
        at(5);
        s("A", 582, 152, 0);
        is_state(1, "TIME-WAIT", "the server is in TIME-WAIT");
        at(3000);
        if (i == 0) {
            c("S", 100, 0, 0);
            is_num(judged, TCP_NEXT_LIFE, "ISN below RCV.NXT: the next life all the same");
            at(1);
            s("A", 582, 152, 0);
            is_num(n_lives, 2, "  the last ACK is repeated");
            at(1);
            c("R", 152, 0, 0);
            at(10);
            c("S", 100, 0, 0);
            at(10);
            s("SA", 77777, 101, 0);
            at(1);
            c("A", 101, 77778, 0);
            is_state(1, "ESTABLISHED", "  RST, SYN, SYN/ACK: established");
            is_num(n_lives, 2, "  in the second life");
        } else {
            c("S", 9000, 0, 0);
            at(1);
            s("SA", 582 + 65537, 9001, 0);
            is_num(end_of(1)->isn - 582, 65537, "R7: the server's ISN shows TIME-WAIT recycling");
            is_state(1, "SYN-RECEIVED", "  accepted at once");
        }
    }
}

/* R1, with the RST of lwIP (RST|ACK) or of Linux (RST alone, ack 0). */
static void recovered(const char *rst, double gap, const char *who)
{
    uint64_t syn, challenge, reset, retry;

    begin();
    c("S", 100, 0, 0);
    syn = frame_no;
    at(10);
    s("A", S_NXT, S_RCV, 0);
    challenge = frame_no;
    at(0.1);
    ok(c(rst, S_RCV, S_NXT, 0) & TCP_MARK_RST_ACCEPTED, "R1, %s: RST at the challenge's ack", who);
    reset = frame_no;
    is_state(1, "reset", "  the server lets go");
    at(gap);
    ok(c("S", 100, 0, 0) & TCP_MARK_SYN_ON_LIVE, "  the SYN again");
    retry = frame_no;
    at(10);
    s("SA", 88000, 101, 0);
    is_num(judged, TCP_NEXT_LIFE, "  SYN/ACK: the next life");
    ok(answered.syn.sent_frame == syn && answered.challenge_frame == challenge &&
           answered.rst_frame == reset && answered.retry_frame == retry && answered.rst_exact,
       "  the attempt knows its frames");
    ok(answered.n_rst == 1 && answered.n_challenge == 1 && answered.syn.n_resent == 1,
       "  and counts");
    ok(tcp_over(old) && !old->attempt.pending, "  the old life is over");
    is_num(now->syn_frame, retry, "  the new one begins with the SYN that was answered");
    at(1);
    c("A", 101, 88001, 0);
    is_state(0, "ESTABLISHED", "  established");
    is_marks(c("PA", 101, 88001, 30), 0, "  data is in place");
    at(5);
    ok(s("A", S_NXT, S_RCV, 0) & TCP_MARK_OLD_LIFE, "  a stale ACK is of the old life");
    at(5);
    is_marks(s("A", 88001, 131, 0), 0, "  and the new one does not mind");
    is_num(end_of(0)->acked_bytes, 30, "  acknowledged");
}

static void outcomes(void)
{
    recovered("RA", 0.01, "lwIP 2");
    recovered("R", 11, "Linux");
    recovered("RA", 3000, "lwIP 1.4, SYN at the RTO only");

    begin();
    c("S", 100, 0, 0);
    at(10);
    s("A", S_NXT, S_RCV, 0);
    at(1);
    c("R", S_RCV, 0, 0);
    at(11);
    c("S", 100, 0, 0);
    at(500);
    s("A", S_NXT, S_RCV, 0);
    at(1);
    c("R", S_RCV, 0, 0);
    ok(a()->n_challenge == 2 && a()->n_rst == 2 && a()->retry_frame, "R2: challenged again");
    is_num(n_lives, 1, "  no new life");

    begin();
    c("S", 100, 0, 0);
    at(10);
    s("A", S_NXT, S_RCV, 0);
    at(1);
    ok(c("R", S_RCV + 7, 0, 0) & TCP_MARK_RST_IGNORED, "R3: a RST with another number");
    ok(a()->n_rst == 1 && !a()->rst_exact, "  not exact");
    is_state(1, "ESTABLISHED", "  the server still holds the old life");
    at(3000);
    c("S", 100, 0, 0);
    at(1);
    s("A", S_NXT, S_RCV, 0);
    at(1);
    c("R", S_RCV, 0, 0);
    ok(a()->n_rst == 2 && a()->rst_exact, "  until one fits");

    begin();
    for (int i = 0; i < 3; i++) {
        c("S", 100, 0, 0);
        at(10);
        s("A", S_NXT, S_RCV, 0);
        at(3000);
    }
    ok(a()->n_challenge == 3 && a()->n_rst == 0 && a()->syn.n_resent == 2,
       "R4: no RST, SYN repeats");

    begin();
    for (int i = 0; i < 4; i++) {
        c("S", 100, 0, 0);
        at(3000 << i);
    }
    ok(a()->pending && a()->n_challenge == 0 && a()->syn.n_resent == 3, "R5: silence");
    ok(outstanding_open(&a()->syn), "  it waits");

    begin();
    c("S", 100, 0, 0);
    at(10);
    s("SA", 31337000, 101, 0);
    ok(judged == TCP_NEXT_LIFE && answered.pending && !answered.challenge_frame,
       "R6: accepted directly");
    is_num(answered.held, TCP_ESTABLISHED, "  although the life was held as far as known");

    begin();
    c("S", 100, 0, 0);
    at(10);
    s("RA", 0, 101, 0);
    ok(a()->refused_frame && !a()->refused_by_old, "R8: no listener");
    begin();
    c("S", 4000, 0, 0);
    at(10);
    s("R", S_NXT, 0, 0);
    ok(a()->refused_frame && a()->refused_by_old, "R8: a stack before RFC 5961, in its window");

    begin();
    c("S", 100, 0, 0);
    at(10);
    ok(s("A", S_NXT + 1000, S_RCV + 400, 0) & TCP_MARK_CHALLENGE_ACK, "R9: other numbers");
    ok(a()->n_challenge == 1 && !a()->challenge_exact, "  not exact");
    at(1);
    c("R", S_RCV + 400, 0, 0);
    ok(a()->rst_exact, "  the RST takes the challenge's number");
}

static void zombie(void)
{
    const struct tcp_sent *w;

    begin();
    c("S", 100, 0, 0);
    at(10);
    s("SA", 31337000, 101, 0);
    at(1);
    c("A", 101, 31337001, 0);
    at(1);
    c("PA", 101, 31337001, 200);
    at(10);
    s("A", 31337001, 301, 0);
    at(60000);
    for (int i = 0; i < 6; i++) {
        c("PA", 301, 31337001, 31);
        at(500 << i);
    }
    w = waits(0);
    ok(w && w->o.n_resent == 5 && outstanding_open(&w->o),
       "R10: from some frame on nothing is acked");
    is_num(end_of(0)->acked_bytes, 200, "  200 bytes were");
    is_num(w->o.sent_ns - end_of(0)->last_advance_ns, 60000 * MS, "  the idle gap");
    is_state(1, "ESTABLISHED", "  no RST");
    at(10);
    c("RA", 332, 31337001, 0);
    is_num(now->rst_by ^ swapped, 0, "  the client gives up");
}

/* The old life is not in the capture: a bare ACK to a SYN proves it. */
static void before_capture(void)
{
    play_start();
    c("S", 100, 0, 0);
    at(10);
    ok(s("A", S_NXT, S_RCV, 0) & TCP_MARK_CHALLENGE_ACK, "a bare ACK answers a SYN");
    ok(a()->pending && !a()->old_captured && a()->held == TCP_UNKNOWN,
       "  a life before the capture");
    ok(a()->challenge_seq == S_NXT && a()->challenge_ack == S_RCV, "  its numbers");
    at(0.1);
    c("RA", S_RCV, S_NXT, 0);
    ok(a()->rst_exact, "  RST at that number");
    at(0.1);
    ok(c("S", 100, 0, 0) & TCP_MARK_SYN_ON_LIVE, "  SYN");
    at(10);
    s("SA", 88000, 101, 0);
    is_num(judged, TCP_NEXT_LIFE, "  SYN/ACK: the next life");
    ok(!answered.old_captured && answered.retry_frame == 4, "  the attempt");

    play_start();
    c("S", 100, 0, 0);
    at(10);
    s("A", S_NXT, S_RCV, 0);
    at(500);
    s("A", S_NXT, S_RCV, 0);
    is_num(a()->n_challenge, 2, "challenged twice");
}

/* Section 7: what the packets of a quick reboot without RST show. */
static void no_rst(void)
{
    begin();
    s("FA", S_NXT, S_RCV, 0);
    at(10);
    c("FA", S_RCV, S_NXT + 1, 0);
    at(10);
    s("A", S_NXT + 1, S_RCV + 1, 0);
    at(100);
    c("S", 100, 0, 0);
    ok(judged == TCP_NEXT_LIFE && !old->attempt.pending, "H1: closed before, no attempt");

    begin();
    s("RA", S_NXT, S_RCV, 0);
    at(100);
    c("S", 100, 0, 0);
    ok(judged == TCP_NEXT_LIFE && !old->attempt.pending, "H1: reset before, no attempt");

    begin();
    c("S", 100, 0, 0);
    at(10);
    s("A", S_NXT, S_RCV, 0);
    at(3000);
    ok(!a()->rst_frame && !a()->retry_frame, "H8: the capture ends before the RST");
}

/* The holder goes on sending on the old life while the opener knocks. */
static void old_data(void)
{
    begin();
    c("S", 100, 0, 0);
    at(10);
    is_marks(s("PA", S_NXT, S_RCV, 40), 0, "data of the old life is no challenge");
    is_num(a()->n_challenge, 0, "  not counted");
    at(1);
    c("R", S_RCV, 0, 0);
    ok(a()->rst_exact, "  a RST at what it acknowledges is exact");

    begin();
    c("S", 100, 0, 0);
    at(10);
    s("SA", 31337000, 101, 0);
    at(1);
    c("A", 101, 31337001, 0);
    at(1);
    ok(s("PA", S_NXT, S_RCV, 40) & TCP_MARK_OLD_LIFE, "data of the old life stays there");
    is_num(end_of(1)->nxt, 31337001, "  and does not disturb the new one");

    /* The SYN/ACK was not captured, the client goes on. */
    begin();
    c("S", 9000, 0, 0);
    at(20);
    c("A", 9001, 31337001, 0);
    is_num(judged, TCP_NEXT_LIFE, "the SYN/ACK was missed: the client's ACK tells");
    is_state(0, "ESTABLISHED", "  established");

    /* Nor was that ACK, nor the first data. */
    begin();
    c("S", 9000, 0, 0);
    at(20);
    c("PA", 9501, 331337001, 20);
    is_num(judged, TCP_NEXT_LIFE, "more was missed: later data with numbers of a new life tells");
    begin();
    c("S", 90, 0, 0);
    at(20);
    c("PA", S_RCV, S_NXT, 20);
    is_num(judged, TCP_BELONGS, "  data in place in the old life is none of that");
    ok(!(a()->pending), "  the old life goes on");
}

/* A SYN that nobody of the connection sent (RFC 5961: blind) leaves the old life as it was. */
static void blind(void)
{
    begin();
    c("S", 123456, 0, 0);
    at(10);
    s("A", S_NXT, S_RCV, 0);
    at(10);
    is_marks(c("PA", S_RCV, S_NXT, 20), 0, "the old life's client goes on");
    at(10);
    is_marks(s("A", S_NXT, S_RCV + 20, 0), 0, "  and is acknowledged");
    ok(!(a()->pending), "  so the attempt was none of its");
    is_state(0, "ESTABLISHED", "  the client never left");
    is_num(n_lives, 1, "  one life");
}

/* The same, of a client that only receives. */
static void blind_download(void)
{
    begin();
    c("S", 100, 0, 0);
    at(10);
    s("A", S_NXT, S_RCV, 0);
    at(10);
    c("A", S_RCV, S_NXT, 0);
    ok(a()->pending, "an ACK of nothing new proves nothing");
    at(10);
    s("PA", S_NXT, S_RCV, 1000);
    at(10);
    c("A", S_RCV, S_NXT + 1000, 0);
    ok(!(a()->pending), "an ACK of what came after the SYN: the old life goes on");
    is_state(0, "ESTABLISHED", "  the client never left");
    begin();
    c("S", 100, 0, 0);
    at(10);
    s("A", S_NXT, S_RCV, 0);
    at(10);
    c("FA", S_RCV, S_NXT, 0);
    ok(!(a()->pending), "a FIN of the old life: it goes on until then");
    is_state(0, "FIN-WAIT", "  and ends");
}

/* What looks like a challenge is the ACK of data that the capture does not have. */
static void missed_handshake(void)
{
    play_start();
    c("S", 4000, 0, 0);
    at(10);
    s("A", 90001, 4029, 0);
    ok(a()->pending && !a()->old_captured, "a bare ACK to the first SYN");
    at(10);
    c("PA", 4029, 90001, 20);
    ok(!(a()->pending), "  but the client goes on behind its SYN: it was no challenge");
    is_state(0, "ESTABLISHED", "  established");
    is_num(n_lives, 1, "  one life");
    play_start();
    c("S", 4000, 0, 0);
    at(10);
    s("A", 90001, 4029, 0);
    at(1);
    c("R", 4029, 0, 0);
    ok(a()->pending && a()->rst_exact, "  a RST says that it was one");
    play_start();
    c("S", 4000, 0, 0);
    at(10000);
    s("A", 90001, 4002, 0);
    ok(!(a()->pending), "ten seconds after the SYN a bare ACK is no answer to it");
}

/* The first segments of a life: its SYN is answered by a challenge with another life's numbers. */
static void challenged_at_once(void)
{
    play_start();
    at(60000);
    c("S", 4000, 0, 0);
    at(10);
    s("A", S_NXT, S_RCV, 0);
}

/* The RST of the old life never got there; of that life only what is left is known. */
static void recalled(void)
{
    struct tcp_remains r, turned;

    begin();
    c("R", S_RCV, 0, 0);
    tcp_remains_of(now, &r);
    ok(r.reset && r.known[0] && r.known[1] && r.isn[0] == 100 && r.last_frame == frame_no,
       "what is left of a life that was reset");
    turned = r;
    turned.nxt[0] = r.nxt[1];
    turned.nxt[1] = r.nxt[0];
    turned.ack[0] = r.ack[1];
    turned.ack[1] = r.ack[0];
    turned.isn[0] = r.isn[1];
    turned.isn[1] = r.isn[0];

    challenged_at_once();
    ok(a()->pending && !a()->old_captured, "a challenge that speaks of a life not known");
    tcp_recall(now, &turned, false);
    ok(!a()->old_captured, "  the wrong way round it is not that one");
    tcp_recall(now, &r, false);
    ok(a()->old_captured && a()->challenge_exact && a()->old_isn == 100, "  it was that one");
    challenged_at_once();
    tcp_recall(now, &turned, true);
    ok(a()->old_captured && a()->old_isn == 100, "  or its other end opened it then");
    challenged_at_once();
    r.reset = false;
    tcp_recall(now, &r, false);
    ok(!a()->old_captured, "  but not one that was closed");
}

int main(void)
{
    challenges();
    half_closed();
    time_wait();
    outcomes();
    zombie();
    before_capture();
    no_rst();
    old_data();
    blind();
    blind_download();
    missed_handshake();
    recalled();
    return tap_done();
}
