# analyzer/store
