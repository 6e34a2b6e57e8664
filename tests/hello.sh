#!/bin/bash
# hello: one client random in several hellos, and what tls-random-repeat and weak-random make of it (make_hello.py
# says why).
set -u
. "$TOP_SRCDIR/tests/support/made.sh"
made_by make_hello.py

# Rule, state and number of frames cited, one verdict after the other.
sum_up() {
    python3 -c 'import json, sys
for line in sys.stdin:
    v = json.loads(line)
    if v["schema"] == "deadwire.verdict/1" and "random" in v["rule"]:
        print(v["rule"], v["state"], len(v["evidence"]), end="; ")'
}

both="tls-random-repeat confirmed 2; weak-random likely 2;"
gives repeated "$both"
gives relay-retries "tls-random-repeat unknown 2; weak-random unknown 2;"
says relay-retries tls-random-repeat "The first was not answered"
gives relay-retries-more "tls-random-repeat unknown 4; weak-random unknown 4;"
gives two-hosts "tls-random-repeat confirmed 2; weak-random unknown 2;"
says two-hosts tls-random-repeat "2 connections of 192.0.2.7 and 192.0.2.80 carried the same client random"
says two-hosts weak-random "192.0.2.7 and 192.0.2.80 sent the same client random."
gives mirrored "tls-random-repeat unknown 2; weak-random unknown 2;"
gives starttls "$both"
gives starttls-in-pieces "$both"
gives one-byte-answer "$both"
gives second-unanswered "tls-random-repeat likely 2; weak-random likely 2;"
says second-unanswered tls-random-repeat "Only one answer was captured."
says second-unanswered weak-random "one hello that a proxy or tunnel passed on"
gives one-way "tls-random-repeat likely 2; weak-random likely 2;"
says one-way tls-random-repeat "No answers were captured."
says one-way weak-random "one hello that a proxy or tunnel passed on"
gives second-one-way "$both"
says second-one-way weak-random "1 client random came back"
gives first-one-way "$both"
made_end
