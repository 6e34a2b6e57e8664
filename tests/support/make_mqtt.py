#!/usr/bin/env python3
"""Makes MQTT sessions that died of their keep-alive: NAME/capture.pcap.

usage: make_mqtt.py FOLDER

tests/mqtt.sh says what each must give.  The bytes depend on nothing but this file, traffic.py and
situations_mqtt.py.  Python 3 standard library only.
"""
import os
import sys

sys.dont_write_bytecode = True  # the sources may lie where nothing is to be written
from situations_mqtt import Mqtt  # noqa: E402
from traffic import ACK, FIN, PSH, RST, START, Net  # noqa: E402

CASES = []


def case(make):
    CASES.append(make)
    return make


def begun_late(net, tls, leave):
    """The capture begins long after the handshake; the last of the client's pings is never answered."""
    m = Mqtt(net, tls)
    for i in range(8):
        m.ping(60 * (i + 1))
    m.say(540, 0, b"\xc0\0")
    m.t.send(570, 0, leave | ACK)
    net.frames = [f for f in net.frames if f[0] > START + 30]


@case
def begun_late_tls12(net):
    begun_late(net, 12, FIN)


@case
def begun_late_tls13(net):
    begun_late(net, 13, RST)


@case
def begun_late_clear(net):
    begun_late(net, None, RST)


def timed_out(net, at):
    """MQTT 5: the broker hears nothing for one and a half times the keep-alive, and says so (3.14.2.1)."""
    t = net.tcp(ports=(40001, 1883))
    t.open(0)
    t.say(0.1, 0, b"\x10\x0f\0\4MQTT\5\2\0\x1e\0\0\2me")
    t.say(0.2, 1, b"\x20\3\0\0\0")
    for i in range(3):
        t.say(30 * (i + 1), 0, b"\xc0\0")
        t.say(30 * (i + 1) + 0.05, 1, b"\xd0\0")
    t.say(at, 1, b"\xe0\2\x8d\0")
    return t


@case
def told_by_broker(net):
    timed_out(net, 135).close(135.1)


@case
def client_wakes(net):
    """The client speaks again when it is too late."""
    t = timed_out(net, 135)
    t.say(135.5, 0, b"\xc0\0")
    t.send(135.6, 1, RST)


@case
def client_spoke(net):
    """The broker says that it heard nothing, 5 s after a ping that it answered."""
    timed_out(net, 95).close(95.1)


def pinging(net, version=4):
    t = net.tcp(ports=(40001, 1883))
    t.open(0)
    t.say(0.1, 0, b"\x10\x0e\0\4MQTT" + bytes([version]) + b"\2\0\x1e\0\2me")
    t.say(0.2, 1, b"\x20\2\0\0")
    for i in range(3):
        t.say(30 * (i + 1), 0, b"\xc0\0")
        t.say(30 * (i + 1) + 0.05, 1, b"\xd0\0")
    return t


@case
def closed_by_broker(net):
    """MQTT 3.1.1: the broker hears nothing for one and a half times the keep-alive, and closes without a word (3.1.2.10)."""
    t = pinging(net)
    t.send(136, 1, FIN | ACK)
    t.send(136.1, 0, ACK)


@case
def closed_early(net):
    """The broker is stopped, 20 s after a ping."""
    pinging(net).send(110, 1, FIN | ACK)


@case
def closed_unread(net):
    """What the client said at last is missing here."""
    t = pinging(net)
    t.send(120, 0, PSH | ACK, b"\xc0\0", keep=False)
    t.send(120.05, 1, ACK)
    t.send(166, 1, FIN | ACK)


@case
def closed_resending(net):
    """The client does speak, and is not heard: that is for tcp-dead-peer to say."""
    t = pinging(net)
    seq = t.seq[0]
    for at in (100, 101, 103, 107, 115, 131):
        t.send(at, 0, PSH | ACK, b"\xc0\0", seq=seq)
    t.send(140, 1, FIN | ACK, ack=seq)


@case
def another_client(net):
    """One ping is unanswered when the capture ends; a second client of the same host connects meanwhile."""
    t = pinging(net)
    t.say(120, 0, b"\xc0\0")
    u = net.tcp(ports=(40002, 1883))
    u.open(126)
    u.say(126.1, 0, b"\x10\x0e\0\4MQTT\4\2\0\x1e\0\2it")
    u.say(126.2, 1, b"\x20\2\0\0")
    u.say(127, 0, b"\xc0\0")
    u.say(127.1, 1, b"\xd0\0")


def way_back(net, tls):
    """The way back is dead for 25 s; the client opens a new connection after 6 s, and closes the old one when the late answers
    come."""
    m = Mqtt(net, tls)
    for i in range(4):
        m.ping(60 * (i + 1))
    seq = m.t.seq[0]
    m.t.send(300, 0, PSH | ACK, m.bytes(b"\xc0\0"))
    end = m.t.seq[0]
    for wait in (0.2, 0.6, 1.4, 3, 6.2, 12.6):
        m.t.send(300 + wait, 0, PSH | ACK, m.bytes(b"\xc0\0"), seq=seq)
    Mqtt(Shifted(net, 306), tls, port=40002)
    m.t.send(325, 1, ACK, ack=end)
    m.t.send(325.1, 0, FIN | ACK)
    m.t.send(325.2, 1, PSH | ACK, m.bytes(b"\xd0\0"))


class Shifted(Net):
    """The same capture, later."""

    def __init__(self, net, by):
        self.net, self.by = net, by

    def add(self, at, frame):
        self.net.add(at + self.by, frame)


@case
def way_back_clear(net):
    way_back(net, None)


@case
def way_back_tls(net):
    way_back(net, 12)


def main():
    for make in CASES:
        net = Net()
        make(net)
        folder = os.path.join(sys.argv[1], make.__name__.replace("_", "-"))
        os.mkdir(folder)
        net.write(os.path.join(folder, "capture.pcap"))


main()
