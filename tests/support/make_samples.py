#!/usr/bin/env python3
"""Makes the samples that no lab run gave: captures that end while something is still waiting or never answered.

usage: make_samples.py FOLDER     (the samples folder of the source tree)

The bytes depend on nothing but this file, so running it again changes nothing.
Python 3 standard library only.
"""
import os
import struct
import sys

CLIENT, SERVER = bytes([192, 0, 2, 7]), bytes([198, 51, 100, 9])
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
START = 1700000000.0


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Talk:
    """One TCP connection; each call appends a frame."""

    def __init__(self, port, isn=(1000, 5000)):
        self.ports = (40001, port)
        self.seq = [isn[0], isn[1]]
        self.frames, self.ip_id = [], [1, 30000]

    def send(self, at, who, flags, data=b"", seq=None):
        seq = self.seq[who] if seq is None else seq
        ack = self.seq[1 - who] if flags & ACK else 0
        src, dst = (CLIENT, SERVER) if who == 0 else (SERVER, CLIENT)
        tcp = struct.pack("!HHIIBBHHH", self.ports[who], self.ports[1 - who], seq & 0xffffffff, ack,
                          5 << 4, flags, 64240, 0, 0) + data
        pseudo = src + dst + struct.pack("!BBH", 0, 6, len(tcp))
        tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), self.ip_id[who], 0x4000, 64, 6, 0, src, dst)
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
        self.ip_id[who] += 1
        macs = bytes.fromhex("0200000000020200000000010800" if who == 0 else "0200000000010200000000020800")
        self.frames.append((START + at, macs + ip + tcp))
        end = seq + len(data) + (1 if flags & (SYN | FIN) else 0)
        self.seq[who] = max(self.seq[who], end)

    def open(self, at):
        self.send(at, 0, SYN)
        self.send(at + 0.01, 1, SYN | ACK)
        self.send(at + 0.02, 0, ACK)

    def say(self, at, who, data, acked=True):
        """Data, and its ACK 10 ms later; returns its sequence number for resending."""
        seq = self.seq[who]
        self.send(at, who, PSH | ACK, data)
        if acked:
            self.send(at + 0.01, 1 - who, ACK)
        return seq

    def write(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
            for t, frame in self.frames:
                us = round(t * 1e6)
                f.write(struct.pack("<IIII", us // 1000000, us % 1000000, len(frame), len(frame)) + frame)


def cut_while_resending(folder):
    t = Talk(9000)
    t.open(0)
    t.say(0.1, 0, b"hello")
    t.say(0.2, 1, b"welcome")
    seq = t.say(10, 0, b"are you there?", acked=False)
    for at in (10.3, 10.9, 12.1, 14.5):
        t.send(at, 0, PSH | ACK, b"are you there?", seq)
    t.write(os.path.join(folder, "tcp/cut-while-resending/client.pcap"))


def resent_to_the_limit(folder):
    """Resent until past R2 (100 s), then nothing; the capture goes on a little."""
    t = Talk(9000)
    t.open(0)
    t.say(0.1, 0, b"hello")
    t.say(0.2, 1, b"welcome")
    seq = t.say(10, 0, b"are you there?", acked=False)
    for at in (10.2, 10.6, 11.4, 13, 16.2, 22.6, 35.4, 61, 112.2):
        t.send(at, 0, PSH | ACK, b"are you there?", seq)
    t.write(os.path.join(folder, "tcp/resent-to-the-limit/client.pcap"))


def stopped_early(folder):
    """Resent for 6 s only; minutes later the hosts talk on another port."""
    t, later = Talk(9000), Talk(9001)
    t.open(0)
    t.say(0.1, 0, b"hello")
    t.say(0.2, 1, b"welcome")
    seq = t.say(10, 0, b"are you there?", acked=False)
    for at in (10.2, 10.6, 11.4, 13, 16.2):
        t.send(at, 0, PSH | ACK, b"are you there?", seq)
    later.open(200)
    later.say(200.1, 0, b"hello")
    t.frames += later.frames
    t.write(os.path.join(folder, "tcp/stopped-early/client.pcap"))


def cut_while_pinging(folder):
    t = Talk(1883)
    t.open(0)
    t.say(0.1, 0, bytes.fromhex("1010 0004 4d515454 04 02 000a 0004 64657631".replace(" ", "")))
    t.say(0.2, 1, bytes.fromhex("20020000"))
    t.say(10.2, 0, bytes.fromhex("c000"))
    t.say(10.3, 1, bytes.fromhex("d000"))
    t.say(20.3, 0, bytes.fromhex("c000"))
    t.say(30.3, 0, bytes.fromhex("c000"))
    t.say(32.0, 1, bytes.fromhex("3009 0005 732f746d70 6869".replace(" ", "")))
    t.write(os.path.join(folder, "mqtt/cut-while-pinging/client.pcap"))


HOST, AC = bytes.fromhex("020000000007"), bytes.fromhex("020000000009")
LCP, PAP, IPCP, IPV6CP = 0xc021, 0xc023, 0x8021, 0x8057
REQUEST, ACCEPT, NAK, REJECT = 1, 2, 3, 4  # codes of RFC 1661; PAP: request, accepted
MRU = bytes.fromhex("010405d4")
ANY, OURS, THEIRS = (bytes([3, 6]) + bytes(a) for a in ([0, 0, 0, 0], [203, 0, 113, 77], [203, 0, 113, 1]))
HOST_ID, AC_ID = (bytes([1, 10]) + bytes.fromhex(i) for i in ("0000000000000007", "0000000000000009"))


def magic(n):
    return bytes([5, 6]) + struct.pack("!I", n)


class Session:
    """One PPPoE session, seen at the host and at the concentrator; who: 0 host, 1 concentrator."""

    def __init__(self, session, vlan=None, pad=False):
        self.session, self.vlan, self.pad = session, vlan, pad
        self.seen = ([], [])

    def frame(self, at, who, code, payload, lost=False):
        """`lost`: only its sender has it; at the other end it is 20 ms later."""
        dst, src = (AC, HOST) if who == 0 else (HOST, AC)
        if code == 0x09:
            dst = b"\xff" * 6
        session = 0 if code in (0x09, 0x07, 0x19) else self.session
        tag = struct.pack("!HH", 0x8100, self.vlan) if self.vlan else b""
        data = dst + src + tag + struct.pack("!HBBHH", 0x8864 if code == 0 else 0x8863, 0x11, code, session,
                                             len(payload)) + payload
        if self.pad:
            data += bytes(max(0, 60 - len(data)))
        self.seen[who].append((START + at, data))
        if not lost:
            self.seen[1 - who].append((START + at + 0.02, data))

    def ppp(self, at, who, protocol, code, number, body=b"", lost=False):
        self.frame(at, who, 0, struct.pack("!HBBH", protocol, code, number, 4 + len(body)) + body, lost)

    def both(self, at, protocol, host, ac, number=1):
        """Each asks, each acknowledges."""
        self.ppp(at, 0, protocol, REQUEST, number, host)
        self.ppp(at + 0.01, 1, protocol, REQUEST, number, ac)
        self.ppp(at + 0.04, 1, protocol, ACCEPT, number, host)
        self.ppp(at + 0.05, 0, protocol, ACCEPT, number, ac)

    def start(self, at, password=b"secret", auth=True):
        name = b"\x01\x01\x00\x00"
        self.frame(at, 0, 0x09, name + b"\x01\x03\x00\x04host")
        self.frame(at + 0.1, 1, 0x07, name + b"\x01\x02\x00\x03lab\x01\x03\x00\x04host\x01\x04\x00\x04cook")
        self.frame(at + 0.2, 0, 0x19, name + b"\x01\x03\x00\x04host\x01\x04\x00\x04cook")
        self.frame(at + 0.3, 1, 0x65, name + b"\x01\x03\x00\x04host")
        self.both(at + 0.4, LCP, MRU + magic(7), MRU + (b"\x03\x04\xc0\x23" if auth else b"") + magic(9))
        if auth:
            self.ppp(at + 0.5, 0, PAP, REQUEST, 1, b"\x04user" + bytes([len(password)]) + password)
            self.ppp(at + 0.6, 1, PAP, ACCEPT, 1, b"\x07welcome")

    def ping(self, at, number, family=6, answered=True):
        for who in (0, 1) if answered else (0,):
            when = at + 0.05 * who
            if family == 6:
                addresses = [bytes.fromhex("fe80" + "00" * 6) + i[2:] for i in (HOST_ID, AC_ID)]
                icmp = struct.pack("!BBHHH", 129 if who else 128, 0, 0, 7, number)
                pseudo = addresses[who] + addresses[1 - who] + struct.pack("!IHBB", len(icmp), 0, 0, 58)
                icmp = icmp[:2] + struct.pack("!H", checksum(pseudo + icmp)) + icmp[4:]
                ip = struct.pack("!IHBB", 6 << 28, len(icmp), 58, 64) + addresses[who] + addresses[1 - who]
            else:
                addresses = [OURS[2:], THEIRS[2:]]
                icmp = struct.pack("!BBHHH", 0 if who else 8, 0, 0, 7, number)
                icmp = icmp[:2] + struct.pack("!H", checksum(icmp)) + icmp[4:]
                ip = struct.pack("!BBHHHBBH", 0x45, 0, 28, number, 0, 64, 1, 0) + addresses[who] + addresses[1 - who]
                ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
            self.frame(when, who, 0, struct.pack("!H", 0x57 if family == 6 else 0x21) + ip + icmp)

    def stop(self, at):
        self.ppp(at, 0, LCP, 5, 9, b"User request")
        self.ppp(at + 0.05, 1, LCP, 6, 9)
        self.frame(at + 0.1, 0, 0xa7, b"")

    def write(self, folder, names=("client", "server")):
        for seen, name in zip(self.seen, ("client", "server")):
            if name not in names:
                continue
            t = Talk(0)
            t.frames = sorted(seen, key=lambda f: f[0])
            t.write(os.path.join(folder, name + ".pcap"))


def pings_unanswered(folder):
    """The broker's host acknowledges, the broker does not answer; the client gives up."""
    t = Talk(1883)
    t.open(0)
    t.say(0.1, 0, bytes.fromhex("1010 0004 4d515454 04 02 000a 0004 64657631".replace(" ", "")))
    t.say(0.2, 1, bytes.fromhex("20020000"))
    t.say(10.2, 0, bytes.fromhex("c000"))
    t.say(10.3, 1, bytes.fromhex("d000"))
    t.say(20.3, 0, bytes.fromhex("c000"))
    t.say(30.3, 0, bytes.fromhex("c000"))
    t.send(35.3, 0, FIN | ACK)
    t.send(35.31, 1, ACK)
    t.send(35.4, 1, FIN | ACK)
    t.send(35.41, 0, ACK)
    t.write(os.path.join(folder, "mqtt/unanswered/client.pcap"))


def ack_lost_down(folder):
    """The concentrator's Ack of the host's last request never arrives; asked every 2 s."""
    s = Session(0x0102)
    s.start(0)
    s.both(0.7, IPV6CP, HOST_ID, AC_ID)
    s.ppp(0.8, 1, IPCP, REQUEST, 1, THEIRS)
    s.ppp(0.81, 0, IPCP, REQUEST, 1, ANY)
    s.ppp(0.85, 0, IPCP, ACCEPT, 1, THEIRS)
    s.ppp(0.86, 1, IPCP, NAK, 1, OURS)
    for i in range(6):
        s.ppp(0.9 + 2 * i, 0, IPCP, REQUEST, 2, OURS)
        s.ppp(0.95 + 2 * i, 1, IPCP, ACCEPT, 2, OURS, lost=True)
    for i in range(14):
        s.ping(1.5 + i, i + 1)
    s.write(os.path.join(folder, "ppp/ack-lost-down"))


def ack_lost_vlan(folder):
    """VLAN 7, padded: IPV6CP's Ack to the concentrator is lost, the host's capture only."""
    s = Session(0x0203, vlan=7, pad=True)
    s.start(0, auth=False)
    s.both(0.5, IPCP, OURS, THEIRS)
    s.ppp(0.6, 0, IPV6CP, REQUEST, 1, HOST_ID)
    s.ppp(0.65, 1, IPV6CP, ACCEPT, 1, HOST_ID)
    for i in range(6):
        s.ppp(0.7 + 4 * i, 1, IPV6CP, REQUEST, 1, AC_ID)
        s.ppp(0.75 + 4 * i, 0, IPV6CP, ACCEPT, 1, AC_ID, lost=True)
    for i in range(12):
        s.ping(1 + 2 * i, i + 1, family=4)
        s.ping(1.5 + 2 * i, i + 1, answered=False)
    s.write(os.path.join(folder, "ppp/ack-lost-vlan"), ("client",))


def asks_in_vain(folder):
    """The concentrator's capture only: its request is sent five times, nothing answers it."""
    s = Session(0x0304)
    s.start(0)
    s.both(0.7, IPV6CP, HOST_ID, AC_ID)
    s.ppp(0.8, 0, IPCP, REQUEST, 1, OURS)
    s.ppp(0.85, 1, IPCP, ACCEPT, 1, OURS)
    for i in range(5):
        s.ppp(0.9 + 3 * i, 1, IPCP, REQUEST, 1, THEIRS)
    for i in range(14):
        s.ping(1.5 + i, i + 1)
    s.write(os.path.join(folder, "ppp/asks-in-vain"), ("server",))


def gives_up(folder):
    """The concentrator asks four times, gives up, and when the host begins anew asks four times more."""
    s = Session(0x0607)
    s.start(0)
    s.both(0.7, IPV6CP, HOST_ID, AC_ID)
    for k in range(2):
        at = 0.9 + 40 * k
        s.ppp(at - 0.05, 0, IPCP, REQUEST, 1 + k, OURS)
        s.ppp(at - 0.02, 1, IPCP, ACCEPT, 1 + k, OURS)
        for i in range(4):
            s.ppp(at + 3 * i, 1, IPCP, REQUEST, 1 + k, THEIRS)
            s.ppp(at + 3 * i + 0.05, 0, IPCP, ACCEPT, 1 + k, THEIRS, lost=True)
    for i in range(12):
        s.ping(1.5 + 5 * i, i + 1)
    s.write(os.path.join(folder, "ppp/gives-up"), ("client",))


def renegotiation(folder):
    """Healthy: refusals, packets that cross, one lost Ack, IPCP and then LCP begun anew."""
    s = Session(0x0405)
    s.start(0, auth=False)
    s.both(0.5, IPV6CP, HOST_ID, AC_ID)
    s.ppp(0.6, 0, IPCP, REQUEST, 1, ANY + bytes.fromhex("0206002d0f01"))
    s.ppp(0.65, 1, IPCP, REJECT, 1, bytes.fromhex("0206002d0f01"))
    s.ppp(0.7, 0, IPCP, REQUEST, 2, ANY)
    s.ppp(0.75, 1, IPCP, NAK, 2, OURS)
    s.ppp(0.8, 0, IPCP, REQUEST, 3, OURS)
    s.ppp(0.85, 1, IPCP, ACCEPT, 3, OURS)
    s.ppp(0.9, 1, IPCP, REQUEST, 1, THEIRS)
    s.ppp(0.95, 0, IPCP, ACCEPT, 1, THEIRS, lost=True)
    s.ppp(3.9, 1, IPCP, REQUEST, 1, THEIRS)
    s.ppp(3.95, 0, IPCP, ACCEPT, 1, THEIRS)
    for i in range(4):
        s.ping(5 + i, i + 1, family=4)
    for i in range(4):
        s.both(10 + 5 * i, IPCP, OURS, THEIRS, 4 + i)
        s.ping(11 + 5 * i, 10 + i, family=4)
    s.both(40, LCP, MRU + magic(17), MRU + magic(19), 2)
    s.both(40.2, IPV6CP, HOST_ID, AC_ID)
    s.both(40.4, IPCP, OURS, THEIRS, 1)
    s.ping(41, 20, family=4)
    s.ping(42, 21)
    s.ppp(45, 1, LCP, 9, 1, struct.pack("!I", 19))
    s.ppp(45.03, 0, LCP, 10, 1, struct.pack("!I", 17))
    s.stop(50)
    s.write(os.path.join(folder, "ppp/renegotiation"), ("client",))


def pap(folder):
    """Healthy; the password must not be seen anywhere."""
    s = Session(0x0506)
    s.start(0, password=b"tr0ub4dor")
    s.both(0.7, IPCP, OURS, THEIRS)
    s.ping(1, 1, family=4)
    s.stop(5)
    s.write(os.path.join(folder, "ppp/pap"), ("client",))
def udp_frame(sport, dport, data, ip_id, who=0):
    src, dst = (CLIENT, SERVER) if who == 0 else (SERVER, CLIENT)
    udp = struct.pack("!HHHH", sport, dport, 8 + len(data), 0) + data
    pseudo = src + dst + struct.pack("!BBH", 0, 17, len(udp))
    udp = udp[:6] + struct.pack("!H", checksum(pseudo + udp) or 0xffff) + udp[8:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), ip_id, 0x4000, 64, 17, 0, src, dst)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return bytes.fromhex("0200000000020200000000010800" if who == 0 else "0200000000010200000000020800") + ip + udp


def hard_resets(attempts):
    """OpenVPN clients that nobody answers: a list of attempts, each a list of times."""
    t = Talk(1194)
    for n, times in enumerate(attempts):
        # P_CONTROL_HARD_RESET_CLIENT_V2, key id 0; session id; no ids acknowledged; packet id 0
        packet = bytes([7 << 3]) + struct.pack("!Q", 0x1122334455667700 + n) + b"\0" + struct.pack("!I", 0)
        for at in times:
            t.frames.append((START + at, udp_frame(50001 + n, 1194, packet, len(t.frames) + 1)))
    return t


def openvpn_no_answer(folder):
    hard_resets([[0, 2, 6, 14, 30], [62, 64, 68, 76, 92], [124, 126, 130]]).write(
        os.path.join(folder, "openvpn-stall/no-answer/client.pcap"))
    hard_resets([[0, 2, 6, 14]]).write(os.path.join(folder, "openvpn-stall/cut-no-answer/client.pcap"))


def openvpn_unfinished(folder):
    """The server answers hard resets, but never a ClientHello; the client starts again after its hand-window."""
    t = Talk(1194)
    for n, start in enumerate((0, 62)):
        sids = struct.pack("!Q", 0x1122334455667700 + n), struct.pack("!Q", 0x7766554433221100 + n)
        hello = b"\x16\3\1\0\x50\1" + bytes(79)
        reset = bytes([7 << 3]) + sids[0] + bytes(5)
        answer = bytes([8 << 3]) + sids[1] + b"\1" + bytes(4) + sids[0] + bytes(4)
        packets = [(0, 0, reset), (0.01, 1, answer)]
        packets += [(at, 0, bytes([4 << 3]) + sids[0] + b"\1" + bytes(4) + sids[1] + b"\0\0\0\1" + hello)
                    for at in (0.02, 2.1, 6.1, 14.1, 30.1)]
        for at, who, data in packets:
            ports = (50001 + n, 1194) if who == 0 else (1194, 50001 + n)
            t.frames.append((START + start + at, udp_frame(*ports, data, len(t.frames) + 1, who)))
    t.write(os.path.join(folder, "openvpn-stall/unfinished/client.pcap"))


def first_frames(source, n, target, skip=0):
    """The first n frames of a capture (little-endian pcap) behind those that are skipped."""
    with open(source, "rb") as f:
        out = f.read(24)
        for i in range(skip + n):
            header = f.read(16)
            frame = header + f.read(struct.unpack("<I", header[8:12])[0])
            out += frame if i >= skip else b""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as f:
        f.write(out)


def openvpn_cut(folder):
    stall = os.path.join(folder, "openvpn-stall")
    first_frames(os.path.join(stall, "acklost-server/server.pcap"), 33, os.path.join(stall, "cut/server.pcap"))
    first_frames(os.path.join(stall, "ping-restart/server.pcap"), 33, os.path.join(stall, "cut-ping/server.pcap"))


def openvpn_two_files(folder):
    """One story in two files: a capture that was rotated, and two vantages of which one stops before the end."""
    stall = os.path.join(folder, "openvpn-stall")
    client, server = (os.path.join(stall, "acklost", name + ".pcap") for name in ("client", "server"))
    first_frames(client, 32, os.path.join(stall, "acklost-rotated/1.pcap"))
    first_frames(client, 40, os.path.join(stall, "acklost-rotated/2.pcap"), skip=32)
    first_frames(client, 71, os.path.join(stall, "acklost-uneven/client.pcap"))
    first_frames(server, 64, os.path.join(stall, "acklost-uneven/server.pcap"))


def openvpn_client_left(folder):
    """The client is gone; the server pings it, and stops; the capture goes on."""
    stall = os.path.join(folder, "openvpn-stall")
    path = os.path.join(stall, "client-left/server.pcap")
    first_frames(os.path.join(stall, "ping-restart/server.pcap"), 33, path)
    with open(path, "rb") as f:
        data = f.read()
    at = last = 24
    while at < len(data):
        last, at = at, at + 16 + struct.unpack_from("<I", data, at + 8)[0]
    t = Talk(9000)
    t.open(0)
    t.say(0.1, 0, b"hello")
    s = struct.unpack_from("<I", data, last)[0] + 60
    with open(path, "ab") as f:
        for when, frame in t.frames:
            us = round((when - START) * 1e6)
            f.write(struct.pack("<IIII", s, us, len(frame), len(frame)) + frame)


def openvpn_one_way(folder):
    """The second session of ping-restart's client, then its data alone, every ten seconds for 200."""
    stall = os.path.join(folder, "openvpn-stall")
    with open(os.path.join(stall, "ping-restart/client.pcap"), "rb") as f:
        data = f.read()
    out, at, n, sent = data[:24], 24, 0, None
    while at < len(data):
        s, us, cap, _ = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + cap]
        n += 1
        if n > 30:
            out += data[at:at + 16 + cap]
        at += 16 + cap
        if frame[36:38] == struct.pack("!H", 1194) and frame[42] >> 3 == 9:  # P_DATA_V2 to the server
            sent = bytearray(frame)
    number = struct.unpack_from("!I", sent, 46)[0]
    for n in range(1, 21):
        struct.pack_into("!I", sent, 46, number + n)
        struct.pack_into("!H", sent, 40, 0)  # UDP over IPv4 may go without a checksum
        out += struct.pack("<IIII", s + 10 * n, us, len(sent), len(sent)) + sent
    os.makedirs(os.path.join(stall, "one-way"), exist_ok=True)
    with open(os.path.join(stall, "one-way/client.pcap"), "wb") as f:
        f.write(out)


def mirrored(folder):
    """zombie's capture at a switch that also sends each frame to a collector, 40 us later, in ERSPAN II."""
    with open(os.path.join(folder, "lwip-reboot/zombie/client.pcap"), "rb") as f:
        data = f.read()
    out, at, n = data[:24], 24, 0
    while at < len(data):
        s, us, cap, wire = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + cap]
        at += 16 + cap
        n += 1
        gre = struct.pack("!HHI", 0x1000, 0x88be, n) + struct.pack("!HHI", 0x1000, 7, 0)
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(gre) + len(frame), n, 0, 64, 47, 0,
                         bytes([203, 0, 113, 1]), bytes([203, 0, 113, 2]))
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
        copy = bytes.fromhex("0200000000120200000000110800") + ip + gre + frame
        late = s * 1000000 + us + 40
        out += struct.pack("<IIII", s, us, cap, wire) + frame
        out += struct.pack("<IIII", late // 1000000, late % 1000000, len(copy), len(copy)) + copy
    os.makedirs(os.path.join(folder, "lwip-reboot/mirrored"), exist_ok=True)
    with open(os.path.join(folder, "lwip-reboot/mirrored/span.pcap"), "wb") as f:
        f.write(out)


if __name__ == "__main__":
    cut_while_resending(sys.argv[1])
    resent_to_the_limit(sys.argv[1])
    stopped_early(sys.argv[1])
    cut_while_pinging(sys.argv[1])
    pings_unanswered(sys.argv[1])
    ack_lost_down(sys.argv[1])
    ack_lost_vlan(sys.argv[1])
    asks_in_vain(sys.argv[1])
    gives_up(sys.argv[1])
    renegotiation(sys.argv[1])
    pap(sys.argv[1])
    openvpn_no_answer(sys.argv[1])
    openvpn_cut(sys.argv[1])
    openvpn_unfinished(sys.argv[1])
    openvpn_one_way(sys.argv[1])
    openvpn_two_files(sys.argv[1])
    openvpn_client_left(sys.argv[1])
    mirrored(sys.argv[1])
