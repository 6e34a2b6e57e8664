/*
 * logs: puts a log on the clock of a capture.
 *
 * A log writes its machine's local time and rarely says in which zone.  Where it names events that a
 * capture has too (OpenVPN: the first packet of a negotiation, by the peer's address and port), the
 * difference of the two clocks is known: whole quarter hours are the zone, the rest is how far the
 * clocks are apart.  One event is enough, since address and port at the same quarter hour do not agree
 * by chance; events that disagree give no clock at all.
 */
#ifndef VANTAGE_LOGS_H
#define VANTAGE_LOGS_H

#include "base/err.h"

struct fact_kind;
struct fact_sink;
struct store;

extern const struct fact_kind log_clock_fact;

/* Emits one row per log whose clock was found; between store_begin_pairs and store_commit_pairs. */
int logs_put_on_clock(struct store *s, const struct fact_sink *sink, struct err *err);

#endif
