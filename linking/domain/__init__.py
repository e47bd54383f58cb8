"""Rules, pure: the standard library and two libraries for text, no clock, no database, no network."""
