#!/usr/bin/env python3
"""Makes TCP connections that die, or only seem to: NAME/*.pcap.

usage: make_tcp.py FOLDER

tests/tcp.sh says what each must give.  The bytes depend on nothing but this file and traffic.py.
Python 3 standard library only.
"""
import os
import sys

sys.dont_write_bytecode = True  # the sources may lie where nothing is to be written
from traffic import ACK, FIN, PSH, RST, START, SYN, Net  # noqa: E402

CASES = []


def case(make):
    CASES.append(make)
    return make


def resend(t, at, who, data, times, wait=0.2, until=None):
    """Sends it, and again after waits that double (RFC 6298 section 5.5); returns when it did last."""
    seq = t.seq[who]
    t.send(at, who, PSH | ACK, data)
    while times and (until is None or at + wait < until):
        at += wait
        wait = min(2 * wait, 120)
        times -= 1
        t.send(at, who, PSH | ACK, data, seq=seq)
    return at


# -- dead peers ----------------------------------------------------------------------------------


def mtu_hole(net, leave):
    """Small answers pass, segments of 1460 bytes never do; the client waits for a minute, then leaves."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1, 1)
    seq = t.seq[1]
    resend(t, 3, 1, b"x" * 1460, 20, until=60)
    t.send(61, 0, leave | ACK, ack=seq)
    return t, seq


@case
def mtu_hole_rst(net):
    mtu_hole(net, RST)


@case
def mtu_hole_fin(net):
    """The server goes on, and the client's host knows of no connection any more."""
    t, seq = mtu_hole(net, FIN)
    t.send(61.01, 1, ACK)
    t.send(70, 1, ACK, b"x" * 1460, seq=seq)


@case
def answered_by_rst(net):
    """The server's host restarted: its RST answers the resend at once, so that did arrive."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1, 1)
    at = resend(t, 10, 0, b"ask", 5)
    t.send(at + 0.01, 1, RST)


@case
def answered_at_once(net):
    """A RST that comes at once, while both ends talk: a program's own decision, told as old stacks tell it."""
    t = net.tcp(ports=(50333, 2000))
    t.open(0)
    t.talk(1)
    t.send(4, 0, PSH | ACK, b"register")
    t.send(4.01, 1, RST)


@case
def answered_after_idling(net):
    """A NAT forgot the connection, which nobody used for ten minutes."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1)
    t.send(604, 0, PSH | ACK, b"ask")
    t.send(604.01, 1, RST)
    t.send(604.02, 0, RST | ACK)


@case
def probe_answered_by_rst(net):
    """The probe of an idle connection finds out."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1)
    t.send(64, 0, ACK, seq=t.seq[0] - 1)
    t.send(64.01, 1, RST)


@case
def left_over(net):
    """The client restarted and has a new connection; then the server says something on the old one."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1)
    n = net.tcp(ports=(50334, 443))
    n.open(30)
    n.talk(31)
    t.send(60, 1, PSH | ACK, b"news")
    t.send(60.01, 0, RST)
    n.talk(61)


@case
def forged_in_vain(net):
    """The RST of a forger, which the end it is sent to does not believe: the connection goes on."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1)
    t.send(20, 0, PSH | ACK, b"ask")
    t.send(20.005, 1, RST)
    t.send(20.01, 1, ACK)
    t.talk(21)


@case
def forged_and_denied(net):
    """A firewall answers in the server's name; the server, which knows nothing of it, resends what it said last."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1)
    seq = t.seq[1]
    t.send(20, 1, PSH | ACK, b"news")
    t.send(20.001, 0, ACK)
    had = t.seq[0]
    t.send(40, 0, PSH | ACK, b"ask")
    t.send(40.005, 1, RST)
    t.send(43, 1, PSH | ACK, b"news", seq=seq, ack=had)


@case
def probes_then_data(net):
    """Nobody answers the server's probes, and it resets the connection; what the client sends later answers none of them."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1)
    t.talk(10)
    for i in range(5):
        t.send(60 + i * 5, 1, ACK, seq=t.seq[1] - 1)
        if i == 0:
            t.send(60.01, 0, ACK)
    t.send(85, 1, RST | ACK)
    t.send(95, 0, PSH | ACK, b"ask")
    t.send(95.01, 1, RST)


@case
def begun_behind_a_fin(net):
    """The server had closed its side before the capture began, and acknowledges for a while."""
    t = net.tcp(ports=(50333, 443))
    for i in range(3):
        t.say(i, 0, b"report %d" % i)
    t.send(60, 0, PSH | ACK, b"report 3")
    t.send(60.01, 1, RST)


