/*
 * rules_test: runs the samples that rules name in their headers (`deadwire rules test`).
 *
 * Each folder is analyzed once, with all rules, into a temporary case.  Then every rule is asked
 * whether it said what its `samples` line promises:
 *
 *     fires     a verdict that is confirmed or likely
 *     silent    none that is, and none `unknown` at warning or above
 *     unknown   none that is, and one `unknown` that names what is missing
 *
 * The answers are TAP on stdout.
 */
#ifndef CLI_RULES_TEST_H
#define CLI_RULES_TEST_H

#include <stddef.h>

struct rules;

/*
 * `samples` is the folder that holds them; `ids` (n of them) the rules to test, none: all.  Returns
 * an exit status: 0 all as promised, 1 some not, 2 an id that no rule has.
 */
int rules_test(const struct rules *rules, const char *samples, char *const *ids, size_t n);

#endif
