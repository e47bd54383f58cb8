"""Views of Setup, sessions and webhooks."""
