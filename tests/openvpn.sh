#!/bin/bash
# openvpn: tunnels whose ends fall silent or never agree, and what only looks like it (make_openvpn.py says why).
set -u
. "$TOP_SRCDIR/tests/support/made.sh"
made_by make_openvpn.py

# Rule, state and severity, one verdict after the other; and the case's result.
sum_up() {
    sed -nE 's/.*"rule":"([a-z-]*)","state":"([a-z]*)","severity":"([a-z]*)".*/\1 \2 \3;/p
        s/.*"deadwire.summary\/1","result":"([a-z]*)".*/\1/p' | tr '\n' ' '
}

gives server-restarts "openvpn-ping-restart likely warning; fault"
says server-restarts openvpn-ping-restart "went on for 6 packets and heard nothing; 60.98 s after"
gives begun-late "openvpn-ping-restart likely warning; fault"
says begun-late openvpn-ping-restart "The tunnel between 192.0.2.7 and 198.51.100.9:1194 was up; then the server"
gives server-restarts-soon "openvpn-ping-restart likely warning; fault"
gives server-restarts-busy "openvpn-ping-restart likely warning; fault"
gives client-comes-back "openvpn-ping-restart likely warning; fault"
says client-comes-back openvpn-ping-restart "The server went on for 7 packets and heard nothing"
gives two-clients "openvpn-ping-restart unknown warning; unknown"
says two-clients openvpn-ping-restart "seems another client's"
gives client-with-two-sessions "openvpn-ping-restart unknown warning; unknown"
gives one-way-then-again "openvpn-ping-restart unknown warning; unknown"
says one-way-then-again openvpn-ping-restart "for 3576.98 s (120 packets). That is longer than OpenVPN waits"
gives answers-lost "openvpn-handshake-timeout likely critical; fault"
says answers-lost openvpn-handshake-timeout "in 2 attempts over 95.01 s did not complete"
for how in deaf reset closed; do
    gives tcp-$how "openvpn-handshake-timeout likely critical; fault"
done
says tcp-deaf openvpn-handshake-timeout "TCP acknowledged all of them"
says tcp-reset openvpn-handshake-timeout "198.51.100.9:1194 reset the connection instead (frame 6 is the first)"
says tcp-closed openvpn-handshake-timeout "198.51.100.9:1194 closed the connection instead (frame 6 is the first)"
gives refused-before "openvpn-ping-restart likely critical; openvpn-handshake-timeout likely critical; fault"
says refused-before openvpn-handshake-timeout "in 2 attempts; none was ever answered"
for how in always always-short-quotes in-a-ring; do
    gives refused-$how "openvpn-handshake-timeout confirmed critical; fault"
    says refused-$how openvpn-handshake-timeout "sent 15 hard resets to 198.51.100.9:1194 from frame 1 on; the network"
done
gives refused-at-first "openvpn-handshake-timeout likely critical; fault"
says refused-at-first openvpn-handshake-timeout "answered with ICMP at first (port unreachable, frame 2), but not"
gives asked-at-two-places "openvpn-handshake-timeout likely critical; fault"
says asked-at-two-places openvpn-handshake-timeout "Another capture holds all of them, too."
gives answers-lost-cut "openvpn-handshake-timeout likely critical; fault"
says answers-lost-cut openvpn-handshake-timeout "in 2 attempts over 95.01 s did not complete"
gives idle-cut "unknown"
gives up-cut "healthy"
gives tls-crypt-hello-only "openvpn-handshake-timeout likely critical; fault"
gives tls-crypt-idle-twice "healthy"
for how in server-hangs server-hangs-tcp; do
    gives $how "openvpn-ping-restart likely warning; fault"
    says $how openvpn-ping-restart "then the server fell silent after frame"
    says $how openvpn-ping-restart "The client went on for 6 packets and heard nothing; 60.98 s after the last"
done
gives client-sleeps "openvpn-ping-restart likely warning; fault"
says client-sleeps openvpn-ping-restart "then the client fell silent after frame 18, while the server went on for 60"
says client-sleeps openvpn-ping-restart "When the client spoke again in frame 26, the server had gone: its 4 packets"
gives begun-asleep "openvpn-ping-restart unknown warning; unknown"
says begun-asleep openvpn-ping-restart "the server was last heard in frame 6, the client first spoke in frame 7"
gives short-outage "openvpn-ping-restart likely warning; fault"
says short-outage openvpn-ping-restart "Its first hard resets were not answered either."
gives short-leave "healthy"
gives client-comes-back-late "openvpn-ping-restart unknown warning; unknown"
says client-comes-back-late openvpn-ping-restart "A new session begins 29.000 s after its last packet, in frame 26."
made_end
