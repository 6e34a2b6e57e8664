/* The importers, in the order in which they are asked: X(name) stands for `name_importer`. */
/* clang-format off */
X(keylog)
X(openvpn_log)
X(secoclient)
X(netsh)
X(bind_log)
/* clang-format on */
