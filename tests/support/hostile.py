#!/usr/bin/env python3
"""Hostile captures and archives: each is made, analyzed within limits of memory and time, and removed.

usage: hostile.py DEADWIRE [NAME...]

A line of TAP for each.  Every one must end by itself, with an exit status of the manual, and with a
reason where something is left out.  HOSTILE_RSS_MIB and HOSTILE_SECONDS change the limits; a build
with sanitizers has wider ones, since it takes more of both, and its malloc tells us nothing of
what libarchive holds.  Python 3 standard library only.
"""
import gzip
import io
import lzma
import os
import random
import re
import resource
import signal
import struct
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile
import zlib

sys.dont_write_bytecode = True  # the sources may lie where nothing is to be written
from situations_openvpn import OpenVpn  # noqa: E402
from traffic import ACK, PSH, RST, Net  # noqa: E402

RSS_MIB = int(os.environ.get("HOSTILE_RSS_MIB", "512"))
SECONDS = int(os.environ.get("HOSTILE_SECONDS", "120"))
CASES = []
IPS = (bytes([192, 0, 2, 7]), bytes([198, 51, 100, 9]))


def case(*reasons):
    """The output must contain each of these (regular expressions)."""
    def keep(make):
        CASES.append((make.__name__.replace("_", "-"), make, reasons))
        return make
    return keep


# -- captures in small ---------------------------------------------------------------------------------

def pcap_head(linktype=1):
    return struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, linktype)


def pcap_record(i, frame):
    return struct.pack("<IIII", 1700000000 + i // 1000, i % 1000 * 1000, len(frame), len(frame)) + frame


def ip4(proto, payload, src=IPS[0], dst=IPS[1], ip_id=0, flags=0):
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ip_id, flags, 64, proto, 0, src, dst) + payload


def ether(payload, kind=0x0800):
    return bytes.fromhex("020000000002020000000001") + struct.pack("!H", kind) + payload


def udp(payload, sport=40000, dport=9000, **how):
    return ether(ip4(17, struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload, **how))


def tcp(flags, seq=0, ack=0, payload=b"", sport=40000, dport=9000, **how):
    head = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xffffffff, ack, 5 << 4, flags, 65000, 0, 0)
    return ether(ip4(6, head + payload, **how))


def small():
    return pcap_head() + pcap_record(0, udp(b"hello"))


def write_frames(path, frames, linktype=1):
    with open(path, "wb") as f:
        f.write(pcap_head(linktype))
        for i, frame in enumerate(frames):
            f.write(pcap_record(i, frame))


# -- archives ------------------------------------------------------------------------------------------

def tar_header(name, size, kind=b"0"):
    head = bytearray(512)
    head[0:len(name)] = name
    head[100:108] = b"0000644\0"
    head[124:136] = b"%011o\0" % size if size < 8 ** 11 else b"\x80" + size.to_bytes(11, "big")
    head[136:148] = b"00000000000\0"
    head[148:156] = b" " * 8
    head[156:157] = kind
    head[257:265] = b"ustar\00000"
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def padded(data):
    return data + bytes(-len(data) % 512)


@case(r"more than 100000 members")
def tar_a_million_members(path):
    path += ".tar.gz"
    with gzip.open(path, "wb", 1) as f:
        for start in range(0, 1000000, 1000):
            f.write(b"".join(tar_header(b"%07d.pcap" % i, 0) for i in range(start, start + 1000)))
        f.write(bytes(1024))
    return path


@case(r"complete")
def tar_many_captures(path):
    path += ".tar.gz"
    data = padded(small())
    with gzip.open(path, "wb", 1) as f:
        for i in range(300):
            f.write(tar_header(b"%07d.pcap" % i, len(small())) + data)
        f.write(bytes(1024))
    return path


@case(r"longer than 4096 bytes|damaged")
def tar_long_names(path):
    path += ".tar"
    with open(path, "wb") as f:
        for n in (4095, 4096, 4097, 100000):
            f.write(tar_header(b"././@LongLink", n + 1, b"L") + padded(b"n" * n + b"\0"))
            f.write(tar_header(b"x", len(small())) + padded(small()))
        f.write(bytes(1024))
    return path


