# analyzer/evidence
