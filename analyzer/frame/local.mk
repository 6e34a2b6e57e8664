# analyzer/frame: bytes and decoded layers of one frame, from the capture or from an exhibit.
libdeadwire_a_SOURCES += \
	%D%/facts.c %D%/facts.h \
	%D%/frame.c %D%/frame.h \
	%D%/logtext.c %D%/logtext.h \
	%D%/layers.c %D%/layers.h
