#!/usr/bin/env python3
"""Makes OpenVPN tunnels whose ends fall silent or never agree, and what only looks like it: NAME/*.pcap.

usage: make_openvpn.py FOLDER

tests/openvpn.sh says what each must give.  The bytes depend on nothing but this file, traffic.py and
situations_openvpn.py.  Python 3 standard library only.
"""
import os
import sys

sys.dont_write_bytecode = True  # the sources may lie where nothing is to be written
from situations_openvpn import OpenVpn  # noqa: E402
from traffic import ACK, FIN, RST, START, Net  # noqa: E402

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


def main():
    for make in CASES:
        net = Net()
        make(net)
        folder = os.path.join(sys.argv[1], make.__name__.replace("_", "-"))
        os.makedirs(folder, exist_ok=True)
        net.write(os.path.join(folder, "capture.pcap"))


if __name__ == "__main__":
    main()
