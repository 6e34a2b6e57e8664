"""OpenVPN sessions that are no fault; see make_situations.py."""
import random
import struct

from traffic import ACK, HOSTS, MACS, PSH, START, ether, ip4, situation


class OpenVpn:
    """An OpenVPN session without wrapping, over UDP or TCP; TLS 1.3 inside as sizes."""

    CLIENT, SERVER = b"\x11" * 8, b"\x22" * 8

    def __init__(self, net, port=50001, hosts=HOSTS, tcp=None, sids=(CLIENT, SERVER)):
        self.net, self.hosts, self.tcp, self.sids = net, hosts, tcp, sids
        self.ports, self.peer = [port, 1194], 5
        self.number, self.ip_id = 0, 0

    def packet(self, at, who, data):
        if self.tcp:
            return self.tcp.say(at, who, struct.pack("!H", len(data)) + data)
        udp = struct.pack("!HHHH", self.ports[who], self.ports[1 - who], 8 + len(data), 0) + data
        self.ip_id += 1
        self.net.add(at, ether(who, ip4(self.hosts[who], self.hosts[1 - who], 17, udp, self.ip_id)))

    def control(self, at, who, op, acks=(), number=None, tls=b""):
        data = bytes([op << 3]) + self.sids[who] + bytes([len(acks)]) + b"".join(struct.pack("!I", a) for a in acks)
        data += self.sids[1 - who] if acks else b""
        self.packet(at, who, data + (b"" if number is None else struct.pack("!I", number)) + tls)

    def data(self, at, who):
        self.number += 1
        self.packet(at, who, struct.pack("!II", 9 << 27 | self.peer, self.number) + random.Random(self.number).randbytes(32))

    def ping(self, at):
        self.data(at, 0)
        self.data(at + 0.02, 1)

    def open(self, at):
        record = lambda kind, n: bytes([kind, 3, 3]) + struct.pack("!H", n) + (b"\1" if kind == 22 else b"\x5a") + b"\x5a" * (n - 1)
        self.control(at, 0, 7, number=0)
        self.control(at + 0.01, 1, 8, acks=[0], number=0)
        self.control(at + 0.02, 0, 4, acks=[0], number=1, tls=record(22, 240))
        self.control(at + 0.03, 1, 4, acks=[1], number=1, tls=record(23, 900))
        self.control(at + 0.04, 0, 4, acks=[1], number=2, tls=record(23, 600))
        self.control(at + 0.05, 1, 4, acks=[2], number=2, tls=record(23, 300))
        self.control(at + 0.06, 0, 5, acks=[2])


@situation
def openvpn_idle(net):
    """The key exchange is done and nobody has anything to say; a message of the control channel 90 s later."""
    v = OpenVpn(net)
    v.open(0)
    v.control(90, 1, 4, number=3, tls=b"\x17\3\3\0\x40" + b"x" * 64)
    v.control(90.01, 0, 5, acks=[3])


@situation
def openvpn_idle_twice(net):
    """Two idle sessions, the second one 50 s after the first (or two captures joined)."""
    OpenVpn(net).open(0)
    OpenVpn(net, port=50002, sids=(b"\x33" * 8, b"\x44" * 8)).open(50)


@situation
def openvpn_idle_missed(net):
    """The same, and the server's answer in the key exchange was not captured; the client acknowledged it."""
    for at, port, sids in ((0, 50001, (b"\x11" * 8, b"\x22" * 8)), (50, 50002, (b"\x33" * 8, b"\x44" * 8))):
        OpenVpn(net, port, sids=sids).open(at)
        net.frames = [f for f in net.frames if b"\x17\3\3\1\x2c" not in f[1]]


@situation
def openvpn_one_direction(net):
    """Only the client's packets pass here: it acknowledges the server's, and sends data."""
    for at, port in ((0, 50001), (37, 50002)):
        v = OpenVpn(net, port, sids=(bytes([port & 255]) * 8, b"\x22" * 8))
        v.open(at)
        for i in range(5):
            v.ping(at + 2 + 2 * i)
    net.frames = [f for f in net.frames if f[1][6:12] == MACS[0]]


@situation
def openvpn_one_direction_no_data(net):
    """The same, without data: the server's ids are acknowledged, so it did answer."""
    for at, port in ((0, 50001), (37, 50002)):
        OpenVpn(net, port, sids=(bytes([port & 255]) * 8, b"\x22" * 8)).open(at)
    net.frames = [f for f in net.frames if f[1][6:12] == MACS[0]]


@situation
def openvpn_one_way_stream(net):
    """The server streams, the client's pings come every 60 s; the capture ends 49 s after one."""
    v = OpenVpn(net)
    v.open(0)
    for i in range(1, 229):
        v.data(i, 1)
        if i % 60 == 0:
            v.data(i + 0.5, 0)


@situation
def openvpn_float_port(net):
    """A NAT gives the client another port; the server goes on to the old one until it hears of it (--float)."""
    v = OpenVpn(net)
    v.open(0)
    for i in range(5):
        v.ping(1 + i)
    for i in range(24):
        v.data(6 + i / 2, 1)
    v.ports[0] = 50777
    for i in range(30):
        v.ping(19 + i)