@case
def closed_before(net):
    """The server had closed; what comes after that finds nobody."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1)
    t.send(30, 1, FIN | ACK)
    t.send(30.01, 0, ACK)
    t.send(90, 0, PSH | ACK, b"ask")
    t.send(90.01, 1, RST)


@case
def answered_by_lwip(net):
    """The device restarted between two probes; lwIP's RST acknowledges what it answers (tcp_in.c)."""
    t = net.tcp(ports=(50333, 8883))
    t.open(0)
    t.talk(1)
    for i in range(6):
        t.send(60 + i * 5, 1, ACK, seq=t.seq[1] - 1)
    t.send(85.01, 0, RST | ACK, ack=t.seq[1] - 1)


@case
def acknowledges_nothing(net):
    """A RST that answers a resend, with an ACK of 0."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1)
    at = resend(t, 10, 0, b"ask", 5)
    t.send(at + 0.01, 1, RST | ACK, ack=0)


@case
def hiccup(net):
    """A gap of 4 s; the user closes; the resend that comes then finds nobody, and its host says so."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1, 1)
    seq = t.seq[1]
    resend(t, 3, 1, b"x" * 1000, 4)
    t.send(7.5, 0, FIN | ACK, ack=seq)
    t.send(8, 1, ACK, b"x" * 1000, seq=seq)
    t.send(8.01, 0, RST, seq=t.seq[0])


@case
def limit_then_fin(net):
    """All that R2 asks for was done when the other end took its leave."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1, 1)
    seq = t.seq[1]
    at = resend(t, 3, 1, b"x" * 1460, 9)
    t.send(at + 20, 0, FIN | ACK, ack=seq)
    t.send(at + 20.01, 1, ACK)


@case
def fins_cross(net):
    """Last words and the other end's farewell cross, and then nobody is there."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1, 1)
    seq = t.seq[0]
    t.send(10, 0, PSH | ACK, b"one more")
    t.send(10.005, 1, FIN | ACK, ack=seq)
    t.send(10.015, 0, ACK)
    for at in (10.2, 10.6, 11.4, 13, 16.2):
        t.send(at, 0, PSH | ACK, b"one more", seq=seq)


