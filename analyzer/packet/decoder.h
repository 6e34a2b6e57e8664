/* decoder: the memory of a packet_decoder; for the files of packet/. */
#ifndef PACKET_DECODER_H
#define PACKET_DECODER_H

#include "base/bytes.h"
#include "packet/frag.h"
#include "packet/retry.h"

/* The subframes of an A-MSDU that are not decoded yet. */
struct amsdu_rest {
    struct bytes in;
    uint32_t wire_left; /* 0: none */
    uint32_t at;        /* in the frame */
    unsigned seen;      /* of the packets before */
};

struct packet_decoder {
    struct frag_table *frags;
    struct retry_table retries;
    struct amsdu_rest rest;
};

#endif
