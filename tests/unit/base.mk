# unit tests of base: one program per source file
base_tests = %D%/base/bytes %D%/base/hash %D%/base/plain %D%/base/pool %D%/base/times
fast_tests += $(base_tests)
check_PROGRAMS += $(base_tests)
%C%_base_bytes_SOURCES = %D%/base/bytes.c
%C%_base_bytes_LDADD = $(DW_LIBS)
%C%_base_hash_SOURCES = %D%/base/hash.c
%C%_base_hash_LDADD = $(DW_LIBS)
%C%_base_plain_SOURCES = %D%/base/plain.c
%C%_base_plain_LDADD = $(DW_LIBS)
%C%_base_pool_SOURCES = %D%/base/pool.c
%C%_base_pool_LDADD = $(DW_LIBS)
%C%_base_times_SOURCES = %D%/base/times.c
%C%_base_times_LDADD = $(DW_LIBS)
