# Benchmarks: built and run by hand (docs/benchmarks.md); nothing here is part of `make check`.
EXTRA_PROGRAMS = %D%/big_case
%C%_big_case_SOURCES = %D%/big_case.c
%C%_big_case_LDADD = $(DW_LIBS)
EXTRA_DIST += %D%/tui.sh
