"""Products and assets that a sandbox begins with: drawn, or read from files."""
