/*
 * filter: a BPF capture filter (pcap-filter(7)), compiled per link type through libpcap.
 */
#ifndef CAPTURE_FILTER_H
#define CAPTURE_FILTER_H

#include <stdbool.h>

#include "base/err.h"

struct filter;
struct frame;

/* Checks the expression for Ethernet.  ERR_USAGE with libpcap's words when it is wrong. */
int filter_new(const char *expression, struct filter **out, struct err *err);
void filter_free(struct filter *f);

/* Does the frame pass?  A link type for which the expression makes no sense lets nothing pass. */
bool filter_match(struct filter *f, const struct frame *frame);

#endif
