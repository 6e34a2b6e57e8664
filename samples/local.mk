# samples: captures, logs, and what is true in them.
EXTRA_DIST += \
	%D%/README.md \
	%D%/lwip-reboot \
	%D%/mqtt \
	%D%/openvpn-stall \
	%D%/pppoe-tap \
	%D%/secoclient \
	%D%/tcp
