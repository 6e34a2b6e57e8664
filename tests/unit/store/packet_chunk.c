/* packet_chunk: what goes in comes out; hostile blobs are refused. */
#include "config.h"

#include <stdlib.h>

#include "base/str.h"
#include "store/packet_chunk.h"
#include "store/store.h"
#include "support/tap.h"

static struct store_packet in[CHUNK_PACKETS], out[CHUNK_PACKETS];

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static bool same(const struct store_packet *a, const struct store_packet *b)
{
    return a->frame_no == b->frame_no && a->time_ns == b->time_ns && a->has_time == b->has_time &&
           a->wire_len == b->wire_len && a->cap_len == b->cap_len &&
           a->interface_no == b->interface_no && a->offset == b->offset && a->flow == b->flow &&
           a->from_b == b->from_b && a->marks == b->marks && a->trouble == b->trouble &&
           a->linktype == b->linktype && a->radio_known == b->radio_known &&
           a->channel == b->channel && a->frequency_mhz == b->frequency_mhz &&
           a->rate_kbps == b->rate_kbps && a->mcs == b->mcs && a->signal_dbm == b->signal_dbm &&
           a->noise_dbm == b->noise_dbm && a->signal_percent == b->signal_percent;
}

static size_t round_trip(size_t n, const char *what)
{
    struct str blob = { 0 };
    size_t got, i = 0, len;

    chunk_encode(in, n, &blob);
    len = blob.len;
    if (chunk_decode(blob.s, blob.len, CHUNK_ALL, out, &got) == 0 && got == n)
        while (i < n && same(&in[i], &out[i]))
            i++;
    ok(i == n, "%s: %zu packets in %zu bytes", what, n, len);
    str_free(&blob);
    return len;
}

/* What a capture of a few busy conversations looks like. */
static void plausible(void)
{
    uint64_t seed = 7, time = 1795248000000000, offset = 24;
    size_t i;

    for (i = 0; i < CHUNK_PACKETS; i++) {
        uint32_t len = next(&seed) % 3 ? 60 : (uint32_t)(next(&seed) % 1400 + 60);

        time += next(&seed) % 8000;
        in[i] = (struct store_packet){ .frame_no = i + 1,
                                       .has_time = true,
                                       .time_ns = (int64_t)time * 1000,
                                       .wire_len = len,
                                       .cap_len = len,
                                       .offset = offset + 16,
                                       .flow = (uint32_t)(next(&seed) % 60 + 1),
                                       .from_b = next(&seed) & 1,
                                       .linktype = 1 };
        offset += 16 + len;
    }
}

static void at_random(uint64_t seed)
{
    size_t i;

    for (i = 0; i < CHUNK_PACKETS; i++)
        in[i] = (struct store_packet){ .frame_no = next(&seed),
                                       .has_time = next(&seed) & 1,
                                       .time_ns = (int64_t)next(&seed),
                                       .wire_len = (uint32_t)next(&seed),
                                       .cap_len = (uint32_t)next(&seed),
                                       .interface_no = (uint32_t)next(&seed),
                                       .offset = next(&seed),
                                       .flow = (uint32_t)next(&seed) >> 1,
                                       .from_b = next(&seed) & 1,
                                       .marks = (uint32_t)next(&seed),
                                       .trouble = (uint32_t)next(&seed),
                                       .linktype = (uint16_t)next(&seed) };
}

/* A chunk has columns for the radio only if one of its packets has anything of it. */
static void radio(void)
{
    size_t wired, one, i;

    plausible();
    wired = round_trip(CHUNK_PACKETS, "wired");
    in[7].radio_known = 16;
    in[7].signal_dbm = -77;
    one = round_trip(CHUNK_PACKETS, "a signal in one packet");
    ok(one > wired && one < wired + 64, "costs a few bytes");
    for (i = 0; i < CHUNK_PACKETS; i++) {
        in[i].radio_known = 127;
        in[i].channel = 165;
        in[i].frequency_mhz = 5825;
        in[i].rate_kbps = i % 3 ? 65000 : 6000;
        in[i].mcs = (uint8_t)(i % 8);
        in[i].signal_dbm = (int16_t)(-60 - (int)(i % 20));
        in[i].noise_dbm = -95;
        in[i].signal_percent = (uint8_t)(i % 101);
    }
    round_trip(CHUNK_PACKETS, "radio data");
    in[0].signal_dbm = INT16_MIN;
    in[1].signal_dbm = INT16_MAX;
    in[2].rate_kbps = UINT32_MAX;
    round_trip(CHUNK_PACKETS, "its largest values");
}

