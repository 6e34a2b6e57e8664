#!/usr/bin/env python3
"""Writes frames of the lwip-reboot samples into other capture formats: Omnipeek, EtherPeek, and pcapng with a
block of secrets.

usage: make_peek.py FOLDER     (the samples folder of the source tree)

The bytes depend on nothing but this file and the samples, so running it again changes nothing.
Python 3 standard library only.
"""
import os
import struct
import sys
import zlib

TAGGED_EPOCH = 11644473600  # from 1601 to 1970, seconds
MAC_EPOCH = 2082844800      # from 1904 to 1970, seconds
PHONE = bytes.fromhex("020000005a01")  # the access point of the 802.11 copy


def read_pcap(path):
    """(microseconds, frame) of a little-endian pcap."""
    with open(path, "rb") as f:
        data = f.read()
    frames, at = [], 24
    while at < len(data):
        s, us, cap, _ = struct.unpack_from("<IIII", data, at)
        frames.append((s * 1000000 + us, data[at + 16:at + 16 + cap]))
        at += 16 + cap
    return frames


def block(name, data, flags=0):
    return name + struct.pack("<II", len(data), flags) + data


def xml_block(name, text, size):
    data = ('<?xml version="1.0" encoding="utf-8"?>' + text).encode()
    return block(name, data.ljust(size), 0x200)


def record(us, data, attributes=(), sliced=0):
    """Lengths count four check bytes; of a sliced frame they are not there."""
    time = us * 1000 + TAGGED_EPOCH * 1000000000
    kept = data[:sliced] if sliced else data + bytes(4)
    out = struct.pack("<HIHIHI", 0, len(data) + 4, 1, time & 0xffffffff, 2, time >> 32)
    out += struct.pack("<HI", 3, 0x00200000 if sliced else 0)
    for tag, value in attributes:
        out += struct.pack("<HI", tag, value & 0xffffffff)
    return out + struct.pack("<HI", 0xffff, len(kept)) + kept


def tagged(path, frames, subtype, session):
    with open(path, "wb") as f:
        f.write(xml_block(b"\x7fver", "<VersionInfo><FileVersion>9</FileVersion>"
                          "<AppVersion>8.0.0.100</AppVersion></VersionInfo>", 500))
        f.write(xml_block(b"sess", "<Session><MediaType>0</MediaType><MediaSubType>%d</MediaSubType>"
                          "<PacketCount>%d</PacketCount>%s</Session>" % (subtype, len(frames), session), 2036))
        f.write(block(b"pkts", b"".join(frames)))


def classic(path, frames):
    body = b""
    for us, data in frames:
        data += struct.pack("<I", zlib.crc32(data))
        body += struct.pack(">HHHBBQ", 0, len(data), 0, 0, 0, us + MAC_EPOCH * 1000000) + data
        body += bytes(len(data) % 2)
    date = frames[0][0] // 1000000 + MAC_EPOCH
    with open(path, "wb") as f:
        f.write(struct.pack(">BBIIIIIIIII12x", 7, 0, 50 + len(body), len(frames), date, 0xffffffff, 0xffffffff,
                            0, 0, 0x05000000, 10000000) + body)


def as_wifi(data, n):
    """The same packet in the air: to the access point, or from it."""
    to, by, rest = data[:6], data[6:12], data[12:]
    up = by == as_wifi.device
    head = struct.pack("<BBH", 8, 1 if up else 2, 0)
    head += PHONE + by + to if up else to + PHONE + by
    return head + struct.pack("<H", n << 4 & 0xffff) + bytes.fromhex("aaaa03000000") + rest


def radio(n):
    """Channel 11; the signal fades."""
    dbm = -48 - n // 4
    return ((4, 11), (0xd, 2462), (0xe, 4), (5, 108), (6, min(100, 2 * (100 + dbm))), (7, dbm), (8, 10), (9, -95))


def pcapng_block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


def with_secrets(path, frames, log):
    """Frames, and the key log that the capturing program put in front of them in two blocks."""
    out = pcapng_block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
    out += pcapng_block(1, struct.pack("<HHI", 1, 0, 0))
    for line in log:
        out += pcapng_block(10, struct.pack("<II", 0x544c534b, len(line)) + line)
    for us, data in frames:
        out += pcapng_block(6, struct.pack("<IIIII", 0, us >> 32, us & 0xffffffff, len(data), len(data)) + data)
    with open(path, "wb") as f:
        f.write(out)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.split("\n\n")[1])
    folder = sys.argv[1]
    frames = read_pcap(os.path.join(folder, "lwip-reboot/zombie/client.pcap"))
    as_wifi.device = frames[0][1][6:12]
    for name in ("tagged", "classic", "wifi", "sliced"):
        os.makedirs(os.path.join(folder, "omnipeek", name), exist_ok=True)
    tagged(os.path.join(folder, "omnipeek/tagged/client.pkt"), [record(us, data) for us, data in frames], 0,
           "<LinkSpeed>100000000</LinkSpeed><AdapterName>Local Area Connection 2</AdapterName>"
           "<AdapterAddr>02:00:00:00:5A:02</AdapterAddr><CaptureName>hotspot &amp; device</CaptureName>"
           "<Comment>device reboots, then silence</Comment><Host>LAB-PC</Host>")
    classic(os.path.join(folder, "omnipeek/classic/client.pkt"), frames)
    air = [record(us, as_wifi(data, n), radio(n)) for n, (us, data) in enumerate(frames)]
    tagged(os.path.join(folder, "omnipeek/wifi/client.apc"), air, 3,
           "<LinkSpeed>54000000</LinkSpeed><AdapterName>Aggregator0</AdapterName><Adapters><Adapter><AdapterName>"
           "Wireless Network Connection 3</AdapterName></Adapter><Adapter><AdapterName>Wireless Network "
           "Connection 4</AdapterName></Adapter></Adapters>")
    short = [record(us, data, sliced=min(len(data), 54)) for us, data in frames]
    tagged(os.path.join(folder, "omnipeek/sliced/client.pkt"), short, 0, "")
    os.makedirs(os.path.join(folder, "secrets-block"), exist_ok=True)
    with open(os.path.join(folder, "lwip-reboot/recovered/sslkey.log"), "rb") as f:
        log = f.read().splitlines(keepends=True)
    recovered = read_pcap(os.path.join(folder, "lwip-reboot/recovered/client.pcap"))
    with_secrets(os.path.join(folder, "secrets-block/handshake.pcapng"), recovered[:3], log)


if __name__ == "__main__":
    main()