@case
def first_request(net):
    """Nothing but the handshake ever passes."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    at = resend(t, 0.1, 0, b"GET / HTTP/1.1\r\n\r\n", 10)
    t.send(at + 60, 0, RST | ACK)


def probes(net, byte, answered, leave):
    """The capture begins in an idle connection: probes every 75 s, the last nine without an answer."""
    t = net.tcp(ports=(50222, 22), isn=(100000, 900000))
    for i in range(answered + 9):
        t.send(100 + 75 * i, 0, ACK, byte, seq=t.seq[0] - 1)
        if i < answered:
            t.send(100.02 + 75 * i, 1, ACK)
    if leave:
        t.send(100 + 75 * (answered + 9), 0, RST | ACK)


@case
def probes_empty(net):
    probes(net, b"", 5, True)


@case
def probes_of_a_byte(net):
    probes(net, b"\0", 5, True)


@case
def probes_unanswered(net):
    probes(net, b"", 5, False)
    net.tcp(ports=(50300, 80)).open(1300)


@case
def probes_one_direction(net):
    """What the other end sends takes another way."""
    probes(net, b"", 0, False)


@case
def probes_by_a_listener(net):
    """Only the client ever sent data; then it fell asleep."""
    t = net.tcp(ports=(50222, 22))
    t.open(0)
    t.say(1, 0, b"hello")
    for i in range(9):
        t.send(7200 + 75 * i, 1, ACK, seq=t.seq[1] - 1)
    t.send(7200 + 75 * 9, 1, RST | ACK)


@case
def parallel(net):
    """4 s without an answer; the client opens another connection beside it, and the capture ends."""
    t = net.tcp(ports=(50001, 443))
    t.open(0)
    t.talk(1)
    at = resend(t, 10, 0, b"data", 3)
    u = net.tcp(ports=(50002, 443))
    u.open(at + 2.5)
    u.talk(at + 2.6, 1)


@case
def instead(net):
    """The same, and no resend comes any more."""
    parallel(net)
    net.tcp(ports=(50003, 443)).open(30)


# -- four-tuples that come back ------------------------------------------------------------------


def reopen(net, t, at, isn):
    """The same ports again: the other end holds t, says so, is reset and takes the SYN that follows (RFC 9293 3.10.7.4)."""
    u = net.tcp(ports=t.ports, isn=isn)
    u.send(at, 0, SYN)
    t.send(at + 0.01, 1, ACK)
    u.send(at + 0.011, 0, RST, seq=t.seq[0])
    u.send(at + 0.03, 0, SYN, seq=isn[0])
    u.send(at + 0.04, 1, SYN | ACK)
    u.send(at + 0.05, 0, ACK)
    return u


def reused(net):
    """The client lost its connection, and opens it again on the same ports; the server still has it."""
    t = net.tcp(ports=(58311, 8883))
    t.open(0)
    t.talk(1)
    u = reopen(net, t, 20, (1000000, 7000000))
    u.talk(21)
    return u


@case
def reused_zombie(net):
    u = reused(net)
    resend(u, 30, 0, b"data", 6)
    net.tcp(ports=(40001, 80)).open(90)


@case
def reused_zero_window(net):
    """The new connection works; later the server is busy, and the capture ends before it reads on."""
    u = reused(net)
    u.say(30, 0, b"z" * 500)
    u.send(30.5, 1, ACK, window=0)
    seq = u.seq[0]
    for at in (31, 32, 34, 38):
        u.send(at, 0, ACK, b"q", seq=seq)
        u.send(at + 0.01, 1, ACK, window=0, ack=seq)


@case
def reused_cut(net):
    """The capture ends while something is resent."""
    resend(reused(net), 30, 0, b"data", 5)
    net.tcp(ports=(40001, 80)).open(36.5)


@case
def reused_last_words(net):
    """The server closes; what the client still sends is never acknowledged."""
    u = reused(net)
    u.send(30.1, 1, FIN | ACK)
    u.send(30.11, 0, ACK)
    resend(u, 30.2, 0, b"last", 4)
    u.send(36, 0, RST | ACK)


@case
def reused_close_wait(net):
    """The client closed; the program at the other end never did."""
    t = net.tcp(ports=(40123, 8080))
    t.open(0)
    t.talk(1)
    t.send(5, 0, FIN | ACK)
    t.send(5.01, 1, ACK)
    u = reopen(net, t, 600, (7000000, 9000000))
    u.talk(601)
    u.close(610)


@case
def reused_closing(net):
    """Both closed at once, and the client lost its power before it acknowledged: that is CLOSING, not TIME-WAIT."""
    t = net.tcp(ports=(58311, 8883))
    t.open(0)
    t.talk(1)
    acked, seq = t.seq
    t.send(10, 0, FIN | ACK)
    t.send(10.001, 1, FIN | ACK, ack=acked)
    t.send(10.02, 1, ACK)
    for at in (10.2, 10.6, 11.4, 13, 16.2):
        t.send(at, 1, FIN | ACK, seq=seq)
    u = reopen(net, t, 20, (1000000, 7000000))
    u.talk(21)
    resend(u, 30, 0, b"data", 6)
    net.tcp(ports=(40001, 80)).open(90)


@case
def reused_time_wait(net):
    """The server closed first; its last ACK was not captured, but its challenge acknowledges the FIN."""
    t = net.tcp(ports=(40123, 80))
    t.open(0)
    t.talk(1, 1)
    t.send(5, 1, FIN | ACK)
    t.send(5.01, 0, FIN | ACK)
    t.send(5.02, 1, ACK, keep=False)
    u = reopen(net, t, 30, (500, 9000000))
    u.talk(31)
    u.close(40)


@case
def guarded(net):
    """A guard answers the first SYN by a wrong ACK; the RST shows that the client is real."""
    t = net.tcp(ports=(40123, 443))
    t.send(0, 0, SYN)
    t.send(0.02, 1, ACK, seq=0x11223344, ack=0x55667788)
    t.send(0.021, 0, RST, seq=0x55667788)
    t.seq = [1001, 5000]
    t.send(1, 0, SYN, seq=1000)
    t.send(1.02, 1, SYN | ACK)
    t.send(1.03, 0, ACK)
    t.talk(2)
    t.close(9)


# -- two captures of one place, one of which ended early -----------------------------------------


def early(net, frames):
    part = Net()
    part.frames = sorted(net.frames)[:frames]
    return part


@case
def early_before(net):
    """The first one by name ended between the attempt and what came of it."""
    reused_zombie(net)
    return {"a": early(net, 24), "b": net}


@case
def early_behind(net):
    reused_zombie(net)
    return {"b": early(net, 24), "a": net}


@case
def early_three(net):
    reused_zombie(net)
    return {"a": early(net, 24), "b": early(net, 30), "c": net}


@case
def early_waiting(net):
    """The shorter one ended before the answer came."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1)
    resend(t, 10, 0, b"ask", 6)
    n = len(net.frames)
    t.send(30, 1, ACK)
    t.talk(31)
    return {"a": early(net, n), "b": net}


