#!/bin/bash
# mqtt: sessions that died of their keep-alive (make_mqtt.py says why).
set -u
. "$TOP_SRCDIR/tests/support/made.sh"
made_by make_mqtt.py

# What mqtt-keepalive-death says, and the case's result.
sum_up() {
    sed -nE 's/.*"rule":"mqtt-keepalive-death","state":"([a-z]*)","severity":"([a-z]*)".*/\1 \2;/p
        s/.*"deadwire.summary\/1","result":"([a-z]*)".*/\1/p' | tr '\n' ' '
}

for link in tls12 tls13 clear; do
    gives begun-late-$link "likely critical; fault"
    says begun-late-$link mqtt-keepalive-death "after 30 s the session was given up"
done
gives told-by-broker "likely critical; fault"
says told-by-broker mqtt-keepalive-death "Nothing of 192.0.2.7:40001 is here in the 45 s before (keep-alive 30 s)."
gives client-wakes "likely critical; fault"
says client-wakes mqtt-keepalive-death "Nothing of 192.0.2.7:40001 is here in the 45 s before"
gives client-spoke "likely critical; fault"
says client-spoke mqtt-keepalive-death "192.0.2.7:40001 did speak, in frame 16, 5 s before"
gives closed-by-broker "likely critical; fault"
says closed-by-broker mqtt-keepalive-death "closed the session of 192.0.2.7:40001 in frame 20, 46 s after the last packet"
gives closed-early "healthy"
gives closed-unread "healthy"
gives closed-resending "confirmed critical; fault"
gives way-back-clear "likely critical; fault"
says way-back-clear mqtt-keepalive-death "TCP acknowledged it only after 25.0 s, although it was resent 6 times; after 6.1 s the client had connected anew"
gives way-back-tls "likely critical; fault"
says way-back-tls mqtt-keepalive-death "TCP acknowledged it only after 25.0 s"
gives another-client "unknown"
made_end
