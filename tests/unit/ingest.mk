# unit tests of ingest: one program per source file