@situation
def openvpn_float_address(net):
    """The client roams to another network."""
    v = OpenVpn(net)
    v.open(0)
    for i in range(5):
        v.ping(1 + i)
    for i in range(24):
        v.data(6 + i / 2, 1)
    v.hosts = (bytes([203, 0, 113, 80]), HOSTS[1])
    for i in range(30):
        v.ping(19 + i)


@situation
def openvpn_tcp_hole(net):
    """Over TCP, and one of the server's segments was not captured; the client has it, the server goes on."""
    v = OpenVpn(net, tcp=net.tcp(ports=(40001, 1194)))
    v.tcp.open(0)
    v.open(0.1)
    for i in range(5):
        v.ping(1 + i)
    v.data(7, 0)
    v.tcp.send(7.1, 1, PSH | ACK, b"\0\x28" + b"x" * 40, keep=False)
    for i in range(20):
        v.data(8 + i, 0)
        if i == 0:
            v.tcp.send(8.1, 1, PSH | ACK, b"\0\x28" + b"x" * 40)
    v.tcp.close(30)


@situation
def openvpn_merged_ends(net):
    """Both ends' captures in one file: for 10 s nothing gets through, and the client starts again."""
    v, w = OpenVpn(net), OpenVpn(net, port=50002, sids=(b"\x33" * 8, b"\x44" * 8))
    v.open(0)
    for i in range(5):
        v.ping(1 + 2 * i)
    for i in range(5):
        v.data(11 + 2 * i, 0)
        v.data(11.02 + 2 * i, 1)
    v.data(21.02, 1)
    v.data(23.02, 1)
    w.open(23.1)
    for i in range(5):
        w.ping(24 + 2 * i)


def leaves(net, farewells=3, back=4.0, port=50002, idle=8.0, pings=6, every=10, last=1):
    """The client says that it leaves (--explicit-exit-notify), which nobody answers, and is started again."""
    v, w = OpenVpn(net), OpenVpn(net, port=port, sids=(b"\x33" * 8, b"\x44" * 8))
    v.open(0)
    for i in range(pings):
        v.data(1 + every * i, 1 - last)
        v.data(1.02 + every * i, last)
    at = 1 + every * (pings - 1) + idle
    for i in range(farewells):
        v.data(at + i, 0)
    at += farewells - 1 + back
    w.open(at)
    for i in range(5):
        w.ping(at + 1 + every * i)


@situation
def openvpn_exit_notify(net):
    """The user disconnects, and connects again four seconds later."""
    leaves(net)


@situation
def openvpn_exit_notify_later(net):
    """Half a minute later."""
    leaves(net, back=30)


@situation
def openvpn_exit_notify_at_the_end(net):
    """The next pings were due; the user connects again after the time of a ping and a bit."""
    leaves(net, idle=9.9, back=11)


@situation
def openvpn_exit_notify_often(net):
    """It says so five times."""
    leaves(net, farewells=5, idle=9.9, back=8)


@situation
def openvpn_exit_notify_same_port(net):
    """From the same port (no --nobind)."""
    leaves(net, port=50001)


@situation
def openvpn_exit_notify_first_idle(net):
    """Traffic all the time, so that no ping was ever due; then eight quiet seconds, and the user disconnects."""
    leaves(net, pings=60, every=1)


@situation
def openvpn_exit_notify_had_last_word(net):
    """The client's last packet before is behind the server's."""
    leaves(net, last=0)


@situation
def openvpn_exit_notify_first_idle_had_last_word(net):
    """Both: what acknowledges the end of a download, then eight quiet seconds."""
    leaves(net, pings=60, every=1, last=0)


@situation
def openvpn_exit_notify_short(net):
    """The tunnel was up for three seconds."""
    leaves(net, pings=2, every=2, idle=1, back=1)


class TlsCrypt(OpenVpn):
    """The same under tls-crypt, as lengths and headers."""

    def control(self, at, who, op, acks=(), number=None, tls=b""):
        body = 1 + 4 * len(acks) + (8 if acks else 0) + (0 if number is None else 4) + len(tls)
        self.number += 1
        head = bytes([op << 3]) + self.sids[who] + struct.pack("!II", self.number, int(START) + who)
        self.packet(at, who, head + random.Random(self.number).randbytes(32 + body))


def watched(net, kind, resends):
    """A monitoring system asks once a minute: a hard reset, and the answer is all it wants."""
    for k in range(6):
        v = kind(net, port=40000 + k, sids=(bytes([0x51 + k]) * 8, bytes([0x61 + k]) * 8))
        v.control(60 * k, 0, 7, number=0)
        v.control(60 * k + 0.01, 1, 8, acks=[0], number=0)
        for at in resends:
            v.control(60 * k + at, 1, 8, number=0)
    t = net.tcp()
    t.open(1)
    t.talk(2)
    t.close(400)


@situation
def openvpn_watched(net):
    """A server of 2.5 waits for the rest, and resends its answer."""
    watched(net, OpenVpn, (2, 6, 14, 30))


@situation
def openvpn_watched_2_6(net):
    """One of 2.6 keeps nothing of such a client, so it does not (mudp.c)."""
    watched(net, OpenVpn, ())


@situation
def openvpn_watched_tls_crypt(net):
    """Nobody can read the ids."""
    watched(net, TlsCrypt, (2, 6, 14, 30))
