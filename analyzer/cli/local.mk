# analyzer/cli: one file per command; main.c is the table.
bin_PROGRAMS += deadwire
deadwire_SOURCES = \
	%D%/command.h %D%/commands.h \
	%D%/load.c %D%/load.h \
	%D%/analyze.c \
	%D%/compare.c \
	%D%/info.c \
	%D%/loader.c %D%/loader.h \
	%D%/tui.c \
	%D%/options.c %D%/options.h \
	%D%/query.c \
	%D%/rules.c \
	%D%/rules_test.c %D%/rules_test.h \
	%D%/show.c \
	%D%/stop.c %D%/stop.h \
	%D%/verdicts.c \
	%D%/main.c
deadwire_LDADD = $(DW_LIBS)
