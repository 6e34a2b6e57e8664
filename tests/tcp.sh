#!/bin/bash
# tcp: which connections died, which four-tuples were reused, and what only looks like it (make_tcp.py says why).
set -u
. "$TOP_SRCDIR/tests/support/made.sh"
made_by make_tcp.py

# What tcp-dead-peer and tcp-tuple-reuse say, one verdict after the other; and the case's result.
sum_up() {
    sed -nE 's/.*"rule":"tcp-([a-z-]*)","state":"([a-z]*)","severity":"([a-z]*)".*/\1 \2 \3;/p
        s/.*"deadwire.summary\/1","result":"([a-z]*)".*/\1/p' | tr '\n' ' '
}

gives mtu-hole-rst "dead-peer likely critical; fault"
says mtu-hole-rst tcp-dead-peer "after 58 s it left by itself, with a RST that acknowledges only what came before"
gives mtu-hole-fin "dead-peer likely critical; fault"
says mtu-hole-fin tcp-dead-peer "it left by itself, with a FIN"
gives answered-by-rst "healthy"
gives answered-by-lwip "healthy"
gives acknowledges-nothing "healthy"
gives hiccup "healthy"
gives limit-then-fin "dead-peer confirmed critical; fault"
gives fins-cross "dead-peer likely notice; unknown"
says fins-cross tcp-dead-peer "closed its side; what 192.0.2.7:50333 sent in frame"
gives first-request "dead-peer confirmed critical; fault"
says first-request tcp-dead-peer "although the connection had been set up"
gives probes-empty "dead-peer likely critical; fault"
says probes-empty tcp-dead-peer "although 198.51.100.9:22 had answered a keep-alive before"
gives probes-of-a-byte "dead-peer likely critical; fault"
gives probes-unanswered "dead-peer unknown warning; unknown"
gives probes-one-direction "unknown"
gives probes-by-a-listener "dead-peer likely critical; fault"
gives parallel "dead-peer unknown warning; unknown"
gives instead "dead-peer likely critical; fault"

zombie="tuple-reuse confirmed critical; dead-peer likely critical; fault"
gives reused-zombie "tuple-reuse confirmed critical; dead-peer likely critical; fault"
gives reused-zero-window "tuple-reuse confirmed notice; unknown"
gives reused-cut "dead-peer unknown warning; tuple-reuse confirmed notice; unknown"
says reused-cut tcp-tuple-reuse "the capture ends while 192.0.2.7:58311 sends again"
gives reused-last-words "tuple-reuse confirmed notice; dead-peer likely notice; unknown"
gives reused-close-wait "tuple-reuse confirmed notice; healthy"
says reused-close-wait tcp-tuple-reuse "find out why the program on 198.51.100.9:8080 did not"
gives reused-closing "$zombie"
gives reused-time-wait "healthy"
gives guarded "tuple-reuse likely notice; healthy"
says guarded tcp-tuple-reuse "a guard against floods answered for the other end"

gives early-before "$zombie"
gives early-behind "$zombie"
gives early-three "$zombie"
gives early-waiting "unknown"

gives fuller-ended-soon "dead-peer confirmed critical; fault"
gives fuller-ended-later "dead-peer confirmed critical; fault"
gives ring-zombie "$zombie"
gives ring-recovered "tuple-reuse confirmed notice; healthy"
gives ring-dead "dead-peer confirmed critical; fault"
gives ring-quiet "healthy"

dead="dead-peer likely critical; fault"
gives acks-lost "dead-peer confirmed critical; fault"
says acks-lost tcp-dead-peer "acks-lost/client.pcap has what 192.0.2.7:50333 said meanwhile: the acknowledgements are lost on the way back."
says acks-lost tcp-dead-peer "See what drops the acknowledgements between acks-lost/client.pcap and acks-lost/server.pcap."
gives lost-behind "dead-peer likely critical; fault"
says lost-behind tcp-dead-peer "The segments do get as far as lost-behind/a-router.pcap."
says lost-behind tcp-dead-peer "are lost behind that capture"
gives seen-twice "dead-peer likely critical; fault"
says seen-twice tcp-dead-peer "The segments do get as far as seen-twice/router.pcap."
gives reused-own-rst "tuple-reuse confirmed critical; dead-peer confirmed critical; fault"
says reused-own-rst tcp-tuple-reuse "It never reached reused-own-rst/server.pcap: it is lost on the way."
gives given-up-before "dead-peer likely critical; fault"
says given-up-before tcp-dead-peer "After 8 s 192.0.2.7:50333 had opened a new connection instead."
gives parallel-before "dead-peer likely critical; fault"
says parallel-before tcp-dead-peer "After 30.01 s 192.0.2.7:50333 knew of no such connection any more"
gives way-dead "dead-peer likely critical; dead-peer unknown warning; fault"
gives both-ends "$dead"
says both-ends tcp-dead-peer "The segments do get as far as both-ends/b.pcap."
gives both-ends-without-giants "$dead"
says both-ends-without-giants tcp-dead-peer "segments, or their acknowledgements, are lost on the way"
gives without-giants "healthy"
made_end
