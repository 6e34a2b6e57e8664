# unit tests of vantage: two generated captures whose truth is known
vantage_tests = %D%/vantage/test_arrived %D%/vantage/test_clock %D%/vantage/test_vantage
check_PROGRAMS += $(vantage_tests)
fast_tests += $(vantage_tests)
%C%_vantage_test_arrived_SOURCES = %D%/vantage/test_arrived.c
%C%_vantage_test_arrived_LDADD = $(DW_LIBS)
%C%_vantage_test_arrived_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_vantage_test_clock_SOURCES = %D%/vantage/test_clock.c
%C%_vantage_test_clock_LDADD = $(DW_LIBS)
%C%_vantage_test_clock_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_vantage_test_vantage_SOURCES = %D%/vantage/test_vantage.c
%C%_vantage_test_vantage_LDADD = $(DW_LIBS)
%C%_vantage_test_vantage_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
