# analyzer/vantage: which sources saw the same traffic, and what was lost between them.
libdeadwire_a_SOURCES += \
	%D%/arrived.c %D%/arrived.h \
	%D%/clock.c %D%/clock.h \
	%D%/lives.c %D%/lives.h \
	%D%/logs.c %D%/logs.h \
	%D%/losses.c %D%/losses.h \
	%D%/match.c %D%/match.h \
	%D%/pairs.c %D%/pairs.h \
	%D%/parts.c %D%/parts.h \
	%D%/traits.c %D%/traits.h \
	%D%/vantage.c %D%/vantage.h \
	%D%/views.c %D%/views.h
