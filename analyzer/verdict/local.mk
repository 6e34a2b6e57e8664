# analyzer/verdict
