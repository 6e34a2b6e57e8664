/* The commands, in the order in which --help shows them: X(name) stands for `name_command`. */
/* clang-format off */
X(analyze)
X(tui)
X(compare)
X(info)
X(verdicts)
X(show)
X(query)
X(rules)
/* clang-format on */
