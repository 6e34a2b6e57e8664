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


def udp_frame(sport, dport, data, ip_id):
    udp = struct.pack("!HHHH", sport, dport, 8 + len(data), 0) + data
    pseudo = CLIENT + SERVER + struct.pack("!BBH", 0, 17, len(udp))
    udp = udp[:6] + struct.pack("!H", checksum(pseudo + udp) or 0xffff) + udp[8:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), ip_id, 0x4000, 64, 17, 0, CLIENT, SERVER)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return bytes.fromhex("0200000000020200000000010800") + ip + udp


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


def first_frames(source, n, target):
    """The first n frames of a capture (little-endian pcap)."""
    with open(source, "rb") as f:
        out = f.read(24)
        for _ in range(n):
            header = f.read(16)
            out += header + f.read(struct.unpack("<I", header[8:12])[0])
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as f:
        f.write(out)


def openvpn_cut(folder):
    stall = os.path.join(folder, "openvpn-stall")
    first_frames(os.path.join(stall, "acklost-server/server.pcap"), 33, os.path.join(stall, "cut/server.pcap"))
    first_frames(os.path.join(stall, "ping-restart/server.pcap"), 33, os.path.join(stall, "cut-ping/server.pcap"))


if __name__ == "__main__":
    cut_while_resending(sys.argv[1])
    cut_while_pinging(sys.argv[1])
    openvpn_no_answer(sys.argv[1])
    openvpn_cut(sys.argv[1])
