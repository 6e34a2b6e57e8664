# Three UDP datagrams: lines of text with Chinese words, sequences that a terminal would obey, a line of 5000 bytes.
le32() { printf "\\x$(printf %02x $(($1 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))\\0\\0"; }
be16() { printf "\\x$(printf %02x $(($1 >> 8)))\\x$(printf %02x $(($1 & 255)))"; }
datagram() { # second, bytes in printf's words
    len=$(printf "$2" | wc -c)
    le32 "$1"; le32 0; le32 $((len + 42)); le32 $((len + 42))
    printf '\2\0\0\0\0\2\2\0\0\0\0\1\x08\0\x45\0'; be16 $((len + 28))
    printf '\0\1\0\0\x40\x11\0\0\xc0\0\2\7\xc6\x33\x64\x09\x9c\x41\x1f\x90'; be16 $((len + 8)); printf '\0\0'
    printf "$2"
}
printf '\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0'
datagram 1 'GET /\xe8\xbf\x9e\xe6\x8e\xa5 HTTP/1.1\r\nHost: example.net\r\n\r\nname\tvalue\n\xe7\xab\xaf\xe5\x8f\xa3\t1194\n'
datagram 2 'red \x1b[31m, bell \7, C1 \xc2\x9b1m and \x9b1m, DEL \x7f, broken \xe8\xbf, turned \xe2\x80\xae round, e\xcc\x81 combined, \xcc\x81'
datagram 3 "$(printf '%05000d' 0)"
