#!/usr/bin/env python3
"""Makes OpenVPN tunnels whose ends fall silent or never agree, and what only looks like it: NAME/*.pcap.

usage: make_openvpn.py FOLDER

tests/openvpn.sh says what each must give.  The bytes depend on nothing but this file, traffic.py and
situations_openvpn.py.  Python 3 standard library only.
"""
import os
import struct
import sys

sys.dont_write_bytecode = True  # the sources may lie where nothing is to be written
from situations_openvpn import OpenVpn, TlsCrypt  # noqa: E402
from traffic import ACK, FIN, RST, START, Net, checksum, ether, ip4  # noqa: E402

CASES = []
NEW = (b"\x33" * 8, b"\x44" * 8)


def case(make):
    CASES.append(make)
    return make


def up(net, pings=6):
    """A tunnel with a ping of both ends every 10 s, the last ones at 51 s."""
    v = OpenVpn(net)
    v.open(0)
    for i in range(pings):
        v.ping(1 + 10 * i)
    return v


def pinged(v, at, n=5):
    for i in range(n):
        v.ping(at + 10 * i)


@case
def server_restarts(net):
    """The server falls silent; the client pings for a minute, gives up (--ping-restart 60) and starts again."""
    v, w = up(net), OpenVpn(net, sids=NEW)
    for i in range(6):
        v.data(61 + 10 * i, 0)
    w.open(112)
    pinged(w, 114)


@case
def begun_late(net):
    """The same, and the capture begins when the tunnel was up: the new session says who is the client."""
    server_restarts(net)
    net.frames = [f for f in net.frames if f[0] > START + 0.5]


@case
def server_restarts_soon(net):
    """As short as it can be: --keepalive 10 20."""
    v, w = up(net), OpenVpn(net, sids=NEW)
    v.data(61, 0)
    v.data(71, 0)
    w.open(73)
    pinged(w, 75)


@case
def server_restarts_busy(net):
    """There was always traffic, so that no ping was ever due."""
    v, w = OpenVpn(net), OpenVpn(net, sids=NEW)
    v.open(0)
    for i in range(60):
        v.ping(1 + i)
    for at in (0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 22.8, 32.8, 42.8, 52.8):
        v.data(60 + at, 0)
    w.open(121)
    pinged(w, 123)