@case(r"damaged")
def tar_endless_name(path):
    """A name of a terabyte, of which 512 bytes are there."""
    path += ".tar"
    with open(path, "wb") as f:
        f.write(tar_header(b"a.pcap", len(small())) + padded(small()))
        f.write(tar_header(b"././@LongLink", 1 << 40, b"L") + bytes(512))
        f.write(tar_header(b"b.pcap", len(small())) + padded(small()))
    return path


@case(r"partial|unreadable")
def tar_sparse_exabyte(path):
    """One byte of a capture behind a hole of an exabyte (GNU sparse format 1.0)."""
    path += ".tar"
    size = 1 << 60
    body = padded(b"2\n0\n24\n%d\n1\n" % (size - 1)) + padded(pcap_head() + b"x")
    pax = b"".join(b"%d %s\n" % (len(s) + len(str(len(s) + 3)) + 2, s) for s in (
        b"GNU.sparse.major=1", b"GNU.sparse.minor=0", b"GNU.sparse.name=hole.pcap", b"GNU.sparse.realsize=%d" % size))
    with open(path, "wb") as f:
        f.write(tar_header(b"pax", len(pax), b"x") + padded(pax))
        f.write(tar_header(b"hole.pcap", len(body)) + body + bytes(1024))
    return path


def nested(depth, data, name="a.pcap"):
    for i in range(depth):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz") as t:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
        data, name = out.getvalue(), "level%d.tgz" % i
    return data


@case(r'level0\.tgz!a\.pcap"[^\n]*"complete"')
def nested_4(path):
    path += ".tgz"
    with open(path, "wb") as f:
        f.write(nested(4, small()))
    return path


@case(r"nested deeper than 4")
def nested_60(path):
    path += ".tgz"
    with open(path, "wb") as f:
        f.write(nested(60, small()))
    return path


@case(r"gzip")
def gzip_in_gzip(path):
    """What a quine does to a reader: under each layer is the next one."""
    path += ".gz"
    data = small()
    for _ in range(300):
        data = gzip.compress(data, 1, mtime=0)
    with open(path, "wb") as f:
        f.write(data)
    return path


@case(r"complete")
def gzip_empty_members(path):
    """A million members without a byte before the capture."""
    path += ".pcap.gz"
    with open(path, "wb") as f:
        f.write(gzip.compress(b"", mtime=0) * 1000000 + gzip.compress(small(), mtime=0))
    return path


@case(r"a bomb")
def gzip_bomb(path):
    """Ten gigabytes of one frame that never ends, packed twice."""
    path += ".pcap.gz.gz"
    inner = io.BytesIO()
    with gzip.GzipFile(fileobj=inner, mode="wb", compresslevel=9, mtime=0) as f:
        f.write(pcap_head())
        block = pcap_record(0, bytes(250000)) * 16
        for _ in range(200):
            f.write(block)
    with gzip.open(path, "wb", 9) as f:
        f.write(inner.getvalue())
    return path


@case()
def zip_overlapping(path):
    """65 thousand members that are one and the same compressed megabyte."""
    path += ".zip"
    data = pcap_head() + pcap_record(0, bytes(250000)) * 4
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    fixed = struct.pack("<HHHHHIII", 20, 0, 8, 0, 0x21, zlib.crc32(data), len(packed), len(data))
    local = b"PK\3\4" + fixed + struct.pack("<HH", 6, 0) + b"a.pcap" + packed
    with open(path, "wb") as f:
        f.write(local)
        size = 0
        for i in range(65000):
            name = b"%06d.pcap" % i
            entry = b"PK\1\2" + struct.pack("<H", 20) + fixed + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
            size += f.write(entry)
        f.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 65000, 65000, size, len(local), 0))
    return path


@case(r"encrypted|damaged")
def zip_lies(path):
    """Sizes that are not true, a name of 65535 bytes, an encrypted member."""
    path += ".zip"
    with open(path, "wb") as f:
        f.write(b"PK\3\4" + struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x21, 0, 0xfffffff0, 0xfffffff0, 6, 0) + b"a.pcap")
        f.write(small())
        f.write(b"PK\3\4" + struct.pack("<HHHHHIIIHH", 20, 1, 8, 0, 0x21, 0, 40, 90, 65535, 0) + b"n" * 65535 + bytes(40))
    return path