def fuller_ended(net, ends):
    """One capture has most of the connection and ends soon; the other one began late and has its death."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(0.5, 19)
    at = resend(t, 20, 0, b"never", 10)
    t.send(at + 10, 0, RST | ACK)
    u = net.tcp(ports=(50334, 443), isn=(77777, 88888))
    u.open(at + 12)
    u.talk(at + 13)
    u.close(at + 20)
    first, other = Net(), Net()
    first.frames = [f for f in net.frames if f[0] < START + ends]
    other.frames = [(f[0] + 0.002, f[1]) for f in net.frames if f[0] > START + 15]
    return {"a": first, "b": other}


@case
def fuller_ended_soon(net):
    return fuller_ended(net, 21)


@case
def fuller_ended_later(net):
    return fuller_ended(net, 31)


# -- a ring of files ------------------------------------------------------------------------------


def ring(net, *at):
    """Files that follow each other, begun at these seconds."""
    files = {}
    bounds = (-1.0,) + at + (1e9,)
    for i in range(len(bounds) - 1):
        part = Net()
        part.frames = [f for f in net.frames if START + bounds[i] <= f[0] < START + bounds[i + 1]]
        files["ring-%d" % i] = part
    return files


@case
def ring_zombie(net):
    """The new connection works in one file; its data is never acknowledged in the next one."""
    reused_zombie(net)
    return ring(net, 25)


@case
def ring_recovered(net):
    """The new connection's data comes in the next file."""
    reused(net)
    net.tcp(ports=(40001, 80)).open(30)
    return ring(net, 20.5)


@case
def ring_dead(net):
    """The handshake is in one file, all data in the next one, and none of it is acknowledged."""
    first_request(net)
    t = net.tcp(ports=(40001, 80))
    t.open(0)
    t.talk(1, 300)
    t.close(400)
    return ring(net, 0.05)


@case
def ring_quiet(net):
    """Both files have connections of their own that end well."""
    for i in range(2):
        t = net.tcp(ports=(50001 + i, 443))
        t.open(10 * i)
        t.talk(10 * i + 1)
        t.close(10 * i + 5)
    return ring(net, 8)


# -- captures at both ends -------------------------------------------------------------------------


def upload(net, dies):
    """Large segments, all acknowledged; then the server's host dies, or not."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    for i in range(40):
        at = 0.1 + i * 0.05
        t.send(at, 0, PSH | ACK, bytes([i]) * 1460)
        t.send(at + 0.02, 1, ACK)
        t.say(at + 0.03, 0, b"small %d" % i)
        t.say(at + 0.035, 1, b"ok %d" % i)
    if dies:
        at = resend(t, 20, 0, b"z" * 1460, 7)
        t.send(at + 3, 0, RST | ACK)
    u = net.tcp(ports=(50999, 80))
    u.open(0)
    u.talk(1, 60)


def at_other_end(net, size):
    """What a capture there has that takes frames below that size only; it is 5 ms away."""
    other = Net()
    other.frames = [(t + (0.005 if f[26:30] == bytes([192, 0, 2, 7]) else -0.005), f) for t, f in net.frames
                    if len(f) < size]
    return other


# -- where they are lost -----------------------------------------------------------------------------


CLIENT = bytes([192, 0, 2, 7])


def elsewhere(net, away, lost):
    """A capture `away` seconds nearer to the server; what is `lost` of port 50333 (by who sent it, from when on) is not there."""
    other = Net()
    for t, f in net.frames:
        who = 0 if f[26:30] == CLIENT else 1
        port = int.from_bytes(f[34 + 2 * who:36 + 2 * who], "big")
        if not (port == 50333 and who in lost and t - START >= lost[who]):
            other.frames.append((t + (away if who == 0 else -away), f))
    return other


def dying(net, who):
    """Some talk, then `who` sends data again and again, and leaves."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1, 20)
    u = net.tcp(ports=(50999, 80))
    u.open(0.5)
    u.talk(2, 60)
    at = resend(t, 25, who, b"hello", 6)
    t.send(at + 2, who, RST | ACK)
    return t


@case
def acks_lost(net):
    """The client acknowledges each of them; the server's end never hears of it."""
    t = dying(net, 1)
    for i, at in enumerate(25 + x for x in (0, 0.2, 0.6, 1.4, 3, 6.2, 12.6)):
        t.send(at + 0.03, 0, ACK, ack=t.seq[1])
    return {"client": net, "server": elsewhere(net, 0.005, {0: 25})}


