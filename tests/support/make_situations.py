#!/usr/bin/env python3
"""Makes captures of things that happen on every network and are no fault, each a file NAME.pcap.

usage: make_situations.py FOLDER

A rule that raises an alarm on one of them is wrong; tests/situations.sh says what each must give.
The bytes depend on nothing but the files here.  Python 3 standard library only.
"""
import os
import random
import struct
import sys

sys.dont_write_bytecode = True  # the sources may lie where nothing is to be written
import situations_mqtt  # noqa: E402,F401: adds its own
import situations_openvpn  # noqa: E402,F401: as well
from traffic import (ACK, FIN, HOSTS, MACS, PSH, RST, SITUATIONS, SYN, Net, checksum, ether,  # noqa: E402
                     ip4, situation)

SNAPS = {"snapped_64": 64, "snapped_96": 96}
OUT_OF_ORDER = ("out_of_order", "clock_back", "clock_back_before_ack", "mqtt_two_queues")

# -- opening -----------------------------------------------------------------------------------------

@situation
def simultaneous_open(net):
    """Both ends send a SYN, both answer with SYN/ACK (RFC 9293 figure 8)."""
    t = net.tcp(ports=(7000, 7000))
    t.send(0, 0, SYN)
    t.send(0.001, 1, SYN)
    t.send(0.01, 0, SYN | ACK, seq=1000, ack=5001)
    t.send(0.011, 1, SYN | ACK, seq=5000, ack=1001)
    t.send(0.02, 0, ACK)
    t.send(0.021, 1, ACK)
    t.talk(1)
    t.close(5)


@situation
def split_handshake(net):
    """The server answers a SYN with an ACK and a SYN of its own."""
    t = net.tcp()
    t.send(0, 0, SYN)
    t.send(0.01, 1, ACK, seq=5000, ack=1001)
    t.send(0.011, 1, SYN)
    t.send(0.02, 0, SYN | ACK, seq=1000)
    t.send(0.03, 1, ACK)
    t.talk(1)
    t.close(5)


@situation
def fast_open(net):
    """Data in the SYN, and the answer acknowledges it (RFC 7413)."""
    t = net.tcp()
    t.send(0, 0, SYN, b"GET / HTTP/1.0\r\n\r\n", options=bytes([34, 10]) + b"cookie01" + b"\1\1")
    t.send(0.01, 1, SYN | ACK)
    t.send(0.011, 1, PSH | ACK, b"HTTP/1.0 200 OK\r\n\r\n")
    t.send(0.02, 0, ACK)
    t.close(1)


@situation
def fast_open_refused(net):
    """The server takes the SYN but not its data, which is sent again."""
    t = net.tcp()
    t.send(0, 0, SYN, b"hello", options=bytes([34, 10]) + b"cookie01" + b"\1\1")
    t.send(0.01, 1, SYN | ACK, ack=1001)
    t.send(0.02, 0, PSH | ACK, b"hello", seq=1001)
    t.send(0.03, 1, ACK)
    t.talk(1)
    t.close(6)


@situation
def syn_resent(net):
    """The first two SYNs are lost."""
    t = net.tcp()
    for at in (0, 1, 3):
        t.send(at, 0, SYN, seq=1000)
    t.send(3.01, 1, SYN | ACK)
    t.send(3.02, 0, ACK)
    t.talk(4)
    t.close(9)


@situation
def syn_ack_resent(net):
    """The SYN/ACK is lost twice, and the SYN comes again in between."""
    t = net.tcp()
    t.send(0, 0, SYN)
    t.send(0.01, 1, SYN | ACK)
    t.send(1, 0, SYN, seq=1000)
    t.send(1.01, 1, SYN | ACK, seq=5000)
    t.send(2.01, 1, SYN | ACK, seq=5000)
    t.send(2.02, 0, ACK)
    t.talk(3)
    t.close(9)


@situation
def syn_cookies(net):
    """The server keeps nothing and chooses another number for the SYN that comes again."""
    t = net.tcp()
    t.send(0, 0, SYN)
    t.send(0.01, 1, SYN | ACK)
    t.send(1, 0, SYN, seq=1000)
    t.seq[1] = 99000
    t.send(1.01, 1, SYN | ACK)
    t.send(1.02, 0, ACK)
    t.talk(2)
    t.close(9)


