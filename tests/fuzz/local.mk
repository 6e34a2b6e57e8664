# Fuzz targets: each NAME.c has one LLVMFuzzerTestOneInput.  With --enable-fuzzing they are libFuzzer
# programs; otherwise replay.c gives them a main that runs every file of tests/fuzz/corpus/NAME.
EXTRA_DIST += %D%/replay.c
if FUZZING
fuzz_main =
fuzz_ldflags = $(DW_LDFLAGS) -fsanitize=fuzzer
else
fuzz_main = tests/fuzz/replay.c
fuzz_ldflags = $(DW_LDFLAGS)
endif

fuzz_targets = \
	%D%/fuzz_capture \
	%D%/fuzz_packet \
	%D%/fuzz_packet_chunk \
	%D%/fuzz_rule
EXTRA_DIST += \
	%D%/corpus/capture \
	%D%/corpus/packet \
	%D%/corpus/packet_chunk \
	%D%/corpus/rule

%C%_fuzz_capture_SOURCES = %D%/capture.c $(fuzz_main)
%C%_fuzz_capture_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_capture_LDADD = $(DW_LIBS)
%C%_fuzz_packet_SOURCES = %D%/packet.c $(fuzz_main)
%C%_fuzz_packet_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_packet_LDADD = $(DW_LIBS)
%C%_fuzz_packet_chunk_SOURCES = %D%/packet_chunk.c $(fuzz_main)
%C%_fuzz_packet_chunk_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_packet_chunk_LDADD = $(DW_LIBS)
%C%_fuzz_rule_SOURCES = %D%/rule.c $(fuzz_main)
%C%_fuzz_rule_LDFLAGS = $(fuzz_ldflags)
%C%_fuzz_rule_LDADD = $(DW_LIBS)

check_PROGRAMS += $(fuzz_targets)
if !FUZZING
fast_tests += $(fuzz_targets)
endif
