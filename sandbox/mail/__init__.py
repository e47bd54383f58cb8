"""A mail server that delivers nothing: its page shows every e-mail that it was given."""
