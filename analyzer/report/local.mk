# analyzer/report
