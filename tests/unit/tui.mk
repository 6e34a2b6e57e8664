# unit tests of tui: one program per source file
tui_tests = \
	%D%/tui/bookmarks \
	%D%/tui/chart \
	%D%/tui/grid \
	%D%/tui/keys \
	%D%/tui/lines \
	%D%/tui/loading \
	%D%/tui/prompt \
	%D%/tui/table \
	%D%/tui/theme
check_PROGRAMS += $(tui_tests)
fast_tests += $(tui_tests)
EXTRA_DIST += tests/support/screen.h
%C%_tui_bookmarks_SOURCES = %D%/tui/bookmarks.c
%C%_tui_bookmarks_LDADD = $(DW_LIBS)
%C%_tui_bookmarks_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_tui_chart_SOURCES = %D%/tui/chart.c
%C%_tui_chart_LDADD = $(DW_LIBS)
%C%_tui_chart_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_tui_grid_SOURCES = %D%/tui/grid.c
%C%_tui_grid_LDADD = $(DW_LIBS)
%C%_tui_grid_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_tui_keys_SOURCES = %D%/tui/keys.c
%C%_tui_keys_LDADD = $(DW_LIBS)
%C%_tui_keys_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_tui_lines_SOURCES = %D%/tui/lines.c
%C%_tui_lines_LDADD = $(DW_LIBS)
%C%_tui_lines_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_tui_loading_SOURCES = %D%/tui/loading.c
%C%_tui_loading_LDADD = $(DW_LIBS)
%C%_tui_loading_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_tui_prompt_SOURCES = %D%/tui/prompt.c
%C%_tui_prompt_LDADD = $(DW_LIBS)
%C%_tui_prompt_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_tui_table_SOURCES = %D%/tui/table.c
%C%_tui_table_LDADD = $(DW_LIBS)
%C%_tui_table_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_tui_theme_SOURCES = %D%/tui/theme.c
%C%_tui_theme_LDADD = $(DW_LIBS)
%C%_tui_theme_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
