# analyzer/report: a case as text, JSON.
libdeadwire_a_SOURCES += \
	%D%/compare.c %D%/compare.h \
	%D%/formats.h \
	%D%/json.c %D%/json.h \
	%D%/jsonl.c \
	%D%/page.c %D%/page.h \
	%D%/report.c %D%/report.h \
	%D%/text.c \
	%D%/text_verdict.c
