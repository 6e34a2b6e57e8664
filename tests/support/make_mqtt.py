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
from traffic import ACK, FIN, RST, START, Net  # noqa: E402

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


def main():
    for make in CASES:
        net = Net()
        make(net)
        folder = os.path.join(sys.argv[1], make.__name__.replace("_", "-"))
        os.mkdir(folder)
        net.write(os.path.join(folder, "capture.pcap"))


main()
