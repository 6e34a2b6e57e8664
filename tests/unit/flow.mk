# unit tests of flow: one program per source file
