# unit tests of verdict: one program per source file
verdict_tests = \
	%D%/verdict/engine \
	%D%/verdict/result \
	%D%/verdict/rule \
	%D%/verdict/rules \
	%D%/verdict/template \
	%D%/verdict/verdict
check_PROGRAMS += $(verdict_tests)
fast_tests += $(verdict_tests)
EXTRA_DIST += tests/support/rules.h
%C%_verdict_engine_SOURCES = %D%/verdict/engine.c
%C%_verdict_engine_LDADD = $(DW_LIBS)
%C%_verdict_engine_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_verdict_result_SOURCES = %D%/verdict/result.c
%C%_verdict_result_LDADD = $(DW_LIBS)
%C%_verdict_result_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_verdict_rule_SOURCES = %D%/verdict/rule.c
%C%_verdict_rule_LDADD = $(DW_LIBS)
%C%_verdict_rule_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_verdict_rules_SOURCES = %D%/verdict/rules.c
%C%_verdict_rules_LDADD = $(DW_LIBS)
%C%_verdict_rules_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_verdict_template_SOURCES = %D%/verdict/template.c
%C%_verdict_template_LDADD = $(DW_LIBS)
%C%_verdict_template_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_verdict_verdict_SOURCES = %D%/verdict/verdict.c
%C%_verdict_verdict_LDADD = $(DW_LIBS)
%C%_verdict_verdict_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
