# analyzer/base: what every room may use; it includes nothing of ours.
libdeadwire_a_SOURCES += \
	%D%/arena.c %D%/arena.h \
	%D%/bytes.h \
	%D%/cipher.c %D%/cipher.h \
	%D%/digest.c %D%/digest.h \
	%D%/encoding.c %D%/encoding.h \
	%D%/err.c %D%/err.h \
	%D%/hash.c %D%/hash.h \
	%D%/mem.c %D%/mem.h \
	%D%/plain.c %D%/plain.h \
	%D%/pool.c %D%/pool.h \
	%D%/progress.c %D%/progress.h \
	%D%/str.c %D%/str.h \
	%D%/thread.c %D%/thread.h \
	%D%/times.c %D%/times.h \
	%D%/vec.h
