/*
 * capture: frames of a capture file, one format per file behind one interface.
 *
 * Formats are told apart by content, never by name.  Frames come in file order, or in the
 * one that the file itself says (a ring, a table); a frame is borrowed until the next call.  What
 * is not a frame but worth keeping (interfaces, comments, embedded secrets) goes to the hooks.
 *
 * Adding a format: capture/NAME.c with one `const struct capture_format`, one line in formats.h,
 * one in local.mk, a sample.
 */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "capture/radio.h"

#define CAPTURE_FRAME_MAX      (16u << 20) /* captured bytes of one frame; more is damage */
#define CAPTURE_INTERFACES_MAX 65536u      /* interfaces of one file */
/*
 * The link type of a record that is no frame but that Wireshark numbers as one (a custom block, a
 * journal entry): counted and shown, never decoded.  Its interface is CAPTURE_NO_INTERFACE.
 */
#define CAPTURE_NO_LINK      0xffffu
#define CAPTURE_NO_INTERFACE UINT32_MAX
#define CAPTURE_TEXT_MAX       65535u      /* bytes of one comment or name */
#define CAPTURE_SECRETS_MAX    (16u << 20) /* bytes of one embedded key log; a longer one is cut */

struct input;

struct frame {
    uint64_t frame_no;  /* 1-based in its capture, as Wireshark shows it */
    int64_t time_ns;    /* since 1970, UTC; meaningless without has_time */
    bool has_time;      /* pcapng simple packets have none */
    uint32_t wire_len;  /* bytes on the wire */
    uint32_t cap_len;   /* bytes in the file */
    uint32_t interface_no; /* 0-based over the whole file, sections included */
    uint16_t linktype;  /* LINKTYPE_ value as in files (tcpdump.org/linktypes) */
    uint8_t fcs_len;    /* bytes of frame check sequence at the end, 0 if unknown */
    uint64_t offset;    /* of `bytes` in the file */
    const uint8_t *bytes;
    struct bytes next;  /* where the next frame probably lies, for a look ahead; or nothing */
    struct frame_radio radio; /* where the format itself has it */
};

struct capture_interface {
    uint32_t interface_no;
    uint32_t section_no; /* 0-based; pcap has one */
    uint16_t linktype;
    uint32_t snap_len;     /* 0: no limit */
    uint64_t ticks_per_s;  /* clock resolution */
    int64_t offset_s;      /* pcapng if_tsoffset */
    struct bytes name, description; /* borrowed for the call; may be empty */
};

enum capture_comment_of { COMMENT_SECTION, COMMENT_INTERFACE, COMMENT_FRAME, COMMENT_STATISTICS };

/* All may be NULL.  Bytes are borrowed for the call; text is bounded by CAPTURE_TEXT_MAX. */
struct capture_hooks {
    void *user;
    void (*interface)(void *user, const struct capture_interface *i);
    /* frame_no is 0 unless `of` is COMMENT_FRAME.  A frame's comments come before the frame. */
    void (*comment)(void *user, enum capture_comment_of of, uint64_t frame_no, struct bytes text);
    /*
     * pcapng Decryption Secrets Block; `type` as there (0x544c534b: a TLS key log), bounded by
     * CAPTURE_SECRETS_MAX.
     */
    void (*secrets)(void *user, uint32_t type, struct bytes data);
    /*
     * Frames the capturing machine says it dropped (pcapng ISB if_drop + os_drop).  Those numbers
     * count from the start of the capture; `n` is what came since the last call for the interface.
     */
    void (*dropped)(void *user, uint32_t interface_no, uint64_t n);
};

enum capture_result {
    CAPTURE_FRAME, /* *f is filled */
    CAPTURE_END,   /* the file is complete */
    CAPTURE_CUT,   /* the last record is not all there; *why says where */
    CAPTURE_BAD,   /* a record makes no sense; nothing after it can be trusted; *why says what */
};

struct capture;

struct capture_format {
    const char *name;    /* "pcap", as info and the case show it */
    const char *title;   /* for people; open may say more (capture_set_title) */
    /* Is this that format?  `head` are the first bytes of the file. */
    bool (*probe)(struct bytes head);
    /* Fills *state (owned by the format, freed by close). */
    int (*open)(struct capture *c, void **state, struct err *err);
    enum capture_result (*next)(struct capture *c, void *state, struct frame *f, struct err *why);
    void (*close)(void *state);
    unsigned usual_head; /* bytes in front of those of a frame, usually; 0: cannot be said */
};

/*
 * Recognises the format and reads the header.  `in` and `hooks` are borrowed until capture_close.
 * ERR_FORMAT: damaged, or a format that is known by name but not supported (the message says which).
 * ERR_FOREIGN: no capture at all; an empty input is that too.
 */
int capture_open(struct input *in, const struct capture_hooks *hooks, struct capture **out,
                 struct err *err);
void capture_close(struct capture *c);

enum capture_result capture_next(struct capture *c, struct frame *f, struct err *why);

/* "pcap", "pcapng", ... */
const char *capture_format_name(const struct capture *c);
/* For people: "pcap, nanoseconds, big-endian". */
const char *capture_title(const struct capture *c);
/* Where reading stands: the offset behind the last record that was read whole. */
uint64_t capture_offset(const struct capture *c);

/* What a foreign file is, by its first bytes ("Microsoft NetMon 2.x", "gzip"), or NULL. */
const char *capture_guess(struct bytes head);

/*
 * For formats: the input's bytes, the hooks, and the position (offset behind the last whole record).
 *
 * capture_at gives the bytes at `offset`: at least `want` of them, fewer only where the input ends.  A
 * compressed input is a window that moves along, so a reader asks for what it needs (a header, then
 * a record whose length it has checked), never for the rest of the file; the bytes are borrowed
 * until the next capture_at.
 */
struct bytes capture_at(const struct capture *c, uint64_t offset, size_t want);
/* All bytes are there at once; else going back may cost a second unpacking. */
bool capture_is_whole(const struct capture *c);
const struct capture_hooks *capture_hooks(const struct capture *c);
void capture_set_offset(struct capture *c, uint64_t offset);
void capture_set_title(struct capture *c, const char *title); /* a string that stays */

#endif
