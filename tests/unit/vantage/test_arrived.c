/* test_arrived: acknowledged bytes that only one side has (RFC 9293 section 3.4). */
#include "config.h"

#include "support/tap.h"
#include "vantage/arrived.h"
#include "vantage/losses.h"

#define SENDER   7u
#define RECEIVER 9u

static struct arrived *a;

static struct loss_frame data(uint32_t flow, uint32_t seq, uint32_t bytes)
{
    return (struct loss_frame){
        .sender = SENDER, .receiver = RECEIVER, .flow = flow, .seq = seq, .bytes = bytes
    };
}

static void both(uint32_t flow, uint32_t seq, uint32_t bytes)
{
    struct loss_frame f = data(flow, seq, bytes);

    arrived_sees(a, 0, &f, true);
}

static void lacks(uint32_t flow, uint32_t seq, uint32_t bytes)
{
    struct loss_frame f = data(flow, seq, bytes);

    arrived_sees(a, 0, &f, false);
    arrived_lacks(a, 0, &f);
}

static void ack(uint32_t flow, uint32_t number)
{
    struct loss_frame f = {
        .sender = RECEIVER, .receiver = SENDER, .flow = flow, .has_ack = true, .ack = number
    };

    arrived_sees(a, 0, &f, true);
}

static void is(uint64_t want, const char *what)
{
    uint64_t of;

    is_int((int64_t)arrived_count(a, 0, SENDER, &of), (int64_t)want, what);
    arrived_free(a);
    a = arrived_new();
}

int main(void)
{
    uint32_t i;

    a = arrived_new();
    both(1, 1000, 100);
    lacks(1, 1100, 100);
    ack(1, 1100);
    is(0, "not acknowledged");

    lacks(1, 1100, 100);
    ack(1, 1200);
    is(1, "acknowledged");

    ack(1, 1200); /* a frame is known to be alone when its time is over */
    both(1, 1000, 100);
    ack(1, 1200);
    lacks(1, 1100, 100);
    is(1, "acknowledged before it was known");

    lacks(1, 1100, 100);
    both(1, 1100, 100);
    ack(1, 1200);
    is(0, "sent again, and that one came");

    both(1, 1100, 100);
    ack(1, 1200);
    lacks(1, 1100, 100);
    is(0, "that one came before the first was known to be alone");

    lacks(1, 0xffffffc0u, 100);
    ack(1, 0x24);
    is(1, "around zero");

    both(2, 1000, 100);
    ack(2, 2000);
    lacks(1, 1100, 100);
    is(0, "another flow");

    for (i = 0; i < 200; i++) { /* every second segment */
        both(1, 1000 + 200 * i, 100);
        ack(1, 1200 + 200 * i);
    }
    lacks(1, 1100 + 200 * 199, 100);
    is(1, "behind many gaps");

    for (i = 0; i < 200; i++)
        both(1, 1000 + 200 * i, 100);
    ack(1, 90000);
    lacks(1, 1100, 100);
    is(0, "a gap that had to be forgotten does not count");

    for (i = 0; i < 50; i++) /* out of order, backwards, twice */
        both(1, 1000 + (i * 37 % 50) * 100, 100);
    ack(1, 6000);
    for (i = 0; i < 50; i++)
        lacks(1, 1000 + i * 100, 100);
    is(0, "all are there, in any order");

    for (i = 0; i < 20000; i++)
        both(i + 1, 1000, 100);
    lacks(20000, 1100, 100);
    ack(20000, 1200);
    is(0, "beyond the bound nothing is counted");
    arrived_free(a);
    return tap_done();
}
