# unit tests of report: one program per source file
report_tests = \
	%D%/report/json \
	%D%/report/jsonl \
	%D%/report/text
check_PROGRAMS += $(report_tests)
fast_tests += $(report_tests)
EXTRA_DIST += tests/support/story.h
%C%_report_json_SOURCES = %D%/report/json.c
%C%_report_json_LDADD = $(DW_LIBS)
%C%_report_json_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_report_jsonl_SOURCES = %D%/report/jsonl.c
%C%_report_jsonl_LDADD = $(DW_LIBS)
%C%_report_jsonl_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_report_text_SOURCES = %D%/report/text.c
%C%_report_text_LDADD = $(DW_LIBS)
%C%_report_text_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
