/* The views: X(name) stands for `name_view` in view_NAME.c.  The first one is home. */
/* clang-format off */
X(verdicts)
X(evidence)
X(frame)
X(log)
X(ladder)
X(plot)
X(lives)
X(packets)
X(sources)
X(facts)
X(lines)
X(compare)
X(timeline)
X(rules)
X(sql)
X(help)
/* clang-format on */
