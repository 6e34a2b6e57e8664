# Fuzz targets: each NAME.c has one LLVMFuzzerTestOneInput.  With --enable-fuzzing they are libFuzzer
# programs; otherwise replay.c gives them a main that runs every file of tests/fuzz/corpus/NAME.
EXTRA_DIST += %D%/replay.c
fuzz_targets =
if FUZZING
fuzz_main =
fuzz_ldflags = $(DW_LDFLAGS) -fsanitize=fuzzer
else
fuzz_main = tests/fuzz/replay.c
fuzz_ldflags = $(DW_LDFLAGS)
endif

check_PROGRAMS += fuzz_packet_chunk
if !FUZZING
fast_tests += fuzz_packet_chunk
endif
fuzz_packet_chunk_SOURCES = %D%/packet_chunk.c $(fuzz_main)
fuzz_packet_chunk_LDADD = $(DW_LIBS)
fuzz_packet_chunk_LDFLAGS = $(fuzz_ldflags)
EXTRA_DIST += %D%/corpus/packet_chunk

check_PROGRAMS += fuzz_rule
if !FUZZING
fast_tests += fuzz_rule
endif
fuzz_rule_SOURCES = %D%/rule.c $(fuzz_main)
fuzz_rule_LDADD = $(DW_LIBS)
fuzz_rule_LDFLAGS = $(fuzz_ldflags)
EXTRA_DIST += %D%/corpus/rule
