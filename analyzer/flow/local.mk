# analyzer/flow
