# analyzer/store: the case, one SQLite file.
libdeadwire_a_SOURCES += \
	%D%/content.c \
	%D%/copy.c \
	%D%/describe.c \
	%D%/extend.c \
	%D%/facts.c \
	%D%/inside.h \
	%D%/late.c \
	%D%/packet_chunk.c %D%/packet_chunk.h \
	%D%/packet_vtab.c %D%/packet_vtab.h \
	%D%/rows.c %D%/rows.h \
	%D%/rows_table.c \
	%D%/schema.c %D%/schema.h \
	%D%/source.c \
	%D%/sql.c %D%/sql.h \
	%D%/store.c %D%/store.h \
	%D%/temporary.c %D%/temporary.h
