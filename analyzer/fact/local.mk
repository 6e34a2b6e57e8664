# analyzer/fact: how a kind of fact is described, and the sink that takes facts; no kinds.
libdeadwire_a_SOURCES += %D%/fact.c %D%/fact.h
