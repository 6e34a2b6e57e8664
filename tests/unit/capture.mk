# unit tests of capture: one program per source file
capture_tests = \
	tests/unit/capture/test_capture \
	tests/unit/capture/test_erf \
	tests/unit/capture/test_filter \
	tests/unit/capture/test_guess \
	tests/unit/capture/test_gunzip \
	tests/unit/capture/test_input \
	tests/unit/capture/test_linktype \
	tests/unit/capture/test_netmon \
	tests/unit/capture/test_pcap \
	tests/unit/capture/test_pcapng \
	tests/unit/capture/test_peek \
	tests/unit/capture/test_peek_classic \
	tests/unit/capture/test_peek_xml \
	tests/unit/capture/test_sniffer \
	tests/unit/capture/test_snoop \
	tests/unit/capture/test_unpack
check_PROGRAMS += $(capture_tests)
fast_tests += $(capture_tests)
tests_unit_capture_test_capture_SOURCES = tests/unit/capture/test_capture.c
tests_unit_capture_test_capture_LDADD = $(DW_LIBS)
tests_unit_capture_test_filter_SOURCES = tests/unit/capture/test_filter.c
tests_unit_capture_test_filter_LDADD = $(DW_LIBS)
tests_unit_capture_test_guess_SOURCES = tests/unit/capture/test_guess.c
tests_unit_capture_test_guess_LDADD = $(DW_LIBS)
tests_unit_capture_test_gunzip_SOURCES = tests/unit/capture/test_gunzip.c
tests_unit_capture_test_gunzip_LDADD = $(DW_LIBS)
tests_unit_capture_test_input_SOURCES = tests/unit/capture/test_input.c
tests_unit_capture_test_input_LDADD = $(DW_LIBS)
tests_unit_capture_test_linktype_SOURCES = tests/unit/capture/test_linktype.c
tests_unit_capture_test_linktype_LDADD = $(DW_LIBS)
tests_unit_capture_test_pcap_SOURCES = tests/unit/capture/test_pcap.c tests/unit/capture/read.h
tests_unit_capture_test_pcap_LDADD = $(DW_LIBS)
tests_unit_capture_test_unpack_SOURCES = tests/unit/capture/test_unpack.c
tests_unit_capture_test_unpack_LDADD = $(DW_LIBS)
tests_unit_capture_test_pcapng_SOURCES = tests/unit/capture/test_pcapng.c
tests_unit_capture_test_pcapng_LDADD = $(DW_LIBS)
tests_unit_capture_test_peek_SOURCES = tests/unit/capture/test_peek.c
tests_unit_capture_test_peek_LDADD = $(DW_LIBS)
tests_unit_capture_test_peek_xml_SOURCES = tests/unit/capture/test_peek_xml.c
tests_unit_capture_test_peek_xml_LDADD = $(DW_LIBS)
tests_unit_capture_test_peek_classic_SOURCES = tests/unit/capture/test_peek_classic.c
tests_unit_capture_test_peek_classic_LDADD = $(DW_LIBS)
tests_unit_capture_test_snoop_SOURCES = tests/unit/capture/test_snoop.c
tests_unit_capture_test_snoop_LDADD = $(DW_LIBS)
tests_unit_capture_test_erf_SOURCES = tests/unit/capture/test_erf.c
tests_unit_capture_test_erf_LDADD = $(DW_LIBS)
tests_unit_capture_test_netmon_SOURCES = tests/unit/capture/test_netmon.c
tests_unit_capture_test_netmon_LDADD = $(DW_LIBS)
tests_unit_capture_test_sniffer_SOURCES = tests/unit/capture/test_sniffer.c
tests_unit_capture_test_sniffer_LDADD = $(DW_LIBS)
