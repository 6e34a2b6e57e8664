/* story: a case with verdicts of every kind, for the tests of reports. */
#ifndef TESTS_SUPPORT_STORY_H
#define TESTS_SUPPORT_STORY_H

#include "support/rules.h"

/* clang-format off */
static const char story_reuse[] =
    "-- id: t-reuse\n"
    "-- title: A new connection on a four-tuple that the other end still held\n"
    "-- title@zh_CN: \xe5\x9c\xa8\xe5\xaf\xb9\xe7\xab\xaf\xe4\xbb\x8d\xe6\x9c\xaa\xe9\x87\x8a\xe6\x94\xbe\xe7\x9a\x84\xe5\x9b\x9b\xe5\x85\x83\xe7\xbb\x84\xe4\xb8\x8a\xe5\xbb\xba\xe7\xab\x8b\xe4\xba\x86\xe6\x96\xb0\xe8\xbf\x9e\xe6\x8e\xa5\n"
    "-- because.it: 192.0.2.7:26947 sent a SYN in frame {first.frame} ({first.time}) although its old\n"
    "--   connection to port 8883 was alive; the answer in frame {last.frame} was a challenge ACK, and nothing came after it.\n"
    "-- advice.it: Let the device choose its ports at random, and keep the last one over a restart.\n"
    "-- what.first: SYN on a live connection\n"
    "-- what.last: challenge ACK of the old life, whose sequence number lies far outside the new window\n"
    "-- rival.wait: the old connection was in TIME-WAIT | a capture that begins earlier\n"
    "-- numbers: outcome text, quiet_s real, isn_delta int\n"
    "SELECT 'k' AS verdict_key, 'it' AS say, 'confirmed' AS state, 'critical' AS severity,\n"
    "'flow:1' AS subject, source, frame, NULL AS line, NULL AS at, NULL AS at_len,\n"
    "iif(name = 'syn', 'first', 'last') AS what, 'wait' AS rivals, NULL AS missing,\n"
    "NULL AS caused_by, 'stuck' AS outcome, 12.5 AS quiet_s, NULL AS isn_delta\n"
    "FROM test_event WHERE source <= 2 ORDER BY source, frame";
static const char story_weak[] =
    "-- id: t-weak\n-- title: The device's random numbers repeat\n-- after: t-reuse\n"
    "-- because.it: Two starts gave the same random.\n"
    "-- what.first: the log says so\n-- missing.hello: the second ClientHello\n"
    "SELECT 'w' AS verdict_key, 'it' AS say, 'unknown' AS state, 'notice' AS severity,\n"
    "'host:192.0.2.7' AS subject, 3 AS source, NULL AS frame, 12 AS line, NULL AS at, NULL AS at_len,\n"
    "'first' AS what, NULL AS rivals, 'hello' AS missing,\n"
    "(SELECT max(rule || '/' || verdict_key) FROM said) AS caused_by";
/* clang-format on */

__attribute__((unused)) static void story(struct store *s)
{
    char why[512];

    case_fill(s);
    rules_clear();
    rules_write("t-reuse", story_reuse);
    rules_write("t-weak", story_weak);
    if (rules_run(s, why, sizeof(why)))
        printf("# %s\n", why);
}

#endif
