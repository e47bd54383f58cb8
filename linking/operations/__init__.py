"""Keeping it running: workers, sweeper, retention, metrics, the log's context, and runs as operators look for them."""