@situation
def syn_copy_late(net):
    """The first SYN was delayed, and comes when the connection is up; the server answers with an ACK."""
    t = net.tcp()
    t.send(0, 0, SYN)
    t.send(0.01, 1, SYN | ACK)
    t.send(0.02, 0, ACK)
    t.say(0.1, 0, b"hello")
    t.send(1, 0, SYN, seq=1000)
    t.send(1.01, 1, ACK)
    t.talk(2)
    t.close(6)


def stray_syn(net, seq):
    """A SYN on a live download; the client only receives, and both go on in the old life."""
    t = net.tcp()
    t.open(0)
    t.say(0.1, 0, b"get")
    t.say(0.2, 1, bytes(1000))
    t.send(1, 0, SYN, seq=seq, ack=0)
    t.seq[0] = 1004
    t.send(1.01, 1, ACK)
    return t


@situation
def syn_copy_on_download(net):
    """The first SYN comes once more, late, while the client sends nothing but ACKs."""
    t = stray_syn(net, 1000)
    for i in range(20):
        t.say(2 + i / 10, 1, bytes(1000))
    t.close(6)


@situation
def syn_blind(net):
    """A SYN that somebody else sent (RFC 5961 section 1.2); the next thing is the client's FIN."""
    stray_syn(net, 700000000).close(6)


@situation
def port_scan(net):
    """A thousand SYNs; most ports refuse, some are silent, some are open and reset at once."""
    for port in range(1, 1001):
        t = net.tcp(ports=(55555, port), isn=(77000, 900000 + port))
        at = port / 500
        t.send(at, 0, SYN)
        if port % 10 == 0:
            t.send(at + 0.001, 1, SYN | ACK)
            t.send(at + 0.002, 0, RST, seq=77001)
        elif port % 3:
            t.send(at + 0.001, 1, RST | ACK, seq=0)


@situation
def scan_twice(net):
    """A second scan from the same port: half-open connections were reset in between."""
    for turn in range(2):
        for port in range(1, 50):
            t = net.tcp(ports=(55555, port), isn=(77000 + 1000 * turn, 900000 + port + 77777 * turn))
            at = turn * 20 + port / 100
            t.send(at, 0, SYN)
            if port % 10 == 0:
                t.send(at + 0.001, 1, SYN | ACK)
                t.send(at + 0.002, 0, RST, seq=t.seq[0])
            else:
                t.send(at + 0.001, 1, RST | ACK, seq=0)


@situation
def multipath(net):
    """MPTCP: a second subflow from another port joins (RFC 8684)."""
    t = net.tcp()
    join = net.tcp(ports=(40002, 9000), isn=(70000, 80000))
    t.send(0, 0, SYN, options=bytes([30, 4, 1, 0x81]))
    t.send(0.01, 1, SYN | ACK, options=bytes([30, 12, 1, 0x81]) + b"keykeyke")
    t.send(0.02, 0, ACK, options=bytes([30, 20, 1, 0x81]) + b"keykeykekeykeyke")
    t.talk(1)
    join.send(2, 0, SYN, options=bytes([30, 12, 0x10, 1]) + b"tokntokn")
    join.send(2.01, 1, SYN | ACK, options=bytes([30, 16, 0x10, 1]) + b"macmacmacmac")
    join.send(2.02, 0, ACK, options=bytes([30, 24, 0x10, 0]) + b"m" * 20)
    join.talk(3)
    t.close(9)
    join.close(9.1)


# -- staying -----------------------------------------------------------------------------------------

@situation
def keep_alives(net):
    """Idle for hours, with probes that are answered."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    for i in range(1, 100):
        t.send(10 + i * 75, 0, ACK, seq=t.seq[0] - 1)
        t.send(10 + i * 75 + 0.01, 1, ACK)
    t.talk(8000)


@situation
def keep_alives_with_byte(net):
    """Probes of the old kind carry one byte that was sent before."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    for i in range(1, 20):
        t.send(10 + i * 75, 1, ACK, b"\0", seq=t.seq[1] - 1)
        t.send(10 + i * 75 + 0.01, 0, ACK)


