# Fuzz targets: each NAME.c has one LLVMFuzzerTestOneInput.  With --enable-fuzzing they are libFuzzer
# programs; otherwise replay.c gives them a main that runs every file of tests/fuzz/corpus/NAME.
EXTRA_DIST += %D%/replay.c
fuzz_targets =
if FUZZING
FUZZ_MAIN =
FUZZ_LDFLAGS = $(DW_LDFLAGS) -fsanitize=fuzzer
else
FUZZ_MAIN = tests/fuzz/replay.c
FUZZ_LDFLAGS = $(DW_LDFLAGS)
endif
