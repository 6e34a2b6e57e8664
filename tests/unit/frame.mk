# unit tests of frame: one program per source file
frame_tests = \
	%D%/frame/ladder \
	%D%/frame/pairview \
	%D%/frame/plot \
	%D%/frame/timeline
check_PROGRAMS += $(frame_tests)
fast_tests += $(frame_tests)
EXTRA_DIST += tests/support/rows.h
%C%_frame_ladder_SOURCES = %D%/frame/ladder.c
%C%_frame_ladder_LDADD = $(DW_LIBS)
%C%_frame_ladder_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_frame_pairview_SOURCES = %D%/frame/pairview.c
%C%_frame_pairview_LDADD = $(DW_LIBS)
%C%_frame_pairview_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_frame_plot_SOURCES = %D%/frame/plot.c
%C%_frame_plot_LDADD = $(DW_LIBS)
%C%_frame_plot_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_frame_timeline_SOURCES = %D%/frame/timeline.c
%C%_frame_timeline_LDADD = $(DW_LIBS)
%C%_frame_timeline_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