@situation
def half_close(net):
    """The client has said all; the server goes on for a minute."""
    t = net.tcp()
    t.open(0)
    t.say(0.5, 0, b"send me everything")
    t.send(1, 0, FIN | ACK)
    t.send(1.01, 1, ACK)
    for i in range(60):
        t.say(2 + i, 1, b"x" * 1000)
    t.send(70, 1, FIN | ACK)
    t.send(70.01, 0, ACK)


def window_closed_for_long(net, length):
    """The receiver's window stays closed for two minutes; probes carry `length` new bytes, or an old number."""
    t = net.tcp()
    t.open(0)
    t.say(0.5, 0, b"x" * 1000)
    t.send(1, 1, ACK, window=0)
    for at in (1.5, 2.5, 4.5, 8.5, 16.5, 32.5, 64.5):
        seq = t.seq[0]
        t.send(at, 0, ACK, b"y" * length, seq=seq if length else seq - 1)
        t.seq[0] = seq
        t.send(at + 0.01, 1, ACK, window=0)
    t.send(120, 1, ACK)
    t.talk(121)
    t.close(130)


@situation
def window_closed(net):
    window_closed_for_long(net, 1)


@situation
def window_closed_probe_old(net):
    """As Linux does it."""
    window_closed_for_long(net, 0)


@situation
def loss_repaired(net):
    """Three resends, the last one arrives after seven seconds."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    seq = t.say(5, 0, b"important", acked=False)
    for at in (6, 8, 12):
        t.send(at, 0, PSH | ACK, b"important", seq=seq)
    t.send(12.01, 1, ACK)
    t.talk(13)
    t.close(20)


def resent_for_a_moment(net, late=0.05):
    """Data that is resent once: it was answered where this capture did not see it, for no stack stops so soon."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    seq = t.say(10, 0, b"the last words", acked=False)
    t.send(10 + late, 0, PSH | ACK, b"the last words", seq=seq)
    return t


def talk_later(net, at, port):
    other = net.tcp(ports=(40002, port))
    other.open(at)
    other.talk(at + 1)
    other.close(at + 5)


@situation
def answer_missed(net):
    resent_for_a_moment(net)
    talk_later(net, 100, 9001)


@situation
def answer_missed_then_new(net):
    """A minute later the client opens its next connection to that server."""
    resent_for_a_moment(net)
    talk_later(net, 100, 9000)


@situation
def answer_missed_then_closed(net):
    """A minute later it closes: the capture loses what the server sends."""
    t = resent_for_a_moment(net)
    t.send(100, 0, FIN | ACK)
    t.send(100.05, 0, FIN | ACK, seq=t.seq[0] - 1)
    talk_later(net, 300, 9001)


@situation
def handshake_missed(net):
    """Behind the SYN the capture misses the SYN/ACK, the ACK and the request; it has the ACK of that."""
    t = net.tcp()
    t.send(0, 0, SYN)
    t.send(0.01, 1, SYN | ACK, keep=False)
    t.send(0.02, 0, ACK, keep=False)
    t.send(0.03, 0, PSH | ACK, b"a request of 24 bytes...", keep=False)
    t.send(0.04, 1, ACK)
    t.talk(1)
    t.close(5)


@situation
def handshake_missed_on_old(net):
    """The same on ports whose life before was left half-closed, and the one before that was closed."""
    first = net.tcp(isn=(214265614, 3480593463))
    first.open(0)
    first.talk(1)
    first.close(5)
    second = net.tcp(isn=(1332502772, 206113354))
    second.open(20)
    second.talk(21)
    second.send(30, 1, FIN | ACK)
    t = net.tcp(isn=(2907983164, 3208876054))
    t.send(400, 0, SYN)
    t.send(400.01, 1, SYN | ACK, keep=False)
    t.send(400.02, 0, ACK, keep=False)
    for i in range(5):
        t.say(401 + i, 0, b"asked in the new life")
    t.close(410)


@situation
def big_gap(net):
    """Two captures joined into one file: months lie between a segment and the end."""
    resent_for_a_moment(net, 0.3)
    talk_later(net, 9000000, 9001)


