# dissectors: one file per protocol, one line in list.h, one line here.
libdeadwire_a_SOURCES += \
	%D%/dissect.c %D%/dissect.h %D%/list.h %D%/registry.c \
	%D%/dns.c \
	%D%/dtls.c \
	%D%/hello.c %D%/hello.h \
	%D%/hello_facts.c %D%/hello_facts.h \
	%D%/http.c \
	%D%/icmp.c \
	%D%/keys.c %D%/keys.h \
	%D%/mqtt.c \
	%D%/mqtt_facts.c %D%/mqtt_facts.h \
	%D%/mqtt_tls.c \
	%D%/openvpn.c \
	%D%/openvpn_facts.c %D%/openvpn_facts.h \
	%D%/openvpn_silence.c \
	%D%/openvpn_wire.c %D%/openvpn_wire.h \
	%D%/pieces.c %D%/pieces.h \
	%D%/ppp.c \
	%D%/ppp_config.c %D%/ppp_config.h \
	%D%/ppp_facts.c %D%/ppp_facts.h \
	%D%/pppoe.c \
	%D%/quic.c \
	%D%/quic_crypto.c %D%/quic_crypto.h \
	%D%/tcp.c \
	%D%/tls.c
