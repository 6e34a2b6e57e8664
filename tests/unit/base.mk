# unit tests of base: one program per source file
