/*
 * The dissectors, in the order in which they are asked whether they claim a conversation:
 * X(name) stands for `name_dissector` in NAME.c.
 */
/* clang-format off */
X(tcp)
X(tls)
X(dtls)
X(quic)
X(openvpn)
X(icmp)
X(ppp)
X(pppoe)
X(mqtt)
X(http)
X(dns)
X(mqtt_tls)
/* clang-format on */
