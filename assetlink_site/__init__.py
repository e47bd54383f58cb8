"""The switchboard: settings, urls, start-up checks, security headers, logs. No behaviour of its own."""

# The one place that has it: pyproject.toml reads it here, and script/release writes it here.
__version__ = "0.1.0"
