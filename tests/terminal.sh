#!/bin/bash
# terminal: the screens in a real terminal (tmux): keys, sizes, a pipe as input, and a terminal that is left as it was.
set -u
if ! command -v tmux >/dev/null; then
    echo "1..0 # SKIP needs tmux"
    exit 0
fi
tmp=$(mktemp -d) || exit 1
server=deadwire-$$
t() { tmux -L "$server" "$@"; }
trap 't kill-server 2>/dev/null; rm -rf "$tmp"' EXIT
n=0
failed=0
ok() { # status, what
    n=$((n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        t capture-pane -p 2>/dev/null | head -n 12 | sed 's/^/#   /'
        failed=1
    fi
}
waits() { # pattern: until the screen shows it, or ten seconds are over
    local i
    for ((i = 0; i < 100; i++)); do
        t capture-pane -p | grep -qe "$1" && return 0
        sleep 0.1
    done
    return 1
}
as_before() { # the shell sets its own settings again a moment after it has shown its last line
    local i
    for ((i = 0; i < 20; i++)); do
        [ "$(t display-message -p '#{pane_tty}' | xargs -I{} stty -g -F {})" = "$before" ] && return 0
        sleep 0.1
    done
    return 1
}
run() { # command: typed at the shell in the pane
    t send-keys -l "$1"
    t send-keys Enter
}
raw() { # bytes as printf writes them: what a terminal sends, at once; then options of paste-buffer
    printf "$1" >"$tmp/raw"
    shift
    t load-buffer "$tmp/raw"
    t paste-buffer -r "$@"
}
cpu() { # clock ticks that the program has used
    awk '{ print $14 + $15 }' "/proc/$1/stat"
}
cd "$TOP_SRCDIR/samples" || exit 1
export LC_ALL=C.UTF-8
t -f /dev/null new-session -d -x 100 -y 30 "env PS1='ready> ' LC_ALL=C.UTF-8 bash --norc --noprofile"
waits 'ready>'
ok $? "a shell"
before=$(t display-message -p '#{pane_tty}' | xargs -I{} stty -g -F {})

run "$DEADWIRE lwip-reboot/zombie; echo left \$?"
waits 'Fault  A four-tuple was opened again'
ok $? "deadwire FILE: what died and why is on the first screen"
t send-keys Enter
waits 'frame *24 .*SYN on a live connection'
ok $? "its proof is one key away"
t send-keys Escape
waits 'verdicts  '
ok $? "a lone Esc goes back"
t send-keys Down
waits '› why\|›.*why'
ok $? "an arrow key is not taken for Esc"
t resize-window -x 170 -y 40
waits '│'
ok $? "a wider window: list and words side by side"
t send-keys Q
waits 'left 0'
ok $? "Q leaves"
! t capture-pane -p | grep -q 'Fault  A four'
ok $? "and the screen that was there is back"
as_before
ok $? "with the terminal's settings"

run "clear; cat lwip-reboot/zombie/client.pcap | $DEADWIRE tui -; echo left \$?"
waits 'Fault'
ok $? "a capture from a pipe, keys from the terminal"
t send-keys Q
waits 'left 0'
ok $? "and out again"

run "clear; $DEADWIRE tui lwip-reboot/zombie & sleep 1.5; kill -TERM \$!; wait; echo killed"
waits '^killed'
ok $? "SIGTERM"
as_before
ok $? "leaves the terminal as it was"

run "clear; cat lwip-reboot/zombie/client.pcap | $DEADWIRE -; echo piped \$?"
waits 'Fault  A four-tuple'
ok $? "deadwire - is screens on a terminal, too"
t send-keys q
waits 'piped 0'
ok $? "and q leaves them"

cp lwip-reboot/zombie/client.pcap "$tmp/a.pcap"
mkfifo "$tmp/b.pcap"
run "clear; $DEADWIRE $tmp/a.pcap $tmp/b.pcap; echo looked \$?"
exec 9<>"$tmp/b.pcap"
head -c 100 lwip-reboot/zombie/server.pcap >&9
waits 'Fault  A four-tuple'
ok $? "what one capture says is shown while another is read"
t capture-pane -p | grep -q 'stops)'
ok $? "which goes on"
t send-keys C-c
exec 9>&-
waits 'judged and shown\|was read is shown'
ok $? "until it is stopped"
t send-keys Q
waits 'looked 0'
ok $? "and left"

run "clear; TERM=xterm-256color $DEADWIRE lwip-reboot/zombie; echo back \$?"
waits 'Fault  A four-tuple'
ok $? "once more, with the mouse of xterm"
pid=$(pgrep -f "^$DEADWIRE lwip-reboot/zombie")
raw '\033[<0;5;5M\033[<0;5;5m'
waits '^› why'
ok $? "a click chooses"
raw '\033[<0;5;6M\033[<0;5;6m\033[<0;5;6M\033[<0;5;6m'
waits 'verdicts › evidence'
ok $? "a double click opens"
t send-keys Escape
waits 'verdicts  '
raw '\033[<65;5;20M'
sleep 0.3
raw '\033[I\033[O\033[1;99P\033[57441u\033Oz\033[?1;2c\033[M !!'
sleep 0.3
t capture-pane -p | grep -q 'verdicts  '
ok $? "sequences that nobody knows are no Esc"
raw 'aadq;DROP\tqQ\n:quit\n\001' -p
waits 'pasted text is taken by prompts only'
ok $? "pasted text is not taken for keys"
t send-keys '\;'
raw 'SELECT 40+\n2 AS answer' -p
waits 'SELECT 40+ 2 AS answer'
ok $? "but goes into a prompt, as one line"
t send-keys Enter
waits '^ *›* *42'
ok $? "which is answered"
t send-keys q
waits 'verdicts  '
before_ticks=$(cpu "$pid")
sleep 2
[ $(($(cpu "$pid") - before_ticks)) -le 1 ]
ok $? "no cpu when idle"
kill -ABRT "$pid" # sanitizers keep SIGSEGV for themselves
waits '^back 134'
ok $? "a crash"
as_before
ok $? "leaves the terminal as it was"
[ "$(t display-message -p '#{alternate_on}#{mouse_any_flag}#{keypad_cursor_flag}#{cursor_flag}')" = 0001 ]
ok $? "without mouse and keypad, with the cursor, on the screen that was there"

mkfifo "$tmp/c.pcap"
run "clear; cat lwip-reboot/zombie/client.pcap >$tmp/c.pcap & $DEADWIRE $tmp/c.pcap; echo fifo \$?"
waits 'Fault  A four-tuple'
ok $? "a capture from a FIFO, named alone: whoever writes into it lives"
t send-keys Q
waits 'fifo 0'
ok $? "and out again"
run "clear; $DEADWIRE $tmp/c.pcap; echo waited \$?"
waits 'reading; a capture is judged'
ok $? "a FIFO into which nobody writes: the screens are there meanwhile"
waits 'stops) .*/c.pcap'
ok $? "and name it"
t send-keys Q
waits 'waited 0'
ok $? "and nobody has to wait for it to leave them"

run "clear; $DEADWIRE lwip-reboot/zombie/client.pcap --brief; echo text \$?"
waits '^text 1'
ok $? "an option that only analyze knows: text, also on a terminal"
run "clear; LC_ALL=C $DEADWIRE analyze lwip-reboot/zombie/client.pcap | head -n 3; echo piped \$?"
waits '^piped'
t capture-pane -p | grep -q '· tcp-tuple-reuse'
ok $? "without UTF-8: what goes to a pipe stays as it is"
run "clear; LC_ALL=C $DEADWIRE analyze --brief lwip-reboot/zombie/client.pcap; echo plain \$?"
waits '^plain 1'
t capture-pane -p | grep -q '^X A four-tuple' && ! t capture-pane -p | grep -q '[✘·→]'
ok $? "and what goes to the terminal is ASCII"
run "clear; $DEADWIRE --light lwip-reboot/zombie/client.pcap; echo light \$?"
waits 'Fault  A four-tuple'
ok $? "one that only the screens know: screens"
t send-keys Q
waits 'light 0'
run "clear; $DEADWIRE lwip-reboot/README.md; echo none \$?"
waits 'is text, not a capture'
ok $? "nothing that can be read: the first screen says why"
t send-keys q
waits 'none 4'
ok $? "and so does the status"

setsid --wait "$DEADWIRE" tui lwip-reboot/zombie </dev/null >"$tmp/out" 2>"$tmp/talk"
[ $? = 2 ] && grep -q 'no terminal' "$tmp/talk"
ok $? "without a terminal: says so, status 2"
[ "$(setsid --wait "$DEADWIRE" lwip-reboot/good-rng/client.pcap </dev/null | grep -c Healthy)" = 1 ]
ok $? "deadwire FILE without a terminal analyzes"
echo "1..$n"
exit $failed
