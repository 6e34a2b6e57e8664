# analyzer/frame: frames of a case, one (bytes, layers, facts) and many (ladder, timeline, plots, pairs).
libdeadwire_a_SOURCES += \
	%D%/belief.c %D%/belief.h \
	%D%/belief_openvpn.c %D%/belief_openvpn.h \
	%D%/belief_ppp.c %D%/belief_ppp.h \
	%D%/belief_tcp.c %D%/belief_tcp.h \
	%D%/facts.c %D%/facts.h \
	%D%/frame.c %D%/frame.h \
	%D%/label.c %D%/label.h \
	%D%/label_app.c %D%/label_app.h \
	%D%/ladder.c %D%/ladder.h \
	%D%/ladder_head.c %D%/ladder_inside.h \
	%D%/ladder_walk.c \
	%D%/layers.c %D%/layers.h \
	%D%/logtext.c %D%/logtext.h \
	%D%/marks.c %D%/marks.h \
	%D%/notes.c %D%/notes.h \
	%D%/pairview.c %D%/pairview.h \
	%D%/plot.c %D%/plot.h %D%/plot_inside.h \
	%D%/plot_openvpn.c \
	%D%/plot_sizes.c \
	%D%/scan.c %D%/scan.h \
	%D%/timeline.c %D%/timeline.h \
	%D%/twin.c %D%/twin.h \
	%D%/vantage_side.c %D%/vantage_side.h \
	%D%/watch.h \
	%D%/words.c %D%/words.h
