/*
 * radio: what a receiver notes about one 802.11 frame beside its bytes.
 *
 * Some formats have it in their records (Omnipeek), others in a header before the frame (radiotap,
 * PPI, AVS, Prism); all zeros means that nothing is known.
 */
#ifndef CAPTURE_RADIO_H
#define CAPTURE_RADIO_H

#include <stdint.h>

enum radio_known {
    RADIO_CHANNEL = 1 << 0,
    RADIO_FREQUENCY = 1 << 1,
    RADIO_RATE = 1 << 2,
    RADIO_MCS = 1 << 3,
    RADIO_SIGNAL = 1 << 4,
    RADIO_NOISE = 1 << 5,
    RADIO_PERCENT = 1 << 6,
};

struct frame_radio {
    unsigned known; /* enum radio_known: which of the others mean anything */
    uint16_t channel;
    uint32_t frequency_mhz; /* of the channel's centre, or of its primary part */
    uint32_t rate_kbps;
    uint8_t mcs; /* index of 802.11n, ac or ax; the rate needs the width of the channel as well */
    int16_t signal_dbm, noise_dbm;
    uint8_t signal_percent; /* as the driver thinks fit; no unit */
};

#endif
