# unit tests of store: one program per source file
