# tui: the curses program; one file per view (view_NAME.c), one line in views.h each.
libdeadwire_a_SOURCES += \
	%D%/ui.c %D%/ui.h \
	%D%/bookmarks.c %D%/bookmarks.h \
	%D%/chart.c %D%/chart.h \
	%D%/columns.c %D%/columns.h \
	%D%/commands.c %D%/commands.h \
	%D%/config_file.c %D%/config_file.h \
	%D%/detail.c %D%/detail.h \
	%D%/grid.c %D%/grid.h \
	%D%/hints.c %D%/hints.h \
	%D%/home.c %D%/home.h \
	%D%/keep.c %D%/keep.h \
	%D%/keys.c %D%/keys.h \
	%D%/lines.c %D%/lines.h \
	%D%/logline.c %D%/logline.h \
	%D%/marks.c %D%/marks.h \
	%D%/notes.c %D%/notes.h \
	%D%/play.c \
	%D%/prompt.c %D%/prompt.h \
	%D%/show.c %D%/show.h \
	%D%/split.c %D%/split.h \
	%D%/table.c %D%/table.h \
	%D%/table_columns.c \
	%D%/table_inside.h %D%/table_read.c \
	%D%/ui_draw.c \
	%D%/ui_keys.c \
	%D%/terminal.c %D%/terminal.h \
	%D%/theme.c %D%/theme.h \
	%D%/tui.h \
	%D%/verdict_list.c %D%/verdict_list.h \
	%D%/view.h %D%/views.h \
	%D%/view_tables.c %D%/view_tables.h \
	%D%/view_columns.c \
	%D%/view_compare.c \
	%D%/view_differ.c \
	%D%/view_evidence.c \
	%D%/view_facts.c \
	%D%/view_frame.c \
	%D%/view_frames.c \
	%D%/view_help.c \
	%D%/view_ladder.c %D%/view_ladder_draw.c %D%/view_ladder_inside.h \
	%D%/view_lines.c \
	%D%/view_lives.c \
	%D%/view_log.c \
	%D%/view_packets.c \
	%D%/view_plot.c %D%/view_plot_draw.c %D%/view_plot_inside.h \
	%D%/view_rules.c \
	%D%/view_setup.c \
	%D%/view_sources.c \
	%D%/view_sql.c \
	%D%/view_text.c \
	%D%/view_timeline.c \
	%D%/view_verdicts.c
