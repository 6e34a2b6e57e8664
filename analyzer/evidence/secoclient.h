/*
 * secoclient: the log of Huawei's SSL VPN client for Windows (SecoClientCS.exe).
 *
 *     [ VNIC   WARN   2021-01-28 20:37:59.000678 ][user] [65535][VNIC Init][bind port error, try to
 * set again]
 *
 * The six digits behind the point look like milliseconds with zeros in front, so they are no
 * fraction to compute with.  The user's name is not kept.
 *
 * The client binds UDP 127.0.0.1:49327 and adds one for each failure; the log does not name the
 * ports. The counter belongs to the process and is never set back, so a later burst of the same
 * process goes on where the last one stopped (from the published analysis of the incident; no
 * vendor document).
 */
#ifndef EVIDENCE_SECOCLIENT_H
#define EVIDENCE_SECOCLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/evidence.h"

#define SECOCLIENT_FIRST_PORT 49327u

struct secoclient;

struct secoclient *secoclient_start(const struct fact_sink *sink);
/* True if the line is one of this client. */
bool secoclient_line(struct secoclient *s, struct bytes line, uint64_t line_no);
/* Returns the number of lines that left a fact. */
uint64_t secoclient_end(struct secoclient *s);

#endif
