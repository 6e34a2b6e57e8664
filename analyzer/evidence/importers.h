/* The importers, in the order in which they are asked: X(name) stands for `name_importer`. */
/* clang-format off */
X(keylog)
X(openvpn_log)
/* clang-format on */
