/*
 * linktype: LINKTYPE_ values, as files hold them, and libpcap's DLT_ values and names.
 *
 * The two agree except for the old BSD numbers (tcpdump.org/linktypes; libpcap pcap-common.c).
 */
#ifndef CAPTURE_LINKTYPE_H
#define CAPTURE_LINKTYPE_H

#include <stdint.h>

int linktype_dlt(uint16_t linktype);

/* "EN10MB", or NULL where libpcap has no name. */
const char *linktype_name(uint16_t linktype);

/* "Ethernet", or NULL. */
const char *linktype_title(uint16_t linktype);

#endif
