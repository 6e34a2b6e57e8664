#!/usr/bin/env python3
"""Makes PPP sessions that look like a lost Ack and are none, and lost Acks seen from odd places: NAME/*.pcap.

usage: make_ppp.py FOLDER

tests/ppp.sh says what each must give.  The bytes depend on nothing but this file and make_samples.py.
Python 3 standard library only.
"""
import os
import struct
import sys

sys.dont_write_bytecode = True  # the sources may lie where nothing is to be written
from make_samples import (AC_ID, ACCEPT, HOST, HOST_ID, IPCP, IPV6CP, LCP, NAK, OURS, REJECT, REQUEST, START, THEIRS,
                          Session, checksum, magic)

OTHER = bytes([3, 6, 203, 0, 113, 9])
COMPRESSION = bytes.fromhex("0206002d0f01")
CASES = []


def case(make):
    CASES.append(make)
    return make


def write(folder, name, frames, linktype=1):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".pcap"), "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, linktype))
        for t, frame in sorted(frames, key=lambda x: x[0]):
            us = round(t * 1e6)
            f.write(struct.pack("<IIII", us // 1000000, us % 1000000, len(frame), len(frame)) + frame)


def begun(session=0x0708):
    s = Session(session)
    s.start(0)
    s.both(0.7, IPV6CP, HOST_ID, AC_ID)
    return s


def fault(session=0x0708, n=10, step=3, ping=0, at=0.0):
    """The host's IPCP Acks never arrive; at each request the host, which is open, begins anew."""
    s = begun(session)
    for i in range(n):
        t = 0.9 + step * i
        s.ppp(t, 1, IPCP, REQUEST, 1, THEIRS)
        s.ppp(t + 0.03, 0, IPCP, REQUEST, 1 + i, OURS)
        s.ppp(t + 0.04, 0, IPCP, ACCEPT, 1, THEIRS, lost=True)
        s.ppp(t + 0.07, 1, IPCP, ACCEPT, 1 + i, OURS)
    for i in range(2 * n):
        s.ping(1.5 + 1.5 * i, ping + i + 1, family=4, answered=False)
        s.ping(2.0 + 1.5 * i, ping + i + 1)
    if at:
        s.seen = tuple([(t + at, f) for t, f in seen] for seen in s.seen)
    return s


# -- no Ack was lost ---------------------------------------------------------------------------------

@case
def waits_for_peer(folder):
    """RFC 1661 section 4.1, Ack-Rcvd: the host is acknowledged, and the other end never asks."""
    s = begun()
    for i in range(10):
        s.ppp(1 + 3 * i, 0, IPCP, REQUEST, 5, OURS)
        s.ppp(1.05 + 3 * i, 1, IPCP, ACCEPT, 5, OURS)
    for i in range(20):
        s.ping(2 + 2 * i, i + 1)
    write(folder, "host", s.seen[0])


@case
def never_agrees(folder):
    """The host refuses what the other end asks for, each time."""
    s = begun()
    for i in range(10):
        s.ppp(1 + 3 * i, 0, IPCP, REQUEST, 5, OURS)
        s.ppp(1.05 + 3 * i, 1, IPCP, ACCEPT, 5, OURS)
        s.ppp(1.5 + 3 * i, 1, IPCP, REQUEST, 20 + i, THEIRS)
        s.ppp(1.55 + 3 * i, 0, IPCP, NAK, 20 + i, OTHER)
    for i in range(20):
        s.ping(2 + 2 * i, i + 1)
    write(folder, "host", s.seen[0])


@case
def agrees_late(folder):
    """Refused six times, then both are acknowledged; nothing was sent over it yet."""
    s = begun()
    for i in range(7):
        s.ppp(1 + 3 * i, 0, IPCP, REQUEST, 5, OURS)
        s.ppp(1.05 + 3 * i, 1, IPCP, ACCEPT, 5, OURS)
        if i < 6:
            s.ppp(1.5 + 3 * i, 1, IPCP, REQUEST, 20 + i, THEIRS + COMPRESSION)
            s.ppp(1.55 + 3 * i, 0, IPCP, REJECT, 20 + i, COMPRESSION)
    s.ppp(20, 1, IPCP, REQUEST, 40, THEIRS)
    s.ppp(20.05, 0, IPCP, ACCEPT, 40, THEIRS)
    for i in range(20):
        s.ping(2 + 2 * i, i + 1)
    write(folder, "host", s.seen[0])


@case
def asks_late(folder):
    """The other end asks only after 19 s; IPv4 works then."""
    s = begun()
    for i in range(7):
        s.ppp(1 + 3 * i, 0, IPCP, REQUEST, 5, OURS)
        s.ppp(1.05 + 3 * i, 1, IPCP, ACCEPT, 5, OURS)
    s.ppp(20, 1, IPCP, REQUEST, 40, THEIRS)
    s.ppp(20.05, 0, IPCP, ACCEPT, 40, THEIRS)
    for i in range(5):
        s.ping(25 + i, i + 1, family=4)
    write(folder, "host", s.seen[0])


# -- two captures ------------------------------------------------------------------------------------

def from_host(frame):
    return frame[6:12] == HOST


@case
def two_ends(folder):
    s = fault()
    write(folder, "host", s.seen[0])
    write(folder, "server", s.seen[1])


@case
def second_hears_host_only(folder):
    """The other capture has one direction, that in which the Acks are lost."""
    s = fault()
    write(folder, "host", s.seen[0])
    write(folder, "server", [f for f in s.seen[1] if from_host(f[1])])


@case
def second_hears_server_only(folder):
    """The other capture has one direction, and not that of the Acks: it cannot show that they are lost."""
    s = fault()
    write(folder, "host", s.seen[0])
    write(folder, "server", [f for f in s.seen[1] if not from_host(f[1])])


@case
def new_ids(folder):
    """The asker takes a new id each time, and nobody has anything to send over IPv4."""
    s = begun()
    for i in range(10):
        t = 0.9 + 3 * i
        s.ppp(t, 1, IPCP, REQUEST, 1 + i, THEIRS)
        s.ppp(t + 0.03, 0, IPCP, REQUEST, 1 + i, OURS)
        s.ppp(t + 0.04, 0, IPCP, ACCEPT, 1 + i, THEIRS, lost=True)
        s.ppp(t + 0.07, 1, IPCP, ACCEPT, 1 + i, OURS)
        s.ping(t + 1, i + 1)
    write(folder, "host", s.seen[0])


@case
def bare_link(folder):
    """PPP without a link below that has addresses (LINKTYPE_PPP)."""
    write(folder, "host", [(t, b"\xff\x03" + f[20:]) for t, f in fault().seen[0] if f[12:14] == b"\x88\x64"], linktype=9)


@case
def split(folder):
    """The server's capture in two files."""
    s = fault()
    write(folder, "a", [f for f in s.seen[1] if f[0] < START + 10])
    write(folder, "b", [f for f in s.seen[1] if f[0] >= START + 10])


@case
def split_named_backwards(folder):
    s = fault()
    write(folder, "b", [f for f in s.seen[1] if f[0] < START + 10])
    write(folder, "a", [f for f in s.seen[1] if f[0] >= START + 10])


@case
def two_days(folder):
    """The same session number a day later: another fault."""
    write(folder, "a", fault().seen[1])
    later = fault(n=7, step=2, ping=100, at=86400.0).seen[1]
    for old, new in ((OURS[2:], b"\xcb\x00\x71\x4e"), (HOST_ID[2:], b"\1\2\3\4\5\6\7\x17"), (AC_ID[2:], b"\1\2\3\4\5\6\7\x19"),
                     (magic(7), magic(17)), (magic(9), magic(19)), (b"cook", b"cake"), (b"host", b"hist")):
        later = [(t, f.replace(old, new)) for t, f in later]
    write(folder, "b", later)


# -- other links -------------------------------------------------------------------------------------

def ip4(proto, payload, number, src=1, dst=2):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), number, 0, 64, proto, 0, bytes([203, 0, 113, src]),
                       bytes([203, 0, 113, dst]))
    return bytes.fromhex("0200000000120200000000110800") + head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def carried(folder, wrap):
    frames = sorted(fault().seen[1], key=lambda f: f[0])
    write(folder, "mirror", [(t, wrap(f, n & 0xffff)) for n, (t, f) in enumerate(frames, 1)])


