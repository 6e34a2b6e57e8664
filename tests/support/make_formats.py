#!/usr/bin/env python3
"""Writes frames of the lwip-reboot samples into capture formats of others: Network Monitor, Sniffer, ERF.

usage: make_formats.py FOLDER     (the samples folder of the source tree)

The bytes depend on nothing but this file and the samples, so running it again changes nothing.
Python 3 standard library only.
"""
import os
import struct
import sys
import time

from make_peek import TAGGED_EPOCH, read_pcap


def netmon(path, frames, minor, first=0):
    """Version 2.`minor`; the buffer lies as a ring whose first frame is number `first`."""
    start = frames[0][0] // 1000 * 1000
    places, body = {}, b""
    lie = list(range(first, len(frames))) + list(range(first))
    for i in lie:
        us, data = frames[i]
        places[i] = 128 + len(body)
        body += struct.pack("<qII", us - start, len(data), len(data)) + data
        if minor == 3:
            body += struct.pack("<HIQB", 1, 0xffffffff, (us + TAGGED_EPOCH * 1000000) * 10, 0)
    t = time.gmtime(start // 1000000)
    head = b"GMBU" + struct.pack("<BBH", minor, 2, 1)
    head += struct.pack("<8H", t.tm_year, t.tm_mon, (t.tm_wday + 1) % 7, t.tm_mday, t.tm_hour, t.tm_min,
                        t.tm_sec, start // 1000 % 1000)
    head += struct.pack("<II", 128 + len(body), 4 * len(frames))
    with open(path, "wb") as f:
        f.write(head.ljust(128, b"\0") + body)
        f.write(b"".join(struct.pack("<I", places[i]) for i in range(len(frames))))


def sniffer(path, frames):
    body = b""
    for us, data in frames:
        body += struct.pack("<QHH28x", us - frames[0][0] // 1000000 * 1000000, len(data), len(data)) + data
    head = b"XCP\0" b"002.001\0" + struct.pack("<IIIII", frames[0][0] // 1000000, len(frames), 0, 128, 128 + len(body))
    with open(path, "wb") as f:
        f.write(head.ljust(128, b"\0") + body)


def erf(path, frames):
    """Records are filled up to eight bytes; lengths on the wire count a check sequence that was cut off."""
    with open(path, "wb") as f:
        for us, data in frames:
            fraction = (us % 1000000 * 2 ** 32 + 999999) // 1000000
            size = (18 + len(data) + 7) // 8 * 8
            f.write(struct.pack("<II", fraction, us // 1000000))
            f.write(struct.pack(">BBHHH2x", 2, 4, size, 0, len(data) + 4) + data.ljust(size - 18, b"\0"))


def main(folder):
    frames = read_pcap(os.path.join(folder, "lwip-reboot/zombie/client.pcap"))
    for name in ("netmon", "netmon-ring", "sniffer", "erf"):
        os.makedirs(os.path.join(folder, "formats", name), exist_ok=True)
    netmon(os.path.join(folder, "formats/netmon/client.cap"), frames, 3)
    netmon(os.path.join(folder, "formats/netmon-ring/client.cap"), frames, 0, len(frames) // 2)
    sniffer(os.path.join(folder, "formats/sniffer/client.cap"), frames)
    erf(os.path.join(folder, "formats/erf/client.erf"), frames)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
