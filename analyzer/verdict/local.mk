# analyzer/verdict: loads rules, runs them read-only, builds verdicts and the causal chain.
libdeadwire_a_SOURCES += \
	%D%/builtin.h \
	%D%/collect.c %D%/draft.h \
	%D%/engine.c %D%/engine.h \
	%D%/finish.c \
	%D%/result.c %D%/result.h \
	%D%/rule.c %D%/rule.h \
	%D%/rules.c \
	%D%/template.c %D%/template.h \
	%D%/verdict.c %D%/verdict.h \
	%D%/write.c
