# analyzer/packet: from the link layer to TCP and UDP; walk.h is what its files share.
libdeadwire_a_SOURCES += \
	%D%/decoder.h \
	%D%/frag.c %D%/frag.h \
	%D%/ip.c \
	%D%/l4.c \
	%D%/link.c %D%/link_rare.c \
	%D%/mark.c %D%/mark.h \
	%D%/packet.c %D%/packet.h \
	%D%/radio.c \
	%D%/retry.c %D%/retry.h \
	%D%/tunnel.c \
	%D%/walk.c %D%/walk.h \
	%D%/wifi.c
