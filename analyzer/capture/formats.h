/* The capture formats, in the order in which they are tried: X(name) stands for `name_format`. */
/* clang-format off */
X(pcapng)
X(pcap)
X(snoop)
X(peek)
X(peek_classic)
/* clang-format on */