@case(r"needs more than|damaged|cannot be unpacked|memory")
def cpio_name(path):
    """A name of three gigabytes in the header of a cpio archive."""
    path += ".cpio"
    fields = [1, 0o100644, 0, 0, 1, 0, len(small()), 0, 0, 0, 0, 7, 0]
    head = b"070701" + b"".join(b"%08x" % v for v in fields)
    fields[11] = 0xb0000000
    with open(path, "wb") as f:
        f.write(head + b"a.pcap\0\0\0\0" + small() + bytes(-len(small()) % 4))
        f.write(b"070701" + b"".join(b"%08x" % v for v in fields) + b"b.pcap" + bytes(100))
    return path


def flat(n):
    """A capture that packs very well, but not as well as a bomb: n megabytes."""
    frame = pcap_record(0, udp(bytes(60000)))
    return pcap_head() + b"".join(frame[:-20] + os.urandom(20) for _ in range(n * 1000000 // len(frame)))


@case(r"needs more than")
def xz_dictionary(path):
    """The header asks for 4 GiB of dictionary, and there is so much that it would be filled."""
    path += ".pcap.xz"
    data = bytearray(lzma.compress(flat(700), check=lzma.CHECK_NONE, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 4096}]))
    length = (data[12] + 1) * 4
    assert data[14] == 0x21 and data[15] == 1  # LZMA2, one byte of properties
    data[16] = 40
    data[12 + length - 4:12 + length] = struct.pack("<I", zlib.crc32(bytes(data[12:12 + length - 4])))
    with open(path, "wb") as f:
        f.write(data)
    return path


@case(r"needs more than|in no format")
def lzma_dictionary(path):
    path += ".pcap.lzma"
    data = bytearray(lzma.compress(flat(1), format=lzma.FORMAT_ALONE))
    data[1:5] = b"\0\0\0\xc0"
    with open(path, "wb") as f:
        f.write(data)
    return path


def seven(header, packed=b"", unpacked_crc=None):
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + packed + header


def number(n):
    """A number of 7z: ones in the first byte say how many more bytes follow."""
    if n < 0x80:
        return bytes([n])
    return b"\xff" + n.to_bytes(8, "little")


def seven_streams(packed_len, size, coder, crc):
    return (b"\6\0\1\x09" + number(packed_len) + b"\0" +
            b"\7\x0b\1\0\1" + coder + b"\x0c" + number(size) + b"\x0a\1" + struct.pack("<I", crc) + b"\0\x08\0")


def lzma1(data, dictionary):
    raw = lzma.compress(data, format=lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 20}])
    return raw, b"\x23\3\1\1\5\x5d" + struct.pack("<I", dictionary)


@case(r"needs more than")
def seven_dictionary(path):
    path += ".7z"
    data = flat(1)
    packed, coder = lzma1(data, 0xffffffff)
    header = (b"\1\4" + seven_streams(len(packed), len(data), coder, zlib.crc32(data)) + b"\0" +
              b"\5\1\x11" + number(15) + b"\0" + "a.pcap".encode("utf-16le") + b"\0\0" + b"\0\0")
    with open(path, "wb") as f:
        f.write(seven(header, packed))
    return path


@case()
def seven_header_bomb(path):
    """The header itself is packed, and is a gigabyte of zeros."""
    path += ".7z"
    packer = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 20}])
    start, block = b"\1\5" + number(1 << 31), bytes(1 << 20)
    packed, crc = packer.compress(start), zlib.crc32(start)
    for _ in range(1024):
        packed += packer.compress(block)
        crc = zlib.crc32(block, crc)
    packed += packer.flush()
    coder = b"\x23\3\1\1\5\x5d" + struct.pack("<I", 1 << 20)
    header = b"\x17" + seven_streams(len(packed), (1 << 30) + len(start), coder, crc) + b"\0"
    with open(path, "wb") as f:
        f.write(seven(header, packed))
    return path


@case()
def seven_many_files(path):
    """A header of a few bytes that speaks of a hundred million files."""
    path += ".7z"
    with open(path, "wb") as f:
        f.write(seven(b"\1\5" + number(99999999) + b"\x0e" + number(12500000) + bytes(64)))
    return path


@case(r"cannot be unpacked|needs more than|zstd")
def zstd_window(path):
    """A window of two gigabytes, and one raw block."""
    path += ".pcap.zst"
    with open(path, "wb") as f:
        f.write(b"\x28\xb5\x2f\xfd\0" + bytes([21 << 3]))
        f.write(struct.pack("<I", len(small()) << 3 | 1)[:3] + small())
    return path


