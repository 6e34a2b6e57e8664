# Benchmarks: built and run by hand (docs/benchmarks.md); `make check` runs make_capture only, small.
EXTRA_PROGRAMS = %D%/big_case %D%/make_capture %D%/pcap_loop
%C%_big_case_SOURCES = %D%/big_case.c
%C%_big_case_LDADD = $(DW_LIBS)
%C%_make_capture_SOURCES = %D%/make_capture.c %D%/wire.c %D%/wire.h
%C%_make_capture_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_make_capture_LDADD = libdeadwire.a
%C%_pcap_loop_SOURCES = %D%/pcap_loop.c
%C%_pcap_loop_LDADD = $(PCAP_LIBS)
EXTRA_DIST += %D%/analysis.py %D%/tui.sh
