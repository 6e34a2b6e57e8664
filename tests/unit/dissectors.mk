# unit tests of dissectors: one program per source file
