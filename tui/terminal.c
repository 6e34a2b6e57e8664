#include "config.h"

#include "tui/terminal.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#define ESC_WAIT_MS 30   /* a lone Esc is one after this; an escape sequence comes at once */
#define PASTE_MS    1000 /* without a key, after which a paste that was never closed is over */
#define SEQUENCE    64   /* bytes of an escape sequence, at most */
#define PAIR_BASE   1

/* Beyond the codes of curses; what the terminal puts around pasted text. */
enum { PASTE_BEGIN = KEY_MAX + 1, PASTE_END };
#define PASTES_ON  "\x1b[?2004h"
#define PASTES_OFF "\x1b[?2004l"

/*
 * ncurses has one screen, and a signal handler gets no context: hence the globals of this file.
 */
static struct terminal {
    FILE *in, *out;
    SCREEN *screen;
    enum theme_look look;
    int able, colors; /* what it can, and what is used of it */
    struct termios before;
    int fd;
    bool open, pasting;
    MEVENT mouse;
} term;

static const int fatal[] = { SIGTERM, SIGHUP,  SIGINT, SIGQUIT, SIGSEGV,
                             SIGBUS,  SIGABRT, SIGFPE, SIGILL };
static char handler_stack[16384]; /* a crash may be a stack that is used up */

/* Only what may be called in a handler: the terminal's own state, and the screen that was there. */
static void on_fatal(int sig)
{
    static const char leave[] = PASTES_OFF "\x1b[?1000l\x1b[?1006l\x1b[?1l\x1b>\x1b(B"
                                           "\x1b[?1049l\x1b[?25h\x1b[0m\r\n";
    ssize_t n;

    if (term.open) {
        tcsetattr(term.fd, TCSANOW, &term.before);
        n = write(term.fd, leave, sizeof(leave) - 1);
        (void)n;
    }
    signal(sig, SIG_DFL);
    raise(sig);
}

/* -- drawing
 * ------------------------------------------------------------------------------------------- */

static short pair_of(unsigned style)
{
    return (short)(PAIR_BASE + (style & ~(unsigned)STYLE_SELECTED) +
                   (style & STYLE_SELECTED ? STYLE_N : 0));
}

/* A terminal with direct colour (COLORS is 2^24) takes the colour itself, others their number of it. */
static int shown_color(short color)
{
    return COLORS > 256 && color >= 16 ? theme_rgb(color) : color;
}

static void make_pairs(void)
{
    unsigned s;
    short selected = -1;

    if (!term.colors)
        return;
    if (term.colors >= 256)
        selected = term.look == LOOK_DARK ? 237 : 254;
    for (s = 0; s < STYLE_N; s++) {
        struct theme_style t = theme_of((enum style)s, term.look, term.colors);
        short fg = term.colors >= 256 ? t.color : t.color16;

        init_extended_pair(pair_of(s), shown_color(fg), -1);
        init_extended_pair(pair_of(s | STYLE_SELECTED), shown_color(t.selected),
                           shown_color(selected));
    }
}

static void term_look(void *user, enum theme_look look, bool no_color)
{
    (void)user;
    term.look = look;
    term.colors = no_color ? 0 : term.able;
    make_pairs();
    clearok(stdscr, TRUE); /* cells that look as before may have other colours now */
}

static attr_t attributes(unsigned style)
{
    struct theme_style t =
        theme_of((enum style)(style & ~(unsigned)STYLE_SELECTED), term.look, term.colors);
    attr_t a = A_NORMAL;

    if (t.bold)
        a |= A_BOLD;
    if (t.dim)
        a |= A_DIM;
    if (t.underline)
        a |= A_UNDERLINE;
    if (t.reverse)
        a |= A_REVERSE;
    /* One even bar: turned round, each colour would be a background of its own. */
    if (style & STYLE_SELECTED && term.colors < 256)
        a = (a & ~A_DIM) | A_REVERSE;
    return a;
}

static void put_cell(int row, int col, const struct cell *c)
{
    wchar_t text[CCHARW_MAX + 1] = { 0 };
    cchar_t cell;
    mbstate_t state = { 0 };
    const char *s = c->text;
    size_t n = mbsrtowcs(text, &s, CCHARW_MAX, &state);

    if (n == (size_t)-1 || n == 0) {
        text[0] = L'?';
        text[1] = L'\0';
    }
    setcchar(&cell, text, attributes(c->style), term.colors ? pair_of(c->style) : 0, NULL);
    mvadd_wch(row, col, &cell);
}

