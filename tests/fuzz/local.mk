# Fuzz targets: each NAME.c has one LLVMFuzzerTestOneInput.  With --enable-fuzzing they are libFuzzer
# programs; otherwise replay.c gives them a main that runs every file of tests/fuzz/corpus/NAME.
EXTRA_DIST += %D%/replay.c
if FUZZING
fuzz_main =
fuzz_ldflags = $(DW_LDFLAGS) -fsanitize=fuzzer
else
fuzz_main = tests/fuzz/replay.c
fuzz_ldflags = $(DW_LDFLAGS)
endif

fuzz_targets = \
	%D%/fuzz_capture \
	%D%/fuzz_dtls \
	%D%/fuzz_keylog \
	%D%/fuzz_mqtt \
	%D%/fuzz_openvpn \
	%D%/fuzz_netsh \
	%D%/fuzz_openvpn_log \
	%D%/fuzz_packet \
	%D%/fuzz_packet_chunk \
	%D%/fuzz_pipeline \
	%D%/fuzz_ppp \
	%D%/fuzz_pppoe \
	%D%/fuzz_quic \
	%D%/fuzz_rule \
	%D%/fuzz_secoclient \
	%D%/fuzz_stream \
	%D%/fuzz_tls \
	%D%/fuzz_unpack
EXTRA_DIST += \
	%D%/dissect_fuzz.h \
	%D%/evidence_fuzz.h \
	%D%/corpus/capture \
	%D%/corpus/dtls \
	%D%/corpus/keylog \
	%D%/corpus/mqtt \
	%D%/corpus/openvpn \
	%D%/corpus/netsh \
	%D%/corpus/openvpn_log \
	%D%/corpus/packet \
	%D%/corpus/packet_chunk \
	%D%/corpus/pipeline \
	%D%/corpus/ppp \
	%D%/corpus/pppoe \
	%D%/corpus/quic \
	%D%/corpus/rule \
	%D%/corpus/secoclient \
	%D%/corpus/stream \
	%D%/corpus/tls \
	%D%/corpus/unpack

%C%_fuzz_capture_SOURCES = %D%/capture.c $(fuzz_main)
%C%_fuzz_capture_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_capture_LDADD = $(DW_LIBS)
%C%_fuzz_dtls_SOURCES = %D%/dtls.c $(fuzz_main)
%C%_fuzz_dtls_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_dtls_LDADD = $(DW_LIBS)
%C%_fuzz_dtls_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_fuzz_openvpn_SOURCES = %D%/openvpn.c $(fuzz_main)
%C%_fuzz_openvpn_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_openvpn_LDADD = $(DW_LIBS)
%C%_fuzz_openvpn_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_fuzz_packet_SOURCES = %D%/packet.c $(fuzz_main)
%C%_fuzz_packet_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_packet_LDADD = $(DW_LIBS)
%C%_fuzz_packet_chunk_SOURCES = %D%/packet_chunk.c $(fuzz_main)
%C%_fuzz_packet_chunk_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_packet_chunk_LDADD = $(DW_LIBS)
%C%_fuzz_rule_SOURCES = %D%/rule.c $(fuzz_main)
%C%_fuzz_rule_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_rule_LDADD = $(DW_LIBS)
%C%_fuzz_keylog_SOURCES = %D%/keylog.c $(fuzz_main)
%C%_fuzz_keylog_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_keylog_LDADD = $(DW_LIBS)
%C%_fuzz_keylog_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_fuzz_mqtt_SOURCES = %D%/mqtt.c $(fuzz_main)
%C%_fuzz_mqtt_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_mqtt_LDADD = $(DW_LIBS)
%C%_fuzz_mqtt_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_fuzz_netsh_SOURCES = %D%/netsh.c $(fuzz_main)
%C%_fuzz_netsh_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_netsh_LDADD = $(DW_LIBS)
%C%_fuzz_netsh_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_fuzz_openvpn_log_SOURCES = %D%/openvpn_log.c $(fuzz_main)
%C%_fuzz_openvpn_log_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_openvpn_log_LDADD = $(DW_LIBS)
%C%_fuzz_openvpn_log_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_fuzz_secoclient_SOURCES = %D%/secoclient.c $(fuzz_main)
%C%_fuzz_secoclient_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_secoclient_LDADD = $(DW_LIBS)
%C%_fuzz_secoclient_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_fuzz_pipeline_SOURCES = %D%/pipeline.c $(fuzz_main)
%C%_fuzz_pipeline_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_pipeline_LDADD = $(DW_LIBS)
%C%_fuzz_pipeline_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_fuzz_ppp_SOURCES = %D%/ppp.c $(fuzz_main)
%C%_fuzz_ppp_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_ppp_LDADD = $(DW_LIBS)
%C%_fuzz_ppp_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_fuzz_pppoe_SOURCES = %D%/pppoe.c $(fuzz_main)
%C%_fuzz_pppoe_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_pppoe_LDADD = $(DW_LIBS)
%C%_fuzz_pppoe_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_fuzz_quic_SOURCES = %D%/quic.c $(fuzz_main)
%C%_fuzz_quic_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_quic_LDADD = $(DW_LIBS)
%C%_fuzz_quic_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_fuzz_stream_SOURCES = %D%/stream.c $(fuzz_main)
%C%_fuzz_stream_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_stream_LDADD = $(DW_LIBS)
%C%_fuzz_stream_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_fuzz_tls_SOURCES = %D%/tls.c $(fuzz_main)
%C%_fuzz_tls_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_tls_LDADD = $(DW_LIBS)
%C%_fuzz_tls_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_fuzz_unpack_SOURCES = %D%/unpack.c $(fuzz_main)
%C%_fuzz_unpack_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_unpack_LDADD = $(DW_LIBS)

check_PROGRAMS += $(fuzz_targets)
if !FUZZING
fast_tests += $(fuzz_targets)
endif
