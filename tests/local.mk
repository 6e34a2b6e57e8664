# tests: unit tests mirror the source; see CONTRIBUTING.md for how to run one.
#
# A room's tests are listed in tests/unit/ROOM.mk; a fuzz target is one file in tests/fuzz/.
include tests/unit/base.mk
include tests/unit/capture.mk
include tests/unit/packet.mk
include tests/unit/flow.mk
include tests/unit/dissectors.mk
include tests/unit/evidence.mk
include tests/unit/ingest.mk
include tests/unit/store.mk
include tests/unit/vantage.mk
include tests/unit/verdict.mk
include tests/unit/frame.mk
include tests/unit/report.mk
include tests/unit/tui.mk
include tests/fuzz/local.mk
include tests/bench/local.mk
EXTRA_DIST += %D%/support/tap.h %D%/support/build.h %D%/support/dissect.h %D%/support/pipe.h %D%/support/facts.h %D%/support/pack.h

# What may include what; the commands as a user sees them.
shell_tests = \
	tests/archive.sh \
	tests/cli.sh \
	tests/determinism.sh \
	tests/docs.sh \
	tests/golden.sh \
	tests/hello.sh \
	tests/info.sh \
	tests/layers.sh \
	tests/mqtt.sh \
	tests/openvpn.sh \
	tests/ppp.sh \
	tests/rules.sh \
	tests/screens.sh \
	tests/situations.sh \
	tests/tcp.sh
fast_tests += $(shell_tests)
EXTRA_DIST += $(shell_tests) tests/golden tests/screens
EXTRA_DIST += tests/support/case.sh tests/support/is.sh tests/support/made.sh tests/support/hostile.py tests/support/make_hello.py \
	tests/support/make_formats.py tests/support/make_large.py tests/support/make_mqtt.py \
	tests/support/make_openvpn.py tests/support/make_peek.py \
	tests/support/make_ppp.py tests/support/make_samples.py tests/support/make_situations.py tests/support/make_tcp.py \
	tests/support/make_tls_udp.py \
	tests/support/situations_mqtt.py tests/support/situations_openvpn.py tests/support/traffic.py
slow_tests += tests/hostile.sh tests/kill.sh tests/terminal.sh
