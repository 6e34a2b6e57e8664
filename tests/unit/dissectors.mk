# unit tests of dissectors: one program per source file
dissectors_tests = \
	%D%/dissectors/test_dtls \
	%D%/dissectors/test_hello \
	%D%/dissectors/test_dns \
	%D%/dissectors/test_http \
	%D%/dissectors/test_mqtt \
	%D%/dissectors/test_mqtt_tls \
	%D%/dissectors/test_openvpn \
	%D%/dissectors/test_ppp \
	%D%/dissectors/test_pppoe \
	%D%/dissectors/test_quic \
	%D%/dissectors/test_tls
check_PROGRAMS += $(dissectors_tests)
fast_tests += $(dissectors_tests)
EXTRA_DIST += %D%/dissectors/dtls_bytes.h %D%/dissectors/quic_bytes.h \
	%D%/dissectors/quic_vectors.h %D%/dissectors/tls_bytes.h
%C%_dissectors_test_quic_SOURCES = %D%/dissectors/test_quic.c
%C%_dissectors_test_quic_LDADD = $(DW_LIBS)
%C%_dissectors_test_quic_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_dissectors_test_dtls_SOURCES = %D%/dissectors/test_dtls.c
%C%_dissectors_test_dtls_LDADD = $(DW_LIBS)
%C%_dissectors_test_dtls_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_dissectors_test_hello_SOURCES = %D%/dissectors/test_hello.c
%C%_dissectors_test_hello_LDADD = $(DW_LIBS)
%C%_dissectors_test_hello_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_dissectors_test_dns_SOURCES = %D%/dissectors/test_dns.c
%C%_dissectors_test_dns_LDADD = $(DW_LIBS)
%C%_dissectors_test_dns_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_dissectors_test_http_SOURCES = %D%/dissectors/test_http.c
%C%_dissectors_test_http_LDADD = $(DW_LIBS)
%C%_dissectors_test_http_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_dissectors_test_mqtt_SOURCES = %D%/dissectors/test_mqtt.c
%C%_dissectors_test_mqtt_LDADD = $(DW_LIBS)
%C%_dissectors_test_mqtt_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_dissectors_test_mqtt_tls_SOURCES = %D%/dissectors/test_mqtt_tls.c
%C%_dissectors_test_mqtt_tls_LDADD = $(DW_LIBS)
%C%_dissectors_test_mqtt_tls_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_dissectors_test_tls_SOURCES = %D%/dissectors/test_tls.c
%C%_dissectors_test_tls_LDADD = $(DW_LIBS)
%C%_dissectors_test_tls_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_dissectors_test_openvpn_SOURCES = %D%/dissectors/test_openvpn.c
%C%_dissectors_test_openvpn_LDADD = $(DW_LIBS)
%C%_dissectors_test_openvpn_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_dissectors_test_ppp_SOURCES = %D%/dissectors/test_ppp.c
%C%_dissectors_test_ppp_LDADD = $(DW_LIBS)
%C%_dissectors_test_ppp_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_dissectors_test_pppoe_SOURCES = %D%/dissectors/test_pppoe.c
%C%_dissectors_test_pppoe_LDADD = $(DW_LIBS)
%C%_dissectors_test_pppoe_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
