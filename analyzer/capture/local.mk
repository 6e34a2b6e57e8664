# analyzer/capture: one reader per format behind one interface; where the bytes come from; filters.
libdeadwire_a_SOURCES += \
	%D%/ahead.c %D%/ahead.h \
	%D%/capture.c %D%/capture.h %D%/formats.h \
	%D%/erf.c \
	%D%/filter.c %D%/filter.h \
	%D%/guess.c %D%/guess.h \
	%D%/gunzip.c %D%/gunzip.h \
	%D%/inflate.h \
	%D%/input.c %D%/input.h \
	%D%/linktype.c %D%/linktype.h \
	%D%/mapping.c %D%/mapping.h \
	%D%/unpack.c %D%/unpack.h \
	%D%/window.c %D%/window.h \
	%D%/netmon.c \
	%D%/pcap.c \
	%D%/pcapng.c \
	%D%/peek.c \
	%D%/peek_classic.c \
	%D%/peek_session.c %D%/peek_session.h \
	%D%/peek_xml.c %D%/peek_xml.h \
	%D%/radio.h \
	%D%/sniffer.c \
	%D%/snoop.c \
	%D%/spool.c %D%/spool.h

# gzip is inflated by one of the two.
if HAVE_ISAL
libdeadwire_a_SOURCES += %D%/inflate_isal.c
else
libdeadwire_a_SOURCES += %D%/inflate_zlib.c
endif