static void term_show(void *user, const struct grid *g, int cursor_row, int cursor_col)
{
    int row, col;

    (void)user;
    erase();
    for (row = 0; row < g->rows && row < LINES; row++) {
        for (col = 0; col < g->cols && col < COLS; col++) {
            const struct cell *c = &g->cells[(size_t)row * (size_t)g->cols + (size_t)col];

            /* Blanks in the terminal's own colours are there already. */
            if (c->width && (c->text[0] != ' ' || c->style))
                put_cell(row, col, c);
        }
    }
    curs_set(cursor_row >= 0);
    if (cursor_row >= 0)
        move(cursor_row, cursor_col);
    refresh();
}

/* -- keys
 * -----------------------------------------------------------------------------------------------
 */

static int special(wint_t key)
{
    switch (key) {
    case KEY_UP:
        return KEY_CODE_UP;
    case KEY_DOWN:
        return KEY_CODE_DOWN;
    case KEY_LEFT:
        return KEY_CODE_LEFT;
    case KEY_RIGHT:
        return KEY_CODE_RIGHT;
    case KEY_PPAGE:
        return KEY_CODE_PAGE_UP;
    case KEY_NPAGE:
        return KEY_CODE_PAGE_DOWN;
    case KEY_HOME:
        return KEY_CODE_HOME;
    case KEY_END:
        return KEY_CODE_END;
    case KEY_BACKSPACE:
        return KEY_CODE_BACKSPACE;
    case KEY_DC:
        return KEY_CODE_DELETE;
    case KEY_BTAB:
        return KEY_CODE_BACKTAB;
    case KEY_ENTER:
        return KEY_CODE_ENTER;
    case KEY_RESIZE:
        return KEY_CODE_RESIZE;
    case KEY_MOUSE:
        return getmouse(&term.mouse) == OK ? KEY_CODE_MOUSE : KEY_CODE_NONE;
    default:
        if (key > KEY_F0 && key <= KEY_F(12))
            return KEY_CODE_F0 + (int)(key - KEY_F0);
        return KEY_CODE_NONE;
    }
}

/* The next byte of an escape sequence; 0: there is none. */
static wint_t next_of_sequence(void)
{
    wint_t c = 0;

    timeout(ESC_WAIT_MS);
    return get_wch(&c) == OK ? c : 0;
}

/*
 * Behind an Esc: takes the rest of a sequence that the description of the terminal does not name.
 * It is a key that nobody knows, not an Esc and some letters.  False: it was a lone Esc.
 */
static bool rest_of_sequence(void)
{
    wint_t c = 0;
    int rc, i;

    timeout(0);
    rc = get_wch(&c);
    if (rc == ERR)
        return false;
    if (rc == KEY_CODE_YES || (c != '[' && c != 'O')) {
        if (rc == KEY_CODE_YES)
            ungetch((int)c);
        else
            unget_wch((wchar_t)c);
        return false;
    }
    if (c == 'O') {
        next_of_sequence();
        return true;
    }
    c = next_of_sequence();
    if (c == '[') /* a function key of the Linux console */
        next_of_sequence();
    for (i = 0; c == 'M' && i < 3; i++) /* a mouse that counts in bytes */
        next_of_sequence();
    for (i = 0; c && (c < 0x40 || c > 0x7e) && i < SEQUENCE; i++)
        c = next_of_sequence();
    return true;
}

static int pasted(int rc, wint_t key)
{
    if (rc == ERR || (rc == KEY_CODE_YES && key == PASTE_END))
        term.pasting = false;
    return rc == OK ? (int)key | KEY_PASTED : KEY_CODE_NONE;
}

static int term_key(void *user, int timeout_ms)
{
    wint_t key = 0;
    int rc;

    (void)user;
    timeout(term.pasting && timeout_ms ? PASTE_MS : timeout_ms);
    rc = get_wch(&key);
    if (term.pasting && !(rc == ERR && timeout_ms == 0))
        return pasted(rc, key);
    if (rc == ERR)
        return KEY_CODE_NONE;
    if (rc == KEY_CODE_YES) {
        term.pasting = key == PASTE_BEGIN;
        return special(key);
    }
    if (key == KEY_CODE_ESC && rest_of_sequence())
        return KEY_CODE_NONE;
    return key == 0x7f ? KEY_CODE_BACKSPACE : (int)key;
}

