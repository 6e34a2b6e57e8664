/* openvpn_log: OpenVPN logs, read by every importer. */
#include "config.h"

#include "fuzz/evidence_fuzz.h"
