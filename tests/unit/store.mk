# unit tests of store: one program per source file
store_tests = \
	%D%/store/content \
	%D%/store/describe \
	%D%/store/kill \
	%D%/store/packet_chunk \
	%D%/store/packet_vtab \
	%D%/store/source \
	%D%/store/store
check_PROGRAMS += $(store_tests)
fast_tests += $(store_tests)
EXTRA_DIST += tests/support/case.h
%C%_store_content_SOURCES = %D%/store/content.c
%C%_store_content_LDADD = $(DW_LIBS)
%C%_store_content_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_store_describe_SOURCES = %D%/store/describe.c
%C%_store_describe_LDADD = $(DW_LIBS)
%C%_store_describe_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_store_packet_chunk_SOURCES = %D%/store/packet_chunk.c
%C%_store_packet_chunk_LDADD = $(DW_LIBS)
%C%_store_packet_chunk_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_store_packet_vtab_SOURCES = %D%/store/packet_vtab.c
%C%_store_packet_vtab_LDADD = $(DW_LIBS)
%C%_store_packet_vtab_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_store_source_SOURCES = %D%/store/source.c
%C%_store_source_LDADD = $(DW_LIBS)
%C%_store_source_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_store_store_SOURCES = %D%/store/store.c
%C%_store_store_LDADD = $(DW_LIBS)
%C%_store_store_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_store_kill_SOURCES = %D%/store/kill.c
%C%_store_kill_LDADD = $(DW_LIBS)
%C%_store_kill_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
