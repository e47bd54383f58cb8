"""The HTTP API: programs with keys, through the same doors as people."""
