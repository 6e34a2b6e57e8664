# analyzer/evidence: importers for text beside the packets.
libdeadwire_a_SOURCES += \
	%D%/bind_line.c %D%/bind_line.h \
	%D%/bind_log.c %D%/bind_log.h \
	%D%/bind_pair.c %D%/bind_pair.h \
	%D%/bind_port.c %D%/bind_port.h \
	%D%/bind_who.c %D%/bind_who.h \
	%D%/evidence.c %D%/evidence.h %D%/importers.h \
	%D%/keylog.c \
	%D%/netsh.c %D%/netsh.h \
	%D%/openvpn_line.c %D%/openvpn_line.h \
	%D%/openvpn_log.c \
	%D%/pasted.c %D%/pasted.h \
	%D%/secoclient.c %D%/secoclient.h \
	%D%/text.c %D%/text.h