@situation
def pmtu(net):
    """A router says that the packet is too large, and smaller ones get through."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    seq = t.seq[0]
    big = t.send(5, 0, PSH | ACK, b"x" * 1400)
    icmp = struct.pack("!BBHHH", 3, 4, 0, 0, 1300) + big[:28]
    icmp = icmp[:2] + struct.pack("!H", checksum(icmp)) + icmp[4:]
    net.add(5.01, ether(1, ip4(bytes([203, 0, 113, 1]), HOSTS[0], 1, icmp)))
    t.send(5.02, 0, ACK, b"x" * 1200, seq=seq)
    t.send(5.03, 0, PSH | ACK, b"x" * 200, seq=seq + 1200)
    t.send(5.04, 1, ACK)
    t.talk(6)
    t.close(10)


@situation
def segmentation_offload(net):
    """Frames of 40 kB, as a host sees them before its card cuts them up."""
    t = net.tcp()
    t.open(0)
    for i in range(10):
        t.say(1 + i, 1, b"z" * 40000)
    t.close(20)


@situation
def fragments(net):
    """Each data segment comes in three fragments."""
    t = net.tcp()
    t.open(0)
    for i in range(5):
        whole = t.send(1 + i, 0, PSH | ACK, b"d" * 2900, keep=False)
        body = whole[20:]
        for at in (0, 1000, 2000):
            more = at + 1000 < len(body)
            piece = ip4(HOSTS[0], HOSTS[1], 6, body[at:at + 1000 if more else None], 100 + i, more=more, offset=at)
            net.add(1 + i + at / 1e6, ether(0, piece))
            if not more:
                break
        t.send(1 + i + 0.01, 1, ACK)
    t.close(20)


# -- ending ------------------------------------------------------------------------------------------

@situation
def reset_after_fin(net):
    """A browser closes, then resets what still comes."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    t.send(5, 0, FIN | ACK)
    t.send(5.01, 1, ACK)
    t.send(5.02, 1, PSH | ACK, b"more")
    t.send(5.03, 0, RST, seq=t.seq[0])


@situation
def reset_by_server(net):
    t = net.tcp()
    t.open(0)
    t.talk(1)
    t.send(60, 1, RST, seq=t.seq[1])


@situation
def reused_after_close(net):
    """The same four-tuple ten times, each closed before."""
    for i in range(10):
        t = net.tcp(isn=(1000 + i * 100000, 5000 + i * 200000))
        t.open(i * 3)
        t.say(i * 3 + 1, 0, b"hello")
        t.close(i * 3 + 2)


@situation
def reused_after_reset(net):
    for i in range(10):
        t = net.tcp(isn=(1000 + i * 100000, 5000 + i * 200000))
        t.open(i * 3)
        t.say(i * 3 + 1, 0, b"hello")
        t.send(i * 3 + 2, 1, RST | ACK, seq=t.seq[1])


@situation
def reused_in_time_wait(net):
    """The server closed first, the client comes again at once from the same port: RFC 6191."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    t.send(5, 1, FIN | ACK)
    t.send(5.01, 0, FIN | ACK)
    t.send(5.02, 1, ACK)
    again = net.tcp(isn=(900000, 950000))
    again.open(5.5)
    again.talk(6)
    again.close(10)


@situation
def time_wait_challenge(net):
    """TIME-WAIT answers the early SYN with its last ACK; the opener resets it and gets in."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    t.send(5, 1, FIN | ACK)
    t.send(5.01, 0, FIN | ACK)
    t.send(5.02, 1, ACK)
    again = net.tcp(isn=(500, 950000))
    again.send(6, 0, SYN)
    again.send(6.01, 1, ACK, seq=t.seq[1], ack=t.seq[0])
    again.send(6.02, 0, RST, seq=t.seq[0])
    again.send(7, 0, SYN, seq=500)
    again.send(7.01, 1, SYN | ACK)
    again.send(7.02, 0, ACK)
    again.talk(8)
    again.close(12)


