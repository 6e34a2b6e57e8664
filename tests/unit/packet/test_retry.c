/* test_retry: what makes two frames on the air the same. */
#include "config.h"

#include <stdlib.h>

#include "packet/retry.h"
#include "tests/support/tap.h"

int main(void)
{
    struct retry_table *t = calloc(1, sizeof(*t));
    struct retry_slot a = { .ta = { 2 }, .ra = { 4 }, .seq = 16, .wire_len = 100 }, b;

    ok(!retry_seen(t, &a), "a first frame");
    ok(retry_seen(t, &a), "the same again");
    b = a;
    b.tid = 1;
    ok(!retry_seen(t, &b), "each TID counts for itself");
    b = a;
    b.ra[0] = 6;
    ok(!retry_seen(t, &b), "another receiver");
    b = a;
    ok(!retry_seen(t, &b), "back again");
    b.wire_len++;
    ok(!retry_seen(t, &b), "another length");
    b.time_ns += RETRY_NS + 1;
    ok(!retry_seen(t, &b), "numbers come again after a while");
    b.time_ns -= RETRY_NS / 2;
    ok(retry_seen(t, &b), "clocks may step back a little");
    free(t);
    return tap_done();
}
