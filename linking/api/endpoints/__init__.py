"""What the HTTP API answers, by what it is about."""
