# unit tests of packet: one program per source file
