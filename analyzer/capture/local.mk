# analyzer/capture