static void one_by_one(void)
{
    struct str blob = { 0 };
    struct store_packet one;
    size_t n = 700, i, same_ones = 0, strangers = 0, cut;
    bool found;

    plausible();
    for (i = 300; i < n; i++)
        in[i].frame_no += i / 7; /* with gaps */
    chunk_encode(in, n, &blob);
    for (i = 0; i < n; i++) {
        if (chunk_find(blob.s, blob.len, CHUNK_ALL & ~(1u << CHUNK_OFFSET), in[i].frame_no, &one,
                       &found) == 0 &&
            found) {
            one.offset = in[i].offset;
            same_ones += same(&one, &in[i]);
        }
    }
    is_int((int64_t)same_ones, (int64_t)n, "each packet is found alone");
    chunk_find(blob.s, blob.len, 1u << CHUNK_TIME, in[399].frame_no, &one, &found);
    ok(found && one.time_ns == in[399].time_ns && !one.wire_len, "with what is wanted");
    for (i = 1; i < n; i++)
        if (in[i].frame_no != in[i - 1].frame_no + 1)
            strangers += chunk_find(blob.s, blob.len, 0, in[i].frame_no - 1, &one, &found) || found;
    strangers += chunk_find(blob.s, blob.len, 0, 0, &one, &found) || found;
    strangers += chunk_find(blob.s, blob.len, 0, in[n - 1].frame_no + 1, &one, &found) || found;
    is_int((int64_t)strangers, 0, "one that is not there is not");
    for (cut = 0; cut < blob.len; cut++) {
        char *copy = malloc(cut ? cut : 1);

        memcpy(copy, blob.s, cut);
        strangers += !chunk_find(copy, cut, CHUNK_ALL & ~(1u << CHUNK_OFFSET), in[n - 1].frame_no,
                                 &one, &found) ||
                     found;
        free(copy);
    }
    is_int((int64_t)strangers, 0, "nor is one of a blob that was cut, wherever");
    str_free(&blob);
}

static void test_hostile(void)
{
    struct str blob = { 0 };
    uint64_t seed = 99;
    size_t n, i, refused = 0;

    plausible();
    chunk_encode(in, 300, &blob);
    for (i = 0; i < blob.len; i++) {
        char *cut = malloc(i ? i : 1);

        memcpy(cut, blob.s, i);
        refused += chunk_decode(cut, i, CHUNK_ALL, out, &n) != 0;
        free(cut);
    }
    is_int((int64_t)refused, (int64_t)blob.len, "cut anywhere: refused");
    for (i = 0; i < 20000; i++) {
        size_t at = next(&seed) % blob.len;
        char old = blob.s[at];

        blob.s[at] = (char)next(&seed);
        if (chunk_decode(blob.s, blob.len, CHUNK_ALL, out, &n) == 0 && n > CHUNK_PACKETS)
            break;
        blob.s[at] = old;
    }
    is_int((int64_t)i, 20000, "one byte changed: bounded");
    is_int(chunk_decode("\1\xff\xff\xff\x7f", 5, CHUNK_ALL, out, &n), ERR_FORMAT,
           "too many packets");
    is_int(chunk_decode("", 0, CHUNK_ALL, out, &n), ERR_FORMAT, "nothing");
    is_int(chunk_decode(NULL, 0, CHUNK_ALL, out, &n), ERR_FORMAT, "not even a pointer");
    str_clear(&blob);
    chunk_encode(in, 10, &blob);
    is_int(chunk_decode(blob.s, blob.len, 1u << CHUNK_OFFSET, out, &n), 0, "some columns only");
    ok(out[9].offset == in[9].offset && out[9].flow == 0, "bring what they lean on");
    str_free(&blob);
}

int main(void)
{
    plausible();
    ok(round_trip(CHUNK_PACKETS, "plausible") < CHUNK_PACKETS * 7, "less than 7 bytes a packet");
    round_trip(1, "one packet");
    in[100].time_ns -= 86400 * INT64_C(1000000000);
    in[101].has_time = false;
    round_trip(CHUNK_PACKETS, "time going backwards");
    at_random(1);
    round_trip(CHUNK_PACKETS, "random values");
    at_random(2);
    in[0].time_ns = INT64_MIN;
    in[1].time_ns = INT64_MAX;
    in[2].time_ns = INT64_MIN;
    round_trip(3, "the largest steps");
    radio();
    one_by_one();
    test_hostile();
    return tap_done();
}
