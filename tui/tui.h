/*
 * tui: the curses program: triage of one case.
 *
 * It reads the case through a connection of its own.  What it cannot do itself because it may not
 * know it (reading captures into the case) comes through struct tui_host, which cli fills.
 */
#ifndef TUI_TUI_H
#define TUI_TUI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "tui/theme.h"

struct rules;

/* How far loading is. */
struct tui_progress {
    bool running;
    bool judging;        /* the rules run over what was read so far */
    char what[256];      /* path of the source at hand */
    uint64_t done, of;   /* bytes of it; of 0: nobody knows */
    uint64_t frames;     /* of it, met so far */
    unsigned generation; /* changes when the case has something new to show */
    char failed[256];    /* why loading ended early; "" otherwise */
};

struct tui_host {
    void *user;
    void (*progress)(void *user, struct tui_progress *out); /* NULL: nothing is loaded */
    void (*stop)(void *user);
};

struct tui_options {
    const char *path;            /* of the case */
    bool temporary;              /* the case goes with the program, unless it is kept */
    const char *title;           /* what to call it: the case's path, or the files */
    const struct rules *rules;   /* for the view of rules; may be NULL */
    const struct tui_host *host; /* may be NULL */
    const char *config;          /* file of key bindings, or NULL */
    const char *locale;
    enum theme_look look;
    bool look_given; /* the config does not choose another one */
    bool no_color, ascii;
};

/* Runs on the terminal (/dev/tty) until the person leaves.  ERR_USAGE: there is no terminal. */
int tui_run(const struct tui_options *o, struct err *err);

/*
 * Runs without a terminal on a screen of the given size: keys come from a script, and screens go to
 * `out` (tests, docs).  A script has one word a line: the name of a key, `type TEXT`, `paste TEXT`, `size
 * COLSxROWS`, `time N KEY`, `show TITLE` (prints the screen), `styles` (prints it with its styles), `looks` (prints
 * how it looks: bold, dim, underlined, reversed, coloured), '#' comments.
 */
int tui_play(const struct tui_options *o, const char *script, int rows, int cols, FILE *out,
             struct err *err);

#endif
