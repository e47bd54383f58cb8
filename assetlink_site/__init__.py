"""The switchboard: settings, urls, start-up checks, security headers, logs. No behaviour of its own."""
