/* test_outstanding: sent, resent, answered or not. */
#include "config.h"

#include "flow/outstanding.h"
#include "support/tap.h"

int main(void)
{
    struct outstanding o = { 0 };

    ok(!outstanding_open(&o), "nothing was sent");
    is_int(outstanding_waited_ns(&o, 1000), 0, "  and nothing waited");
    outstanding_send(&o, 5, 100);
    ok(outstanding_open(&o) && o.sent_frame == 5 && o.last_frame == 5 && !o.resend_frame, "sent");
    is_int(outstanding_waited_ns(&o, 700), 600, "  waits until now");
    is_int(outstanding_waited_ns(&o, 50), 0, "  never less than nothing");
    outstanding_resend(&o, 7, 200);
    outstanding_resend(&o, 9, 300);
    ok(o.n_resent == 2 && o.resend_frame == 7 && o.last_frame == 9 && o.sent_frame == 5, "resent");
    outstanding_answer(&o, 11, 450);
    ok(!outstanding_open(&o) && o.answer_frame == 11, "answered");
    is_int(outstanding_waited_ns(&o, 9000), 350, "  from the first sending to the answer");
    outstanding_send(&o, 20, 1000);
    ok(outstanding_open(&o) && o.n_resent == 0 && !o.answer_frame, "sent anew: all is forgotten");
    return tap_done();
}
