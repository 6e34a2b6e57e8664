#!/usr/bin/env python3
"""Makes samples/tls-udp: DTLS and QUIC whose client randoms repeat, and twins in which they do so by design.

usage: make_tls_udp.py FOLDER     (the samples folder of the source tree)

What is in clear, or opens with the keys of RFC 9001 section 5.2, is real; certificates and everything under
secret keys are bytes of no meaning.  The bytes depend on nothing but this file.
Python 3 standard library only, so AES is here too (FIPS 197, SP 800-38D); it is slow and not for secrets.
"""
import hashlib
import hmac
import os
import struct
import sys

from make_samples import START, checksum

CLIENT, SERVER = bytes([192, 0, 2, 7]), bytes([198, 51, 100, 9])
CLIENT_HELLO, SERVER_HELLO, HELLO_VERIFY = 1, 2, 3
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


def drawn(label, n):
    """Bytes that look random."""
    return hashlib.shake_128(label.encode()).digest(n)


class Talk:
    """Datagrams between the two hosts; who: 0 client, 1 server."""

    def __init__(self):
        self.frames = []

    def send(self, at, who, port, data, server_port):
        ports = (port, server_port) if who == 0 else (server_port, port)
        src, dst = (CLIENT, SERVER) if who == 0 else (SERVER, CLIENT)
        udp = struct.pack("!HHHH", *ports, 8 + len(data), 0) + data
        pseudo = src + dst + struct.pack("!BBH", 0, 17, len(udp))
        udp = udp[:6] + struct.pack("!H", checksum(pseudo + udp) or 0xffff) + udp[8:]
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), len(self.frames) + 1, 0x4000, 64, 17, 0, src, dst)
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
        macs = bytes.fromhex("0200000000020200000000010800" if who == 0 else "0200000000010200000000020800")
        self.frames.append((START + at, macs + ip + udp))

    def write(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
            for t, frame in self.frames:
                us = round(t * 1e6)
                f.write(struct.pack("<IIII", us // 1000000, us % 1000000, len(frame), len(frame)) + frame)


# -- hellos


def vector(width, data):
    return len(data).to_bytes(width, "big") + data


def extension(number, data):
    return struct.pack("!H", number) + vector(2, data)


def sni(name):
    return extension(0, vector(2, b"\0" + vector(2, name)))


def client_body(version, random, suites, extensions, cookie=None):
    body = struct.pack("!H", version) + random + b"\0"
    if cookie is not None:
        body += vector(1, cookie)
    return body + vector(2, suites) + b"\1\0" + vector(2, extensions)


def server_body(version, random, suite, extensions=b""):
    body = struct.pack("!H", version) + random + b"\0" + suite + b"\0"
    return body + (vector(2, extensions) if extensions else b"")


# -- DTLS (RFC 6347)


def record(kind, epoch, number, data):
    return struct.pack("!BHHHI", kind, 0xfefd, epoch, 0, number) + vector(2, data)


def handshake(kind, seq, body, at=0, n=None):
    n = len(body) - at if n is None else n
    return (bytes([kind]) + len(body).to_bytes(3, "big") + struct.pack("!H", seq) + at.to_bytes(3, "big") +
            n.to_bytes(3, "big") + body[at:at + n])


def dtls_hello(random, cookie):
    groups = extension(10, vector(2, bytes.fromhex("001d0017"))) + extension(11, b"\1\0")
    signatures = extension(13, vector(2, bytes.fromhex("04030804")))
    return client_body(0xfefd, random, bytes.fromhex("c02bc02f"), sni(b"gateway.example.net") + groups + signatures,
                       cookie)


def dtls_session(t, at, port, random, label, resend=False, fragments=False):
    """A whole set-up with a cookie, and some data; `label` makes the server's choices."""
    cookie = drawn(label + " cookie", 16)
    first, second = dtls_hello(random, b""), dtls_hello(random, cookie)
    n = 0

    def say(after, who, data):
        t.send(at + after, who, port, data, 5684)

    say(0, 0, record(22, 0, n, handshake(CLIENT_HELLO, 0, first)))
    if resend:  # the first answer is lost
        n += 1
        say(1.0, 0, record(22, 0, n, handshake(CLIENT_HELLO, 0, first)))
    say(1.02, 1, record(22, 0, n, handshake(HELLO_VERIFY, 0, b"\xfe\xfd" + vector(1, cookie))))
    if fragments:
        for start in (64, 0):  # the second half comes first
            n += 1
            length = min(64, len(second)) if start == 0 else len(second) - 64
            say(1.04 + n / 1000, 0, record(22, 0, n, handshake(CLIENT_HELLO, 1, second, start, length)))
    else:
        n += 1
        say(1.04, 0, record(22, 0, n, handshake(CLIENT_HELLO, 1, second)))
    flight = record(22, 0, 1, handshake(SERVER_HELLO, 1, server_body(0xfefd, drawn(label, 32), b"\xc0\x2b")))
    flight += record(22, 0, 2, handshake(11, 2, drawn(label + " certificate", 400)))
    flight += record(22, 0, 3, handshake(12, 3, drawn(label + " share", 110))) + record(22, 0, 4, handshake(14, 4, b""))
    say(1.06, 1, flight)
    say(1.08, 0, record(22, 0, n + 1, handshake(16, 2, vector(1, b"\4" + drawn(label + " client", 64)))) +
        record(20, 0, n + 2, b"\1") + record(22, 1, 0, drawn(label + " finished", 40)))
    say(1.10, 1, record(20, 0, 5, b"\1") + record(22, 1, 0, drawn(label + " finished too", 40)))
    say(1.20, 0, record(23, 1, 1, drawn(label + " data", 60)))
    say(1.22, 1, record(23, 1, 1, drawn(label + " more", 50)))


def dtls_repeat(folder):
    """A device without a seed boots twice; its port is the same, and so is its random."""
    t = Talk()
    dtls_session(t, 0, 5684, drawn("unseeded", 32), "boot 1", resend=True)
    dtls_session(t, 60, 5684, drawn("unseeded", 32), "boot 2")
    t.write(os.path.join(folder, "tls-udp/dtls-repeat/client.pcap"))


def dtls_by_design(folder):
    """Resent, in answer to a cookie, in fragments; two sessions on one port with randoms of their own."""
    t = Talk()
    dtls_session(t, 0, 5684, drawn("first", 32), "session 1", resend=True, fragments=True)
    dtls_session(t, 60, 5684, drawn("second", 32), "session 2", fragments=True)
    t.write(os.path.join(folder, "tls-udp/dtls-by-design/client.pcap"))


def dtls_paths(folder):
    """One hello on two paths, unanswered: a client that looks for a way, or two that draw the same random."""
    t = Talk()
    for at, port in ((0, 50001), (1, 50001), (5, 50002), (7, 50002)):
        t.send(at, 0, port, record(22, 0, int(at), handshake(CLIENT_HELLO, 0, dtls_hello(drawn("paths", 32), b""))), 5684)
    t.write(os.path.join(folder, "tls-udp/dtls-paths/client.pcap"))


def dtls_echo(folder):
    """A reflector sends a client's own hello back to it."""
    t = Talk()
    hello = record(22, 0, 0, handshake(CLIENT_HELLO, 0, dtls_hello(drawn("echo", 32), b"")))
    for at, who in ((0, 0), (0.02, 1), (1, 0), (1.02, 1)):
        t.send(at, who, 50001, hello, 3478)
    t.write(os.path.join(folder, "tls-udp/dtls-echo/client.pcap"))


# -- AES-128-GCM


def make_sbox():
    box, p, q = [0] * 256, 1, 1
    while True:
        p ^= (p << 1) ^ (0x11b if p & 0x80 else 0)  # times 3
        p &= 0xff
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xff
        if q & 0x80:
            q ^= 9  # divided by 3
        box[p] = q ^ (q << 1 | q >> 7) & 0xff ^ (q << 2 | q >> 6) & 0xff ^ (q << 3 | q >> 5) & 0xff ^ \
            (q << 4 | q >> 4) & 0xff ^ 0x63
        if p == 1:
            break
    box[0] = 0x63
    return box


SBOX = make_sbox()


def double(v):
    return (v << 1) ^ (0x11b if v & 0x80 else 0)


def aes_block(key, block):
    words, rcon = [list(key[i:i + 4]) for i in range(0, 16, 4)], 1
    while len(words) < 44:
        w = words[-1]
        if len(words) % 4 == 0:
            w = [SBOX[b] for b in w[1:] + w[:1]]
            w[0] ^= rcon
            rcon = double(rcon)
        words.append([a ^ b for a, b in zip(words[-4], w)])
    s = [a ^ b for a, b in zip(block, sum(words[:4], []))]
    for r in range(1, 11):
        s = [SBOX[s[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if r < 10:
            for c in range(0, 16, 4):
                a, x = s[c:c + 4], s[c] ^ s[c + 1] ^ s[c + 2] ^ s[c + 3]
                s[c:c + 4] = [a[i] ^ x ^ double(a[i] ^ a[(i + 1) % 4]) for i in range(4)]
        s = [a ^ b for a, b in zip(s, sum(words[4 * r:4 * r + 4], []))]
    return bytes(s)


def ghash(h, data):
    y, h = 0, int.from_bytes(h, "big")
    for i in range(0, len(data), 16):
        x, v = y ^ int.from_bytes(data[i:i + 16], "big"), h
        y = 0
        for bit in range(127, -1, -1):
            if x >> bit & 1:
                y ^= v
            v = (v >> 1) ^ (0xe1 << 120 if v & 1 else 0)
    return y.to_bytes(16, "big")


def gcm_seal(key, nonce, head, text):
    def block(n):
        return aes_block(key, nonce + struct.pack("!I", n))

    def padded(data):
        return data + bytes(-len(data) % 16)

    stream = b"".join(block(2 + i) for i in range((len(text) + 15) // 16))
    out = bytes(a ^ b for a, b in zip(text, stream))
    lengths = struct.pack("!QQ", 8 * len(head), 8 * len(out))
    tag = ghash(aes_block(key, bytes(16)), padded(head) + padded(out) + lengths)
    return out + bytes(a ^ b for a, b in zip(tag, block(1)))


# -- QUIC (RFC 9000, RFC 9001)

SALT = {1: bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"),
        0x6b3343cf: bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9")}


def expand(secret, label, n):
    label = b"tls13 " + label
    return hmac.new(secret, struct.pack("!H", n) + vector(1, label) + b"\0\1", "sha256").digest()[:n]


def varint(n):
    return bytes([n]) if n < 64 else struct.pack("!H", 0x4000 | n)


def crypto(data, at=0):
    return b"\6" + varint(at) + varint(len(data)) + data


def initial(version, who, first_dcid, dcid, scid, number, frames, token=b"", size=1200):
    """A protected Initial of a client (padded to `size`) or of a server."""
    v2 = version != 1
    head = bytes([0xd1 if v2 else 0xc1]) + struct.pack("!I", version) + vector(1, dcid) + vector(1, scid) + varint(len(token))
    head += token
    frames += bytes(max(0, (size if who == 0 else 60) - len(head) - 4 - 16 - len(frames)))
    head += struct.pack("!HH", 0x4000 | (2 + len(frames) + 16), number)
    prefix = b"quicv2 " if v2 else b"quic "
    secret = hmac.new(SALT[version], first_dcid, "sha256").digest()
    secret = expand(secret, b"server in" if who else b"client in", 32)
    key, iv, hp = (expand(secret, prefix + name, n) for name, n in ((b"key", 16), (b"iv", 12), (b"hp", 16)))
    nonce = (int.from_bytes(iv, "big") ^ number).to_bytes(12, "big")
    sealed = gcm_seal(key, nonce, head, frames)
    mask = aes_block(hp, sealed[2:18])
    head = bytes([head[0] ^ mask[0] & 15]) + head[1:-2] + bytes([head[-2] ^ mask[1], head[-1] ^ mask[2]])
    return head + sealed


def opaque(first, dcid, scid, label, n):
    """A Handshake packet that nobody can open."""
    return (bytes([first]) + struct.pack("!I", 1) + vector(1, dcid) + vector(1, scid) + struct.pack("!H", 0x4000 | n) +
            drawn(label, n))


def quic_hello(random, share):
    ext = sni(b"www.example.net") + extension(43, vector(1, b"\3\4")) + extension(16, vector(2, vector(1, b"h3")))
    ext += extension(10, vector(2, bytes.fromhex("001d0017"))) + extension(13, vector(2, bytes.fromhex("04030804")))
    ext += extension(51, vector(2, bytes.fromhex("001d") + vector(2, share)))
    ext += extension(57, bytes.fromhex("0104800075300408") + drawn("limits", 8))
    body = client_body(0x0303, random, bytes.fromhex("13011302"), ext)
    return bytes([CLIENT_HELLO]) + vector(3, body)


def quic_answer(random, label):
    ext = extension(43, b"\3\4")
    ext += extension(51, b"\0\x17" if random == RETRY else b"\0\x1d" + vector(2, drawn(label + " share", 32)))
    return bytes([SERVER_HELLO]) + vector(3, server_body(0x0303, random, b"\x13\1", ext))


def quic_session(t, at, port, random, dcid, label, how=""):
    """A set-up; `how`: resend, scatter, retry, hello-retry, version."""
    scid, server_id, version, number, sent = b"", drawn(label + " id", 8), 1, 0, 0
    hello, token, to = quic_hello(random, drawn(label + " client share", 32)), b"", dcid

    def say(after, who, data):
        t.send(at + after, who, port, data, 443)

    def offer(after, data, offset=0):
        nonlocal number
        say(after, 0, initial(version, 0, dcid, to, scid, number, crypto(data, offset), token))
        number += 1

    if how == "scatter":
        for after, part in ((0, 1), (0.001, 0)):
            cut = (0, 100, len(hello))
            offer(after, hello[cut[part]:cut[part + 1]], cut[part])
    else:
        offer(0, hello)
    if how == "resend":
        offer(1.0, hello)
    if how == "retry":
        token, to = drawn(label + " token", 24), drawn(label + " other id", 8)
        dcid = to
        say(0.02, 1, b"\xf0" + struct.pack("!I", 1) + vector(1, scid) + vector(1, to) + token + drawn(label + " tag", 16))
        offer(0.04, hello)
    if how == "version":
        say(0.02, 1, b"\xc0" + struct.pack("!I", 0) + vector(1, scid) + vector(1, to) + struct.pack("!I", 0x6b3343cf))
        version, number, dcid = 0x6b3343cf, 0, drawn(label + " new id", 8)
        to = dcid
        offer(0.04, hello)
    if how == "hello-retry":
        again = quic_hello(random, drawn(label + " second share", 32))
        request = quic_answer(RETRY, label)
        say(0.02, 1, initial(version, 1, dcid, scid, server_id, 0, b"\2\0\0\0\0" + crypto(request)))
        to, sent = server_id, len(request)
        offer(0.04, again, len(hello))
    answer = initial(version, 1, dcid, scid, server_id, 1, b"\2\0\0\0\0" + crypto(quic_answer(drawn(label, 32), label), sent))
    say(1.06, 1, answer + opaque(0xe1, scid, server_id, label + " certificate", 500))
    say(1.08, 0, opaque(0xe1, server_id, scid, label + " finished", 60) + b"\x41" + server_id + drawn(label + " request", 90))
    say(1.10, 1, b"\x41" + drawn(label + " page", 300))


def quic_repeat(folder):
    """The same device again: random and connection id repeat, the ports do not."""
    t = Talk()
    for n in (0, 1):
        quic_session(t, 60 * n, 50001 + n, drawn("unseeded", 32), drawn("unseeded id", 8), "boot %d" % n)
    t.write(os.path.join(folder, "tls-udp/quic-repeat/client.pcap"))


def quic_by_design(folder):
    t = Talk()
    for n, how in enumerate(("resend", "scatter", "retry", "hello-retry", "version")):
        quic_session(t, 60 * n, 50001 + n, drawn("random " + how, 32), drawn("id " + how, 8), how, how)
    t.write(os.path.join(folder, "tls-udp/quic-by-design/client.pcap"))


if __name__ == "__main__":
    assert aes_block(bytes(range(16)), bytes.fromhex("00112233445566778899aabbccddeeff")).hex() == \
        "69c4e0d86a7b0430d8cdb78070b4c55a"  # FIPS 197, appendix C.1
    for make in (dtls_repeat, dtls_by_design, dtls_paths, dtls_echo, quic_repeat, quic_by_design):
        make(sys.argv[1])
