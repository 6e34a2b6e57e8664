#!/usr/bin/env python3
"""Makes TLS hellos with one client random, sent for a good reason or a bad one: NAME/*.pcap.

usage: make_hello.py FOLDER

tests/hello.sh says what each must give.  The bytes depend on nothing but this file and traffic.py.
Python 3 standard library only.
"""
import hashlib
import os
import struct
import sys

sys.dont_write_bytecode = True  # the sources may lie where nothing is to be written
from traffic import HOSTS, MACS, Net  # noqa: E402

CASES = []
SECOND = (bytes([192, 0, 2, 7]), bytes([198, 51, 100, 10]))


def case(make):
    CASES.append(make)
    return make


def drawn(seed):
    return hashlib.sha256(seed.encode()).digest()


def message(kind, body):
    return struct.pack("!BHH", 22, 0x0301, len(body) + 4) + struct.pack("!I", kind << 24 | len(body)) + body


def client_hello(seed):
    return message(1, b"\3\3" + drawn(seed) + b"\0" + b"\0\2\xc0\x2f" + b"\1\0")


def server_hello(seed):
    return message(2, b"\3\3" + drawn(seed) + b"\0" + b"\xc0\x2f" + b"\0")


def connection(net, at, port, client, server=None, hosts=HOSTS, isn=1000, clear=()):
    """`server`: what its random is drawn from; None: it acknowledges the hello and says nothing.  `clear`: said
    before, by turns, the server first."""
    t = net.tcp(ports=(port, 443 if not clear else 25), hosts=hosts, isn=(isn + port, 5000 + port))
    t.open(at)
    for i, text in enumerate(clear):
        t.say(at + 0.03 + 0.01 * i, 1 - i % 2, text)
    t.say(at + 0.1, 0, client_hello(client))
    if server:
        t.say(at + 0.2, 1, server_hello(server))
        for i in range(4):
            t.say(at + 0.3 + i, i & 1, drawn("%s %d" % (server, i)))
    t.close(at + 5)


def write(folder, name, net, only=None):
    os.makedirs(folder, exist_ok=True)
    part = Net()
    part.frames = [(t, f) for t, f in net.frames if only is None or f[6:12] == MACS[only]]
    part.write(os.path.join(folder, name + ".pcap"))


@case
def repeated(folder):
    """A device draws the same random after each boot; both servers answer."""
    net = Net()
    connection(net, 0, 40001, "weak", "first")
    connection(net, 20, 40002, "weak", "second")
    write(folder, "client", net)


@case
def relay_retries(folder):
    """A proxy holds its client's hello; the first server does not answer, so it sends it to a second one."""
    net = Net()
    connection(net, 0, 40001, "good", None)
    connection(net, 5.1, 40002, "good", "second", SECOND)
    write(folder, "proxy", net)


@case
def relay_retries_more(folder):
    """It tries four times, 5 s apart."""
    net = Net()
    for i in range(4):
        connection(net, 5.1 * i, 40001 + i, "good", "last" if i == 3 else None)
    write(folder, "proxy", net)


@case
def two_hosts(folder):
    """Two devices that start from one state, an hour apart."""
    net = Net()
    connection(net, 0, 40001, "weak", "first")
    connection(net, 3600, 40002, "weak", "second", (bytes([192, 0, 2, 80]), HOSTS[1]))
    write(folder, "router", net)


@case
def mirrored(folder):
    """A mirror of traffic sends a client's hello to a second server."""
    net = Net()
    connection(net, 0, 40001, "good", "first")
    connection(net, 0.01, 41001, "good", "second", (bytes([192, 0, 2, 99]), SECOND[1]))
    write(folder, "router", net)


def behind(folder, *clear):
    net = Net()
    connection(net, 0, 40001, "weak", "first", clear=clear)
    connection(net, 20, 40002, "weak", "second", clear=clear)
    write(folder, "client", net)


@case
def starttls(folder):
    """TLS behind a few short lines (RFC 3207)."""
    behind(folder, b"220 mail ESMTP\r\n", b"EHLO a\r\n", b"250 STARTTLS\r\n", b"STARTTLS\r\n", b"220 go\r\n")


@case
def starttls_in_pieces(folder):
    """The same, and both hellos come in pieces of five bytes and the rest."""
    net = Net()
    for i, port in enumerate((40001, 40002)):
        at = 20 * i
        t = net.tcp(ports=(port, 25), isn=(1000 + port, 5000 + port))
        t.open(at)
        said = [b"220 a\r\n", b"STARTTLS\r\n", b"220 go\r\n", client_hello("weak"), server_hello("answer %d" % i)]
        for n, text in enumerate(said):
            who = 1 - n % 2
            if len(text) > 20:
                t.say(at + 0.1 + 0.1 * n, who, text[:5])
                text = text[5:]
            t.say(at + 0.15 + 0.1 * n, who, text)
        t.close(at + 5)
    write(folder, "client", net)


@case
def one_byte_answer(folder):
    """TLS behind a request of 8 bytes and an answer of one, as PostgreSQL has it (SSLRequest)."""
    behind(folder, b"", b"\0\0\0\x08\x04\xd2\x16\x2f", b"S")


@case
def second_unanswered(folder):
    """An answered hello is not sent again by a relay; the second one has no answer here."""
    net = Net()
    connection(net, 0, 40001, "weak", "first")
    connection(net, 20, 40002, "weak", None)
    write(folder, "client", net)


@case
def one_way(folder):
    """One direction only: a relay cannot be excluded."""
    net = Net()
    connection(net, 0, 40001, "weak", "first")
    connection(net, 20, 40002, "weak", "second")
    write(folder, "client", net, 0)


def with_another():
    net = Net()
    connection(net, 0, 40001, "weak", "first")
    connection(net, 20, 40002, "weak", "second")
    connection(net, 40, 40003, "other", "third")
    return net


@case
def second_one_way(folder):
    """Two captures of three hellos, the other one of one direction."""
    net = with_another()
    write(folder, "a", net)
    write(folder, "b", net, 0)


@case
def first_one_way(folder):
    """The same; the answers are in the capture that is read last."""
    net = with_another()
    write(folder, "a", net, 0)
    write(folder, "b", net)


if __name__ == "__main__":
    for make in CASES:
        make(os.path.join(sys.argv[1], make.__name__.replace("_", "-")))