static void term_size(void *user, int *rows, int *cols)
{
    (void)user;
    *rows = LINES;
    *cols = COLS;
}

static void term_mouse(void *user, int *row, int *col, int *wheel, bool *twice)
{
    (void)user;
    *row = term.mouse.y;
    *col = term.mouse.x;
    *twice = term.mouse.bstate & BUTTON1_DOUBLE_CLICKED;
    *wheel = term.mouse.bstate & BUTTON4_PRESSED ? -1 : term.mouse.bstate & BUTTON5_PRESSED ? 1 : 0;
}

/*
 * OSC 52: the terminal puts it on the clipboard of the machine where it runs, also through ssh; in
 * base64, so whatever a capture held cannot speak to the terminal.
 */
static void term_copy(void *user, const char *text, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *s = (const unsigned char *)text;
    size_t i;

    (void)user;
    fputs("\x1b]52;c;", term.out);
    for (i = 0; i < len; i += 3) {
        unsigned a = s[i], b = i + 1 < len ? s[i + 1] : 0, c = i + 2 < len ? s[i + 2] : 0;

        fputc(digits[a >> 2], term.out);
        fputc(digits[(a & 3) << 4 | b >> 4], term.out);
        fputc(i + 1 < len ? digits[(b & 15) << 2 | c >> 6] : '=', term.out);
        fputc(i + 2 < len ? digits[c & 63] : '=', term.out);
    }
    fputs("\x1b\\", term.out);
    fflush(term.out);
}

/* -- opening and closing
 * -------------------------------------------------------------------------------- */

static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_fatal, .sa_flags = SA_ONSTACK };
    stack_t stack = { .ss_sp = handler_stack, .ss_size = sizeof(handler_stack) }, there;
    size_t i;

    if (sigaltstack(NULL, &there) == 0 && there.ss_flags & SS_DISABLE)
        sigaltstack(&stack, NULL);
    sigemptyset(&action.sa_mask);
    for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
        struct sigaction old;

        /* SIGBUS of a capture that shrinks is somebody else's (capture/input.c). */
        if (sigaction(fatal[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            sigaction(fatal[i], &action, NULL);
    }
}

int terminal_open(const struct tui_options *o, struct ui_io *io, bool *ascii, struct err *err)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    const char *name = getenv("TERM");

    if (fd < 0 || tcgetattr(fd, &term.before) || !name || !*name || strcmp(name, "dumb") == 0) {
        if (fd >= 0)
            close(fd);
        return err_set(err, ERR_USAGE, "there is no terminal that screens could be drawn on");
    }
    term.fd = fd;
    term.in = fdopen(fd, "r");
    term.out = fopen("/dev/tty", "w");
    term.screen = term.in && term.out ? newterm(NULL, term.out, term.in) : NULL;
    if (!term.screen)
        return err_set(err, ERR_USAGE, "terminal '%s' is not known here (set TERM)", name);
    term.open = true;
    catch_signals();
    set_term(term.screen);
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    set_escdelay(ESC_WAIT_MS);
    mousemask(BUTTON1_CLICKED | BUTTON1_PRESSED | BUTTON1_DOUBLE_CLICKED | BUTTON4_PRESSED |
                  BUTTON5_PRESSED,
              NULL);
    mouseinterval(150);
    define_key("\x1b[200~", PASTE_BEGIN);
    define_key("\x1b[201~", PASTE_END);
    fputs(PASTES_ON, term.out);
    fflush(term.out);
    if (has_colors()) {
        start_color();
        use_default_colors();
        term.able = COLORS >= 256 && COLOR_PAIRS > 2 * STYLE_N ? 256 : COLORS >= 8 ? 8 : 0;
    }
    term_look(NULL, o->look, o->no_color);
    *ascii = o->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    *io = (struct ui_io){ .plain = strcmp(name, "linux") == 0, /* its fonts lack most signs */
                          .key = term_key,
                          .show = term_show,
                          .size = term_size,
                          .mouse = term_mouse,
                          .copy = term_copy,
                          .look = term_look };
    return ERR_OK;
}

void terminal_close(void)
{
    if (!term.open)
        return;
    fputs(PASTES_OFF, term.out);
    endwin();
    delscreen(term.screen);
    tcsetattr(term.fd, TCSANOW, &term.before);
    fclose(term.out);
    fclose(term.in);
    term = (struct terminal){ 0 };
}
