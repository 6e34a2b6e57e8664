# analyzer/flow: lives of conversations, the one TCP machine, stream reassembly, application names.
libdeadwire_a_SOURCES += \
	%D%/flow.c %D%/flow.h \
	%D%/ahead.c %D%/table_inside.h \
	%D%/dead.c %D%/dead.h \
	%D%/outstanding.c %D%/outstanding.h \
	%D%/stream.c %D%/stream.h \
	%D%/tcp.c %D%/tcp.h \
	%D%/tcp_attempt.c %D%/tcp_attempt.h \
	%D%/tcp_marks.c %D%/tcp_marks.h \
	%D%/app.h

# The only file that knows nDPI; its headers are not ours to keep free of warnings.
noinst_LIBRARIES += libapp.a
libapp_a_CPPFLAGS = $(AM_CPPFLAGS) $(NDPI_CFLAGS)
libapp_a_CFLAGS = $(DW_CFLAGS) -Wno-error
if HAVE_NDPI
libapp_a_SOURCES = %D%/app.c
else
libapp_a_SOURCES = %D%/app_none.c
endif
EXTRA_DIST += %D%/app.c %D%/app_none.c