# -- capture files -------------------------------------------------------------------------------------

def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


SECTION = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
INTERFACE = block(1, struct.pack("<HHI", 1, 0, 0))


def enhanced(frame, options=b""):
    return block(6, struct.pack("<IIIII", 0, 0x5f0, 0, len(frame), len(frame)) + frame + bytes(-len(frame) % 4) + options)


@case(r"one interface more than the 65536")
def pcapng_interfaces(path):
    path += ".pcapng"
    with open(path, "wb") as f:
        f.write(SECTION + INTERFACE * 200000 + enhanced(udp(b"hello")))
    return path


@case(r"one interface more than the 65536")
def pcapng_sections(path):
    path += ".pcapng"
    with open(path, "wb") as f:
        f.write((SECTION + INTERFACE + enhanced(udp(b"hello"))) * 100000)
    return path


@case(r"complete")
def pcapng_comments(path):
    path += ".pcapng"
    comment = struct.pack("<HH", 1, 64) + b"c" * 64
    with open(path, "wb") as f:
        f.write(SECTION + INTERFACE)
        for _ in range(100):
            f.write(enhanced(udp(b"hello"), comment * 10000 + bytes(4)))
    return path


@case(r"complete")
def pcapng_secrets(path):
    path += ".pcapng"
    with open(path, "wb") as f:
        f.write(SECTION + INTERFACE)
        for i in range(100000):
            line = b"CLIENT_RANDOM %064x %096x\n" % (i, i)
            f.write(block(10, struct.pack("<II", 0x544c534b, len(line)) + line))
        f.write(enhanced(udp(b"hello")))
    return path


@case()
def peek_deep_xml(path):
    path += ".pkt"
    xml = b'<?xml version="1.0"?>' + b"<a>" * 1000000
    with open(path, "wb") as f:
        f.write(b"\x7fver" + struct.pack("<II", 0, len(xml)) + b"\0\0\2\0" + xml)
        f.write(b"sess" + struct.pack("<II", 0, len(xml)) + b"\0\0\2\0" + xml)
    return path


@case()
def peek_many_names(path):
    path += ".pkt"
    version = b"<VersionInformation><FileVersion>9.0</FileVersion></VersionInformation>"
    xml = b"<SessionInfo><MediaType>0</MediaType><Comment>" + b"&amp;" * 2000000 + b"</Comment></SessionInfo>"
    with open(path, "wb") as f:
        f.write(b"\x7fver" + struct.pack("<II", 0, len(version)) + b"\0\0\2\0" + version)
        f.write(b"sess" + struct.pack("<II", 0, len(xml)) + b"\0\0\2\0" + xml)
    return path


# -- frames --------------------------------------------------------------------------------------------

@case(r"complete")
def tunnels_nested(path):
    path += ".pcap"

    def deep(wrap, n, inner):
        for _ in range(n):
            inner = wrap(inner)
        return inner

    plain = struct.pack("!HHHH", 1, 2, 9, 0) + b"x"
    frames = [ether(deep(lambda p: ip4(4, p), 3000, ip4(17, plain))),
              ether(deep(lambda p: ip4(47, struct.pack("!HH", 0, 0x0800) + p), 2500, ip4(17, plain))),
              ether(b"\0\1\0\0" * 16000 + bytes(60), 0x8847),
              deep(lambda p: p[:12] + b"\x81\0\0\7" + p[12:], 10000, udp(b"x")),
              ether(struct.pack("!IHBB", 6 << 28, 64000, 0, 64) + bytes(32) + b"\0\0\1\4\0\0\0\0" * 8000, 0x86dd)]
    vxlan = struct.pack("!II", 0x08000000, 1 << 8)
    frames.append(deep(lambda p: udp(vxlan + p, 4789, 4789), 1200, udp(b"x")))
    write_frames(path, frames * 300)
    return path


@case(r"complete")
def quic_coalesced(path):
    """Each datagram is full of Initials, each with keys of its own to be derived."""
    path += ".pcap"

    def frames():
        for i in range(20000):
            data = b""
            for k in range(40):
                data += b"\xc0\0\0\0\1\x08" + struct.pack("!II", i, k) + b"\0\0" + b"\x40\x15" + bytes(21)
            yield udp(data, 40000 + i % 20000, 443)
    write_frames(path, frames())
    return path