@situation
def reopened_and_idle(net):
    """A host restarts, comes back on the same ports, is repaired within seconds, and closes without data."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    again = net.tcp(isn=(777000, 950000))
    again.send(60, 0, SYN)
    again.send(60.01, 1, ACK, seq=t.seq[1], ack=t.seq[0])
    again.send(60.02, 0, RST, seq=t.seq[0])
    again.send(61, 0, SYN, seq=777000)
    again.send(61.01, 1, SYN | ACK)
    again.send(61.02, 0, ACK)
    again.send(90, 1, FIN | ACK)
    again.send(90.01, 0, ACK)


@situation
def reused_after_a_day(net):
    """A port comes round again a day later; both ends had forgotten the old connection long ago."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    again = net.tcp(isn=(123456, 654321))
    again.open(86400)
    again.talk(86401)
    again.close(86410)


# -- captures ----------------------------------------------------------------------------------------

@situation
def from_the_middle(net):
    t = net.tcp()
    t.talk(1, 10)
    t.close(20)


@situation
def from_the_middle_of_many(net):
    for i in range(20):
        t = net.tcp(ports=(41000 + i, 9000), isn=(1000 * i, 7000 * i))
        t.talk(1 + i / 100)


@situation
def one_direction(net):
    """Only what the client sends; data is resent now and then."""
    t = net.tcp()
    net.add, keep = (lambda at, f: keep(at, f) if f[6:12] == MACS[0] else None), net.add
    t.open(0)
    t.talk(1, 10)
    seq = t.say(15, 0, b"once more")
    t.send(15.3, 0, PSH | ACK, b"once more", seq=seq)
    t.talk(16, 10)
    t.close(40)


@situation
def other_direction(net):
    t = net.tcp()
    net.add, keep = (lambda at, f: keep(at, f) if f[6:12] == MACS[1] else None), net.add
    t.open(0)
    t.talk(1, 10)
    t.close(40)


@situation
def one_direction_reused(net):
    """One direction of a client that takes the same port again and again; its SYN is resent now and then."""
    only_before(net, 0)
    for i in range(10):
        t = net.tcp(isn=(1000 + i * 100000, 5000 + i * 200000))
        t.open(i * 30)
        if i % 3 == 1:
            t.send(i * 30 + 0.015, 0, SYN, seq=1000 + i * 100000)
        t.talk(i * 30 + 1)
        t.close(i * 30 + 20)


@situation
def other_direction_reused(net):
    keep = net.add
    net.add = lambda at, f: keep(at, f) if f[6:12] == MACS[1] else None
    for i in range(10):
        t = net.tcp(isn=(1000 + i * 100000, 5000 + i * 200000))
        t.open(i * 30)
        t.talk(i * 30 + 1)
        t.close(i * 30 + 20)


@situation
def half_seen(net):
    """From the tenth second on, what the server sends takes another way."""
    t = net.tcp()
    net.add, keep = (lambda at, f: keep(at, f) if at < 10 or f[6:12] == MACS[0] else None), net.add
    t.open(0)
    t.talk(1, 30)
    seq = t.say(35, 0, b"once more")
    t.send(35.2, 0, PSH | ACK, b"once more", seq=seq)
    t.talk(36, 30)
    t.close(80)


def only_before(net, until):
    """From then on, only what the client sends is captured."""
    keep = net.add
    net.add = lambda at, f: keep(at, f) if at < until or f[6:12] == MACS[0] else None


@situation
def half_seen_losses(net):
    """The same for an hour, with a resend now and then."""
    only_before(net, 10)
    t = net.tcp(stamps=True)
    t.open(0)
    for i in range(60):
        t.talk(1 + 60 * i, 4)
        seq = t.say(10 + 60 * i, 0, b"lost at first")
        for late in (0.3, 0.9, 2.1, 4.5):
            t.send(10 + 60 * i + late, 0, PSH | ACK, b"lost at first", seq=seq)
        t.send(10 + 60 * i + 4.6, 1, ACK)
    t.send(3660, 0, RST, seq=t.seq[0])


@situation
def half_seen_probes(net):
    """Probes of an idle connection, whose answers take another way."""
    only_before(net, 10)
    t = net.tcp()
    t.open(0)
    t.talk(1)
    for i in range(1, 60):
        t.send(10 + i * 60, 0, ACK, seq=t.seq[0] - 1)
        t.send(10 + i * 60 + 0.01, 1, ACK)
    t.close(4000)
    other = net.tcp(ports=(40002, 9001))
    other.open(5000)


