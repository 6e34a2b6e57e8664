/* decoder: the memory of a packet_decoder; for the files of packet/. */
#ifndef PACKET_DECODER_H
#define PACKET_DECODER_H

#include "packet/frag.h"
#include "packet/retry.h"

struct packet_decoder {
    struct frag_table *frags;
    struct retry_table retries;
};

#endif