@case(r"complete")
def dtls_fragments(path):
    """Hellos of 16 MiB of which a fragment comes, in thousands of flows."""
    path += ".pcap"

    def frames():
        for i in range(200000):
            head = b"\1\xff\xff\xff" + struct.pack("!H", i & 0xffff) + (i * 7 % 65536).to_bytes(3, "big") + b"\0\0\x64"
            data = head + bytes(100)
            yield udp(b"\x16\xfe\xfd\0\0" + i.to_bytes(6, "big") + struct.pack("!H", len(data)) + data,
                      1024 + i % 60000, 4433, src=bytes([10, 0, i % 7, 1]))
    write_frames(path, frames())
    return path


@case(r"complete")
def ip_fragments(path):
    """A first fragment each, never completed."""
    path += ".pcap"
    write_frames(path, (ether(ip4(17, bytes(1400), ip_id=i & 0xffff, flags=0x2000, src=bytes([10, i >> 16, 1, 1])))
                        for i in range(200000)))
    return path


@case(r"complete")
def syn_flood(path):
    path += ".pcap"
    write_frames(path, (tcp(2, i * 7, sport=i % 60000 + 1024, src=bytes([10, i >> 16 & 255, i >> 8 & 255, i & 255]))
                        for i in range(500000)))
    return path


