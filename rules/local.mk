# rules: one SQL file each, compiled in and installed.  A new rule is one line here.
rules = \
	%D%/bind-excluded-port.sql \
	%D%/bind-failed.sql \
	%D%/mqtt-keepalive-death.sql \
	%D%/openvpn-handshake-timeout.sql \
	%D%/openvpn-ping-restart.sql \
	%D%/openvpn-window-stall.sql \
	%D%/ppp-ack-lost.sql \
	%D%/size-threshold-loss.sql \
	%D%/tcp-dead-peer.sql \
	%D%/tcp-half-open.sql \
	%D%/tcp-tuple-reuse.sql \
	%D%/tls-handshake-failed.sql \
	%D%/tls-random-repeat.sql \
	%D%/weak-random.sql

nodist_libdeadwire_a_SOURCES = %D%/builtin.c
%D%/builtin.c: $(rules) %D%/builtin.sh %D%/local.mk
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	for f in $(rules); do \
	    if test -f $$f; then echo $$f; else echo $(srcdir)/$$f; fi; \
	done | xargs sh $(srcdir)/%D%/builtin.sh > $@.tmp && mv $@.tmp $@
BUILT_SOURCES += %D%/builtin.c
CLEANFILES += %D%/builtin.c
rulesdir = $(pkgdatadir)/rules
dist_rules_DATA = $(rules)
EXTRA_DIST += %D%/builtin.sh
