# unit tests of ingest: one program per source file
ingest_tests = \
	%D%/ingest/test_exhibit \
	%D%/ingest/test_members \
	%D%/ingest/test_paths \
	%D%/ingest/test_pipeline
check_PROGRAMS += $(ingest_tests)
fast_tests += $(ingest_tests)
%C%_ingest_test_exhibit_SOURCES = %D%/ingest/test_exhibit.c
%C%_ingest_test_exhibit_LDADD = $(DW_LIBS)
%C%_ingest_test_exhibit_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_ingest_test_members_SOURCES = %D%/ingest/test_members.c
%C%_ingest_test_members_LDADD = $(DW_LIBS)
%C%_ingest_test_paths_SOURCES = %D%/ingest/test_paths.c
%C%_ingest_test_paths_LDADD = $(DW_LIBS)
%C%_ingest_test_paths_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_ingest_test_pipeline_SOURCES = %D%/ingest/test_pipeline.c
%C%_ingest_test_pipeline_LDADD = $(DW_LIBS)
%C%_ingest_test_pipeline_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests

# Every sample cut at every byte.  Without nDPI, which costs 20 ms a source: a cut file holds whole
# frames only, so nDPI would see nothing that it does not see in the samples themselves.
check_PROGRAMS += %D%/ingest/cut
slow_tests += tests/cut.sh
%C%_ingest_cut_SOURCES = %D%/ingest/cut.c analyzer/flow/app_none.c
%C%_ingest_cut_LDADD = $(DW_LIBS)
%C%_ingest_cut_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