@case(r"complete")
def holes_everywhere(path):
    """Thousands of connections whose every segment stands behind a hole."""
    path += ".pcap"

    def frames():
        for i in range(100000):
            yield tcp(0x18, 1000 + i // 5000 * 3000, 1, b"\x16\3\1\x40\0" + bytes(1300), sport=2000 + i % 5000, dport=443)
    write_frames(path, frames())
    return path


@case(r"complete")
def tls_endless_hello(path):
    """Hellos that say they are 16 MiB long, and go on and on, in thousands of connections."""
    path += ".pcap"

    def frames():
        for i in range(100000):
            turn = i // 5000
            data = (b"\x16\3\1\x40\0\1\xff\xff\xff" if turn == 0 else b"") + bytes(1400 - (9 if turn == 0 else 0))
            yield tcp(0x18, 1000 + turn * 1400, 1, data, sport=2000 + i % 5000, dport=443)
    write_frames(path, frames())
    return path


@case(r"complete")
def same_tuple_again(path):
    """One four-tuple is opened again a hundred thousand times, always on top of a live one."""
    path += ".pcap"

    def frames():
        for i in range(50000):
            yield tcp(2, i * 100000)
            yield ether(ip4(6, struct.pack("!HHIIBBHHH", 9000, 40000, i * 7, i * 100000 + 1 & 0xffffffff, 5 << 4, 0x12, 65000,
                                           0, 0), src=IPS[1], dst=IPS[0]))
            yield tcp(0x18, i * 100000 + 1, i * 7 + 1, b"hello")
            yield ether(ip4(6, struct.pack("!HHIIBBHHH", 9000, 40000, i * 7 + 1, i * 100000 + 6 & 0xffffffff, 5 << 4, 0x10,
                                           65000, 0, 0), src=IPS[1], dst=IPS[0]))
    write_frames(path, frames())
    return path


# -- running -------------------------------------------------------------------------------------------

def answered(flags, seq, ack, payload=b"", dport=40000, host=IPS[0]):
    head = struct.pack("!HHIIBBHHH", 9000, dport, seq & 0xffffffff, ack & 0xffffffff, 5 << 4, flags, 65000, 0, 0)
    return ether(ip4(6, head + payload, src=IPS[1], dst=host))


@case(r'"rule":"tcp-dead-peer","state":"unknown"', r"left memory before its end", r'"evicted":[1-9]', r'"result":"unknown"')
def more_live_connections_than_fit(path):
    """One dies, says so once more at the end, and all that time a hundred thousand others are held open."""
    path += ".pcap"

    def opened(i):
        host, port = bytes([10, 1 + (i >> 16), i >> 8 & 255, i & 255]), 2000
        yield tcp(2, 100, sport=port, src=host)
        yield answered(0x12, 500, 101, dport=port, host=host)
        yield tcp(0x18, 101, 501, b"hello", sport=port, src=host)
        yield answered(0x18, 501, 106, b"you too", dport=port, host=host)
        yield tcp(0x10, 106, 508, sport=port, src=host)

    def frames():
        yield from opened(0)
        for _ in range(12):  # more than R2 of RFC 9293 section 3.8.3 at a resend every 10 s
            for _ in range(10000):
                yield udp(b"and time goes by")
            yield tcp(0x18, 106, 508, b"are you there", sport=2000, src=bytes([10, 1, 0, 0]))
        for i in range(1, 100000):
            yield from opened(i)
    write_frames(path, frames())
    return path


def reset_and_again(n_between):
    """The RST of a connection got lost; after `n_between` others its four-tuple is opened again."""
    host, port = bytes([10, 0, 0, 1]), 2000

    def reset(i):
        other = bytes([10, 1 + (i >> 16), i >> 8 & 255, i & 255])
        yield tcp(2, 100, sport=port, src=other)
        yield answered(0x12, 500, 101, dport=port, host=other)
        yield tcp(0x14, 101, 501, sport=port, src=other)

    yield tcp(2, 100, sport=port, src=host)
    yield answered(0x12, 500, 101, dport=port, host=host)
    yield tcp(0x18, 101, 501, b"hello", sport=port, src=host)
    yield answered(0x10, 501, 106, dport=port, host=host)
    yield tcp(0x14, 106, 501, sport=port, src=host)
    for i in range(n_between):
        yield from reset(i)
    yield tcp(2, 100100, sport=port, src=host)
    yield answered(0x10, 501, 106, dport=port, host=host)  # RFC 5961 section 4.2
    yield tcp(4, 106, sport=port, src=host)
    yield tcp(2, 100100, sport=port, src=host)
    yield answered(0x12, 9000, 100101, dport=port, host=host)
    yield tcp(0x18, 100101, 9001, b"again", sport=port, src=host)
    yield answered(0x10, 9001, 100106, dport=port, host=host)


@case(r'"rule":"tcp-tuple-reuse","state":"confirmed"', r'"isn_delta":100000', r"SYN of the old connection")
def a_dead_life_is_remembered(path):
    """It has left the table long ago, and is known to the next life of its four-tuple."""
    path += ".pcap"
    write_frames(path, reset_and_again(100000))
    return path


@case(r'"rule":"tcp-tuple-reuse","state":"unknown"', r"more connections than can be remembered",
      r'"forgotten":[1-9]')
def a_dead_life_is_forgotten(path):
    """With still more between the two, the case says that nothing is known of the first one."""
    path += ".pcap"
    write_frames(path, reset_and_again(250000))
    return path


@case(r"complete")
def one_endless_connection(path):
    path += ".pcap"
    data = bytes(400)
    write_frames(path, (tcp(0x18, 1000 + i * 400, 1, data) if i % 3 else answered(0x10, 1, 1000 + i * 400)
                        for i in range(400000)))
    return path


@case(r"complete")
def a_million_hosts(path):
    path += ".pcap"
    write_frames(path, (udp(b"hello?", src=struct.pack("!I", 0x0b000000 + i), dst=struct.pack("!I", 0x0d000000 + i * 7))
                        for i in range(1000000)))
    return path


@case(r"complete")
def times_that_jump(path):
    """Stamps from all over the range of the format, in no order, on connections that are alive."""
    path += ".pcap"
    with open(path, "wb") as f:
        f.write(pcap_head())
        for i in range(200000):
            frame = tcp(0x18, 1000 + i // 500 * 5, 1, b"hello", sport=2000 + i % 500)
            f.write(struct.pack("<IIII", i * 2654435761 & 0xffffffff, i * 40503 % 1000000, len(frame), len(frame)) + frame)
    return path


@case(r'"rule":"tcp-tuple-reuse"', r"complete")
def times_at_both_ends(path):
    """An interface at the first and one at the last moment that a pcapng can name: no difference of two fits 64 bits."""
    path += ".pcapng"

    def clock(offset):
        return block(1, struct.pack("<HHIHHqHH", 1, 0, 0, 14, 8, offset, 0, 0))

    def at(i, frame):
        return block(6, struct.pack("<IIIII", i, 0, 0, len(frame), len(frame)) + frame + bytes(-len(frame) % 4))

    with open(path, "wb") as f:
        f.write(SECTION + clock(-2**63) + clock(2**62))
        for first in 0, 1:
            frames = list(reset_and_again(0))
            f.write(b"".join(at(first, frame) for frame in frames[:5]))
            f.write(b"".join(at(1 - first, frame) for frame in frames[5:]))
    return path


# -- rules: what they look for, very often ---------------------------------------------------------------

@case(r'"verdicts":10000,[^\n]*"failed_rules":0')
def many_dead_connections(path):
    """Two hosts, and connections that all end with data that is never acknowledged again."""
    path += ".pcap"
    net = Net()
    for i in range(10000):
        t = net.tcp(ports=(5000 + i, 9000))
        t.open(i / 1000)
        t.say(i / 1000 + 0.1, 0, b"hello")
        seq = t.say(i / 1000 + 0.2, 0, b"again", acked=False)
        for k in range(2, 7):
            t.send(i / 1000 + 2**k, 0, PSH | ACK, b"again", seq=seq)
        t.send(i / 1000 + 128, 0, RST | ACK)
    net.write(path)
    return path


@case(r'"rule":"openvpn-ping-restart"', r'"verdicts":2000,[^\n]*"failed_rules":0')
def many_restarts(path):
    """One client, or many behind one address, whose server falls silent, so that it starts again, 2,000 times at once."""
    path += ".pcap"
    net = Net()
    for i in range(2000):
        draw = random.Random(i).randbytes
        v = OpenVpn(net, port=2000 + 2 * i, sids=(draw(8), draw(8)))
        w = OpenVpn(net, port=2001 + 2 * i, sids=(draw(8), draw(8)))
        v.open(i / 1000)
        for k in range(6):
            v.ping(i / 1000 + 1 + 10 * k)
            v.data(i / 1000 + 61 + 10 * k, 0)
        w.open(i / 1000 + 112)
    net.write(path)
    return path


def peak_of(args, seconds_max):
    """Exit status (None: no answer in time), output, and the peak of this child alone in MiB."""
    with tempfile.TemporaryFile() as out:
        p = subprocess.Popen(args, stdout=out, stderr=subprocess.STDOUT,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds_max, seconds_max)))
        timer = threading.Timer(10 * seconds_max, p.kill)  # it may wait for a busy machine
        timer.start()
        _, status, usage = os.wait4(p.pid, 0)
        timer.cancel()
        p.returncode = os.waitstatus_to_exitcode(status)
        late = p.returncode in (-signal.SIGKILL, -signal.SIGXCPU)
        out.seek(0)
        return (None if late else p.returncode, out.read().decode("utf-8", "replace"), usage.ru_maxrss // 1024,
                usage.ru_utime + usage.ru_stime)


