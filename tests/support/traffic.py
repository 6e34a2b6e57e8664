"""Frames of made-up traffic, for the scripts here that make captures.

Python 3 standard library only; the bytes depend on nothing but these files.
"""
import struct

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
START = 1700000000.0
SITUATIONS = []
HOSTS = (bytes([192, 0, 2, 7]), bytes([198, 51, 100, 9]))
MACS = (bytes.fromhex("020000000001"), bytes.fromhex("020000000002"))


def situation(make):
    SITUATIONS.append(make)
    return make


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip4(src, dst, proto, payload, ip_id=0, ttl=64, more=False, offset=0):
    flags = (0x2000 if more else 0) | offset // 8
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ip_id, flags, ttl, proto, 0, src, dst)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ether(who, payload, kind=0x0800):
    return MACS[1 - who] + MACS[who] + struct.pack("!H", kind) + payload


class Tcp:
    """One TCP connection; send() returns the frame's IP packet and keeps the frame."""

    def __init__(self, net, ports=(40001, 9000), isn=(1000, 5000), hosts=HOSTS, stamps=False):
        self.net, self.ports, self.hosts, self.stamps = net, ports, hosts, stamps
        self.stamp = [1, 1]
        self.seq, self.ip_id = [isn[0], isn[1]], [1, 30000]

    def send(self, at, who, flags, data=b"", seq=None, ack=None, window=64240, options=b"", keep=True):
        seq = self.seq[who] if seq is None else seq
        ack = (self.seq[1 - who] if flags & ACK else 0) if ack is None else ack
        src, dst = self.hosts[who], self.hosts[1 - who]
        if self.stamps:
            self.stamp[who] = round(at * 1000) + 1
            options += bytes([1, 1, 8, 10]) + struct.pack("!II", self.stamp[who], self.stamp[1 - who] if flags & ACK else 0)
        tcp = struct.pack("!HHIIBBHHH", self.ports[who], self.ports[1 - who], seq & 0xffffffff, ack & 0xffffffff,
                          (5 + len(options) // 4) << 4, flags, window, 0, 0) + options + data
        tcp = tcp[:16] + struct.pack("!H", checksum(src + dst + struct.pack("!BBH", 0, 6, len(tcp)) + tcp)) + tcp[18:]
        packet = ip4(src, dst, 6, tcp, self.ip_id[who])
        self.ip_id[who] += 1
        if keep:
            self.net.add(at, ether(who, packet))
        self.seq[who] = max(self.seq[who], seq + len(data) + (1 if flags & (SYN | FIN) else 0))
        return packet

    def open(self, at):
        self.send(at, 0, SYN)
        self.send(at + 0.01, 1, SYN | ACK)
        self.send(at + 0.02, 0, ACK)

    def say(self, at, who, data, acked=True):
        seq = self.seq[who]
        self.send(at, who, PSH | ACK, data)
        if acked:
            self.send(at + 0.01, 1 - who, ACK)
        return seq

    def talk(self, at, n=3):
        for i in range(n):
            self.say(at + i, 0, b"ask %d" % i)
            self.say(at + i + 0.1, 1, b"answer %d" % i)

    def close(self, at):
        self.send(at, 0, FIN | ACK)
        self.send(at + 0.01, 1, FIN | ACK)
        self.send(at + 0.02, 0, ACK)


class Net:
    def __init__(self):
        self.frames = []

    def add(self, at, frame):
        self.frames.append((START + at, frame))

    def tcp(self, **how):
        return Tcp(self, **how)

    def write(self, path, snap=65535, in_order=True):
        frames = sorted(self.frames, key=lambda f: f[0]) if in_order else self.frames
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, snap, 1))
            for t, frame in frames:
                us = round(t * 1e6)
                cut = frame[:snap]
                f.write(struct.pack("<IIII", us // 1000000, us % 1000000, len(cut), len(frame)) + cut)