@case
def client_comes_back(net):
    """The client falls silent and starts again.  The server pings the old session until the new one is up: the ping
    while they negotiate is no answer that fails to come."""
    v, w = up(net), OpenVpn(net, port=50002, sids=NEW)
    for i in range(6):
        v.data(61 + 10 * i, 1)
    w.control(119, 0, 7, number=0)
    w.control(119.01, 1, 8, acks=[0], number=0)
    v.data(121, 1)
    for i in range(2, 7):
        w.control(119.5 + i, i & 1, 4, acks=[i // 2 - 1], number=i // 2, tls=b"\x16\3\3\0\x40" + b"x" * 64)
    pinged(w, 127)


@case
def two_clients(net):
    """Two clients behind one NAT: the first one is gone without a word, the second one begins, and the server still
    pings the first one's session."""
    v, w = up(net), OpenVpn(net, port=61999, sids=NEW)
    for i in range(12):
        v.data(61 + 10 * i, 1)
    w.peer = 6
    w.open(111)
    pinged(w, 112, 12)


@case
def client_with_two_sessions(net):
    """The other way round: the first session's server is gone, its client pings on while a second session begins."""
    v, w = up(net), OpenVpn(net, port=61999, sids=NEW)
    for i in range(11):
        v.data(61 + 10 * i, 0)
    w.peer = 6
    w.open(113)
    pinged(w, 114, 12)


@case
def one_way_then_again(net):
    """Only the client has anything to say, for an hour and without pings (syslog); then it is started again."""
    v, w = OpenVpn(net), OpenVpn(net, port=50002, sids=NEW)
    v.open(0)
    for i in range(3):
        v.ping(1 + i)
    for i in range(120):
        v.data(10 + 30 * i, 0)
    w.open(3600)
    pinged(w, 3602)


@case
def answers_lost(net):
    """The server answers, and not one of its answers gets to the client, which asks again and again."""
    for k in range(2):
        v = OpenVpn(net, port=50001 + k, sids=(bytes([0x51 + k]) * 8, b"\x22" * 8))
        for at in (0, 2, 6, 14, 30):
            v.control(65 * k + at, 0, 7, number=0)
            v.control(65 * k + at + 0.01, 1, 8, acks=[0], number=0)


def over_tcp(net, end):
    """Three attempts, to which the server says nothing but TCP's acknowledgements; end(tcp, at) is their end."""
    for k in range(3):
        t = net.tcp(ports=(40000 + k, 1194))
        v = OpenVpn(net, tcp=t, sids=(bytes([0x51 + k]) * 8, b"\x22" * 8))
        t.open(65 * k)
        v.control(65 * k + 0.1, 0, 7, number=0)
        end(t, 65 * k + 60)


@case
def tcp_deaf(net):
    """The client gives up each time."""
    over_tcp(net, lambda t, at: t.close(at))


@case
def tcp_reset(net):
    """The server resets."""
    over_tcp(net, lambda t, at: t.send(at - 59.8, 1, RST | ACK))


@case
def tcp_closed(net):
    """The server closes."""
    def end(t, at):
        t.send(at, 1, FIN | ACK)
        t.send(at + 0.01, 0, FIN | ACK)
        t.send(at + 0.02, 1, ACK)
    over_tcp(net, end)


def refused(net, at, who=0, quote=None):
    """What `who` sent last is answered with ICMP port unreachable by the other end's host."""
    about = net.frames[-1][1][14:]
    icmp = struct.pack("!BBHI", 3, 3, 0, 0) + about[:quote]
    icmp = icmp[:2] + struct.pack("!H", checksum(icmp)) + icmp[4:]
    net.add(at, ether(1 - who, ip4(about[16:20], about[12:16], 1, icmp)))


def asks(net, at, v, times=(0, 2, 6, 14, 30), refuse=False, quote=None):
    """Hard resets as --tls-timeout resends them."""
    for t in times:
        v.control(at + t, 0, 7, number=0)
        if refuse:
            refused(net, at + t + 0.001, quote=quote)


def attempts(net, n=3, every=65, **how):
    for k in range(n):
        asks(net, every * k, OpenVpn(net, port=50001 + k, sids=(bytes([0x51 + k]) * 8, b"\x22" * 8)), **how)


@case
def refused_before(net):
    """The server is restarted with another key.  While it is away its host refuses the old tunnel's data; the hard
    resets, from the same port, are dropped without a word."""
    v = up(net)
    for i in range(3):
        v.data(61 + 10 * i, 0)
        refused(net, 61.001 + 10 * i)
    for k in range(2):
        asks(net, 85 + 65 * k, OpenVpn(net, sids=(bytes([0x51 + k]) * 8, b"\x22" * 8)))


@case
def refused_always(net):
    """Nothing listens there."""
    attempts(net, refuse=True)


@case
def refused_always_short_quotes(net):
    """The same from a host that quotes eight bytes behind the IP header, as RFC 792 asks for."""
    attempts(net, refuse=True, quote=28)


@case
def refused_at_first(net):
    """The server starts while the client asks, and drops what it asks."""
    asks(net, 0, OpenVpn(net, sids=(b"\x51" * 8, b"\x22" * 8)), refuse=True)
    asks(net, 65, OpenVpn(net, port=50002, sids=(b"\x52" * 8, b"\x22" * 8)))


@case
def refused_in_a_ring(net):
    """A capture in four files, which begin in the middle of an attempt, too."""
    attempts(net, refuse=True)
    net.parts = [(0, 10), (10, 66), (66, 135), (135, 999)]


@case
def asked_at_two_places(net):
    """Two captures on one way: every hard reset is in both."""
    attempts(net, n=2)
    net.views = [0, 0.002]


@case
def answers_lost_cut(net):
    """As answers_lost, and of each frame 60 bytes were captured: of the server's hard reset, not all."""
    answers_lost(net)
    net.snap = 60


@case
def idle_cut(net):
    """A key exchange that nobody can follow, since frames were cut, and no traffic behind it."""
    OpenVpn(net).open(0)
    net.snap = 60


@case
def up_cut(net):
    """The same with traffic: the tunnel was up."""
    up(net)
    net.snap = 60


@case
def tls_crypt_hello_only(net):
    """The server's flight is too large for the way.  Nobody can read the ids; but the client sent its ClientHello
    alone, and began again after the hand-window."""
    for k in range(2):
        v = TlsCrypt(net, port=50001 + k, sids=(bytes([0x51 + k]) * 8, bytes([0x61 + k]) * 8))
        v.control(62 * k, 0, 7, number=0)
        v.control(62 * k + 0.01, 1, 8, acks=[0], number=0)
        v.control(62 * k + 0.02, 0, 4, acks=[0], number=1, tls=b"x" * 285)
        v.control(62 * k + 0.03, 1, 4, acks=[1], number=2, tls=b"x" * 90)
        v.control(62 * k + 0.04, 0, 5, acks=[2])


@case
def tls_crypt_idle_twice(net):
    """Two whole key exchanges without traffic."""
    TlsCrypt(net).open(0)
    TlsCrypt(net, port=50002, sids=NEW).open(62)


def hangs(net, tcp=False):
    """A tunnel whose server hangs at 52 s, and the new session, which is not answered from 112 s on."""
    if tcp:
        t = [net.tcp(ports=(40001 + k, 1194)) for k in range(2)]
        t[0].open(-1)
        t[1].open(111)
        v, w = OpenVpn(net, tcp=t[0]), OpenVpn(net, tcp=t[1], sids=NEW)
        v.open(0)
        pinged(v, 1, 6)
    else:
        v, w = up(net), OpenVpn(net, port=50002, sids=NEW)
    for i in range(6):
        v.data(61 + 10 * i, 0)
    return v, w


@case
def server_hangs(net):
    """When the server goes on it answers the new session, and says what it had to say on the old port, which its client
    has closed; and goes on so for a while (--duplicate-cn)."""
    v, w = hangs(net)
    asks(net, 112, w, (0, 2, 6))
    w.open(123)
    for i in range(4):
        v.data(122.9 + 10 * i, 1)
        refused(net, 122.901 + 10 * i, 1)
    pinged(w, 124)


@case
def server_hangs_tcp(net):
    """The same over TCP, which acknowledges all the time."""
    v, w = hangs(net, tcp=True)
    w.control(112, 0, 7, number=0)
    v.data(122.8, 1)
    w.control(122.9, 1, 8, acks=[0], number=0)
    w.open(123)
    pinged(w, 124)


@case
def client_sleeps(net):
    """The client sleeps, the server gives it up; when the client wakes nobody answers, and it starts again."""
    v, w = up(net), OpenVpn(net, port=50002, sids=NEW)
    for i in range(6):
        v.data(61 + 10 * i, 1)
    for i in range(4):
        v.data(160 + 10 * i, 0)
    w.open(201)
    pinged(w, 202)


@case
def begun_asleep(net):
    """The same, and the capture begins while the client sleeps."""
    client_sleeps(net)
    net.frames = [f for f in net.frames if f[0] > START + 55]


def short(net, resets):
    """--keepalive 2 8: three packets into silence, and a new session."""
    v, w = OpenVpn(net), OpenVpn(net, port=50002, sids=NEW)
    v.open(0)
    for i in range(6):
        v.ping(1 + 2 * i)
    for i in range(3):
        v.data(13 + 2 * i, 0)
    asks(net, 21.2, w, resets)
    w.open(21.2 + (14 if resets[1:] else 2))
    for i in range(5):
        w.ping(40 + 2 * i)


@case
def short_outage(net):
    """The hard resets of the new session are not answered either, for 14 s."""
    short(net, (0, 2, 6))


@case
def short_leave(net):
    """It may have been farewells: of the new session only the first hard reset was lost."""
    short(net, (0,))


@case
def client_comes_back_late(net):
    """The server has given the client up half a minute before it starts again."""
    v, w = up(net), OpenVpn(net, port=50002, sids=NEW)
    for i in range(6):
        v.data(61 + 10 * i, 1)
    w.open(140)
    pinged(w, 141)


def main():
    for make in CASES:
        net = Net()
        net.parts, net.views, net.snap = [(-1, 99999)], [0], 65535
        make(net)
        folder = os.path.join(sys.argv[1], make.__name__.replace("_", "-"))
        os.makedirs(folder, exist_ok=True)
        frames, n = net.frames, 0
        for start, end in net.parts:
            for late in net.views:
                n += 1
                net.frames = [(t + late, f) for t, f in frames if start <= t - START < end]
                net.write(os.path.join(folder, "capture%d.pcap" % n), snap=net.snap)


if __name__ == "__main__":
    main()