@case
def in_vxlan(folder):
    def wrap(f, n):
        vxlan = bytes.fromhex("0800000000002a00") + f
        return ip4(17, struct.pack("!HHHH", 50000, 4789, 8 + len(vxlan), 0) + vxlan, n)
    carried(folder, wrap)


@case
def in_gre(folder):
    carried(folder, lambda f, n: ip4(47, bytes.fromhex("00006558") + f, n))


@case
def in_erspan(folder):
    carried(folder, lambda f, n: ip4(47, struct.pack("!HHIHHI", 0x1000, 0x88be, n, 0x1000, 7, 0) + f, n))


@case
def in_l2tp(folder):
    """The same session in L2TP: each direction has a number of its own, and nobody says what belongs together."""
    def wrap(f, n):
        up = f[6:12] == HOST
        l2tp = struct.pack("!HHH", 0x0002, 5, 6 if up else 9) + b"\xff\x03" + f[20:]
        udp = struct.pack("!HHHH", 1701, 1701, 8 + len(l2tp), 0) + l2tp
        return ip4(17, udp, n, 1 if up else 2, 2 if up else 1)
    frames = [f for f in sorted(fault().seen[1], key=lambda f: f[0]) if f[1][12:14] == b"\x88\x64"]
    write(folder, "lac", [(t, wrap(f, n & 0xffff)) for n, (t, f) in enumerate(frames, 1)])


def cooked(frame, near):
    """Linux cooked (LINKTYPE_LINUX_SLL) as the machine of `near` sees it: 4 sent, 0 received, 1 a broadcast."""
    src = frame[6:12]
    kind = 4 if src == near else 1 if frame[0] & 1 else 0
    return struct.pack("!HHH", kind, 1, 6) + src + b"\0\0" + frame[12:]


@case
def in_cooked(folder):
    server = bytes.fromhex("020000000009")
    write(folder, "server", [(t, cooked(f, server)) for t, f in fault().seen[1]], 113)


@case
def two_hosts_in_cooked(folder):
    """Two hosts with one session number: a cooked header does not say to whom the server sends."""
    server, second = bytes.fromhex("020000000009"), bytes.fromhex("020000000008")
    frames = fault().seen[1]
    frames = frames + [(t + 0.001, f.replace(HOST, second)) for t, f in frames]
    write(folder, "server", [(t, cooked(f, server)) for t, f in frames], 113)


if __name__ == "__main__":
    for make in CASES:
        make(os.path.join(sys.argv[1], make.__name__.replace("_", "-")))
