# unit tests of capture: one program per source file
