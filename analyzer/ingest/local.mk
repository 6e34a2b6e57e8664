# analyzer/ingest: the pipeline of one source: readers, packets, flows, dissectors, store.
libdeadwire_a_SOURCES += \
	%D%/exhibit.c %D%/exhibit.h \
	%D%/ingest.c %D%/ingest.h \
	%D%/lanes.c %D%/lanes.h \
	%D%/members.c %D%/members.h \
	%D%/paths.c %D%/paths.h \
	%D%/pipeline.c %D%/pipeline.h \
	%D%/recent.c %D%/recent.h \
	%D%/sketch.c %D%/sketch.h \
	%D%/tcp_frame.c
