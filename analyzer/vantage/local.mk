# analyzer/vantage: which sources saw the same traffic.
libdeadwire_a_SOURCES += %D%/vantage.c %D%/vantage.h
