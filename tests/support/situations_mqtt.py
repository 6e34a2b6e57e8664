"""MQTT sessions that are no fault; see make_situations.py."""
import struct

from traffic import ACK, FIN, PSH, RST, situation


class Mqtt:
    """An MQTT session, in clear or as sizes inside TLS 1.2 or 1.3."""

    def __init__(self, net, tls=None, port=40001):
        self.net, self.tls = net, tls
        self.t = net.tcp(ports=(port, 8883 if tls else 1883))
        self.t.open(0)
        if tls:
            def hello(kind, middle, rest):
                body = struct.pack("!H", 0x0303) + bytes([kind]) * 32 + b"\0" + middle + rest
                body = bytes([kind]) + struct.pack("!I", len(body))[1:] + body
                return b"\x16\x03\x03" + struct.pack("!H", len(body)) + body
            suite = struct.pack("!H", 0x1301 if tls == 13 else 0xc02f)
            self.t.say(0.03, 0, hello(1, struct.pack("!H", 2) + suite + b"\1\0", b"\0\0"))
            self.t.say(0.05, 1, hello(2, suite + b"\0",
                                      bytes.fromhex("0006002b00020304") if tls == 13 else b"\0\0"))
        self.say(0.1, 0, b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02me")
        self.say(0.2, 1, b"\x20\x02\x00\x00")

    def bytes(self, data, alert=False):
        """Inside TLS: a record of the size that these would have."""
        if not self.tls:
            return data
        kind = 21 if alert and self.tls == 12 else 23
        sealed = len(data) + (17 if self.tls == 13 else 24)
        return bytes([kind, 3, 3]) + struct.pack("!H", sealed) + b"\x5a" * sealed

    def say(self, at, who, data, alert=False):
        self.t.say(at, who, self.bytes(data, alert))

    def unseen(self, at, who, data):
        """This capture misses it; the other end has it."""
        self.t.send(at, who, PSH | ACK, self.bytes(data), keep=False)
        self.t.send(at + 0.01, 1 - who, ACK)

    def ping(self, at):
        self.say(at, 0, b"\xc0\x00")
        self.say(at + 0.05, 1, b"\xd0\x00")


@situation
def mqtt_ping_then_disconnect(net):
    """The client leaves before its last ping is answered, with a DISCONNECT (MQTT 3.1.1 section 3.14)."""
    m = Mqtt(net)
    m.ping(60)
    m.say(120, 0, b"\xc0\x00")
    m.say(126, 0, b"\xe0\x00")
    m.t.close(126.1)


@situation
def mqtt_disconnect_missed(net):
    """The same, and the DISCONNECT was not captured."""
    m = Mqtt(net)
    m.ping(60)
    m.say(120, 0, b"\xc0\x00")
    m.t.send(126, 0, PSH | ACK, b"\xe0\x00", keep=False)
    m.t.close(126.1)


@situation
def mqtt_ping_then_killed(net):
    """The client's host shuts down 2 s after a ping: no client gives up so soon."""
    m = Mqtt(net)
    m.ping(60)
    m.say(120, 0, b"\xc0\x00")
    m.t.send(122, 0, RST, seq=m.t.seq[0])


@situation
def mqtt_answer_missed(net):
    """One PINGRESP was not captured, as the client's ACK shows; the broker goes on."""
    m = Mqtt(net)
    m.ping(60)
    m.say(120, 0, b"\xc0\x00")
    m.unseen(120.05, 1, b"\xd0\x00")
    for i in range(5):
        m.say(121 + i, 0, b"\x32\x06\x00\x01a" + bytes([0, i + 1]) + b"x")
        m.say(121.05 + i, 1, b"\x40\x02" + bytes([0, i + 1]))
    m.t.send(150, 0, RST, seq=m.t.seq[0])


@situation
def mqtt_answer_missed_last(net):
    """The same, and nothing more comes until the client's host shuts down."""
    m = Mqtt(net)
    m.ping(60)
    m.say(120, 0, b"\xc0\x00")
    m.unseen(120.05, 1, b"\xd0\x00")
    m.t.send(150, 0, RST, seq=m.t.seq[0])


@situation
def mqtt_answer_behind_publish(net):
    """The PINGRESP waits behind a PUBLISH of 30 kB on a slow line, and the client's host shuts down."""
    m = Mqtt(net)
    m.say(59, 1, b"\x30\xb0\xea\x01\x00\x01a" + b"x" * 500)
    m.say(60, 0, b"\xc0\x00")
    for i in range(20):
        m.t.say(60.5 + i, 1, b"x" * 1000)
    m.t.send(81, 0, RST, seq=m.t.seq[0])


@situation
def mqtt_broker_closed_first(net):
    """The broker closes its side; the client still pings it once, and leaves late."""
    m = Mqtt(net)
    m.ping(60)
    m.t.send(70, 1, FIN | ACK)
    m.t.send(70.01, 0, ACK)
    m.say(120, 0, b"\xc0\x00")
    m.t.send(150, 0, FIN | ACK)
    m.t.send(150.01, 1, ACK)


@situation
def mqtt_two_queues(net):
    """Two capture queues: the answer to the last ping stands before it in the file, with its true time."""
    m = Mqtt(net)
    m.ping(60)
    m.ping(120)
    ping = max(i for i, f in enumerate(net.frames) if f[1].endswith(b"\xc0\x00"))
    at = net.frames[ping][0]
    net.frames[ping + 1], net.frames[ping + 2] = [(at + k, net.frames[ping + i][1]) for k, i in ((0.0001, 1), (0.0003, 2))]
    net.frames[ping:ping + 3] = [net.frames[ping + i] for i in (1, 2, 0)]
    m.t.send(150, 0, RST, seq=m.t.seq[0])


def mqtt_tls_joined(net, tls):
    m = Mqtt(net, tls)
    m.ping(60)
    m.say(120, 0, b"\xc0\x00")
    m.say(120.05, 1, b"\xd0\x00\x30\x09\x00\x01ahello!")
    m.say(125, 1, b"\x30\x09\x00\x01ahello!")
    m.say(140, 0, b"\xe0\x00")
    m.say(140.001, 0, b"\1\0", alert=True)
    m.t.close(140.1)


@situation
def mqtt_tls12_answer_joined(net):
    """The broker puts PINGRESP and PUBLISH into one record; DISCONNECT and close_notify end it."""
    mqtt_tls_joined(net, 12)


@situation
def mqtt_tls13_answer_joined(net):
    """The same; here a close_notify has the size of a PINGREQ (RFC 8446 section 6)."""
    mqtt_tls_joined(net, 13)


def mqtt_tls_goodbye(net, tls):
    m = Mqtt(net, tls)
    m.ping(60)
    m.say(70, 0, b"\xe0\x00")
    m.say(70.001, 0, b"\1\0", alert=True)
    m.t.send(73, 1, FIN | ACK)
    m.t.send(73.01, 0, FIN | ACK)
    m.t.send(73.02, 1, ACK)


@situation
def mqtt_tls12_server_closes(net):
    """After a DISCONNECT the broker closes (MQTT 3.1.1 section 3.14.4), 3 s later."""
    mqtt_tls_goodbye(net, 12)


@situation
def mqtt_tls13_server_closes(net):
    mqtt_tls_goodbye(net, 13)


@situation
def mqtt_tls_disconnect_reset(net):
    """DISCONNECT, and the client resets the connection."""
    m = Mqtt(net, 12)
    m.ping(60)
    m.say(70, 0, b"\xe0\x00")
    m.t.send(72, 0, RST, seq=m.t.seq[0])
