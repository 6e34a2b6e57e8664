/*
 * openvpn_log: logs of OpenVPN servers and clients (OpenVPN src/openvpn/error.c, reliable.c).
 *
 * What counts is the reliable layer: "ACK output sequence broken: [12] 8" says that the window is full
 * at this moment, which also happens in healthy logs; only the same lowest id for seconds is a stall.
 */
#include "config.h"

#include "evidence/evidence.h"

/* clang-format off */
static const struct fact_column stall_columns[] = {
    { "peer", FACT_TEXT, "", "the other end, as the log names it", 0 },
    { "side", FACT_TEXT, "", "whose log, so whose window: server or client", 0 },
    { "packet_id", FACT_INT, "", "the lowest id that is not acknowledged", 0 },
    { "next_id", FACT_INT, "", "the first id that could not be sent", 0 },
    { "n", FACT_INT, "", "lines that say so", 0 },
    { "last_line", FACT_INT, "line", "the last of them", 0 },
    { "seconds", FACT_REAL, "s", "from the first sending of the id, or the first such line, to its end", 0 },
    { "recovered", FACT_INT, "bool", "the id was acknowledged in the end", 0 },
    { "failed_line", FACT_INT, "line", "the negotiation failed: the line that says so", 0 },
};
static const struct fact_kind stall_fact = {
    "log_openvpn_stall", FACT_OF_LINE, "a full send window that stood still, by the log of its owner",
    stall_columns, sizeof(stall_columns) / sizeof(stall_columns[0]),
};
/* clang-format on */

static const struct fact_kind *const kinds[] = { &stall_fact, NULL };

static bool openvpn_log_probe(struct bytes head)
{
    (void)head;
    return false;
}

static void openvpn_log_read(struct bytes text, const struct fact_sink *sink,
                             struct evidence_result *out)
{
    (void)text, (void)sink, (void)out;
}

const struct importer openvpn_log_importer = {
    .name = "OpenVPN log",
    .is = EVIDENCE_LOG,
    .facts = kinds,
    .probe = openvpn_log_probe,
    .read = openvpn_log_read,
};
