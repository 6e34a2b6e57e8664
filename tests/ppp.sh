#!/bin/bash
# ppp: which Acks of PPP are lost, seen from one end, from both, in pieces, in tunnels; and which are not
# (make_ppp.py says why).
set -u
. "$TOP_SRCDIR/tests/support/made.sh"
made_by make_ppp.py

# What ppp-ack-lost says, one verdict after the other: state, severity, requests, seconds; and the case's result.
sum_up() {
    sed -nE 's/.*"rule":"ppp-ack-lost","state":"([a-z]*)","severity":"([a-z]*)".*"requests":([0-9]*),"seconds":([0-9.]*).*/\1 \2 \3 \4;/p
        s/.*"deadwire.summary\/1","result":"([a-z]*)".*/\1/p' | tr '\n' ' '
}

gives waits-for-peer "unknown"
gives never-agrees "unknown"
gives agrees-late "healthy"
gives asks-late "healthy"
gives two-ends "confirmed critical 10 27; fault"
says two-ends ppp-ack-lost "none of its 10 Configure-Acks arrived at two-ends/server.pcap"
gives second-hears-host-only "confirmed critical 10 27; fault"
says second-hears-host-only ppp-ack-lost "none of its 10 Configure-Acks arrived"
gives second-hears-server-only "likely critical 10 27; fault"
gives new-ids "unknown warning 10 27; unknown"
says new-ids ppp-ack-lost "Either its Acks are lost, or something else makes 02:00:00:00:00:09 start over."
gives bare-link "unknown warning 20 27.01; unknown"
says bare-link ppp-ack-lost "Who said what cannot be told here"
gives split "likely critical 10 27; fault"
says split ppp-ack-lost ", while IPV6CP did"
gives split-named-backwards "likely critical 10 27; fault"
gives two-days "likely critical 10 27; likely critical 7 12; fault"
for link in vxlan gre erspan cooked; do
    gives in-$link "likely critical 10 27; fault"
    says in-$link ppp-ack-lost "02:00:00:00:00:09 sent its IPCP Configure-Request 10 times"
done
gives two-hosts-in-cooked "unknown"
gives in-l2tp "unknown"
made_end