def main():
    failed = n = 0
    if sys.argv[1] == "--make":
        print({name: make for name, make, _ in CASES}[os.path.basename(sys.argv[2])](sys.argv[2]))
        return 0
    with open(sys.argv[1], "rb") as f:
        sanitized = b"__asan_init" in f.read()
    rss_mib, seconds_max = RSS_MIB * (8 if sanitized else 1), SECONDS * (5 if sanitized else 1)
    with tempfile.TemporaryDirectory() as folder:
        for name, _, reasons in CASES:
            if sanitized:
                reasons = [r for r in reasons if "needs more than" not in r]
            if sys.argv[2:] and name not in sys.argv[2:]:
                continue
            n += 1
            # Made by another process: a child's peak begins with what its parent has.
            path = subprocess.run([sys.executable, __file__, "--make", os.path.join(folder, name)], check=True,
                                  capture_output=True, text=True).stdout.strip()
            rc, text, mib, seconds = peak_of([sys.argv[1], "analyze", "--format=jsonl", path], seconds_max)
            os.unlink(path)
            wrong = []
            if rc is None:
                wrong.append("no answer in %d s of work" % seconds_max)
            elif rc not in (0, 1, 3, 4):
                wrong.append("ended with %d: %s" % (rc, text[-200:]))
            if mib > rss_mib:
                wrong.append("took %d MiB" % mib)
            wrong += ["does not say " + r for r in reasons if rc is not None and not re.search(r, text)]
            failed += bool(wrong)
            print("%s %d - %s (%d MiB, %.1f s)%s" % ("not ok" if wrong else "ok", n, name, mib, seconds,
                                                    ": " + "; ".join(wrong) if wrong else ""), flush=True)
            if wrong:
                for line in text.splitlines()[-3:]:
                    print("#   " + line[:300])
    print("1..%d" % n)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
