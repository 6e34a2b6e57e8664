/*
 * ppp_config: the names and the options of PPP's control protocols.
 *
 * Sources: RFC 1661 sections 5 and 6 (LCP), RFC 1332 and 1877 (IPCP), RFC 5072 (IPV6CP), RFC 1962
 * (CCP), RFC 1968 (ECP), RFC 1570 and 1990 (further LCP options).
 */
#ifndef DISSECTORS_PPP_CONFIG_H
#define DISSECTORS_PPP_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define PPP_LAYERS       9u   /* protocols with a state machine of RFC 1661 */
#define PPP_OPTIONS_TEXT 256u /* what options are written into, the end cut off */

enum ppp_code {
    PPP_REQUEST = 1, PPP_ACK, PPP_NAK, PPP_REJECT, PPP_TERMINATE, PPP_TERMINATE_ACK,
    PPP_CODE_REJECT, PPP_PROTOCOL_REJECT, PPP_ECHO, PPP_ECHO_REPLY,
};

/* In the order of ppp_layer_of: LCP is the first. */
enum ppp_layer { PPP_LCP, PPP_IPCP, PPP_IPV6CP };

/* Which of the state machines has this protocol number; -1: none. */
int ppp_layer_of(uint16_t protocol);
/* Whose data this protocol number carries; -1: nobody's. */
int ppp_layer_of_data(uint16_t protocol);
/* "lcp", "ipcp", ... */
const char *ppp_layer_name(unsigned layer);

/*
 * Writes "address 192.0.2.1, dns 192.0.2.53" for the options of a Configure packet into `out`.
 * False: an option is shorter than its own header or longer than what is left.
 */
bool ppp_options_text(unsigned layer, struct bytes in, char out[PPP_OPTIONS_TEXT]);

/* The IP address that the options ask for ("192.0.2.1"; "fe80::..." of an interface identifier);
 * false: none, or all zeros. */
bool ppp_options_address(unsigned layer, struct bytes in, char out[48]);

#endif
