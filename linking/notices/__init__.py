"""Notices: what is worth knowing is written down with its cause, gathered for each person, and sent by e-mail or to a chat."""
