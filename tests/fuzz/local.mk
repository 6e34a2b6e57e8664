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
fuzz_targets += tests/fuzz/fuzz_capture tests/fuzz/fuzz_packet
tests_fuzz_fuzz_capture_SOURCES = tests/fuzz/capture.c $(fuzz_main)
tests_fuzz_fuzz_capture_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_capture_LDADD = $(DW_LIBS)
tests_fuzz_fuzz_packet_SOURCES = tests/fuzz/packet.c $(fuzz_main)
tests_fuzz_fuzz_packet_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_packet_LDADD = $(DW_LIBS)
EXTRA_DIST += tests/fuzz/corpus/capture tests/fuzz/corpus/packet

check_PROGRAMS += $(fuzz_targets)
if !FUZZING
fast_tests += $(fuzz_targets)
endif
