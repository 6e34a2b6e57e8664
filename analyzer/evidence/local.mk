# analyzer/evidence: importers for text beside the packets.
libdeadwire_a_SOURCES += \
	%D%/evidence.c %D%/evidence.h %D%/importers.h \
	%D%/keylog.c \
	%D%/openvpn_log.c
