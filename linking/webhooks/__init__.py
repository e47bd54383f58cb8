"""Webhooks: what happens is written to an outbox, and from there delivered to addresses that admins name (Standard Webhooks)."""
