# unit tests of flow: one program per source file
flow_tests = \
	%D%/flow/test_flow \
	%D%/flow/test_outstanding \
	%D%/flow/test_stream \
	%D%/flow/test_tcp \
	%D%/flow/test_tcp_attempt \
	%D%/flow/test_tcp_marks
check_PROGRAMS += $(flow_tests)
fast_tests += $(flow_tests)
EXTRA_DIST += %D%/flow/play.h
%C%_flow_test_flow_SOURCES = %D%/flow/test_flow.c
%C%_flow_test_flow_LDADD = $(DW_LIBS)
%C%_flow_test_flow_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_flow_test_outstanding_SOURCES = %D%/flow/test_outstanding.c
%C%_flow_test_outstanding_LDADD = $(DW_LIBS)
%C%_flow_test_outstanding_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_flow_test_stream_SOURCES = %D%/flow/test_stream.c
%C%_flow_test_stream_LDADD = $(DW_LIBS)
%C%_flow_test_stream_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_flow_test_tcp_SOURCES = %D%/flow/test_tcp.c
%C%_flow_test_tcp_LDADD = $(DW_LIBS)
%C%_flow_test_tcp_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_flow_test_tcp_attempt_SOURCES = %D%/flow/test_tcp_attempt.c
%C%_flow_test_tcp_attempt_LDADD = $(DW_LIBS)
%C%_flow_test_tcp_attempt_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_flow_test_tcp_marks_SOURCES = %D%/flow/test_tcp_marks.c
%C%_flow_test_tcp_marks_LDADD = $(DW_LIBS)
%C%_flow_test_tcp_marks_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
