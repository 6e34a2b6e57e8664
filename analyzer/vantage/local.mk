# analyzer/vantage
