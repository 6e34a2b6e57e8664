# samples: captures, logs, and what is true in them.
EXTRA_DIST += \
	%D%/README.md \
	%D%/formats \
	%D%/lwip-reboot \
	%D%/mqtt \
	%D%/mtu-hole \
	%D%/omnipeek \
	%D%/openvpn-crypt \
	%D%/openvpn-refused \
	%D%/ppp \
	%D%/openvpn-stall \
	%D%/pppoe-tap \
	%D%/secoclient \
	%D%/secrets-block \
	%D%/tcp \
	%D%/tls \
	%D%/tls-udp
