/* The capture formats, in the order in which they are tried: X(name) stands for `name_format`. */
/* clang-format off */
X(pcapng)
X(pcap)
X(snoop)
X(netmon)
X(sniffer)
X(peek)
X(peek_classic)
X(erf)
/* clang-format on */
