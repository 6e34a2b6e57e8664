# unit tests of evidence: one program per importer or tool
evidence_tests = \
	%D%/evidence/test_encoding \
	%D%/evidence/test_openvpn_log \
	%D%/evidence/test_ports \
	%D%/evidence/test_text
check_PROGRAMS += $(evidence_tests)
fast_tests += $(evidence_tests)
%C%_evidence_test_encoding_SOURCES = %D%/evidence/test_encoding.c
%C%_evidence_test_encoding_LDADD = $(DW_LIBS)
%C%_evidence_test_encoding_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_evidence_test_openvpn_log_SOURCES = %D%/evidence/test_openvpn_log.c
%C%_evidence_test_openvpn_log_LDADD = $(DW_LIBS)
%C%_evidence_test_openvpn_log_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_evidence_test_ports_SOURCES = %D%/evidence/test_ports.c
%C%_evidence_test_ports_LDADD = $(DW_LIBS)
%C%_evidence_test_ports_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_evidence_test_text_SOURCES = %D%/evidence/test_text.c
%C%_evidence_test_text_LDADD = $(DW_LIBS)
%C%_evidence_test_text_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
