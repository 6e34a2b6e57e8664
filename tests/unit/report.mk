# unit tests of report: one program per source file
