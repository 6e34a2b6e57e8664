#!/usr/bin/env python3
"""Writes a large capture of many short TCP connections, for tests that need a run to take a while.

usage: make_large.py FILE FRAMES

Each connection opens, says four things and closes; some are left open.  Standard library only.
"""
import struct
import sys

SYN, FIN, PSH, ACK = 2, 1, 8, 16
MACS = (bytes.fromhex("0200000000020200000000010800"), bytes.fromhex("0200000000010200000000020800"))


def frames(total):
    made, talk = 0, 0
    while made < total:
        port, host = 1024 + talk % 60000, talk // 60000
        addr = (struct.pack("!4B", 192, 0, 2, 1 + host % 250), struct.pack("!4B", 198, 51, 100, 1 + talk % 200))
        seq, steps = [1000 + talk * 7919, 5000 + talk * 104729], []
        steps += [(0, SYN, b""), (1, SYN | ACK, b""), (0, ACK, b"")]
        for i in range(4):
            steps += [(i % 2, PSH | ACK, b"line %d of talk %d\n" % (i, talk)), (1 - i % 2, ACK, b"")]
        if talk % 5:
            steps += [(0, FIN | ACK, b""), (1, FIN | ACK, b""), (0, ACK, b"")]
        for i, (who, flags, data) in enumerate(steps):
            ports = (port, 80) if who == 0 else (80, port)
            tcp = struct.pack("!HHIIBBHHH", *ports, seq[who] & 0xffffffff,
                              seq[1 - who] & 0xffffffff if flags & ACK else 0, 5 << 4, flags, 64240, 0, 0) + data
            ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), (talk * 20 + i) & 0xffff, 0x4000, 64, 6, 0,
                             addr[who], addr[1 - who])
            seq[who] += len(data) + bool(flags & (SYN | FIN))
            yield made * 500, MACS[who] + ip + tcp
            made += 1
        talk += 1


with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    for us, frame in frames(int(sys.argv[2])):
        out.write(struct.pack("<IIII", 1700000000 + us // 1000000, us % 1000000, len(frame), len(frame)) + frame)
