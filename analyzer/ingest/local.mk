# analyzer/ingest