@situation
def half_seen_pings(net):
    """An MQTT client pings for half an hour; its broker's answers take another way."""
    only_before(net, 200)
    t = net.tcp(ports=(40001, 1883))
    t.open(0)
    t.say(0.1, 0, b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02me")
    t.say(0.2, 1, b"\x20\x02\x00\x00")
    for i in range(1, 30):
        t.say(60 * i, 0, b"\xc0\x00", acked=False)
        t.say(60 * i + 0.05, 1, b"\xd0\x00")
    t.say(1900, 0, b"\xe0\x00")
    t.close(1900.1)


@situation
def half_seen_pings_piggyback(net):
    """The same, but each ping acknowledges the answer to the one before."""
    only_before(net, 200)
    t = net.tcp(ports=(40001, 1883), stamps=True)
    t.open(0)
    t.say(0.1, 0, b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02me")
    t.say(0.2, 1, b"\x20\x02\x00\x00")
    for i in range(1, 30):
        seq = t.say(60 * i, 0, b"\xc0\x00", acked=False)
        t.send(60 * i + 0.3, 0, PSH | ACK, b"\xc0\x00", seq=seq)
        t.say(60 * i + 0.4, 1, b"\xd0\x00", acked=False)
    t.close(1900.1)


@situation
def padding_counted(net):
    """A middlebox counts the padding of short frames as payload: no ACK covers it."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    for at, who, flags in ((5, 1, FIN | ACK), (5.01, 0, ACK), (5.02, 0, FIN | ACK), (5.03, 1, ACK)):
        before = list(t.seq)
        t.send(at, who, flags, b"\0" * 6)
        t.seq = [before[i] + (1 if i == who and flags & FIN else 0) for i in (0, 1)]
    talk_later(net, 60, 9001)


@situation
def frames_lost(net):
    """The capturing host dropped every third frame."""
    t = net.tcp()
    t.open(0)
    t.talk(1, 40)
    t.close(50)
    net.frames = [f for i, f in enumerate(net.frames) if i % 3 != 1]


@situation
def mirrored_twice(net):
    """A mirror port shows each frame as it comes in and as it goes out, 20 us apart."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    t.close(5)
    net.frames = [g for at, f in net.frames for g in ((at, f), (at + 0.00002, f))]


@situation
def routed_copy(net):
    """Before and behind a router: other MACs, a smaller TTL."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    t.close(5)
    copies = []
    for at, f in net.frames:
        ip = f[14:]
        head = ip[:8] + bytes([ip[8] - 1]) + ip[9:10] + b"\0\0" + ip[12:20]
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        copies.append((at + 0.0003, bytes.fromhex("0200000000aa0200000000bb0800") + head + ip[20:]))
    net.frames += copies


@situation
def address_translated(net):
    """Before and behind a NAT that keeps the port."""
    t = net.tcp()
    inner = (bytes([10, 0, 0, 5]), HOSTS[1])
    n = net.tcp(hosts=inner)
    for who in (t, n):
        late = 0 if who is n else 0.0004
        who.open(0 + late)
        who.talk(1 + late)
        who.close(5 + late)


@situation
def address_shared(net):
    """Two hosts behind a NAT, one after the other on the same outer port."""
    for i in range(4):
        t = net.tcp(isn=(random.Random(i).getrandbits(32), random.Random(i + 50).getrandbits(32)))
        t.open(i * 200)
        t.talk(i * 200 + 1)
        t.close(i * 200 + 10)


@situation
def out_of_order(net):
    """A file whose frames are not in the order of their times (two interfaces, written in turn)."""
    t = net.tcp()
    t.open(0)
    t.talk(1, 20)
    t.close(30)
    r = random.Random(1)
    frames = net.frames
    net.frames = []
    while frames:
        net.frames.append(frames.pop(r.randrange(min(4, len(frames)))))


@situation
def clock_back(net):
    """The clock of the capturing machine is set back by 5 s; what comes then cannot be put in order."""
    t = net.tcp()
    t.open(0)
    t.talk(1, 10)
    before = len(net.frames)
    t.talk(12, 10)
    t.close(30)
    net.frames[before:] = [(at - 5, frame) for at, frame in net.frames[before:]]


@situation
def clock_back_before_ack(net):
    """The same while data waits for its acknowledgement."""
    t = net.tcp()
    t.open(0)
    t.talk(1, 10)
    seq = t.say(20, 0, b"asked once more", acked=False)
    for at in (20.3, 21, 23.5):
        t.send(at, 0, PSH | ACK, b"asked once more", seq=seq)
    before = len(net.frames)
    t.send(23.6, 1, ACK)
    t.talk(24, 8)
    t.close(33)
    net.frames[before:] = [(at - 600, frame) for at, frame in net.frames[before:]]
    net.tcp(ports=(40002, 9000)).open(50)


@situation
def reordered(net):
    """The network itself brings segments out of order."""
    t = net.tcp()
    t.open(0)
    for i in range(10):
        seq = t.seq[1]
        for k in (1, 0, 2):
            t.send(1 + i + k / 1000, 1, ACK, b"%d" % k * 500, seq=seq + k * 500)
        t.send(1 + i + 0.01, 0, ACK)
    t.close(20)


@situation
def wrapped_numbers(net):
    """Sequence numbers go through zero."""
    t = net.tcp(isn=(0xfffffff0, 0xffffff00))
    t.seq = [0xfffffff0, 0xffffff00]
    t.open(0)
    t.talk(1, 40)
    t.close(50)


def gre(at, frame):
    """Puts the IP packet of a frame into GRE between two other hosts."""
    who = 0 if frame[6:12] == MACS[0] else 1
    ends = (bytes([10, 1, 1, 1]), bytes([10, 2, 2, 2]))
    return at, ether(who, ip4(ends[who], ends[1 - who], 47, struct.pack("!HH", 0, 0x0800) + frame[14:]))


@situation
def tunnelled(net):
    t = net.tcp()
    t.open(0)
    t.talk(1)
    t.close(5)
    net.frames = [gre(at, f) for at, f in net.frames]


@situation
def tunnel_one_way(net):
    """One direction goes through a tunnel, the other does not."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    t.close(5)
    net.frames = [gre(at, f) if f[6:12] == MACS[0] else (at, f) for at, f in net.frames]


@situation
def tunnel_and_plain(net):
    """Captured before and behind the start of a tunnel: each packet twice."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    t.close(5)
    net.frames += [gre(at + 0.0001, f) for at, f in net.frames]


@situation
def gtp_both(net):
    """GTP-U, an id of its own for each direction."""
    t = net.tcp()
    t.open(0)
    t.talk(1)
    t.close(5)
    out = []
    for at, f in net.frames:
        who = 0 if f[6:12] == MACS[0] else 1
        ends = (bytes([10, 1, 1, 1]), bytes([10, 2, 2, 2]))
        gtp = struct.pack("!BBHI", 0x30, 255, len(f) - 14, 0x1000 + who) + f[14:]
        udp = struct.pack("!HHHH", 2152, 2152, 8 + len(gtp), 0) + gtp
        out.append((at, ether(who, ip4(ends[who], ends[1 - who], 17, udp))))
    net.frames = out


def snapped(net):
    for i in range(5):
        t = net.tcp(ports=(40001 + i, 443), isn=(i * 1000, i * 9000))
        t.open(i)
        t.say(i + 0.1, 0, b"\x16\x03\x01\x01\x00\x01" + b"h" * 250)
        t.say(i + 0.2, 1, b"\x16\x03\x03\x05\x00\x02" + b"s" * 1280)
        t.talk(i + 1)
        t.close(i + 5)


@situation
def snapped_64(net):
    """64 bytes of each frame were kept."""
    snapped(net)


@situation
def snapped_96(net):
    snapped(net)


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    for make in SITUATIONS:
        net, name = Net(), make.__name__
        make(net)
        net.write(os.path.join(sys.argv[1], name.replace("_", "-") + ".pcap"), SNAPS.get(name, 65535),
                  name not in OUT_OF_ORDER)
