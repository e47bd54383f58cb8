"""What keeps people and secrets apart: launches, sessions, guards, limits, secrets, the audit log."""
