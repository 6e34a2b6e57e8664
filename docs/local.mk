# docs: the manual, the map, the contracts; a page for each rule.
dist_man_MANS += %D%/deadwire.1
dist_doc_DATA += \
	%D%/benchmarks.md \
	%D%/dependencies.md \
	%D%/design.md \
	%D%/differences.md \
	%D%/rules.md \
	%D%/store.md \
	%D%/tui.md

ruledocdir = $(docdir)/rules
dist_ruledoc_DATA = \
	%D%/rules/bind-excluded-port.md \
	%D%/rules/bind-failed.md \
	%D%/rules/mqtt-keepalive-death.md \
	%D%/rules/ppp-ack-lost.md \
	%D%/rules/openvpn-handshake-timeout.md \
	%D%/rules/openvpn-ping-restart.md \
	%D%/rules/openvpn-window-stall.md \
	%D%/rules/size-threshold-loss.md \
	%D%/rules/tcp-dead-peer.md \
	%D%/rules/tcp-half-open.md \
	%D%/rules/tcp-tuple-reuse.md \
	%D%/rules/tls-handshake-failed.md \
	%D%/rules/tls-random-repeat.md \
	%D%/rules/weak-random.md
