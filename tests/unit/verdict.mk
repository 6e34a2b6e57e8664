# unit tests of verdict: one program per source file