@case
def farewell_lost(net):
    """The server closes, and its FIN is lost each time it is sent; what the client sends later finds nobody."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1, 9)
    other = elsewhere(net, 0.005, {})
    there = other.tcp(ports=(50333, 443))
    there.seq, there.ip_id = list(t.seq), list(t.ip_id)
    for at in (20, 20.2, 20.6, 21.4, 23):
        there.send(at, 1, FIN | ACK, seq=t.seq[1])
    for at, who, flags, data in ((40, 0, PSH | ACK, b"ask"), (40.01, 1, RST, b"")):
        there.send(at + (0.005 if who == 0 else -0.005), who, flags, data, seq=t.seq[who])
        t.send(at, who, flags, data)
    return {"client": net, "server": other}


@case
def outage_of_large(net):
    """The connection is dead when the client sends much at once; until then it sent little.  Not a matter of size."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1, 20)
    u = net.tcp(ports=(50999, 80), isn=(7000000, 9000000))
    u.open(0.5)
    u.talk(2, 100)
    resend(t, 25, 0, b"x" * 700, 6)
    return {"client": net, "server": elsewhere(net, 0.005, {0: 25})}


@case
def lost_behind(net):
    """The router beside the client has them; further on nobody looked.  Its file comes first by name."""
    dying(net, 0)
    return {"a-router": elsewhere(net, 0.001, {}), "b-client": net}


@case
def seen_twice(net):
    """The router's capture is of all its links: it has each packet as it comes and as it goes."""
    dying(net, 0)
    router = elsewhere(net, 0.001, {})
    router.frames += [(t + 0.0001, bytes.fromhex("02000000aa0102000000aa02") + f[12:]) for t, f in router.frames]
    return {"client": net, "router": router}


@case
def reused_own_rst(net):
    """The client reset its connection, which the server never heard of; then the new one dies at the client's side."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1, 10)
    other = net.tcp(ports=(50999, 80))
    other.open(0.5)
    other.talk(2, 80)
    t.send(15, 0, RST | ACK)
    u = reopen(net, t, 20, (1000000, 7000000))
    u.talk(21, 10)
    resend(u, 40, 0, b"data", 5)
    # the RST never gets there, nor does anything from the last data on
    server = elsewhere(net, 0.005, {0: 40})
    server.frames = [(at, f) for at, f in server.frames if not 15 <= at - START < 15.1 or f[47] != RST | ACK]
    return {"client": net, "server": server}


def late_rst(net, opened):
    """The client resends until 11.2 s, and opens another connection; the RST at 35 s only answers what the server sends then."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1, 3)
    resend(t, 5, 0, b"hello", 5)
    u = net.tcp(ports=(50334, 443), isn=(70000, 90000))
    u.open(opened)
    u.talk(14, 3)
    t.send(35, 1, PSH | ACK, b"late", ack=t.seq[0] - 5)
    t.send(35.01, 0, RST, seq=t.seq[0] - 5)
    u.talk(40, 2)


@case
def given_up_before(net):
    """The other connection comes when the next resend was due."""
    late_rst(net, 13)


@case
def parallel_before(net):
    """It comes while the first one still resends, and says nothing of it."""
    late_rst(net, 5.5)


@case
def way_dead(net):
    """Nothing passes between client and router any more, in either direction: nobody acknowledged anything."""
    t = net.tcp(ports=(50333, 443))
    t.open(0)
    t.talk(1, 20)
    other = net.tcp(ports=(50999, 80))
    other.open(0.5)
    other.talk(2, 20)
    router = elsewhere(net, 0.003, {})
    for who, far in ((0, net), (1, router)):
        seq = t.seq[who]
        for at in (25, 25.2, 25.6, 26.4, 28, 31.2):
            t.net = far
            t.send(at + 0.01 * who, who, PSH | ACK, b"hello", seq=seq)
        t.seq[who] = seq
    t.net = net
    t.send(45, 0, RST | ACK)
    return {"client": net, "router": router}


@case
def both_ends(net):
    upload(net, True)
    return {"a": net, "b": at_other_end(net, 9000)}


@case
def both_ends_without_giants(net):
    """Nothing was lost before, as the acknowledgements show; so of the last one nobody knows."""
    upload(net, True)
    return {"a": net, "b": at_other_end(net, 1500)}


@case
def without_giants(net):
    upload(net, False)
    return {"a": net, "b": at_other_end(net, 1500)}


def main():
    for make in CASES:
        net = Net()
        folder = os.path.join(sys.argv[1], make.__name__.replace("_", "-"))
        os.mkdir(folder)
        for name, one in (make(net) or {"capture": net}).items():
            one.write(os.path.join(folder, name + ".pcap"))


main()
